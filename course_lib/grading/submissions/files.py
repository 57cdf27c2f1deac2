"""The files of a folder or a ZIP as a list of names that can be read one by one. Nothing is unpacked, so nothing can land elsewhere.

Links are listed and never followed; what is not a plain file is listed with the reason why it cannot be read.
"""

import io
import itertools
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from course_lib.errors import CourseError
from course_lib.grading.intake import read_source
from course_lib.grading.submissions.names import decoded, shown

MOST_FILES = 2000  # of one learner
MOST_LEARNERS = 20_000
DEEPEST = 8
ZIP_CAP = 16 << 20  # bytes of the ZIP of one learner; that of a class is the teacher's own
# What systems and editors leave behind; nobody hands it in.
NOISE = {
    ".ds_store", "__macosx", "thumbs.db", "desktop.ini", ".git", ".ipynb_checkpoints", "__pycache__", ".pytest_cache",
    ".ruff_cache", ".mypy_cache", ".vscode", ".idea", ".venv", "venv", "node_modules", "site-packages",
}  # fmt: skip
TOO_MANY = "has more than {} files. Hand in the exercise's code alone."
LINK = "is a link, and links are not followed. Hand in the file itself."


@dataclass(frozen=True)
class File:
    """A handed-in file: its name, with the folders that it lies in, and its bytes or why they cannot be had."""

    name: str
    reader: Callable[[int], bytes] | None = None
    problem: str = ""  # goes on after the name

    def read(self, most: int) -> bytes:
        """At most ``most`` bytes.

        Raises:
            CourseError: the file has more of them, or is not to be read.
        """
        if self.reader is None:
            raise CourseError(f"{shown(self.name) if self.name else 'The folder'} {self.problem}")
        return self.reader(most)

    def inside(self, name: str) -> "File":
        return File(name, self.reader, self.problem)


def is_noise(name: str) -> bool:
    return name.lower() in NOISE or name.startswith("._")


def plain_file(path: Path, name: str) -> File:
    """One file by its path."""
    if path.is_symlink():
        return File(name, problem=LINK)
    return File(name, partial(read_source, path))


def in_folder(folder: Path, without: Path | None = None) -> list[File]:
    """Everything in a class's folder, each entry of it within bounds of its own.

    Args:
        without: a folder in it that is not handed in: the reports of an earlier run.
    """
    found: list[File] = []
    for entry in _entries(folder, MOST_LEARNERS):
        path = Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            found.append(plain_file(path, entry.name))
        elif without is None or not _same(path, without):
            found += of_learner(path, f"{entry.name}/")
    return found


def of_learner(folder: Path, prefix: str = "") -> list[File]:
    """Everything in one learner's folder; one entry without a file's name where the folder itself is the problem."""
    try:
        found = _below(folder, prefix, 1)
        if len(found) > MOST_FILES:
            raise CourseError(TOO_MANY.format(MOST_FILES))
    except CourseError as error:
        return [File(prefix, problem=str(error))]
    return found or [File(prefix, problem="is empty.")]


def _below(folder: Path, prefix: str, depth: int) -> list[File]:
    found: list[File] = []
    for entry in _entries(folder, MOST_FILES):
        name, path = prefix + entry.name, Path(entry.path)
        if not entry.is_dir(follow_symlinks=False):
            found.append(plain_file(path, name))
        elif depth >= DEEPEST:
            found.append(File(name, problem=f"lies deeper than {DEEPEST} folders, and is not looked into."))
        else:
            found += _below(path, name + "/", depth + 1)
        if len(found) > MOST_FILES:
            break
    return found


def _entries(folder: Path, most: int) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = list(itertools.islice((e for e in entries if not is_noise(e.name)), most + 1))
    except OSError as error:
        raise CourseError(f"cannot be opened: {error.strerror}.") from error
    if len(found) > most:
        raise CourseError(TOO_MANY.format(most))
    return sorted(found, key=lambda e: e.name)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def in_zip(archive: Path | bytes) -> list[File]:
    """Everything in a ZIP.

    Raises:
        CourseError: it is no ZIP, or has too many files. The sentence goes on after its name.
    """
    stream: BinaryIO | Path = io.BytesIO(archive) if isinstance(archive, bytes) else archive
    try:
        opened = zipfile.ZipFile(stream)
        members = opened.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise CourseError(f"is not a ZIP file that can be read ({error}). Make it again.") from error
    most = MOST_FILES if isinstance(archive, bytes) else MOST_LEARNERS * 10
    if len(members) > most:
        raise CourseError(TOO_MANY.format(most))
    full = {part.rpartition("/")[0] + "/" for part in (m.filename.rstrip("/") for m in members)}
    # An empty folder is somebody's as well.
    files = [_member(opened, m) for m in members if not m.is_dir() or m.filename not in full]
    return [f for f in files if not any(map(is_noise, f.name.split("/")))]


def _member(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> File:
    # Without the flag for UTF-8 the bytes were read as code page 437, which loses nothing.
    written = info.filename if info.flag_bits & 0x800 else decoded(info.filename.encode("cp437", "replace"))
    path = written.replace("\\", "/")
    name = "/".join(part for part in path.split("/") if part not in ("", "."))
    if ".." in name.split("/") or path.startswith("/") or re.match("[A-Za-z]:", path):
        return File(name, problem="leads out of the ZIP file, and is not read.")
    if info.is_dir():
        return File(name + "/", problem="is empty.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return File(name, problem=LINK)
    if info.flag_bits & 1:
        return File(name, problem="is encrypted. Hand it in without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return File(name, problem="is packed in a way that is not read. Pack it as an ordinary ZIP file.")
    return File(name, partial(_unpacked, opened, info, name))


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, most: int) -> bytes:
    try:
        with opened.open(info) as file:
            data = file.read(most + 1)  # what the header says about its size is not believed
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise CourseError(f"{shown(name)} is damaged inside the ZIP file ({error}). Hand it in again.") from error
    if not data.strip():
        raise CourseError(f"{shown(name)} is empty ({len(data)} bytes). Hand in the file that has your functions.")
    if len(data) > most:
        raise CourseError(f"{shown(name)} has more than {most} bytes. Hand in the exercise's code alone.")
    return data
