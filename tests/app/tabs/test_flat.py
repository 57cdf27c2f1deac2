"""The flat tab with small untrained models: its numbers are those of its pictures, and one model is enough."""

import json
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from course_lib.app import page
from course_lib.app.tabs.flat import answers, examples, measures, words
from course_lib.app.tabs.flat import tab as flat_tab
from course_lib.errors import CourseError
from course_lib.models import zoo
from tools.fluent import SPLIT

ADVERSARIAL, TWIN, CYCLE = answers.MODELS
EMOJI = Path(__file__).parents[4] / "shared/data/fluent128/val"


def drawn() -> Image.Image:
    """A red square of 32 pixels and a blue one of 16, on white."""
    drawing = Image.new("RGB", (128, 128), "white")
    ImageDraw.Draw(drawing).rectangle((20, 20, 51, 51), (255, 0, 0))
    ImageDraw.Draw(drawing).rectangle((80, 90, 95, 105), (0, 0, 255))
    return drawing


@pytest.fixture
def ranges(tmp_path, monkeypatch):
    """ranges(covered=(low, high), …, weights=…): a stored result in place of the shipped one."""

    def store(weights, **known) -> None:
        record = {
            "weights": {ADVERSARIAL: weights},
            "percentiles": [5, 95],
            "pairs": 257,
            "others": 60,
            "ranges": known,
        }
        record |= {"outside": {"emoji": 0.2, "others": 0.95}, "numbers": {"spread": {"error_correlation": -0.364}}}
        (tmp_path / "ranges.json").write_text(json.dumps(record), encoding="utf-8")
        measures.stored.cache_clear()

    monkeypatch.setattr(measures, "RANGES", tmp_path / "ranges.json")
    measures.stored.cache_clear()
    yield store
    measures.stored.cache_clear()


# The pictures that are offered


def test_examples():
    offered = examples.examples()
    assert len(offered) == 12 == len({one.name for one in offered})
    assert {picture.size for one in offered for picture in (one.flat, one.truth)} == {(128, 128)}
    assert len({picture.tobytes() for one in offered for picture in (one.flat, one.truth)}) == 24
    for one in offered:  # the flat one has few colours, the rendered one many
        flat, truth = (len(set(picture.getdata())) for picture in (one.flat, one.truth))
        assert truth > 1.5 * flat, one.name
    assert Image.open(examples.SHEET).text["Copyright"] == examples.TERMS
    assert examples.SHEET.stat().st_size < 300_000


def test_the_examples_were_held_out():
    assert {stem for _, stem in examples.PICTURES} <= set(json.loads(SPLIT.read_text(encoding="utf-8"))["val"])


@pytest.mark.skipif(not EMOJI.is_dir(), reason="the set's pictures are not beside this repository")
def test_the_sheet_is_made_of_the_set(tmp_path):
    examples.make_sheet(EMOJI, tmp_path / "sheet.png")
    assert Image.open(tmp_path / "sheet.png").tobytes() == Image.open(examples.SHEET).tobytes()


# The three numbers


def test_the_numbers_by_hand():
    unsure = np.zeros((128, 128))
    unsure[20:52, 20:52] = 0.5  # on the red square: 1024 of the 1280 pixels that are drawn on
    unsure[0] = 7.0  # on white: does not count
    found = measures.measure(drawn(), unsure)
    assert found == pytest.approx({"covered": 1280 / 128**2, "margin": 0.0, "spread": 0.4})
    edge = Image.new("RGB", (128, 128), "white")
    edge.paste("black", (0, 0, 128, 1))  # one of four sides, corners and all, of 4 · 127 pixels
    assert measures.measure(edge, unsure)["margin"] == pytest.approx(128 / 508)
    assert measures.drawn_on(Image.new("RGB", (3, 3), (255, 255, 249))).all()
    assert not measures.drawn_on(Image.new("RGB", (3, 3), (250, 255, 250))).any()


def test_the_spread_by_hand():
    grey = [Image.new("RGB", (2, 2), (0, value, 255)) for value in (0, 255)]
    assert measures.spread(grey) == pytest.approx(np.full((2, 2), 1 / 3))  # ±1 around the mean, in one channel of three
    assert (measures.spread(grey[:1] * 4) == 0).all()


def test_a_network_that_answers_pixel_by_pixel_is_sure_of_everything(monkeypatch):
    # Three answers that differ only by how the drawing was turned: turned back, they are one.
    monkeypatch.setattr(answers, "made", lambda name, drawing: ImageOps.invert(drawing))
    picture = Image.new("RGB", (128, 128), "white")
    picture.paste("red", (20, 30, 60, 50))
    assert (answers.unsure(picture) == 0).all()

    def left_is_black(name, drawing):  # of a network that always paints the left half black, it is not
        answer = Image.new("RGB", drawing.size, "white")
        answer.paste("black", (0, 0, 64, 128))
        return answer

    monkeypatch.setattr(answers, "made", left_is_black)
    unsure = answers.unsure(picture)
    third = np.std([0, 2, 0])  # black, white (mirrored), black: on [−1, 1]
    assert unsure[:, :60] == pytest.approx(np.full((128, 60), third)) and unsure[:, 68:] == pytest.approx(
        np.full((128, 60), third)
    )


def test_moved_by_hand():
    picture = Image.fromarray(np.arange(9, dtype=np.uint8).reshape(3, 3))
    assert np.asarray(answers.moved(picture, 1)).tolist() == [[0, 0, 1], [0, 0, 1], [3, 3, 4]]
    assert np.asarray(answers.moved(picture, -1)).tolist() == [[4, 5, 5], [7, 8, 8], [7, 8, 8]]


def test_what_is_outside():
    usual = {"covered": (0.2, 0.6), "spread": (0.0, 0.0)}
    assert measures.outside({"covered": 0.2, "spread": 0.0, "margin": 1.0}, usual) == []
    assert measures.outside({"covered": 0.61, "spread": 0.1}, usual) == ["covered", "spread"]


def test_ranges_belong_to_the_network_they_were_measured_with(ranges):
    assert measures.known({ADVERSARIAL: {"model": "a"}}) == {}  # none stored
    ranges({"model": "a"}, covered=[0.2, 0.6])
    assert measures.known({ADVERSARIAL: {"model": "a"}})["ranges"] == {"covered": [0.2, 0.6]}
    assert measures.known({ADVERSARIAL: {"model": "b"}}) == {}


def test_the_stored_ranges_belong_to_the_zoo():
    assert measures.known({ADVERSARIAL: zoo.card_of(ADVERSARIAL)["sha256"]}), "run benchmarks.flat_ranges again"
    assert set(measures.stored()["ranges"]) == set(measures.NUMBERS) == set(words.MEASURES)


# What the server answers


def test_answers_are_the_librarys(in_flat_course, decoded, encoded):
    for asked, drawing in (({"drawing": encoded(drawn())}, drawn()), ({"picture": 3}, examples.examples()[3].flat)):
        made = {name: decoded(flat_tab.translate(asked | {"model": name})["picture"]) for name in answers.MODELS}
        for name, picture in made.items():
            direction = "AtoB" if name == CYCLE else None
            assert (picture == np.asarray(zoo.load(name, direction)(drawing))).all()
        assert len({picture.tobytes() for picture in made.values()}) == 3


def test_the_numbers_are_those_of_the_pictures(in_flat_course, decoded):
    found = flat_tab.compare({"picture": 5})
    one, model = examples.examples()[5], zoo.load(ADVERSARIAL)
    assert json.loads(json.dumps(found)) and (decoded(found["truth"]) == np.asarray(one.truth)).all()
    for name, answer in (("drawing", one.flat), (ADVERSARIAL, model(one.flat)), (CYCLE, zoo.load(CYCLE)(one.flat))):
        wanted = np.abs(np.asarray(answer, dtype=float) - np.asarray(one.truth)).mean() / 127.5
        assert found["errors"][name] == pytest.approx(wanted)
    mirrored = np.asarray(model(one.flat.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), dtype=float)[:, ::-1]
    shown = np.pad(np.asarray(one.flat), ((3, 0), (3, 0), (0, 0)), "edge")[:128, :128]
    moved = np.pad(np.asarray(model(Image.fromarray(shown)), dtype=float)[3:, 3:], ((0, 3), (0, 3), (0, 0)), "edge")
    spread = (np.stack([np.asarray(model(one.flat), dtype=float), mirrored, moved]) / 127.5).std(0).mean(-1)
    assert spread.max() > 0
    where = np.asarray(one.flat).min(-1) < 250
    values = {name: row["value"] for name, row in found["measured"].items()}
    assert values["covered"] == pytest.approx(where.mean()) and values["spread"] == pytest.approx(spread[where].mean())
    brightness = decoded(found["map"]).astype(int).sum(-1)
    assert brightness[spread > 0.1].min() > brightness[spread < 0.02].max()
    assert found["verdict"] == "" and all(row["range"] is None for row in found["measured"].values())  # none stored


def test_a_drawing_has_no_truth(in_flat_course, encoded):
    found = flat_tab.compare({"drawing": encoded(drawn())})
    assert found["errors"] == {} and "truth" not in found and found["measured"]["covered"]["text"] == "8%"


def test_a_number_outside_is_said(in_flat_course, ranges, encoded):
    weights = zoo.card_of(ADVERSARIAL)["sha256"]
    ranges(weights, covered=[0.1, 0.6], margin=[0, 0], spread=[0, 9])
    found = flat_tab.compare({"drawing": encoded(drawn())})
    assert [name for name, row in found["measured"].items() if row["outside"]] == ["covered"]
    assert found["measured"]["covered"]["texts"] == ["10%", "60%"]
    assert "unlike the emoji" in found["verdict"] and "“Share of the canvas that is drawn on”." in found["verdict"]
    assert (
        "from the 5th to the 95th percentile of 257 emoji" in found["verdict"]
        and "20% have" in found["verdict"]
        and "60 scribbles" in found["verdict"]
    )
    ranges(weights, covered=[0.05, 0.6], margin=[0, 0], spread=[0, 9])
    inside = flat_tab.compare({"drawing": encoded(drawn())})
    assert not any(row["outside"] for row in inside["measured"].values()) and "like other emoji" in inside["verdict"]
    ranges(weights, covered=[0.99, 1.0])
    assert "unusual one" in flat_tab.compare({"picture": 0})["verdict"]
    assert "correlation" in words.unsure(measures.stored()) and "−0.36" in words.unsure(measures.stored())
    assert "correlation" not in words.unsure({})


def test_bad_questions_get_a_sentence(in_flat_course, encoded):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8))
    jpeg = encoded(drawn(), "JPEG")
    for asked, told in (
        ({}, "Your picture did not arrive. Draw again."),
        (None, "Your picture did not arrive. Draw again."),
        ({"drawing": 7}, "Your picture did not arrive. Draw again."),
        ({"drawing": float("nan")}, "Your picture did not arrive"),
        ({"drawing": "data:image/png;base64,AAAA"}, "This picture is not a picture this course reads"),
        ({"drawing": "data:image/png;base64,A"}, "did not arrive whole. Draw again."),
        ({"drawing": jpeg}, "is not a picture this course reads (PNG)"),
        ({"drawing": encoded(drawn())[:-200]}, "This picture is damaged"),
        ({"drawing": encoded(noise)}, "did not arrive"),  # too long
        ({"drawing": encoded(Image.new("RGB", (2000, 2000), "red"))}, "at most 262,144 pixels are taken"),
        ({"drawing": encoded(drawn().resize((64, 64)))}, "The drawing has 64 × 64 pixels; it must have 128 × 128."),
        ({"drawing": encoded(drawn().resize((128, 127)))}, "The drawing has 128 × 127 pixels"),
        ({"drawing": encoded(Image.new("RGB", (128, 128), "white"))}, words.EMPTY),
        ({"drawing": encoded(Image.new("RGBA", (128, 128), (255, 0, 0, 0)))}, words.EMPTY),  # seen over white
        ({"picture": 12}, "The number of the example is 12; it must be a whole number from 0 to 11."),
        ({"picture": float("nan")}, "The number of the example is NaN"),
        ({"picture": "0"}, "The number of the example is '0'"),
        ({"picture": [0]}, "The number of the example is [0]"),
    ):
        for answer in (flat_tab.compare(asked), flat_tab.translate({**(asked or {}), "model": TWIN})):
            assert set(answer) == {"error", "busy"} and told in answer["error"] and not answer["busy"], asked
    for model in (None, "", "pix2pix-facades", ["x"], "../zoo"):
        assert "The model is" in flat_tab.translate({"picture": 0, "model": model})["error"]
        assert "The guess is" in flat_tab.explain({"guess": model})["error"]


# What is said


MEASURED = {
    "pictures": 12,
    "drawing": {"l1": 0.134},
    TWIN: {"l1": 0.1, "detail": 0.5},
    ADVERSARIAL: {"l1": 0.11, "detail": 0.95},
    CYCLE: {"l1": 0.13, "detail": 1.1},
}


def test_the_closest_is_the_right_guess():
    for guess in answers.MODELS:
        told = words.answer(guess, MEASURED, {})
        assert told.startswith("<b>Yes." if guess == TWIN else "<b>No.")
        assert "L1 alone 0.100 (0.50), L1 + discriminator 0.110 (0.95), CycleGAN 0.130 (1.10)" in told
        assert "itself lies 0.134" in told and "their cards" not in told
    assert words.answer(CYCLE, MEASURED | {CYCLE: {"l1": 0.09, "detail": 1}}, {}).startswith("<b>Yes.")
    close = MEASURED | {ADVERSARIAL: {"l1": 0.1004, "detail": 0.95}}  # 0.100, too: a visitor sees no difference
    for guess in (TWIN, ADVERSARIAL):
        assert words.answer(guess, close, {}).startswith("<b>Yes, but no closer than another.</b>")
    assert words.answer(CYCLE, close, {}).startswith("<b>No.")
    assert "not the softer one" not in words.answer(TWIN, MEASURED, {})
    assert "not the softer one" in words.answer(TWIN, MEASURED | {TWIN: {"l1": 0.1, "detail": 0.95}}, {})
    late = {ADVERSARIAL: {"steps": 500, "began_with": {"steps": 12000}}}
    assert "after 12,000 steps, and had a discriminator for 500 steps more" in words.answer(
        TWIN, MEASURED | {TWIN: {"l1": 0.1, "detail": 0.95}}, late
    )
    alone = words.answer(ADVERSARIAL, {name: MEASURED[name] for name in ("pictures", "drawing", ADVERSARIAL)}, {})
    assert "median" not in alone and "CycleGAN" not in alone


def test_figures_of_the_cards_are_said_if_they_have_them():
    cards = {
        TWIN: {"validation": {"l1": 0.0911}},
        ADVERSARIAL: {"validation": {}},
        CYCLE: {"validation": {"AtoB": {"truth": {"l1": 0.1222}, "truth_untranslated": {"l1": 0.1344}}}},
    }
    told = words.answer(TWIN, MEASURED, cards)
    assert told.endswith("their cards say: L1 alone 0.091, CycleGAN 0.122; leaving the drawing as it is, 0.134.")
    cards[ADVERSARIAL] = {"validation": {"l1": 0.1033, "unchanged": {"l1": 0.1355}}}
    told = words.answer(TWIN, MEASURED, {name: cards[name] for name in (TWIN, ADVERSARIAL)})
    assert told.endswith("L1 alone 0.091, L1 + discriminator 0.103; leaving the drawing as it is, 0.136.")


def test_explain_measures_all_examples(in_flat_course):
    offered, model = examples.examples(), zoo.load(TWIN)
    wanted = np.mean([np.abs(np.asarray(model(one.flat), dtype=float) - one.truth).mean() / 127.5 for one in offered])
    assert flat_tab.measured()[TWIN]["l1"] == pytest.approx(wanted)
    assert f"L1 alone {wanted:.3f} (" in flat_tab.explain({"guess": TWIN})["text"]


# A model that is missing


def told_by_tab() -> str:
    with gr.Blocks() as blocks:
        flat_tab.build()
    return " ".join(str(getattr(block, "html_template", "")) for block in blocks.blocks.values())


def test_a_missing_model_leaves_the_others(in_flat_course, tmp_path, monkeypatch):
    assert "flat" in page.shown() and next(iter(page.shown())) == "flat"
    told = told_by_tab()
    assert "cannot be shown" not in told and told.count("data-shows=") == 6
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    answers.translator.cache_clear()
    assert "flat" not in page.shown()
    shutil.copytree(in_flat_course / "zoo" / TWIN, tmp_path / "zoo" / TWIN)
    assert "flat" in page.shown()
    with pytest.raises(CourseError, match=f"no model '{ADVERSARIAL}'"):
        flat_tab.build()
    (tmp_path / "zoo" / TWIN).rename(tmp_path / "aside")
    answers.translator.cache_clear()
    shutil.copytree(in_flat_course / "zoo" / ADVERSARIAL, tmp_path / "zoo" / ADVERSARIAL)
    told = told_by_tab()
    assert f"no model &#x27;{TWIN}&#x27;" in told and "The answer of CycleGAN cannot be shown" in told
    assert told.count("data-shows=") == 4 and 'value="cyclegan-fluent"' not in told
    assert set(flat_tab.compare({"picture": 0})["errors"]) == {"drawing", ADVERSARIAL}
    assert "The model is" in flat_tab.translate({"picture": 0, "model": TWIN})["error"]


def test_a_model_of_another_size_is_named(in_flat_course, monkeypatch):
    load = zoo.load_translator

    def smaller(name):
        model = load(name)
        if name == CYCLE:
            model.config = model.config | {"size": 64}
        return model

    monkeypatch.setattr(zoo, "load_translator", smaller)
    working, broken = answers.opened()
    assert working == [ADVERSARIAL, TWIN] and "is for pictures of 64 pixels, the drawing has 128" in broken[CYCLE]
