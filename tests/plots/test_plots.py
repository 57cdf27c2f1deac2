"""The figures: what they draw is what they were given, and they stay readable."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from course_lib.plots import (
    as_array,
    colours,
    curves,
    footprint,
    picture_grid,
    seed_dots,
    spectrum_plot,
    verdict_matrix,
)


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["REAL", "FAKE", "GENERATOR", "DISCRIMINATOR", "INK"])
@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
def test_colours_stand_out_on_light_and_dark(name, page):
    assert contrast(getattr(colours, name), page) >= 3


def test_contrast_itself():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)


def test_as_array_brings_tensors_to_the_unit_range():
    picture = torch.tensor([-1.0, 0.0, 1.0]).view(3, 1, 1).expand(3, 4, 5)
    np.testing.assert_allclose(as_array(picture)[0, 0], [0, 0.5, 1])
    assert as_array(picture[None]).shape == (4, 5, 3)
    with pytest.raises(ValueError, match="2, 3, 4, 5"):
        as_array(torch.zeros(2, 3, 4, 5))


def test_grid_places_pictures_and_names():
    red, blue = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    drawn = picture_grid([[red, blue], [blue, None]], row_names=["one", "two"], column_names=["a", "b"], caption="c")
    shown = [axes.images[0].get_array()[0, 0].tolist() if axes.images else None for axes in drawn.axes]
    assert shown == [[255, 0, 0], [0, 0, 255], [0, 0, 255], None]
    assert [drawn.axes[0].get_title(), drawn.axes[1].get_title(), drawn.axes[2].get_ylabel()] == ["a", "b", "two"]


def test_curves_draw_mean_and_band_of_runs():
    drawn = curves([0, 1], {"runs": [[0, 2], [2, 4]], "one": [5, 5]})
    axes = drawn.axes[0]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [1, 3])
    assert len(axes.collections) == 1  # only the one with several runs has a band
    assert {text.get_text() for text in axes.get_legend().get_texts()} == {"runs", "one"}


def test_curves_draw_a_reference_dashed():
    drawn = curves([0, 1], {"run": [0, 1], "formula": [1, 1]}, dashes={"formula": "--"})
    assert [line.get_linestyle() for line in drawn.axes[0].lines] == ["-", "--"]


def test_seed_dots_show_every_seed_and_the_mean():
    drawn = seed_dots({"L1": {"a": [1, 2, 3], "b": [4, 4, 7]}, "power": {"a": [0, 0, 1], "b": [1, 1, 1]}})
    first = drawn.axes[0]
    assert sorted(first.lines[0].get_xdata()) == [1, 2, 3]
    assert first.lines[3].get_xdata()[0] == pytest.approx(5)
    assert [label.get_text() for label in first.get_yticklabels()] == ["a", "b"]


def test_verdict_matrix_centres_the_scale_on_cannot_tell():
    scores = torch.tensor([[0.5, 1.5], [0.0, -0.1]])
    drawn = verdict_matrix({"x": (torch.zeros(3, 8, 8), scores)}, middle=0.5)
    heat = drawn.axes[1].images[0]
    assert heat.norm(0.5) == pytest.approx(0.5)
    assert heat.norm.vmin == pytest.approx(-0.5) and heat.norm.vmax == pytest.approx(1.5)
    assert {text.get_text() for text in drawn.axes[1].texts} == {"0.5", "1.5", "0.0", "-0.1"}


def test_footprint_draws_the_predicted_square_around_the_gradient():
    gradient = np.zeros((20, 20))
    gradient[4:14, 6:16] = 1
    square = footprint({"D": (None, gradient, 10)}).axes[0].patches[0]
    assert (square.get_x(), square.get_y(), square.get_width()) == (5.5, 3.5, 10)


def test_figures_are_transparent_pngs_and_leave_no_style_behind():
    import matplotlib.pyplot as plt

    before, open_before = dict(plt.rcParams), plt.get_fignums()
    drawn = spectrum_plot([0.1, 0.2, 0.5], {"real": [3, 2, 1], "fake": [3, 1, 0.1]}, start=0.25)
    assert isinstance(drawn, Figure) and plt.get_fignums() == open_before
    assert dict(plt.rcParams) == before
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", facecolor=drawn.get_facecolor())
    image = Image.open(buffer)
    assert image.mode == "RGBA" and image.getpixel((0, 0))[3] == 0


def test_a_reference_of_curves_is_dashed_and_named():
    place = curves([0, 1], {"D": [0.4, 0.3]}, reference={"cannot tell": 0.25}).axes[0]
    line = place.lines[-1]
    assert line.get_linestyle() == "--" and set(line.get_ydata()) == {0.25}
    assert [text.get_text() for text in place.get_legend().get_texts()] == ["D", "cannot tell"]
