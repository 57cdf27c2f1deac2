"""Crops of photos: small and large show the same place, whatever is drawn."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.augment import signed
from course_lib.data.crops import PhotoCrops, turned
from course_lib.data.degrade import cropped_to_multiple, reduced
from course_lib.data.folders import SkippedPictures
from course_lib.data.photos import open_photos
from course_lib.errors import CourseError


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for name, size in (("a", (70, 50, 3)), ("b", (49, 90, 3)), ("c", (48, 48, 3))):
        Image.fromarray(random.integers(0, 256, size, dtype=np.uint8)).save(tmp_path / f"{name}.png")
    return tmp_path


def crops(folder, **changes):
    return PhotoCrops(open_photos(str(folder)), **{"scale": 4, "patch": 10, "per_photo": 3} | changes)


def as_bytes(picture):
    return ((picture + 1) * 127.5).round().byte()


def test_every_photo_as_often_as_asked_at_both_sizes(folder):
    data = crops(folder)
    assert len(data) == 9
    one = data.example(7, 2, 0, augment=True)
    assert (one["input"].shape, one["target"].shape) == ((3, 10, 10), (3, 40, 40))
    assert one["input"].dtype == one["target"].dtype == torch.float32


@pytest.mark.parametrize("index", range(9))
def test_the_small_crop_is_the_large_one_reduced(folder, index):
    # Away from the crop's edge, where the large crop does not know what lies beyond it. Turning commutes with reducing
    # but for the order of the two roundings.
    one = crops(folder).example(index, 5, 1, augment=True)
    off = (reduced(as_bytes(one["target"]), 4).int() - as_bytes(one["input"]).int()).abs()
    assert off[:, 2:-2, 2:-2].max() <= 1
    assert off.max() > 1  # at the edge it does not: the photo was reduced whole


def test_unaugmented_it_is_the_middle_as_it_is(folder):
    from course_lib.data.augment import bytes_tensor

    large = cropped_to_multiple(bytes_tensor(Image.open(folder / "a.png")), 4)
    small = reduced(large, 4)
    one = crops(folder).example(0)
    top, left = (small.shape[-2] - 10) // 2, (small.shape[-1] - 10) // 2
    assert torch.equal(one["input"], signed(small[:, top : top + 10, left : left + 10]))
    assert torch.equal(one["target"], signed(large[:, 4 * top : 4 * top + 40, 4 * left : 4 * left + 40]))


def test_it_is_a_function_of_seed_epoch_and_index(folder):
    data = crops(folder)
    first = data.example(1, 3, 7, True)["target"]
    assert torch.equal(first, crops(folder).example(1, 3, 7, True)["target"])
    for other in ((1, 5, 7), (1, 3, 8), (4, 3, 7)):  # 4 is the same photo
        assert not torch.equal(first, data.example(*other, True)["target"])


def test_all_eight_ways_to_lay_a_square_and_both_sizes_alike():
    small, large = torch.arange(4).reshape(1, 2, 2), torch.arange(16).reshape(1, 4, 4)
    seen = set()
    for seed in range(60):
        one, other = turned(np.random.default_rng(seed), small, large)
        seen.add(tuple(one.flatten().tolist()))
        corners = other[0, ::3, ::3].flatten().tolist()
        assert [(0, 3, 12, 15)[place] for place in one.flatten().tolist()] == corners
    assert len(seen) == 8


def test_too_small_ones_are_left_out_by_name(folder):
    Image.new("RGB", (39, 400)).save(folder / "d.png")
    with pytest.warns(SkippedPictures, match=r"d\.png has 39 × 400 pixels, and a crop needs 40 × 40"):
        assert len(crops(folder).files) == 3
    with pytest.raises(CourseError, match="None of 4 pictures"):
        crops(folder, patch=30)


def test_what_does_not_fit_in_memory_is_read_again_and_is_the_same(folder, monkeypatch):
    kept = crops(folder).example(2, 1, 1, True)
    monkeypatch.setattr("course_lib.data.decoded.KEEP", 1000)
    data = crops(folder)
    assert data._decoded._kept == {}
    assert torch.equal(data.example(2, 1, 1, True)["target"], kept["target"])


def test_photos_one_level_deeper(folder, tmp_path):
    (tmp_path / "x").mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.png").rename(tmp_path / "x" / f"{name}.png")
    assert [file.name for file in open_photos(str(tmp_path)).files] == ["a.png", "b.png", "c.png"]
