"""The one internal result that every report is written from."""

from dataclasses import dataclass, field
from typing import Any

from course_lib.grading.checks import Check

PASSED, PARTIAL, FAILED, SKIPPED, UNGRADABLE = "passed", "partial", "failed", "skipped", "ungradable"
NOT_GRADED = "not graded"  # no code of this learner was found or could be read: somebody has to look


@dataclass
class CaseResult:
    name: str
    visible: bool
    passed: bool
    difference: str = ""


@dataclass
class CheckResult:
    """One graded function. ``score`` is None when it was not graded: that is not a zero."""

    function: str
    title: str
    status: str
    score: int | None
    max_score: int
    headline: str = ""
    misconceptions: list[dict[str, Any]] = field(default_factory=list)  # name, sentence, catalogue
    hints: tuple[str, ...] = ()
    cases: list[CaseResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what the submission tried that it may not; costs nothing by itself
    printed: str = ""
    seconds: float = 0.0


def without_judging(check: Check, status: str, headline: str, **more: Any) -> CheckResult:
    """The result of a check whose answer was not compared with anything: no score if it was not graded, else 0."""
    score = None if status in (UNGRADABLE, NOT_GRADED) else 0
    return CheckResult(check.function, check.title, status, score, check.max_score, headline, **more)


@dataclass
class Report:
    """A graded submission."""

    exercise: str
    title: str
    submission: str
    sha256: str
    seed: int
    checks: list[CheckResult]
    limits: dict[str, Any]
    versions: dict[str, str]
    started: str = ""
    seconds: float = 0.0
    file: str = ""  # the one that was graded, of those that were handed in
    not_graded: list[str] = field(
        default_factory=list
    )  # a sentence for each file that may have been meant and was left out

    @property
    def visible_only(self) -> bool:
        """Whether no hidden probes were used: seed 0 makes those that learners may see."""
        return self.seed == 0

    @property
    def ungradable(self) -> list[CheckResult]:
        return [c for c in self.checks if c.status == UNGRADABLE]

    @property
    def max_score(self) -> int:
        return sum(c.max_score for c in self.checks)

    @property
    def score(self) -> int | None:
        """The mark; None while a check was not graded, because a sum without it would be an untrue mark."""
        return None if any(c.score is None for c in self.checks) else self.score_so_far

    @property
    def score_so_far(self) -> int:
        return sum(c.score or 0 for c in self.checks)

    @property
    def status(self) -> str:
        if self.ungradable:
            return UNGRADABLE
        if self.score is None:
            return NOT_GRADED
        return PASSED if self.score == self.max_score else FAILED if self.score == 0 else PARTIAL
