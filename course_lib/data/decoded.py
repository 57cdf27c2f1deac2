"""Pictures that are decoded once: in memory as bytes where a set fits, on the disk as raw bytes where it does not."""

import contextlib
import os
import shutil
import struct
import tempfile
import warnings
import weakref
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor

from course_lib.data.fetch import cache
from course_lib.data.folders import SkippedPictures, readable
from course_lib.data.pictures import BadPicture
from course_lib.errors import CourseError

KEEP = 2**30  # bytes of pixels that wait in memory; a larger set waits on the disk
DISK = 2**35  # bytes that wait there, or half of what is free; what is beyond is decoded again each time
CHECKED = 64  # pictures of a larger set that are looked at before training starts; of a smaller one it is all
TRIES = 100  # unreadable pictures in a row
K = TypeVar("K", bound=Hashable)  # a file, or the files of a pair
Pixels = tuple[Tensor, ...]  # uint8 (C, H, W) each


class Decoded(Generic[K]):
    """What ``load`` makes of files.

    Every file of a set that fits into memory is decoded here once, so that a bad one is named before training starts and
    not in its third hour. A larger set streams: each file is decoded when it is first asked for, by whichever loading
    process that is, and its pixels are then read from the disk. A bad one is named when it is met.

    Args:
        files: in their order; unreadable ones are left out with one warning.
        load: (file, size) → its pixels as bytes, at that size.
        size: at which they wait.
        each: about how many bytes ``load`` gives for one file then; None: as those that are looked at first.

    Raises:
        CourseError: not one file could be read.
    """

    def __init__(
        self, files: Iterable[K], load: Callable[[K, int], Pixels], size: int, each: int | None = None
    ) -> None:
        self._load, self._size = load, size
        self.files = list(files)
        self._kept: dict[K, Pixels] = {}
        self._disk: DiskCache | None = None
        self._numbers: dict[K, int] = {}
        seen: dict[K, Pixels] = {}
        if each is None or len(self.files) * each > KEEP:
            shown = self.files[:: max(1, len(self.files) // CHECKED)]
            seen = self._readable_of(shown) or dict(zip(shown, readable(shown, self._at_size)[0], strict=True))
            each = each or sum(one.numel() for pixels in seen.values() for one in pixels) // len(seen)
        if len(self.files) * each <= KEEP:
            decoded, self.files = readable(self.files, lambda file: seen.pop(file, None) or self._at_size(file))
            self._kept = dict(zip(self.files, decoded, strict=True))
        else:
            self._disk = DiskCache(each)
            self._numbers = {file: number for number, file in enumerate(self.files)}

    def _at_size(self, file: K) -> Pixels:
        return self._load(file, self._size)

    def _readable_of(self, files: Sequence[K]) -> dict[K, Pixels]:
        found = {}
        for file in files:
            with contextlib.suppress(BadPicture):
                found[file] = self._at_size(file)
        return found

    def __call__(self, file: K, size: int) -> Pixels:
        """The file's pixels at a size.

        Raises:
            BadPicture: of a set that streams: the file cannot be read.
        """
        if size != self._size or (not self._kept and self._disk is None):
            return self._load(file, size)
        if self._disk is None:
            return self._kept[file]
        pixels = self._disk.get(self._numbers[file])
        if pixels is None:
            pixels = self._load(file, size)
            self._disk.put(self._numbers[file], pixels)
        return pixels

    def near(self, files: Callable[[int], K], index: int, count: int, size: int) -> Pixels:
        """The pixels of file number ``index`` of ``count``; where it cannot be read, those of the next that can.

        Always the same next one, so that a resumed run sees what it would have seen.

        Raises:
            CourseError: a hundred in a row cannot be read.
        """
        problem: BadPicture | None = None
        for tried in range(min(TRIES, count)):
            try:
                return self(files((index + tried) % count), size)
            except BadPicture as error:
                problem = problem or error
                warnings.warn(f"{error} The next picture takes its place.", SkippedPictures, stacklevel=2)
        raise CourseError(f"{min(TRIES, count)} pictures in a row cannot be read. The first: {problem}")


class DiskCache:
    """Decoded pictures by number, a file of raw bytes each, in a folder that goes when its process ends.

    All loading processes share it; a file appears whole, and whoever writes it writes the same.

    Args:
        each: about how many bytes one takes; what would be beyond ``DISK``, or half of the free disk, is not kept.
    """

    def __init__(self, each: int) -> None:
        self.most = 0
        try:
            place = cache() / "decoded"
            place.mkdir(parents=True, exist_ok=True)
            _remove_left_over(place)
            self.folder = Path(tempfile.mkdtemp(dir=place, prefix=f"{os.getpid()}-"))
        except OSError:
            return  # nothing may be written there: each picture is then decoded every time
        self.most = min(DISK, shutil.disk_usage(self.folder).free // 2) // max(1, each)
        weakref.finalize(self, _remove, self.folder, os.getpid())

    def get(self, number: int) -> Pixels | None:
        """A picture that was put there, or None."""
        if number >= self.most:
            return None
        try:
            content = bytearray(self._file(number).read_bytes())
        except OSError:
            return None
        pixels, place = [], 1
        for _ in range(content[0]):
            shape = struct.unpack_from("<3I", content, place)
            length = shape[0] * shape[1] * shape[2]
            place += 12
            pixels.append(torch.from_numpy(np.frombuffer(content, np.uint8, length, place).reshape(shape)))
            place += length
        return tuple(pixels)

    def put(self, number: int, pixels: Sequence[Tensor]) -> None:
        """Keeps a picture, if there is room; a full disk ends the keeping and nothing else."""
        if number >= self.most:
            return
        file = self._file(number)
        temporary = file.with_suffix(f".{os.getpid()}")
        try:
            with temporary.open("wb") as stream:
                stream.write(bytes([len(pixels)]))
                for one in pixels:
                    stream.write(struct.pack("<3I", *one.shape))
                    stream.write(one.numpy().tobytes())
            os.replace(temporary, file)
        except OSError:
            self.most = 0
            temporary.unlink(missing_ok=True)

    def _file(self, number: int) -> Path:
        return self.folder / str(number)


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # and not a loading process, in which the same object ends
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over(place: Path) -> None:
    """What processes left that were killed."""
    import psutil  # the Space, where nothing streams, has none

    for folder in place.iterdir():
        process = folder.name.partition("-")[0]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
