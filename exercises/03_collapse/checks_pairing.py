"""Exercise 03: how answers to inputs, and ways there and back, are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import as_share, picture, picture_like, random_tensor, scalar


def one_pixel(seed: int) -> dict[str, Tensor]:
    """The example of task.md (seed 0)."""
    return {"outputs": torch.tensor([0.2, 0.8 + 0.02 * (seed % 9)], dtype=torch.float64).reshape(2, 1, 1, 1)}


def same_answer(seed: int) -> dict[str, Tensor]:
    """A translator that ignores its input: one colourful answer, five times."""
    return {"outputs": picture(seed + 80, 1, 3, 4, 6).expand(5, -1, -1, -1).clone()}


def answers(seed: int) -> dict[str, Tensor]:
    """Five answers that differ, on a ground that is far from flat."""
    ground = random_tensor(seed + 81, 1, 3, 4, 6, shift=0.5)
    return {"outputs": ground + random_tensor(seed + 82, 5, 3, 4, 6, scale=0.3)}


def run_variation(answer, given):
    return {"value": scalar(answer(given["outputs"]), "the variation")}


def there_and_back(seed: int) -> dict[str, Tensor]:
    """The example of task.md: a permutation that closes."""
    return {"forward": torch.tensor([1, 2, 0]), "backward": torch.tensor([2, 0, 1])}


def one_for_all(seed: int) -> dict[str, Tensor]:
    return {"forward": torch.zeros(4 + seed % 3, dtype=torch.long), "backward": torch.tensor([2, 0, 1])}


def two_lengths(seed: int) -> dict[str, Tensor]:
    """Six inputs, five answers; what comes home, what stays where it is and what meets the answer are other shares."""
    if seed == 0:
        return {"forward": torch.tensor([3, 3, 0, 0, 4, 2]), "backward": torch.tensor([0, 5, 5, 3, 4])}
    draw = torch.Generator().manual_seed(seed)
    forward = torch.randint(0, 5, (6,), generator=draw)
    backward = torch.randint(0, 6, (5,), generator=draw)
    backward[forward[1]], backward[forward[4]] = 1, 4  # so that some come home
    return {"forward": forward, "backward": backward}


def run_home(answer, given):
    share = scalar(answer(given["forward"], given["backward"]), "the share")
    return {"value": as_share(share)}


def four_drawings(seed: int) -> dict[str, Tensor]:
    return {"order": torch.tensor([2, 0, 3, 1])}


def seven_drawings(seed: int) -> dict[str, Tensor]:
    """A permutation with circles of four and three: none is its own way back."""
    if seed == 0:
        return {"order": torch.tensor([3, 6, 0, 5, 1, 2, 4])}
    return {"order": torch.randperm(7, generator=torch.Generator().manual_seed(seed + 90))}


def run_undo(answer, given):
    found = answer(given["order"])
    if isinstance(found, tuple | list):
        found = torch.as_tensor(found)
    return {"table": picture_like(found, "the table of the way back")}
