"""The page over HTTP gives what the library gives, pixel for pixel."""

import html
import json

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from course_lib.app.tabs.pix2pix.examples import examples
from course_lib.app.tabs.pix2pix.label_maps import to_text
from course_lib.data import palette
from course_lib.models import zoo

WALL = "256b256"


@pytest.fixture(scope="module")
def client(small_page: str) -> Client:
    return Client(small_page, verbose=False)


def pixels(file: str) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def test_pixels_are_the_librarys(client, in_small_course, tmp_path):
    label_map = palette.paint(examples()["Balconies"])
    label_map.save(tmp_path / "map.png")
    painted = client.predict(handle_file(tmp_path / "map.png"), api_name="/label_map")
    shown, blurred, photo, pair, status = client.predict(painted, 7, api_name="/translate")

    sharp, twin = zoo.load("pix2pix-facades"), zoo.load("pix2pix-facades-l1")
    assert (pixels(photo) == np.asarray(sharp(label_map, seed=7))).all()
    assert (pixels(blurred) == np.asarray(twin(label_map, seed=7))).all()
    assert (pixels(shown) == np.asarray(sharp.prepare(label_map))).all()
    assert (pixels(pair[0]) == pixels(blurred)).all() and (pixels(pair[1]) == pixels(photo)).all()
    assert "Seed 7" in status and " s</b>" in status


def test_the_list_of_events_is_for_people(client):
    """What the page and its client print of an event: a label map among it is a few runs, and can be used as it stands."""
    listed = client.view_api(print_info=False, return_format="str")
    assert "/translate" in listed and len(listed) < 5000 and max(map(len, listed.split())) < 1200
    told = client.view_api(print_info=False, return_format="dict")["named_endpoints"]["/translate"]
    shown, *_ = client.predict(told["parameters"][0]["example_input"], 0, api_name="/translate")
    assert (pixels(shown) == palette.FACADES[1][1]).all()


def test_the_seed_is_the_noise(client):
    painted = to_text(examples()["Shops"])  # on a bare wall all numbers are equal, and noise has nothing to drop
    first, again, other = (pixels(client.predict(painted, seed, api_name="/translate")[2]) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


@pytest.mark.parametrize(
    ("painted", "seed", "told"),
    [
        ("", 0, "no label map"),
        ("012", 0, "256 rows of 256 pixels"),
        (None, 0, "no label map"),
        (WALL, -1, "The seed is -1"),
        (WALL, 1e9, "The seed is 1000000000"),
        (WALL, 1.5, "The seed is 1.5"),
        (WALL, None, "The seed is empty"),
        (WALL, "", "The seed is empty"),
        (WALL, "seven", "The seed is 'seven'"),
        (WALL, ["\ud800"], r"The seed is ['\ud800']"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(page, painted, seed, told):
    """Over HTTP, as a stranger may send it: gr.Number's own client would change some of these on their way."""
    event, message = call(page, "translate", painted, seed)
    assert event == "error" and told in message and message.endswith(".")


def call(page: str, name: str, *arguments: object) -> tuple[str, str]:
    body = json.dumps({"data": list(arguments)})  # a lone surrogate travels as \ud800
    headers = {"content-type": "application/json"}
    started = httpx.post(f"{page}gradio_api/call/{name}", content=body, headers=headers, timeout=60).json()
    event = ""
    with httpx.stream("GET", f"{page}gradio_api/call/{name}/{started['event_id']}", timeout=120) as stream:
        for line in stream.iter_lines():
            kind, _, content = line.partition(": ")
            if kind == "event":
                event = content
            elif kind == "data" and event in ("complete", "error"):
                found = json.loads(content)
                return event, html.unescape(found["error"] if isinstance(found, dict) else str(found))
    raise AssertionError("the stream ended without an answer")
