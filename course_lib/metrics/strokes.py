"""Are the lines of a drawing whole? Four counts that need no network.

A line drawing fails in ways that pixel distances and feature distances blur together: no ink, grey where ink should
be, and lines in pieces. Each gets a count of its own. All are read beside the same counts of real drawings: a bicycle
has more
pieces than an apple, and that is right.
"""

from typing import NamedTuple

import numpy as np
import torch
from scipy.ndimage import label
from torch import Tensor

from course_lib.errors import CourseError

TOUCHING = np.ones((3, 3), dtype=int)  # pixels that touch at a corner belong to one line: thin diagonals are no breaks
MIST = 0.5  # values between −MIST and MIST are neither ink nor ground


class Strokes(NamedTuple):
    """One number a drawing, (N,) each."""

    ink: np.ndarray  # share of pixels that are ink (above 0)
    pieces: np.ndarray  # connected pieces of ink
    longest: np.ndarray  # share of the ink that the largest piece holds; 0 without ink
    mist: np.ndarray  # share of pixels that are neither ink nor ground


def stroke_report(drawings: Tensor) -> Strokes:
    """Counts ink, pieces and mist.

    Args:
        drawings: (N, 1, H, W) in [−1, 1], ink above 0, N ≥ 1.

    Raises:
        CourseError: another shape, or NaN.
    """
    if drawings.ndim != 4 or drawings.shape[1] != 1 or not drawings.numel():
        raise CourseError(f"Drawings (N, 1, H, W) are needed; these are {tuple(drawings.shape)}.")
    values = drawings.detach().float().cpu().numpy()[:, 0]
    if not np.isfinite(values).all():
        raise CourseError("The drawings hold NaN or infinity: the generator that made them has diverged.")
    ink = values > 0
    pieces, longest = np.zeros(len(ink), dtype=int), np.zeros(len(ink))
    for at, drawing in enumerate(ink):
        numbered, pieces[at] = label(drawing, structure=TOUCHING)
        if pieces[at]:
            longest[at] = np.bincount(numbered[drawing]).max() / drawing.sum()
    return Strokes(ink.mean((1, 2)), pieces, longest, (np.abs(values) < MIST).mean((1, 2)))


def value_giveaway(real: Tensor, made: Tensor, bins: int = 64) -> float:
    """How often a classifier that sees the value of one single pixel, and no shape at all, could be right at best.

    ½ + ¼ Σ|p − q| over the histograms of all values: ½ is guessing (the histograms are equal), 1 is always right (they
    share no value). A discriminator that can win by this need not look at lines.

    Args:
        real, made: pictures of any shape in [−1, 1], neither empty.
        bins: of the histograms, over −1 … 1.
    """
    if not (real.numel() and made.numel()):
        raise CourseError("Two sets of pictures are needed; one of them is empty.")
    p, q = (
        torch.histc(part.detach().flatten().float().clamp(-1, 1), bins, -1, 1) / part.numel() for part in (real, made)
    )
    return 0.5 + 0.25 * (p - q).abs().sum().item()
