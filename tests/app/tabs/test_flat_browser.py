"""The flat tab in a real browser: a hand that draws, and answers that follow it."""

import time
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app.protocol import Busy
from course_lib.app.tabs.flat import answers, examples, words
from course_lib.models import zoo

from ..conftest import served_alone
from .test_fingers_browser import Phone

TAB, CANVAS, ANSWER = "?tab=flat", ".flat-choose canvas", "[data-shows=pix2pix-fluent] img"
YELLOW, RED, BLACK = (252, 213, 63), (248, 49, 47), (33, 33, 33)


@pytest.fixture(scope="module")
def served(flat_course) -> Iterator[str]:
    with served_alone(flat_course, "flat") as address:
        yield address


@pytest.fixture
def visit(visitor, served):
    visit = visitor(served + TAB, wait=ANSWER + "[src]")
    wait_whole(visit, 1)
    yield visit
    visit.end()


def whole(visit) -> int:
    """How often all answers were there."""
    return int(visit.page.evaluate("document.querySelector('#flat-lab .flat-like').parentElement.dataset.whole ?? 0"))


def wait_whole(visit, count: int) -> None:
    for _ in range(600):
        if whole(visit) >= count:
            return
        visit.page.wait_for_timeout(50)
    raise AssertionError(f"{whole(visit)} of {count} answers came")


def after(visit, act) -> None:
    """Does something that asks for other answers, and waits for all of them."""
    before = whole(visit)
    act()
    wait_whole(visit, before + 1)
    assert visit.page.locator("#flat-answers .stale").count() == 0


def canvas(visit) -> np.ndarray:
    return visit.pixels(CANVAS)[0]


def shown(visit, name: str) -> np.ndarray:
    return visit.pixels(f"[data-shows={name}] img")[0]


def stroke(visit, *points: tuple[float, float]) -> None:
    """Along these places, in pixels of the drawing."""
    visit.page.locator(CANVAS).scroll_into_view_if_needed()
    box = visit.page.locator(CANVAS).bounding_box()
    places = [(box["x"] + x * box["width"] / 128, box["y"] + y * box["height"] / 128) for x, y in points]
    visit.page.mouse.move(*places[0])
    visit.page.mouse.down()
    for place in places[1:]:
        visit.page.mouse.move(*place)
    visit.page.mouse.up()


def choose(visit, **chosen: str) -> None:
    for name, value in chosen.items():
        visit.page.locator(f'[name=flat-{name}][value="{value}"]').check(force=True)


def do(visit, name: str) -> None:
    visit.page.locator(f"[data-do={name}]").click()


def close_to(pixels: np.ndarray, colour: tuple[int, ...]) -> np.ndarray:
    return np.abs(pixels.astype(int) - colour).max(-1) <= 2


def test_the_first_answer_is_there_on_load(visit, flat_course, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(flat_course))
    first = examples.examples()[0]
    assert not [url for url in visit.requests if "component_server" in url]
    assert (canvas(visit) == np.asarray(first.flat)).all() and (shown(visit, "truth") == np.asarray(first.truth)).all()
    for name in answers.MODELS:
        assert (shown(visit, name) == np.asarray(zoo.load(name)(first.flat))).all()
    assert visit.page.locator("[data-shows=drawing] .measured").inner_text().startswith("L1 to the truth 0.")
    after(visit, lambda: (visit.page.locator("[data-example='4']").focus(), visit.page.keyboard.press("Enter")))
    assert (canvas(visit) == np.asarray(examples.examples()[4].flat)).all() and "picture=4" in visit.page.url
    assert (shown(visit, answers.CYCLE) == np.asarray(zoo.load(answers.CYCLE)(examples.examples()[4].flat))).all()


def test_a_stroke_is_answered_and_taken_back(visit, flat_course, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(flat_course))
    before = canvas(visit)
    choose(visit, colour="#f8312f", width="8")
    after(visit, lambda: stroke(visit, (20, 110), (100, 110)))
    drawing = canvas(visit)
    assert close_to(drawing[107:113, 20:100], RED).all()
    changed = (drawing != before).any(-1)
    assert not changed[:104].any() and not changed[117:].any() and not changed[:, :14].any()
    assert (shown(visit, "drawing") == drawing).all()
    asked = Image.fromarray(drawing)
    assert (shown(visit, answers.ADVERSARIAL) == np.asarray(zoo.load(answers.ADVERSARIAL)(asked))).all()
    assert not visit.page.locator("[data-shows=truth]").is_visible()  # nobody knows it
    assert "picture=" not in visit.page.url
    visit.says(r"answered in \d+ ms")
    after(visit, lambda: do(visit, "undo"))
    assert (canvas(visit) == before).all() and visit.page.locator("[data-shows=truth]").is_visible()
    after(visit, lambda: do(visit, "redo"))
    assert (canvas(visit) == drawing).all()
    visit.page.locator(CANVAS).focus()
    after(visit, lambda: visit.page.keyboard.press("Control+z"))
    assert (canvas(visit) == before).all()


def test_an_empty_canvas_is_a_sentence(visit):
    do(visit, "clear")
    visit.says("^" + words.EMPTY.replace(".", r"\."))
    assert (canvas(visit) == 255).all()
    assert not visit.page.locator(ANSWER).is_visible() and not visit.page.locator(".flat-like").is_visible()
    choose(visit, tool="eraser")
    stroke(visit, (20, 20), (60, 60))  # white on white
    visit.page.wait_for_timeout(200)
    assert not visit.page.locator(ANSWER).is_visible()
    choose(visit, tool="brush")
    after(visit, lambda: stroke(visit, (60, 60), (70, 70)))
    assert visit.page.locator(ANSWER).is_visible()
    choose(visit, tool="eraser", width="18")
    stroke(visit, (55, 55), (75, 75))
    visit.says("^The canvas is empty")


def test_shapes_mirror_and_bucket(visit):
    do(visit, "clear")
    choose(visit, colour="#fcd53f", tool="ellipse")
    after(visit, lambda: stroke(visit, (14, 14), (60, 60), (114, 114)))
    drawing = canvas(visit)
    y, x = np.mgrid[:128, :128] + 0.5
    radius = np.hypot(x - 64, y - 64)
    assert close_to(drawing[radius < 49], YELLOW).all() and (drawing[radius > 51] == 255).all()
    smooth = ~close_to(drawing, YELLOW) & (drawing != 255).any(-1)
    assert 50 < smooth.sum() < 500  # an edge that is neither
    choose(visit, colour="#212121", tool="rectangle")
    visit.page.locator("[name=flat-mirror]").check(force=True)
    after(visit, lambda: stroke(visit, (40, 40), (50, 60)))
    drawing = canvas(visit)
    assert close_to(drawing[40:60, 40:50], BLACK).all() and close_to(drawing[40:60, 78:88], BLACK).all()
    dark = close_to(drawing, BLACK)
    assert (dark == dark[:, ::-1]).all() and dark.sum() < 2 * 12 * 22
    visit.page.locator("[name=flat-mirror]").uncheck(force=True)
    choose(visit, colour="#f8312f", tool="fill")
    after(visit, lambda: stroke(visit, (64, 64)))
    filled = canvas(visit)
    assert close_to(filled[(radius < 49) & ~close_to(drawing, BLACK)], RED).all()
    assert close_to(filled[close_to(drawing, BLACK)], BLACK).all() and (filled[radius > 51] == 255).all()
    # At the edge, red takes the place of yellow to the same part: no yellow fringe is left.
    part = (255 - drawing[smooth][:, 2].astype(float)) / (255 - YELLOW[2])
    wanted = 255 + part[:, None] * (np.array(RED) - 255)
    assert np.abs(filled[smooth] - wanted).max() <= 12  # what differs by so little counts as yellow
    choose(visit, tool="line", width="3")
    visit.page.locator("[name=flat-own-colour]").evaluate(
        "(one) => { one.value = '#0a141e'; one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    after(visit, lambda: stroke(visit, (4, 30), (60, 1), (124, 4.5)))  # straight, wherever the pen went between
    assert close_to(canvas(visit)[29:31, 3:5], (10, 20, 30)).all() and (canvas(visit)[1:3, 58:62] == 255).all()


@pytest.mark.bench
def test_drawing_with_keys(visit):
    do(visit, "clear")
    choose(visit, colour="#f8312f", tool="rectangle")
    page = visit.page
    page.locator(CANVAS).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    after(visit, lambda: page.keyboard.press("Enter"))
    page.keyboard.press("ArrowUp")  # the cross moves; it is not part of the drawing
    expected = np.full((128, 128, 3), 255, dtype=np.uint8)
    expected[64:68, 64:80] = RED
    assert (shown(visit, "drawing") == expected).all() and (canvas(visit) != expected).any()
    choose(visit, colour="#212121", tool="fill")
    page.locator(CANVAS).focus()
    after(visit, lambda: page.keyboard.press(" "))
    page.locator("[data-do=undo]").focus()
    assert close_to(canvas(visit)[expected[..., 1] == 255], BLACK).all() and (canvas(visit)[64:68, 64:80] == RED).all()


@pytest.mark.bench
def test_the_slider_takes_any_two(visit):
    page = visit.page
    page.locator("label", has_text="Slider").click()
    page.locator("#flat-slider img").nth(1).wait_for()
    assert not page.locator("[data-shows=drawing]").is_visible()

    def slides(left: str, right: str) -> None:
        page.wait_for_function(
            """(wanted) => JSON.stringify([...document.querySelectorAll('#flat-slider img')].map((one) => one.src)) ===
            JSON.stringify(wanted.map((name) => document.querySelector(`[data-shows="${name}"] img`).src))""",
            arg=[left, right],
        )

    slides("drawing", answers.ADVERSARIAL)
    page.locator("[name=flat-left]").select_option("truth")
    slides("truth", answers.ADVERSARIAL)
    page.locator("[name=flat-right]").select_option(answers.CYCLE)
    slides("truth", answers.CYCLE)
    assert "view=slider" in page.url and "left=truth" in page.url
    after(visit, lambda: stroke(visit, (20, 110), (100, 110)))
    slides("drawing", answers.CYCLE)  # the truth is not known any more
    page.reload()
    page.locator("#flat-slider img").first.wait_for()
    slides("truth", answers.CYCLE)


@pytest.mark.bench
def test_pictures_are_saved(visit):
    page = visit.page
    with page.expect_download() as one:
        page.locator("[data-shows=cyclegan-fluent] .save").click()
    saved = Image.open(one.value.path())
    assert saved.format == "PNG" and (np.asarray(saved.convert("RGB")) == shown(visit, answers.CYCLE)).all()
    assert one.value.suggested_filename == "flat-cyclegan-fluent.png"
    with page.expect_download() as row:
        page.locator("[data-do=row]").click()
    sheet = np.asarray(Image.open(row.value.path()).convert("RGB")).astype(int)
    assert sheet.shape == (312, 6 * 272 + 16, 3)
    for at, name in enumerate(("drawing", answers.TWIN, answers.ADVERSARIAL, answers.CYCLE, "truth", "map")):
        part = sheet[16:272, 16 + 272 * at : 272 + 272 * at].reshape(128, 2, 128, 2, 3).mean((1, 3))
        # Enlarged smoothly: the map of networks that were never trained is noise, of which that leaves least.
        assert np.abs(part - shown(visit, name)).mean() < 6, name
        assert (sheet[275:310, 16 + 272 * at : 272 + 272 * at] < 100).any()  # its title


@pytest.mark.bench
def test_the_first_answer_waits_for_no_other(visit, monkeypatch):
    made, before = answers.made, whole(visit)
    monkeypatch.setattr(
        "course_lib.app.tabs.flat.tab.made",
        lambda name, drawing: (time.sleep(2 if name == answers.TWIN else 0), made(name, drawing))[1],
    )
    stroke(visit, (10, 100), (120, 100))
    visit.says("answered in")
    assert whole(visit) == before
    stale = visit.page.locator("#flat-answers figure.stale")
    assert [one.get_attribute("data-shows") for one in stale.all()] == [answers.TWIN, answers.CYCLE, "map"]
    wait_whole(visit, before + 1)


@pytest.mark.bench
def test_the_last_drawing_wins(visit, monkeypatch):
    slow = answers.translator

    def wait(name):
        time.sleep(0.15)
        return slow(name)

    monkeypatch.setattr(answers, "translator", wait)
    before = whole(visit)
    choose(visit, colour="#f8312f")
    for y in (20, 60, 100):
        stroke(visit, (10, y), (120, y))
        visit.page.wait_for_timeout(80)
    visit.page.wait_for_function(
        "() => document.querySelector('[data-shows=drawing]') && document.querySelector('.flat-see .stale')"
    )
    wait_whole(visit, before + 1)
    visit.page.wait_for_timeout(800)
    assert whole(visit) == before + 1  # the answers to the first two were dropped
    monkeypatch.undo()
    drawing = canvas(visit)
    assert all(close_to(drawing[y, 30:100], RED).all() for y in (20, 60, 100))
    assert (shown(visit, answers.ADVERSARIAL) == np.asarray(slow(answers.ADVERSARIAL)(Image.fromarray(drawing)))).all()


@pytest.mark.bench
def test_a_busy_server_is_asked_again_and_a_failing_one_marks_what_is_old(visit, monkeypatch):
    made, tries = answers.made, []

    def busy(*asked):
        tries.append(asked)
        if len(tries) < 3 or len(tries) > 12:
            raise Busy
        return made(*asked)

    monkeypatch.setattr("course_lib.app.tabs.flat.tab.made", busy)
    after(visit, lambda: stroke(visit, (10, 100), (120, 100)))
    tries.extend([()] * 13)
    stroke(visit, (10, 20), (120, 20))
    visit.says("The server is busy.*earlier choice")
    visit.page.wait_for_function(
        "() => getComputedStyle(document.querySelector('[data-shows=cyclegan-fluent] .frame')).opacity < .5"
    )


@pytest.mark.bench
@pytest.mark.parametrize("first", [0, 2])
def test_a_pinch_draws_nothing_and_a_finger_does(chromium, served, first):
    context = chromium.new_context(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    phone = Phone(context, served + TAB, CANVAS)
    pixels = f"document.querySelector('{CANVAS}').toDataURL()"
    before = phone.page.evaluate(pixels)
    phone.pinch(first)
    assert phone.page.evaluate(pixels) == before and phone.zoom > 1.1
    context.close()
    context = chromium.new_context(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    phone = Phone(context, served + TAB, CANVAS)
    x, y = phone.middle()
    peek = phone.page.locator(".peek").get_attribute("src")
    phone.touch("touchStart", (x, y))
    phone.touch("touchMove", (x + 60, y + 60))
    phone.touch("touchEnd")
    phone.page.wait_for_function(f"(before) => {pixels} !== before", arg=before)
    phone.page.wait_for_function("(old) => document.querySelector('.peek').src !== old", arg=peek)
    assert phone.page.locator(".peek").get_attribute("src") == phone.page.locator(ANSWER).get_attribute("src")
    context.close()


@pytest.mark.bench
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_looks_and_access(visitor, served, width, scheme, tmp_path):
    visit = visitor(
        f"{served}{TAB}&picture=7&view=slider&left=truth", wait="#flat-slider img", width=width, scheme=scheme
    )
    assert (canvas(visit) == np.asarray(examples.examples()[7].flat)).all()
    wait_whole(visit, 1)
    visit.inspect(tmp_path / "slider.png")
    visit.page.locator("label", has_text="Side by side").click()
    visit.page.locator(".flat-like label", has_text="CycleGAN").click()
    visit.page.locator(".answer-text", has_text="Mean distance").wait_for()
    visit.page.locator("#flat-cards button").first.click()
    visit.inspect(tmp_path / "side.png")
    visit.open(f"{served}{TAB}&picture=12&view=<b>&right=x", ANSWER + "[src]")  # as if not there
    assert (canvas(visit) == np.asarray(examples.examples()[0].flat)).all()
    assert httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"] == {}
    visit.end()
