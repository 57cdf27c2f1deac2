"""Figures of lessons 01 and 02: what they draw is what they were given."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from course_lib.plots import (
    answers_along_line,
    clouds,
    loss_slopes,
    over_training,
    phase_paths,
    rows_of_digits,
    slope_bars,
    verdicts_over_line,
)
from course_lib.plots.gradients import LOOKS, look


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", sorted({colour for colour, _ in LOOKS.values()}))
@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
def test_loss_colours_stand_out_on_light_and_dark(colour, page):
    high, low = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3


def test_losses_of_one_picture_never_share_both_colour_and_dashes():
    four = ("saturating", "non-saturating", "least squares", "least squares behind a sigmoid", "hinge", "Wasserstein")
    assert len({tuple(look(name).values()) for name in four}) == len(four)
    assert look("hinge")["color"] != look("Wasserstein")["color"]
    assert look("a loss nobody drew yet") not in [look(name) for name in LOOKS]


def test_phase_paths_show_start_and_end_of_every_way():
    path = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 0.25]])
    single, several = phase_paths({"one": path, "two": np.stack([path, -path])}, reach=2).axes
    assert len(single.lines) == 2 + 3 and len(several.lines) == 2 + 6  # two axes, then way, ring and dot
    way, start, end = single.lines[2:]
    np.testing.assert_allclose(way.get_xydata(), path)
    np.testing.assert_allclose([*start.get_xydata(), *end.get_xydata()], path[[0, -1]])
    assert single.get_xlim() == (-2, 2)


def test_phase_paths_reach_as_far_as_the_furthest_path():
    axes = phase_paths({"a": np.zeros((2, 2)), "b": np.array([[0, 0], [0, -10.0]])}).axes
    assert axes[0].get_ylim() == axes[1].get_ylim() == pytest.approx((-11, 11))


def test_phase_paths_name_the_ring_and_the_dot():
    (legend,) = phase_paths({"one": np.array([[1.0, 0.0], [0.0, 0.0]])}).legends
    assert [text.get_text() for text in legend.get_texts()] == ["start", "end"]


def test_verdicts_draw_band_of_runs_and_steps_of_histogram():
    x = [0, 1, 2]
    drawn = verdicts_over_line(
        x, [1, 2, 1], [0, 1, 0], {"exact": [1, 0.5, 0], "trained": [[1, 0, 0], [0, 1, 0]]},
        steps=([0, 1, 2], [0.75, float("nan")]),
    )  # fmt: skip
    above, below = drawn.axes
    assert [line.get_label() for line in above.lines] == ["real, p", "fake, q"]
    exact, trained = below.lines
    np.testing.assert_allclose(exact.get_ydata(), [1, 0.5, 0])
    np.testing.assert_allclose(trained.get_ydata(), [0.5, 0.5, 0])
    assert "from histograms" in [text.get_text() for text in below.get_legend().get_texts()]


def test_clouds_draw_all_points():
    drawn = clouds({"before": (np.zeros((5, 2)), np.ones((7, 2)))})
    assert [len(points.get_offsets()) for points in drawn.axes[0].collections] == [5, 7]
    assert drawn.axes[0].get_title() == "before"


def test_rows_of_digits_lay_pictures_out_with_a_line_between():
    sheet = rows_of_digits([np.full((2, 3), value) for value in (0.1, 0.2, 0.3)], columns=2)
    expected = [
        [0.1, 0.1, 0.1, 1, 0.2, 0.2, 0.2],
        [0.1, 0.1, 0.1, 1, 0.2, 0.2, 0.2],
        [1, 1, 1, 1, 1, 1, 1],
        [0.3, 0.3, 0.3, 1, 1, 1, 1],
        [0.3, 0.3, 0.3, 1, 1, 1, 1],
    ]
    np.testing.assert_allclose(sheet, expected)
    with pytest.raises(ValueError, match="columns is 0"):
        rows_of_digits(np.zeros((1, 2, 2)), columns=0)
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        rows_of_digits(np.zeros((2, 2)), columns=1)


def test_loss_slopes_draw_them_twice_and_survive_a_slope_of_zero():
    left, right = loss_slopes([-1, 1], {"least squares": [-4, 0], "hinge": [-1, -1]}, clip=2).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), [-4, 0])
    assert left.get_ylim() == (-2, 2)
    assert right.get_yscale() == "log" and right.lines[0].get_ydata()[0] == 4
    assert (right.lines[0].get_ydata() > 0).all()


def test_slope_bars_are_as_long_as_the_slope_is_large_and_zero_has_none():
    (place,) = slope_bars({"least squares": -18.0, "hinge": -1.0, "saturating": 0.0}, least=0.001).axes
    ends = [bar.get_x() + bar.get_width() for bar in place.patches]
    np.testing.assert_allclose(ends, [18, 1, 0.001])
    assert [text.get_text() for text in place.texts] == ["-18", "-1", "0"]
    assert [label.get_text() for label in place.get_yticklabels()] == ["least squares", "hinge", "saturating"]


def test_over_training_takes_the_geometric_mean_where_the_axis_is_logarithmic():
    runs = {"hinge": [[1, 100], [1, 1]]}
    plain, logarithmic = over_training([1, 10], {"a": runs, "b": runs}, logy=["b"]).axes
    np.testing.assert_allclose(plain.lines[0].get_ydata(), [1, 50.5])
    np.testing.assert_allclose(logarithmic.lines[0].get_ydata(), [1, 10])


def test_answers_along_line_put_scores_above_and_pulls_below():
    drawn = answers_along_line(
        [0, 1],
        {"cross-entropy": ([[0, 2], [0, 4]], {"saturating": [[1, 1]], "non-saturating": [[2, 2]]})},
        real_at=(0.8, 1), fake_at=(0, 0.2),
    )  # fmt: skip
    above, below = drawn.axes
    np.testing.assert_allclose(above.lines[-1].get_ydata(), [0, 3])
    np.testing.assert_allclose([line.get_ydata() for line in below.lines[-2:]], [[1, 1], [2, 2]])
