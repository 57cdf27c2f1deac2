"""Ink, pieces and mist, counted by hand."""

import numpy as np
import pytest
import torch

from course_lib.data.synthetic.strokes import strokes
from course_lib.errors import CourseError
from course_lib.metrics import stroke_report, value_giveaway


def drawing(*rows: str) -> torch.Tensor:
    """# ink, . ground, + mist."""
    value = {"#": 1.0, ".": -1.0, "+": -0.2}
    return torch.tensor([[value[mark] for mark in row] for row in rows])[None, None]


def test_counts_by_hand():
    report = stroke_report(
        torch.cat(
            [
                drawing("#...", ".#..", "..#.", "...."),  # a diagonal is one line
                drawing("##..", "....", "+..#", "...."),  # two pieces, one misty pixel
                drawing("....", "....", "....", "...."),
            ]
        )
    )
    assert report.ink.tolist() == [3 / 16, 3 / 16, 0]
    assert report.pieces.tolist() == [1, 2, 0]
    assert report.longest.tolist() == [1, pytest.approx(2 / 3), 0]
    assert report.mist.tolist() == [0, 1 / 16, 0]


def test_a_gap_makes_a_piece_and_specks_make_many():
    """What the count is for: every break and every speck shows, however little ink it moves."""
    whole = strokes(9, style="hard", seed=1)[0]
    zigzags = whole[2::3].clone()
    assert (stroke_report(whole).pieces == 1).all()
    zigzags[:, :, :, 15:18] = -1  # an open line cut once
    assert (stroke_report(zigzags).pieces >= 2).all()
    specked = whole.clone()
    specked[:, :, ::31, ::31] = 1  # four corners
    assert (stroke_report(specked).pieces == 5).all()
    assert np.abs(stroke_report(specked).ink - stroke_report(whole).ink).max() < 0.005


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (torch.zeros(3, 8, 8), "N, 1, H, W"),
        (torch.zeros(2, 3, 8, 8), "N, 1, H, W"),
        (torch.zeros(0, 1, 8, 8), "N, 1, H, W"),
        (torch.full((1, 1, 8, 8), torch.nan), "diverged"),
    ],
)
def test_what_is_no_drawing_is_refused(wrong, words):
    with pytest.raises(CourseError, match=words):
        stroke_report(wrong)


def test_value_giveaway_by_hand():
    ground, ink = torch.full((4, 4), -1.0), torch.full((4, 4), 1.0)
    assert value_giveaway(ground, ground) == 0.5
    assert value_giveaway(ground, ink) == 1.0
    # Three of four of a picture's pixels agree: right by luck on the rest of the time, 1/2 + 1/4 * (1/4 + 1/4).
    assert value_giveaway(ground, torch.cat([ground, ground, ground, ink])) == pytest.approx(0.625)
    mirrored = strokes(3)[0]
    assert value_giveaway(mirrored, mirrored.flip(3)) == 0.5  # it sees values, never where they are
    with pytest.raises(CourseError, match="empty"):
        value_giveaway(ground, torch.zeros(0))
