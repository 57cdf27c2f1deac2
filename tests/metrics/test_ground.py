"""The white ground: measured only where the truth is white."""

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics.ground import white_ground


def test_the_mean_is_taken_where_the_truth_is_white():
    real = torch.ones(1, 3, 4, 4)
    real[:, :, :, 2:] = 0.5  # the right half is an object
    made = torch.ones(1, 3, 4, 4)
    made[:, :, :, 2:] = 0.0  # wrong there, and not counted
    made[:, 0, 0, 0] = 0.4  # one of 8 white pixels lost 0.6 of one of its three channels
    assert white_ground(made, real) == pytest.approx(1 - 0.6 / 24)


def test_one_channel_below_white_is_no_white():
    real = torch.ones(1, 3, 4, 4)
    real[:, 2] = 253 / 255
    assert white_ground(real, real) is None


def test_nearly_white_counts_as_white():
    real = torch.full((1, 3, 4, 4), 254 / 255)
    assert white_ground(torch.ones_like(real), real) == 1


def test_shapes_that_differ_are_refused():
    with pytest.raises(CourseError):
        white_ground(torch.ones(1, 3, 4, 4), torch.ones(2, 3, 4, 4))
