"""Grade a folder of submissions in parallel; what is done is kept, so that an interrupted run goes on where it was."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from course_lib.grading.checks import Exercise, load_exercise, parts_of
from course_lib.grading.engine import DEFAULT_SEED, Grader, versions, warm_reference
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.reference import reference_for
from course_lib.grading.reports import table, write_reports, write_whole
from course_lib.grading.results import UNGRADABLE, CaseResult, CheckResult, Report, without_judging
from course_lib.grading.submissions import Submission
from course_lib.grading.submissions import submissions as handed_in
from course_lib.grading.submissions.names import file_stems


def grade_class(
    exercise: Exercise | str | Path,
    submissions: Path,
    out: Path,
    *,
    jobs: int = 2,
    seed: int = DEFAULT_SEED,
    limits: Limits | None = None,
    progress: Callable[[int, int, Report, bool], None] = lambda done, total, report, kept: None,
) -> list[Report]:
    """Grade every submission of a folder.

    Args:
        out: gets ``reports/NAME.json`` as each is done, and ``class.html`` and ``class.csv`` at the end.
        progress: called with (how many are done, of how many, the report, whether it was kept from an earlier run).

    Returns:
        The reports by name. A submission that breaks the grader is ungradable and stops nobody else.
    """
    declared = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
    found = {handed.name: handed for handed in handed_in(submissions, declared, without=out)}
    reference = reference_for(declared)
    fingerprint = exercise_fingerprint(declared)
    paths = {name: out / "reports" / f"{stem}.json" for name, stem in file_stems(found).items()}
    reports: dict[str, Report] = {}
    todo = []
    for name, submission in found.items():
        kept = _kept(paths[name], submission, declared, reference.seeds(seed)[-1], fingerprint)
        if kept:
            reports[name] = kept
            progress(len(reports), len(found), kept, True)
        else:
            todo.append(name)
    if todo:
        warm_reference(reference, declared, reference.seeds(seed))
        free: SimpleQueue[Grader] = SimpleQueue()
        graders = [
            Grader(declared, seed=seed, limits=limits, reference=reference, hide=(submissions, out))
            for _ in range(max(1, min(jobs, len(todo))))
        ]
        for grader in graders:
            free.put(grader)

        def one(name: str) -> Report:
            grader = free.get()
            try:
                report = _one(grader, found[name])
            finally:
                free.put(grader)
            report.versions["exercise"] = fingerprint
            write_whole(paths[name], table.as_json([report]))
            return report

        pool = ThreadPoolExecutor(len(graders))
        try:
            waiting = {pool.submit(one, name): name for name in todo}
            for future in as_completed(waiting):
                report = reports[waiting[future]] = future.result()
                progress(len(reports), len(found), report, False)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for grader in graders:
                grader.close()
    ordered = [reports[name] for name in found]
    write_reports([f"html:{out / 'class.html'}", f"csv:{out / 'class.csv'}"], ordered)
    return ordered


def _one(grader: Grader, submission: Submission) -> Report:
    try:
        return grader.grade(submission)
    except Exception as error:  # a fault of ours must not cost a class its afternoon
        text = f"Could not be graded, which is not your fault and costs nothing: {type(error).__name__}: {error}. Grade again."
        return _ungradable(grader, submission, text)


def _ungradable(grader: Grader, submission: Submission, headline: str) -> Report:
    from course_lib.grading.isolation.runner import limits_in_words

    return Report(
        grader.exercise.name,
        grader.exercise.title,
        submission.name,
        hashlib.sha256(submission.source).hexdigest(),
        grader.seeds[-1],
        [without_judging(check, UNGRADABLE, headline) for check in grader.exercise.checks],
        limits_in_words(grader.limits, []),
        versions(),
    )


def exercise_fingerprint(exercise: Exercise) -> str:
    """Changes when the checks, the solution or the mutants change: reports from before are then graded anew."""
    digest = hashlib.sha256()
    for name in ("checks.py", "instructor/solution.py", "instructor/mutants.py", "visible.safetensors"):
        for path in [exercise.folder / name, *parts_of(exercise.folder / name)]:
            digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()[:16]


def _kept(path: Path, submission: Submission, exercise: Exercise, seed: int, fingerprint: str) -> Report | None:
    """An earlier run's report, if it is of this very submission and nothing in it was ungradable."""
    try:
        data = json.loads(path.read_text("utf-8"))
        sha = hashlib.sha256(submission.source).hexdigest()
        same = data["schema"] == table.SCHEMA and (data["sha256"], data["seed"], data["exercise"]) == (
            sha,
            seed,
            exercise.name,
        )
        same = (
            same
            and data["versions"].get("exercise") == fingerprint
            and data["versions"].get("torch") == versions()["torch"]
        )
        same = same and (data["file"], data["not_graded"]) == (submission.file, submission.aside)
        return from_dict(data) if same and data["score"] is not None else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def from_dict(data: dict[str, Any]) -> Report:
    """A report from its JSON."""
    checks = [
        CheckResult(**{**c, "hints": tuple(c["hints"]), "cases": [CaseResult(**case) for case in c["cases"]]})
        for c in data["checks"]
    ]
    names = (
        "exercise",
        "title",
        "submission",
        "sha256",
        "seed",
        "limits",
        "versions",
        "started",
        "seconds",
        "file",
        "not_graded",
    )
    return Report(checks=checks, **{name: data[name] for name in names})
