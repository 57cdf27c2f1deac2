"""Exercise 01: how the losses are looked at."""

import torch
from torch import Tensor

from course_lib.grading.checks import Plot
from course_lib.grading.tools import (
    leaf,
    random_tensor,
    scalar,
    slopes,
    variation,
)


def worked_logits(seed: int) -> dict[str, Tensor]:
    """Three logits of reals, five of fakes: other counts, other means, so that nothing can be exchanged unseen."""
    if seed == 0:
        real = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
        fake = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)
    else:
        real, fake = random_tensor(seed, 3, shift=-1.5, scale=2), random_tensor(seed + 1, 5, shift=0.4)
    return {"real": real, "fake": fake}


def extreme_logits(seed: int) -> dict[str, Tensor]:
    """Logits of a discriminator that is very sure, rightly and wrongly."""
    more = variation(seed)
    return {
        "real": torch.tensor([-800.0, 150.0, -90.0 - more, 860.0], dtype=torch.float64),
        "fake": torch.tensor([-900.0 - more, 180.0, -120.0, 95.0, 810.0], dtype=torch.float64),
    }


def logit_line(seed: int) -> dict[str, Tensor]:
    """Not through 0, where a right formula with relu or abs has a corner."""
    return {"logit": torch.linspace(-8, 8, 32, dtype=torch.float64) + 0.01 * variation(seed)}


def run_two_logits(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    loss = scalar(answer(real, fake))
    return {"value": loss, **slopes(loss, real_logits=real, fake_logits=fake)}


def run_fake_logits(answer, given):
    fake = leaf(given["fake"])
    loss = scalar(answer(fake))
    return {"value": loss, **slopes(loss, fake_logits=fake)}


def run_slopes(answer, given):
    fake = leaf(given["logit"])
    return {
        "slope for fake_logits": slopes(scalar(answer(fake)), fake_logits=fake)["slope for fake_logits"] * len(fake)
    }


SLOPES = Plot("logit", "slope for fake_logits", "the discriminator's logit of a fake", "slope of the generator's loss")
