"""How pictures that are not square come to the square that a network is trained on, and what shape that takes.

squash: proportions are not kept, as in the official code. crop: the shorter side becomes the square's, and a window of the
rest is seen. pad: the longer side becomes the square's, and the rest is the picture's own reflection.
"""

from typing import Literal

import numpy as np
from PIL import Image
from torch import Tensor

from course_lib.data.augment import Resizer, resize

Fit = Literal["squash", "crop", "pad"]
FITS: tuple[Fit, ...] = ("squash", "crop", "pad")


def fitted(
    image: Image.Image,
    size: int,
    fit: str = "squash",
    resizer: Resizer = resize,
    proportions: tuple[int, int] | None = None,
) -> Image.Image:
    """The picture at size × size; one to be cropped keeps what hangs over, for ``middle`` or a random window.

    Args:
        proportions: of the answer of a crop or pad, if not the picture's own: the two of a pair get the same.
    """
    if fit == "squash":
        return resizer(image, (size, size))
    sides = proportions or image.size
    scale = size / (min(sides) if fit == "crop" else max(sides))
    width, height = (max(1 if fit == "pad" else size, round(side * scale)) for side in sides)
    resized = resizer(image, (width, height))
    if fit == "crop" or resized.size == (size, size):
        return resized
    down, along = reflection(height, size), reflection(width, size)
    return Image.fromarray(np.asarray(resized)[down][:, along])


def reflection(length: int, wanted: int) -> np.ndarray:
    """Where each of ``wanted`` pixels along an axis comes from: the picture in the middle, its reflection on both sides."""
    before = (wanted - length) // 2
    return np.pad(np.arange(length), (before, wanted - length - before), mode="reflect")


def middle(picture: Tensor, size: int) -> Tensor:
    """(..., H, W) → its middle, (..., size, size)."""
    top, left = ((side - size) // 2 for side in picture.shape[-2:])
    return picture[..., top : top + size, left : left + size]


def cut_out(image: Image.Image, size: int) -> Image.Image:
    """As ``middle``, of a picture of Pillow's."""
    left, top = ((side - size) // 2 for side in image.size)
    return image.crop((left, top, left + size, top + size))
