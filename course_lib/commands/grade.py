"""The verbs ``grade`` and ``kit`` of the command line. They import what they need when they run."""

import sys
from collections.abc import Callable
from pathlib import Path

from course_lib.errors import CourseError

ALL_RIGHT, NOT_ALL_RIGHT, UNGRADABLE_EXIT = 0, 1, 3


def grade(
    exercise: str | None = None,
    /,
    submission: Path | None = None,
    submissions: Path | None = None,
    jobs: int = 2,
    out: Path | None = None,
    report: tuple[str, ...] = (),
    hints: int = 1,
    seed: int = 1,
    self_test: bool = False,
) -> int:
    """Grade an exercise and name the mistakes.

    Args:
        exercise: Its name or number (06_pix2pix, 06); every exercise if left out.
        submission: An exercise.py, or the folder with it; the exercise's own if left out.
        submissions: A folder of submissions, one folder or .py file a learner: grades the class.
        jobs: How many submissions of a class to grade at once.
        out: Where a class's reports, table and page go; "graded" beside the submissions if left out.
        report: One or more FORMAT:PATH; text, json, csv, junit, gradescope, classroom50, html.
        hints: How many hints to show, 0 to 2.
        seed: Of the hidden probes.
        self_test: Prove the grader by its mutants and print the matrix.

    Returns:
        Exit code: 0 all right, 1 something is wrong in the submission (or the self-test), 3 something could not be graded.
    """
    if self_test:
        return _self_test(exercise)
    from course_lib.grading.checks import exercise_names

    names = [exercise] if exercise else exercise_names()
    if submissions is not None:
        if len(names) != 1:
            raise CourseError(f"Name the exercise to grade a class: one of {', '.join(names)}.")
        return _grade_class(
            names[0], submissions, out or submissions.parent / f"{submissions.name}_graded", jobs, report, seed
        )
    if len(names) > 1 and (submission or report):
        raise CourseError(f"Name one exercise to use --submission or --report: one of {', '.join(names)}.")
    return max(grade_one(name, submission, list(report), hints, seed) for name in names)


def kit(out: Path) -> None:
    """Make a student kit (no answers; the mistakes are still named) and a teacher kit.

    Args:
        out: A new folder; gets student/ and teacher/.
    """
    from course_lib.grading.kits import make_kits

    for kind, path in make_kits(out).items():
        print(f"{kind}: {path}")


def grade_one(name: str, submission: Path | None, report: list[str], hints: int, seed: int) -> int:
    """Grade one submission, print the table, write the reports; the exit code of :func:`grade`."""
    from course_lib.grading.checks import exercise_folder, load_exercise
    from course_lib.grading.isolation.launch import launcher

    exercise = exercise_folder(name)
    using = launcher()  # its process imports torch while this one does
    try:
        from course_lib.grading.engine import Grader
        from course_lib.grading.reports import table, write_reports

        declared = load_exercise(exercise)
        with Grader(declared, seed=seed, using=using) as grader:
            progress = _counter(len(declared.checks)) if sys.stderr.isatty() else lambda function: None
            graded = grader.grade(submission or exercise / "exercise.py", progress=progress)
    finally:
        using.close()
    print(table.text([graded], hints=hints), end="")
    for path in write_reports(report, [graded]):
        print(f"Report: {path}")
    return UNGRADABLE_EXIT if graded.ungradable else ALL_RIGHT if graded.score == graded.max_score else NOT_ALL_RIGHT


def _counter(total: int) -> Callable[[str], None]:
    done = iter(range(1, total + 1))

    def show(function: str) -> None:
        number = next(done)
        print(f"\r\x1b[K{number}/{total} {function}", end="\n" if number == total else "", file=sys.stderr, flush=True)

    return show


def _grade_class(name: str, submissions: Path, out: Path, jobs: int, report: tuple[str, ...], seed: int) -> int:
    from tqdm import tqdm

    from course_lib.grading.classroom import grade_class
    from course_lib.grading.reports import write_reports

    bar = tqdm(unit="submission", dynamic_ncols=True)

    def progress(done: int, total: int, graded, kept: bool) -> None:
        bar.total = total
        bar.set_postfix_str(f"{graded.submission[:30]} {graded.status}{' (kept)' if kept else ''}")
        bar.update(1)

    with bar:
        reports = grade_class(name, submissions, out, jobs=jobs, seed=seed, progress=progress)
    print(
        f"{len(reports)} submissions. Page: {out / 'class.html'}; table: {out / 'class.csv'}; each report: {out / 'reports'}"
    )
    for path in write_reports(list(report), reports):
        print(f"Report: {path}")
    open_ = [r.submission for r in reports if r.ungradable]
    if open_:
        print(f"Not gradable (grade again to retry): {', '.join(open_)}")
    return UNGRADABLE_EXIT if open_ else ALL_RIGHT


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
