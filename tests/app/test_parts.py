"""The parts of the page that need no server."""

import io
import math

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from course_lib.app import theme
from course_lib.app.tabs.pix2pix import examples, label_maps, painter, words
from course_lib.app.tabs.pix2pix import tab as pix2pix_tab
from course_lib.data import palette
from course_lib.plots import colours


def test_examples_are_label_maps_that_differ():
    maps = examples.examples()
    assert len(maps) >= 6
    for image in maps.values():
        assert image.size == (256, 256)
        assert {colour for _, colour in image.getcolors()} <= {colour for _, colour in palette.FACADES}
    assert len({image.tobytes() for image in maps.values()}) == len(maps)


def test_the_examples_know_all_classes():
    shown = {name for image in examples.examples().values() for name, rgb in palette.FACADES if rgb in dict_of(image)}
    assert shown == {name for name, _ in palette.FACADES}


def dict_of(image: Image.Image) -> set:
    return {colour for _, colour in image.getcolors()}


def test_painter_round_trip():
    labels = np.arange(256 * 256).reshape(256, 256) % 12
    image = palette.paint(labels.astype(np.uint8))
    digits = painter.encode(image)
    assert digits[:14] == "0123456789ab01"
    assert painter.decode(digits).tobytes() == image.tobytes()


@pytest.mark.parametrize("digits", ["", "0" * 100, "0" * 65_535 + "c", "0" * 65_535 + "é", "0" * 65_537])
def test_painter_refuses_what_is_no_map(digits):
    with pytest.raises(ValueError, match="label map"):
        painter.decode(digits)
    if digits:
        with pytest.raises(gr.Error):
            painter.Painter(render=False).preprocess(digits)


def test_painter_offers_all_classes_by_name():
    html = painter.Painter(examples=examples.examples(), render=False).html_template
    assert all(f"</i>{name}</label>" in html for name, _ in palette.FACADES)
    assert html.count("<img") == len(examples.examples())
    assert "${" not in html and "{{" not in html and "`" not in html  # Gradio would take them for its own


def test_own_label_map_blurred_by_jpeg():
    truth = examples.examples()["Shops"]
    file = io.BytesIO()
    truth.save(file, "JPEG", quality=75)
    blurred = Image.open(file).convert("RGB")
    wrong = (np.asarray(blurred) != np.asarray(truth)).any(-1).mean()
    found, distance = label_maps.as_label_map(blurred, 256)
    still_wrong = (np.asarray(found) != np.asarray(truth)).any(-1).mean()
    assert wrong > 0.3 and still_wrong < 0.06 and distance < 20  # what is left sits on the edges


def test_a_pair_is_split_whichever_side_the_map_is_on():
    truth = examples.examples()["Palace"]
    photo = Image.effect_noise((256, 256), 90).convert("RGB")
    for left, right in ((photo, truth), (truth, photo)):
        pair = Image.new("RGB", (512, 256))
        pair.paste(left, (0, 0))
        pair.paste(right, (256, 0))
        found, distance = label_maps.as_label_map(pair, 256)
        assert found.tobytes() == truth.tobytes() and distance == 0


def test_a_photo_is_far_from_the_twelve_colours():
    grey = Image.new("RGB", (64, 64), (128, 128, 128))
    _, distance = label_maps.as_label_map(grey, 256)
    nearest = min(math.dist((128, 128, 128), colour) for _, colour in palette.FACADES)
    assert distance == pytest.approx(nearest)
    assert distance > 30  # where the page warns


@pytest.mark.parametrize("seed", [None, -1, 10_000, float("nan")])
def test_translate_refuses_bad_seeds(seed):
    with pytest.raises(gr.Error, match="seed"):
        pix2pix_tab.translate(examples.examples()["Works"], seed)


def test_translate_refuses_an_empty_canvas():
    with pytest.raises(gr.Error, match="no label map"):
        pix2pix_tab.translate(None, 0)


CARD = {
    "name": "a<b",
    "parameters": {"model": 1234},
    "epochs": 7,
    "loss_weights": {"l1_weight": 100.0, "adversarial_weight": 0.0},
}


def test_words_state_only_what_the_cards_say():
    sharp, blurred = CARD | {"name": "sharp"}, CARD
    for answer in words.ANSWERS.values():
        assert "None" not in answer(sharp, blurred)
    assert "1,234" in words.ANSWERS["Its network is smaller."](sharp, blurred)
    assert "7 times" in words.ANSWERS["It was trained for a shorter time."](sharp, blurred)
    assert "7 times" not in words.ANSWERS["It was trained for a shorter time."](sharp | {"epochs": 9}, blurred)
    right = words.ANSWERS["Many photos fit one map, and it paints their middle."]
    assert "%" not in right(sharp, blurred)
    measured = {"pairs": 100, "l1": 0.25, "sharpness": 0.1}
    told = right(sharp | {"validation": measured | {"l1": 0.5, "sharpness": 0.9}}, blurred | {"validation": measured})
    assert "0.250 against 0.500" in told and "10%" in told and "90%" in told


def test_facts_are_escaped_and_skip_what_is_unknown():
    table = words.facts([CARD])
    assert "a&lt;b" in table and "a<b" not in table
    assert "KID" not in table and "1,234" in table and "100, 0" in table


def test_style_sheet_uses_the_courses_colours_and_no_other_place():
    sheet = theme.css()
    for colour in (colours.REAL, colours.FAKE, colours.GENERATOR, colours.DISCRIMINATOR):
        assert colour in sheet
    assert "http" not in sheet and "@import" not in sheet and "url(" not in sheet
    assert "googleapis" not in str(theme.theme().to_dict()) and not theme.theme()._stylesheets
