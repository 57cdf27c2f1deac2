"""The parts of the pix2pix tab that need no server."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.pix2pix import examples, label_maps, painter, words
from course_lib.app.tabs.pix2pix import tab as pix2pix_tab
from course_lib.data import palette
from course_lib.data.pictures import to_tensor
from course_lib.errors import CourseError
from course_lib.models.translator import Translator


def test_examples_are_label_maps_that_differ_and_know_all_classes():
    maps = examples.examples()
    assert len(maps) >= 6
    assert {(labels.shape, labels.dtype) for labels in maps.values()} == {((256, 256), np.dtype(np.uint8))}
    assert len({labels.tobytes() for labels in maps.values()}) == len(maps)
    assert {number for labels in maps.values() for number in np.unique(labels)} == set(range(len(palette.FACADES)))


# On the way from a visitor to the network


def test_the_text_of_a_label_map():
    labels = (np.arange(256 * 256).reshape(256, 256) % 12).astype(np.uint8)
    text = label_maps.to_text(labels)
    assert text[:14] == "abcdefghijklab" and len(text) == label_maps.LONGEST - 1  # no two neighbours are alike
    found = label_maps.from_text(text)
    assert found.dtype == np.uint8 and (found == labels).all()


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([[1] * 256] * 256, "256b256"),
        ([[0] * 255 + [11]] + [[11] * 256] * 255, "a255l 255l256"),
        ([[2, 2, 3] + [4] * 253] * 2 + [[0] * 256] * 253 + [[2, 2, 3] + [4] * 253], "2c2de253 253a256 c2de253"),
    ],
)
def test_runs_by_hand(rows, text):
    labels = np.array(rows, dtype=np.uint8)
    assert label_maps.to_text(labels) == text and (label_maps.from_text(text) == labels).all()


@pytest.mark.parametrize("name", [*examples.examples(), "noise"])
def test_there_and_back(name):
    noise = np.random.default_rng(1).integers(0, 12, (256, 256)).astype(np.uint8)
    labels = noise if name == "noise" else examples.examples()[name]
    text = label_maps.to_text(labels)
    assert (label_maps.from_text(text) == labels).all() and len(text) <= label_maps.LONGEST
    assert name == "noise" or len(text) < 4000


@pytest.mark.parametrize(
    "text",
    [
        None, "", ["256b256"], "1" * 65_536, "b" * 65_536, "256b255", "256b257", "255b256", "257b256", "256b256 b256",
        "256m256", "256é256", "256 b256", "256b256 ", " 256b256", "256b٢56", "256b999", "0b256 256b256", "256b256b0",
        "256b0256", "256b128b0128", "999b999 " * 8000, "l999" * 16000,
    ],
)  # fmt: skip
def test_what_is_no_label_map_is_refused(text):
    with pytest.raises(CourseError, match="label map"):
        painter.Painter(render=False).preprocess(text)


class Shown(Translator):
    """A model that keeps what its network is given."""

    def __init__(self, size: int) -> None:
        super().__init__(self.Network(), {"size": size, "palette": "facades"}, {})

    class Network(pix2pix_tab.torch.nn.Module):
        def forward(self, batch):
            self.given = batch
            return batch


def by_hand(labels: np.ndarray, size: int) -> np.ndarray:
    """(3, size, size): in each block of pixels the class with the largest share, its colour on [−1, 1]."""
    block = 256 // size
    blocks = labels.reshape(size, block, size, block)
    shares = np.stack([(blocks == number).mean((1, 3)) for number in range(12)])
    colours = np.array([colour for _, colour in palette.FACADES])
    return (colours[shares.argmax(0)] / 127.5 - 1).transpose(2, 0, 1)


@pytest.mark.parametrize("size", [256, 128, 64])
@pytest.mark.parametrize("name", ["Balconies", "Not a house", "noise"])
def test_what_the_visitor_paints_is_what_both_networks_get(monkeypatch, name, size):
    noise = np.random.default_rng(0).integers(0, 12, (256, 256)).astype(np.uint8)
    labels = noise if name == "noise" else examples.examples()[name]
    models = Shown(size), Shown(size)
    monkeypatch.setattr(pix2pix_tab, "translators", lambda: models)
    canvas = painter.Painter(render=False)
    shown, *_ = pix2pix_tab.translate(canvas.preprocess(canvas.postprocess(labels)), 0)
    for model in models:
        given = model.network.given[0].numpy()
        if name != "noise":  # where two classes share a block alike, either is right
            assert np.abs(given - by_hand(labels, size)).max() < 1e-6
        # ... and exactly what a picture of the label map, called the usual way, gives it
        model(palette.paint(labels))
        assert (model.network.given[0].numpy() == given).all()
        assert (to_tensor(shown)[0].numpy() == given).all()


def test_colours_are_looked_at_once_a_translation(monkeypatch):
    """From the painter to two networks: one look, the model's own, where there were three."""
    looks, classes = [], palette.classes
    monkeypatch.setattr(palette, "classes", lambda image: looks.append(image.size) or classes(image))
    monkeypatch.setattr(pix2pix_tab, "translators", lambda: (Shown(64), Shown(64)))
    canvas = painter.Painter(render=False)
    pix2pix_tab.translate(canvas.preprocess(canvas.postprocess(examples.examples()["Works"])), 0)
    assert looks == [(256, 256)]


def test_an_upload_lands_as_its_nearest_classes():
    picture = Image.effect_noise((256, 256), 90).convert("RGB")
    labels, _ = label_maps.from_picture(picture)
    colours = np.array([colour for _, colour in palette.FACADES])
    apart = ((np.asarray(picture)[:, :, None].astype(int) - colours) ** 2).sum(-1)
    assert (np.take_along_axis(apart, labels[..., None].astype(int), 2)[..., 0] == apart.min(-1)).all()


def test_painter_offers_all_classes_and_examples():
    maps = examples.examples()
    shown = painter.Painter(examples=maps, render=False)
    html = shown.html_template
    assert all(f"</i>{name}</label>" in html for name, _ in palette.FACADES)
    assert html.count("<img") == len(maps) == len(shown.props["examples"])
    assert (label_maps.from_text(shown.props["examples"]["Shops"]) == maps["Shops"]).all()
    assert "${" not in html and "{{" not in html and "`" not in html  # Gradio would take them for its own


def test_own_label_map_blurred_by_jpeg():
    truth = examples.examples()["Shops"]
    file = io.BytesIO()
    palette.paint(truth).save(file, "JPEG", quality=75)
    blurred = Image.open(file).convert("RGB")
    wrong = (np.asarray(blurred) != np.asarray(palette.paint(truth))).any(-1).mean()
    found, distance = label_maps.from_picture(blurred)
    assert wrong > 0.3 and (found != truth).mean() < 0.06 and distance < 20  # what is left sits on the edges


def test_a_pair_is_split_whichever_side_the_map_is_on():
    truth = examples.examples()["Palace"]
    photo = Image.effect_noise((256, 256), 90).convert("RGB")
    for left, right in ((photo, palette.paint(truth)), (palette.paint(truth), photo)):
        pair = Image.new("RGB", (512, 256))
        pair.paste(left, (0, 0))
        pair.paste(right, (256, 0))
        found, distance = label_maps.from_picture(pair)
        assert (found == truth).all() and distance == 0


def test_a_photo_is_far_from_the_twelve_colours():
    grey = Image.new("RGB", (64, 64), (128, 128, 128))
    _, distance = label_maps.from_picture(grey)
    nearest = min(math.dist((128, 128, 128), colour) for _, colour in palette.FACADES)
    assert distance == pytest.approx(nearest)
    assert distance > 30  # where the page warns


# What is said


def test_words_state_only_what_the_cards_say():
    card = {"name": "small", "parameters": {"model": 1234}, "epochs": 7}
    for answer in words.ANSWERS.values():
        assert "None" not in answer(card, card)
    assert "1,234" in words.ANSWERS["Its network is smaller."](card, card)
    assert "7 times" in words.ANSWERS["It was trained for a shorter time."](card, card)
    assert "7 times" not in words.ANSWERS["It was trained for a shorter time."](card | {"epochs": 9}, card)
    right = words.ANSWERS["Many photos fit one map, and it paints their middle."]
    assert "%" not in right(card, card)
    sharp = card | {"validation": {"pairs": 100, "l1": 0.5, "sharpness": 0.9}}
    blurred = card | {"validation": {"pairs": 100, "l1": 0.25, "sharpness": 0.1}}
    told = right(sharp, blurred)
    assert "<b>closer</b>" in told and "0.250 against 0.500" in told and "10%" in told and "90%" in told
    assert "<b>no closer</b>" in right(blurred, sharp)
