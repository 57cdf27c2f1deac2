"""Did the generator find all the modes? For toy distributions whose modes are known."""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.errors import CourseError


class ModeCoverage(NamedTuple):
    """Coverage is never reported without the good share: a cloud over everything "covers" every mode."""

    covered: int  # modes with at least min_count good samples
    good_share: float  # share of all samples that are good
    counts: Tensor  # (K,) good samples of each mode


def mode_coverage(samples: Tensor, centres: Tensor, radius: float, min_count: int) -> ModeCoverage:
    """Which of the known modes a set of samples reaches.

    A sample is good if it lies within ``radius`` of its nearest centre; a mode is covered if it has at least
    ``min_count`` good samples. For Gaussian modes of deviation σ take 3σ, which holds 98.9 % of a mode in two
    dimensions (1 − e^(−9/2); the familiar 99.7 % is one-dimensional), and a count that chance does not reach.

    Args:
        samples: (N, D), N ≥ 1.
        centres: (K, D), K ≥ 1.
        radius: > 0.
        min_count: ≥ 1.

    Raises:
        CourseError: shapes do not fit, NaN, or a radius or count out of range.
    """
    shapes = tuple(samples.shape), tuple(centres.shape)
    if samples.ndim != 2 or centres.ndim != 2 or shapes[0][1] != shapes[1][1] or not (len(samples) and len(centres)):
        raise CourseError(
            f"Samples (N, D) and centres (K, D) are needed, neither empty; these are {shapes[0]} and {shapes[1]}."
        )
    if not (radius > 0) or min_count < 1:
        raise CourseError(f"The radius must be positive and the count at least 1; these are {radius} and {min_count}.")
    if not torch.isfinite(samples).all():
        bad = int((~torch.isfinite(samples)).any(dim=1).sum())
        raise CourseError(f"{bad} of {len(samples)} samples hold NaN or infinity: the generator has diverged.")
    # Plain differences: the faster way through a matrix product loses digits where clusters are tight and far out.
    points, modes = samples.detach().double(), centres.detach().double()
    distances = torch.cdist(points, modes, compute_mode="donot_use_mm_for_euclid_dist")
    nearest, mode = distances.min(dim=1)
    good = nearest <= radius
    counts = torch.bincount(mode[good], minlength=len(centres))
    return ModeCoverage(int((counts >= min_count).sum()), good.double().mean().item(), counts)
