"""The super-resolution tab in a real browser."""

import re
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.superres import crops, examples

from ..conftest import served_alone

ANSWER = "[data-shows=srgan] img"
DONE = "Four answers of"


@pytest.fixture(scope="module")
def served(superres_course) -> Iterator[str]:
    with served_alone(superres_course, "superres") as address:
        yield address


def shown(visit, name: str) -> np.ndarray:
    return visit.pixels(f"[data-shows={name}] img")[0]


def expected(number: int, reduce: bool, x: int, y: int) -> crops.Crop:
    return crops.cut(examples.picture(number), reduce, x, y)


def after(visit, act, pattern: str = DONE) -> None:
    """Does something that asks for other answers, and waits for them."""
    before = visit.page.locator(ANSWER).get_attribute("src")
    act()
    visit.page.wait_for_function(
        "([before, pattern]) => document.querySelector('[data-shows=srgan] img').src !== before "
        "&& new RegExp(pattern).test(document.querySelector('.superres-see .status').innerText)",
        arg=[before, pattern],
    )
    assert visit.page.locator(".stale").count() == 0


def test_from_a_choice_to_the_numbers(visitor, served):
    visit = visitor(f"{served}?tab=superres", wait=ANSWER)
    page = visit.page
    visit.says(DONE)
    assert (shown(visit, "truth") == np.asarray(expected(0, True, *examples.EXAMPLES[0].place).true())).all()
    assert not [url for url in visit.requests if "queue/join" in url]  # the answers were there on load

    page.locator("[name=superres-view][value=side]").focus()
    for key in ["ArrowRight"] * 5:  # slider, bicubic, SRResNet, in between, SRGAN
        page.keyboard.press(key)
    assert page.locator(".superres-see figure:visible").evaluate_all(
        "(all) => all.map((one) => one.dataset.shows)"
    ) == ["srgan"]
    assert "view=srgan" in page.url
    page.locator("[name=superres-view][value=slider]").check(force=True)
    assert page.locator("#superres-slider img").first.is_visible() and page.locator("figure:visible").count() == 0
    page.locator("[name=superres-view][value=side]").check(force=True)

    page.locator(".overview .frame").focus()
    after(visit, lambda: page.keyboard.press("Shift+ArrowDown"))
    x, y = (int(re.search(f"[?&]{name}=(\\d+)", page.url)[1]) for name in "xy")
    assert y > examples.EXAMPLES[0].place[1]
    assert (shown(visit, "small") == np.asarray(expected(0, True, x, y).small())).all()
    page.locator("[name=superres-share]").focus()
    before = page.locator("[data-shows=between] img").get_attribute("src")
    page.keyboard.press("End")
    page.wait_for_function("(b) => document.querySelector('[data-shows=between] img').src !== b", arg=before)
    assert (shown(visit, "between") == shown(visit, "srgan")).all()  # all the way to sharp

    assert page.locator(".measured").all_inner_texts() == [""] * 6 and "dB" not in page.locator("body").inner_text()
    page.locator(".superres-ask label", has_text="SRResNet").last.click()
    page.locator(".answer-text", has_text="You chose SRResNet.").wait_for()
    assert sum("dB, VGG distance" in text for text in page.locator(".measured").all_inner_texts()) == 4
    for part in ("#superres-cards", "#superres-own"):
        page.locator(f"{part} button").first.click()
    after(visit, page.locator(".offered label", has_text="Cat").click)
    assert (
        page.locator(".answer-text").inner_text() == "" and page.locator("[name=superres-guess]:checked").count() == 0
    )

    page.locator("#superres-go").click()
    page.locator("#superres-told", has_text="112 × 75 → 448 × 300 pixels in").wait_for()
    page.locator("#superres-everything img").wait_for()
    assert visit.pixels("#superres-everything img").shape == (1, 300, 448, 3)
    visit.end()


@pytest.mark.bench
def test_a_picture_of_ones_own_and_a_file_that_is_none(visitor, served, tmp_path):
    visit = visitor(
        f"{served}?tab=superres&reduce=0&picture=5&view=truth&share=3", wait=ANSWER, width=375, scheme="dark"
    )
    page = visit.page
    visit.says(DONE)
    wanted = expected(5, False, *examples.EXAMPLES[5].place)
    assert (shown(visit, "small") == np.asarray(wanted.small())).all()
    assert page.locator("[name=superres-view][value=side]").is_checked()  # there is no truth to be shown
    assert page.locator(".unknown").is_visible() and not page.locator(".guesses").is_visible()

    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#superres-own button").first.click()
    page.locator("#superres-upload input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    after(visit, page.locator(".offered label", has_text="Coffee").click)  # the broken file is not sent with it
    Image.new("RGBA", (90, 60), (10, 120, 30, 255)).save(tmp_path / "green.png")
    page.locator("#superres-upload input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".mine input:checked").wait_for(state="attached")
    page.wait_for_function("() => document.querySelector('.where').textContent.includes('90 × 60 pixels.')")
    visit.says(DONE)
    page.wait_for_function("() => !document.querySelector('.stale')")
    assert (shown(visit, "bicubic") == (10, 120, 30)).all()
    assert "picture=" not in page.url and "share=3" in page.url
    Image.new("RGB", (90, 60), (200, 30, 40)).save(tmp_path / "red.png")
    upload = page.locator("#superres-upload input[type=file]")
    remove = page.locator("#superres-upload button[aria-label='Remove Image']")
    remove.click()
    after(visit, lambda: upload.set_input_files(tmp_path / "red.png"))  # of the same size, in the same place
    assert (shown(visit, "bicubic") == (200, 30, 40)).all()
    page.locator("#superres-go").click()
    page.locator("#superres-everything img").wait_for()
    assert page.locator(".earlier").count() == 0
    after(visit, page.locator(".superres-choose .switch").click)
    assert page.locator("#superres-everything.earlier").count() == page.locator("#superres-told.earlier").count() == 1
    remove.click()
    after(visit, lambda: upload.set_input_files(tmp_path / "broken.png"))
    assert not page.locator(".mine").is_visible() and "picture=0" in page.url  # the red one is gone, and not offered
    page.locator("#superres-upload input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".mine input:checked").wait_for(state="attached")
    visit.says(DONE)
    assert "reduced to 22 × 15" in page.locator(".where").inner_text()
    visit.open(
        f"{served}?tab=superres&picture=99&x=-1&y=1e9&share=<b>&reduce=2&view=constructor", ANSWER
    )  # as if not there
    visit.says(DONE)
    assert (shown(visit, "truth") == np.asarray(expected(0, True, *examples.EXAMPLES[0].place).true())).all()
    visit.inspect(tmp_path / "narrow.png")
    assert httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"] == {}
    visit.end()
