"""Every report is written from one :class:`course_lib.grading.results.Report`; files appear whole, by rename."""

from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.grading.results import Report

# The formats by name: known before anything is imported that makes them, and torch with it.
FORMATS = ("text", "json", "csv", "junit", "gradescope", "classroom50", "html")
FOR_ONE = ("json", "junit", "gradescope", "classroom50")


class NotWritten(CourseError):
    """Reports that were not written; ``written`` are the others, ``failed`` says whether a disk or a path is the reason."""

    written: tuple[Path, ...] = ()
    failed = False


def write_report(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file with these very line ends, whole or not at all."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding, newline=""))


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
    out = []
    for item in wanted:
        form, _, path = item.partition(":")
        if form not in FORMATS or not path:
            raise CourseError(f"--report {item!r} is not FORMAT:PATH with a format of {', '.join(FORMATS)}.")
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
        NotWritten: one that must not be written while a check is ungradable, or cannot be.
    """
    known, written, refused, failed = formats(), list[Path](), list[str](), list[str]()
    for form, path in parsed(wanted, for_class=len(reports) > 1):
        try:
            # Excel takes a CSV for UTF-8 only if it begins with the byte order mark.
            write_report(path, known[form](reports), "utf-8-sig" if form == "csv" else "utf-8")
            written.append(path)
        except NotWritten as error:
            refused.append(str(error))
        except CourseError as error:
            failed.append(str(error))
    if refused or failed:
        not_written = NotWritten(" ".join(refused + failed))
        not_written.written, not_written.failed = tuple(written), bool(failed)
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
