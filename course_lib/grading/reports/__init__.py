"""Every report is written from one :class:`course_lib.grading.results.Report`; files appear whole, by rename."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.results import Report

FOR_ONE = ("json", "junit", "gradescope", "classroom50")


class NotWritten(CourseError):
    """A report that must not be written for what was graded; ``written`` are the others."""

    written: tuple[Path, ...] = ()


def write_whole(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing_")
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
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


def parsed(wanted: Sequence[str], for_class: bool = False) -> list[tuple[str, Path]]:
    """Format and path of each ``FORMAT:PATH``: asked before anything is graded.

    Raises:
        CourseError: an unknown format, no path, or for a class a format that holds one submission.
    """
    known, out = formats(), []
    for item in wanted:
        form, _, path = item.partition(":")
        if form not in known or not path:
            raise CourseError(f"--report {item!r} is not FORMAT:PATH with a format of {', '.join(known)}.")
        if for_class and form in FOR_ONE:
            raise CourseError(
                f"A {form} report is for one submission, not for a class. Use text, csv or html for a class."
            )
        out.append((form, Path(path)))
    return out


def write_reports(wanted: Sequence[str], reports: list[Report]) -> list[Path]:
    """Write each ``FORMAT:PATH``; one that cannot be written keeps no other from being written.

    Raises:
        CourseError: an unknown format, or for more than one report a format that holds one.
        NotWritten: one that must not be written while a check is ungradable.
    """
    known, written, refused = formats(), [], []
    for form, path in parsed(wanted, for_class=len(reports) > 1):
        try:
            # Excel takes a CSV for UTF-8 only if it begins with the byte order mark.
            write_whole(path, known[form](reports), "utf-8-sig" if form == "csv" else "utf-8")
            written.append(path)
        except NotWritten as error:
            refused.append(str(error))
    if refused:
        not_written = NotWritten(" ".join(refused))
        not_written.written = tuple(written)
        raise not_written
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
        raise NotWritten(
            f"No {form} report was written, because {names} could not be graded and that is not a zero. Grade again."
        )
    return report
