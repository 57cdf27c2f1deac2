"""Training: the loop every task shares, and leaves that tasks may use (averages, history, noise, points_sheet, schedules)."""

from course_lib.training.history import ImageHistory
from course_lib.training.schedules import linear_decay

__all__ = ["ImageHistory", "linear_decay"]
