"""A picture of any size through a network that takes only some sizes, at its own shape.

It is padded with its own reflection to what the network takes, and the answer is cut back. A large one is worked in tiles
that fade into each other, so that memory is bounded.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from course_lib.data.fit import reflection
from course_lib.models.statistics import Statistics
from course_lib.models.tiles import in_tiles, spans

WHOLE = 768 * 768  # pixels that are worked in one piece; official generators of 64 filters take 0.8 GB for it
REACH = 64  # pixels of its surroundings that each tile is shown on every side
FADE = 32  # pixels over which neighbours fade into each other


@dataclass(frozen=True)
class Takes:
    """What sizes a network takes: both sides multiples of ``multiple``, and at least ``smallest``, itself a multiple."""

    multiple: int
    smallest: int

    def side(self, length: int) -> int:
        """The least side that the network takes and that holds so many pixels."""
        return max(self.smallest, -(-length // self.multiple) * self.multiple)

    def size(self, height: int, width: int) -> tuple[int, int]:
        """The same of both sides."""
        return self.side(height), self.side(width)

    @property
    def tile(self) -> int:
        """Side of what is kept of a tile: with its surroundings it is about the largest that is worked in one piece."""
        return max(self.multiple, int(WHOLE**0.5) // self.multiple * self.multiple) - 2 * REACH

    def tiles(self, height: int, width: int) -> int:
        """In how many tiles such a picture is worked; 1: in one piece."""
        if math.prod(self.size(height, width)) <= WHOLE:
            return 1
        return math.prod(len(spans(side, self.tile, REACH, FADE)) for side in (height, width))

    def described(self, height: int, width: int) -> str:
        """What is done to such a picture, in words."""
        if self.tiles(height, width) > 1:
            return "in tiles that fade into each other, at the picture's own size"
        if self.size(height, width) != (height, width):
            return f"padded by reflection to multiples of {self.multiple} and cut back to the picture's own size"
        return "at the picture's own size"


def in_its_shape(network: nn.Module, run: Callable[[Tensor], Tensor], picture: Tensor, takes: Takes) -> Tensor:
    """(1, C, H, W) → (1, D, H, W), in one piece or in tiles.

    Args:
        network: whose norms are to scale all tiles alike.
        run: what calls it.
    """

    def piece(part: Tensor) -> Tensor:
        return _padded(run, part, takes)

    height, width = picture.shape[-2:]
    if takes.tiles(height, width) == 1:
        return piece(picture)
    statistics = Statistics(network)
    if statistics.norms:
        scale = (0.9 * WHOLE / (height * width)) ** 0.5
        small = [max(1, round(side * scale)) for side in (height, width)]
        with statistics.taken():
            piece(functional.interpolate(picture, small, mode="bicubic", antialias=True).clamp(-1, 1))
    with statistics.applied():
        return in_tiles(piece, picture, scale=1, reach=REACH, tile=takes.tile, fade=FADE)


def _padded(run: Callable[[Tensor], Tensor], picture: Tensor, takes: Takes) -> Tensor:
    """Reflected outwards to what the network takes; its answer is cut back."""
    height, width = picture.shape[-2:]
    tall, wide = takes.size(height, width)
    if (tall, wide) == (height, width):
        return run(picture)
    answer = run(picture[..., reflection(height, tall), :][..., reflection(width, wide)])
    top, left = (tall - height) // 2, (wide - width) // 2
    return answer[..., top : top + height, left : left + width]
