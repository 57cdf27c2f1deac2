"""How the grader fares on answers as learners write them: ``grade --self-test --attempts FILE`` prints a table.

Mutants prove that a known mistake is named. Attempts, written by others than the grader's authors, show what becomes of
the rest: a right answer that is refused, a wrong one that is accepted, a name for a mistake that nobody made.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.checks import load_exercise
from course_lib.grading.engine import Grader
from course_lib.grading.isolation.launch import launcher
from course_lib.grading.reference import LiveReference
from course_lib.grading.results import PASSED

HIDDEN_SEED = 1
BAR = 0.85  # of the wrong answers, at least so many are to be named rightly
RIGHTLY, WRONGLY, UNCHECKED, DESCRIBED, ACCEPTED = (
    "named rightly",
    "named wrongly",
    "named, not compared",
    "described",
    "accepted",
)
RIGHT, REFUSED = "right, accepted", "right, refused"


@dataclass(frozen=True)
class Attempt:
    """One answer. ``expected`` holds the names that fit the mistake, by reading the code; None where nobody has said."""

    id: str
    exercise: str
    function: str
    what: str
    right: bool
    code: str
    expected: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Trial:
    """What the grader said of an attempt."""

    attempt: Attempt
    status: str
    names: tuple[str, ...]
    headline: str

    @property
    def outcome(self) -> str:
        """One of the names above. A right name is one that fits, and none beside it that does not."""
        if self.attempt.right:
            return RIGHT if self.status == PASSED else REFUSED
        if self.status == PASSED:
            return ACCEPTED
        if not self.names:
            return DESCRIBED
        if self.attempt.expected is None:
            return UNCHECKED
        return RIGHTLY if set(self.names) <= set(self.attempt.expected) else WRONGLY


def load_attempts(path: Path, expected: Path | None = None) -> list[Attempt]:
    """The attempts of a JSON list of objects with id, exercise, function, what, right and code.

    Args:
        expected: a JSON object, id → the names that fit, for attempts that do not say so themselves in ``expected``.

    Raises:
        CourseError: a file is not of that form.
    """
    try:
        fitting = json.loads(expected.read_text("utf-8")) if expected else {}
        attempts = []
        for one in json.loads(path.read_text("utf-8")):
            names = one.get("expected", fitting.get(one["id"]))
            attempts.append(
                Attempt(
                    one["id"],
                    one["exercise"],
                    one["function"],
                    one["what"],
                    bool(one["right"]),
                    one["code"],
                    None if names is None else tuple(names),
                )
            )
        return attempts
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{path} is no list of attempts ({type(error).__name__}: {error}). It is a JSON list of objects with id, exercise, "
            "function, what, right and code, and perhaps expected, the names that fit."
        ) from error


def try_all(attempts: Sequence[Attempt], progress: Callable[[Attempt], None] = lambda attempt: None) -> list[Trial]:
    """Grade every attempt in a process of its own, put after the solution's text so that its definition is the one that counts."""
    trials, using = [], launcher()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in dict.fromkeys(attempt.exercise for attempt in attempts):
                exercise = load_exercise(name)
                reference = LiveReference(exercise)
                solution = (exercise.folder / "instructor" / "solution.py").read_text("utf-8")
                for attempt in (a for a in attempts if a.exercise == name):
                    progress(attempt)
                    only = replace(exercise, checks=(replace(exercise.check(attempt.function), needs=()),))
                    grader = Grader(only, seed=HIDDEN_SEED, reference=reference, using=using, unsafe=True)
                    file = Path(folder, "exercise.py")
                    file.write_text(f"{solution}\n\n{attempt.code}\n", "utf-8")
                    (result,) = grader.grade(file).checks
                    names = tuple(str(m["name"]) for m in result.misconceptions)
                    trials.append(Trial(attempt, result.status, names, result.headline))
    finally:
        using.close()
    return trials


def holds(trials: Sequence[Trial]) -> bool:
    """Whether the bar is met: no right one refused, no wrong one accepted or named wrongly, most of them named rightly."""
    counts = Counter(trial.outcome for trial in trials)
    wrong = sum(not trial.attempt.right for trial in trials)
    return not (counts[REFUSED] or counts[ACCEPTED] or counts[WRONGLY]) and counts[RIGHTLY] >= BAR * wrong


def table(trials: Sequence[Trial]) -> str:
    """The counts by exercise and in all, and below them every attempt that is not as it should be."""
    heads = ("wrong", RIGHTLY, WRONGLY, UNCHECKED, DESCRIBED, ACCEPTED, "right", "accepted", "refused")
    lines = [f"{'exercise':10}" + "".join(f"{head:>19}" for head in heads)]
    names = list(dict.fromkeys(trial.attempt.exercise for trial in trials))
    for label, some in [(n, [t for t in trials if t.attempt.exercise == n]) for n in names] + [("all", list(trials))]:
        counts = Counter(trial.outcome for trial in some)
        wrong = [t for t in some if not t.attempt.right]
        numbers = [len(wrong), *(counts[o] for o in (RIGHTLY, WRONGLY, UNCHECKED, DESCRIBED, ACCEPTED))]
        numbers += [len(some) - len(wrong), counts[RIGHT], counts[REFUSED]]
        lines.append(f"{label:10}" + "".join(f"{n:>19}" for n in numbers))
    wrong = [t for t in trials if not t.attempt.right]
    if wrong:
        share = sum(t.outcome == RIGHTLY for t in wrong) / len(wrong)
        lines.append(f"\nnamed rightly: {100 * share:.1f} % of the wrong ones (the bar: {100 * BAR:.0f} %)")
    for outcome in (REFUSED, ACCEPTED, WRONGLY, DESCRIBED, UNCHECKED):
        for trial in (t for t in trials if t.outcome == outcome):
            a = trial.attempt
            lines.append(
                f"\n{outcome}: {a.id} {a.function}, {a.what}\n    {'; '.join(trial.names)}\n    {trial.headline}"
            )
    return "\n".join(lines)
