"""The CycleGAN tab in a real browser."""

import time
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app import page
from course_lib.app.protocol import Busy
from course_lib.app.tabs.cyclegan import tab as cyclegan_tab
from course_lib.app.tabs.cyclegan.examples import example_pictures

APPLES, EMOJI = cyclegan_tab.MODELS
MAP = "[data-shows=map] img"


@pytest.fixture(scope="module")
def served(two_way_course) -> Iterator[str]:
    """The address of a page that has this tab alone."""
    cyclegan_tab.translators.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(two_way_course))
        patch.setattr(page, "TABS", ("cyclegan",))
        blocks = page.build()
        _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
        yield address
        blocks.close(verbose=False)
    cyclegan_tab.translators.cache_clear()
    cyclegan_tab.measured.cache_clear()


def shown(visit, name: str) -> np.ndarray:
    return visit.pixels(f"[data-shows={name}] img")[0]


def example(model: str, domain: str, number: int) -> np.ndarray:
    return np.asarray(example_pictures(model)[domain][number][1])


def after(visit, act) -> None:
    """Does something that asks for another translation, and waits for it."""
    before = visit.page.locator(MAP).get_attribute("src")
    act()
    visit.page.wait_for_function(
        "(before) => document.querySelector('[data-shows=map] img').src !== before "
        "&& document.querySelector('.cyclegan-see .status').innerText.includes('five translations')",
        arg=before,
    )


def inspect(visit, picture) -> None:
    """With everything opened."""
    visit.page.locator("label", has_text="enough").click()
    visit.page.locator(".answer-text", has_text="Measured").wait_for()
    for part in ("#cyclegan-cards", "#cyclegan-own"):
        button = visit.page.locator(f"{part} button").first
        if "open" not in (button.get_attribute("class") or ""):
            button.click()
    visit.page.locator("#cyclegan-cards table").wait_for()
    visit.inspect(picture)


def test_a_visit(visitor, served, tmp_path):
    visit = visitor(f"{served}?tab=cyclegan", wait=MAP)
    page = visit.page
    assert not [url for url in visit.requests if "component_server" in url]  # the trip was there on load
    assert (shown(visit, "x") == example(APPLES, "A", 0)).all()

    middle, asked = shown(visit, "middle"), len(visit.requests)
    page.locator("[name=cyclegan-middle][value=left]").focus()
    page.keyboard.press("ArrowRight")  # the switch, by keyboard: nothing to ask the server for
    page.wait_for_function("() => document.querySelector('[data-shows=middle]').innerText.includes('blurred by 1 px')")
    assert (shown(visit, "middle") != middle).any() and len(visit.requests) == asked
    row = page.locator("tr[data-middle=blur]")
    assert "chosen" in row.get_attribute("class")
    assert row.locator(".error").inner_text() in page.locator("[data-shows=map] figcaption").inner_text()

    page.locator("[name=cyclegan-strength]").focus()
    after(visit, lambda: page.keyboard.press("ArrowRight"))
    assert "blurred by 1.5 px" in page.locator("[data-shows=middle]").inner_text()
    after(visit, page.locator(".way label", has_text="orange → apple").click)
    assert (shown(visit, "x") == example(APPLES, "B", 0)).all()
    assert page.locator(".nothing").inner_text().startswith("Give an orange to apple → orange.")
    page.locator(".offered input:checked:visible, .offered:not([hidden]) input:checked").focus()
    after(visit, lambda: page.keyboard.press("ArrowRight"))
    assert (shown(visit, "x") == example(APPLES, "B", 1)).all()

    assert page.locator(".cyclegan-choose .answer-text").inner_text() == ""
    page.locator("label", has_text="knows these very pictures").click()
    page.locator(".answer-text", has_text="No. These pictures were held out").wait_for()
    after(visit, page.locator("label", has_text="Emoji in two styles").click)
    assert page.locator(".truth img").is_visible() and page.locator(".answer-text").inner_text() == ""

    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#cyclegan-own button").first.click()
    page.locator("#cyclegan-upload input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    Image.new("RGB", (90, 60), (10, 120, 30)).save(tmp_path / "green.png")
    page.reload()
    page.locator(MAP).wait_for()
    page.locator("#cyclegan-own button").first.click()
    page.locator("#cyclegan-upload input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".mine input:checked").wait_for(state="attached")
    visit.says("five translations")
    page.wait_for_function("() => document.querySelector('.truth').hidden")
    assert (shown(visit, "x") == (10, 120, 30)).all()
    assert "picture=" not in page.url and f"model={EMOJI}" in page.url
    inspect(visit, tmp_path / "wide.png")
    visit.end()


@pytest.mark.bench
def test_pictures_of_an_earlier_choice_are_marked(visitor, served, monkeypatch):
    def busy(*asked):
        raise Busy

    visit = visitor(f"{served}?tab=cyclegan", wait=MAP)
    page, travelled = visit.page, cyclegan_tab._travelled
    dim = "() => getComputedStyle(document.querySelector('.cyclegan-see .pictures')).opacity < .5"
    monkeypatch.setattr(cyclegan_tab, "_travelled", lambda *asked: (time.sleep(1.5), travelled(*asked))[1])
    page.locator(".way label", has_text="orange → apple").click()
    page.wait_for_function(dim)
    assert page.locator("[data-shows=middle] figcaption b").first.inner_text() == "orange"  # of what is there
    page.locator("[name=cyclegan-middle][value=blur]").check(force=True)
    assert page.locator("[data-shows=middle] figcaption b").first.inner_text() == "orange"
    visit.says("five translations")
    assert page.locator(".cyclegan-see .stale, .cyclegan-see.stale").count() == 0
    assert page.locator("[data-shows=middle] figcaption b").first.inner_text() == "apple"
    monkeypatch.setattr(cyclegan_tab, "_travelled", busy)
    page.locator(".way label", has_text="apple → orange").click()
    visit.says("The server is busy.*earlier choice")
    page.wait_for_function(dim)
    visit.end()


@pytest.mark.bench
def test_the_address_brings_the_choices_back(visitor, served, tmp_path):
    query = f"?tab=cyclegan&model={EMOJI}&way=BtoA&picture=3&strength=4&middle=levels"
    visit = visitor(served + query, wait=MAP, width=375, scheme="dark")
    assert (shown(visit, "x") == example(EMOJI, "B", 3)).all()
    assert "4 levels a channel" in visit.page.locator("[data-shows=middle]").inner_text()
    inspect(visit, tmp_path / "narrow.png")
    visit.open(f"{served}?tab=cyclegan&model=<b>&way=up&picture=99&strength=-1&middle=x", MAP)  # as if not there
    assert (shown(visit, "x") == example(APPLES, "A", 0)).all()
    visit.end()


def test_the_page_says_no_more_than_it_should(served):
    """What a stranger can call: the upload's event is private, the two questions are the component's own."""
    named = httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"]
    assert named == {}
