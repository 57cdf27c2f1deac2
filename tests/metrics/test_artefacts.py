"""Dots, blobs and frames: found where they were put, and not where there is an edge or a line."""

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics import frame_difference, largest_outlier


def flat(value=0.5, side=32):
    return torch.full((1, 3, side, side), value, dtype=torch.float64)


def luma_of(grey):
    return (16 + 219 * grey) / 255  # of R = G = B, from the weights 65.481 + 128.553 + 24.966


@pytest.mark.parametrize("value", [1.0, 0.0])
@pytest.mark.parametrize("side", [1, 2, 3])
def test_a_dot_counts_in_full_light_or_dark(value, side):
    picture = flat()
    picture[..., 10 : 10 + side, 20 : 20 + side] = value
    assert largest_outlier(picture).item() == pytest.approx(abs(luma_of(value) - luma_of(0.5)), abs=1e-6)


def test_edges_lines_corners_and_ramps_count_nothing():
    edge, line, ramp, slanted = flat(), flat(), flat(), flat()
    edge[..., :16] = 1
    line[..., 15] = 1
    ramp[:] = torch.linspace(0, 1, 32, dtype=torch.float64)
    for k in range(32):
        slanted[..., k, k] = 0
    for picture in (flat(), edge, line, ramp, slanted):
        assert largest_outlier(picture).item() == 0


def test_every_picture_has_its_own_number_and_neighbours_take_from_it():
    pictures = torch.cat([flat(), flat(0.2), flat()])
    pictures[1, :, 8, 8] = 1
    pictures[2, :, 8, 8], pictures[2, :, 8, 10] = 1, 0.75  # something half as light two pixels away
    found = largest_outlier(pictures)
    assert found.tolist() == pytest.approx([0, luma_of(1) - luma_of(0.2), luma_of(1) - luma_of(0.75)], abs=1e-6)


def test_blobs_are_dots_of_squares():
    picture = flat(side=96)
    picture[..., 40:56, 40:56] = 0  # 2 × 2 squares of 8
    assert largest_outlier(picture, 8).item() == pytest.approx(luma_of(0.5) - luma_of(0), abs=1e-6)
    assert largest_outlier(picture).item() == 0


def test_a_frame_by_hand():
    framed, photo = flat(), flat()
    framed[..., :4] = framed[..., -4:] = 1.0  # two of four sides, and the ends of the other two
    # Left and right: |1 − 0.5| and |…| less what the corners share; top and bottom rows are equal band by band.
    assert frame_difference(framed, photo).item() == pytest.approx((0.5 + 0.5 + 0 + 0) / 4)
    whole = flat(0.0)
    whole[..., 4:-4, 4:-4] = 1.0  # black around white: the inner band has 4 black pixels at each end
    assert frame_difference(whole, photo).item() == pytest.approx((32 - 8) / 32)
    assert frame_difference(whole, whole).item() == 0


def test_pictures_that_are_none():
    with pytest.raises(CourseError, match=r"look like \[−1, 1\]"):
        largest_outlier(flat() - 1)
    with pytest.raises(CourseError, match="reduce is 8, and the pictures have 32 × 32"):
        largest_outlier(flat(), 8)
    with pytest.raises(CourseError, match="reduce is 0"):
        largest_outlier(flat(), 0)
    with pytest.raises(CourseError, match="must be equal"):
        frame_difference(flat(), flat(side=36))
    with pytest.raises(CourseError, match="at least 16×16"):
        frame_difference(flat(side=12), flat(side=12))
