"""The page in a real browser: what a visitor does and sees, and that nothing leaves this machine."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.pix2pix import examples, painter

SECONDS = 180  # of patience, on a machine whose cores are all busy


class Visit:
    """One visitor's page, with everything it asked for and complained about."""

    def __init__(self, chromium, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}?tab=pix2pix", timeout=SECONDS * 1000)
        self.page.locator("#translate").wait_for()
        self.page.locator("#adversarial img").wait_for()
        self.page.locator(".painter canvas").wait_for()

    def picture(self, name: str) -> np.ndarray:
        """The pixels of one of the three pictures, as the browser got them."""
        source = self.page.locator(f"#{name} img").get_attribute("src")
        body = self.page.request.get(source).body()
        return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))

    def canvas(self) -> np.ndarray:
        address = self.page.evaluate("document.querySelector('.painter canvas').toDataURL()")
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))

    def translate(self) -> None:
        """Presses the button and waits until the status line is another one."""
        self.page.evaluate(
            "document.querySelector('#status').dataset.before = document.querySelector('#status').innerText"
        )
        self.page.locator("#translate").click()
        self.page.wait_for_function(
            "() => { const line = document.querySelector('#status'); return line.innerText !== line.dataset.before; }"
        )

    def close(self) -> None:
        self.context.close()


@pytest.fixture(scope="module")
def visit(chromium, page):
    visit = Visit(chromium, page)
    yield visit
    visit.close()


def test_an_answer_is_there_on_load(visit):
    assert (
        visit.picture("map").shape == visit.picture("twin").shape == visit.picture("adversarial").shape == (64, 64, 3)
    )
    assert (visit.picture("twin") != visit.picture("adversarial")).any()
    assert (visit.canvas() == np.asarray(examples.examples()["Town house"])).all()


def test_pick_an_example_and_translate(visit):
    before = visit.picture("adversarial")
    visit.page.locator(".examples button", has_text="Shops").click()
    wanted = np.asarray(examples.examples()["Shops"])
    visit.page.wait_for_function("() => document.querySelector('.painter canvas') !== null")
    assert (visit.canvas() == wanted).all()
    visit.page.locator("#seed input").fill("5")
    visit.translate()
    visit.page.wait_for_function("() => document.querySelector('#status').innerText.includes('Seed 5')")
    photo = visit.picture("adversarial")
    assert photo.std() > 1
    assert (photo != visit.picture("map")).any() and (photo != before).any()


def test_paint_a_rectangle_and_take_it_back(visit):
    page, before = visit.page, visit.canvas()
    page.locator(".classes label", has_text="pillar").click()
    box = page.locator(".painter canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.mouse.up()
    after = visit.canvas()
    changed = (after != before).any(-1)
    assert (after[changed] == (255, 0, 0)).all()
    assert (after[66:126, 66:126] == (255, 0, 0)).all() and not changed[130:, :].any() and not changed[:, 130:].any()
    page.locator("[data-do=undo]").click()
    assert (visit.canvas() == before).all()


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
    assert (visit.canvas() == expected).all()
    page.locator("#seed input").fill("6")
    visit.translate()
    page.wait_for_function("() => document.querySelector('#status').innerText.includes('Seed 6')")
    label = visit.picture("map")
    assert tuple(label[34, 40]) == (0, 208, 255) and tuple(label[10, 10]) == (0, 48, 255)


def test_every_way_of_comparing(visit):
    page = visit.page
    for view, shown in (
        ("Slider", {"slider"}), ("L1 alone", {"twin"}), ("L1 + discriminator", {"adversarial"}), ("Label map", {"map"}),
        ("Side by side", {"map", "twin", "adversarial"}),
    ):  # fmt: skip
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
    wanted = examples.examples()["Works"]
    wanted.save(tmp_path / "works.png")
    page.reload()
    page.locator(".painter canvas").wait_for()
    page.locator("#own button").first.click()
    page.locator("#upload input[type=file]").set_input_files(tmp_path / "works.png")
    data = painter.encode(wanted)
    colours = {digit: colour for digit, (_, colour) in zip("0123456789ab", painter.palette.FACADES, strict=True)}
    x, y = 100, 200
    red, green, blue = colours[data[y * 256 + x]]
    page.wait_for_function(
        "([x, y, r, g, b]) => { const p = document.querySelector('.painter canvas').getContext('2d')"
        ".getImageData(x, y, 1, 1).data; return p[0] === r && p[1] === g && p[2] === b; }",
        arg=[x, y, red, green, blue],
    )
    page.wait_for_timeout(300)
    assert (visit.canvas() == np.asarray(wanted)).all()


def test_nothing_left_this_machine_and_nothing_broke(visit, page):
    """Last: over all that the visitor above did."""
    outside = [url for url in visit.requests if not url.startswith((page, "data:", "blob:"))]
    assert len(visit.requests) > 20 and outside == []
    assert visit.errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")])
def test_looks_and_access(chromium, page, width, scheme, tmp_path):
    """Fits its window, is dark when asked, and axe has no complaint. The screenshots are for people to look at."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    visit = Visit(chromium, page, width, scheme)
    try:
        visit.page.locator("#guess label", has_text="their middle").click()
        visit.page.locator("#reply", has_text="Yes.").wait_for()
        for part in ("#cards", "#own"):
            visit.page.locator(f"{part} button").first.click()
        visit.page.locator("#cards table").wait_for()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        background = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = np.mean([float(number) for number in background[background.index("(") + 1 : -1].split(",")[:3]])
        assert (brightness < 60) == (scheme == "dark")
        visit.page.screenshot(path=tmp_path / f"{width}-{scheme}.png", full_page=True)
        found = axe.Axe().run(visit.page).response["violations"]
        told = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
        assert [entry for entry in told if entry[1] in ("serious", "critical")] == []
    finally:
        visit.close()
