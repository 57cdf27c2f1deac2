"""Grade a submission: run each function apart, mark it here, report once at the end."""

import hashlib
import itertools
import platform
import secrets
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import torch

from course_lib.errors import CourseError
from course_lib.grading.checks import Check, Exercise, load_exercise
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.isolation.launch import GraderTrouble, Launcher, launcher
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Job, Outcome, limits_in_words, run
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
from course_lib.grading.stops import of_problem
from course_lib.grading.submissions import Submission
from course_lib.grading.submissions import submission as handed_in
from course_lib.grading.wire import scrub

MOST_SECRETS = 300  # files that a submission's process tries to read before its first line
HEADLINE = 2000
_judging = threading.Lock()  # a class is graded by threads; the reference's caches are shared


def draw_seed() -> int:
    """A seed for hidden probes that nobody knows beforehand: six digits, so that it can be typed again."""
    return 100_000 + secrets.randbelow(900_000)


def hidden_places(exercise: Exercise, *more: Path) -> list[str]:
    """What a submission must not read: the course (but for the Python that runs it), and what is named besides."""
    package, root = Path(__file__).resolve().parents[1], exercise.folder.resolve().parents[1]
    python = [Path(p).resolve() for p in (sys.prefix, sys.base_prefix, torch.__file__)]
    candidates = {package, exercise.folder.resolve().parent, *(p.resolve() for p in more)}
    if package.parent == root:
        candidates |= {child.resolve() for child in root.iterdir()}
    return sorted(str(c) for c in candidates if c.exists() and not any(p == c or p.is_relative_to(c) for p in python))


def _secret_files(exercise: Exercise, *more: Path) -> list[str]:
    """Files of which each alone would be worth reading: a system's permissions may close a folder and leave them open."""
    places = [exercise.folder / "instructor", exercise.folder, *more]
    found = (f for place in places for f in ([place] if place.is_file() else sorted(place.rglob("*"))))
    files = (str(f) for f in found if f.is_file() and f.suffix != ".pyc")
    return list(itertools.islice(files, MOST_SECRETS))


class Grader:
    """Grades submissions of one exercise, one after the other, with one launcher. Close it, or use it in ``with``.

    Args:
        seed: of the hidden probes; drawn if left out.
        hide: places beside the course that a submission must not read, such as the others' submissions.
        unsafe: go on where this system does not keep a submission from what it must not reach.
        landlock: the newest version to use, for tests of what older kernels have.
    """

    def __init__(
        self,
        exercise: Exercise | str | Path,
        *,
        seed: int | None = None,
        limits: Limits | None = None,
        reference: Reference | None = None,
        using: Launcher | None = None,
        hide: tuple[Path, ...] = (),
        unsafe: bool = False,
        landlock: int = 99,
    ) -> None:
        self.exercise = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
        self.seed, self.limits = draw_seed() if seed is None else seed, limits or Limits()
        self.reference = reference or reference_for(self.exercise)
        self.seeds = self.reference.seeds(self.seed)
        self.launcher = using or launcher()
        self.unsafe, self.landlock = unsafe, landlock
        self.hidden = hidden_places(self.exercise, *hide)
        self.secret = _secret_files(self.exercise, *hide)
        self.outside = [str(self.exercise.folder / "checks.py"), __file__, str(torch.__file__)]

    def __enter__(self) -> "Grader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.launcher.close()

    def grade(self, submission: Path | Submission, progress: Callable[[str], None] = lambda function: None) -> Report:
        """Grade every function of a submission; never raises for what the submission is or does.

        Raises:
            CourseError: there is no such submission.
            Unprotected: this system does not keep it from what it must not reach.
        """
        handed = handed_in(submission, self.exercise) if isinstance(submission, Path) else submission
        if handed.problem:
            return self.without_grading(handed, NOT_GRADED, handed.problem)
        started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        results: dict[str, CheckResult] = {}
        seen = _Seen()
        for check in self.exercise.checks:
            progress(check.function)
            results[check.function] = self._skipped(check, results) or self._graded(check, handed.source, seen)
        return self._report(handed, list(results.values()), seen, started, round(time.monotonic() - clock, 3))

    def without_grading(self, submission: Submission, status: str, headline: str) -> Report:
        """The report of a submission that was not run: every check has the same status and words."""
        checks = [without_judging(check, status, scrub(headline, HEADLINE)) for check in self.exercise.checks]
        return self._report(submission, checks, _Seen(), datetime.now(UTC).isoformat(timespec="seconds"), 0.0)

    def _report(
        self, submission: Submission, checks: list[CheckResult], seen: "_Seen", started: str, seconds: float
    ) -> Report:
        limits = limits_in_words(self.limits, sorted(seen.in_force), sorted(seen.possible))
        digest = hashlib.sha256(submission.source).hexdigest()
        return Report(
            self.exercise.name, self.exercise.title, submission.name, digest, self.seeds[-1], checks, limits, versions(), started, seconds,
            submission.file, [submission.problem] if submission.problem else submission.aside,
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

    def _graded(self, check: Check, source: bytes, seen: "_Seen") -> CheckResult:
        clock = time.monotonic()
        try:
            outcome = seen.not_loaded or self._run(check, source)
            seen.in_force |= set(outcome.in_force)
            seen.possible |= set(outcome.possible)
            if not outcome.loaded:  # what stops the whole file stops it for every function, and is run once
                seen.not_loaded = outcome
            result = self._judged(check, outcome)
        except CourseError:
            raise
        except Exception as error:  # the machine's, or a fault of ours: nothing that a submission does comes here
            what = str(error) if isinstance(error, GraderTrouble) else f"{type(error).__name__}: {error}"
            text = f"Could not be graded, which is not your fault and costs nothing: {what}. Grade again."
            return without_judging(check, UNGRADABLE, scrub(text, HEADLINE), seconds=round(time.monotonic() - clock, 3))
        result.notes, result.printed = outcome.notes, outcome.printed
        result.seconds = round(time.monotonic() - clock, 3)
        return result

    def _run(self, check: Check, source: bytes) -> Outcome:
        """One more try where the machine failed, or where something ended the process that may have come from outside."""
        job = Job(
            self.exercise, check, source, self.seeds, self.limits, self.hidden, self.secret, self.outside, self.unsafe, self.landlock
        )  # fmt: skip
        try:
            outcome = run(self.launcher, job)
        except (GraderTrouble, OSError):
            return run(self.launcher, job)
        return run(self.launcher, job) if outcome.doubtful else outcome

    def _judged(self, check: Check, outcome: Outcome) -> CheckResult:
        if outcome.problem:
            named = [of_problem(outcome.problem).as_dict()]
            return without_judging(check, FAILED, outcome.problem, hints=check.hints, misconceptions=named)
        try:
            with _judging:
                result = diagnose(check, outcome.seen, self.reference, self.seeds)
        except Exception as error:
            self.reference.expected(check, self.seeds)  # if the fault is in these, it is ours, and raised again
            self.reference.mistakes(check, self.seeds)
            # What it gave cannot be compared with what is right: it is not right.
            text = f"What it gave cannot be compared with the right answer ({type(error).__name__}: {error})."
            return without_judging(check, FAILED, scrub(text, HEADLINE), hints=check.hints)
        result.headline = scrub(result.headline, HEADLINE)
        for case in result.cases:
            case.difference = scrub(case.difference, HEADLINE)
        return result


class _Seen:
    """What is known of a submission while its functions are graded."""

    def __init__(self) -> None:
        self.in_force: set[str] = set()
        self.possible: set[str] = set()
        self.not_loaded: Outcome | None = None


def versions() -> dict[str, str]:
    """What a report was made with."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def grade(
    exercise: Exercise | str | Path,
    submission: str | Path,
    *,
    seed: int | None = None,
    limits: Limits | None = None,
    unsafe: bool = False,
) -> Report:
    """Grade one submission of an exercise in processes of its own.

    Args:
        exercise: name ("06_pix2pix", "06"), folder, or a loaded exercise.
        submission: an ``exercise.py``, a notebook, a ZIP, or the folder with it.
        seed: of the hidden probes; drawn if left out. The same seed and submission give the same report, times apart.
        unsafe: go on where this system does not keep a submission from what it must not reach.

    Returns:
        The report; ``.score`` is None while something could not be graded.

    Raises:
        CourseError: no such exercise, no such submission, or no mark is given on this system.
    """
    with Grader(exercise, seed=seed, limits=limits, unsafe=unsafe) as grader:
        return grader.grade(Path(submission))


def warm_reference(reference: Reference, exercise: Exercise, seeds: tuple[int, ...]) -> None:
    """Compute the expected values and all mistakes now: a class is then graded by lookups."""
    if isinstance(reference, LiveReference):
        for check in exercise.checks:
            reference.expected(check, seeds)
            reference.mistakes(check, seeds)
