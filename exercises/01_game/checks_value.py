"""Exercise 01: how the best discriminator, the value of the game and the divergence are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import (
    picture_like,
    random_tensor,
    scalar,
)


def histograms(seed: int) -> dict[str, Tensor]:
    """Two histograms over seven bins, of 40 and 25 samples at seed 0: other totals, one empty bin on each side."""
    real, fake = [9.0, 1, 6, 0, 14, 7, 3], [2.0, 8, 0, 5, 4, 1, 5]
    if seed:
        real = [*random_tensor(seed, 5, scale=9).abs().ceil().tolist(), 0, 11]
        fake = [4, *random_tensor(seed + 1, 5, scale=3).abs().ceil().tolist(), 0]
    return {"real": torch.tensor(real, dtype=torch.float64), "fake": torch.tensor(fake, dtype=torch.float64)}


def histograms_with_gaps(seed: int) -> dict[str, Tensor]:
    """Bins where nothing lies at all, in the middle and at the end."""
    given, gap = histograms(seed), torch.zeros(1, dtype=torch.float64)
    return {name: torch.cat([t[:3], gap, t[3:], gap, gap]) for name, t in given.items()}


def run_bins(answer, given):
    return {"verdict on each bin": picture_like(answer(given["real"], given["fake"]), "the verdict on each bin")}


def two_distributions(seed: int) -> dict[str, Tensor]:
    """p, q over six bins, and a D that is neither the best nor the same everywhere."""
    return {
        "p": torch.softmax(random_tensor(seed + 2, 6), dim=0),
        "q": torch.softmax(random_tensor(seed + 3, 6, scale=1.5), dim=0),
        "d": torch.sigmoid(random_tensor(seed + 4, 6, shift=0.4)),
    }


def certain_verdicts(seed: int) -> dict[str, Tensor]:
    """A D that says exactly 0 where no real lies, and exactly 1 where no fake does."""
    given = two_distributions(seed + 20)
    p, q, d = given["p"], given["q"], given["d"]
    p[1], d[1] = 0, 0
    q[4], d[4] = 0, 1
    return {"p": p / p.sum(), "q": q / q.sum(), "d": d}


def run_value(answer, given):
    return {"value": scalar(answer(given["p"], given["q"], given["d"]), "the value of the game")}


def with_empty_bins(seed: int) -> dict[str, Tensor]:
    given = certain_verdicts(seed + 40)
    return {"p": given["p"], "q": given["q"]}


def run_divergence(answer, given):
    return {"value": scalar(answer(given["p"], given["q"]), "the divergence")}
