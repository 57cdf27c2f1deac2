"""What every lesson uses around its own code: its guesses, the checks of its printed text, its slider."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course_lib.errors import CourseError


def strict() -> bool:
    """True where the lesson itself is tested or executed for reading: ``COURSE_STRICT=1``."""
    return os.environ.get("COURSE_STRICT") == "1"


def text_check(holds: Any, sentence: str) -> None:
    """Checks that a sentence of the lesson's text agrees with its numbers.

    A reader who changed a parameter gets a note and can go on; where the lesson is tested it fails.

    Args:
        holds: whether the numbers support the sentence.
        sentence: the claim, as the text makes it.

    Raises:
        AssertionError: it does not hold, and ``COURSE_STRICT`` is 1.
    """
    if bool(holds):
        return
    if strict():
        raise AssertionError(f"The text says: “{sentence}” The numbers of this run do not support it.")
    print(
        f"Note: this cell checks the printed text, which says: “{sentence}” In your run that does not hold. "
        "If you changed a parameter, that is a result of yours: go on."
    )


def compare_guesses(guesses: Mapping[str, Any], measured: Mapping[str, Any]) -> Any:
    """A table of questions, the reader's guesses (None: not made yet) and what was measured, for a notebook's cell.

    Raises:
        CourseError: a question that was measured is missing among the guesses.
    """
    from IPython.display import Markdown

    missing = [question for question in measured if question not in guesses]
    if missing:
        raise CourseError(f"The guesses have no entry {missing[0]!r}. Run the cell of the guesses again.")
    rows = [
        f"| {question} | {'none yet' if guesses[question] is None else guesses[question]} | {answer} |"
        for question, answer in measured.items()
    ]
    return Markdown("\n".join(["| question | your guess | measured |", "|---|---|---|", *rows]))


def slider(draw: Callable[[Any], Any], values: Sequence[Any], *, start: Any, label: str) -> Any:
    """A slider over ``values`` that shows ``draw(value)``; the picture of ``start`` alone where there are no widgets.

    Raises:
        CourseError: ``start`` is not one of the values.
    """
    if start not in values:
        raise CourseError(f"The slider {label!r} cannot start at {start!r}; it has {', '.join(map(str, values))}.")
    if not strict():  # a stored notebook keeps pictures, a widget's content is lost in it
        try:
            import ipywidgets as widgets
        except ImportError:
            print(f"Without ipywidgets there is no slider; the picture shows {label} = {start}.")
        else:
            chosen = widgets.SelectionSlider(
                options=list(values), value=start, description=label, continuous_update=False,
                style={"description_width": "initial"}, layout={"width": "28em"},
            )  # fmt: skip
            return widgets.interactive(lambda value: draw(value), value=chosen)
    return draw(start)
