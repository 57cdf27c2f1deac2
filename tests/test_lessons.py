"""What lessons use around their own code: a check of the text warns a reader and fails a test, guesses may be empty."""

import sys

import pytest

from course_lib.errors import CourseError
from course_lib.lessons import compare_guesses, slider, text_check


def test_a_sentence_that_holds_is_silent(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    text_check(2 > 1, "two is more")
    assert capsys.readouterr().out == ""


def test_a_sentence_that_does_not_hold_stops_the_test_and_not_the_reader(capsys, monkeypatch):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    text_check(1 > 2, "one is more")
    told = capsys.readouterr().out
    assert "“one is more”" in told and "go on" in told
    monkeypatch.setenv("COURSE_STRICT", "0")
    text_check(False, "one is more")
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match="one is more"):
        text_check(False, "one is more")


def test_guesses_stand_beside_what_was_measured_and_may_be_empty():
    table = compare_guesses({"which?": None, "how many?": 0, "later": 1}, {"which?": "this", "how many?": 7}).data
    assert table.splitlines()[2:] == ["| which? | none yet | this |", "| how many? | 0 | 7 |"]


def test_a_guess_that_is_missing_is_named():
    with pytest.raises(CourseError, match="which"):
        compare_guesses({}, {"which?": "this"})


def test_the_slider_draws_again_when_it_is_moved(monkeypatch):
    widgets = pytest.importorskip("ipywidgets")
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    seen = []
    made = slider(seen.append, [1, 2, 3], start=2, label="width")
    assert isinstance(made, widgets.interactive)
    made.update()
    made.children[0].value = 3
    assert seen[0] == 2 and seen[-1] == 3 and made.children[0].options == (1, 2, 3)


def test_the_slider_is_a_picture_where_widgets_are_absent_or_the_notebook_is_stored(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert slider(lambda value: f"picture of {value}", [1, 2], start=2, label="width") == "picture of 2"
    assert "width = 2" in capsys.readouterr().out
    monkeypatch.setenv("COURSE_STRICT", "1")
    assert slider(lambda value: f"picture of {value}", [1, 2], start=1, label="width") == "picture of 1"
    assert capsys.readouterr().out == ""


def test_the_slider_names_a_start_that_it_does_not_have():
    with pytest.raises(CourseError, match=r"width.*5.*1, 2"):
        slider(print, [1, 2], start=5, label="width")
