"""Exercise 06: how the layers of the patch discriminator and its receptive field are looked at."""

import torch
from torch import Tensor

from course_lib.grading.checks import Plot
from course_lib.grading.tools import (
    Complaint,
    scalar,
)


def one_to_five(seed: int) -> dict[str, Tensor]:
    return {"depths": torch.arange(1, 6)}


def run_patch_layers(answer, given):
    found = {}
    for depth in given["depths"].tolist():
        layers = answer(int(depth))
        try:
            found[f"layers for n = {depth}"] = torch.tensor([[int(n) for n in layer] for layer in layers])
        except (TypeError, ValueError) as error:
            raise Complaint(
                "should return a list of (kernel, stride, padding), three whole numbers a layer."
            ) from error
    return found


def official_stacks(seed: int) -> dict[str, Tensor]:
    """Stacks of 4×4 convolutions for n = 1…5, padded with rows of zeros to one tensor (5, 7, 3)."""
    stacks = torch.zeros(5, 7, 3, dtype=torch.int64)
    for n in range(1, 6):
        stacks[n - 1, : n + 2] = torch.tensor([[4, 2, 1]] * n + [[4, 1, 1]] * 2)
    return {"n": torch.arange(1, 6), "stacks": stacks}


def mixed_stacks(seed: int) -> dict[str, Tensor]:
    """Kernels and strides that differ, so that the order counts. No stride is larger than its kernel: a score then sees
    every pixel of its window, and who counts the pixels with a gradient counts right."""
    first = torch.tensor([[7, 1, 3], [3, 2, 1], [5, 3, 0], [2, 2, 0]])
    second = torch.tensor([[3, 2, 1], [4, 3, 1], [6, 1, 2], [5, 2, 0]])
    return {"stacks": torch.stack([_shuffled(seed + 1), _shuffled(seed + 2)] if seed else [first, second])}


def _shuffled(seed: int) -> Tensor:
    """Four layers: kernels from 3 to 7, none twice, strides 1, 2, 2 and 3 in any order, any padding."""
    draw = torch.Generator().manual_seed(seed)
    kernels = 3 + torch.randperm(5, generator=draw)[:4]
    strides = torch.tensor([1, 2, 2, 3])[torch.randperm(4, generator=draw)]
    return torch.stack([kernels, strides, torch.randint(0, 3, (4,), generator=draw)], dim=1)


FIELD = Plot("n", "receptive field", "n, layers of stride 2", "pixels that one score sees")


def run_field(answer, given):
    fields = []
    for stack in given["stacks"].tolist():
        size = answer([tuple(layer) for layer in stack if layer[0] > 0])
        fields.append(scalar(size, "the receptive field"))
    return {"receptive field": torch.stack([f.detach().double() for f in fields])}
