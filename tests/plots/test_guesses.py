"""Guesses stand beside what was measured; they may be empty, and none may be missing."""

import pytest

from course_lib.errors import CourseError
from course_lib.plots import compare_guesses


def test_guesses_stand_beside_what_was_measured_and_may_be_empty():
    table = compare_guesses({"which?": None, "how many?": 0, "later": 1}, {"which?": "this", "how many?": 7}).data
    assert table.splitlines()[2:] == ["| which? | none yet | this |", "| how many? | 0 | 7 |"]


def test_a_guess_that_is_missing_is_named():
    with pytest.raises(CourseError, match="which"):
        compare_guesses({}, {"which?": "this"})


def test_where_there_is_one_question_the_guess_alone_will_do():
    assert "| which? | this | that |" in compare_guesses("this", {"which?": "that"}).data
    assert "| which? | none yet | that |" in compare_guesses(None, {"which?": "that"}).data
    with pytest.raises(CourseError, match="There are 2 questions .'which\\?', 'how many\\?'.; write a guess for each"):
        compare_guesses("this", {"which?": "that", "how many?": 2})
