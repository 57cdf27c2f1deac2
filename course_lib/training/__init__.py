"""Training: the loop every task shares, and what papers share (optimiser settings, averages, history, noise,
schedules).
"""

from course_lib.training.history import ImageHistory
from course_lib.training.schedules import linear_decay

__all__ = ["ImageHistory", "linear_decay"]
