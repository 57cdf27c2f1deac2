"""The page over HTTP gives what the library gives, pixel for pixel."""

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from course_lib.app.tabs.pix2pix import examples, painter
from course_lib.models import zoo


@pytest.fixture(scope="module")
def client(page) -> Client:
    return Client(page, verbose=False)


def pixels(file: str) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def test_pixels_are_the_librarys(client, in_small_course, tmp_path):
    label_map = examples.examples()["Balconies"]
    label_map.save(tmp_path / "map.png")
    digits = client.predict(handle_file(tmp_path / "map.png"), api_name="/label_map")
    shown, blurred, photo, pair, status = client.predict(digits, 7, api_name="/translate")

    sharp, twin = zoo.load("pix2pix-facades"), zoo.load("pix2pix-facades-l1")
    assert (pixels(photo) == np.asarray(sharp(label_map, seed=7))).all()
    assert (pixels(blurred) == np.asarray(twin(label_map, seed=7))).all()
    assert (pixels(shown) == np.asarray(sharp.prepare(label_map))).all()
    assert (pixels(pair[0]) == pixels(blurred)).all() and (pixels(pair[1]) == pixels(photo)).all()
    assert "Seed 7" in status and " s</b>" in status


def test_the_seed_is_the_noise(client):
    digits = painter.encode(
        examples.examples()["Shops"]
    )  # on a bare wall all numbers are equal, and noise has nothing to drop
    first, again, other = (pixels(client.predict(digits, seed, api_name="/translate")[2]) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


@pytest.mark.parametrize(
    "digits, seed", [("", 0), ("012", 0), ("1" * 65_536, -1), ("1" * 65_536, 1e9), ("1" * 65_536, None)]
)
def test_bad_input_is_answered_with_a_sentence(client, digits, seed):
    with pytest.raises(Exception) as caught:
        client.predict(digits, seed, api_name="/translate")
    assert str(caught.value).rstrip(".") not in ("", "None") and str(caught.value).endswith(".")
