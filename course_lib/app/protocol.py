"""How a lab in the browser asks the server, and what comes back: one protocol for all tabs.

A lab's script calls ``ask('NAME', {…})`` (see lab.js); here NAME is a function from dict to dict under ``@served``.
What cannot be answered comes back as {"error": a sentence, "busy": whether asking again in a moment may help}.

Anyone can send anything, so what was asked is read with ``one_of``, ``whole``, ``seed`` and ``page_key``, which name a wrong value.
"""

import math
import re
import reprlib
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from course_lib.errors import CourseError

MAX_SEED = 9999


class Busy(CourseError):
    """The server has no time for this now. A lab may ask again by itself."""

    def __init__(self, sentence: str = "The server is busy. Try again in a moment.") -> None:
        super().__init__(sentence)


def served(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """A server function of a lab: what is no dict arrives as an empty one, a ``CourseError`` leaves as its sentence."""

    @wraps(answer)
    def function(asked: Any = None) -> dict[str, Any]:
        try:
            return answer(asked if isinstance(asked, dict) else {})
        except CourseError as error:
            return {"error": str(error), "busy": isinstance(error, Busy)}

    return function


def one_of(value: Any, name: str, allowed: Collection[str]) -> str:
    """A choice, checked.

    Raises:
        CourseError: it is not among ``allowed``.
    """
    if not isinstance(value, str) or value not in allowed:
        raise CourseError(f"The {name} is {_shown(value)}; it must be one of {', '.join(allowed)}.")
    return value


def whole(value: Any, name: str, low: int, high: int) -> int:
    """A whole number, checked. 3.0 is one, for JSON knows no other numbers; True, "3" and NaN are none.

    Raises:
        CourseError: no whole number, or outside low … high.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high or value != int(value):
        raise CourseError(f"The {name} is {_shown(value)}; it must be a whole number from {low} to {high}.")
    return int(value)


def page_key(value: Any) -> str:
    """A key that a page made up: 32 hex digits, which nobody guesses.

    Raises:
        CourseError: anything else.
    """
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{32}", value):
        raise CourseError("This page has no key of its own. Reload it.")
    return value


def seed(value: Any, name: str = "seed") -> int:
    """The seed of a run or of noise, checked.

    Raises:
        CourseError: no whole number from 0 to ``MAX_SEED``.
    """
    return whole(value, name, 0, MAX_SEED)


def _shown(value: Any) -> str:
    """A wrong value as a sentence may hold it: short, and nothing in it that cannot be sent (a lone surrogate)."""
    if value is None or value == "":
        return "empty"
    return "NaN" if isinstance(value, float) and math.isnan(value) else reprlib.repr(value)
