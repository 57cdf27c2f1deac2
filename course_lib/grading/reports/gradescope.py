"""Gradescope's results.json. Schema: schemas/gradescope.json."""

import json
from typing import Any

from course_lib.grading.reports import final
from course_lib.grading.results import PASSED, CheckResult, Report


def results(reports: list[Report]) -> str:
    """One visible test a function, with its hints; what the hidden probes showed is a test that only staff sees."""
    report = final(reports, "gradescope")
    tests: list[dict[str, Any]] = []
    for number, check in enumerate(report.checks, start=1):
        said = [
            check.headline,
            *(f"Hint {i}: {h}" for i, h in enumerate(check.hints, start=1)),
            *(f"Note: it {n}." for n in check.notes),
        ]
        tests.append(
            {
                "name": check.function,
                "number": str(number),
                "score": check.score or 0,
                "max_score": check.max_score,
                "status": "passed" if check.status == PASSED else "failed",
                "visibility": "visible",
                "output_format": "text",
                "output": "\n".join(said),
            }
        )
        hidden = [case for case in check.cases if not case.visible]
        if hidden:
            tests.append(_hidden(check, number))
    out = {
        "score": report.score_so_far, "execution_time": round(report.seconds), "output_format": "text", "output": "\n".join(report.not_graded),
        "stdout_visibility": "hidden", "visibility": "visible", "tests": tests,
    }  # fmt: skip
    return json.dumps(out, indent=2, ensure_ascii=False) + "\n"


def _hidden(check: CheckResult, number: int) -> dict[str, Any]:
    cases = [case for case in check.cases if not case.visible]
    lines = [
        f"{'right' if case.passed else 'wrong'}: {case.name}{' — ' + case.difference if case.difference else ''}"
        for case in cases
    ]
    return {
        "name": f"{check.function} (hidden probes)", "number": f"{number}.h", "score": 0, "max_score": 0,
        "status": "passed" if all(case.passed for case in cases) else "failed", "visibility": "hidden", "output_format": "text", "output": "\n".join(lines),
    }  # fmt: skip
