"""Paints the photo of a façade from its parts: walls with a texture, glass, woodwork, light and shadow.

Everything that the parts do not say (material, colour, light, weather, curtains) is drawn from the generator, so one
building has as many photos as there are seeds. Painted at twice the size and averaged down, as a lens would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator

Array = np.ndarray
SCALE = 2

# What façades are made of: (name, colours it comes in). Colours are sRGB in 0…1.
WALLS: tuple[tuple[str, tuple[tuple[float, float, float], ...]], ...] = (
    (
        "plaster",
        (
            (0.86, 0.74, 0.48),
            (0.84, 0.62, 0.50),
            (0.90, 0.86, 0.74),
            (0.62, 0.72, 0.66),
            (0.70, 0.76, 0.84),
            (0.82, 0.66, 0.66),
        ),
    ),
    ("brick", ((0.62, 0.34, 0.26), (0.70, 0.46, 0.32), (0.74, 0.64, 0.50), (0.50, 0.30, 0.28))),
    ("stone", ((0.74, 0.70, 0.62), (0.62, 0.60, 0.58), (0.80, 0.74, 0.60))),
)
WOODS = ((0.93, 0.92, 0.88), (0.36, 0.24, 0.16), (0.20, 0.28, 0.24), (0.52, 0.40, 0.28), (0.28, 0.30, 0.34))
SHUTTERS = ((0.20, 0.38, 0.30), (0.44, 0.20, 0.16), (0.30, 0.42, 0.54), (0.46, 0.34, 0.24), (0.82, 0.82, 0.78))
AWNINGS = ((0.62, 0.16, 0.16), (0.16, 0.30, 0.46), (0.16, 0.38, 0.26), (0.72, 0.56, 0.22), (0.24, 0.22, 0.24))
SKIES = (
    ((0.42, 0.60, 0.84), (0.74, 0.84, 0.93)),
    ((0.78, 0.80, 0.83), (0.90, 0.91, 0.92)),
    ((0.62, 0.60, 0.72), (0.94, 0.80, 0.68)),
)


@dataclass(frozen=True)
class Look:
    """One appearance: what the label map leaves open."""

    material: str
    wall: Array
    trim: Array  # stone of sills, bands, pillars
    wood: Array  # window frames
    door: Array
    shutter: Array
    awning: Array
    iron: Array
    sky: tuple[Array, Array]
    side: int  # the sun stands on the left (−1) or the right (+1)
    sun: float  # 0 overcast … 1 hard shadows
    curtains: float  # share of windows with something pale behind the glass
    lamps: float  # share of windows with a light on
    sash: int  # 0 cross, 1 transom and mullion, 2 two leaves, 3 one pane
    grain: Array  # (side, side, 1) fine noise that every surface takes its share of
    unit: int  # pixels of the thinnest bar


def _look(side: int, rng: Generator) -> Look:
    def pick(choices: Sequence, spread: float = 0.03) -> Array:
        colour = np.asarray(choices[int(rng.integers(len(choices)))]) + rng.normal(0, spread, 3)
        return np.minimum(np.maximum(colour, 0.05), 0.97).astype(np.float32)

    material, colours = WALLS[int(rng.choice(len(WALLS), p=[0.5, 0.3, 0.2]))]
    wall = pick(colours, 0.04)
    trim = pick(((0.88, 0.86, 0.80), (0.76, 0.72, 0.64), (0.66, 0.64, 0.62)))
    trim = trim if rng.random() < 0.7 else np.clip(wall * 1.18, 0, 0.95)
    top, horizon = SKIES[int(rng.integers(len(SKIES)))]
    return Look(
        material=material,
        wall=wall,
        trim=trim,
        wood=pick(WOODS),
        door=pick(WOODS[1:]),
        shutter=pick(SHUTTERS),
        awning=pick(AWNINGS),
        iron=pick(((0.14, 0.14, 0.16),), 0.02),
        sky=(np.array(top, np.float32), np.array(horizon, np.float32)),
        side=1 if rng.random() < 0.5 else -1,
        sun=float(rng.random() ** 0.7),
        curtains=float(rng.uniform(0.0, 0.7)),
        lamps=0.15 if rng.random() < 0.2 else 0.0,
        sash=int(rng.integers(4)),
        grain=rng.standard_normal((side, side, 1), dtype=np.float32),
        unit=max(1, side // 128),
    )


def paint(boxes: Sequence[tuple[str, float, float, float, float]], size: int, rng: Generator) -> Array:
    """Photo of the parts ``boxes`` (class name, corners in pixels of the map, in drawing order): (size, size, 3) uint8.

    Args:
        boxes: as ``facade_blocks.facade_boxes`` gives them.
        size: side of the map and of the photo.
        rng: draws the appearance; the same generator state gives the same photo.
    """
    look = _look(SCALE * size, rng)
    canvas = np.empty((SCALE * size, SCALE * size, 3), dtype=np.float32)
    for kind, x0, y0, x1, y1 in boxes:
        left, top, right, bottom = (int(SCALE * v) for v in (x0, y0, x1, y1))
        PARTS[kind](canvas, (left, top, right, bottom), look, rng)
    canvas *= _light(len(canvas), look, rng)
    photo = (canvas[::2, ::2] + canvas[::2, 1::2] + canvas[1::2, ::2] + canvas[1::2, 1::2]) / 4  # SCALE is 2
    photo += 0.012 * look.grain[-size:, -size:]  # the camera's own noise
    return (np.clip(photo, 0, 1) * 255 + 0.5).astype(np.uint8)


def _light(side: int, look: Look, rng: Generator) -> Array:
    """Brightness and tint over the picture: (side, side, 3), near 1. Sunny scenes may carry a neighbour's shadow."""
    x = np.linspace(-1, 1, side, dtype=np.float32)
    level = rng.uniform(0.82, 1.12) + 0.10 * look.sun * look.side * x[None] + rng.uniform(-0.08, 0.08) * x[:, None]
    if rng.random() < 0.3 * look.sun:
        edge = rng.uniform(0.2, 1.2) + rng.uniform(0.2, 0.7) * x[:, None]
        level = level * np.where(-look.side * x[None] > edge, 1 - 0.45 * look.sun, 1)
    warm = rng.normal(0.04 * look.sun, 0.04)
    return (level[..., None] * np.array([1 + warm, 1.0, 1 - warm], dtype=np.float32)).astype(np.float32)


# -- surfaces ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _spread(cells: int, length: int) -> Array:
    """(length, cells) weights that interpolate a coarse random grid: smooth blotches without a filter."""
    at = np.linspace(0, cells - 1, length)
    return np.clip(1 - np.abs(at[:, None] - np.arange(cells)[None]), 0, 1).astype(np.float32)


@lru_cache(maxsize=512)
def _ramp(start: float, end: float, length: int) -> Array:
    """(length, 1, 1) evenly from start to end."""
    return np.linspace(start, end, length, dtype=np.float32)[:, None, None]


@lru_cache(maxsize=64)
def _courses_at(height: int, width: int, high: int, wide: int) -> tuple[Array, Array, Array]:
    """For every pixel its row and column of bricks, every second row shifted, and whether it is a joint."""
    y = np.arange(height)[:, None]
    x = np.arange(width)[None] + (y // high % 2) * (wide // 2)
    return y // high, x // wide, ((y % high == 0) | (x % wide == 0))[..., None]


@lru_cache(maxsize=512)
def _every(period: int, on: int, length: int) -> Array:
    """(length,) bool: the first ``on`` of every ``period`` pixels."""
    return np.arange(length) % period < on


def _blotches(height: int, width: int, cells: int, rng: Generator) -> Array:
    grid = rng.standard_normal((cells, cells), dtype=np.float32)
    return (_spread(cells, height) @ grid @ _spread(cells, width).T)[..., None]


def _wall(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    x0, y0, x1, y1 = box
    height, width = y1 - y0, x1 - x0
    tone = 1 + 0.03 * _blotches(height, width, 5, rng) + 0.025 * look.grain[y0:y1, x0:x1]
    unit = look.unit
    if look.material == "plaster":  # rain streaks under everything
        tone -= 0.05 * np.abs(_blotches(1, width, 24, rng)) * _ramp(0, 1, height)
        surface = tone * look.wall
    else:
        high, wide, contrast = (4 * unit, 8 * unit, 0.14) if look.material == "brick" else (10 * unit, 20 * unit, 0.05)
        row, column, joint = _courses_at(height, width, high, wide)
        blocks = rng.standard_normal((height // high + 1, width // wide + 2), dtype=np.float32)
        tone *= 1 + contrast * blocks[row, column][..., None]
        mortar = (
            0.55 * look.wall + np.array([0.33, 0.32, 0.30], np.float32)
            if look.material == "brick"
            else 0.72 * look.wall
        )
        surface = np.where(joint, mortar, look.wall) * tone
    canvas[y0:y1, x0:x1] = surface


def _background(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    x0, y0, x1, y1 = box
    height, width = y1 - y0, x1 - x0
    fade = _ramp(0, 1, height)
    top, horizon = look.sky
    canvas[y0:y1, x0:x1] = top + (horizon - top) * fade + 0.035 * _blotches(height, width, 6, rng)
    street = y1 - max(height // 5, 1)  # what the building leaves free down there is pavement
    canvas[street:y1, x0:x1] = 0.46 + 0.05 * look.grain[street:y1, x0:x1] + rng.uniform(-0.08, 0.06)


# -- parts -------------------------------------------------------------------------------------------------------------


def _shade(canvas: Array, x0: int, y0: int, x1: int, y1: int, factor: float) -> None:
    side = len(canvas)
    canvas[max(y0, 0) : min(y1, side), max(x0, 0) : min(x1, side)] *= factor


def _cast(canvas: Array, box: tuple[int, int, int, int], look: Look, depth: int) -> None:
    """The shadow of a part that stands ``depth`` pixels out: below it and away from the sun."""
    x0, _, x1, y1 = box
    shift = -look.side * round(depth * look.sun)
    _shade(canvas, x0 + shift, y1, x1 + shift, y1 + depth, 0.9 - 0.4 * look.sun)


def _ledge(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """Sill, window head or band: a stone bar, lit from above, dark underneath, with its shadow."""
    x0, y0, x1, y1 = box
    _cast(canvas, box, look, max(2, (y1 - y0) // 2))
    tone = _ramp(1.06, 0.88, y1 - y0)
    canvas[y0:y1, x0:x1] = look.trim * tone + 0.02 * look.grain[y0:y1, x0:x1]
    canvas[y1 - 1 : y1, x0:x1] *= 0.72


def _band(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """A molding: a ledge, and where it is high enough the row of teeth under the eaves."""
    x0, y0, x1, y1 = box
    _ledge(canvas, box, look, rng)
    if y1 - y0 >= 8 * look.unit:
        middle = (y0 + y1) // 2
        canvas[middle : y1 - 2, x0:x1][:, _every(6 * look.unit, 2 * look.unit, x1 - x0)] *= 0.7
        canvas[middle - 1 : middle, x0:x1] *= 0.8


def _pillar(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    x0, y0, x1, y1 = box
    round_ = _ramp(-1, 1, x1 - x0).reshape(1, -1, 1) * look.side
    _shade(canvas, x0 - 2 * look.side, y0, x1 - 2 * look.side, y1, 0.95 - 0.3 * look.sun)
    canvas[y0:y1, x0:x1] = look.trim * (0.94 + (0.06 + 0.12 * look.sun) * round_) + 0.02 * look.grain[y0:y1, x0:x1]
    for y in (y0, y1 - 4):
        _shade(canvas, x0, y, x1, y + 1, 0.75)


def _window(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """Frame, glass with the sky's reflection, a curtain or a lamp behind some, bars, and the wall's shadow on top."""
    x0, y0, x1, y1 = box
    height, width = y1 - y0, x1 - x0
    unit = look.unit
    canvas[y0:y1, x0:x1] = look.wood
    edge = unit if min(height, width) > 4 * unit else 0
    gx0, gy0, gx1, gy1 = x0 + edge, y0 + edge, x1 - edge, y1 - edge
    shine = rng.uniform(0.1, 0.4) * _ramp(1, 0.2, gy1 - gy0)
    glass = np.array([0.14, 0.17, 0.20]) * rng.uniform(0.7, 1.3) * (1 - shine) + look.sky[1] * shine
    inside = rng.random()
    if inside < look.lamps:
        glass = glass * 0.3 + np.array([0.95, 0.78, 0.45]) * 0.7
    elif inside < look.lamps + look.curtains:
        drawn = np.abs(_ramp(-1, 1, gx1 - gx0)).reshape(1, -1, 1) > rng.uniform(0.1, 0.7)
        glass = np.where(drawn, 0.45 * glass + 0.42, glass)
    canvas[gy0:gy1, gx0:gx1] = glass
    middle = (x0 + x1) // 2
    if look.sash != 3 and width >= 6 * unit:
        canvas[gy0:gy1, middle - unit + unit // 2 : middle + unit] = look.wood
    for share in {0: (0.5,), 1: (0.33,), 2: (), 3: ()}[look.sash]:
        if height >= 8 * unit:
            at = y0 + round(share * height)
            canvas[at : at + unit, gx0:gx1] = look.wood
    _shade(canvas, x0, y0, x1, y0 + 2 * unit, 0.72)
    reveal = (x1 - unit, x1) if look.side > 0 else (x0, x0 + unit)
    _shade(canvas, reveal[0], y0, reveal[1], y1, 1 - 0.35 * look.sun)


def _blind(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    x0, y0, x1, y1 = box
    _cast(canvas, box, look, 2)
    slats = 1 - np.float32(0.26) * _every(3 * look.unit, look.unit, y1 - y0)[:, None, None]
    canvas[y0:y1, x0:x1] = look.shutter * slats * rng.uniform(0.95, 1.05)


def _balcony(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """Iron bars or a stone parapet on a slab, over whatever is behind, and the slab's shadow on the wall below."""
    x0, y0, x1, y1 = box
    slab = max(2, (y1 - y0) // 5)
    _cast(canvas, box, look, max(4, (y1 - y0) // 2))
    if look.material == "stone" or look.sash == 3:
        canvas[y0 : y1 - slab, x0:x1] = look.trim * 0.94
        canvas[y0 + 2 : y1 - slab - 1, x0:x1][:, _every(4 * look.unit, look.unit, x1 - x0)] *= 0.6
    else:
        canvas[y0 : y1 - slab, x0:x1] *= 0.8
        canvas[y0 : y1 - slab, x0:x1][:, _every(3 * look.unit, look.unit, x1 - x0)] = look.iron
        canvas[y0 : y0 + 2 * look.unit, x0:x1] = look.iron
    canvas[y1 - slab : y1, x0:x1] = look.trim * _ramp(1.04, 0.7, slab)


def _deco(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    x0, y0, x1, y1 = box
    _cast(canvas, box, look, 2)
    canvas[y0:y1, x0:x1] = look.trim * (0.92 + 0.13 * look.grain[y0:y1, x0:x1])


def _door(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """Two leaves with panels, a fanlight above, a step below."""
    x0, y0, x1, y1 = box
    height, width = y1 - y0, x1 - x0
    canvas[y0:y1, x0:x1] = look.door * 0.8 + 0.015 * look.grain[y0:y1, x0:x1]
    light = y0 + height // 5
    canvas[y0 + 1 : light, x0 + 1 : x1 - 1] = look.sky[1] * 0.35 + 0.08
    middle, inset = (x0 + x1) // 2, max(1, width // 8)
    for a, b in ((x0 + inset, middle - inset + 1), (middle + inset, x1 - inset)):
        for c, d in ((light + 2, light + (y1 - light) // 2 - 1), (light + (y1 - light) // 2 + 1, y1 - 3)):
            canvas[c:d, a:b] = look.door * 1.12
    canvas[light:y1, middle : middle + 1] = look.door * 0.4
    canvas[y1 - 2 : y1, x0:x1] = look.trim * 0.85
    _shade(canvas, x0, y0, x1, y0 + 2, 0.7)


def _shop(canvas: Array, box: tuple[int, int, int, int], look: Look, rng: Generator) -> None:
    """A sign, an awning with stripes, a big dark pane with things in it."""
    x0, y0, x1, y1 = box
    height, width = y1 - y0, x1 - x0
    canvas[y0:y1, x0:x1] = np.array([0.16, 0.17, 0.19]) + 0.06 * np.abs(_blotches(height, width, 4, rng))
    goods = y1 - height // 3
    canvas[goods : y1 - 2, x0 + 2 : x1 - 2] += (
        0.12 * np.abs(_blotches(max(y1 - 2 - goods, 1), max(width - 4, 1), 7, rng)) * rng.random(3)
    )
    sign = y0 + max(2, height // 5)
    canvas[y0:sign, x0:x1] = look.awning
    canvas[y0 + 1 : sign - 1, x0 + 2 : x1 - 2][:, rng.random(max(x1 - x0 - 4, 0)) < 0.4] = 0.85  # letters, from afar
    awning = sign + max(2, height // 6)
    stripes = _every(6 * look.unit, 3 * look.unit, width)[None, :, None]
    canvas[sign:awning, x0:x1] = look.awning * 0.85 * (1 - stripes) + 0.86 * stripes
    _shade(canvas, x0, awning, x1, awning + 3, 0.5)
    canvas[awning:y1, x0 : x0 + 1] = canvas[awning:y1, x1 - 1 : x1] = look.wood * 0.8


PARTS = {
    "background": _background,
    "façade": _wall,
    "window": _window,
    "door": _door,
    "cornice": _ledge,
    "sill": _ledge,
    "balcony": _balcony,
    "blind": _blind,
    "deco": _deco,
    "molding": _band,
    "pillar": _pillar,
    "shop": _shop,
}
