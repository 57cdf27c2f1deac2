"""Exercise 09: how the resize-convolution, the training step and the use of the network are looked at."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.grading.tools import (
    Descent,
    count,
    leaf,
    note,
    picture_like,
    random_tensor,
    scalar,
    slopes,
    watch_parameters,
    weights_of,
)

# --------------------------------------------------------------------------------------------------- resize-convolution


def small_maps(seed: int) -> dict[str, Tensor]:
    height, width = (3, 5) if seed == 0 else (4 + seed % 3, 6 + seed % 2)
    return {
        "features": random_tensor(seed + 60, 2, 4, height, width),
        "weight": random_tensor(seed + 61, 3, 4, 3, 3, scale=0.5),
    }


def run_resize(answer, given):
    shown, weight = leaf(given["features"]), leaf(given["weight"])
    found = picture_like(answer(shown, weight), "the enlarged map")
    return {"value": found, **slopes(found.square().sum(), features=shown, weight=weight)}


# ------------------------------------------------------------------------------------------------------- training step


class Transform(nn.Module):
    """A mock stylisation network whose answer depends on its mode, as dropout's and batch norm's does."""

    def __init__(self, weight: Tensor, step: int = 1) -> None:
        super().__init__()
        self.weight, self.step = nn.Parameter(weight.clone()), step

    def forward(self, x: Tensor) -> Tensor:
        count("photos shown to the stylisation network")
        note("stylisation network with a graph", torch.is_grad_enabled())
        return torch.tanh(F.conv2d(x, self.weight, padding=1)) * (0.8 if self.training else 1.0)


class LossNetwork(nn.Module):
    """A mock loss network, trainable as it comes, whose answer depends on its mode."""

    def __init__(self, given: dict[str, Tensor]) -> None:
        super().__init__()
        self.weights = nn.ParameterList(given[f"layer {n}"].clone() for n in range(2))

    def forward(self, x: Tensor) -> list[Tensor]:
        count("pictures shown to the loss network")
        found = []
        for weight in self.weights:
            x = F.softplus(F.conv2d(x, weight, padding=1)) * (1.3 if self.training else 1.0)
            found.append(x)
        return found


def photos(seed: int) -> dict[str, Tensor]:
    return {
        "photos": torch.tanh(random_tensor(seed + 70, 2, 3, 5, 6)),
        "transform": random_tensor(seed + 71, 3, 3, 3, 3, scale=0.4),
        "layer 0": random_tensor(seed + 72, 4, 3, 3, 3, scale=0.4),
        "layer 1": random_tensor(seed + 73, 2, 4, 3, 3, scale=0.4),
        "old gradient": random_tensor(seed + 74, 3, 3, 3, 3),
    }


def _objective(found, wanted, output):
    """Not symmetric in what is found and what is wanted."""
    content = sum((f - 0.7 * w).square().mean() for f, w in zip(found, wanted, strict=True))
    return content + 0.3 * torch.sin(3 * output).mean()


def _step(answer, given):
    transform, network = Transform(given["transform"]), LossNetwork(given)
    before, network_before = weights_of(transform), weights_of(network)
    watch_parameters(transform, "the stylisation network")
    optimizer = Descent(transform.parameters(), 0.05, "the stylisation network")
    transform.weight.grad = given["old gradient"].clone()
    found = {}
    for when in ("", " of the second step"):
        transform.eval()
        network.train()
        found[f"loss{when}"] = scalar(answer(transform, network, optimizer, given["photos"], _objective)).detach()
        found[f"change of the stylisation network{when}"] = weights_of(transform) - before
    found["change of the loss network"] = weights_of(network) - network_before
    return found, network


def run_step(answer, given):
    return _step(answer, given)[0]


def run_clean(answer, given):
    _, network = _step(answer, given)
    return {
        "number of the loss network's parameters that hold a gradient": sum(
            p.grad is not None and bool(p.grad.any()) for p in network.parameters()
        )
    }


# ------------------------------------------------------------------------------------------------------------ stylising


class ByFour(nn.Module):
    """A mock stylisation network with two halvings, which loses what is not a multiple of 4.

    Its answer depends on its mode, and on the whole of what it is shown, as instance norm's does.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.clone())

    def forward(self, x: Tensor) -> Tensor:
        note("size that the network was shown", x.shape[-2] * 1000 + x.shape[-1])
        small = F.conv2d(x, self.weight, stride=4)
        whole = F.interpolate(small, scale_factor=4, mode="nearest")
        detail = x[..., : whole.shape[-2], : whole.shape[-1]]
        return (1.5 * whole + 0.6 * detail + x.mean()) * (0.8 if self.training else 1.0)


def odd_photo(seed: int) -> dict[str, Tensor]:
    return {
        "photo": torch.tanh(random_tensor(seed + 80, 1, 3, 9, 14)),
        "weight": random_tensor(seed + 81, 3, 3, 4, 4, scale=0.15),
    }


def even_photo(seed: int) -> dict[str, Tensor]:
    return {
        "photo": torch.tanh(random_tensor(seed + 82, 1, 3, 8, 12)),
        "weight": random_tensor(seed + 83, 3, 3, 4, 4, scale=0.15),
    }


def run_stylize(answer, given):
    found = {}
    for mode in (True, False):
        network = ByFour(given["weight"]).train(mode)
        picture = picture_like(answer(network, given["photo"]), "the picture")
        label = f"from a network found in {'training' if mode else 'evaluation'} mode"
        found[f"picture, {label}"] = picture
        found[f"answer to “does it keep a graph?” (1: yes), {label}"] = picture.requires_grad
    return found
