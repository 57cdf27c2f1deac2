"""Pictures side by side."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor

from course_lib.plots.style import figure

Picture = (
    Image.Image | Tensor | np.ndarray
)  # PIL; tensor (3, H, W) or (1, 3, H, W) in [−1, 1]; array (H, W[, 3]) in [0, 1] or bytes

HEAT = "viridis"


def as_array(picture: Picture) -> np.ndarray:
    """Any picture as an array that matplotlib shows: (H, W, 3) or (H, W).

    Raises:
        ValueError: a tensor that is not one RGB or grey picture.
    """
    if isinstance(picture, Tensor):
        values = picture.detach().float().cpu().numpy()
        values = values[0] if values.ndim == 4 and len(values) == 1 else values
        if values.ndim != 3 or values.shape[0] not in (1, 3):
            raise ValueError(f"a tensor of shape {tuple(picture.shape)} is not one picture; give (3, H, W) in [-1, 1].")
        values = np.clip(values.transpose(1, 2, 0) / 2 + 0.5, 0, 1)
        return values[..., 0] if values.shape[2] == 1 else values
    return np.asarray(picture)


@figure
def picture_grid(
    rows: Sequence[Sequence[Picture | None]],
    *,
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    caption: str | None = None,
    bar: tuple[float, str] | None = None,
    side: float = 1.5,
) -> Figure:
    """Rows of pictures with names above and at the left; None leaves a place empty.

    Args:
        rows: each a sequence of pictures: PIL, tensors in [−1, 1], or arrays.
        caption: one line under the grid.
        bar: (largest value, what it is): a colour bar from 0 for pictures made by :func:`heat` with that value.
        side: inches per picture.
    """
    width = max(len(row) for row in rows)
    label = 0.09 * max((len(name) for name in row_names or [""]), default=0)
    first = next(as_array(picture) for row in rows for picture in row if picture is not None)
    high = side * first.shape[0] / first.shape[1]
    size = (
        width * side + label + (0.9 if bar else 0),
        len(rows) * high + _names_height(column_names) + (0.3 if caption else 0),
    )
    drawn, axes = plt.subplots(len(rows), width, figsize=size, dpi=80, squeeze=False, layout="constrained")
    drawn.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)  # type: ignore[union-attr, call-arg]
    for row, places in enumerate(axes):
        for column, place in enumerate(places):
            _bare(place)
            picture = rows[row][column] if column < len(rows[row]) else None
            if picture is not None:
                show(place, picture)
        if row_names:
            places[0].set_ylabel(row_names[row], rotation=0, ha="right", va="center")
    for place, name in zip(axes[0], column_names or [], strict=False):
        place.set_title(name)
    if bar:
        scale = ScalarMappable(Normalize(0, bar[0]), HEAT)
        drawn.colorbar(scale, ax=axes, label=bar[1], pad=0.02, aspect=12 * len(rows))
    if caption:
        drawn.supxlabel(caption, fontsize=10)
    return drawn


def _names_height(names: Sequence[str] | None) -> float:
    """Inches that the names above the columns take."""
    lines = max((name.count("\n") + 1 for name in names or []), default=0)
    return 0.3 + 0.19 * (lines - 1) if lines else 0.0


def heat(values: Tensor | np.ndarray, top: float) -> np.ndarray:
    """A map of numbers (H, W) as a picture for :func:`picture_grid`: dark is 0, bright is ``top`` and above."""
    numbers = values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)
    return plt.get_cmap(HEAT)(np.clip(numbers / top, 0, 1))[..., :3]


def show(place: Axes, picture: Picture, **options: Any) -> None:
    """One picture on its axes, without ticks; grey pictures in grey."""
    values = as_array(picture)
    if values.ndim == 2:
        options = {"cmap": "gray", "vmin": 0, "vmax": 255 if values.dtype == np.uint8 else 1} | options
    place.imshow(values, **options)
    _bare(place)


def _bare(place: Axes) -> None:
    place.set_xticks([])
    place.set_yticks([])
    for spine in place.spines.values():
        spine.set_visible(False)
