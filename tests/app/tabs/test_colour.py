"""The colour tab with small untrained models: its numbers are those of its pictures, and one model is enough."""

import json
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from course_lib.app import page
from course_lib.app.tabs.colour import examples, words
from course_lib.app.tabs.colour import tab as colour_tab
from course_lib.errors import CourseError
from course_lib.models import zoo

L2, ADVERSARIAL = colour_tab.MODELS
EMOJI = Path(__file__).parents[4] / "shared/data/fluent128/val"


def picture(number: int) -> Image.Image:
    return examples.example_pictures()[number][1]


def spread(pixels: np.ndarray) -> float:
    """Chroma by hand: the largest of red, green and blue less the smallest, of 1."""
    return float((pixels.max(-1).astype(float) - pixels.min(-1)).mean() / 255)


# The pictures that are offered


def test_examples():
    pictures = [image for _, image in examples.example_pictures()]
    assert len(pictures) == 8 and {one.size for one in pictures} == {(128, 128)}
    assert len({one.tobytes() for one in pictures}) == 8 and all(spread(np.asarray(one)) > 0.1 for one in pictures)
    assert Image.open(examples.SHEET).text["Copyright"] == examples.TERMS
    assert examples.SHEET.stat().st_size < 150_000


def test_an_orange_and_a_blue_shirt_are_nearly_the_same_in_grey():
    orange, blue = (picture(number).crop((48, 90, 80, 120)) for number in (0, 1))
    colours = [np.asarray(one).astype(int).mean((0, 1)) for one in (orange, blue)]
    assert min(colours[0][0], colours[1][2]) > 200 and max(colours[0][2], colours[1][0]) < 100
    greys = [np.asarray(one.convert("L")).astype(int) for one in (orange, blue)]
    assert np.abs(greys[0] - greys[1]).mean() < 12


@pytest.mark.skipif(not EMOJI.is_dir(), reason="the set that the models were trained on is not here")
def test_the_examples_were_held_out(tmp_path):
    train = {file.stem for file in (EMOJI.parent / "train").iterdir()}
    assert not train & {stem for _, stem in examples.PICTURES}
    examples.make_sheet(EMOJI, tmp_path / "sheet.png")
    assert Image.open(tmp_path / "sheet.png").tobytes() == Image.open(examples.SHEET).tobytes()


# What the server answers


def test_the_numbers_are_those_of_the_pictures(in_colour_course, decoded):
    found = colour_tab.colour({"picture": 2})
    assert json.loads(json.dumps(found)) and found["size"] == 64
    shown = {name: decoded(url) for name, url in found["pictures"].items()}
    assert list(shown) == ["grey", L2, ADVERSARIAL, "truth"]
    truth = picture(2).resize((64, 64), Image.Resampling.BICUBIC)
    assert (shown["truth"] == np.asarray(truth)).all() and spread(shown["grey"]) == 0
    assert np.abs(shown["grey"][..., 0].astype(int) - np.asarray(truth.convert("L"))).mean() < 3
    for name in (L2, ADVERSARIAL):
        assert (shown[name] == np.asarray(zoo.load(name)(picture(2)))).all()
        measured = found["measured"][name]
        assert measured["chroma"] == pytest.approx(spread(shown[name]) / spread(shown["truth"]), rel=1e-4)
        error = np.abs(shown[name].astype(float) - shown["truth"]).mean() / 127.5
        assert measured["l1"] == pytest.approx(error, rel=1e-4)
    assert (shown[L2] != shown[ADVERSARIAL]).any()


def test_a_picture_of_ones_own_has_its_own_colours_for_the_truth(in_colour_course, decoded):
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste((0, 0, 255), (100, 0, 200, 100))
    text = colour_tab.bring(wide)
    found = colour_tab.colour({"picture": "own", "own": text})
    assert decoded(text).shape == (64, 64, 3) and (decoded(found["pictures"]["truth"]) == decoded(text)).all()
    assert (decoded(text)[:, 8:56] == (0, 0, 255)).all()  # its middle square, not squeezed
    assert (decoded(found["pictures"]["grey"])[:, 8:56] == 29).all()  # 0.114 · 255
    assert set(found["measured"]) == {L2, ADVERSARIAL}


@pytest.mark.parametrize("faint", [(120, 120, 120), (120, 124, 121)])
def test_the_colours_of_a_grey_picture_are_not_known(in_colour_course, faint):
    found = colour_tab.colour({"picture": "own", "own": colour_tab.bring(Image.new("RGB", (1, 9), faint))})
    assert set(found["pictures"]) == {"grey", L2, ADVERSARIAL} and found["measured"] == {}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"picture": 8}, "The number of the example is 8; it must be a whole number from 0 to 7."),
        ({"picture": None}, "The number of the example is empty"),
        ({"picture": [0]}, "The number of the example is [0]"),
        ({"picture": "own"}, "did not arrive"),
        ({"picture": "own", "own": "data:image/png;base64,AAAA"}, "PNG"),
        (None, "The number of the example is empty"),
    ],
)
def test_bad_questions_get_a_sentence(in_colour_course, asked, told):
    answer = colour_tab.colour(asked)
    assert set(answer) == {"error", "busy"} and told in answer["error"] and not answer["busy"]
    assert "guess" in colour_tab.explain(asked)["error"]


# What is said


def test_the_answer_of_the_guess_is_arithmetic():
    red, blue, mean = (np.array(one, dtype=float) / 255 for one in (words.RED, words.BLUE, words.mean_colour()))
    assert np.allclose(mean, (red + blue) / 2, atol=1 / 255)
    errors = {name: (((one - red) ** 2).mean() + ((one - blue) ** 2).mean()) / 2 for name, one in
              (("red", red), ("mean", mean), ("blue", blue))}  # fmt: skip
    for guess in words.GUESSES:
        told = words.answer(guess, {"pictures": 8, L2: 0.5, ADVERSARIAL: 0.9})
        assert told.startswith("<b>Yes." if guess == "mean" else "<b>No.")
        assert all(f"{name} {error:.3f}" in told for name, error in errors.items())
        assert "8 examples: the network trained on the squared error has 0.50 times" in told and "0.90 times" in told
    assert errors["mean"] < min(errors["red"], errors["blue"])
    assert "with a discriminator has" not in words.answer("mean", {"pictures": 8, L2: 0.5})


def test_explain_measures_all_examples(in_colour_course, decoded):
    found = [colour_tab.colour({"picture": number})["pictures"] for number in range(8)]
    for name in (L2, ADVERSARIAL):
        wanted = np.mean([spread(decoded(one[name])) for one in found]) / np.mean(
            [spread(decoded(one["truth"])) for one in found]
        )
        assert colour_tab.measured()[name] == pytest.approx(wanted, rel=1e-4)
        assert f"{wanted:.2f} times" in colour_tab.explain({"guess": "one"})["text"]


# A model that is missing


def told_by_tab() -> str:
    with gr.Blocks() as blocks:
        colour_tab.build()
    return " ".join(str(getattr(block, "html_template", "")) for block in blocks.blocks.values())


def test_one_model_is_enough_and_none_hides_the_tab(in_colour_course, tmp_path, monkeypatch):
    assert "colour" in page.shown()
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    assert "colour" not in page.shown()
    with pytest.raises(CourseError, match=f"no model '{L2}'.*no model '{ADVERSARIAL}'"):
        colour_tab.build()
    shutil.copytree(in_colour_course / "zoo" / ADVERSARIAL, tmp_path / "zoo" / ADVERSARIAL)
    assert "colour" in page.shown() and ADVERSARIAL in page.models() and L2 not in page.models()
    told = told_by_tab()
    assert "The answer of L2 alone cannot be shown" in told and f"no model &#x27;{L2}&#x27;" in told
    answer = colour_tab.colour({"picture": 0})
    assert set(answer["pictures"]) == {"grey", ADVERSARIAL, "truth"} and set(answer["measured"]) == {ADVERSARIAL}
