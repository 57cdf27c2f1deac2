"""Pictures that are not square, and of other channels, as a training set and a measurement see them."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.domains import open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.data.notices import PreparedPictures
from course_lib.data.pairs import open_pairs
from course_lib.data.pictures import open_picture, with_channels
from course_lib.errors import CourseError


def ramp(width, height, channels=3):
    """Column x has the value x."""
    pixels = np.broadcast_to(np.arange(width, dtype=np.uint8)[None, :, None], (height, width, channels)).copy()
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels)


@pytest.fixture
def wide(tmp_path):
    for side in "AB":
        (tmp_path / side).mkdir()
        for name in "xyz":
            ramp(96, 32).save(tmp_path / side / f"{name}.png")
    return tmp_path


def columns(picture):
    return ((picture[0, picture.shape[-2] // 2] + 1) * 127.5).round().tolist()


def test_a_squash_is_said_with_its_way_out(wide):
    with pytest.warns(PreparedPictures, match=r"6 of 6 pictures are not square \(96 × 32, say\).*--fit crop"):
        pairs = open_pairs(str(wide), size=32)
    seen = columns(pairs.example(0)["input"])
    assert seen[0] < 3 and seen[-1] > 92


def test_pictures_that_must_be_enlarged_are_said(wide):
    with pytest.warns(
        PreparedPictures, match=r"6 of 6 pictures are smaller than 40 × 40 \(96 × 32, say\).*smaller --size"
    ):
        open_pairs(str(wide), size=40, fit="crop")


def test_a_crop_keeps_proportions_and_goes_everywhere(wide, recwarn):
    pairs = open_pairs(str(wide), size=32, load_size=32, fit="crop")
    assert not recwarn
    assert columns(pairs.example(0)["input"]) == list(range(32, 64))  # measured: the middle
    starts = set()
    for epoch in range(40):
        pair = pairs.example(0, epoch, augment=True)
        seen = sorted(columns(pair["input"]))
        assert seen == list(range(int(seen[0]), int(seen[0]) + 32))
        assert torch.equal(pair["input"], pair["target"])
        starts.add(seen[0])
    assert min(starts) < 10 and max(starts) > 54


def test_padding_keeps_everything(wide):
    pairs = open_pairs(str(wide), size=48, fit="pad")
    seen = pairs.example(0)["input"]
    assert seen.shape == (3, 48, 48)
    assert columns(seen)[0] < 3 and columns(seen)[-1] > 92
    assert (seen - seen[:, :1]).abs().max() < 0.02  # the reflection of rows that are alike


def test_two_of_a_pair_need_the_same_proportions_but_not_the_same_size(wide):
    ramp(192, 64).save(wide / "B" / "x.png")
    ramp(90, 32).save(wide / "B" / "y.png")
    with pytest.warns(SkippedPictures, match=r"y\.png has 96 × 32 pixels and its partner .*y\.png 90 × 32"):
        pairs = open_pairs(str(wide), size=16, load_size=20, fit="crop")
    assert [one.stem for one, _ in pairs.files] == ["x", "z"]
    pair = pairs.example(0, augment=True)
    assert pair["input"].shape == pair["target"].shape == (3, 16, 16)


@pytest.mark.parametrize("channels", [(1, 3), (3, 1), (4, 3), (1, 4)])
def test_pairs_of_other_channels(wide, channels):
    pairs = open_pairs(str(wide), size=32, load_size=36, fit="pad", channels=channels)
    for augment in (False, True):
        pair = pairs.example(0, augment=augment)
        assert (pair["input"].shape[0], pair["target"].shape[0]) == channels
    with pytest.raises(CourseError, match="3 input and 3 output channels"):
        open_pairs("facade_blocks", size=32, channels=(1, 3))
    with pytest.raises(CourseError, match="no colours to snap"):
        open_pairs(str(wide), size=32, channels=(1, 3), palette="facades")


def test_domains_of_other_channels(wide):
    for side in "AB":
        (wide / side).rename(wide / f"train{side}")
    domains = open_domains(str(wide), size=16, load_size=18, fit="crop", channels=(1, 4), hold_out=0)
    for augment in (False, True):
        example = domains.example(0, augment=augment)
        assert example["A"].shape == (1, 16, 16) and example["B"].shape == (4, 16, 16)
        assert (example["B"][3] == 1).all()
    with pytest.raises(CourseError, match="3 input and 3 output"):
        open_domains("stripes", size=16, channels=(3, 1))


def test_pictures_with_and_without_alpha_together_are_said(tmp_path):
    half = np.full((16, 16, 4), 200, np.uint8)
    half[..., 3] = 255
    half[:8, :, 3] = 0
    for domain in ("trainA", "trainB"):
        (tmp_path / domain).mkdir()
        Image.fromarray(half).save(tmp_path / domain / "a.png")
        Image.new("RGB", (16, 16)).save(tmp_path / domain / "b.png")
    with pytest.warns(PreparedPictures, match="2 of 4 pictures of four channels have no transparency"):
        domains = open_domains(str(tmp_path), size=16, channels=(4, 4), hold_out=0)
    seen = domains.example(0)["A"]
    assert (seen[3, :8] == -1).all() and (seen[3, 8:] == 1).all()


def test_alpha_is_kept_or_laid_over_white(tmp_path):
    pixels = np.array([[[10, 20, 30, 255], [10, 20, 30, 0]]], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.asarray(open_picture(tmp_path / "a.png", alpha=True)).tolist() == pixels.tolist()
    assert np.asarray(open_picture(tmp_path / "a.png")).tolist() == [[[10, 20, 30], [255, 255, 255]]]
    Image.fromarray(np.array([[0, 25700]], np.uint16)).save(tmp_path / "deep.png")
    deep = open_picture(tmp_path / "deep.png", alpha=True)
    assert np.asarray(deep).tolist() == [[[0, 0, 0, 255], [100, 100, 100, 255]]]
    assert np.asarray(with_channels(deep, 1)).tolist() == [[0, 100]]
