"""Exercise 07: how the schedule, the norm and the residual block are looked at."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Plot
from course_lib.grading.tools import leaf, picture_like, random_tensor, scalar, slopes, variation


def epochs(seed: int) -> dict[str, Tensor]:
    flat, decay = (100, 100) if seed == 0 else (7 + seed % 23, 11 + seed % 29)
    return {"epoch": torch.arange(flat + decay), "flat": torch.tensor(flat), "decay": torch.tensor(decay)}


def short_training(seed: int) -> dict[str, Tensor]:
    more = int(variation(seed))
    return {"epoch": torch.arange(8 + more), "flat": torch.tensor(3 + more), "decay": torch.tensor(5)}


def late_epochs(seed: int) -> dict[str, Tensor]:
    given = epochs(seed)
    return {**given, "epoch": given["flat"] + given["decay"] + torch.arange(5)}


def run_decay(answer, given):
    flat, decay = int(given["flat"]), int(given["decay"])
    factors = [scalar(answer(epoch, flat, decay), "the factor") for epoch in given["epoch"].tolist()]
    return {"factor": torch.stack([f.detach().double() for f in factors])}


FACTOR = Plot("epoch", "factor", "epoch, the first is 0", "factor on the learning rate")


def features(seed: int) -> dict[str, Tensor]:
    """Every picture and channel with a mean and a spread of its own, (2, 3, 4, 5)."""
    scales = torch.tensor([[0.5, 2.0, 3.0], [1.5, 0.8, 4.0]], dtype=torch.float64)[..., None, None]
    x = random_tensor(seed + 80, 2, 3, 4, 5) * scales + random_tensor(seed + 81, 2, 3, 1, 1, scale=3)
    return {"x": x, "weights": random_tensor(seed + 82, 2, 3, 4, 5)}


def faint_features(seed: int) -> dict[str, Tensor]:
    """Channels that hardly vary, and one that does not: here ε counts."""
    given = features(seed)
    flat = torch.tensor([[1e-3, 3e-3, 1e-2], [5e-3, 0.0, 2e-3]], dtype=torch.float64)[..., None, None]
    return {**given, "x": given["x"] * flat}


def run_norm(answer, given):
    x = leaf(given["x"])
    out = picture_like(answer(x), "the normalised features")
    slope = slopes((out * given["weights"]).sum(), x=x) if out.shape == x.shape else {}
    single = picture_like(answer(given["x"].float()), "the features")
    return {
        "value": out,
        **slope,
        "value with ε = 0.01": picture_like(answer(given["x"], 0.01), "the features"),
        "value for two of the channels": picture_like(answer(given["x"][:, 1:]), "the features"),
        "answer to “does float32 stay float32?” (1: yes)": single.dtype == torch.float32,
    }


class Convolution(nn.Module):
    """3×3 without padding and bias. Remembers height and width of what it was shown."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight, self.size = nn.Parameter(weight.detach().clone()), [0, 0]

    def forward(self, x: Tensor) -> Tensor:
        self.size = list(x.shape[2:])
        return nn.functional.conv2d(x, self.weight)


def block_given(channels: int) -> Callable[[int], dict[str, Tensor]]:
    def given(seed: int) -> dict[str, Tensor]:
        return {
            "x": random_tensor(seed + 90, 2, channels, 5, 6, shift=0.3),
            "first": random_tensor(seed + 91, channels, channels, 3, 3, shift=0.1),
            "second": random_tensor(seed + 92, channels, channels, 3, 3, shift=-0.1),
            "weights": random_tensor(seed + 93, 2, channels, 5, 6),
        }

    return given


def run_sizes(answer, given):
    first, second = Convolution(given["first"]), Convolution(given["second"])
    problem = None
    try:
        answer(given["x"], first, second)
    except RuntimeError as error:  # a sum of maps that do not fit; their sizes say why
        problem = error
    if first.size == [0, 0] and problem is not None:
        raise problem
    return {
        "height and width shown to the first convolution, then to the second": torch.tensor(first.size + second.size)
    }


def run_block(answer, given):
    x, first, second = leaf(given["x"]), Convolution(given["first"]), Convolution(given["second"])
    out = picture_like(answer(x, first, second), "the features")
    if out.shape != x.shape:
        return {"value": out}
    found = slopes((out * given["weights"]).sum(), x=x, first=first.weight, second=second.weight)
    return {"value": out, **found}


def run_block_plain(answer, given):
    return {"value": picture_like(answer(given["x"], Convolution(given["first"]), Convolution(given["second"])), "it")}
