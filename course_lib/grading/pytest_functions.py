"""The door for pytest: one test for each graded function, the diagnosis in the failure, the points in the summary."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from course_lib.grading.checks import load_exercise
from course_lib.grading.results import FAILED, NOT_GRADED, PARTIAL, SKIPPED, UNGRADABLE, CheckResult, Report

_REPORTS = pytest.StashKey[dict[Path, Report]]()


class Ungradable(Exception):
    """The grader or the machine failed; it costs nothing. Run again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("exercises")
    group.addoption(
        "--submission",
        default=None,
        help="grade this .py file, notebook, ZIP or folder instead of the exercise's own exercise.py",
    )
    group.addoption("--hints", type=int, default=1, choices=(0, 1, 2), help="how many hints a failure shows")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    from course_lib.grading.reports.table import not_graded

    for report in config.stash.get(_REPORTS, {}).values():
        open_ = f" ({len(report.ungradable)} could not be graded: run again)" if report.ungradable else ""
        terminalreporter.section(
            f"{report.exercise}: {report.score_so_far} of {report.max_score} points{open_}", sep="-"
        )
        for check in report.checks:
            points = "   ?" if check.score is None else f"{check.score:4d}"
            terminalreporter.write_line(f"{points} / {check.max_score}  {check.status:10}  {check.function}")
        for line in not_graded([report]):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def graded(request: pytest.FixtureRequest) -> Callable[[Path], Report]:
    """Grades the exercise of a folder, once a session."""
    reports = request.config.stash.setdefault(_REPORTS, {})

    def of(folder: Path) -> Report:
        if folder not in reports:
            from course_lib.grading.engine import grade

            named = request.config.getoption("--submission")
            # One's own exercise.py is graded to learn from: there is nobody to be protected from.
            reports[folder] = grade(folder, Path(named or folder / "exercise.py"), unsafe=not named)
        return reports[folder]

    return of


def function_tests(test_file: str) -> Callable[..., None]:
    """The test function of an exercise folder: ``test_function = function_tests(__file__)``."""
    folder = Path(test_file).resolve().parent
    names = [check.function for check in load_exercise(folder).checks]

    @pytest.mark.parametrize("name", names)
    def test_function(name: str, graded: Callable[[Path], Report], request: pytest.FixtureRequest) -> None:
        __tracebackhide__ = True
        result = next(check for check in graded(folder).checks if check.function == name)
        if result.status == SKIPPED:
            pytest.skip(result.headline)
        if result.status == UNGRADABLE:
            raise Ungradable(result.headline)
        if result.status in (FAILED, PARTIAL, NOT_GRADED):
            pytest.fail(in_full(result, int(request.config.getoption("--hints"))), pytrace=False)

    return test_function


def in_full(result: CheckResult, hints: int) -> str:
    """Headline, points and hints of one result, as plain text."""
    points = "not graded" if result.score is None else f"{result.score} of {result.max_score} points"
    lines = [f"{result.function}: {points}", result.headline]
    lines += [f"Hint {i}: {hint}" for i, hint in enumerate(result.hints[:hints], start=1)]
    lines += [f"Note: it {note}." for note in result.notes]
    if result.printed:
        lines += ["It printed:", result.printed.rstrip()]
    return "\n".join(lines)
