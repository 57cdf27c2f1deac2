"""Differences between two pictures of 8 bits a channel, on the scale [−1, 1] of the losses, and a map of them."""

from functools import lru_cache

import numpy as np
from PIL import Image
from torch import Tensor

from course_lib.data.pictures import to_tensor

TOP = 1.0  # where a map's scale ends, unless it is told otherwise; a difference may go to 2


def l1(a: Image.Image, b: Image.Image) -> float:
    """Mean of |a − b| over pixels and channels."""
    return _difference(a, b).abs().mean().item()


def colour_shift(before: Image.Image, after: Image.Image) -> tuple[float, float, float]:
    """By how much the mean of red, green and blue moved, of 255."""
    red, green, blue = (_difference(after, before).mean((0, 2, 3)) * 127.5).tolist()
    return red, green, blue


def error_map(a: Image.Image, b: Image.Image, top: float = TOP) -> Image.Image:
    """|a − b|, averaged over the channels, as ``heat`` shows it."""
    return heat(_difference(a, b).abs().mean((0, 1)).numpy(), top)


def heat(values: np.ndarray, top: float = TOP) -> Image.Image:
    """(H, W) in the colours of ``scale``: 0 dark, ``top`` and above bright."""
    return Image.fromarray(scale()[np.clip(np.round(values / top * 255), 0, 255).astype(int)])


@lru_cache(maxsize=1)
def scale() -> np.ndarray:
    """(256, 3) bytes: matplotlib's magma, brighter throughout, for the colour-blind as for a grey printer."""
    from matplotlib import colormaps

    return np.asarray(colormaps["magma"](np.arange(256), bytes=True))[:, :3]


def legend(top: float = TOP) -> str:
    """Markup: a map's scale, from 0 to where it ends."""
    colours = [f"rgb({red}, {green}, {blue})" for red, green, blue in scale()[::32].tolist() + scale()[-1:].tolist()]
    return (
        f'<div class="scale"><i style="background: linear-gradient(90deg, {", ".join(colours)})"></i>'
        f"<span>0</span><span>{top / 2:g}</span><span>≥ {top:g}</span></div>"
    )


def _difference(a: Image.Image, b: Image.Image) -> Tensor:
    return to_tensor(a).double() - to_tensor(b).double()
