"""Paired pictures: what to translate and what it should become.

Every set of pairs has ``len`` and ``example(index, epoch, seed, augment)``, which gives ``{"input", "target"}``, float
(3, size, size) in [−1, 1]. Pictures are decoded and resized once and wait as bytes (400 pairs at 143² are 49 MB).
"""

import functools
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from torch import Tensor

from course_lib.data.augment import Jitter, Resizer, bytes_tensor, generator_for, resize, signed
from course_lib.data.folders import SkippedPictures, picture_files, readable
from course_lib.data.pictures import BadPicture, open_picture
from course_lib.errors import CourseError

Pair = dict[str, Tensor]
DIRECTIONS = ("AtoB", "BtoA")


class Pairs:
    """A set of pairs in memory.

    Args:
        files: the files, one a pair.
        read: file → (input, target) as PIL pictures of equal size.
        size: side of what ``example`` gives.
        load_size: side to resize to before the random crop; without augmentation pictures go to ``size`` directly.
        hue: half of the augmented pairs have the hues of both pictures turned by the same random part of a full turn, at
            most this: more colours for the same shapes.
        resize_input: how the input is resized (label maps must not be averaged: see ``palette.snap``).
    """

    def __init__(
        self,
        files: list[Path],
        read: Callable[[Path], tuple[Image.Image, Image.Image]],
        *,
        size: int,
        load_size: int | None = None,
        flip: bool = True,
        hue: float = 0.0,
        resize_input: Resizer = resize,
    ) -> None:
        self.size, self.load_size, self.flip = size, load_size or size, flip
        self.hue = hue
        self._resize_input = resize_input
        self._read = read
        # Decoding is paid here once, so that a bad file is named before training starts and not in its third hour.
        self._pairs, self.files = readable(files, lambda path: self._load(path, self.load_size))

    def _load(self, path: Path, size: int) -> tuple[Tensor, Tensor]:
        source, target = self._read(path)
        return bytes_tensor(self._resize_input(source, size)), bytes_tensor(resize(target, size))

    def __len__(self) -> int:
        return len(self.files)

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> Pair:
        """The pair as it is (for measuring), or jointly cropped and flipped by the numbers of (seed, epoch, index)."""
        if augment:
            jitter = Jitter.draw(generator_for(seed, epoch, index), self.load_size, self.size, self.flip, self.hue)
            source, target = (jitter(picture) for picture in self._pairs[index])
        elif self.load_size == self.size:
            source, target = self._pairs[index]
        else:
            source, target = self._load(self.files[index], self.size)
        return {"input": signed(source), "target": signed(target)}


def read_side_by_side(direction: str = "AtoB") -> Callable[[Path], tuple[Image.Image, Image.Image]]:
    """The official layout: one file, A on the left half, B on the right half.

    Raises:
        CourseError: an unknown direction.
    """
    if direction not in DIRECTIONS:
        raise CourseError(f'direction is {direction!r}; it must be "AtoB" (left to right) or "BtoA".')

    return functools.partial(_halves, direction)


def _halves(direction: str, path: Path) -> tuple[Image.Image, Image.Image]:
    picture = open_picture(path)
    width, height = picture.size
    if width % 2 or width < 2 * 16:
        raise BadPicture(
            f"{path} is {width} × {height}; a side-by-side pair has an even width of at least 32 pixels, "
            "A on the left half, B on the right. Use a pair-maker for single pictures."
        )
    a = picture.crop((0, 0, width // 2, height))
    b = picture.crop((width // 2, 0, width, height))
    return (a, b) if direction == "AtoB" else (b, a)


def two_folder_pairs(folder_a: Path, folder_b: Path, direction: str) -> tuple[list[Path], Callable]:
    """Pairs kept as equal file names (without suffix) in two folders: the files of the input side and their reader.

    Raises:
        CourseError: no name stands in both folders, or one folder is empty or absent.
    """
    if direction not in DIRECTIONS:
        raise CourseError(f'direction is {direction!r}; it must be "AtoB" or "BtoA".')
    if direction == "BtoA":
        folder_a, folder_b = folder_b, folder_a
    candidates = picture_files(folder_a)
    partners = {path.stem: path for path in picture_files(folder_b)}
    files = [path for path in candidates if path.stem in partners]
    if not files:
        raise CourseError(f"No picture of {folder_a} has a namesake in {folder_b}. Give pairs the same file name.")
    alone = sorted({path.stem for path in candidates} ^ partners.keys())
    if alone:
        warnings.warn(
            f"Skipped {len(alone)} pictures without a namesake in the other folder: {', '.join(alone[:3])}"
            + (" …" if len(alone) > 3 else ""),
            SkippedPictures,
            stacklevel=2,
        )
    return files, functools.partial(_namesakes, partners)


def _namesakes(partners: dict[str, Path], path: Path) -> tuple[Image.Image, Image.Image]:
    return open_picture(path), open_picture(partners[path.stem])
