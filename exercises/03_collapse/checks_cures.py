"""Exercise 03: how packing and the two penalties are looked at."""

import torch
from torch import Tensor, nn

from course_lib.grading.tools import (
    Complaint,
    leaf,
    picture,
    picture_like,
    random_tensor,
    scalar,
    slopes,
    variation,
    watch_scores,
)


def eight_points(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0), twice as long."""
    return {
        "samples": torch.arange(1.0, 17.0, dtype=torch.float64).reshape(8, 2) + variation(seed),
        "m": torch.tensor(2),
    }


def six_pictures(seed: int) -> dict[str, Tensor]:
    return {"samples": picture(seed + 60, 6, 4, 2, 5), "m": torch.tensor(3)}


def run_packed(answer, given):
    return {"value": picture_like(answer(given["samples"], int(given["m"])), "the groups")}


class Discriminator(nn.Module):
    """A small discriminator of points or pictures: scores (B, 1), each sample by itself, curved, no two inputs
    alike."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())

    def forward(self, samples: Tensor) -> Tensor:
        flat = samples.flatten(1)
        if flat.shape[1] > self.weight.shape[0]:
            raise Complaint(f"shows the discriminator {flat.shape[1]} numbers a sample.")
        mixed = flat @ self.weight[: flat.shape[1]]
        return watch_scores((torch.sin(mixed) + 0.3 * mixed.square()).sum(dim=1, keepdim=True))


def points_of_both(seed: int) -> dict[str, Tensor]:
    return {
        "real": random_tensor(seed + 70, 5, 2, shift=0.4),
        "fake": random_tensor(seed + 71, 5, 2, shift=-0.5),
        "mix": torch.sigmoid(random_tensor(seed + 72, 5, 1)),
        "weight": random_tensor(seed + 73, 60, 4, scale=0.7),
    }


def pictures_of_both(seed: int) -> dict[str, Tensor]:
    return {
        "real": picture(seed + 74, 4, 3, 2, 5),
        "fake": picture(seed + 75, 4, 3, 2, 5),
        "mix": torch.sigmoid(random_tensor(seed + 76, 4, 1, 1, 1)),
        "weight": random_tensor(seed + 77, 60, 4, scale=0.4),
    }


def run_r1(answer, given):
    network = Discriminator(given["weight"])
    loss = scalar(answer(network, given["real"]), "the penalty")
    return {"value": loss, "slope for the discriminator": slopes(loss, w=network.weight)["slope for w"]}


def run_penalty(answer, given):
    network, fake = Discriminator(given["weight"]), leaf(given["fake"])
    loss = scalar(answer(network, given["real"], fake, given["mix"]), "the penalty")
    return {"value": loss, "slope for the discriminator": slopes(loss, w=network.weight)["slope for w"]}


def run_penalty_of_d_alone(answer, given):
    network, fake = Discriminator(given["weight"]), leaf(given["fake"])
    loss = scalar(answer(network, given["real"], fake, given["mix"]), "the penalty")
    return {"value": loss, "slope for the generator's samples": slopes(loss, w=fake)["slope for w"]}
