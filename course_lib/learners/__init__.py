"""The learner's edition of the lessons: copies without outputs, which open anywhere and belong to who writes in them."""

import copy
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from course_lib.errors import CourseError
from course_lib.paths import course_root

FIRST_CELL = Path(__file__).with_name("first_cell.py")
UNPACKED = "losses-you-can-see"  # the folder that the first cell makes
LINK = "](../"  # how the lessons link to what is beside notebooks/


@dataclass
class Edition:
    """What became of each lesson."""

    folder: Path
    written: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)  # they were there


def write_edition(out: Path, course: str = "", up: str | None = None) -> Edition:
    """Write a copy of every lesson, without outputs, into a folder. What is there stays as it is.

    Args:
        out: the folder; it is made if it is missing.
        course: the address of the course's ZIP, for notebooks that are opened where the course is not installed.
        up: the folder that links to exercises begin with; found if it is not given.

    Returns:
        Which copies were written, and which were there already.

    Raises:
        CourseError: ``out`` is no folder or cannot be written in, or it is where the course keeps its own; or the course's
            folder holds no lessons.
    """
    root = course_root()
    lessons = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
    if not lessons:
        raise CourseError(
            f"{root / 'notebooks'} holds no lessons. Run this in the course's folder, or set COURSE_ROOT to it."
        )
    out = out.expanduser()
    if out.resolve() == (root / "notebooks").resolve():
        raise CourseError(f"{out} holds the executed lessons of the course. Name another folder for the copies.")
    _make(out)
    if up is None:
        # As an address has it: a space or a bracket would end the link.
        up = UNPACKED if course else quote(Path(os.path.relpath(root, out.resolve())).as_posix())
    edition = Edition(out)
    for lesson in lessons:
        target = out / lesson.name
        fresh = json.dumps(
            for_learners(json.loads(lesson.read_text("utf-8")), up, course), ensure_ascii=False, indent=1
        )
        (edition.written if _put(target, fresh + "\n") else edition.kept).append(target)
    return edition


def for_learners(notebook: dict[str, Any], up: str, course: str = "") -> dict[str, Any]:
    """A lesson as a learner opens it: nothing executed, nothing paired, a first cell that finds the course.

    Args:
        notebook: the lesson, as JSON.
        up: what ``..`` of its links becomes.
        course: the address of the course's ZIP.
    """
    lesson = copy.deepcopy(notebook)
    lesson["metadata"].pop("jupytext", None)
    for cell in lesson["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        else:
            cell["source"] = [line.replace(LINK, f"]({up}/") for line in _lines(cell["source"])]
    source = FIRST_CELL.read_text("utf-8").rstrip("\n").replace('COURSE = ""', f"COURSE = {json.dumps(course)}", 1)
    first = {
        "cell_type": "code", "id": "the-course", "metadata": {"tags": ["hide-input"], "jupyter": {"source_hidden": True}},
        "execution_count": None, "outputs": [], "source": _lines(source),
    }  # fmt: skip
    lesson["cells"].insert(0, first)
    return lesson


def _lines(source: str | list[str]) -> list[str]:
    return "".join(source).splitlines(keepends=True)


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CourseError(f"{out} is a file. Name a folder for the lessons.") from error
    except OSError as error:
        raise CourseError(f"The folder {out} cannot be made ({error.strerror}). Name another one.") from error


def _put(target: Path, text: str) -> bool:
    """Writes a file whole, unless something of that name is there; whether it did."""
    if os.path.lexists(target):
        return False
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, "utf-8")
        try:
            os.link(partial, target)  # unlike a rename, it never replaces what came there in the meantime
        except FileExistsError:
            return False
        except OSError:  # a disk without hard links
            partial.rename(target)
    except OSError as error:
        raise CourseError(
            f"{target} cannot be written ({error.strerror}). Name another folder for the lessons."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return True
