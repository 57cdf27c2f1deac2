"""Grade a submission: run each function apart, judge it here, report once at the end."""

import hashlib
import platform
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import torch

from course_lib.grading.checks import Check, Exercise, load_exercise
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.isolation.launch import GraderTrouble, Launcher, launcher
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Job, limits_in_words, run
from course_lib.grading.reference import LiveReference, Reference, reference_for
from course_lib.grading.results import (
    FAILED,
    NOT_GRADED,
    PARTIAL,
    PASSED,
    SKIPPED,
    UNGRADABLE,
    CheckResult,
    Report,
    without_judging,
)
from course_lib.grading.submissions import Submission
from course_lib.grading.submissions import submission as handed_in

DEFAULT_SEED = 1
_judging = threading.Lock()  # a class is graded by threads; the reference's caches are shared


def hidden_places(exercise: Exercise, *more: Path) -> list[str]:
    """What a submission must not read: the course (but for the Python that runs it), and what is named besides."""
    package, root = Path(__file__).resolve().parents[1], exercise.folder.resolve().parents[1]
    python = [Path(p).resolve() for p in (sys.prefix, sys.base_prefix, torch.__file__)]
    candidates = {package, exercise.folder.resolve().parent, *(p.resolve() for p in more)}
    if package.parent == root:
        candidates |= {child.resolve() for child in root.iterdir()}
    return sorted(str(c) for c in candidates if c.exists() and not any(p == c or p.is_relative_to(c) for p in python))


class Grader:
    """Grades submissions of one exercise, one after the other, with one launcher. Close it, or use it in ``with``."""

    def __init__(
        self,
        exercise: Exercise | str | Path,
        *,
        seed: int = DEFAULT_SEED,
        limits: Limits | None = None,
        reference: Reference | None = None,
        using: Launcher | None = None,
        hide: tuple[Path, ...] = (),
    ) -> None:
        self.exercise = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
        self.seed, self.limits = seed, limits or Limits()
        self.reference = reference or reference_for(self.exercise)
        self.seeds = self.reference.seeds(seed)
        self.launcher = using or launcher()
        self.hidden = hidden_places(self.exercise, *hide)

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.launcher.close()

    def grade(self, submission: Path | Submission, progress: Callable[[str], None] = lambda function: None) -> Report:
        """Grade every function of a submission; never raises for what the submission is or does."""
        started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        handed = handed_in(submission, self.exercise) if isinstance(submission, Path) else submission
        results: dict[str, CheckResult] = {}
        in_force: set[str] = set()
        for check in self.exercise.checks:
            progress(check.function)
            if handed.problem:
                results[check.function] = without_judging(check, NOT_GRADED, handed.problem)
            else:
                results[check.function] = self._skipped(check, results) or self._graded(check, handed.source, in_force)
        return Report(
            self.exercise.name, self.exercise.title, handed.name, hashlib.sha256(handed.source).hexdigest(), self.seeds[-1],
            list(results.values()), limits_in_words(self.limits, sorted(in_force)), versions(), started, round(time.monotonic() - clock, 3),
            handed.file, [handed.problem] if handed.problem else handed.aside,
        )  # fmt: skip

    def _skipped(self, check: Check, results: dict[str, CheckResult]) -> CheckResult | None:
        missing = [need for need in check.needs if results[need].status not in (PASSED, PARTIAL)]
        if not missing:
            return None
        if any(results[need].status == UNGRADABLE for need in missing):
            # What builds on something that could not be judged cannot be judged either.
            return without_judging(check, UNGRADABLE, f"Not graded: {missing[0]} could not be. Grade again.")
        text = f"Skipped until {' and '.join(f'`{m}`' for m in missing)} is right: it builds on that."
        return without_judging(check, SKIPPED, text)

    def _graded(self, check: Check, source: bytes, in_force: set[str]) -> CheckResult:
        clock = time.monotonic()
        job = Job(self.exercise, check, source, self.seeds, self.limits, self.hidden)
        trouble = ""
        for _ in range(2):  # what the machine did wrong once, it often does right the second time
            try:
                outcome = run(self.launcher, job)
                break
            except (GraderTrouble, OSError) as error:
                trouble = str(error)
        else:
            text = f"Could not be graded, which is not your fault and costs nothing: {trouble}. Grade again."
            return without_judging(check, UNGRADABLE, text, seconds=round(time.monotonic() - clock, 3))
        in_force |= set(outcome.in_force)
        if outcome.problem:
            result = without_judging(check, FAILED, outcome.problem, hints=check.hints)
        else:
            with _judging:
                result = diagnose(check, outcome.seen, self.reference, self.seeds)
        result.notes, result.printed = outcome.notes, outcome.printed
        result.seconds = round(time.monotonic() - clock, 3)
        return result


def versions() -> dict[str, str]:
    """What a report was made with."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def grade(
    exercise: Exercise | str | Path, submission: str | Path, *, seed: int = DEFAULT_SEED, limits: Limits | None = None
) -> Report:
    """Grade one submission of an exercise in processes of its own.

    Args:
        exercise: name ("06_pix2pix", "06"), folder, or a loaded exercise.
        submission: an ``exercise.py``, a notebook, a ZIP, or the folder with it.
        seed: of the hidden probes. The same seed and submission give the same report, times apart.

    Returns:
        The report; ``.score`` is None while something could not be graded.

    Raises:
        CourseError: no such exercise, no such submission.
    """
    with Grader(exercise, seed=seed, limits=limits) as grader:
        return grader.grade(Path(submission))


def warm_reference(reference: Reference, exercise: Exercise, seeds: tuple[int, ...]) -> None:
    """Compute the expected values and all mistakes now: a class is then graded by lookups."""
    if isinstance(reference, LiveReference):
        for check in exercise.checks:
            reference.expected(check, seeds)
            reference.mistakes(check, seeds)
