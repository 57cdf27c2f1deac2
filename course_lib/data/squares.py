"""Squares of photos, from anywhere in them and of any size, brought to one size: what a style network learns from."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from course_lib.data.augment import bytes_tensor, generator_for, signed
from course_lib.data.crops import start_of_cut
from course_lib.data.decoded import Decoded
from course_lib.data.digest import digest_of, listing
from course_lib.data.photos import Photos
from course_lib.data.pictures import BadPicture, open_picture


class PhotoSquares:
    """One square of a photo, cut anew in every epoch.

    ``example`` gives {"photo": (3, size, size)} in [−1, 1]. An augmented one is a square of any side from ``size`` to the
    photo's shorter side, from anywhere in it, mirrored half of the time; else it is the largest square of the middle.

    Args:
        photos: of any sizes; those smaller than a square are left out with a warning.
        size: side of the squares, in pixels.
        per_photo: squares of each photo in an epoch.

    Raises:
        CourseError: not one photo can be read and is large enough.
    """

    def __init__(self, photos: Photos, *, size: int, per_photo: int = 1) -> None:
        self.size, self.per_photo = size, per_photo
        self._root = photos.root
        self._decoded = Decoded(photos.files, self._read, size)
        self.files = self._decoded.files

    def __len__(self) -> int:
        return len(self.files) * self.per_photo

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """Square number ``index``, by the numbers of (seed, epoch, index) if augmented."""
        (photo,) = self._decoded.near(self.files.__getitem__, index % len(self.files), len(self.files), self.size)
        shorter = min(photo.shape[-2:])
        random = generator_for(seed, epoch, index) if augment else None
        side = shorter if random is None else int(random.integers(self.size, shorter + 1))
        top, left = (start_of_cut(random, length - side) for length in photo.shape[-2:])
        square = _resized(photo[:, top : top + side, left : left + side], self.size)
        if random is not None and random.integers(2):
            square = square.flip(-1)
        return {"photo": signed(square)}

    def digest(self) -> str:
        """A hash of the files' names and sizes."""
        return digest_of("squares", listing(self.files, self._root))

    def _read(self, file: Path, size: int) -> tuple[Tensor]:
        photo = bytes_tensor(open_picture(file))
        if min(photo.shape[-2:]) < self.size:
            found = f"{photo.shape[-1]} × {photo.shape[-2]}"
            raise BadPicture(f"{file} has {found} pixels, and a square needs {self.size} × {self.size}.")
        return (photo,)


def _resized(square: Tensor, size: int) -> Tensor:
    if square.shape[-1] == size:
        return square
    image = Image.fromarray(square.permute(1, 2, 0).contiguous().numpy())
    return torch.from_numpy(np.array(image.resize((size, size), Image.Resampling.BICUBIC))).permute(2, 0, 1)
