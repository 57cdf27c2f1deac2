"""A reader's guesses beside what was measured."""

from collections.abc import Mapping
from typing import Any

from course_lib.errors import CourseError


def compare_guesses(guesses: Mapping[str, Any] | str | float | None, measured: Mapping[str, Any]) -> Any:
    """A table for a notebook's cell: questions, the reader's guesses (None: not made yet) and what was measured.

    Args:
        guesses: question → guess; where there is one question, the guess alone will do.

    Raises:
        CourseError: a question that was measured is missing among the guesses.
    """
    from IPython.display import Markdown

    if not isinstance(guesses, Mapping):
        if len(measured) > 1:
            questions = ", ".join(map(repr, measured))
            raise CourseError(
                f"There are {len(measured)} questions ({questions}); write a guess for each, as {{question: guess}}."
            )
        guesses = dict.fromkeys(measured, guesses)
    missing = [question for question in measured if question not in guesses]
    if missing:
        raise CourseError(f"The guesses have no entry {missing[0]!r}. Run the cell of the guesses again.")
    rows = [
        f"| {question} | {'none yet' if guesses[question] is None else guesses[question]} | {answer} |"
        for question, answer in measured.items()
    ]
    return Markdown("\n".join(["| question | your guess | measured |", "|---|---|---|", *rows]))
