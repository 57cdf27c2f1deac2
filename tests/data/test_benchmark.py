"""Folders to measure on: pairs by name, or large pictures alone."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.augment import bytes_tensor
from course_lib.data.benchmark import EnlargingPairs
from course_lib.data.degrade import reduced
from course_lib.data.folders import SkippedPictures
from course_lib.errors import CourseError


def draw(path, width, height, seed=0, mode="RGB"):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    Image.fromarray(values[..., 0] if mode == "L" else values).save(path)


def test_pairs_are_matched_by_name_and_the_benchmarks_own_small_ones_taken(tmp_path):
    for name in ("b", "a"):
        draw(tmp_path / f"{name}_HR.png", 32, 48)
        draw(tmp_path / f"{name}_LR.png", 8, 12, seed=1)
    pairs = EnlargingPairs(str(tmp_path), scale=4)
    assert (pairs.names(), pairs.made, len(pairs)) == (["a", "b"], False, 2)
    small, large = pairs.pair(0)
    assert torch.equal(small, bytes_tensor(Image.open(tmp_path / "a_LR.png")))
    assert large.shape == (3, 48, 32)


@pytest.mark.parametrize("name", ["a_HR.png", "a.png"])
def test_of_large_pictures_alone_the_small_ones_are_made(tmp_path, name):
    draw(tmp_path / name, 34, 49)
    pairs = EnlargingPairs(str(tmp_path), scale=4)
    small, large = pairs.pair(0)
    whole = bytes_tensor(Image.open(tmp_path / name))
    assert pairs.names() == ["a"] and pairs.made
    assert torch.equal(large, whole[:, :48, :32])
    assert torch.equal(small, reduced(large, 4))


def test_grey_and_alpha_are_pictures_too(tmp_path):
    draw(tmp_path / "grey.png", 32, 32, mode="L")
    draw(tmp_path / "alpha.png", 32, 32, mode="RGBA")
    pairs = EnlargingPairs(str(tmp_path), scale=4)
    assert [pairs.pair(n)[1].shape for n in range(2)] == [(3, 32, 32)] * 2


def test_what_has_no_partner_is_named(tmp_path):
    draw(tmp_path / "a_HR.png", 32, 32)
    draw(tmp_path / "a_LR.png", 8, 8)
    draw(tmp_path / "b_LR.png", 8, 8)
    draw(tmp_path / "c.png", 8, 8)
    with pytest.raises(CourseError, match=r"2 picture\(s\) of .* have no partner: b_LR\.png, c\.png\."):
        EnlargingPairs(str(tmp_path), scale=4)


def test_sizes_that_do_not_fit_are_named(tmp_path):
    draw(tmp_path / "a_HR.png", 32, 32)
    draw(tmp_path / "a_LR.png", 16, 16)
    with pytest.raises(CourseError, match=r"a_LR\.png has 16 × 16 pixels, and a_HR\.png 32 × 32: not 4 times"):
        EnlargingPairs(str(tmp_path), scale=4)
    assert len(EnlargingPairs(str(tmp_path), scale=2)) == 1


def test_a_large_one_that_was_not_cut_fits_a_small_one_that_was(tmp_path):
    draw(tmp_path / "a_HR.png", 35, 33)
    draw(tmp_path / "a_LR.png", 8, 8)
    assert EnlargingPairs(str(tmp_path), scale=4).pair(0)[1].shape == (3, 32, 32)


def test_too_small_and_damaged_ones_are_left_out_by_name(tmp_path):
    draw(tmp_path / "a.png", 64, 64)
    draw(tmp_path / "b.png", 20, 64)
    (tmp_path / "c.png").write_bytes(b"\x89PNG\r\n")
    with pytest.warns(SkippedPictures, match=r"b\.png has 20 × 64 pixels; at least 24 a side"):
        assert EnlargingPairs(str(tmp_path), scale=4, smallest=24).names() == ["a"]
