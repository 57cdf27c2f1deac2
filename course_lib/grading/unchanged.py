"""Whether the course and Python's libraries are after a class what they were before it: what a submission left in them would
grade everybody who comes later."""

import hashlib
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from course_lib.grading.isolation.places import COURSE, libraries

Seen = dict[str, str]  # file → what it was


def snapshot(exercise: Path) -> Seen:
    """Every file of the course's package and of the exercise by its content, every file of the libraries by size and times.

    (The libraries have gigabytes. The time of a file's last change of any kind, which the system keeps, cannot be set back.)
    """
    seen = {
        path: hashlib.sha256(_bytes(path)).hexdigest() for place in (COURSE, str(exercise)) for path, _ in _files(place)
    }
    for place in {os.path.realpath(p) for p in (*libraries(), sysconfig.get_path("stdlib"))}:
        for path, entry in _files(place):
            if path not in seen:
                found = entry.stat(follow_symlinks=False)
                seen[path] = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
    return seen


def changed(before: Seen, after: Seen) -> list[str]:
    """The files that are new, gone or other. Compiled files that are new are Python's own doing, in whatever process."""
    new = {p for p in after.keys() - before.keys() if "__pycache__" not in p}
    return sorted(new | {p for p in before if before[p] != after.get(p)})


def _files(place: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    waiting = [place]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.path, entry
        except OSError:  # cannot be read by us, so not by a submission that has no more rights
            continue


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
