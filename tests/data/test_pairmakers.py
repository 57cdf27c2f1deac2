"""Pairs made of single photos, on the photos that scikit-image carries."""

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from skimage.color import rgb2gray
from skimage.feature import canny

from course_lib.data.pairmakers import colorize, edges, read_made
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError


@pytest.fixture(scope="module")
def astronaut():
    return Image.fromarray(skimage.data.astronaut())


def test_colorize_is_the_luma_in_three_channels(astronaut):
    grey, photo = colorize(astronaut)
    array = np.asarray(grey).astype(int)
    assert (array[..., 0] == array[..., 1]).all()
    assert (array[..., 1] == array[..., 2]).all()
    rgb = np.asarray(astronaut).astype(float)
    assert np.abs(array[..., 0] - rgb @ [0.299, 0.587, 0.114]).max() <= 1
    assert photo is astronaut


def test_edges_are_skimages_black_on_white(astronaut):
    small = astronaut.resize((200, 200))  # under 256: taken as it is
    drawing, photo = edges(small)
    assert photo is small
    array = np.asarray(drawing)
    assert set(np.unique(array)) == {0, 255}
    expected = canny(rgb2gray(np.asarray(small)), sigma=1.5)
    found = array[..., 0] == 0
    assert (found != expected).mean() < 0.02  # their luma weights differ slightly from Pillow's
    assert 0.02 < found.mean() < 0.3


def test_edges_of_a_large_photo_are_drawn_at_a_fixed_scale(astronaut):
    wide = astronaut.resize((1024, 400))
    drawing, photo = edges(wide)
    assert drawing.size == photo.size == (256, 100)


@pytest.mark.parametrize("side", [1, 3])
def test_edges_of_next_to_nothing(side):
    drawing, _ = edges(Image.new("RGB", (side, side), (200, 10, 10)))
    assert drawing.size == (side, side)
    assert drawing.getpixel((0, 0)) == (255, 255, 255)


def test_any_folder_of_photos_becomes_a_set(tmp_path, astronaut):
    astronaut.resize((120, 90)).save(tmp_path / "a.jpg")
    Image.fromarray(skimage.data.chelsea()).save(tmp_path / "b.png")
    for maker in ("colorize", "edges"):
        pairs = open_pairs(str(tmp_path), size=48, maker=maker)
        assert len(pairs) == 2
        pair = pairs.example(1)
        assert pair["input"].shape == pair["target"].shape == (3, 48, 48)
        assert (pair["input"][0] - pair["input"][2]).abs().max() == 0
        assert (pair["target"][0] - pair["target"][2]).abs().max() > 0.1


def test_an_unknown_maker():
    with pytest.raises(CourseError, match="'sketch' is unknown; there are colorize, edges"):
        read_made("sketch")


def test_of_a_named_set_of_pairs_the_targets_are_made_into_pairs(tmp_path):
    halves = np.zeros((32, 64, 3), np.uint8)
    halves[:, :32], halves[:, 32:] = (9, 9, 9), (255, 0, 0)
    Image.fromarray(halves).save(tmp_path / "0.png")
    example = open_pairs(f"fluent={tmp_path}", size=32, maker="colorize").example(0)
    assert (example["target"][:, 0, 0] == torch.tensor([1.0, -1.0, -1.0])).all()
    luma = round(0.299 * 255) / 127.5 - 1
    torch.testing.assert_close(example["input"], torch.full((3, 32, 32), luma), atol=1e-6, rtol=0)
    with pytest.raises(CourseError, match="facade_blocks is drawn.*--maker"):
        open_pairs("facade_blocks", size=32, maker="colorize")
