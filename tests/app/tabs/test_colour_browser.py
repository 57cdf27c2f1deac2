"""The colour tab in a real browser."""

from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.colour import examples

from ..conftest import served_alone

ANSWER = "[data-shows=colorize-emoji] img"


@pytest.fixture(scope="module")
def served(colour_course) -> Iterator[str]:
    with served_alone(colour_course, "colour") as address:
        yield address


def truth(visit) -> np.ndarray:
    return visit.pixels("[data-shows=truth] img")[0]


def expected(number: int) -> np.ndarray:
    return np.asarray(examples.example_pictures()[number][1].resize((64, 64), Image.Resampling.BICUBIC))


def after(visit, act) -> None:
    """Does something that asks for other answers, and waits for them."""
    before = visit.page.locator(ANSWER).get_attribute("src")
    act()
    visit.page.wait_for_function(
        "([query, before]) => document.querySelector(query).src !== before && !document.querySelector('.stale')",
        arg=[ANSWER, before],
    )


def test_from_a_guess_to_a_picture_of_ones_own(visitor, served, tmp_path):
    visit = visitor(f"{served}?tab=colour", wait=ANSWER)
    page = visit.page
    visit.says("Coloured in")
    assert not [url for url in visit.requests if "component_server" in url]  # the answers were there on load
    assert (truth(visit) == expected(0)).all()
    page.locator("[name=colour-picture]:checked").focus()
    after(visit, lambda: page.keyboard.press("ArrowRight"))
    assert (truth(visit) == expected(1)).all() and "picture=1" in page.url
    assert page.locator(".answer-text").inner_text() == ""
    page.locator("label", has_text="A grey one").click()
    page.locator(".answer-text", has_text="No. Mean squared error").wait_for()
    for part in ("#colour-cards", "#colour-own"):
        page.locator(f"{part} button").first.click()
    visit.inspect(tmp_path / "wide.png")

    Image.new("L", (90, 60), 77).save(tmp_path / "grey.png")
    after(visit, lambda: page.locator("#colour-upload input[type=file]").set_input_files(tmp_path / "grey.png"))
    assert page.locator(".colour-see .grey").is_visible() and not page.locator("[data-shows=truth]").is_visible()
    assert "picture=" not in page.url
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#colour-upload input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    visit.end()


@pytest.mark.bench
def test_the_address_brings_the_choice_back(visitor, served, tmp_path):
    visit = visitor(f"{served}?tab=colour&picture=6", wait=ANSWER, width=375, scheme="dark")
    assert (truth(visit) == expected(6)).all()
    visit.inspect(tmp_path / "narrow.png")
    visit.open(f"{served}?tab=colour&picture=8", ANSWER)  # as if not there
    assert (truth(visit) == expected(0)).all()
    assert httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"] == {}
    visit.end()
