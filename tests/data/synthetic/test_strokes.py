"""Drawings made by rule: whole lines, at known places, in three notations of the same line."""

import numpy as np
import pytest
import torch
from skimage.measure import label

from course_lib.data.synthetic.strokes import REACH, SHAPES, distance_field, from_distance_field, line, strokes
from course_lib.errors import CourseError


@pytest.mark.parametrize("style", ["hard", "smooth", "field"])
def test_shapes_ranges_and_seeds(style):
    pictures, labels = strokes(7, size=24, style=style, seed=3)
    assert pictures.shape == (7, 1, 24, 24) and pictures.dtype == torch.float32
    assert pictures.min() == -1 and pictures.max() <= 1
    assert labels.tolist() == [0, 1, 2, 0, 1, 2, 0] and len(SHAPES) == 3
    assert torch.equal(strokes(7, size=24, style=style, seed=3)[0], pictures)
    assert not torch.equal(strokes(7, size=24, style=style, seed=4)[0], pictures)


def test_every_drawing_is_one_connected_line_inside_the_picture():
    for seed in range(5):
        for drawing in strokes(30, width=1.5, seed=seed)[0][:, 0]:
            ink = (drawing > 0).numpy()
            assert label(ink, connectivity=2).max() == 1
            assert not (ink[0].any() or ink[-1].any() or ink[:, 0].any() or ink[:, -1].any())


def test_without_wandering_all_of_a_shape_are_alike():
    pictures, labels = strokes(9, wander=0)
    assert (pictures[labels == 1] == pictures[1]).all()


def test_styles_are_the_same_line():
    """Pixels nearer than half a width: hard says ink, smooth is at least half light, the field is at its top."""
    hard, smooth, field = (strokes(6, width=2, style=style)[0] for style in ("hard", "smooth", "field"))
    assert torch.equal(hard > 0, smooth >= 0)
    assert torch.equal(hard > 0, field == 1)
    assert set(hard.unique().tolist()) == {-1.0, 1.0}
    assert len(smooth.unique()) > 100


def test_a_vertical_line_by_hand():
    # Width 2 at offset ½: covers the pixel columns 4 and 5 of 8 from edge to edge.
    assert line(torch.tensor([0.5]), size=8, width=2)[0, 0, 0].tolist() == [-1, -1, -1, -1, 1, 1, -1, -1]
    # At offset 0: all of column 4 and half of its neighbours.
    assert line(torch.tensor([0.0]), size=8, width=2)[0, 0, 3].tolist() == [-1, -1, -1, 0, 1, 0, -1, -1]
    # As a field that falls over 4 pixels: ½ a step of 2 for every pixel away from the ink.
    field = line(torch.tensor([0.0]), size=8, width=2, style="field")[0, 0, 0]
    assert field.tolist() == [-0.5, 0, 0.5, 1, 1, 1, 0.5, 0]


def test_a_thin_smooth_line_covers_as_much_as_its_width():
    ink = (line(torch.linspace(-3, 3, 25), width=0.5) + 1) / 2
    assert ink.max() <= 0.5
    assert torch.allclose(ink.sum((1, 2, 3)), torch.tensor(0.5 * 32), rtol=0.55)


def test_distance_fields_against_distances_counted_one_by_one():
    drawing = torch.full((1, 1, 9, 9), -1.0)
    drawing[0, 0, 2, 3] = drawing[0, 0, 6, 6] = 1
    inked = np.argwhere((drawing[0, 0] > 0).numpy())
    for row in range(9):
        for column in range(9):
            distance = min(np.hypot(*(at - (row, column))) for at in inked)
            expected = 1 - 2 * min(distance / REACH, 1)
            assert distance_field(drawing)[0, 0, row, column].item() == pytest.approx(expected, abs=1e-6)


def test_there_and_back_again():
    drawings = strokes(6, style="hard")[0]
    assert torch.equal(from_distance_field(distance_field(drawings)), drawings)
    assert (distance_field(torch.full((1, 1, 8, 8), -1.0)) == -1).all()


@pytest.mark.parametrize(
    "wrong", [{"count": 0}, {"size": 4}, {"width": 0}, {"width": float("nan")}, {"reach": 0}, {"wander": -1}]
)
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(CourseError, match="are needed"):
        strokes(**({"count": 3} | wrong))


def test_unknown_style_and_shape_are_refused():
    with pytest.raises(CourseError, match="'dotted'"):
        strokes(2, style="dotted")
    with pytest.raises(CourseError, match=r"\(N, 1, H, W\)"):
        distance_field(torch.zeros(8, 8))
    with pytest.raises(CourseError, match=r"\(N, 1, H, W\)"):
        from_distance_field(torch.zeros(2, 3, 8, 8))
