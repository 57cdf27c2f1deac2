"""Crops of photos, small and large: what super-resolution learns from.

Every photo is reduced *whole*, then cut, so that a crop's edge is no frame. Both sizes wait as bytes.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from course_lib.data.augment import bytes_tensor, generator_for, signed
from course_lib.data.decoded import Decoded
from course_lib.data.degrade import cropped_to_multiple, reduced
from course_lib.data.digest import digest_of, listing
from course_lib.data.photos import Photos
from course_lib.data.pictures import BadPicture, open_picture

Both = tuple[Tensor, Tensor]  # small and large, bytes


class PhotoCrops:
    """Pairs of a small crop and the large one it was made of, cut anew in every epoch.

    ``example`` gives {"input": (3, patch, patch), "target": (3, scale·patch, scale·patch)} in [−1, 1]. Augmented ones
    are cut anywhere, mirrored half of the time and turned by quarters; else the middle is taken as it is.

    Args:
        photos: of any sizes; those smaller than a crop are left out with a warning.
        scale: how much smaller "input" is.
        patch: side of "input" in pixels.
        per_photo: crops of each photo in an epoch.

    Raises:
        CourseError: not one photo can be read and is large enough.
    """

    def __init__(self, photos: Photos, *, scale: int, patch: int, per_photo: int = 1) -> None:
        self.scale, self.patch, self.per_photo = scale, patch, per_photo
        self._root = photos.root
        self._decoded = Decoded(photos.files, self._read, patch)
        self.files = self._decoded.files

    def __len__(self) -> int:
        return len(self.files) * self.per_photo

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """Crop number ``index``, by the numbers of (seed, epoch, index) if augmented."""
        small, large = self._decoded.near(self.files.__getitem__, index % len(self.files), len(self.files), self.patch)
        random = generator_for(seed, epoch, index) if augment else None
        top, left = (start_of_cut(random, side - self.patch) for side in small.shape[-2:])
        small, large = _cut(small, top, left, self.patch, 1), _cut(large, top, left, self.patch, self.scale)
        if random is not None:
            small, large = turned(random, small, large)
        return {"input": signed(small), "target": signed(large)}

    def digest(self) -> str:
        """A hash of the files' names and sizes."""
        return digest_of("crops", listing(self.files, self._root))

    def _read(self, file: Path, size: int) -> Both:
        picture = bytes_tensor(open_picture(file))
        needed = self.patch * self.scale
        if min(picture.shape[-2:]) < needed:
            found = f"{picture.shape[-1]} × {picture.shape[-2]}"
            raise BadPicture(f"{file} has {found} pixels, and a crop needs {needed} × {needed}.")
        large = cropped_to_multiple(picture, self.scale)
        return reduced(large, self.scale), large


def turned(random: np.random.Generator, *pictures: Tensor) -> tuple[Tensor, ...]:
    """One of the eight ways to lay a square, the same for all (..., H, W)."""
    mirrored, quarters = bool(random.integers(2)), int(random.integers(4))
    pictures = tuple(picture.flip(-1) if mirrored else picture for picture in pictures)
    return tuple(torch.rot90(picture, quarters, (-2, -1)) for picture in pictures)


def start_of_cut(random: np.random.Generator | None, spare: int) -> int:
    """Where a cut begins that leaves ``spare`` pixels of a side out: anywhere, or in the middle without a generator."""
    return spare // 2 if random is None else int(random.integers(spare + 1))


def _cut(picture: Tensor, top: int, left: int, side: int, scale: int) -> Tensor:
    return picture[..., scale * top : scale * (top + side), scale * left : scale * (left + side)]
