"""``check(...)``: the card, as widget and as text."""

import sys

import pytest

from course_lib.errors import CourseError
from course_lib.grading import check


def wrong_end(layers):
    size = 1
    for kernel, stride, _ in layers:
        size = (size - 1) * stride + kernel
    return size


def right(layers):
    size = 1
    for kernel, stride, _ in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def test_right_answer_says_so():
    card = check("06.receptive_field", right)
    assert card.passed and card.result.score == 3 and card.picture is None
    assert "✓ receptive_field: 3 of 3 points" in str(card)


def test_wrong_answer_is_named_and_drawn():
    card = check("06.receptive_field", wrong_end)
    assert not card.passed
    assert "from the picture to the score (28 for the 70×70 discriminator)" in card.text()
    assert card.picture.startswith(b"\x89PNG")


def test_card_is_a_widget():
    widgets = pytest.importorskip("ipywidgets")
    card = check("06.receptive_field", wrong_end).widget()
    assert isinstance(card, widgets.VBox)
    head, picture, hints = card.children
    assert "receptive_field" in head.value and "data:image/png;base64" in picture.value
    assert [hints.get_title(i) for i in range(2)] == ["Hint 1", "Hint 2"] and hints.selected_index is None


def test_text_without_widgets(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    check("06.receptive_field", wrong_end)._ipython_display_()
    assert "✗ receptive_field: 0 of 3 points" in capsys.readouterr().out


def test_unknown_names_are_sentences():
    with pytest.raises(CourseError, match="no function 'receptivefield'"):
        check("06.receptivefield", right)
    with pytest.raises(CourseError, match="There is no exercise '99'"):
        check("99.x", right)
