"""A sentence of a lesson against its numbers: strict stops, otherwise a note."""

import pytest

from course_lib.lessons import text_check


def test_a_sentence_that_holds_says_nothing(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_STRICT", "1")
    text_check(True, "Two is more than one.")
    assert capsys.readouterr().out == ""


def test_strict_stops_and_names_the_sentence(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    with pytest.raises(AssertionError, match="One is more than two"):
        text_check(False, "One is more than two.")


@pytest.mark.parametrize("value", [None, "0", ""])
def test_a_learner_gets_a_note_and_goes_on(monkeypatch, capsys, value):
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    if value is not None:
        monkeypatch.setenv("COURSE_STRICT", value)
    text_check(False, "One is more than two.")
    said = capsys.readouterr().out
    assert "One is more than two." in said and "go on" in said
