"""Exercise 05: how the best answers, the shuffled pixels and the blended tiles are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import picture, picture_like, random_tensor, several

# ---------------------------------------------------------------------------------------------------- the best answer


def _opinions(seed: int, n: int) -> Tensor:
    """N pictures (N, 3, 2, 4) with skewed values, of which two are the same: mean, median, middle and mode all
    differ.
    """
    drawn = random_tensor(seed, n, 3, 2, 4).exp() / 8
    drawn[3] = drawn[1]
    return drawn


def odd_number(seed: int) -> dict[str, Tensor]:
    return {"plausible": _opinions(seed + 60, 7)}


def even_number(seed: int) -> dict[str, Tensor]:
    return {"plausible": _opinions(seed + 61, 6)}


def black_or_white(seed: int) -> dict[str, Tensor]:
    """Ten pictures of black and white pixels: white in a share of 0.1 to 0.9, other at each place, 0.5 at two of
    them.
    """
    shares = torch.tensor([[0.3, 0.5, 0.7, 0.9], [0.5, 0.1, 0.6, 0.2]], dtype=torch.float64)
    order = random_tensor(seed + 62, 10, 1, 2, 4).argsort(dim=0).double()
    return {"plausible": (order + 0.5 < 10 * shares).double()}


def run_best(answer, given):
    return {"value": picture_like(answer(given["plausible"]), "the best answer")}


def run_range(answer, given):
    low, high = several(answer(given["plausible"]), 2, "the range (lowest, highest)")
    return {
        "lowest best answer": picture_like(low, "the lowest best answer"),
        "highest best answer": picture_like(high, "the highest best answer"),
    }


# --------------------------------------------------------------------------------------------------- shuffled pixels


def features_by_two(seed: int) -> dict[str, Tensor]:
    return {"features": random_tensor(seed + 63, 2, 12, 4, 6), "factor": torch.tensor(2)}


def features_by_three(seed: int) -> dict[str, Tensor]:
    return {"features": random_tensor(seed + 64, 3, 18, 3, 6), "factor": torch.tensor(3)}


def run_shuffle(answer, given):
    return {"value": picture_like(answer(given["features"], int(given["factor"])), "the picture")}


# --------------------------------------------------------------------------------------------------------- two tiles


def two_tiles(seed: int) -> dict[str, Tensor]:
    return _tiles(seed + 65, 7, 9, 4)


def other_tiles(seed: int) -> dict[str, Tensor]:
    return _tiles(seed + 66, 8, 6, 5)


def tiles_that_touch(seed: int) -> dict[str, Tensor]:
    return _tiles(seed + 67, 5, 4, 0)


def _tiles(seed: int, first: int, second: int, overlap: int) -> dict[str, Tensor]:
    """Two tiles 8 pixels high (so that a ramp along the wrong axis gives a number) that disagree where they overlap."""
    return {
        "left": picture(seed, 2, 3, 8, first),
        "right": picture(seed + 100, 2, 3, 8, second),
        "overlap": torch.tensor(overlap),
    }


def run_blend(answer, given):
    return {"value": picture_like(answer(given["left"], given["right"], int(given["overlap"])), "the joined picture")}
