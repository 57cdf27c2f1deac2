"""Nearest training pictures: distances by hand, packing there and back."""

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics.neighbours import TrainingPictures, load_neighbours, nearest, quantised, save_neighbours
from course_lib.metrics.samples import spread


def pictures(count=40, size=6, channels=1, seed=0):
    return torch.randint(0, 256, (count, channels, size, size), generator=torch.Generator().manual_seed(seed)).byte()


def test_distances_against_numpy():
    stored = TrainingPictures(pictures(), torch.zeros(40).long(), 8)
    asked = pictures(3, seed=1).float() / 127.5 - 1
    distances, numbers = nearest(asked, stored, 5)

    def pooled(x):
        return x.reshape(-1, 3, 2, 3, 2).mean(axis=(2, 4)).reshape(-1, 9)

    known = pooled(pictures().numpy().astype(float) / 127.5 - 1)
    for row, picture in enumerate(pooled(asked.numpy().astype(float))):
        expected = np.sqrt(((known - picture) ** 2).mean(axis=1))
        assert numbers[row].tolist() == np.argsort(expected)[:5].tolist()
        np.testing.assert_allclose(distances[row], np.sort(expected)[:5], rtol=1e-4)


def test_black_against_white_is_two_and_itself_is_zero():
    black = TrainingPictures(torch.zeros(1, 1, 4, 4).byte(), torch.zeros(1).long(), 8)
    assert nearest(torch.ones(1, 1, 4, 4), black)[0].item() == pytest.approx(2)
    assert nearest(-torch.ones(1, 1, 4, 4), black)[0].item() == pytest.approx(0, abs=1e-6)


def test_a_set_larger_than_one_part_finds_its_last():
    levels = torch.zeros(9000, 1, 2, 2).byte()
    levels[8999] = 1
    stored = TrainingPictures(levels, torch.zeros(9000).long(), 1)
    distances, numbers = nearest(torch.ones(1, 1, 2, 2), stored, 2)
    assert numbers[0, 0] == 8999
    assert distances[0].tolist() == [0, 2]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("count", [7, 40])
def test_there_and_back(tmp_path, bits, count):
    before = quantised(pictures(count, 5, 3), torch.arange(count) % 4, bits)
    after = load_neighbours(save_neighbours(tmp_path, before))
    assert torch.equal(after.levels, before.levels)
    assert torch.equal(after.labels, before.labels)
    error = (after.pictures() - (pictures(count, 5, 3).float() / 127.5 - 1)).abs().max().item()
    assert error <= 1 / (2**bits - 1) + 1e-6  # half a step of 2/(levels − 1)


def test_what_is_wrong_is_named(tmp_path):
    stored = TrainingPictures(pictures(3), torch.zeros(3).long(), 8)
    with pytest.raises(CourseError, match="sides must agree"):
        nearest(torch.zeros(1, 1, 8, 8), stored)
    with pytest.raises(CourseError, match="1 to 3"):
        nearest(torch.zeros(1, 1, 6, 6), stored, 4)
    with pytest.raises(CourseError, match="is missing"):
        load_neighbours(tmp_path / "neighbours.safetensors")
    (tmp_path / "neighbours.safetensors").write_bytes(b"nothing")
    with pytest.raises(CourseError, match="no readable file"):
        load_neighbours(tmp_path / "neighbours.safetensors")
    with pytest.raises(ValueError, match="bits is 3"):
        quantised(pictures(), torch.zeros(40), 3)


def test_spread_is_the_mean_distance_within_a_class():
    x = torch.tensor([0.0, 1.0, 5.0, 5.0])[:, None, None, None].expand(4, 1, 2, 2)
    assert spread(x, torch.tensor([0, 0, 1, 1])) == pytest.approx((1 + 0) / 2)
    assert spread(x, torch.tensor([0, 0, 0, 1])) == pytest.approx((1 + 5 + 4) / 3)
