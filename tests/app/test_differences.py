"""Differences between pictures, by hand."""

import numpy as np
import pytest
from PIL import Image

from course_lib.app import differences


def test_l1_shift_and_map_by_hand():
    black, colour = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), (255, 51, 0))
    assert differences.l1(black, colour) == pytest.approx((2 + 0.4 + 0) / 3)
    assert differences.colour_shift(black, colour) == pytest.approx((255, 51, 0))
    assert differences.colour_shift(colour, black) == pytest.approx((-255, -51, 0))
    colours = differences.scale()
    assert (np.asarray(differences.error_map(black, black)) == colours[0]).all()
    assert (np.asarray(differences.error_map(black, Image.new("RGB", (8, 8), "white"))) == colours[255]).all()
    grey = Image.new("RGB", (8, 8), (51, 51, 51))  # 0.4 on [−1, 1]: the scale's colour 0.4 · 255
    assert (np.asarray(differences.error_map(black, grey)) == colours[102]).all()
    assert (np.asarray(differences.error_map(black, grey, top=0.5)) == colours[204]).all()
    assert (np.diff(colours.astype(int).sum(1)) >= -2).all()  # brighter and brighter, to print it in grey


def test_the_legend_says_where_the_scale_ends():
    for top, texts in ((1.0, ("0", "0.5", "≥ 1")), (0.5, ("0", "0.25", "≥ 0.5"))):
        assert all(f"<span>{text}</span>" in differences.legend(top) for text in texts)
