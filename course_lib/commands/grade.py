"""The command ``grade``. It imports what it needs when it runs."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from course_lib.grading.results import Report

ALL_RIGHT, NOT_ALL_RIGHT, NOT_WRITTEN_EXIT, NOT_GRADED_EXIT = 0, 1, 2, 3


def grade(
    exercise: str | None = None,
    /,
    submission: Path | None = None,
    submissions: Path | None = None,
    jobs: int = 2,
    out: Path | None = None,
    report: tuple[str, ...] = (),
    hints: int = 1,
    seed: int | None = None,
    self_test: bool = False,
    unsafe: bool = False,
    attempts: Path | None = None,
    expected: Path | None = None,
    limits: bool = False,
) -> int:
    """Grade an exercise and name the mistakes.

    Args:
        exercise: Its name or number (06_pix2pix, 06); every exercise if left out.
        submission: A .py file, a notebook, a ZIP, or the folder with it; the exercise's own exercise.py if left out.
        submissions: What a class handed in: a folder with a folder, file, notebook or ZIP a learner, or a class's ZIP
            from Canvas, Moodle or Gradescope.
        jobs: How many submissions of a class to grade at once.
        out: Where a class's reports, table and page go; "graded" beside the submissions if left out.
        report: One or more FORMAT:PATH; text, json, csv, junit, gradescope, classroom50, html.
        hints: How many hints to show, 0 to 2.
        seed: Of the hidden probes, to grade again as a report says; drawn if left out.
        self_test: Prove the grader by its mutants and print the matrix.
        unsafe: Give marks even where this system does not keep a submission from reading the course.
        attempts: With self-test: answers as learners write them (a JSON list); prints how many are named rightly instead.
        expected: With attempts: which names fit (a JSON object, the attempt's id to a list of names).
        limits: Say in one line what kept the submission within bounds.

    Returns:
        Exit code: 0 all right, 1 something is wrong in the submission (or the self-test), 2 a wrong command or a report
        that could not be written, 3 something was not graded.
    """
    if attempts and not self_test:
        raise CourseError("--attempts belongs to --self-test: grade --self-test --attempts FILE.")
    if self_test:
        return _try_attempts(attempts, expected) if attempts else _self_test(exercise)
    from course_lib.grading.checks import exercise_names
    from course_lib.grading.reports import parsed
    from course_lib.seeds import check_seed

    if seed is not None:
        check_seed(seed)
    names = [exercise] if exercise else exercise_names()
    parsed(report, for_class=submissions is not None)  # a mistyped format is said now, and not after an hour of grading
    if submissions is not None:
        if len(names) != 1:
            raise CourseError(f"Name the exercise to grade a class: one of {', '.join(names)}.")
        return _grade_class(names[0], submissions, out or _beside(submissions), jobs, report, seed, unsafe)
    if len(names) > 1 and (submission or report):
        raise CourseError(f"Name one exercise to use --submission or --report: one of {', '.join(names)}.")
    return max(_grade_one(name, submission, report, hints, seed, unsafe, limits) for name in names)


def _beside(submissions: Path) -> Path:
    submissions = submissions.resolve()
    return submissions.parent / f"{submissions.name if submissions.is_dir() else submissions.stem}_graded"


def _grade_one(
    name: str,
    submission: Path | None,
    report: Sequence[str],
    hints: int,
    seed: int | None,
    unsafe: bool,
    limits: bool = False,
) -> int:
    from course_lib.grading.checks import exercise_folder, load_exercise
    from course_lib.grading.isolation.launch import launcher

    exercise = exercise_folder(name)
    using = launcher()  # its process imports torch while this one does
    try:
        from course_lib.grading.engine import Grader
        from course_lib.grading.reports import table

        declared = load_exercise(exercise)
        # One's own exercise.py is graded to learn from: there is nobody to be protected from.
        with Grader(declared, seed=seed, using=using, unsafe=unsafe or submission is None) as grader:
            progress = _counter(len(declared.checks)) if _is_terminal() else lambda function: None
            graded = grader.grade(submission or exercise / "exercise.py", progress=progress)
    finally:
        using.close()
    said, failed = _written(report, [graded])
    print(table.text([graded], hints=hints) + (table.limits(graded) if limits else "") + said, end="")
    if failed:
        return NOT_WRITTEN_EXIT
    if graded.ungradable or graded.not_graded:
        return NOT_GRADED_EXIT
    return ALL_RIGHT if graded.score == graded.max_score else NOT_ALL_RIGHT


def _written(report: Sequence[str], reports: "list[Report]") -> tuple[str, bool]:
    """Write the reports before anything is printed, since a pipe may be gone; what to print about them, and whether one failed."""
    from course_lib.grading.reports import NotWritten, write_reports

    try:
        written, refused, failed = write_reports(report, reports), "", False
    except NotWritten as error:
        written, refused, failed = list(error.written), f"{error}\n", error.failed
    return "".join(f"Report: {path}\n" for path in written) + refused, failed


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _counter(total: int) -> Callable[[str], None]:
    done = iter(range(1, total + 1))

    def show(function: str) -> None:
        number = next(done)
        print(f"\r\x1b[K{number}/{total} {function}", end="\n" if number == total else "", file=sys.stderr, flush=True)

    return show


def _grade_class(
    name: str, submissions: Path, out: Path, jobs: int, report: Sequence[str], seed: int | None, unsafe: bool
) -> int:
    from tqdm import tqdm

    from course_lib.grading.classroom import grade_class
    from course_lib.grading.reports import table

    bar = tqdm(unit="submission", dynamic_ncols=True, disable=sys.stderr is None)

    def progress(done: int, total: int, graded: "Report", kept: bool) -> None:
        bar.total = total
        bar.set_postfix_str(f"{graded.submission[:30]} {graded.status}{' (kept)' if kept else ''}")
        bar.update(1)

    with bar:
        reports = grade_class(name, submissions, out, jobs=jobs, seed=seed, unsafe=unsafe, progress=progress)
    said, failed = _written(report, reports)
    print(
        f"{len(reports)} submissions. Page: {out / 'class.html'}; table: {out / 'class.csv'}; each report: {out / 'reports'}"
    )
    print(said + "".join(f"{line}\n" for line in table.not_graded(reports) + table.nothing_ran(reports)), end="")
    open_ = [r.submission for r in reports if r.ungradable]
    if open_:
        print(f"Not gradable (grade again to retry): {', '.join(open_)}")
    if failed:
        return NOT_WRITTEN_EXIT
    return NOT_GRADED_EXIT if open_ or any(r.not_graded for r in reports) else ALL_RIGHT


def _self_test(exercise: str | None) -> int:
    from course_lib.grading.checks import exercise_names, load_exercise
    from course_lib.grading.selftest import matrix, run_self_test

    names = [exercise] if exercise else exercise_names()
    test = run_self_test(
        [load_exercise(name) for name in names], progress=lambda text: print(f"{text} …", file=sys.stderr)
    )
    print(matrix(test))
    print(test.last_line())
    return ALL_RIGHT if test.passed else NOT_ALL_RIGHT


def _try_attempts(path: Path, expected: Path | None) -> int:
    from course_lib.grading.attempts import holds, load_attempts, table, try_all

    attempts = load_attempts(path, expected)
    trials = try_all(attempts, progress=lambda attempt: print(f"{attempt.id} …", file=sys.stderr))
    print(table(trials))
    return ALL_RIGHT if holds(trials) else NOT_ALL_RIGHT
