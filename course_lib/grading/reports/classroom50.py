"""Classroom 50's result.json, ``classroom50/result/v1``. Schema: schemas/classroom50.json."""

import json
import os

from course_lib.grading.reports import final
from course_lib.grading.results import PASSED, Report

IDENTITY = {
    "classroom": "CLASSROOM", "assignment": "ASSIGNMENT", "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL", "release": "RELEASE_URL", "review": "REVIEW_URL",
}  # fmt: skip


def result(reports: list[Report]) -> str:
    """Scores are whole numbers; who and what comes from the platform's environment variables, empty where they are unset."""
    report = final(reports, "classroom50")
    who = {key: os.environ.get(variable, "") for key, variable in IDENTITY.items()}
    tests = [
        {"test-name": c.function, "passed": c.status == PASSED, "score": c.score or 0, "max-score": c.max_score}
        for c in report.checks
    ]
    # The format has no place for a remark, and a remark must not be lost.
    tests += [{"test-name": f"not graded: {s}", "passed": False, "score": 0, "max-score": 0} for s in report.not_graded]
    out = {
        "schema": "classroom50/result/v1",
        "classroom": who["classroom"], "assignment": who["assignment"] or report.exercise,
        "owner": os.environ.get("OWNER") or os.environ.get("GITHUB_REPOSITORY_OWNER") or report.submission,
        "assignment_type": os.environ.get("ASSIGNMENT_TYPE", "individual"),
        "submission": who["submission"] or report.submission, "commit": who["commit"], "release": who["release"], "review": who["review"],
        "datetime": report.started, "score": report.score_so_far, "max-score": report.max_score, "tests": tests,
    }  # fmt: skip
    return json.dumps(out, indent=2, ensure_ascii=False) + "\n"
