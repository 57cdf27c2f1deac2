"""Randomness as a function of (seed, epoch, index): the same place in training always sees the same picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from course_lib.data.pictures import MODES


def generator_for(seed: int, epoch: int, index: int) -> np.random.Generator:
    """The random numbers of one example in one epoch, whoever asks and in whatever order."""
    return np.random.default_rng((seed, epoch, index))


@dataclass(frozen=True)
class Jitter:
    """How large, where to crop, whether to flip, how far to turn the hue: drawn once, applied to every picture of a
    pair."""

    top: int  # below 0: so many rows above the picture repeat its edge
    left: int
    size: int
    flip: bool
    hue: float = 0.0  # part of a full turn
    scaled: tuple[int, int] | None = None  # (height, width) that the picture is brought to before it is cropped

    @classmethod
    def draw(
        cls,
        random: np.random.Generator,
        load_size: int | tuple[int, int],
        size: int,
        flip: bool = True,
        hue: float = 0.0,
        zoom: float = 1.0,
    ) -> "Jitter":
        """A random size × size window of a picture of load_size² or (height, width), mirrored half of the time (Isola et
        al. 2017, 6.2).

        With ``hue``, half of them have their hue turned by a random part of a full turn, from −hue to hue. With
        ``zoom``, each is first shrunk or enlarged by a random factor from 1/zoom to zoom; of one that is now smaller
        than the window, the whole is in it, somewhere.
        """
        sides = (load_size, load_size) if isinstance(load_size, int) else load_size
        if min(sides) < size:
            raise ValueError(f"load_size {load_size} is smaller than size {size}.")
        scaled = None
        if zoom > 1:
            factor = zoom ** random.uniform(-1, 1)
            scaled = sides = round(sides[0] * factor), round(sides[1] * factor)
        top, left = (int(random.integers(min(side - size, 0), max(side - size, 0) + 1)) for side in sides)
        mirrored = bool(flip and random.random() < 0.5)
        turned = float(random.uniform(-hue, hue)) if hue and random.random() < 0.5 else 0.0
        return cls(top, left, size, mirrored, turned, scaled)

    def __call__(self, picture: Tensor) -> Tensor:
        """(C, H, W) bytes → (C, size, size); a hue is turned only of three channels."""
        if self.scaled:
            blended = functional.interpolate(picture[None].float(), self.scaled, mode="bilinear", antialias=True)[0]
            picture = blended.round().to(picture.dtype)
        cut = _window(_window(picture, -2, self.top, self.size), -1, self.left, self.size)
        if self.hue:
            from torchvision.transforms.functional import adjust_hue  # only here: torchvision takes seconds to import

            cut = adjust_hue(cut, self.hue)
        return cut.flip(-1) if self.flip else cut


def _window(picture: Tensor, axis: int, start: int, length: int) -> Tensor:
    """``length`` rows or columns from ``start`` on; beyond the picture, its edge is repeated."""
    last = picture.shape[axis] - 1
    if start >= 0 and start + length - 1 <= last:
        return picture.narrow(axis, start, length)
    return picture.index_select(axis, (start + torch.arange(length)).clamp(0, last))


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
