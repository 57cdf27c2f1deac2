"""The style tab in a real browser."""

import base64
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.style import photos
from course_lib.models import zoo

from ..conftest import served_alone

ANSWER = "[data-shows=style-udnie] .frame img"


@pytest.fixture(scope="module")
def served(style_course) -> Iterator[str]:
    with served_alone(style_course, "style") as address:
        yield address


def after(visit, act) -> None:
    """Does something that asks for other pictures, and waits for all of them."""
    before = visit.page.locator(ANSWER).get_attribute("src")
    act()
    visit.page.wait_for_function(
        "([query, before]) => document.querySelector(query).src !== before && !document.querySelector('.stale')",
        arg=[ANSWER, before],
    )
    visit.says("2 styles of")


def test_photos_styles_and_a_run_that_is_stopped(visitor, served, style_course, tmp_path):
    visit = visitor(f"{served}?tab=style", wait=ANSWER)
    page = visit.page
    visit.says("2 styles of 640 × 427 pixels, one pass each")
    assert not [url for url in visit.requests if "queue/join" in url]  # the answers were there on load
    after(visit, page.locator(".style-choose .offered label", has_text="Cat").click)
    assert "photo=1" in page.url
    source = page.locator(ANSWER).get_attribute("src")
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))), dtype=float)
    wanted = zoo.load(style_course / "zoo" / "style-udnie")(photos.photo(1))
    assert np.abs(shown - np.asarray(wanted)).mean() < 4  # a JPEG

    page.locator(".style-choose label", has_text="More than 300").click()
    page.locator(".answer-text", has_text="evaluate").wait_for()
    page.locator("[name=style-seconds]").fill("60")
    page.locator(".style-live label", has_text="Udnie").click()
    page.locator("[data-do=go]").click()
    page.wait_for_function("() => Number(document.querySelector('#style-live [data-step]')?.dataset.step ?? 0) >= 2")
    page.locator("[data-do=go]", has_text="Stop").click()
    visit.says("Ended at step")
    assert page.locator("[data-do=go]").inner_text() == "Start" and page.locator(".style-live .save").is_visible()
    assert visit.pixels(".style-live .moved img").shape[0] == 1
    assert page.locator(".style-live .terms").inner_text().startswith("Loss: content")
    visit.inspect(tmp_path / "wide.png")
    visit.end()


@pytest.mark.bench
def test_pictures_of_ones_own_and_a_file_that_is_none(visitor, served, tmp_path):
    visit = visitor(f"{served}?tab=style&photo=9", wait=ANSWER, width=375, scheme="dark")
    page = visit.page
    visit.says("2 styles of 640 × 427")  # there is no ninth photo
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#style-own-photo button").first.click()
    page.locator("#style-upload-photo input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    Image.new("RGBA", (90, 61), (10, 120, 30, 255)).save(tmp_path / "green.png")
    after(
        visit,
        lambda: page.locator("#style-upload-photo input[type=file]").set_input_files(tmp_path / "green.png"),
    )
    visit.says("2 styles of 90 × 61")
    assert "photo=" not in page.url
    page.locator("#style-own-painting button").first.click()
    page.locator("#style-upload-painting input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".style-live .mine input:checked").wait_for(state="attached")
    page.locator("[data-do=go]").click()
    visit.says("The painting has 90 × 61 pixels")
    page.locator("[name=style-seconds]").fill("999")
    page.keyboard.press("Tab")
    page.locator("[data-do=go]").click()
    visit.says("The time in seconds is 999")
    visit.open(f"{served}?tab=style", ANSWER)  # without the notes about the broken file
    visit.inspect(tmp_path / "narrow.png")
    assert httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"] == {}
    visit.end()
