"""The terminal's table, JSON, and CSV."""

import csv
import io
import json
import re
import textwrap
from dataclasses import asdict
from typing import Any

from course_lib.grading.observe import SOURCE_NAME
from course_lib.grading.reports import only
from course_lib.grading.results import NOT_GRADED, PASSED, SKIPPED, Report

SCHEMA = "losses-you-can-see/report/v1"
MARKS = {PASSED: "✓", "partial": "◐", "failed": "✗", SKIPPED: "–", "ungradable": "?", NOT_GRADED: "?"}
COLUMNS = (
    "submission", "exercise", "status", "score", "max_score", "ungradable", "misconceptions", "sha256", "seed", "not_graded",
)  # fmt: skip
# What a spreadsheet takes for a formula at the start of a cell, or behind a semicolon, which is where a cell starts in half of Europe.
FORMULA = re.compile(r"(^|[;\t\r\n])([\s\"']*)(?=[=+\-@＝＋－＠\t\r\n])")


def text(reports: list[Report], hints: int = 1) -> str:
    """What a learner reads in the terminal."""
    return "\n\n".join(_one(report, hints) for report in reports) + "\n"


def _one(report: Report, hints: int) -> str:
    lines = [f"{report.exercise}: {report.title}", ""]
    if report.status == NOT_GRADED:
        return "\n".join([*lines, *not_graded([report]), "", f"No mark yet, of {report.max_score} points"])
    total = f"{report.score_so_far} of {report.max_score} points"
    for check, before in zip(report.checks, [None, *report.checks], strict=False):
        points = " ?" if check.score is None else f"{check.score:2d}"
        lines.append(f"{MARKS[check.status]} {points}/{check.max_score}  {check.function}")
        # What stops the whole file, such as a line that is no Python, is said once and not for every function.
        if check.status != PASSED and not (before and before.headline == check.headline):
            lines += _wrapped(check.headline)
            # Hints for the first things to do; what is skipped has its turn later.
            lines += [
                line for i, hint in enumerate(check.hints[:hints], start=1) for line in _wrapped(f"Hint {i}: {hint}")
            ]
        lines += [line for note in check.notes for line in _wrapped(f"Note: it {note}.")]
        if check.printed and check.status != PASSED:
            lines += _wrapped("It printed: " + check.printed.strip()[:300])
    lines += [
        "",
        total
        + (
            f", and {len(report.ungradable)} checks could not be graded (not your fault): grade again"
            if report.ungradable
            else ""
        ),
    ]
    if report.score == report.max_score:
        lines.append("Everything is right. Well done!")
    if report.visible_only:
        lines.append("Compared on the visible numbers only; your teacher's grading uses hidden ones as well.")
    lines += not_graded([report])
    return "\n".join(lines)


def limits(report: Report) -> str:
    """What kept the submission within bounds, in one line."""
    lacking = report.limits["not_in_force"]
    missing = f" Not on this system: {', '.join(lacking)}." if lacking else ""
    return f"Limits in force: {', '.join(report.limits['in_force'])}.{missing}\n"


def not_graded(reports: list[Report]) -> list[str]:
    """What was left out of the grading, for somebody to look at: one line each, with the learner's name."""
    return [f"Not graded: {r.submission}: {sentence}" for r in reports for sentence in r.not_graded]


def nothing_ran(reports: list[Report]) -> list[str]:
    """Who has no point because the file as a whole could not be run, which may be the file's fault and not the answer's."""
    lines = []
    for report in reports:
        reasons = {check.headline for check in report.checks if check.status != SKIPPED}
        if not report.score and len(reasons) == 1 and (reason := reasons.pop()).startswith(f"{SOURCE_NAME} "):
            lines.append(f"Nothing ran: {report.submission}: {reason}")
    return lines


def _wrapped(paragraph: str) -> list[str]:
    return textwrap.wrap(paragraph, width=100, initial_indent="        ", subsequent_indent="        ") or [""]


def as_dict(report: Report) -> dict[str, Any]:
    """The report as plain data: its schema is schemas/report.json."""
    return {
        "schema": SCHEMA, "exercise": report.exercise, "title": report.title, "submission": report.submission, "sha256": report.sha256,
        "seed": report.seed, "status": report.status, "score": report.score, "score_so_far": report.score_so_far, "max_score": report.max_score,
        "checks": [{**asdict(c), "hints": list(c.hints)} for c in report.checks],
        "limits": report.limits, "versions": report.versions, "started": report.started, "seconds": report.seconds,
        "file": report.file, "not_graded": report.not_graded,
    }  # fmt: skip


def as_json(reports: list[Report]) -> str:
    return json.dumps(as_dict(only(reports, "json")), indent=2, ensure_ascii=False) + "\n"


def as_csv(reports: list[Report]) -> str:
    """One row a learner: the fixed columns, then the points of each check (empty where it could not be graded)."""
    functions = list(dict.fromkeys(c.function for report in reports for c in report.checks))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *functions])
    for r in sorted(reports, key=lambda r: r.submission):
        points = {c.function: c.score for c in r.checks}
        mistakes = "; ".join(f"{c.function}: {m['name']}" for c in r.checks for m in c.misconceptions)
        row = [r.submission, r.exercise, r.status, r.score, r.max_score, len(r.ungradable), mistakes, r.sha256, r.seed]
        row.append(" ".join(r.not_graded))
        writer.writerow([_cell(v) for v in [*row, *(points.get(f) for f in functions)]])
    return out.getvalue()


def _cell(value: Any) -> Any:
    """A name may be written so that a spreadsheet runs it as a formula: an apostrophe makes it text."""
    return FORMULA.sub(r"\1\2'", value) if isinstance(value, str) else value
