"""JUnit XML, as CI systems read it. Schema: schemas/junit.xsd."""

from xml.etree import ElementTree as ET

from course_lib.grading.reports import only
from course_lib.grading.results import NOT_GRADED, PASSED, SKIPPED, UNGRADABLE, Report


def xml(reports: list[Report]) -> str:
    """One suite, one test case a function. Ungradable is an <error>, which is not a <failure>."""
    report = only(reports, "junit")
    count = {s: sum(c.status == s for c in report.checks) for s in (SKIPPED, UNGRADABLE, NOT_GRADED)}
    failures = sum(c.status in ("failed", "partial") for c in report.checks)
    suite = ET.Element(
        "testsuite", name=report.exercise, tests=str(len(report.checks)), failures=str(failures), errors=str(count[UNGRADABLE] + count[NOT_GRADED]),
        skipped=str(count[SKIPPED]), time=f"{report.seconds:.3f}", timestamp=report.started.split("+")[0],
    )  # fmt: skip
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("submission", report.submission),
        ("score", report.score),
        ("max_score", report.max_score),
        ("seed", report.seed),
        *(("not_graded", sentence) for sentence in report.not_graded),
    ):
        ET.SubElement(properties, "property", name=name, value="" if value is None else str(value))
    for check in report.checks:
        case = ET.SubElement(
            suite, "testcase", classname=report.exercise, name=check.function, time=f"{check.seconds:.3f}"
        )
        tag = {PASSED: "", SKIPPED: "skipped", UNGRADABLE: "error", NOT_GRADED: "error"}.get(check.status, "failure")
        if tag:
            detail = ET.SubElement(
                case, tag, {"message": check.headline} | ({} if tag == "skipped" else {"type": check.status})
            )
            detail.text = "\n".join(f"Hint {i}: {h}" for i, h in enumerate(check.hints, start=1)) or None
    ET.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suite, encoding="unicode") + "\n"
