"""Which numbers are seeds: those that torch, numpy and Python's own generator all take."""

from course_lib.errors import CourseError


def check_seed(seed: object) -> None:
    """Refuses what is no seed.

    Raises:
        CourseError: it is no whole number, or not from 0 to 2**32 − 1.
    """
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise CourseError(f"seed is {seed}; it must be a whole number from 0 to 2**32 − 1.")
