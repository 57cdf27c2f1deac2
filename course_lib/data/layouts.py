"""How a folder's pictures are laid out: the ways that other codes keep two sides of pictures, told apart.

    trainA/ trainB/ · train/A/ train/B/ · A/train/ B/train/ · A/ B/      (beside them test or val in the same form)
    NAME_A.png NAME_B.png in one folder · both halves in one file

Upper and lower case are the same, and pictures may lie in sub-folders. Where two readings are possible, the user is asked.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib.data.folders import child, has_pictures, pictures_under
from course_lib.errors import CourseError

SPLITS = {"train": ("train",), "val": ("val", "test", "valid", "validation")}
READ = "trainA/ and trainB/, train/A/ and train/B/, A/train/ and B/train/, or A/ and B/"


@dataclass(frozen=True)
class Sides:
    """Two folders of pictures.

    Attributes:
        form: how their names are made of a split ("train{0}", say), or "{0}" for a folder that is not divided.
        a, b: where they lie; the second may be missing.
    """

    form: str
    a: Path
    b: Path

    @property
    def words(self) -> str:
        """What the user calls them."""
        return f"{self.form.format('A')}/ and {self.form.format('B')}/"


def sides_of(root: Path, split: str) -> list[Sides]:
    """Every reading of a folder as two sides, for the names of a split. One folder of the two is enough to count."""
    found = []
    for name in SPLITS.get(split, (split,)):
        found += [_sides(root, form) for form in (name + "{0}", name + "/{0}", "{0}/" + name)]
        found = [sides for sides in found if sides.a.is_dir() or sides.b.is_dir()]
        if found:  # val before test: what stands first in the list is meant
            break
    whole = _sides(root, "{0}")
    if any(side.is_dir() and _undivided(side) for side in (whole.a, whole.b)):
        found.append(whole)
    return found


def one_of(root: Path, readings: Sequence[str]) -> None:
    """Asks the user where a folder can be read in two ways.

    Raises:
        CourseError: it can.
    """
    if len(readings) > 1:
        raise CourseError(
            f"{root} can be read in {len(readings)} ways: {'; or '.join(readings)}. Which one is meant? Move the other away, "
            "or make a folder for each."
        )


def named_sides(files: Sequence[Path]) -> tuple[dict[str, Path], dict[str, Path]] | None:
    """Pictures called NAME_A and NAME_B, by NAME; None where none is part of such a pair.

    Raises:
        CourseError: some are, and others are not.
    """
    sides: dict[str, dict[str, Path]] = {"_A": {}, "_B": {}}
    rest = []
    for file in files:
        end = file.stem[-2:].upper()
        if end in sides and len(file.stem) > 2:
            sides[end][str(file.with_name(file.stem[:-2]))] = file
        else:
            rest.append(file)
    a, b = sides["_A"], sides["_B"]
    if not a.keys() & b.keys():
        return None
    if rest:
        raise CourseError(
            f"{files[0].parent} can be read in 2 ways: {len(a.keys() & b.keys())} pairs called NAME_A and NAME_B, or both "
            f"halves of a pair in one file, as in {rest[0].name}. Which one is meant? Move the others away."
        )
    return a, b


def _sides(root: Path, form: str) -> Sides:
    a, b = (_within(root, form.format(side)) for side in "AB")
    return Sides(form, a, b)


def _within(root: Path, path: str) -> Path:
    for name in path.split("/"):
        root = child(root, name)
    return root


def _undivided(folder: Path) -> bool:
    return has_pictures(folder) or not any(child(folder, name).is_dir() for names in SPLITS.values() for name in names)


def keyed(folder: Path) -> dict[str, Path]:
    """The pictures of a folder and its sub-folders by their place in it, without suffix: what namesakes share."""
    files = pictures_under(folder)
    return {os.path.splitext(file.relative_to(folder).as_posix())[0]: file for file in files}
