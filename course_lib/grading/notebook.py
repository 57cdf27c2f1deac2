"""Grading in notebooks: ``check("06.receptive_field", receptive_field)`` shows a card. For learning, not for marks:
the function runs here, in the notebook's own process, on the inputs that learners may see."""

import base64
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.checks import Check, Exercise, exercise_names, load_exercise
from course_lib.grading.compare import same
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.observe import closest
from course_lib.grading.reference import VISIBLE_SEED, Found, Reference, observe_all, reference_for
from course_lib.grading.results import PASSED, CheckResult
from course_lib.grading.tools import a_kind
from course_lib.terminal import fitting

COLOURS = {PASSED: "#1b7f4d", "partial": "#9a6700", "failed": "#b3261e"}


@dataclass
class Card:
    """What ``check`` returns: a card in a notebook, text elsewhere. ``.result`` has it all."""

    result: CheckResult
    picture: bytes | None = None

    @property
    def passed(self) -> bool:
        return self.result.status == PASSED

    def text(self) -> str:
        from course_lib.grading.pytest_functions import in_full

        mark = "✓" if self.passed else "✗"
        return fitting(f"{mark} {in_full(self.result, hints=1)}")

    __str__ = __repr__ = text

    def _repr_html_(self) -> str:
        """The card: points, what was found, a curve where one tells more, hints to open one after the other.

        Plain HTML and no widget, because a widget's content is lost when a notebook is saved, exported or opened elsewhere.
        Beside it a notebook keeps :meth:`text`.
        """
        r, colour = self.result, COLOURS.get(self.result.status, "#444")
        rows = "".join(
            f"<li>{'✓' if c.passed else '✗'} {html.escape(c.name)}{': ' + html.escape(c.difference) if c.difference else ''}</li>"
            for c in r.cases
        )
        parts = [
            f'<div style="border-left:4px solid {colour};padding:4px 12px"><b>{html.escape(r.function)}</b> '
            f'<span style="color:{colour}">{html.escape(r.status)}, {r.score} of {r.max_score} points</span>'
            f'<p style="margin:6px 0;max-width:70ch">{html.escape(r.headline)}</p>'
            f'<ul style="margin:0;padding-left:1.2em;list-style:none;font-size:90%">{rows}</ul>'
        ]
        if self.picture:
            source = base64.b64encode(self.picture).decode()
            parts.append(
                f'<img alt="expected and found curve" style="max-width:420px" src="data:image/png;base64,{source}">'
            )
        if not self.passed:
            parts += [
                f"<details><summary>Hint {i}</summary>{html.escape(hint)}</details>"
                for i, hint in enumerate(r.hints, start=1)
            ]
        return "".join(parts) + "</div>"


def check(name: str, answer: Callable[..., Any]) -> Card:
    """Check one function of an exercise, here and now. Ctrl-C (in a notebook: interrupt) ends it.

    Args:
        name: exercise and function, such as ``"06.receptive_field"``.
        answer: your function.

    Returns:
        A card; as a cell's last line it shows itself.

    Raises:
        CourseError: no such exercise or function, or not a function to check.
    """
    exercise, declared = _declared(name)
    _callable(name, declared, answer)
    reference = reference_for(exercise)
    found = observe_all(declared, answer, (VISIBLE_SEED,))
    result = diagnose(declared, found, reference, (VISIBLE_SEED,))
    return Card(result, _curve(declared, found, reference) if result.status != PASSED else None)


def _declared(name: str) -> tuple[Exercise, Check]:
    """Exercise and check of ``"06.receptive_field"``; ``"6.…"`` and the function's name alone are understood where they are clear."""
    if not isinstance(name, str):
        raise CourseError(
            f'check() takes the name first and then your function: check("06.receptive_field", receptive_field); '
            f"the first is a {type(name).__name__} here."
        )
    number, dot, function = name.partition(".")
    if not dot:
        graded = [n for n in exercise_names() if any(c.function == name for c in load_exercise(n).checks)]
        places = [f"{n.split('_')[0]}.{name}" for n in graded]
        if places:
            example = f"check({places[0]!r}, {name})"
            where = places[0] if len(places) == 1 else f"one of {', '.join(places)}"
            raise CourseError(f"Say which exercise {name!r} is of: {where}. Write {example}.")
        raise CourseError(
            f"{name!r} is no exercise and function. Write the exercise's number, a dot and the function's name, "
            f'as in check("06.receptive_field", receptive_field). Exercises: {", ".join(exercise_names())}.'
        )
    exercise = load_exercise(f"0{number}" if len(number) == 1 and number.isdecimal() else number)
    try:
        return exercise, exercise.check(function)
    except KeyError as error:
        names = [c.function for c in exercise.checks]
        near = closest(function, names)
        example = f"{exercise.name.split('_')[0]}.{next((n for n in names if f'`{n}`' in near), names[0])}"
        raise CourseError(f"{error.args[0]}.{near} Write check({example!r}, …).") from error


def _callable(name: str, declared: Check, answer: Any) -> None:
    if not callable(answer):
        kind = "None" if answer is None else a_kind(answer)
        raise CourseError(
            f"check() wants your function itself and not what it gives ({kind} here): "
            f"write check({name!r}, {declared.function}), without brackets behind {declared.function}."
        )


def _curve(check: Check, found: Found, reference: Reference) -> bytes | None:
    """Expected and found over the input of the first case that asks for a plot and failed."""
    expected = reference.expected(check, (VISIBLE_SEED,))
    for case in check.cases:
        seen, right = found[case.name, VISIBLE_SEED], expected[case.name, VISIBLE_SEED]
        if case.plot is None or seen.error or same(seen, right):
            continue
        if seen.values[case.plot.of].shape != right.values[case.plot.of].shape:
            continue
        from matplotlib.figure import Figure

        over = case.given(VISIBLE_SEED)[case.plot.over].double().numpy()
        figure = Figure(figsize=(4.2, 2.6), dpi=100, layout="constrained")
        axes = figure.subplots()
        marker = "o" if len(over) < 12 else None
        axes.plot(
            over, right.values[case.plot.of].double().numpy(), color="#1b7f4d", lw=2, marker=marker, label="right"
        )
        axes.plot(
            over,
            seen.values[case.plot.of].double().numpy(),
            color="#b3261e",
            lw=2,
            ls="--",
            marker=marker,
            label="yours",
        )
        axes.set_xlabel(case.plot.xlabel)
        axes.set_ylabel(case.plot.ylabel)
        axes.legend(frameon=False)
        axes.spines[["top", "right"]].set_visible(False)
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        return picture.getvalue()
    return None
