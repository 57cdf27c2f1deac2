"""Grade a folder of submissions in parallel; what is done is kept, so that an interrupted run goes on where it was."""

import hashlib
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.checks import Exercise, load_exercise, parts_of
from course_lib.grading.engine import Grader, draw_seed, versions, warm_reference
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Unprotected
from course_lib.grading.reference import VISIBLE_SEED, reference_for
from course_lib.grading.reports import formats, table, write_report, write_reports
from course_lib.grading.results import UNGRADABLE, CaseResult, CheckResult, Report
from course_lib.grading.submissions import Submission
from course_lib.grading.submissions import submissions as handed_in
from course_lib.grading.submissions.names import file_stems
from course_lib.grading.unchanged import changed, snapshot


def grade_class(
    exercise: Exercise | str | Path,
    submissions: Path,
    out: Path,
    *,
    jobs: int = 2,
    seed: int | None = None,
    limits: Limits | None = None,
    unsafe: bool = False,
    progress: Callable[[int, int, Report, bool], None] = lambda done, total, report, kept: None,
) -> list[Report]:
    """Grade every submission of a folder.

    Args:
        out: gets ``reports/NAME.json`` as each is done, and ``class.html`` and ``class.csv`` at the end.
        seed: of the hidden probes; if left out, that of the reports that are there already, or a new one that nobody knew.
        unsafe: go on where this system does not keep a submission from what it must not reach.
        progress: called with (how many are done, of how many, the report, whether it was kept from an earlier run).

    Returns:
        The reports by name. A submission that breaks the grader is ungradable and stops nobody else.

    Raises:
        CourseError: there is no class, no marks are given on this system, or files of the course changed meanwhile.
    """
    declared = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
    if out.resolve() == submissions.resolve():
        raise CourseError(
            f"{out} is the class's own folder: the reports in it would be graded the next time. Name another --out."
        )
    found = {handed.name: handed for handed in handed_in(submissions, declared, without=out)}
    reference = reference_for(declared)
    fingerprint = exercise_fingerprint(declared)
    paths = {name: out / "reports" / f"{stem}.json" for name, stem in file_stems(found).items()}
    seed = _earlier_seed(paths.values(), declared) if seed is None else seed
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
        formats()  # imports whatever writes reports, before the first submission runs
        before = snapshot(declared.folder)
        free: SimpleQueue[Grader] = SimpleQueue()
        graders = [
            Grader(declared, seed=seed, limits=limits, reference=reference, hide=(submissions, out), unsafe=unsafe)
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
            write_report(paths[name], table.as_json([report]))
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
        _must_be_unchanged(before, declared, [paths[name] for name in todo])
    ordered = [reports[name] for name in found]
    write_reports([f"html:{out / 'class.html'}", f"csv:{out / 'class.csv'}"], ordered)
    return ordered


def _one(grader: Grader, submission: Submission) -> Report:
    try:
        return grader.grade(submission)
    except Unprotected:
        raise
    except Exception as error:  # a fault of ours must not cost a class its afternoon
        text = f"Could not be graded, which is not your fault and costs nothing: {type(error).__name__}: {error}. Grade again."
        return grader.without_grading(submission, UNGRADABLE, text)


def _earlier_seed(paths: Iterable[Path], exercise: Exercise) -> int:
    """The seed of reports that an interrupted run left, so that everybody gets the same probes; else a new one."""
    for path in paths:
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["exercise"] == exercise.name and type(data["seed"]) is int and data["seed"] != VISIBLE_SEED:
                return int(data["seed"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return draw_seed()


def _must_be_unchanged(before: dict[str, str], exercise: Exercise, written: list[Path]) -> None:
    """Put this run's reports aside if the course or the libraries are not what they were when it began."""
    other = changed(before, snapshot(exercise.folder))
    if not other:
        return
    for path in written:
        if path.exists():
            path.rename(path.with_suffix(".not_trusted"))
    raise CourseError(
        f"{len(other)} file{'s' * (len(other) > 1)} of the course or of Python's libraries changed while the class was graded (the first: {other[0]}). "
        f"This run's reports were put aside as {written[0].parent}/*.not_trusted. Find out what changed them, and grade again."
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
