"""Where the course lies on this machine: the folder that holds ``zoo/`` and ``exercises/``."""

import os
from pathlib import Path

from course_lib.errors import CourseError


def course_root() -> Path:
    """The folder with ``zoo/`` (and, but for a Space, ``exercises/``): ``COURSE_ROOT`` if set, else the nearest parent
    of the current folder that has either, else of this package.

    Raises:
        CourseError: ``COURSE_ROOT`` is set and is not a folder, or no such parent exists.
    """
    named = os.environ.get("COURSE_ROOT")
    if named:
        root = Path(named).expanduser()
        if not root.is_dir():
            raise CourseError(f"COURSE_ROOT is {named!r}, which is not a folder. Unset it or name the course's folder.")
        return root.resolve()
    package = Path(__file__).resolve().parent
    for start in (Path.cwd(), package.parent):
        for folder in (start, *start.parents):
            # A folder that merely happens to be called "zoo" is not the course: ask for our package or the exercises
            # too.
            if (folder / "zoo").is_dir() and ((folder / "exercises").is_dir() or (folder / "course_lib").is_dir()):
                return folder
    raise CourseError(
        "The course's folder (with zoo/ and exercises/) was not found. Run from inside it or set COURSE_ROOT."
    )


def zoo_dir() -> Path:
    """The folder of trained models."""
    return course_root() / "zoo"


def exercises_dir() -> Path:
    """The folder of exercises."""
    return course_root() / "exercises"
