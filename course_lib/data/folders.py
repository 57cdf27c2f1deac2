"""Finding the pictures of a folder, and leaving out, by name, those that cannot be read."""

import os
import warnings
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar

from course_lib.data import clips
from course_lib.data.pictures import BadPicture
from course_lib.errors import CourseError

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".jpe", ".webp", ".bmp", ".tif", ".tiff")
# What lies beside pictures and is not read as one.
OTHERS = (
    *(".heic", ".heif", ".avif", ".gif", ".jxl", ".jp2", ".svg", ".psd", ".dng", ".cr2", ".cr3", ".nef", ".arw"),
    *clips.SUFFIXES,
)
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class SkippedPictures(UserWarning):
    """Some files of a set could not be used; the message names and counts them."""


def picture_files(folder: str | Path) -> list[Path]:
    """The picture files directly in a folder, in natural order (2 before 10).

    Raises:
        CourseError: there is no such folder, no picture in it, or two of one name but for the suffix.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"{folder} is not a folder. Name a folder of pictures.")
    files = _directly_in(folder)
    if not files:
        raise CourseError(
            f"{folder} holds no picture ({', '.join(SUFFIXES)}){_but(folder)}. Put pictures there or name another folder."
        )
    return files


def pictures_under(folder: str | Path) -> list[Path]:
    """The picture files directly in a folder; if there is none, those of its sub-folders, one after the other.

    Raises:
        CourseError: there is no such folder, no picture in it, two of one name in one folder, or pictures both in it and
            in its sub-folders.
    """
    folder = Path(folder)
    inner = _sub_folders(folder) if folder.is_dir() else []
    direct = has_pictures(folder) if inner else True
    deeper = [path for path in inner if _holds_any(path)]
    if direct and deeper:
        raise CourseError(
            f"{folder} can be read in 2 ways: the pictures directly in it, or those of its sub-folders, such as "
            f"{deeper[0].name}/. Which ones are meant? Move the others away."
        )
    return [file for path in deeper for file in pictures_under(path)] if deeper else picture_files(folder)


def picture_tree(folder: Path, without: Path) -> list[Path]:
    """All picture files in a folder and in the folders below it, folder by folder; those below ``without`` left out.

    Raises:
        CourseError: there is no picture, or two of one name but for the suffix lie side by side.
    """
    found = _tree(folder, without.resolve())
    if not found:
        raise CourseError(
            f"{folder} holds no picture ({', '.join(SUFFIXES)}){_but(folder)}. Put pictures there or name another folder."
        )
    return found


def _but(folder: Path) -> str:
    """What lies in a folder without pictures instead."""
    others = _others_in(folder)
    return f", only files that are not read as pictures, such as {others[0]}" if others else ""


def _others_in(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(e.name for e in entries if e.name.lower().endswith(OTHERS) and not e.name.startswith("."))


def _tree(folder: Path, without: Path) -> list[Path]:
    inner = [path for path in _sub_folders(folder) if path.resolve() != without]
    return [*_directly_in(folder), *(file for path in inner for file in _tree(path, without))]


def has_pictures(folder: Path) -> bool:
    """Whether a picture lies directly in a folder."""
    with os.scandir(folder) as entries:
        return any(_is_picture(entry) for entry in entries)


def child(folder: Path, name: str) -> Path:
    """What a folder holds under a name, in upper or lower case; folder/name where there is none.

    Raises:
        CourseError: two names that differ in case alone.
    """
    if not folder.is_dir():
        return folder / name
    found = sorted(entry.name for entry in os.scandir(folder) if entry.name.lower() == name.lower() and entry.is_dir())
    if len(found) > 1:
        raise CourseError(
            f"{folder} holds {found[0]}/ and {found[1]}/. Which one is meant? Rename or remove the other."
        )
    return folder / (found[0] if found else name)


def _directly_in(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _is_picture(entry)]
    stems: dict[str, str] = {}
    for name in sorted(names):
        other = stems.setdefault(name.rpartition(".")[0], name)
        if other != name:
            raise CourseError(
                f"{folder} holds two pictures of one name, {other} and {name}. Which one is meant? Rename or remove the other."
            )
    others = _others_in(folder) if names else []
    if others:
        warnings.warn(
            f"{folder} has {len(others)} of {len(others) + len(names)} files left out that are not read as pictures, such as "
            f"{others[0]}. Convert pictures to PNG; translate takes a clip by its own name.",
            SkippedPictures,
            stacklevel=2,
        )
    return sorted((folder / name for name in names), key=_natural)


def _sub_folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        inner = [Path(entry) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    here = folder.resolve()
    # A link to a folder around this one has no end.
    return sorted((path for path in inner if not here.is_relative_to(path.resolve())), key=_natural)


def _holds_any(folder: Path) -> bool:
    return has_pictures(folder) or any(_holds_any(path) for path in _sub_folders(folder))


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(SUFFIXES) and not entry.name.startswith(".") and entry.is_file()


def part_of(folder: Path, split: str) -> Path:
    """The subfolder of a split (of "val" also one called test); a folder that is not divided is taken whole.

    Raises:
        CourseError: the folder is divided, and has no such part.
    """
    for name in (split, "test") if split == "val" else (split,):
        if child(folder, name).is_dir():
            return child(folder, name)
    if child(folder, "train").is_dir():
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
