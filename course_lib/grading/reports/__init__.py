"""Every report is written from one :class:`course_lib.grading.results.Report`; files appear whole, by rename."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.results import Report


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def formats() -> dict[str, Callable[[list[Report]], str]]:
    """The report formats by name: each makes text of graded submissions (most of them of exactly one)."""
    from course_lib.grading.reports import classroom50, gradescope, junit, page, table

    return {
        "text": table.text, "json": table.as_json, "csv": table.as_csv, "junit": junit.xml,
        "gradescope": gradescope.results, "classroom50": classroom50.result, "html": page.page,
    }  # fmt: skip


def write_reports(wanted: list[str], reports: list[Report]) -> list[Path]:
    """Write each ``FORMAT:PATH``.

    Raises:
        CourseError: an unknown format, or one that must not be written while a check is ungradable.
    """
    known, written = formats(), []
    for item in wanted:
        form, _, path = item.partition(":")
        if form not in known or not path:
            raise CourseError(f"--report {item!r} is not FORMAT:PATH with a format of {', '.join(known)}.")
        write_whole(Path(path), known[form](reports))
        written.append(Path(path))
    return written


def only(reports: list[Report], form: str) -> Report:
    """The one report a format is made of."""
    if len(reports) != 1:
        raise CourseError(f"A {form} report is for one submission, not {len(reports)}. Use csv or html for a class.")
    return reports[0]


def final(reports: list[Report], form: str) -> Report:
    """The one report, for a platform that stores marks: refused while something could not be graded, because a missing
    mark can be asked for again and a wrong one is believed."""
    report = only(reports, form)
    if report.ungradable:
        names = ", ".join(c.function for c in report.ungradable)
        raise CourseError(
            f"No {form} report was written, because {names} could not be graded and that is not a zero. Grade again."
        )
    return report
