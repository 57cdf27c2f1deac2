"""Two embedded domains with known truth: plain creatures (A) and striped creatures (B).

Body colour, shape, place, pose and ground are drawn at random, *independently of the domain*; a creature of one domain
has exactly one counterpart in the other: itself with, or without, stripes. So one can measure both what a translation
changed (are there stripes?) and what it kept (is it the same creature on the same ground?). Everything is a pure
function of (seed, index, size).
"""

import colorsys
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator, default_rng
from torch import Tensor

from course_lib.data.augment import signed
from course_lib.data.digest import digest_of
from course_lib.errors import CourseError

FINE = 3  # pixels are averages of FINE × FINE samples, so that edges are smooth
COUNTS = {"train": 600, "val": 100}  # creatures of a domain
BANDS = 2.2  # over half the length of the trunk
HUES = (0.02, 0.11, 0.30, 0.50, 0.62, 0.85)  # brown-red, ochre, green, teal, blue, plum: stripes exist in all of them


class Creature(NamedTuple):
    """One creature in both domains, pictures (3, H, W) uint8, and where it is, (H, W) in [0, 1]."""

    plain: Tensor
    striped: Tensor
    body: Tensor


def creature(index: int, *, size: int = 32, seed: int = 0) -> Creature:
    """Creature number ``index``.

    Raises:
        CourseError: ``size`` is under 16 pixels, too few for stripes.
    """
    if size < 16:
        raise CourseError(f"stripes cannot be drawn at size {size}. Ask for 16 pixels or more.")
    return _drawn(index, size, seed)


@lru_cache(maxsize=4096)
def _drawn(index: int, size: int, seed: int) -> Creature:
    random = default_rng((seed, index))
    side = size * FINE
    y, x = (np.mgrid[0:side, 0:side] + 0.5) / side
    ground = _ground(random, x, y)
    body, along = _body(random, x, y)
    hue = random.choice(HUES) + random.uniform(-0.02, 0.02)
    coat = np.array(colorsys.hsv_to_rgb(hue % 1, random.uniform(0.45, 0.75), random.uniform(0.7, 0.9)))
    shade = (1.08 - 0.35 * y)[..., None]
    # Bands lie where the body is, always alike: the plain creature says all there is to know of its counterpart.
    dark = (1 / (1 + np.exp(-12 * np.cos(2 * np.pi * BANDS * along))))[..., None]
    coats = (coat * shade, coat * shade * (1 - dark) + 0.12 * dark)
    pictures = [ground * (1 - body[..., None]) + np.clip(painted, 0, 1) * body[..., None] for painted in coats]
    plain, striped = (_shrunk(picture).transpose(2, 0, 1) for picture in pictures)
    as_bytes = [torch.from_numpy((picture * 255 + 0.5).astype(np.uint8)) for picture in (plain, striped)]
    return Creature(as_bytes[0], as_bytes[1], torch.from_numpy(_shrunk(body[..., None])[..., 0]).float())


def _ground(random: Generator, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Sky above, land below, in soft colours, with a gentle unevenness."""
    sky, land = (
        np.array(colorsys.hsv_to_rgb(random.random(), random.uniform(0.1, 0.4), random.uniform(0.65, 0.95)))
        for _ in range(2)
    )
    horizon = random.uniform(0.35, 0.65) + 0.04 * np.sin(2 * np.pi * (x * random.uniform(0.5, 1.5) + random.random()))
    uneven = 0.06 * np.sin(2 * np.pi * (x * random.uniform(0.2, 0.9) + y * random.uniform(0.2, 0.9) + random.random()))
    below = 1 / (1 + np.exp(-80 * (y - horizon)))[..., None]
    return np.clip(sky * (1 - below) + land * below + uneven[..., None], 0, 1)


def _body(random: Generator, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Trunk, head, legs and tail as one mask, and the coordinate along the trunk that stripes run across."""
    long, high = random.uniform(0.22, 0.30), random.uniform(0.12, 0.17)
    cx, cy = random.uniform(0.42, 0.58), random.uniform(0.42, 0.56)
    facing, tilt = random.choice((-1.0, 1.0)), random.uniform(-0.25, 0.25)
    u = facing * ((x - cx) * np.cos(tilt) + (y - cy) * np.sin(tilt))
    v = -(x - cx) * np.sin(tilt) + (y - cy) * np.cos(tilt)
    mask = (u / long) ** 2 + (v / high) ** 2 < 1
    head, neck = random.uniform(0.08, 0.11), random.uniform(0.02, 0.12)
    mask |= (u - long - 0.4 * head) ** 2 + (v + neck) ** 2 < head**2
    legs, thick, leg = random.integers(2, 5), random.uniform(0.025, 0.04), random.uniform(0.12, 0.2)
    for place in np.linspace(-0.75, 0.75, legs):
        mask |= (abs(u - place * long) < thick) & (v > 0) & (v < high * 0.6 + leg)
    tail = random.uniform(-0.8, 0.8)
    mask |= (abs(v + high * 0.3 + tail * (u + long)) < 0.018) & (u < -0.8 * long) & (u > -long - 0.14)
    return mask.astype(float), u / long


def _shrunk(picture: np.ndarray) -> np.ndarray:
    side = picture.shape[0] // FINE
    return picture.reshape(side, FINE, side, FINE, -1).mean(axis=(1, 3))


class Stripes:
    """The two domains as a data set. ``.example(i)`` → {"A": plain, "B": striped}, each (3, H, W) in [−1, 1].

    In "train" the two are different creatures (no creature stands in both domains), in "val" they are one creature and
    its counterpart: ``paired`` says so, and ``.body(i)`` is where it is.

    Raises:
        CourseError: unknown split, size under 16.
    """

    def __init__(self, *, size: int = 32, split: str = "train", seed: int = 0) -> None:
        if split not in COUNTS:
            raise CourseError(f"stripes has no split {split!r}; it has {' and '.join(COUNTS)}.")
        self.size, self.split, self.seed, self.paired = size, split, seed, split == "val"
        creature(0, size=size)  # refuses a bad size now

    def __len__(self) -> int:
        return COUNTS[self.split]

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        count = len(self)
        if not 0 <= index < count:
            raise IndexError(f"There are {count} creatures in {self.split}; number {index} is none of them.")
        if self.paired:
            both = self._creature(2 * COUNTS["train"] + index)
            return {"A": signed(both.plain), "B": signed(both.striped)}
        other = int(default_rng((seed, epoch, index)).integers(count)) if augment else index
        return {"A": signed(self._creature(index).plain), "B": signed(self._creature(count + other).striped)}

    def digest(self) -> str:
        """A hash of the name and the parameters."""
        return digest_of("stripes", self.size, self.split, self.seed)

    def body(self, index: int) -> Tensor:
        """Where creature ``index`` of "val" is: (H, W), 1 on the creature, 0 on the ground."""
        return self._creature(2 * COUNTS["train"] + index).body

    def _creature(self, number: int) -> Creature:
        return creature(number, size=self.size, seed=self.seed)
