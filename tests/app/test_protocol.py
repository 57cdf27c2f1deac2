"""What a lab asks and what comes back: values that cannot be, named; errors and a busy server, told the same way."""

import json
import threading

import pytest

from course_lib.app.heavy import turn
from course_lib.app.protocol import MAX_SEED, Busy, one_of, seed, served, whole
from course_lib.errors import CourseError


@pytest.mark.parametrize(("value", "number"), [(0, 0), (3.0, 3), (MAX_SEED, 9999)])
def test_seeds(value, number):
    assert seed(value) == number and isinstance(seed(value), int)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (None, "empty"),
        ("", "empty"),
        (float("nan"), "NaN"),
        (float("inf"), "inf"),
        (-1, "-1"),
        (10_000, "10000"),
        (10**400, "1000"),
        (1.5, "1.5"),
        ("7", "'7'"),
        ("seven", "'seven'"),
        ("\ud800", r"'\ud800'"),
        (["\udfff"] * 5000, r"['\udfff', '\udfff'"),
        ("x" * 10_000, "'xxx"),
        (True, "True"),
        ({}, "{}"),
    ],
)
def test_what_is_no_seed_is_named(value, named):
    with pytest.raises(CourseError) as caught:
        seed(value)
    told = str(caught.value)
    assert told.startswith(f"The seed is {named}") and told.endswith("; it must be a whole number from 0 to 9999.")
    assert len(told) < 250
    json.dumps(told, ensure_ascii=False).encode("utf-8")  # can be sent


def test_the_name_is_said():
    with pytest.raises(CourseError, match="The strength is 0; it must be a whole number from 1 to 5"):
        whole(0, "strength", 1, 5)
    with pytest.raises(CourseError, match="The loss is 'l1'; it must be one of bce, hinge"):
        one_of("l1", "loss", ("bce", "hinge"))


@pytest.mark.parametrize("value", [None, ["bce"], 1, "\ud800", {}])
def test_a_choice_that_is_none(value):
    with pytest.raises(CourseError, match="The loss is .*; it must be one of bce"):
        one_of(value, "loss", {"bce": 0})
    assert one_of("bce", "loss", {"bce": 0}) == "bce"


def test_an_answer_an_error_and_a_busy_server():
    @served
    def double(asked):
        if "number" not in asked:
            raise CourseError("Give a number.")
        if asked["number"] > 9:
            raise Busy
        return {"twice": 2 * asked["number"]}

    assert double.__name__ == "double"  # the name a lab calls
    assert double({"number": 4}) == {"twice": 8}
    for asked in ({}, None, [], "x"):
        assert double(asked) == {"error": "Give a number.", "busy": False}
    assert double({"number": 10}) == {"error": "The server is busy. Try again in a moment.", "busy": True}


def test_one_turn_at_a_time():
    told = []

    def wait() -> None:
        try:
            with turn(0.05):
                told.append("came")
        except Busy:
            told.append("busy")

    with turn():
        other = threading.Thread(target=wait)
        other.start()
        other.join()
    wait()
    assert told == ["busy", "came"]
