"""Finding the pictures of a folder, and leaving out, by name, those that cannot be read."""

import warnings
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar

from course_lib.data.pictures import BadPicture
from course_lib.errors import CourseError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SkippedPictures(UserWarning):
    """Some files of a set could not be used; the message names and counts them."""


def picture_files(folder: str | Path) -> list[Path]:
    """The picture files directly in a folder, in natural order (2 before 10).

    Raises:
        CourseError: there is no such folder, or no picture in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name a folder of pictures.")
    files = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()]
    if not files:
        raise CourseError(
            f"{folder} holds no picture ({', '.join(SUFFIXES)}). Put pictures there or name another folder."
        )
    return sorted(files, key=_natural)


def pictures_within(folder: str | Path) -> list[Path]:
    """The picture files directly in a folder; if there is none, those of its subfolders, one after the other.

    Raises:
        CourseError: there is no such folder, or no picture in it.
    """
    folder = Path(folder)
    if folder.is_dir() and not any(path.suffix.lower() in SUFFIXES for path in folder.iterdir()):
        inner = [path for path in sorted(folder.iterdir(), key=_natural) if path.is_dir() and _holds_pictures(path)]
        if inner:
            return [file for path in inner for file in picture_files(path)]
    return picture_files(folder)


def _holds_pictures(folder: Path) -> bool:
    return any(path.suffix.lower() in SUFFIXES and path.is_file() for path in folder.iterdir())


def part_of(folder: Path, split: str) -> Path:
    """The subfolder of a split; a folder that is not divided is taken whole.

    Raises:
        CourseError: the folder is divided, and has no such part.
    """
    if (folder / split).is_dir():
        return folder / split
    if (folder / "train").is_dir():
        raise CourseError(f"{folder} has a folder 'train' but none called {split!r}. Make it, or name another split.")
    return folder


def _natural(path: Path) -> tuple[int, int, str]:
    return (0, int(path.stem), path.name) if path.stem.isdecimal() else (1, 0, path.name)


def readable(files: Iterable[K], read: Callable[[K], T]) -> tuple[list[T], list[K]]:
    """What ``read`` makes of each file (or pair of files), and those it came from; bad ones are skipped with one
    warning.

    Raises:
        CourseError: not one file could be read.
    """
    kept: list[T] = []
    names: list[K] = []
    problems: list[str] = []
    for file in files:
        try:
            kept.append(read(file))
            names.append(file)
        except BadPicture as error:
            problems.append(str(error))
    if not kept:
        raise CourseError(f"None of {len(problems)} pictures could be read. The first: {problems[0]}")
    if problems:
        warnings.warn(
            f"Skipped {len(problems)} of {len(problems) + len(kept)} pictures: {' '.join(problems[:3])}"
            + (f" … and {len(problems) - 3} more." if len(problems) > 3 else ""),
            SkippedPictures,
            stacklevel=2,
        )
    return kept, names
