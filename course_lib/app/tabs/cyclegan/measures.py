"""What the CycleGAN tab computes: there and back, the middle left alone or perturbed; and nothing to do."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageFilter

from course_lib.data.pictures import to_picture, to_tensor
from course_lib.models.translator import Translator

MIDDLES = ("left", "blur", "levels")
RADII = (0.5, 1.0, 1.5, 2.0, 3.0)  # pixels, a strength each
LEVELS = (32, 16, 8, 4, 2)  # of each colour channel, a strength each
STRENGTH = 2  # at first, and where the answer is measured


@dataclass(frozen=True)
class Trip:
    """One picture x, its translation G(x), the way back from each middle, and F(x). Pictures have 8 bits a channel.

    Args:
        x, made, same: pictures; ``same`` is F(x), where F has nothing to do.
        middles, back: by name of the middle, what F was given and what it made of it.
        seconds: of G(x) alone, and of everything.
    """

    x: Image.Image
    made: Image.Image
    same: Image.Image
    middles: dict[str, Image.Image]
    back: dict[str, Image.Image]
    seconds: tuple[float, float]


def trip(there: Translator, back: Translator, picture: Image.Image, strength: int) -> Trip:
    """Sends a picture there and back.

    Args:
        there, back: G and F, of one size.
        strength: 1 … 5, of blur and of levels.

    Raises:
        ValueError: another strength.
    """
    start = time.perf_counter()
    x = there.prepare(picture)
    made = to_picture(there.translate(to_tensor(x)))
    first = time.perf_counter() - start
    middles = {name: perturb(made, name, strength) for name in MIDDLES}
    # One pass for all: with instance norm no picture of a batch knows of the others.
    answers = back.translate(torch.cat([to_tensor(one) for one in (*middles.values(), x)]))
    *ways, same = (to_picture(answer) for answer in answers)
    seconds = (first, time.perf_counter() - start)
    return Trip(x, made, same, middles, dict(zip(MIDDLES, ways, strict=True)), seconds)


def perturb(picture: Image.Image, how: str, strength: int) -> Image.Image:
    """The picture left alone, blurred by a Gaussian, or with few levels in each channel (0 and 255 among them).

    Raises:
        ValueError: unknown way, or a strength that is not 1 … 5.
    """
    if how not in MIDDLES or strength not in range(1, len(RADII) + 1):
        raise ValueError(
            f"Middle {how!r} of strength {strength!r}: there is {', '.join(MIDDLES)}, of 1 to {len(RADII)}."
        )
    if how == "left":
        return picture
    if how == "blur":
        return picture.filter(ImageFilter.GaussianBlur(RADII[strength - 1]))
    steps = LEVELS[strength - 1] - 1
    values = np.asarray(picture, dtype=np.float64)
    return Image.fromarray((np.round(values / 255 * steps) * (255 / steps)).round().astype(np.uint8))
