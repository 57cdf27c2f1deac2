"""Thin lines on a flat ground, drawn by rule: every drawing is one connected line whose true course is known.

The same line can be had hard (a pixel is ink or is not), smooth (a pixel is as light as the line covers it) or as a
distance field (every pixel says how far the line is). Like Quick, Draw!, ink is +1 and the ground −1.
"""

from typing import Literal

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from course_lib.errors import CourseError

SHAPES = ("circle", "triangle", "zigzag")
REACH = 4.0  # pixels over which a distance field falls from ink to ground
Style = Literal["hard", "smooth", "field"]


def strokes(
    count: int,
    *,
    size: int = 32,
    width: float = 1.5,
    style: Style = "smooth",
    wander: float = 1.0,
    seed: int = 0,
    reach: float = REACH,
) -> tuple[Tensor, Tensor]:
    """Circles, triangles and zigzags, each one unbroken line, as a hand would draw them: never twice the same.

    Args:
        count: drawings, ≥ 1; the shapes take turns.
        size: pixels a side, ≥ 8.
        width: of the line, in pixels, > 0.
        style: how the line becomes pixels.
        wander: 0: all of one shape lie at the same place; 1: centre, size and corners move as in hasty drawings.
        seed: the same seed gives the same lines, in every style and width.
        reach: of the distance field, pixels.

    Returns:
        pictures (count, 1, size, size) in [−1, 1] and labels (count,), indices into ``SHAPES``.

    Raises:
        CourseError: a number out of its range, or an unknown style.
    """
    if count < 1 or size < 8 or not width > 0 or not reach > 0 or not wander >= 0:
        raise CourseError(
            f"count ≥ 1, size ≥ 8, width > 0, reach > 0 and wander ≥ 0 are needed; these are {count}, {size}, {width}, "
            f"{reach} and {wander}."
        )
    random = np.random.default_rng(seed)
    labels = torch.arange(count) % len(SHAPES)
    distances = np.stack([_distances(_corners(SHAPES[int(k)], random, wander) * size, size) for k in labels])
    return _inked(torch.from_numpy(distances).float()[:, None], width, style, reach), labels


def line(
    offsets: Tensor, *, size: int = 32, width: float = 1.5, style: Style = "smooth", reach: float = REACH
) -> Tensor:
    """Vertical lines, one a picture, ``offsets`` pixels to the right of the middle: (N,) → (N, 1, size, size).

    Offset 0 lies on the middle of pixel column size // 2.
    """
    columns = torch.arange(size) - size // 2
    distances = (columns[None, :] - offsets[:, None].float()).abs()
    return _inked(distances[:, None, None, :].expand(-1, 1, size, -1), width, style, reach).contiguous()


def distance_field(drawings: Tensor, reach: float = REACH) -> Tensor:
    """Drawings as truncated distance fields: +1 on ink, falling evenly to −1 at ``reach`` pixels from it.

    Args:
        drawings: (N, 1, H, W) in [−1, 1]; what is above 0 is ink. A drawing without ink becomes −1 everywhere.
    """
    _check(drawings)
    fields = [
        distance_transform_edt(~ink) if ink.any() else np.full(ink.shape, np.inf)
        for ink in (drawings[:, 0] > 0).cpu().numpy()
    ]
    return _field(torch.from_numpy(np.stack(fields)).float()[:, None], reach)


def from_distance_field(fields: Tensor, reach: float = REACH, width: float = 1.0) -> Tensor:
    """Ink (+1) wherever a field says that the line is nearer than half its ``width``, else ground (−1)."""
    _check(fields)
    return torch.where(fields > 1 - width / reach, 1.0, -1.0)


def _inked(distances: Tensor, width: float, style: Style, reach: float) -> Tensor:
    if style == "hard":
        return torch.where(distances <= width / 2, 1.0, -1.0)
    if style == "smooth":  # a pixel whose middle is d from the line's is covered by about ½ + w/2 − d of itself
        return 2 * (0.5 + width / 2 - distances).clamp(0, min(1.0, width)) - 1
    if style == "field":
        return _field((distances - width / 2).clamp(min=0), reach)
    raise CourseError(f"Style {style!r} is unknown; there is hard, smooth, field.")


def _field(distances: Tensor, reach: float) -> Tensor:
    return 1 - 2 * (distances / reach).clamp(max=1)


def _corners(shape: str, random: np.random.Generator, wander: float) -> np.ndarray:
    """The line's course in the unit square, (K, 2)."""
    centre = 0.5 + wander * random.uniform(-0.07, 0.07, 2)
    radius = 0.3 * (1 + wander * random.uniform(-0.25, 0.25, 2))
    if shape == "zigzag":
        path = np.stack([np.linspace(-1.1, 1.1, 5), [0.8, -0.8, 0.8, -0.8, 0.8]], axis=1)
    else:
        turns = np.linspace(0, 1, 25 if shape == "circle" else 4)
        start = 0.25 + wander * random.uniform(-0.04, 0.04)
        path = np.stack([np.cos(2 * np.pi * (turns - start)), np.sin(2 * np.pi * (turns - start))], axis=1)
    shake = wander * random.normal(0, 0.03 if shape == "circle" else 0.1, path.shape)
    if shape != "zigzag":
        shake[-1] = shake[0]  # closed lines stay closed
    return (centre + radius * (path + shake)).clip(0.06, 0.94)


def _distances(corners: np.ndarray, size: int) -> np.ndarray:
    """From every pixel's middle to the nearest point of the line, (size, size)."""
    rows, columns = np.mgrid[:size, :size] + 0.5
    points = np.stack([columns, rows], axis=-1)[:, :, None]  # (size, size, 1, 2)
    starts, steps = corners[:-1], np.diff(corners, axis=0)
    along = ((points - starts) * steps).sum(-1) / np.maximum((steps**2).sum(-1), 1e-12)
    nearest = starts + along.clip(0, 1)[..., None] * steps
    return np.linalg.norm(points - nearest, axis=-1).min(axis=-1)


def _check(drawings: Tensor) -> None:
    if drawings.ndim != 4 or drawings.shape[1] != 1 or not len(drawings):
        raise CourseError(f"Drawings (N, 1, H, W) are needed; these are {tuple(drawings.shape)}.")
