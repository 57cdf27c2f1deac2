"""Exercise 06: how targets, and losses as functions of scores, are looked at."""

import torch
from torch import Tensor

from course_lib.grading.checks import Plot
from course_lib.grading.tools import (
    leaf,
    picture_like,
    random_tensor,
    scalar,
    several,
    slopes,
    variation,
)


def worked_scores(seed: int) -> dict[str, Tensor]:
    """Three scores of reals, five of fakes: other counts, other means, so that nothing can be exchanged unseen."""
    if seed == 0:
        real = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
        fake = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)
    else:
        real, fake = random_tensor(seed, 3, shift=-1.5, scale=2), random_tensor(seed + 1, 5, shift=0.4)
    return {"real": real.reshape(3, 1, 1, 1), "fake": fake.reshape(5, 1, 1, 1)}


def verdict_maps(seed: int) -> dict[str, Tensor]:
    """Maps of patch verdicts, (2, 1, 3, 4) of reals and (3, 1, 3, 4) of fakes."""
    return {
        "real": random_tensor(seed + 10, 2, 1, 3, 4, shift=0.9, scale=2),
        "fake": random_tensor(seed + 11, 3, 1, 3, 4, shift=-0.6, scale=1.5),
    }


def extreme_scores(seed: int) -> dict[str, Tensor]:
    """Scores of a discriminator that is very sure, rightly and wrongly."""
    more = variation(seed)
    real = torch.tensor([-800.0, 150.0, -90.0 - more, 860.0], dtype=torch.float64)
    fake = torch.tensor([-900.0 - more, 180.0, -120.0, 95.0, 810.0], dtype=torch.float64)
    return {"real": real.reshape(4, 1, 1, 1), "fake": fake.reshape(5, 1, 1, 1)}


def run_targets(answer, given):
    real_target, fake_target = several(
        answer(given["real"], given["fake"]), 2, "the targets (of the reals, of the fakes)"
    )
    return {
        "target of the reals": picture_like(real_target, "the target of the reals"),
        "target of the fakes": picture_like(fake_target, "the target of the fakes"),
    }


def run_two_scores(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    loss = scalar(answer(real, fake))
    return {"value": loss, **slopes(loss, real_scores=real, fake_scores=fake)}


def run_fake_scores(answer, given):
    fake = leaf(given["fake"])
    loss = scalar(answer(fake))
    return {"value": loss, **slopes(loss, fake_scores=fake)}


def run_least_squares(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    for_d, for_g = several(answer(real, fake), 2, "the losses (of D, of G)")
    for_d, for_g = scalar(for_d, "D's loss"), scalar(for_g, "G's loss")
    d_slopes = slopes(for_d, real_scores=real, fake_scores=fake)
    g_slope = slopes(for_g, fake_scores=fake)["slope for fake_scores"]
    return {
        "loss of D": for_d,
        "loss of G": for_g,
        **{f"{name} in D's loss": slope for name, slope in d_slopes.items()},
        "slope for fake_scores in G's loss": g_slope,
    }


def score_line(seed: int) -> dict[str, Tensor]:
    """Not through 0 or 1, where a right formula with relu or abs may have a corner."""
    return {"score": torch.linspace(-8, 8, 32, dtype=torch.float64) + 0.01 * variation(seed)}


def run_generator_slopes(answer, given):
    fake = leaf(given["score"])
    return {
        "slope for fake_scores": slopes(scalar(answer(fake)), fake_scores=fake)["slope for fake_scores"] * len(fake)
    }


def run_least_squares_slopes(answer, given):
    fake = leaf(given["score"])
    loss = scalar(several(answer(given["score"], fake), 2, "the losses (of D, of G)")[1], "G's loss")
    return {"slope for fake_scores": slopes(loss, fake_scores=fake)["slope for fake_scores"] * len(fake)}


SLOPES = Plot("score", "slope for fake_scores", "the discriminator's score of a fake", "slope of the generator's loss")
