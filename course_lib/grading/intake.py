"""Read a file that was handed in: a plain file of a sensible size, or a sentence on what it is instead.

Links are refused and never followed: one that leads to a solution would be graded as one.
"""

import os
import stat
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.wire import scrub

SOURCE_CAP = 1 << 20  # bytes of an exercise
_CAREFUL = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
_KINDS = (
    (stat.S_ISLNK, "is a link, and links are not followed. Hand in the file itself."),
    (stat.S_ISDIR, "is a folder where a file belongs. Hand in the file itself."),
    (stat.S_ISFIFO, "is a pipe and not a file. Hand in a .py file."),
    (stat.S_ISSOCK, "is a socket and not a file. Hand in a .py file."),
    (stat.S_ISCHR, "is a device and not a file. Hand in a .py file."),
    (stat.S_ISBLK, "is a device and not a file. Hand in a .py file."),
)


class Refused(CourseError):
    """What was handed in cannot be taken as it is; the sentence says why."""


def read_source(path: Path, most: int = SOURCE_CAP) -> bytes:
    """The bytes of a plain file.

    Raises:
        Refused: it is a link or anything else but a plain file, is empty or too large, or cannot be read.
    """
    name = scrub(os.fsencode(path.name).decode("utf-8", "backslashreplace"), 100)
    try:
        # Looked at before it is opened, because to open a device can do something; and again on the open file.
        _refuse_kind(name, os.lstat(path))
        with open(os.open(path, os.O_RDONLY | _CAREFUL), "rb") as file:
            _refuse_kind(name, os.fstat(file.fileno()))
            data = file.read(most + 1)
    except FileNotFoundError as error:
        raise Refused(f"{name} is not there. Name the file, or the folder that it is in.") from error
    except PermissionError as error:
        raise Refused(f"{name} may not be read by whoever grades it. Give read permission (chmod u+r).") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not data.strip():
        raise Refused(f"{name} is empty ({len(data)} bytes). Hand in the file that has your functions.")
    if len(data) > most:
        raise Refused(f"{name} has more than {most} bytes. Hand in the exercise's code alone.")
    return data


def _refuse_kind(name: str, found: os.stat_result) -> None:
    for is_it, what in _KINDS:
        if is_it(found.st_mode):
            raise Refused(f"{name} {what}")
