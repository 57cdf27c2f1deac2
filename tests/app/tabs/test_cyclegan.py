"""The CycleGAN tab with small untrained models: its numbers are those of its pictures, and one model is enough."""

import json
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from course_lib.app.facts import Column
from course_lib.app.tabs.cyclegan import examples as cyclegan_examples
from course_lib.app.tabs.cyclegan import measures as cyclegan_measures
from course_lib.app.tabs.cyclegan import tab as cyclegan_tab
from course_lib.app.tabs.cyclegan import words as cyclegan_words
from course_lib.data import emoji
from course_lib.errors import CourseError
from course_lib.models import zoo

APPLES, EMOJI = cyclegan_tab.MODELS
DATA = Path(__file__).parents[4] / "shared/data"
ASKED = {"model": APPLES, "way": "AtoB", "picture": 1, "strength": 2}


# What is computed


def test_levels_and_blur_by_hand():
    row = Image.fromarray(np.repeat(np.uint8([[0, 40, 50, 127, 128, 200, 255]])[..., None], 3, -1))
    four = np.asarray(cyclegan_measures.perturb(row, "levels", 4))[0, :, 0]  # four levels: 0, 85, 170, 255
    assert four.tolist() == [0, 0, 85, 85, 170, 170, 255]
    two = np.asarray(cyclegan_measures.perturb(row, "levels", 5))[0, :, 0]
    assert two.tolist() == [0, 0, 0, 0, 255, 255, 255]
    assert cyclegan_measures.perturb(row, "left", 1) is row
    flat = Image.new("RGB", (16, 16), (10, 200, 90))
    assert cyclegan_measures.perturb(flat, "blur", 5).tobytes() == flat.tobytes()


@pytest.mark.parametrize(("how", "strength"), [("sharpen", 1), ("blur", 0), ("levels", 6)])
def test_a_perturbation_that_does_not_exist(how, strength):
    with pytest.raises(ValueError, match="strength"):
        cyclegan_measures.perturb(Image.new("RGB", (4, 4)), how, strength)


def test_one_pass_for_all_is_one_pass_each(in_two_way_course):
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
def test_the_numbers_are_those_of_the_pictures(in_two_way_course, decoded, way):
    answer = cyclegan_tab.cyclegan(ASKED | {"way": way})
    assert json.loads(json.dumps(answer))
    decode = lambda url: decoded(url).astype(float)  # noqa: E731
    x = decode(answer["x"])
    assert (x == np.asarray(cyclegan_examples.example_pictures(APPLES)[way[0]][1][1])).all()
    made, same = decode(answer["made"]), decode(answer["same"])
    assert answer["moved"]["l1"] == pytest.approx(np.abs(made - x).mean() / 127.5, abs=1e-6)
    assert answer["moved"]["shift"] == pytest.approx((made - x).mean((0, 1)), abs=1e-3)
    assert answer["kept"]["shift"] == pytest.approx((same - x).mean((0, 1)), abs=1e-3)
    other = zoo.load(APPLES, "BtoA" if way == "AtoB" else "AtoB")  # the one that makes what x is already
    assert np.abs(same - np.asarray(other(Image.fromarray(x.astype(np.uint8))))).max() <= 1
    for name, middle in answer["middles"].items():
        assert middle["error"] == pytest.approx(np.abs(decode(middle["back"]) - x).mean() / 127.5, abs=1e-6)
        assert middle["changed"] == pytest.approx(np.abs(decode(middle["middle"]) - made).mean() / 127.5, abs=1e-6)
        assert (middle["changed"] == 0) == (name == "left")
    assert "truth" not in answer  # nobody knows this apple as an orange


def test_emoji_have_a_true_counterpart(in_two_way_course, decoded):
    answer = cyclegan_tab.cyclegan(ASKED | {"model": EMOJI, "way": "BtoA"})
    pictures = cyclegan_examples.example_pictures(EMOJI)
    truth = np.asarray(pictures["A"][1][1]).astype(float)
    assert (decoded(answer["truth"]["picture"]) == truth).all()
    source = np.asarray(pictures["B"][1][1])
    assert answer["truth"]["nothing"]["l1"] == pytest.approx(np.abs(source - truth).mean() / 127.5, abs=1e-6)
    made = answer["truth"]["made"]
    assert made["l1"] == pytest.approx(np.abs(decoded(answer["made"]) - truth).mean() / 127.5, abs=1e-6)
    assert -1 <= made["ssim"] < 1


@pytest.mark.parametrize("how", ["blur", "levels"])
def test_more_strength_perturbs_more(in_two_way_course, how):
    changed = [cyclegan_tab.cyclegan(ASKED | {"strength": n})["middles"][how]["changed"] for n in (1, 3, 5)]
    assert changed[0] < changed[1] < changed[2]


def test_a_picture_of_ones_own(in_two_way_course, decoded):
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
        ({"model": "vgg16-bsds"}, "The model is 'vgg16-bsds'"),
        ({"model": ["a"]}, "The model is ['a']"),
        ({"model": "../x"}, "The model is '../x'"),
        ({"way": "CtoD"}, "The direction is 'CtoD'; it must be one of AtoB, BtoA."),
        ({"way": None}, "The direction is empty"),
        ({"picture": 4}, "The number of the example is 4; it must be a whole number from 0 to 3."),
        ({"picture": True}, "The number of the example is True"),
        ({"strength": 6}, "The strength is 6; it must be a whole number from 1 to 5."),
        ({"strength": float("nan")}, "The strength is NaN"),
        ({"picture": "own"}, "did not arrive"),
        ({"picture": "own", "own": "data:image/png;base64,AAAA"}, "PNG"),
    ],
)
def test_bad_questions_get_a_sentence(in_two_way_course, changed, told):
    answer = cyclegan_tab.cyclegan(ASKED | changed)
    assert set(answer) == {"error", "busy"} and told in answer["error"] and not answer["busy"]


@pytest.mark.parametrize("asked", [None, [], "x", {}])
def test_no_question_gets_a_sentence(in_two_way_course, asked):
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


@pytest.mark.parametrize(("values", "right"), [((0.1, 0.11, 0.1), "seen"), ((0.1, 0.15, 0.1), "hidden")])
def test_a_guess_is_answered_for_what_it_says(values, right):
    """What speaks against the option that was chosen comes before what was found; nothing speaks against the right one."""
    against = {"learned": "held out", "seen": "If outline, light and background", "hidden": "Traces that are too faint"}
    said = {guess: cyclegan_words.answer(guess, figures(*values)) for guess in cyclegan_words.GUESSES}
    assert len(set(said.values())) == 3
    for guess, text in said.items():
        found = [name for name, words in against.items() if words in text]
        assert found == ([] if guess == right else [guess])
    assert "1.50 times" in said["seen"] if right == "hidden" else "1.10 times" in said["hidden"]


def test_explain_measures_all_examples_of_one_kind(in_two_way_course):
    measured = cyclegan_tab.measured(APPLES, "BtoA")
    each = [cyclegan_tab.cyclegan(ASKED | {"way": "BtoA", "picture": n})["middles"]["blur"]["error"] for n in range(4)]
    assert measured["pictures"] == 4 and measured["blur"]["error"] == pytest.approx(np.mean(each))
    told = cyclegan_tab.explain({"model": APPLES, "way": "BtoA", "guess": "seen"})["text"]
    assert f"{np.mean(each):.3f}" in told
    assert "guess" in cyclegan_tab.explain({"model": APPLES, "way": "BtoA", "guess": "magic"})["error"]


def test_what_is_in_the_table_is_what_was_measured(in_two_way_course):
    card = cyclegan_tab.translators(APPLES)["AtoB"].card
    way = {"called_target": 0.9, "reconstruction_l1": 0.1234, "truth": {"l1": 0.25}, "truth_untranslated": {"l1": 0.5}}
    told = {}
    for validation in ({}, {"AtoB": way, "BtoA": {}}):
        columns = [Column(name, card | {"validation": validation}, name) for name in cyclegan_tab.WAYS]
        told |= {title: [read(column) for column in columns] for title, read in cyclegan_words.MEASURED}
        if not validation:
            assert all(values == [None, None] for values in told.values())
    assert told["held-out translations that a classifier calls the target"] == ["90%", None]
    assert told["there and back on held-out pictures, L1"] == ["0.123", None]
    assert told["L1 to the true counterpart; doing nothing"] == ["0.250; 0.500", None]
    assert told["the same of the sources, untranslated"] == [None, None]


# A model that is missing or damaged


def told_by_tab() -> str:
    with gr.Blocks() as blocks:
        cyclegan_tab.build()
    return " ".join(str(getattr(block, "html_template", "")) for block in blocks.blocks.values())


def test_one_model_is_enough(in_two_way_course, tmp_path, monkeypatch):
    shutil.copytree(in_two_way_course / "zoo" / EMOJI, tmp_path / "zoo" / EMOJI)
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    told = told_by_tab()
    assert "Apples and oranges cannot be shown" in told and f"no model &#x27;{APPLES}&#x27;" in told
    assert f'name="cyclegan-model" value="{EMOJI}" checked' in told and f'value="{APPLES}"' not in told
    assert cyclegan_tab.cyclegan(ASKED).keys() == {"error", "busy"}


def test_a_damaged_model_closes_only_itself(in_two_way_course, tmp_path, monkeypatch):
    shutil.copytree(in_two_way_course / "zoo", tmp_path / "zoo")
    weights = tmp_path / "zoo" / APPLES / "BtoA.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    told = told_by_tab()
    assert f"{APPLES}/BtoA.safetensors is not the file" in told and "Traceback" not in told
    (tmp_path / "zoo" / EMOJI / "config.json").unlink()
    cyclegan_tab.translators.cache_clear()
    with pytest.raises(CourseError, match=APPLES) as error:
        cyclegan_tab.build()
    assert EMOJI in str(error.value)
