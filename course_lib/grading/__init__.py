"""Grading that names the mistake. ``check(name, answer)`` in a notebook, ``grade(exercise, submission)`` for a report.

See docs/grading.md for how to write an exercise, what the isolation is, and what it is not.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course_lib.grading.engine import grade
    from course_lib.grading.notebook import check

__all__ = ["check", "grade"]


def __getattr__(name: str) -> Any:  # torch is imported when something is graded, not when the command line starts
    if name == "grade":
        from course_lib.grading.engine import grade

        return grade
    if name == "check":
        from course_lib.grading.notebook import check

        return check
    raise AttributeError(name)
