"""Read a file that a stranger handed in: a plain file of a sensible size, or a sentence on what it is instead."""

import os
import stat
from pathlib import Path

from course_lib.errors import CourseError

SOURCE_CAP = 1 << 20  # bytes of an exercise


def read_source(path: Path, most: int = SOURCE_CAP) -> bytes:
    """The bytes of a plain file; links are not followed, devices and pipes are not opened.

    Raises:
        CourseError: it is something else, too large, or cannot be read.
    """
    try:
        kind = os.lstat(path).st_mode
        if stat.S_ISLNK(kind):
            raise CourseError(f"{path.name} is a link, and links are not followed. Hand in the file itself.")
        if not stat.S_ISREG(kind):
            raise CourseError(f"{path.name} is not a plain file. Hand in a .py file.")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise CourseError(f"{path.name} cannot be read: {error.strerror}.") from error
    if len(data) > most:
        raise CourseError(f"{path.name} has more than {most} bytes. Hand in the exercise's code alone.")
    return data
