"""Exercise 04: how the accuracy by class and the best answer under L1 are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import as_share, picture, picture_like, random_tensor, scalar, several


def four_verdicts(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    logits = torch.tensor([[2.0, 1.0], [0.5, -0.3], [-1.0, 0.4], [0.1, 3.0]], dtype=torch.float64)
    return {"logits": logits + 0.01 * (seed % 9), "wanted": torch.tensor([0, 0, 0, 1])}


def many_verdicts(seed: int) -> dict[str, Tensor]:
    """Classes asked for 9, 7, 4 and 3 times, recognised unequally well."""
    wanted = torch.tensor([0] * 9 + [1] * 7 + [2] * 4 + [3] * 3)
    logits = random_tensor(seed + 50, 23, 4)
    recognised = torch.tensor([0, 0, 0, 0, 0, 1, 1, 2, 3, 1, 1, 1, 0, 0, 2, 3, 2, 2, 2, 0, 3, 1, 0])
    logits[torch.arange(23), recognised] = logits.amax(dim=1) + 0.3
    shuffled = torch.randperm(23, generator=torch.Generator().manual_seed(seed + 51))
    return {"logits": logits[shuffled], "wanted": wanted[shuffled]}


def run_accuracy(answer, given):
    overall, by_class = several(answer(given["logits"], given["wanted"]), 2, "the shares (overall, by class)")
    if isinstance(by_class, tuple | list) or type(by_class).__module__ == "numpy":
        by_class = torch.as_tensor(by_class)
    return {
        "share overall": as_share(scalar(overall, "the share overall")),
        "share of each class": as_share(picture_like(by_class, "the shares of the classes")),
    }


def one_pixel(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"drawings": torch.tensor([-1.0, -1.0, 1.0 - 0.1 * (seed % 9)], dtype=torch.float64).reshape(3, 1, 1)}


def thin_lines(seed: int) -> dict[str, Tensor]:
    """Seven drawings, 4×6: a white ground (1) and one dark line (−1) in each, in a column of its own, columns 1 and 4
    most often."""
    drawings = torch.ones(7, 4, 6, dtype=torch.float64)
    for i, column in enumerate((1, 1, 1, 1, 4, 4, 2)):
        drawings[(i + seed) % 7, :, column] = -1
    return {"drawings": drawings}


def grey_drawings(seed: int) -> dict[str, Tensor]:
    return {"drawings": picture(seed + 60, 5, 3, 4)}


def run_l1(answer, given):
    return {"value": picture_like(answer(given["drawings"]), "the picture")}
