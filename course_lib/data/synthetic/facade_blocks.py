"""Embedded pairs for lessons and tests: label maps of façades, and photos painted from them.

The maps speak the language of the CMP façades (the same twelve classes and colours). The photos are procedural: wall,
light, season and woodwork are drawn at random, *independently of the map*. So every map has many right photos, which is
what makes the translation worth a lesson, while the way back has one answer. Everything is a pure function of
(seed, index, size, appearance).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, default_rng
from PIL import Image
from torch import Tensor

from course_lib.data import palette
from course_lib.data.augment import bytes_tensor, generator_for, signed
from course_lib.data.catalogue import DIRECTIONS
from course_lib.data.digest import digest_of
from course_lib.data.synthetic.facade_paint import paint
from course_lib.errors import CourseError

NAMES = [name for name, _ in palette.FACADES]
SPLITS = {"train": (0, 400), "val": (400, 100)}  # first index, length: as many as the real façades have


class Box(NamedTuple):
    """One part of a façade: its class and its corners, in fractions of the picture or, after rounding, in pixels."""

    kind: str
    x0: float
    y0: float
    x1: float
    y1: float


def facade_boxes(index: int, *, size: int = 64, seed: int = 0) -> list[Box]:
    """The parts of façade ``index`` in drawing order, corners in whole pixels of a ``size`` × ``size`` picture."""
    boxes = []
    for kind, x0, y0, x1, y1 in _layout(default_rng((seed, index, 0))):
        left, top = int(x0 * size + 0.5), int(y0 * size + 0.5)
        right, bottom = max(int(x1 * size + 0.5), left + 1), max(int(y1 * size + 0.5), top + 1)
        box = Box(kind, max(left, 0), max(top, 0), min(right, size), min(bottom, size))
        if box.x1 > box.x0 and box.y1 > box.y0:
            boxes.append(box)
    return boxes


def facade_map(index: int, *, size: int = 64, seed: int = 0) -> np.ndarray:
    """The label map alone: (size, size) uint8, each pixel a class 0…11 of ``palette.FACADES``."""
    return _fill(facade_boxes(index, size=size, seed=seed), size)


def facade_blocks(
    index: int, *, size: int = 64, seed: int = 0, appearance: int = 0, slack: float = 0
) -> tuple[Image.Image, Image.Image]:
    """Façade ``index`` as (label map, photo), two RGB pictures of ``size`` × ``size``.

    ``appearance`` picks one of the many right photos of the same map: materials, colours, light and weather change,
    the building does not. With ``slack`` every part of the photo lies up to that many pixels beside its place on the
    map, as in real pairs, whose maps were drawn by hand.

    Raises:
        CourseError: ``size`` is under 16 pixels, too few to draw a window.
    """
    if size < 16:
        raise CourseError(f"facade_blocks cannot draw at size {size}. Ask for 16 pixels or more.")
    boxes = facade_boxes(index, size=size, seed=seed)
    built = _moved(boxes, size, slack, default_rng((seed, index, 2, appearance))) if slack else boxes
    photo = paint(built, size, default_rng((seed, index, 1, appearance)))
    return palette.paint(_fill(boxes, size)), Image.fromarray(photo)


class FacadeBlocks:
    """The pairs as a data set. ``.example(i)`` → {"input": (3, H, W), "target": (3, H, W)}, float32 in [−1, 1].

    Args:
        size: side of the pictures in pixels.
        split: "train" or "val"; no façade is in both.
        seed: another seed is another city.
        direction: "BtoA" (label → photo, as the official code runs the façades) or "AtoB" (photo → label).
        length: number of pairs, the split's own (400 or 100) if None.
        appearances: how many photos a map has. With 1, as in the real data, each map comes with one photo for
            good. With more, epoch e shows the map's photo e mod appearances: the learner of the map sees that it has
            many.

    Raises:
        CourseError: an unknown split or direction.
    """

    def __init__(
        self,
        size: int = 64,
        *,
        split: str = "train",
        seed: int = 0,
        direction: str = "BtoA",
        length: int | None = None,
        appearances: int = 1,
    ) -> None:
        if split not in SPLITS:
            raise CourseError(f"facade_blocks has no split {split!r}. Choose one of {', '.join(SPLITS)}.")
        if direction not in DIRECTIONS:
            raise CourseError(f"direction is {direction!r}. Choose BtoA (label to photo) or AtoB (photo to label).")
        first, own_length = SPLITS[split]
        self.size, self.split, self.seed = size, split, seed
        self.direction, self.appearances = direction, appearances
        self.length = own_length if length is None else length
        # Indices beyond a split's own length go where no other split is.
        self._first = first if self.length <= own_length else 1_000_000 * (1 + list(SPLITS).index(split))

    def __len__(self) -> int:
        return self.length

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """Pair ``index`` as tensors.

        ``augment`` mirrors half of them: which ones is a function of (seed, epoch, index).
        """
        if not 0 <= index < self.length:
            raise IndexError(f"pair {index} of {self.length}")
        label, photo = _kept(self._first + index, self.size, self.seed, epoch % self.appearances)
        mirrored = augment and generator_for(seed, epoch, index).random() < 0.5
        a, b = (signed(bytes_tensor(picture)) for picture in (photo, label))
        if mirrored:
            a, b = a.flip(-1), b.flip(-1)
        return {"input": b, "target": a} if self.direction == "BtoA" else {"input": a, "target": b}

    def digest(self) -> str:
        """A hash of the name and the parameters."""
        parameters = (self.size, self.split, self.seed, self.direction, self.length, self.appearances)
        return digest_of("facade_blocks", *parameters)


def _moved(boxes: list[Box], size: int, slack: float, rng: Generator) -> list[Box]:
    """Every part but the ground it stands on, moved by up to ``slack`` pixels (in halves) each way."""
    steps = round(2 * slack)
    moved = []
    for box in boxes:
        dx, dy = (0, 0) if box.kind == "background" else rng.integers(-steps, steps + 1, 2) / 2
        x0, x1 = (min(max(x + dx, 0), size) for x in (box.x0, box.x1))
        y0, y1 = (min(max(y + dy, 0), size) for y in (box.y0, box.y1))
        if x1 - x0 >= 1 and y1 - y0 >= 1:
            moved.append(Box(box.kind, x0, y0, x1, y1))
    return moved


@lru_cache(maxsize=512)  # both splits, painted once: about 12 MB at 64²
def _kept(index: int, size: int, seed: int, appearance: int) -> tuple[Image.Image, Image.Image]:
    return facade_blocks(index, size=size, seed=seed, appearance=appearance)


def _fill(boxes: list[Box], size: int) -> np.ndarray:
    classes = np.zeros((size, size), dtype=np.uint8)
    for kind, x0, y0, x1, y1 in boxes:
        classes[y0:y1, x0:x1] = NAMES.index(kind)
    return classes


def _layout(rng: Generator) -> list[Box]:
    """One building in fractions of the picture: street front, floors, bays, then what sits in every bay."""

    def chance(probability: float) -> bool:
        return rng.random() < probability

    left, right = (rng.uniform(0.02, 0.1) if chance(0.3) else 0.0, 1 - (rng.uniform(0.02, 0.1) if chance(0.3) else 0.0))
    top = rng.uniform(0.05, 0.2) if chance(0.7) else 0.0
    bottom = 1 - (rng.uniform(0.03, 0.07) if chance(0.6) else 0.0)
    boxes = [Box("background", 0, 0, 1, 1), Box("façade", left, top, right, bottom)]
    eaves = rng.uniform(0.04, 0.07) if chance(0.8) else 0.0
    if eaves:
        overhang = 0.02 if left > 0.02 else 0.0
        boxes.append(Box("molding", left - overhang, top, right + overhang, top + eaves))

    floors = int(rng.integers(2, 6))
    ground = rng.uniform(1.0, 1.35)
    floor_height = (bottom - top - eaves) / (floors - 1 + ground)
    bays = int(rng.integers(2, max(3, min(7, int(round((right - left) / max(floor_height, 0.14)) + 2)))))
    margin = rng.uniform(0.02, 0.06)
    bay = (right - left - 2 * margin) / bays

    window_width = bay * rng.uniform(0.4, 0.62)
    window_height = floor_height * rng.uniform(0.52, 0.68)
    shares = {"sill": 0.6, "cornice": 0.45, "blind": 0.3, "deco": 0.25, "pillar": 0.25, "band": 0.5, "twin": 0.2}
    has = {kind: chance(share) for kind, share in shares.items()}
    balconies = rng.random((floors, bays)) < rng.choice([0.0, 0.0, 0.15, 0.35])
    if chance(0.25):
        balconies[:, bays // 2] = True
    door_bay, shops = int(rng.integers(bays)), chance(0.35)
    centres = left + margin + bay * (np.arange(bays) + 0.5)

    if has["pillar"]:
        width = rng.uniform(0.025, 0.045)
        edges = np.arange(bays + 1) if chance(0.4) else np.array([0, bays])
        for x in left + margin + bay * edges:
            boxes.append(Box("pillar", x - width / 2, top + eaves, x + width / 2, bottom))
    for floor in range(floors):  # counted from the roof down
        is_ground = floor == floors - 1
        y0 = top + eaves + floor * floor_height
        y1 = bottom if is_ground else y0 + floor_height
        if (has["band"] or is_ground) and floor and chance(0.85):
            boxes.append(Box("molding", left, y0 - 0.016, right, y0 + 0.016))
        for column, x in enumerate(centres):
            if is_ground and column == door_bay:
                boxes += _door(x, y0, y1, window_width, has["cornice"])
            elif is_ground and shops:
                boxes.append(Box("shop", x - 0.44 * bay, y0 + 0.16 * (y1 - y0), x + 0.44 * bay, y1 - 0.04 * (y1 - y0)))
            else:
                balcony = bool(balconies[floor, column]) and not is_ground
                boxes += _window(x, y0, y1, window_width, window_height, bay, has, balcony)
    return boxes


def _window(
    x: float, y0: float, y1: float, width: float, height: float, bay: float, has: dict[str, bool], balcony: bool
) -> list[Box]:
    """A window of one bay, between the floor lines y0 and y1, with what this house puts around its windows."""
    head = y0 + (y1 - y0 - height) * 0.55
    foot = head + height + (0.12 * height if balcony else 0)
    half = width / 2
    parts = []
    if has["twin"]:
        parts += [
            Box("window", x - half, head, x - 0.1 * half, foot),
            Box("window", x + 0.1 * half, head, x + half, foot),
        ]
    else:
        parts.append(Box("window", x - half, head, x + half, foot))
    if has["blind"]:
        leaf = min(0.45 * width, (bay - width) / 2)
        parts += [
            Box("blind", x - half - leaf, head, x - half, foot),
            Box("blind", x + half, head, x + half + leaf, foot),
        ]
    if has["cornice"]:
        parts.append(Box("cornice", x - 1.25 * half, head - 0.03, x + 1.25 * half, head - 0.004))
    elif has["deco"]:
        parts.append(Box("deco", x - 0.5 * half, head - 0.04, x + 0.5 * half, head - 0.008))
    if balcony:
        reach = min(1.5 * half, bay / 2)
        parts.append(Box("balcony", x - reach, foot - 0.42 * height, x + reach, foot + 0.02))
    elif has["sill"]:
        parts.append(Box("sill", x - 1.2 * half, foot, x + 1.2 * half, foot + 0.022))
    return parts


def _door(x: float, y0: float, y1: float, window_width: float, hooded: bool) -> list[Box]:
    half = max(0.55 * window_width, 0.045)
    head = y0 + 0.24 * (y1 - y0)
    parts = [Box("door", x - half, head, x + half, y1)]
    if hooded:
        parts.append(Box("cornice", x - 1.3 * half, head - 0.035, x + 1.3 * half, head))
    return parts
