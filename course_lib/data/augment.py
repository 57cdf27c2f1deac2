"""Randomness as a function of (seed, epoch, index): the same place in training always sees the same picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms.functional import adjust_hue

from course_lib.data.pictures import MODES


def generator_for(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one example in one epoch, whoever asks and in whatever order."""
    return np.random.default_rng((seed, epoch, index))


@dataclass(frozen=True)
class Jitter:
    """Where to crop, whether to flip, how far to turn the hue: drawn once, applied to every picture of a pair."""

    top: int
    left: int
    size: int
    flip: bool
    hue: float = 0.0  # part of a full turn

    @classmethod
    def draw(
        cls,
        random: np.random.Generator,
        load_size: int | tuple[int, int],
        size: int,
        flip: bool = True,
        hue: float = 0.0,
    ) -> "Jitter":
        """A random size × size window of a picture of load_size² or (height, width), mirrored half of the time (Isola et
        al. 2017, 6.2).

        With ``hue``, half of them have their hue turned by a random part of a full turn, from −hue to hue.
        """
        spare = [side - size for side in ((load_size, load_size) if isinstance(load_size, int) else load_size)]
        if min(spare) < 0:
            raise ValueError(f"load_size {load_size} is smaller than size {size}.")
        top, left = (int(random.integers(most + 1)) for most in spare)
        mirrored = bool(flip and random.random() < 0.5)
        turned = float(random.uniform(-hue, hue)) if hue and random.random() < 0.5 else 0.0
        return cls(top, left, size, mirrored, turned)

    def __call__(self, picture: Tensor) -> Tensor:
        """(..., H, W) → (..., size, size); a hue is turned only of colour, (3, H, W) bytes."""
        cut = picture[..., self.top : self.top + self.size, self.left : self.left + self.size]
        if self.hue:
            cut = adjust_hue(cut, self.hue)
        return cut.flip(-1) if self.flip else cut


def resize(image: Image.Image, size: int | tuple[int, int]) -> Image.Image:
    """Bicubic, to size² or (width, height): proportions are not kept."""
    target = (size, size) if isinstance(size, int) else size
    return image if image.size == target else image.resize(target, Image.Resampling.BICUBIC)


def bytes_tensor(image: Image.Image) -> Tensor:
    """PIL → uint8 (C, H, W), C being 1 for grey, 4 with alpha, else 3: a quarter of the memory of floats, for pictures
    that wait."""
    pixels = np.array(image if image.mode in MODES.values() else image.convert("RGB"))
    return torch.from_numpy(pixels.reshape(image.height, image.width, -1)).permute(2, 0, 1).contiguous()


def signed(picture: Tensor) -> Tensor:
    """uint8 (C, H, W) → float32 in [−1, 1]."""
    return picture.float() / 127.5 - 1


Resizer = Callable[[Image.Image, tuple[int, int]], Image.Image]  # picture, (width, height) → picture of that size
