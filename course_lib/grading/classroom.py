"""Grade a folder of submissions in parallel; what is done is kept, so that an interrupted run goes on where it was."""

import hashlib
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.checks import Exercise, load_exercise, parts_of
from course_lib.grading.engine import DEFAULT_SEED, Grader, source_of, versions, warm_reference
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.reference import reference_for
from course_lib.grading.reports import page, table, write_whole
from course_lib.grading.results import FAILED, UNGRADABLE, CaseResult, CheckResult, Report, without_judging


def submissions_in(folder: Path) -> dict[str, Path]:
    """Learner → submission: every folder, and every ``.py`` file, directly inside.

    Raises:
        CourseError: the folder is not there or has none.
    """
    if not folder.is_dir():
        raise CourseError(
            f"{folder} is not a folder. Name the folder that has one folder (or one .py file) for each learner."
        )
    found = {
        p.stem if p.is_file() else p.name: p
        for p in sorted(folder.iterdir())
        if not p.name.startswith((".", "_")) and (p.is_dir() or p.suffix == ".py")
    }
    if not found:
        raise CourseError(
            f"{folder} has no submissions: one folder with exercise.py (or one .py file) for each learner."
        )
    return found


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
    found = submissions_in(submissions)
    reference = reference_for(declared)
    fingerprint = exercise_fingerprint(declared)
    paths = _report_paths(found, out / "reports")
    reports: dict[str, Report] = {}
    todo = []
    for name, submission in found.items():
        kept = _kept(paths[name], submission, declared, seed, fingerprint)
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
                report = _one(grader, found[name], name)
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
    write_whole(out / "class.html", page.page(ordered))
    write_whole(out / "class.csv", table.as_csv(ordered))
    return ordered


def _one(grader: Grader, submission: Path, name: str) -> Report:
    try:
        source_of(submission)
    except CourseError as error:
        return _uniform(grader, name, FAILED, str(error))
    try:
        return grader.grade(submission, name)
    except Exception as error:  # a fault of ours must not cost a class its afternoon
        text = f"Could not be graded, which is not your fault and costs nothing: {type(error).__name__}: {error}. Grade again."
        return _uniform(grader, name, UNGRADABLE, text)


def _uniform(grader: Grader, name: str, status: str, headline: str) -> Report:
    checks = [without_judging(check, status, headline) for check in grader.exercise.checks]
    from course_lib.grading.isolation.runner import limits_in_words

    return Report(
        grader.exercise.name,
        grader.exercise.title,
        name,
        hashlib.sha256(b"").hexdigest(),
        grader.seed,
        checks,
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


def _report_paths(names: Any, folder: Path) -> dict[str, Path]:
    """A file for each learner, whatever the name; two that look alike on disk get numbers."""
    paths: dict[str, Path] = {}
    taken: set[str] = set()
    for name in names:
        stem = re.sub(r"[^\w.-]", "_", name)[:100] or "_"
        unique, n = stem, 2
        while unique.lower() in taken:
            unique, n = f"{stem}_{n}", n + 1
        taken.add(unique.lower())
        paths[name] = folder / f"{unique}.json"
    return paths


def _kept(path: Path, submission: Path, exercise: Exercise, seed: int, fingerprint: str) -> Report | None:
    """An earlier run's report, if it is of this very submission and nothing in it was ungradable."""
    try:
        data = json.loads(path.read_text("utf-8"))
        sha = hashlib.sha256(source_of(submission).read_bytes()).hexdigest()
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
        return from_dict(data) if same and data["score"] is not None else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CourseError):
        return None


def from_dict(data: dict[str, Any]) -> Report:
    """A report from its JSON."""
    checks = [
        CheckResult(**{**c, "hints": tuple(c["hints"]), "cases": [CaseResult(**case) for case in c["cases"]]})
        for c in data["checks"]
    ]
    names = ("exercise", "title", "submission", "sha256", "seed", "limits", "versions", "started", "seconds")
    return Report(checks=checks, **{name: data[name] for name in names})
