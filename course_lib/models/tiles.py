"""Pictures of any size through a network in bounded memory: tile by tile, with no seam.

A place's answer depends on what lies within the network's reach. Each tile is therefore read with that much of its
surroundings, which is cut off again, so that tiled and whole answers are the same but for rounding. Neighbours still
overlap by a few pixels, over which one fades into the other: a network whose reach is larger than it says (a norm that
looks at the whole picture, say) then leaves no visible edge.
"""

import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import Tensor

FADE = 8  # small pixels over which neighbours fade into each other


@dataclass(frozen=True)
class Span:
    """One tile along one axis, in pixels of the small picture.

    Attributes:
        read: what the network is shown.
        kept: the part of it that is used.
        before, after: how many pixels of that are shared with the neighbour on either side.
    """

    read: tuple[int, int]
    kept: tuple[int, int]
    before: int
    after: int


def spans(length: int, tile: int, reach: int, fade: int = FADE) -> list[Span]:
    """Tiles along an axis, of equal size but for rounding, about ``tile`` pixels at most; neighbours share ``fade``.

    Raises:
        ValueError: a number below 0, or tiles too small to fade into both neighbours.
    """
    if min(fade, reach) < 0 or tile < max(1, 4 * fade):
        raise ValueError(
            f"tile is {tile}, fade is {fade} and reach is {reach}; a tile must be 4 times the fade or more."
        )
    if length <= tile:
        return [Span((0, length), (0, length), 0, 0)]
    count = -(-(length - fade) // (tile - fade))
    cuts = [round(index * (length - fade) / count) for index in range(count + 1)]
    return [
        Span(
            read=(max(0, start - reach), min(length, stop + fade + reach)),
            kept=(start, stop + fade),
            before=fade if start else 0,
            after=fade if stop + fade < length else 0,
        )
        for start, stop in itertools.pairwise(cuts)
    ]


def ramp(length: int, before: int, after: int) -> Tensor:
    """Weights (length,): rising over ``before`` pixels, 1, falling over ``after``; two neighbours' add up to 1."""
    weights = torch.ones(length)
    if before:
        weights[:before] = (torch.arange(before) + 0.5) / before
    if after:
        weights[length - after :] *= 1 - (torch.arange(after) + 0.5) / after
    return weights


def in_tiles(
    network: Callable[[Tensor], Tensor],
    picture: Tensor,
    *,
    scale: int,
    reach: int,
    tile: int,
    fade: int = FADE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Tensor:
    """(1, C, H, W) → (1, D, scale·H, scale·W), as ``network(picture)`` would give.

    Args:
        network: (1, C, h, w) → (1, D, scale·h, scale·w).
        reach: pixels of the small picture, on each side of a place, that its answer depends on.
        tile: side of what is kept of each tile; memory grows with (tile + 2·reach)².
        progress: called with (tiles done, all of them).
    """
    steps = tile_by_tile(network, picture, scale=scale, reach=reach, tile=tile, fade=fade)
    while True:
        try:
            progress(*next(steps))
        except StopIteration as end:
            return end.value


def tile_by_tile(
    network: Callable[[Tensor], Tensor], picture: Tensor, *, scale: int, reach: int, tile: int, fade: int = FADE
) -> Generator[tuple[int, int], None, Tensor]:
    """As ``in_tiles``, with a rest after each tile: yields (tiles done, all of them), returns the answer."""
    height, width = picture.shape[-2:]
    rows, columns = spans(height, tile, reach, fade), spans(width, tile, reach, fade)
    whole = torch.zeros(0)
    for number, (row, column) in enumerate((row, column) for row in rows for column in columns):
        shown = picture[..., row.read[0] : row.read[1], column.read[0] : column.read[1]]
        answer = network(shown).float().cpu()
        if number == 0:
            whole = torch.zeros(1, answer.shape[1], scale * height, scale * width)
        y, x = ((span.kept[0] - span.read[0], span.kept[1] - span.read[0]) for span in (row, column))
        answer = answer[..., scale * y[0] : scale * y[1], scale * x[0] : scale * x[1]]
        down = ramp(answer.shape[-2], scale * row.before, scale * row.after)
        along = ramp(answer.shape[-1], scale * column.before, scale * column.after)
        place = (
            ...,
            slice(scale * row.kept[0], scale * row.kept[1]),
            slice(scale * column.kept[0], scale * column.kept[1]),
        )
        whole[place] += answer * down[:, None] * along
        yield number + 1, len(rows) * len(columns)
    return whole
