"""What is shown and what is chosen: the same, or what is shown is marked as the answer to an earlier choice."""

import time
import zlib

import numpy as np
import pytest

from course_lib.app.protocol import Busy
from course_lib.app.tabs.generate import tab as generate_tab
from course_lib.app.tabs.pix2pix import tab as pix2pix_tab
from course_lib.app.tabs.pix2pix.examples import examples

ANSWERED = """([map, seed]) => {
  const told = document.querySelector('#status [data-map]').dataset;
  return told.map === map && told.seed === seed && !document.querySelector('.results').classList.contains('stale');
}"""
PAINTED = ".results.stale"


@pytest.fixture
def pix2pix(open_page):
    visit = open_page("?tab=pix2pix", wait="#adversarial img")
    visit.page.locator(".painter canvas").wait_for()
    return visit


def answered(visit, labels: np.ndarray, seed: int = 0) -> None:
    """Waits for the answer to this map and this seed, which is then not marked."""
    visit.page.wait_for_function(ANSWERED, arg=[str(zlib.crc32(labels.tobytes())), str(seed)])
    assert visit.page.locator("#status").is_visible() and not visit.page.locator("#earlier").is_visible()


def paint(visit) -> None:
    box = visit.page.locator(".painter canvas").bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    visit.page.mouse.up()


def is_dim(visit, query: str) -> None:
    visit.page.wait_for_function("(query) => getComputedStyle(document.querySelector(query)).opacity < .5", arg=query)


@pytest.mark.bench
def test_a_facade_that_is_chosen_is_translated_at_once(pix2pix):
    maps = examples()
    answered(pix2pix, maps["Town house"])
    for name in ("Shops", "Palace"):
        pix2pix.page.locator(".examples button", has_text=name).click()
        answered(pix2pix, maps[name])
    pix2pix.page.locator("#seed input").fill("7")
    pix2pix.page.locator("#seed input").press("Enter")
    answered(pix2pix, maps["Palace"], 7)
    pix2pix.page.locator("#dice").click()
    pix2pix.page.wait_for_function("() => document.querySelector('#seed input').value !== '7'")
    answered(pix2pix, maps["Palace"], int(pix2pix.page.locator("#seed input").input_value()))


@pytest.mark.bench
def test_strokes_and_seeds_mark_the_answer_until_it_is_theirs(pix2pix):
    page, town = pix2pix.page, examples()["Town house"]
    paint(pix2pix)
    page.locator("#earlier").wait_for()
    is_dim(pix2pix, "#answers")
    assert not page.locator("#status").is_visible()  # nor its number
    page.locator(".painter [data-do=undo]").click()
    answered(pix2pix, town)
    page.locator("#seed input").fill("3")
    page.locator("#earlier").wait_for()
    page.locator("#translate").click()
    answered(pix2pix, town, 3)
    page.locator("#seed input").fill("")
    page.locator("#translate").click()
    page.get_by_text("The seed is empty").first.wait_for()
    assert page.locator("#earlier").is_visible()


@pytest.mark.bench
def test_an_answer_that_comes_too_late_is_marked(pix2pix, monkeypatch):
    page, models = pix2pix.page, pix2pix_tab.translators()
    monkeypatch.setattr(pix2pix_tab, "translators", lambda: (time.sleep(1.5), models)[1])
    page.locator("#seed input").fill("9")
    page.locator("#translate").click()
    paint(pix2pix)  # while it is on its way
    page.wait_for_function("() => document.querySelector('#status').textContent.includes('Seed 9')")
    page.wait_for_timeout(300)
    assert page.locator(PAINTED).count() == 1 and page.locator("#earlier").is_visible()


@pytest.mark.bench
def test_drawings_of_an_earlier_choice_are_marked(open_page, monkeypatch):
    visit = open_page("?tab=generate&what=eel&seed=4&other=9", wait=".generate-lab .sheet img")
    page, draw = visit.page, generate_tab._drawn
    visit.says("12 drawings of seed 4")
    assert page.locator(".generate-lab.stale").count() == 0
    monkeypatch.setattr(generate_tab, "_drawn", lambda *asked: (time.sleep(1.5), draw(*asked))[1])
    page.locator("[name=generate-seed]").fill("5")
    page.locator("[name=generate-seed]").press("Enter")
    is_dim(visit, ".generate-lab .sheet")
    assert page.locator(".generate-lab .at").inner_text() == "Seed 4"  # what is there, not what is on its way
    visit.says("12 drawings of seed 5")
    assert page.locator(".generate-lab.stale").count() == 0
    assert page.locator(".generate-lab .at").inner_text() == "Seed 5"
    for wrong, told in (("123456", "The seed is 123456"), ("", "The seed is empty")):
        page.locator("[name=generate-seed]").fill(wrong)
        page.locator("[name=generate-seed]").press("Enter")
        visit.says(f"{told}.*earlier choice")
        is_dim(visit, ".generate-lab .sheet")


@pytest.mark.bench
def test_a_busy_servers_old_drawings_are_marked(open_page, monkeypatch):
    def busy(*asked):
        raise Busy

    visit = open_page("?tab=generate&what=eel&seed=4&other=9", wait=".generate-lab .sheet img")
    monkeypatch.setattr(generate_tab, "_drawn", busy)
    visit.page.locator("[data-do=dice]").click()
    visit.says("The server is busy.*earlier choice")
    is_dim(visit, ".generate-lab .walk")
