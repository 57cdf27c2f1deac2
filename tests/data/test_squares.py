"""Squares of photos: of any side and place, at one size, the same for the same numbers."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.folders import SkippedPictures
from course_lib.data.photos import open_photos
from course_lib.data.squares import PhotoSquares
from course_lib.errors import CourseError


@pytest.fixture
def folder(tmp_path):
    # Red is the column, green the row: a square says where it was cut and how much it was reduced.
    for name, (width, height) in (("a", (90, 60)), ("b", (40, 80))):
        y, x = np.mgrid[:height, :width]
        Image.fromarray(np.stack([2 * x, 2 * y, 0 * x + 9], axis=2).astype(np.uint8)).save(tmp_path / f"{name}.png")
    return tmp_path


def squares(folder, **changes):
    return PhotoSquares(open_photos(str(folder)), **{"size": 32, "per_photo": 200} | changes)


def as_bytes(example):
    return ((example["photo"] + 1) * 127.5).round()


def test_unaugmented_it_is_the_largest_square_of_the_middle(folder):
    one = squares(folder, per_photo=1)
    assert len(one) == 2
    square = as_bytes(one.example(0, 3, 1))  # 90 × 60: columns 15 to 74, all rows
    assert square.shape == (3, 32, 32)
    assert square[0].mean().item() == pytest.approx(2 * (15 + 74) / 2, abs=1)
    assert square[1].mean().item() == pytest.approx(2 * (0 + 59) / 2, abs=1)
    assert square[0, 5].diff()[4:-4].mean().item() == pytest.approx(2 * 60 / 32, abs=0.05)  # reduced evenly
    assert (square[2] == 9).all()
    assert torch.equal(one.example(0)["photo"], one.example(0, epoch=9, seed=9)["photo"])


def test_augmented_ones_have_any_side_and_place_and_half_are_mirrored(folder):
    data = squares(folder)
    seen = [as_bytes(data.example(index, 1, 2, augment=True)) for index in range(0, 400, 2)]  # all of photo a
    steps = torch.stack([square[0].diff(dim=1)[:, 4:-4].mean() for square in seen])
    sides = steps.abs() / 2 * 32
    assert sides.min() < 35 and sides.max() > 57 and 44 < sides.mean() < 48  # evenly from 32 to 60
    assert 0.35 < (steps < 0).float().mean() < 0.65
    middles = torch.stack([square[0].mean() for square in seen]) / 2
    assert middles.min() < 20 and middles.max() > 70
    assert all(square[1].diff(dim=0)[4:-4].mean() > 0 for square in seen)  # photos stay upright


def test_the_same_numbers_give_the_same_square(folder):
    data = squares(folder)
    one, again = (data.example(5, 1, 2, augment=True)["photo"] for _ in range(2))
    assert torch.equal(one, again)
    others = [data.example(5, 2, 2, augment=True), data.example(5, 1, 3, augment=True), data.example(7, 1, 2, True)]
    assert not any(torch.equal(one, other["photo"]) for other in others)


def test_small_photos_are_left_out_with_a_warning_and_none_is_an_error(folder):
    with pytest.warns(
        SkippedPictures, match="Skipped 1 of 2 pictures: .*b.png has 40 × 80 pixels, and a square needs 50"
    ):
        assert len(squares(folder, size=50, per_photo=1)) == 1
    with pytest.raises(CourseError, match="None of 2 pictures could be read"):
        squares(folder, size=100)


def test_its_digest_is_that_of_the_files(folder):
    before = squares(folder).digest()
    assert before == squares(folder, size=8).digest()
    Image.new("RGB", (99, 99)).save(folder / "c.png")
    assert squares(folder).digest() != before
