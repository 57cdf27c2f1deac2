"""Flicker by hand: what moves in the answer where nothing moves in the clip."""

import pytest
import torch

from course_lib.metrics.flicker import Flicker, flicker


def frame(*levels: float) -> torch.Tensor:
    """(3, 1, n) grey."""
    return (torch.tensor(levels) / 255).reshape(1, 1, -1).expand(3, 1, -1)


def test_only_still_pixels_count():
    found = flicker(frame(10, 20, 30, 40), frame(10, 21, 32, 90), frame(0, 0, 0, 0), frame(4, 8, 100, 100))
    assert found.pixels == 2 and found.mean == pytest.approx(6)  # the first two; one level is coding


def test_a_pixel_moves_if_one_channel_does():
    before, after = torch.zeros(3, 1, 1), torch.zeros(3, 1, 1)
    after[2] = 2 / 255
    assert flicker(before, after, before, after).mean is None


def test_sums_are_over_pixels_not_over_frames():
    one = flicker(frame(5), frame(5), frame(0), frame(3))
    three = flicker(frame(5, 5, 5), frame(5, 5, 5), frame(0, 0, 0), frame(1, 1, 1))
    assert (one + three).mean == pytest.approx(6 / 4) and Flicker().mean is None
