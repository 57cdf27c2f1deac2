"""Pictures that are decoded once and wait in memory as bytes, as far as they fit."""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from course_lib.data.folders import readable

KEEP = 2**31  # bytes of pixels that wait in memory; a larger set is decoded again each time
K = TypeVar("K", bound=Hashable)  # a file, or the files of a pair
T = TypeVar("T")


class Decoded(Generic[K, T]):
    """What ``load`` makes of files.

    Every file is decoded here once, so that a bad one is named before training starts and not in its third hour.

    Args:
        files: in their order; unreadable ones are left out with one warning.
        load: (file, size) → its pixels as bytes, at size × size.
        size: at which they wait.
        each: about how many bytes ``load`` gives for one file then.

    Raises:
        CourseError: not one file could be read.
    """

    def __init__(self, files: Iterable[K], load: Callable[[K, int], T], size: int, each: int) -> None:
        self._load, self._size = load, size
        files = list(files)
        keep = len(files) * each <= KEEP
        decoded, self.files = readable(files, lambda file: self._first(file, keep))
        self._kept = {file: pixels for file, pixels in zip(self.files, decoded, strict=True) if pixels is not None}

    def _first(self, file: K, keep: bool) -> T | None:
        pixels = self._load(file, self._size)
        return pixels if keep else None

    def __call__(self, file: K, size: int) -> T:
        """The file's pixels at a size."""
        if size == self._size and file in self._kept:
            return self._kept[file]
        return self._load(file, size)
