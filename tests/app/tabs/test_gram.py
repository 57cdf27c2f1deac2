"""The Gram explorer: entries by numpy, what each shuffle keeps, and questions that are none."""

import numpy as np
import pytest
from PIL import Image

from course_lib.app.tabs.gram import measure, words
from course_lib.app.tabs.gram import tab as gram_tab
from course_lib.app.tabs.gram.pictures import NAMES, SIDE, picture
from course_lib.data.pictures import to_tensor, to_unit
from course_lib.networks import VGGFeatures

ASKED = gram_tab.FIRST


def by_numpy(name: str, layer: str) -> np.ndarray:
    maps = VGGFeatures([layer])(to_unit(to_tensor(picture(name))))[layer][0].numpy().astype(np.float64)
    flat = maps.reshape(len(maps), -1)
    return flat @ flat.T / flat.size


@pytest.mark.parametrize("layer", measure.LAYERS)
def test_the_matrix_is_that_of_the_strongest_channels(decoded, layer):
    found = gram_tab.gram(ASKED | {"layer": layer, "picture": "cat", "i": 2, "j": 5})
    wanted = by_numpy("cat", layer)
    strongest = np.argsort(-wanted.diagonal())[: measure.CHANNELS]
    assert sorted(found["channels"]) == sorted(strongest.tolist())
    chosen = wanted[np.ix_(found["channels"], found["channels"])]
    np.testing.assert_allclose(found["matrix"], chosen, rtol=1e-3)
    assert found["entry"] == pytest.approx(chosen[2, 5], rel=1e-4) == pytest.approx(found["before"], rel=1e-4)
    assert found["moved"] == 0 and found["of"] == len(wanted)
    one, other, both = (decoded(found["pictures"][name])[..., 0].astype(float) for name in ("i", "j", "both"))
    assert one.shape == tuple(found["size"][::-1]) and one.max() == 255 == both.max()
    product = one * other
    assert np.abs(product / product.max() * 255 - both).max() < 4  # 8 bits each


def test_shuffles(decoded):
    plain = gram_tab.gram(ASKED | {"picture": "halves"})
    map_, again, other = (gram_tab.gram(ASKED | {"picture": "halves", "shuffle": "map", "seed": s}) for s in (1, 1, 2))
    assert map_ == again and map_["pictures"]["i"] != other["pictures"]["i"]
    assert map_["moved"] < 1e-5 and map_["entry"] == pytest.approx(plain["entry"], rel=1e-4)
    assert map_["pictures"]["seen"] == plain["pictures"]["seen"]  # the picture was left alone
    before, after = (np.sort(decoded(one["pictures"]["i"]).ravel()) for one in (plain, map_))
    assert (before == after).all() and plain["pictures"]["i"] != map_["pictures"]["i"]
    pixels = gram_tab.gram(ASKED | {"picture": "halves", "shuffle": "pixels", "seed": 1})
    before, after = (np.sort(decoded(one["pictures"]["seen"]).ravel()) for one in (plain, pixels))
    assert (before == after).all() and pixels["moved"] > 0.3 and pixels["channels"] == plain["channels"]


def test_stripes_that_cross_answer_together_and_stripes_in_two_halves_do_not():
    """Channels of vertical stripes against channels of horizontal ones: their entries, relative to the diagonal's."""
    only = {name: by_numpy(name, "relu1_2").diagonal() for name in ("vertical",)}["vertical"]
    flipped = VGGFeatures(["relu1_2"])(to_unit(to_tensor(picture("vertical").transpose(Image.Transpose.TRANSPOSE))))
    across = flipped["relu1_2"][0].flatten(1).square().mean(1).numpy() / 64
    upright = np.argmax(only / (across + only.max() / 100))
    lying = np.argmax(across / (only + across.max() / 100))

    def together(name: str) -> float:
        gram = by_numpy(name, "relu1_2")
        return gram[upright, lying] / np.sqrt(gram[upright, upright] * gram[lying, lying])

    assert together("crosshatch") > 3 * together("halves")


def test_pictures():
    assert all(picture(name).size == (SIDE, SIDE) and picture(name).mode == "RGB" for name in NAMES)
    halves, cross = (np.asarray(picture(name))[..., 0] for name in ("halves", "crosshatch"))
    assert (halves[:, :64] == halves[:1, :64]).all() and (halves[:, 64:] == halves[:, 64:65]).all()
    assert (cross == cross.T).all()


def test_the_answer_says_what_was_measured():
    moved = words.measured()
    assert len(moved["map"]) == len(NAMES) * len(measure.LAYERS)
    assert gram_tab.explain({"guess": "map"})["text"].startswith("<b>Yes.</b>")
    text = gram_tab.explain({"guess": "both"})["text"]
    assert text.startswith("<b>No.</b>") and f"{min(moved['pixels']):.0%}" in text
    assert "<b>Yes.</b>" in words.answer("neither", {"map": [0.5], "pixels": [0.5]})


def test_a_picture_of_ones_own(encoded):
    flat = gram_tab.gram(ASKED | {"picture": "own", "own": encoded(Image.new("RGB", (30, 90), (255, 0, 0)))})
    assert "error" not in flat and flat["size"] == [128, 128]
    assert gram_tab.gram(ASKED | {"picture": "own", "own": encoded(Image.new("RGB", (2, 1)))})["of"] == 64


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"picture": "dog"}, "The picture is 'dog'"),
        ({"picture": "own"}, "Upload it again"),
        ({"layer": "relu5_3"}, "The layer is 'relu5_3'"),
        ({"shuffle": 1}, "The shuffle is 1"),
        ({"i": 12}, "The channel i is 12; it must be a whole number from 0 to 11."),
        ({"j": -1}, "The channel j is -1"),
        ({"seed": None}, "The seed is empty"),
    ],
)
def test_bad_questions_get_a_sentence(changed, told):
    assert told in gram_tab.gram(ASKED | changed)["error"]
    assert "error" in gram_tab.gram() and "guess" in gram_tab.explain({"guess": 3})["error"]
