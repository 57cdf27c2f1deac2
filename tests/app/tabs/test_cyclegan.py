"""The CycleGAN tab with small untrained models: its numbers are those of its pictures, and one model is enough."""

import base64
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import httpx
import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.app import page, theme
from course_lib.app.tabs.cyclegan import examples as cyclegan_examples
from course_lib.app.tabs.cyclegan import measures as cyclegan_measures
from course_lib.app.tabs.cyclegan import tab as cyclegan_tab
from course_lib.app.tabs.cyclegan import words as cyclegan_words
from course_lib.data import emoji
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.networks import ResnetGenerator

APPLES, EMOJI = cyclegan_tab.MODELS
ARGUMENTS = {"blocks": 1, "width": 4, "norm": "instance", "upsample": "resize"}
CARD = {"title": "Small", "data": "<b>nothing</b>", "terms": "none", "epochs": 3}
DATA = Path(__file__).parents[4] / "shared/data"
SECONDS = 120  # of patience, on a machine whose cores are all busy


def save_small(root: Path, name: str) -> None:
    """A two-way model of another weight for each direction."""
    ways = {}
    for seed, way in enumerate(("AtoB", "BtoA")):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            ways[way] = ResnetGenerator(**ARGUMENTS)
            for parameter in ways[way].parameters():
                torch.nn.init.normal_(parameter, 0, 0.15)
    config = {"task": "cyclegan", "network": "ResnetGenerator", "arguments": ARGUMENTS, "size": 64, "two_way": True}
    zoo.save(root / "zoo" / name, ways, config, CARD)


def forget() -> None:
    cyclegan_tab.translators.cache_clear()
    cyclegan_tab.measured.cache_clear()


@pytest.fixture(scope="module")
def two_way_course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("two-way")
    (root / "exercises").mkdir()
    for name in cyclegan_tab.MODELS:
        save_small(root, name)
    return root


@pytest.fixture
def course(two_way_course, monkeypatch) -> Iterator[Path]:
    monkeypatch.setenv("COURSE_ROOT", str(two_way_course))
    forget()
    yield two_way_course
    forget()


def decoded(text: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")).astype(float)


def encoded(image: Image.Image, form: str = "PNG") -> str:
    file = io.BytesIO()
    image.save(file, form)
    return base64.b64encode(file.getvalue()).decode()


ASKED = {"model": APPLES, "way": "AtoB", "picture": 1, "strength": 2}


# What is computed


def test_levels_and_blur_by_hand():
    row = Image.fromarray(np.repeat(np.uint8([[0, 40, 50, 127, 128, 200, 255]])[..., None], 3, -1))
    four = np.asarray(cyclegan_measures.spoil(row, "levels", 4))[0, :, 0]  # four levels: 0, 85, 170, 255
    assert four.tolist() == [0, 0, 85, 85, 170, 170, 255]
    two = np.asarray(cyclegan_measures.spoil(row, "levels", 5))[0, :, 0]
    assert two.tolist() == [0, 0, 0, 0, 255, 255, 255]
    assert cyclegan_measures.spoil(row, "left", 1) is row
    flat = Image.new("RGB", (16, 16), (10, 200, 90))
    assert cyclegan_measures.spoil(flat, "blur", 5).tobytes() == flat.tobytes()


@pytest.mark.parametrize(("how", "strength"), [("sharpen", 1), ("blur", 0), ("levels", 6)])
def test_a_spoiling_that_does_not_exist(how, strength):
    with pytest.raises(ValueError, match="strength"):
        cyclegan_measures.spoil(Image.new("RGB", (4, 4)), how, strength)


def test_l1_shift_and_map_by_hand():
    black, colour = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), (255, 51, 0))
    assert cyclegan_measures.l1(black, colour) == pytest.approx((2 + 0.4 + 0) / 3)
    assert cyclegan_measures.colour_shift(black, colour) == pytest.approx((255, 51, 0))
    assert cyclegan_measures.colour_shift(colour, black) == pytest.approx((-255, -51, 0))
    colours = cyclegan_measures.scale()
    assert (np.asarray(cyclegan_measures.error_map(black, black)) == colours[0]).all()
    assert (np.asarray(cyclegan_measures.error_map(black, Image.new("RGB", (8, 8), "white"))) == colours[255]).all()
    grey = Image.new("RGB", (8, 8), (51, 51, 51))  # 0.4 on [−1, 1]: the scale's colour 0.4 · 255
    assert (np.asarray(cyclegan_measures.error_map(black, grey)) == colours[102]).all()
    assert (np.diff(colours.astype(int).sum(1)) >= -2).all()  # brighter and brighter, to print it in grey


def test_one_pass_for_all_is_one_pass_each(course):
    there, back = (zoo.load(APPLES, way) for way in ("AtoB", "BtoA"))
    picture = cyclegan_examples.example_pictures(APPLES)["A"][0][1]
    trip = cyclegan_measures.trip(there, back, picture, 3)
    for found, wanted in (
        (trip.made, there(picture)), (trip.same, back(picture)), (trip.back["left"], back(trip.made)),
        (trip.back["blur"], back(trip.middles["blur"])), (trip.back["levels"], back(trip.middles["levels"])),
    ):  # fmt: skip
        assert np.abs(np.asarray(found).astype(int) - np.asarray(wanted)).max() <= 1
    assert 0 < trip.seconds[0] < trip.seconds[1]


# The pictures that are offered


@pytest.mark.parametrize(("model", "count"), [(APPLES, 4), (EMOJI, 6)])
def test_examples(model, count):
    pictures = cyclegan_examples.example_pictures(model)
    images = [image for domain in "AB" for _, image in pictures[domain]]
    assert [len(pictures[domain]) for domain in "AB"] == [count, count]
    assert {image.size for image in images} == {(64, 64)}
    assert len({image.tobytes() for image in images}) == 2 * count
    assert all(np.asarray(image).std() > 20 for image in images)
    file = Path(cyclegan_examples.__file__).with_name(cyclegan_examples.SHEETS[model].file)
    assert Image.open(file).text["Copyright"] == cyclegan_examples.SHEETS[model].terms


def test_examples_of_an_unknown_model():
    with pytest.raises(CourseError, match="cyclegan-horses"):
        cyclegan_examples.example_pictures("cyclegan-horses")


def test_the_examples_were_held_out(tmp_path):
    if not DATA.is_dir():
        pytest.skip("the sets that the shipped models were trained on are not here")
    apples, signs = (cyclegan_examples.SHEETS[name] for name in (APPLES, EMOJI))
    for folder, pictures in zip(apples.folders, apples.pictures, strict=True):
        held_out = sorted((DATA / "apple2orange64" / folder).iterdir(), key=lambda file: file.name)[-100:]
        assert {f"{stem}.png" for _, stem in pictures} <= {file.name for file in held_out}
    stems = ({file.stem for file in (DATA / "emoji64" / folder).iterdir()} for folder in signs.folders)
    held_out = {stem for variants in emoji.split(set.intersection(*stems))["val"] for stem in variants}
    assert {stem for _, stem in signs.pictures[0]} <= held_out and signs.pictures[0] == signs.pictures[1]
    for model, folder in ((APPLES, "apple2orange64"), (EMOJI, "emoji64")):
        cyclegan_examples.make_sheet(model, DATA / folder, tmp_path / "sheet.png")
        shipped = Path(cyclegan_examples.__file__).with_name(cyclegan_examples.SHEETS[model].file)
        assert Image.open(tmp_path / "sheet.png").tobytes() == Image.open(shipped).tobytes()


# What the server answers


@pytest.mark.parametrize("way", ["AtoB", "BtoA"])
def test_the_numbers_are_those_of_the_pictures(course, way):
    answer = cyclegan_tab.cyclegan(ASKED | {"way": way})
    assert json.loads(json.dumps(answer))
    x = decoded(answer["x"])
    assert (x == np.asarray(cyclegan_examples.example_pictures(APPLES)[way[0]][1][1])).all()
    made, same = decoded(answer["made"]), decoded(answer["same"])
    assert answer["moved"]["l1"] == pytest.approx(np.abs(made - x).mean() / 127.5, abs=1e-6)
    assert answer["moved"]["shift"] == pytest.approx((made - x).mean((0, 1)), abs=1e-3)
    assert answer["kept"]["shift"] == pytest.approx((same - x).mean((0, 1)), abs=1e-3)
    other = zoo.load(APPLES, "BtoA" if way == "AtoB" else "AtoB")  # the one that makes what x is already
    assert np.abs(same - np.asarray(other(Image.fromarray(x.astype(np.uint8))))).max() <= 1
    for name, middle in answer["middles"].items():
        assert middle["error"] == pytest.approx(np.abs(decoded(middle["back"]) - x).mean() / 127.5, abs=1e-6)
        assert middle["changed"] == pytest.approx(np.abs(decoded(middle["middle"]) - made).mean() / 127.5, abs=1e-6)
        assert (middle["changed"] == 0) == (name == "left")
    assert "truth" not in answer  # nobody knows this apple as an orange


def test_emoji_have_a_true_counterpart(course):
    answer = cyclegan_tab.cyclegan(ASKED | {"model": EMOJI, "way": "BtoA"})
    pictures = cyclegan_examples.example_pictures(EMOJI)
    truth = np.asarray(pictures["A"][1][1]).astype(float)
    assert (decoded(answer["truth"]["png"]) == truth).all()
    source = np.asarray(pictures["B"][1][1])
    assert answer["truth"]["nothing"]["l1"] == pytest.approx(np.abs(source - truth).mean() / 127.5, abs=1e-6)
    made = answer["truth"]["made"]
    assert made["l1"] == pytest.approx(np.abs(decoded(answer["made"]) - truth).mean() / 127.5, abs=1e-6)
    assert -1 <= made["ssim"] < 1


@pytest.mark.parametrize("how", ["blur", "levels"])
def test_more_strength_spoils_more(course, how):
    changed = [cyclegan_tab.cyclegan(ASKED | {"strength": n})["middles"][how]["changed"] for n in (1, 3, 5)]
    assert changed[0] < changed[1] < changed[2]


def test_a_picture_of_ones_own(course):
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste((0, 0, 255), (100, 0, 200, 100))
    text = cyclegan_tab.bring(wide)
    assert decoded(text).shape == (64, 64, 3)
    assert (decoded(text)[:, 8:56] == (0, 0, 255)).all()  # its middle square, not squeezed
    answer = cyclegan_tab.cyclegan(ASKED | {"model": EMOJI, "picture": "own", "own": text})
    assert (decoded(answer["x"]) == decoded(text)).all() and "truth" not in answer


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"model": "vgg16-bsds"}, "vgg16-bsds"), ({"model": ["a"]}, "no model"), ({"model": "../x"}, "no model"),
        ({"way": "CtoD"}, "CtoD"), ({"way": None}, "AtoB or BtoA"),
        ({"picture": 4}, "0 to 3"), ({"picture": -1}, "example"), ({"picture": True}, "example"), ({"picture": 0.5}, "example"),
        ({"strength": 0}, "strength"), ({"strength": 6}, "1 to 5"), ({"strength": float("nan")}, "strength"),
        ({"strength": True}, "strength"), ({"strength": [2]}, "strength"), ({"strength": "2"}, "strength"),
        ({"picture": "own"}, "did not arrive"), ({"picture": "own", "own": "é"}, "whole"),
        ({"picture": "own", "own": "A" * 300_000}, "did not arrive"), ({"picture": "own", "own": "AAAA"}, "PNG"),
        ({"picture": "own", "own": encoded(Image.new("RGB", (64, 64)), "JPEG")}, "PNG"),
        ({"picture": "own", "own": encoded(Image.new("1", (4000, 4000)))}, "megapixels"),
        ({"picture": "own", "own": encoded(Image.effect_noise((64, 64), 90))[:400]}, "damaged"),
    ],
)  # fmt: skip
def test_bad_questions_get_a_sentence(course, changed, told):
    answer = cyclegan_tab.cyclegan(ASKED | changed)
    assert set(answer) == {"error"} and told in answer["error"]


@pytest.mark.parametrize("asked", [None, [], "x", {}])
def test_no_question_gets_a_sentence(course, asked):
    assert "model" in cyclegan_tab.cyclegan(asked)["error"]
    assert "model" in cyclegan_tab.explain(asked)["error"]


# What is said


def figures(left: float, blur: float, levels: float) -> dict:
    values = {"left": (0.0, left), "blur": (0.04, blur), "levels": (0.03, levels)}
    return {name: {"changed": changed, "error": error} for name, (changed, error) in values.items()} | {
        "pictures": 4,
        "radius": 1.0,
        "count": 16,
    }


@pytest.mark.parametrize(
    ("values", "right"),
    [((0.1, 0.1, 0.1), "seen"), ((0.1, 0.124, 0.1), "seen"), ((0.1, 0.126, 0.1), "hidden"), ((0.1, 0.1, 0.2), "hidden"),
     ((0.0, 0.1, 0.1), "seen")],
)  # fmt: skip
def test_the_answer_follows_the_measurement(values, right):
    measured = figures(*values)
    for guess in cyclegan_words.GUESSES:
        said = cyclegan_words.answer(guess, measured)
        assert said.startswith("<b>Yes." if guess == right else "<b>No.")
        assert f"{values[1]:.3f}" in said and "16 levels" in said


def test_explain_measures_all_examples_of_one_kind(course):
    measured = cyclegan_tab.measured(APPLES, "BtoA")
    each = [cyclegan_tab.cyclegan(ASKED | {"way": "BtoA", "picture": n})["middles"]["blur"]["error"] for n in range(4)]
    assert measured["pictures"] == 4 and measured["blur"]["error"] == pytest.approx(np.mean(each))
    told = cyclegan_tab.explain({"model": APPLES, "way": "BtoA", "guess": "seen"})["text"]
    assert f"{np.mean(each):.3f}" in told
    assert "guess" in cyclegan_tab.explain({"model": APPLES, "way": "BtoA", "guess": "magic"})["error"]


def test_facts_are_escaped_and_skip_what_is_unknown(course):
    card = cyclegan_tab.translators(APPLES)["AtoB"].card
    table = cyclegan_words.facts({APPLES: card})
    assert "&lt;b&gt;nothing" in table and "classifier" not in table and "apple → orange" in table
    way = {"called_target": 0.9, "untranslated_called_target": 0.05, "reconstruction_l1": 0.1234}
    table = cyclegan_words.facts({APPLES: card | {"validation": {"AtoB": way, "BtoA": way}}})
    assert table.count("<td>90%</td>") == 2 and "0.123" in table
    assert "counterpart" not in table and table.count("<td>3</td>") == 2
    way |= {"truth": {"l1": 0.25}, "truth_untranslated": {"l1": 0.5}}
    table = cyclegan_words.facts(
        {APPLES: card | {"validation": {"AtoB": way, "BtoA": way}, "began_with": {"epochs": 4}}}
    )
    assert "<td>0.250; 0.500</td>" in table and table.count("<td>7</td>") == 2


# A model that is missing or damaged


def told_by_tab() -> str:
    with gr.Blocks() as blocks:
        cyclegan_tab.build_tab()
    return " ".join(str(getattr(block, "html_template", "")) for block in blocks.blocks.values())


def test_one_model_is_enough(course, tmp_path, monkeypatch):
    shutil.copytree(course / "zoo" / EMOJI, tmp_path / "zoo" / EMOJI)
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    told = told_by_tab()
    assert "Apples and oranges cannot be shown" in told and f"no model &#x27;{APPLES}&#x27;" in told
    assert f'name="cyclegan-model" value="{EMOJI}" checked' in told and f'value="{APPLES}"' not in told
    assert cyclegan_tab.cyclegan(ASKED).keys() == {"error"}


def test_a_damaged_model_closes_only_itself(course, tmp_path, monkeypatch):
    shutil.copytree(course / "zoo", tmp_path / "zoo")
    weights = tmp_path / "zoo" / APPLES / "BtoA.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    told = told_by_tab()
    assert f"{APPLES}/BtoA.safetensors is not the file" in told and "Traceback" not in told
    (tmp_path / "zoo" / EMOJI / "config.json").unlink()
    forget()
    with pytest.raises(CourseError, match=APPLES) as error:
        cyclegan_tab.build_tab()
    assert EMOJI in str(error.value)


# In a real browser


@pytest.fixture(scope="module")
def served(two_way_course) -> Iterator[str]:
    """The address of a page that has this tab alone."""
    forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(two_way_course))
        patch.setattr(page, "TABS", (cyclegan_tab,))
        sheet = Path(cyclegan_tab.__file__).with_name("tab.css")
        patch.setattr(theme, "CSS", list(dict.fromkeys([*theme.CSS, sheet])))
        blocks = page.build()
        _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
        yield address
        blocks.close(verbose=False)
    forget()


class Visit:
    """One visitor's page, with everything it asked for and complained about."""

    def __init__(self, chromium, address: str, words: str = "", width: int = 1280, scheme: str = "light") -> None:
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{address}?tab=cyclegan{words}", timeout=SECONDS * 1000)
        self.page.locator("[data-shows=map] img").wait_for()

    def picture(self, name: str) -> np.ndarray:
        return decoded(self.page.locator(f"[data-shows={name}] img").first.get_attribute("src").split(",")[1])

    def settled(self, before: str) -> None:
        self.page.wait_for_function(
            "(before) => document.querySelector('[data-shows=map] img').src !== before "
            "&& document.querySelector('.cyclegan-see .status').innerText.includes('five translations')",
            arg=before,
        )

    def map(self) -> str:
        return self.page.locator("[data-shows=map] img").get_attribute("src")


def inspect(visit: Visit, width: int) -> None:
    """Fits its window with everything opened, and axe has no complaint."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    visit.page.locator("label", has_text="enough").click()
    visit.page.locator(".answer-text", has_text="Measured").wait_for()
    for part in ("#cyclegan-cards", "#cyclegan-own"):
        button = visit.page.locator(f"{part} button").first
        if "open" not in (button.get_attribute("class") or ""):
            button.click()
    visit.page.locator("#cyclegan-cards table").wait_for()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(visit.page).response["violations"]
    told = [(one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
    assert [entry for entry in told if entry[1] in ("serious", "critical")] == []


def test_a_visit(chromium, served, tmp_path):
    visit = Visit(chromium, served)
    page, example = visit.page, cyclegan_examples.example_pictures
    assert not [url for url in visit.requests if "component_server" in url]  # the trip was there on load
    assert (visit.picture("x") == np.asarray(example(APPLES)["A"][0][1])).all()

    middle, asked = (
        visit.picture("middle"),
        len(visit.requests),
    )  # the switch, by keyboard: nothing to ask the server for
    page.locator("[name=cyclegan-middle][value=left]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-shows=middle]').innerText.includes('blurred by 1 px')")
    assert (visit.picture("middle") != middle).any() and len(visit.requests) == asked
    row = page.locator("tr[data-middle=blur]")
    assert "chosen" in row.get_attribute("class")
    assert row.locator(".error").inner_text() in page.locator("[data-shows=map] figcaption").inner_text()

    before = visit.map()
    page.locator("[name=cyclegan-strength]").focus()
    page.keyboard.press("ArrowRight")
    visit.settled(before)
    assert "blurred by 1.5 px" in page.locator("[data-shows=middle]").inner_text()
    before = visit.map()
    page.locator(".way label", has_text="orange → apple").click()
    visit.settled(before)
    assert (visit.picture("x") == np.asarray(example(APPLES)["B"][0][1])).all()
    assert page.locator(".nothing").inner_text().startswith("Give an orange to apple → orange.")
    before = visit.map()
    page.locator(".offered input:checked:visible, .offered:not([hidden]) input:checked").focus()
    page.keyboard.press("ArrowRight")
    visit.settled(before)
    assert (visit.picture("x") == np.asarray(example(APPLES)["B"][1][1])).all()

    assert page.locator(".cyclegan-choose .answer-text").inner_text() == ""
    page.locator("label", has_text="knows these very pictures").click()
    page.locator(".answer-text", has_text="No.").wait_for()
    before = visit.map()
    page.locator("label", has_text="Emoji in two styles").click()
    visit.settled(before)
    assert page.locator(".truth img").is_visible() and page.locator(".answer-text").inner_text() == ""

    (tmp_path / "broken.png").write_bytes(b"no picture at all")
    page.locator("#cyclegan-own button").first.click()
    page.locator("#cyclegan-upload input[type=file]").set_input_files(tmp_path / "broken.png")
    page.get_by_text("is not a picture this course reads").first.wait_for()
    Image.new("RGB", (90, 60), (10, 120, 30)).save(tmp_path / "green.png")
    before = visit.map()
    page.reload()
    page.locator("[data-shows=map] img").wait_for()
    page.locator("#cyclegan-own button").first.click()
    page.locator("#cyclegan-upload input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".mine input:checked").wait_for(state="attached")
    page.wait_for_function(
        "(own) => document.querySelector('[data-shows=x] img').src.endsWith(own)", arg=cyclegan_own()
    )
    assert (visit.picture("x") == (10, 120, 30)).all() and not page.locator(".truth").is_visible()
    assert "picture=" not in page.url and f"model={EMOJI}" in page.url

    inspect(visit, 1280)
    outside = [url for url in visit.requests if not url.startswith((served, "data:", "blob:"))]
    assert outside == [] and visit.errors == []
    visit.context.close()


def cyclegan_own() -> str:
    """The green picture as the server sends it back."""
    return encoded(Image.new("RGB", (64, 64), (10, 120, 30)))


def test_the_address_brings_the_choices_back(chromium, served):
    visit = Visit(chromium, served, f"&model={EMOJI}&way=BtoA&picture=3&strength=4&middle=levels", 375, "dark")
    wanted = np.asarray(cyclegan_examples.example_pictures(EMOJI)["B"][3][1])
    assert (visit.picture("x") == wanted).all()
    assert "4 levels a channel" in visit.page.locator("[data-shows=middle]").inner_text()
    inspect(visit, 375)
    visit.page.goto(f"{served}?tab=cyclegan&model=<b>&way=up&picture=99&strength=-1&middle=x")  # as if not there
    visit.page.locator("[data-shows=map] img").wait_for()
    assert (visit.picture("x") == np.asarray(cyclegan_examples.example_pictures(APPLES)["A"][0][1])).all()
    assert visit.errors == []
    visit.context.close()


def test_the_page_says_no_more_than_it_should(served):
    """What a stranger can call: the upload's event is private, the two questions are the component's own."""
    named = httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"]
    assert named == {}
