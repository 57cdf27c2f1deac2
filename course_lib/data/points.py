"""Points in the plane: targets whose modes are known, so that a missing one can be counted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from course_lib.data.catalogue import names
from course_lib.data.digest import digest_of
from course_lib.errors import CourseError

LIMIT = 1.5  # a drawn point's largest coordinate
FEWEST, MOST = 2, 64  # points a user may draw


@dataclass(frozen=True, eq=False)
class Mixture:
    """Equal shares of K round Gaussians.

    Args:
        name: of the target.
        centres: (K, 2) float32.
        deviation: standard deviation of every Gaussian along each axis.
    """

    name: str
    centres: Tensor
    deviation: float

    @property
    def radius(self) -> float:
        """3 · deviation: 98.9 % of the points lie within it of their centre (1 − exp(−9/2))."""
        return 3 * self.deviation

    def sample(self, shape: int | tuple[int, ...], generator: torch.Generator) -> Tensor:
        """(*shape, 2) float32: independent points."""
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        which = torch.randint(len(self.centres), shape, generator=generator)
        return self.centres[which] + self.deviation * torch.randn(*shape, 2, generator=generator)


TARGETS = names("points")


def mixture(name: str, modes: int | None = None) -> Mixture:
    """A target by name; all coordinates lie within about [−1.5, 1.5].

    Args:
        name: "ring" (8 Gaussians on the unit circle), "grid" (5 × 5, half a unit apart), "spiral" (two arms, 32 in
            all), "moons" (two half circles, 32 in all) or "gaussian" (one, at the origin).
        modes: another number of Gaussians; a grid needs a square number, moons and spiral an even one.

    Raises:
        CourseError: unknown name, or a number of modes the target cannot have.
    """
    if name not in TARGETS:
        raise CourseError(f"Target {name!r} is unknown; there is {', '.join(TARGETS)}. Choose one of them.")
    usual = {"ring": 8, "grid": 25, "spiral": 32, "moons": 32, "gaussian": 1}[name]
    count = usual if modes is None else modes
    if not 1 <= count <= 400:
        raise CourseError(f"modes is {modes}; it must be from 1 to 400.")
    if name == "ring":
        angle = torch.arange(count, dtype=torch.float64) * (2 * math.pi / count)
        return _mixture(name, torch.stack([angle.cos(), angle.sin()], dim=1), 0.05)
    if name == "grid":
        side = math.isqrt(count)
        if side * side != count:
            raise CourseError(f"modes is {modes}; a grid needs a square number, such as 25.")
        line = torch.linspace(-1, 1, side, dtype=torch.float64) if side > 1 else torch.zeros(1, dtype=torch.float64)
        return _mixture(name, torch.cartesian_prod(line, line), 0.025)
    if name == "gaussian":
        if count != 1:
            raise CourseError(f"modes is {modes}; a Gaussian has one. Take ring or grid for more.")
        return _mixture(name, torch.zeros(1, 2), 0.4)
    if count % 2:
        raise CourseError(f"modes is {modes}; {name} has two arms, so it must be even.")
    along = torch.linspace(0, 1, count // 2, dtype=torch.float64)
    if name == "moons":
        angle = math.pi * along
        upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], dim=1)
        return _mixture(name, torch.cat([upper, -upper]) * 0.9, 0.05)
    angle = 0.5 * math.pi + 2.5 * math.pi * along.sqrt()
    reach = 1.3 * (0.15 + 0.85 * along.sqrt())
    arm = torch.stack([reach * angle.cos(), reach * angle.sin()], dim=1)
    return _mixture(name, torch.cat([arm, -arm]), 0.03)


def from_points(points: Sequence[tuple[float, float]], deviation: float = 0.05) -> Mixture:
    """A target somebody drew: one Gaussian around every point.

    Raises:
        CourseError: fewer than 2 or more than 64 points, one that is no pair of finite numbers, or one outside
            [−1.5, 1.5].
    """
    if not FEWEST <= len(points) <= MOST:
        raise CourseError(f"{len(points)} points were drawn; draw {FEWEST} to {MOST}.")
    for number, point in enumerate(points, start=1):
        try:
            x, y = (float(coordinate) for coordinate in point)
        except (TypeError, ValueError):
            raise CourseError(f"Point {number} is {point!r}; it must be two numbers. Draw it again.") from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise CourseError(f"Point {number} is ({x}, {y}), which is no place. Draw it again.")
        if max(abs(x), abs(y)) > LIMIT:
            raise CourseError(f"Point {number} is ({x:g}, {y:g}); draw it within −{LIMIT} … {LIMIT}.")
    return _mixture("drawn", torch.tensor([[float(x), float(y)] for x, y in points]), deviation)


class SeededPoints:
    """An endless source of batches for S seeds at once; row k depends on seed k alone.

    Args:
        target: where the points come from.
        seeds: one number a row.
    """

    def __init__(self, target: Mixture, seeds: Sequence[int]) -> None:
        self.target = target
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def batch(self, count: int) -> dict[str, Tensor]:
        """{"real": (S, count, 2)}."""
        return {"real": torch.stack([self.target.sample(count, generator) for generator in self._generators])}


class PointSet:
    """A target as a set of examples for the training loop: ``count`` new points every epoch."""

    def __init__(self, target: Mixture, count: int = 8192) -> None:
        self.target, self.count = target, count

    def __len__(self) -> int:
        return self.count

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """{"real": (2,)}: a pure function of (index, epoch, seed)."""
        return {"real": self._points(epoch, seed)[index]}

    def digest(self) -> str:
        """A hash of the target and the number of points."""
        # Sines and cosines may differ in their last place from system to system; + 0 makes −0.0 a zero.
        centres = [[round(coordinate, 4) + 0 for coordinate in centre] for centre in self.target.centres.tolist()]
        return digest_of("points", self.target.name, centres, self.target.deviation, self.count)

    @lru_cache(maxsize=2)  # noqa: B019 one set lives as long as its run
    def _points(self, epoch: int, seed: int) -> Tensor:
        return self.target.sample(self.count, torch.Generator().manual_seed(seed * 1_000_003 + epoch))


def _mixture(name: str, centres: Tensor, deviation: float) -> Mixture:
    return Mixture(name, centres.float(), deviation)
