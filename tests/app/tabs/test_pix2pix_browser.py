"""The pix2pix tab in a real browser: what a visitor does and sees, and that nothing leaves this machine."""

import numpy as np
import pytest

from course_lib.app.tabs.pix2pix.examples import examples
from course_lib.data import palette

TAB, CANVAS = "?tab=pix2pix", ".painter canvas"


def drawn(name: str) -> np.ndarray:
    """An example as the canvas shows it."""
    return np.asarray(palette.paint(examples()[name]))


def open_tab(visitor, address: str, **settings):
    visit = visitor(address + TAB, wait="#adversarial img", **settings)
    visit.page.locator(CANVAS).wait_for()
    return visit


@pytest.fixture(scope="module")
def visit(visitor, small_page):
    """One visitor does all of what follows; at the end nothing may have left this machine, and nothing may have broken."""
    visit = open_tab(visitor, small_page)
    yield visit
    assert len(visit.requests) > 20
    visit.end()


def picture(visit, name: str) -> np.ndarray:
    return visit.pixels(f"#{name} img")[0]


def canvas(visit) -> np.ndarray:
    return visit.pixels(CANVAS)[0]


def until_drawn(visit, wanted: np.ndarray) -> None:
    """Waits for the canvas to show it."""
    for _ in range(100):
        if (canvas(visit) == wanted).all():
            return
        visit.page.wait_for_timeout(100)
    raise AssertionError("the canvas shows another label map")


def translate(visit) -> None:
    """Presses the button and waits until the status line is another one."""
    visit.page.evaluate(
        "document.querySelector('#status').dataset.before = document.querySelector('#status').innerText"
    )
    visit.page.locator("#translate").click()
    visit.page.wait_for_function(
        "() => { const line = document.querySelector('#status'); return line.innerText !== line.dataset.before; }"
    )


def test_an_answer_is_there_on_load(visit):
    for name in ("map", "twin", "adversarial"):
        assert picture(visit, name).shape == (64, 64, 3)
    assert (picture(visit, "twin") != picture(visit, "adversarial")).any()
    assert (canvas(visit) == drawn("Town house")).all()


def test_pick_an_example_and_translate(visit):
    before = picture(visit, "adversarial")
    visit.page.locator(".examples button", has_text="Shops").click()
    until_drawn(visit, drawn("Shops"))
    visit.page.locator("#seed input").fill("5")
    translate(visit)
    visit.page.wait_for_function("() => document.querySelector('#status').innerText.includes('Seed 5')")
    photo = picture(visit, "adversarial")
    assert photo.std() > 1
    assert (photo != picture(visit, "map")).any() and (photo != before).any()


def test_paint_a_rectangle_and_take_it_back(visit):
    page, before = visit.page, canvas(visit)
    page.locator(".classes label", has_text="pillar").click()
    box = page.locator(".painter canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.mouse.up()
    after = canvas(visit)
    changed = (after != before).any(-1)
    assert (after[changed] == (255, 0, 0)).all()
    assert (after[66:126, 66:126] == (255, 0, 0)).all() and not changed[130:, :].any() and not changed[:, 130:].any()
    page.locator("[data-do=undo]").click()
    assert (canvas(visit) == before).all()


def test_paint_with_the_keyboard_and_translate_it(visit):
    page = visit.page
    page.locator("[data-do=clear]").click()
    page.locator(".classes label", has_text="door").click()
    page.locator(".painter canvas").focus()
    page.keyboard.press("Enter")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expected = np.full((256, 256, 3), (0, 48, 255))
    expected[128:149, 128:209] = (0, 208, 255)  # from the middle, 5 × 16 to the right and 5 × 4 down
    page.locator("[data-do=undo]").focus()
    assert (canvas(visit) == expected).all()
    page.locator("#seed input").fill("6")
    translate(visit)
    page.wait_for_function("() => document.querySelector('#status').innerText.includes('Seed 6')")
    label = picture(visit, "map")
    assert tuple(label[34, 40]) == (0, 208, 255) and tuple(label[10, 10]) == (0, 48, 255)


def test_every_way_of_comparing(visit):
    page = visit.page
    views = {
        "Slider": {"slider"},
        "L1 alone": {"twin"},
        "L1 + discriminator": {"adversarial"},
        "Label map": {"map"},
        "Side by side": {"map", "twin", "adversarial"},
    }
    for view, shown in views.items():
        page.locator("#view label", has_text=view).first.click()
        page.wait_for_function("(view) => document.querySelector('#answers').dataset.view === view", arg=view)
        for name in ("slider", "map", "twin", "adversarial"):
            assert page.locator(f"#{name}").is_visible() == (name in shown), (view, name)
    for view in ("Slider", "Side by side"):  # by keyboard: Tab leads from one to the next, Space chooses
        page.locator(f"#view input[value='{view}']").focus()
        page.keyboard.press("Space")
        page.wait_for_function("(view) => document.querySelector('#answers').dataset.view === view", arg=view)


def test_the_answer_comes_after_the_guess(visit):
    page = visit.page
    assert page.locator("#reply").inner_text().strip() == ""
    page.locator("#guess label", has_text="smaller").click()
    page.locator("#reply", has_text="Guess again").wait_for()
    page.locator("#guess label", has_text="their middle").click()
    page.locator("#reply", has_text="Yes.").wait_for()


def test_a_bad_file_gets_a_sentence(visit, tmp_path):
    page = visit.page
    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#own button").first.click()
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    assert "null" not in page.locator("body").inner_text()


def test_an_uploaded_map_lands_on_the_canvas(visit, tmp_path):
    page = visit.page
    palette.paint(examples()["Works"]).save(tmp_path / "works.png")
    page.reload()
    page.locator(CANVAS).wait_for()
    page.locator("#own button").first.click()
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "works.png")
    until_drawn(visit, drawn("Works"))


@pytest.mark.bench
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
def test_looks_and_access(visitor, small_page, width, scheme, tmp_path):
    visit = open_tab(visitor, small_page, width=width, scheme=scheme)
    visit.page.locator("#guess label", has_text="their middle").click()
    visit.page.locator("#reply", has_text="Yes.").wait_for()
    for part in ("#cards", "#own"):
        visit.page.locator(f"{part} button").first.click()
    visit.inspect(tmp_path / f"{width}-{scheme}.png")
    visit.end()
