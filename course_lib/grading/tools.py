"""What an exercise's cases are built from: seeded inputs, slopes, and networks that remember what they were shown.

Loaded both where submissions run and where they are judged. Everything is float64 and deliberately asymmetric: a mock
network here accepts any number of channels, because a mistake that raises an error tells less than one that returns a number.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Complaint(Exception):
    """The answer has the wrong form: said to the learner as it stands."""


def random_tensor(seed: int, *shape: int, shift: float = 0.0, scale: float = 1.0) -> Tensor:
    """Normal float64 numbers from a generator of their own; the global one is not touched."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * scale + shift


def picture(seed: int, *shape: int) -> Tensor:
    """A picture of noise in [-1, 1], float64."""
    return torch.tanh(random_tensor(seed, *shape))


def leaf(tensor: Tensor) -> Tensor:
    """A copy that collects a gradient."""
    return tensor.detach().clone().requires_grad_()


def scalar(answer: Any, what: str = "the loss") -> Tensor:
    """The answer as a 0-dimensional tensor, or a complaint that says what came instead."""
    if answer is None:
        raise Complaint(f"returns None where {what} should be. Is a `return` missing?")
    if isinstance(answer, int | float):
        return torch.tensor(float(answer), dtype=torch.float64)
    if not isinstance(answer, Tensor):
        raise Complaint(f"returns a {type(answer).__name__} where {what} should be: one number, as a tensor.")
    if answer.numel() != 1:
        raise Complaint(
            f"returns a tensor of shape {tuple(answer.shape)} where {what} should be: one number. Is the mean missing?"
        )
    return answer.reshape(())


def several(answer: Any, count: int, what: str) -> Sequence[Any]:
    """The answer as ``count`` values, or a complaint."""
    if answer is None:
        raise Complaint(f"returns None where {what} should be. Is a `return` missing?")
    if not isinstance(answer, tuple | list) or len(answer) != count:
        got = f"{len(answer)} values" if isinstance(answer, tuple | list) else f"a {type(answer).__name__}"
        raise Complaint(f"returns {got} where {what} should be: {count} values.")
    return answer


def picture_like(answer: Any, what: str) -> Tensor:
    """The answer as a tensor, or a complaint."""
    if not isinstance(answer, Tensor):
        raise Complaint(f"returns a {type(answer).__name__} where {what} should be, a tensor.")
    return answer


def as_share(counted: Tensor) -> Tensor:
    """Shares of whole numbers, any shape, rounded so that it does not matter which float they were counted in."""
    return counted.double().round(decimals=6)


def slopes(loss: Tensor, **inputs: Tensor) -> dict[str, Tensor]:
    """``{"slope for NAME": d loss / d NAME}``; zeros where no gradient arrives, so that "none" and "zero" are the same thing."""
    if not loss.requires_grad:
        return {f"slope for {name}": torch.zeros_like(tensor) for name, tensor in inputs.items()}
    found = torch.autograd.grad(loss, list(inputs.values()), retain_graph=True, allow_unused=True)
    return {
        f"slope for {name}": torch.zeros_like(tensor) if slope is None else slope
        for (name, tensor), slope in zip(inputs.items(), found, strict=True)
    }


def weights_of(network: nn.Module) -> Tensor:
    """All parameters in one vector, copied."""
    return torch.cat([p.detach().flatten() for p in network.parameters()]).clone()


class Critic(nn.Module):
    """A small patch discriminator that remembers how many channels it was shown.

    Scores (B, 1, h, w). It is neither linear nor symmetric in its channels, so a swapped or missing part of a pair
    changes the scores. ``weight``: (1, 16, 2, 3); the first C channels of it are used for a picture of C channels.
    """

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.shown: set[int] = set()

    def forward(self, pictures: Tensor) -> Tensor:
        channels = pictures.shape[1]
        if channels > self.weight.shape[1]:
            raise Complaint(f"shows the discriminator {channels} channels at once.")
        self.shown.add(channels)
        scores = F.conv2d(pictures, self.weight[:, :channels])
        return scores + 0.3 * scores.square() + torch.sin(2 * scores)

    def seen(self) -> Tensor:
        """The different numbers of channels that it was shown, sorted."""
        return torch.tensor(sorted(self.shown))


class Block(nn.Module):
    """One level of a mock U-Net: keeps height and width, so that a skip to a wrong level gives a number and no error.

    ``weight``: (out, 24, 3, 3), of which the first C input channels are used. ``in_place`` starts with an activation that
    overwrites its input, as many published blocks do.
    """

    def __init__(self, weight: Tensor, in_place: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.in_place = in_place
        self.channels: list[int] = []

    def forward(self, features: Tensor) -> Tensor:
        if features.shape[1] > self.weight.shape[1]:
            raise Complaint(f"hands a block {features.shape[1]} channels.")
        self.channels.append(features.shape[1])
        if self.in_place:
            features = F.leaky_relu_(features, 0.2)
        mixed = F.conv2d(features, self.weight[:, : features.shape[1]], padding=1)
        return mixed + 0.5 * torch.sin(mixed)


class Descent:
    """Plain gradient descent with the two calls of an optimiser that a training step needs.

    Its steps show every factor on a loss, which Adam's would hide, and it spares each submission the seconds that the
    first use of ``torch.optim`` takes to import a compiler.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(parameters), "lr": lr}]

    def zero_grad(self, set_to_none: bool = True) -> None:
        for p in self.param_groups[0]["params"]:
            if set_to_none:
                p.grad = None
            elif p.grad is not None:
                p.grad.zero_()

    @torch.no_grad()
    def step(self) -> None:
        for p in self.param_groups[0]["params"]:
            if p.grad is not None:
                p.sub_(p.grad, alpha=self.param_groups[0]["lr"])
