"""A figure under a slider: it redraws, and a still picture stands in for it."""

import base64
import sys

import matplotlib.pyplot as plt
import pytest

from course_lib.errors import CourseError
from course_lib.plots.slider import VIEW, Slider

PNG = b"\x89PNG"


def recorded():
    asked = []

    def draw(value):
        asked.append(value)
        figure, place = plt.subplots(figsize=(1, 1))
        place.set_title(str(value))
        plt.close(figure)
        return figure

    return draw, asked


def test_moving_the_slider_redraws_and_draws_each_value_once():
    draw, asked = recorded()
    box = Slider(draw, [1, 16, 70], label="patch", start=16).widget()
    choose, shown = box.children
    first = bytes(shown.value)
    assert asked == [16] and first.startswith(PNG)
    choose.value = 70
    assert asked == [16, 70] and bytes(shown.value) != first
    choose.value = 16
    assert asked == [16, 70] and bytes(shown.value) == first


def test_the_stored_output_holds_widget_and_still_picture():
    draw, _ = recorded()
    bundle = Slider(draw, ["cat", "fish"], label="class", start="fish")._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(PNG)
    assert "model_id" in bundle[VIEW]
    assert "class: fish" in bundle["text/plain"]


def test_without_ipywidgets_the_still_picture_is_all(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    draw, _ = recorded()
    bundle = Slider(draw, [0, 50], label="history", start=50)._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}


@pytest.mark.parametrize("values", [[], [1, 2]])
def test_a_start_that_is_no_value_is_refused(values):
    with pytest.raises(CourseError, match="start is 3"):
        Slider(recorded()[0], values, label="width", start=3)
