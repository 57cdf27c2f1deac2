"""The plane of distortion and perception: every run is a dot, the bound is dashed, mixtures are joined."""

import numpy as np
import pytest

from course_lib import plots


def test_dots_bound_and_joined_mixtures():
    t = np.linspace(0, 1, 5)
    drawn = plots.tradeoff(
        {"weight 0": [(0.25, 0.5), (0.26, 0.5)], "weight 1": [(0.5, 0.02)]},
        curve=(0.25 * (1 + t**2), 0.5 * (1 - t)),
        lines={"mixtures": [(0.3, 0.4), (0.4, 0.3), (0.5, 0.2)]},
        colours={"weight 0": "#123456"},
    )
    (place,) = drawn.axes
    lines = {line.get_label(): line for line in place.lines}
    assert set(lines) == {"best possible", "mixtures", "weight 0", "weight 1"}
    assert lines["weight 0"].get_xydata().tolist() == [[0.25, 0.5], [0.26, 0.5]]
    assert lines["weight 0"].get_linestyle() == "None" and lines["weight 0"].get_color() == "#123456"
    assert lines["mixtures"].get_linestyle() == "-" and len(lines["mixtures"].get_xdata()) == 3
    assert lines["best possible"].get_linestyle() == "--"
    assert lines["best possible"].get_ydata()[-1] == pytest.approx(0)
    assert [text.get_text() for text in place.get_legend().get_texts()] == list(lines)


def test_without_bound_and_mixtures():
    (place,) = plots.tradeoff({"one": [(1.0, 2.0)]}, xlabel="PSNR", ylabel="distance").axes
    assert len(place.lines) == 1 and (place.get_xlabel(), place.get_ylabel()) == ("PSNR", "distance")
