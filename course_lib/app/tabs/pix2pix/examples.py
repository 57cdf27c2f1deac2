"""Label maps that the page offers, drawn here: CMP's own maps are not ours to ship.

They imitate how CMP maps look (what sits where, and how large), so that a network trained on those knows what to do.
The last is no house at all: to see what a network does with what it never saw.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course_lib.data import palette

SIZE = 256
_NUMBER = {name: index for index, (name, _) in enumerate(palette.FACADES)}


class Floor(NamedTuple):
    """One storey, in pixels of the 256 × 256 map."""

    height: int
    bays: int
    window: tuple[int, int]  # width, height
    over: str | None = "cornice"  # what sits above each window
    under: str | None = "sill"  # and below it
    blinds: bool = False
    twin: bool = False  # each window in two halves
    balconies: tuple[int, ...] = ()  # bays with one
    doors: tuple[int, ...] = ()
    shops: tuple[int, ...] = ()
    band: bool = False  # a molding along its top


def examples() -> dict[str, np.ndarray]:
    """Name → class of every pixel, (256, 256) uint8, in the order the page shows them."""
    return {name: draw() for name, draw in _EXAMPLES.items()}


def _house(
    floors: list[Floor],
    *,
    left: int = 0,
    right: int = SIZE,
    top: int = 0,
    eaves: int = 14,
    pillars: tuple[int, ...] = (),
) -> np.ndarray:
    labels = np.full((SIZE, SIZE), _NUMBER["background"], dtype=np.uint8)

    def box(kind: str, x0: float, y0: float, x1: float, y1: float) -> None:
        rows = slice(max(round(y0), 0), max(round(y1), 0))
        columns = slice(max(round(x0), 0), max(round(x1), 0))
        labels[rows, columns] = _NUMBER[kind]

    bottom = top + eaves + sum(floor.height for floor in floors)
    box("façade", left, top, right, bottom)
    box("molding", left - 4, top, right + 4, top + eaves)
    y = top + eaves
    for middle in pillars:
        box("pillar", middle - 4, y, middle + 4, bottom)
    for floor in floors:
        if floor.band:
            box("molding", left, y, right, y + 8)
        spacing = (right - left) / floor.bays
        for bay in range(floor.bays):
            x = left + spacing * (bay + 0.5)
            if bay in floor.doors:
                half = min(0.32 * spacing, 14)
                box("door", x - half, y + 0.25 * floor.height, x + half, y + floor.height)
                box("deco", x - half - 3, y + 0.12 * floor.height, x + half + 3, y + 0.25 * floor.height)
            elif bay in floor.shops:
                box("shop", x - 0.43 * spacing, y + 0.18 * floor.height, x + 0.43 * spacing, y + floor.height)
            else:
                _window(box, floor, x, y, spacing, bay in floor.balconies)
        y += floor.height
    return labels


def _window(
    box: Callable[[str, float, float, float, float], None],
    floor: Floor,
    x: float,
    y: float,
    spacing: float,
    balcony: bool,
) -> None:
    width, height = floor.window
    half, head = width / 2, y + 0.62 * (floor.height - height) + (3 if floor.band else 0)
    foot = head + height
    if floor.blinds:
        leaf = min(0.42 * width, (spacing - width) / 2 - 1)
        box("blind", x - half - leaf, head, x - half, foot)
        box("blind", x + half, head, x + half + leaf, foot)
    box("window", x - half, head, x + half, foot)
    if floor.twin:
        box("façade", x - 1.5, head, x + 1.5, foot)
    if floor.over:
        box(floor.over, x - half - 3, head - 7, x + half + 3, head - 2)
    if balcony:
        reach = min(half + 8, spacing / 2)
        box("balcony", x - reach, foot - 0.4 * height, x + reach, foot + 4)
    elif floor.under:
        box(floor.under, x - half - 3, foot + 1, x + half + 3, foot + 6)


def _town_house() -> np.ndarray:
    upper = Floor(52, 5, (22, 33))
    return _house(
        [
            upper._replace(band=True),
            upper,
            upper._replace(balconies=(2,)),
            Floor(58, 5, (22, 32), doors=(2,), band=True),
        ],
        left=10,
        right=246,
        top=22,
        eaves=16,
    )


def _shutters() -> np.ndarray:
    upper = Floor(58, 4, (22, 38), over=None, blinds=True)
    return _house([upper, upper, upper, Floor(60, 4, (22, 36), over=None, blinds=True, doors=(1,), band=True)], top=8)


def _balconies() -> np.ndarray:
    upper = Floor(46, 5, (24, 34), under=None, balconies=(0, 1, 2, 3, 4))
    ground = Floor(54, 5, (24, 32), doors=(2,), band=True)
    return _house([upper] * 4 + [ground], eaves=18, pillars=(4, 251))


def _shops() -> np.ndarray:
    upper = Floor(50, 6, (19, 32), under="sill")
    ground = Floor(62, 6, (20, 30), shops=(0, 1, 3, 4, 5), doors=(2,), band=True)
    return _house([upper._replace(over="deco"), upper, upper._replace(band=True), ground], left=6, right=250, top=24)


def _palace() -> np.ndarray:
    tall = Floor(84, 5, (26, 52), under="balcony", band=True)
    low = Floor(54, 5, (24, 28), over="molding")
    ground = Floor(72, 5, (26, 42), doors=(2,), band=True)
    return _house([low, tall, ground], top=20, eaves=22, pillars=(4, 51, 102, 154, 205, 251))


def _corner_house() -> np.ndarray:
    upper = Floor(40, 7, (15, 25), under=None)
    ground = Floor(46, 7, (15, 24), doors=(3,), shops=(5, 6), band=True)
    floors = [upper._replace(over="deco", band=True), upper, upper._replace(balconies=(1, 5)), upper, ground]
    return _house(floors, left=34, right=222, top=34, eaves=12, pillars=(37, 219))


def _works() -> np.ndarray:
    wide = Floor(74, 4, (46, 54), over=None, under=None, twin=True, band=True)
    return _house([wide, wide, wide._replace(height=76, doors=(3,))], top=10, eaves=22, pillars=(4, 64, 128, 192, 251))


def _face() -> np.ndarray:
    labels = np.full((SIZE, SIZE), _NUMBER["façade"], dtype=np.uint8)
    y, x = np.mgrid[:SIZE, :SIZE]
    labels[(x - 128) ** 2 + (y - 128) ** 2 > 118**2] = _NUMBER["background"]
    for eye in (88, 168):
        labels[(x - eye) ** 2 + (y - 98) ** 2 < 20**2] = _NUMBER["window"]
        labels[(x - eye) ** 2 + (y - 98) ** 2 < 8**2] = _NUMBER["door"]
    radius = (x - 128) ** 2 + (y - 118) ** 2
    labels[(radius < 82**2) & (radius > 62**2) & (y > 142)] = _NUMBER["balcony"]
    return labels


_EXAMPLES: dict[str, Callable[[], np.ndarray]] = {
    "Town house": _town_house,
    "Shutters": _shutters,
    "Balconies": _balconies,
    "Shops": _shops,
    "Palace": _palace,
    "Narrow house": _corner_house,
    "Works": _works,
    "Not a house": _face,
}
