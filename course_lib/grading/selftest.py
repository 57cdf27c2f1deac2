"""The grader proved by its mutants: each is rejected and named, every right answer passes, and none are hard to tell apart."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from course_lib.grading.checks import Exercise
from course_lib.grading.compare import distance
from course_lib.grading.diagnosis import diagnose, shown
from course_lib.grading.reference import VISIBLE_SEED, Found, LiveReference, Mistake, observe_all
from course_lib.grading.results import PASSED

HIDDEN_SEED = 1
SEPARATION = 100.0  # variants lie at least this many tolerances apart


@dataclass(frozen=True)
class Row:
    """One variant of one function: ``kind`` is "right" or "mutant"."""

    exercise: str
    function: str
    kind: str
    name: str
    catalogue: int | None
    rejected: bool
    named: bool
    diagnosis: str
    nearest: str
    distance: float


@dataclass(frozen=True)
class SelfTest:
    rows: list[Row]

    @property
    def mutants(self) -> list[Row]:
        return [r for r in self.rows if r.kind == "mutant"]

    @property
    def false_alarms(self) -> list[Row]:
        return [r for r in self.rows if r.kind == "right" and r.rejected]

    @property
    def passed(self) -> bool:
        return all(r.rejected and r.named and r.distance >= SEPARATION for r in self.mutants) and not self.false_alarms

    def last_line(self) -> str:
        m = self.mutants
        return f"mutants: {len(m)}, rejected: {sum(r.rejected for r in m)}, named: {sum(r.named for r in m)}, false alarms: {len(self.false_alarms)}"


def run_self_test(
    exercises: list[Exercise], hidden: int = HIDDEN_SEED, progress: Callable[[str], None] = lambda text: None
) -> SelfTest:
    """Every mutant and every right answer of the exercises, through the same diagnosis that learners get."""
    rows: list[Row] = []
    for exercise in exercises:
        progress(exercise.name)
        rows.extend(_rows(exercise, hidden))
    return SelfTest(rows)


def _rows(exercise: Exercise, hidden: int) -> Iterator[Row]:
    reference = LiveReference(exercise)
    # Student kits have the visible inputs alone, so those must tell every variant apart by themselves.
    seeds = (VISIBLE_SEED, hidden)
    for check in exercise.checks:
        mistakes = reference.mistakes(check, seeds)
        solution = reference.expected(check, seeds)
        for name, answer in reference.right_answers(check).items():
            result = diagnose(check, observe_all(check, answer, seeds), reference, seeds)
            yield Row(
                exercise.name, check.function, "right", name, None, result.status != PASSED, True, result.headline, "", 0.0
            )  # fmt: skip
        visible = [key for key in solution if key[1] == VISIBLE_SEED]
        gaps = _gaps(mistakes, visible)
        for index, mistake in enumerate(mistakes):
            found = {key: mistake.found[key] for key in solution}
            result = diagnose(check, found, reference, seeds)
            others = [("the right answer", separation(found, solution, visible))] + [
                (other.name, gaps[min(index, i), max(index, i)])
                for i, other in enumerate(mistakes)
                if other.name != mistake.name
            ]
            nearest, gap = min(others, key=lambda pair: pair[1])
            yield Row(
                exercise.name, check.function, "mutant", mistake.name, mistake.catalogue, result.status != PASSED,
                [m["name"] for m in result.misconceptions] == [mistake.name], result.headline, nearest, gap,
            )  # fmt: skip


def _gaps(mistakes: list[Mistake], keys: list[tuple[str, int]]) -> dict[tuple[int, int], float]:
    """How far apart every two mistakes of different names are, by their places in the list, the smaller first."""
    return {
        (i, j): _told_apart(a, b, keys)
        for (i, a), (j, b) in itertools.combinations(enumerate(mistakes), 2)
        if a.name != b.name
    }


def _told_apart(a: Mistake, b: Mistake, keys: list[tuple[str, int]]) -> float:
    """How far apart two mistakes are: infinitely, where the facts that one leaves are never seen of the other."""
    of_a, of_b = ({key: mistake.found[key] for key in keys} for mistake in (a, b))
    by_facts = (a.evidence or b.evidence) and not (shown(a, of_b) and shown(b, of_a))
    return math.inf if by_facts else separation(of_a, of_b, keys)


def separation(a: Found, b: Found, keys: list[tuple[str, int]]) -> float:
    """How far apart two variants are: the largest distance over the cases, in tolerances."""
    return max(distance(a[key], b[key]) for key in keys)


def matrix(test: SelfTest) -> str:
    """The table that ``grade --self-test`` prints."""
    lines, function = [], ""
    for row in test.rows:
        if row.function != function:
            function = row.function
            lines.append(f"\n{row.exercise} · {function}")
        if row.kind == "right":
            lines.append(f"  {'REJECTED' if row.rejected else 'passes':9} {row.name}")
        else:
            verdict = "named" if row.rejected and row.named else "rejected" if row.rejected else "PASSES"
            number = f"[{row.catalogue}]" if row.catalogue else ""
            gap = "another form or error" if math.isinf(row.distance) else f"{row.distance:.1e} tolerances"
            lines.append(f"  {verdict:9} {row.name:38} {number:5} nearest: {row.nearest} ({gap})")
    return "\n".join(lines)
