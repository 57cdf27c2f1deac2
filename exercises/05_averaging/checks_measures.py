"""Exercise 05: how luma, PSNR and the perceptual distance are looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import picture_like, random_tensor, scalar, variation

# --------------------------------------------------------------------------------------------------------------- luma


def _rgb(seed: int, *shape: int) -> Tensor:
    """RGB in [0, 1] whose channels have different means, so that an exchange of two is seen."""
    shift = torch.tensor([0.6, -0.9, 0.1], dtype=torch.float64).reshape(3, 1, 1)
    return torch.sigmoid(random_tensor(seed, *shape) + shift)


def coloured(seed: int) -> dict[str, Tensor]:
    return {"pictures": _rgb(seed + 70, 2, 3, 4, 5)}


def run_luma(answer, given):
    return {"value": picture_like(answer(given["pictures"]), "the luma")}


# --------------------------------------------------------------------------------------------------------------- PSNR


def _worse(truths: Tensor, seed: int) -> Tensor:
    """The truth with an error of its own in each picture, far larger at the frame, as a network's is."""
    b, _, height, width = truths.shape
    error = random_tensor(seed, *truths.shape, scale=0.03) * torch.arange(1, b + 1).reshape(b, 1, 1, 1)
    inside = torch.zeros(height, width, dtype=torch.bool)
    inside[3:-3, 3:-3] = True
    return (truths + torch.where(inside, error, 4 * error)).clamp(0, 1)


def ramp(seed: int) -> dict[str, Tensor]:
    """The pair of pictures with a worked number in the course's conventions: a ramp, and the ramp with less
    contrast.
    """
    truth = torch.linspace(0, 1, 504, dtype=torch.float64).reshape(1, 3, 12, 14)
    return {"pictures": (0.9 - 0.01 * variation(seed)) * truth + 0.03, "truths": truth, "border": torch.tensor(4)}


def three_pictures(seed: int) -> dict[str, Tensor]:
    truths = _rgb(seed + 71, 3, 3, 12, 14)
    return {"pictures": _worse(truths, seed + 72), "truths": truths, "border": torch.tensor(3)}


def whole_pictures(seed: int) -> dict[str, Tensor]:
    truths = _rgb(seed + 73, 2, 3, 9, 8)
    return {"pictures": _worse(truths, seed + 74), "truths": truths, "border": torch.tensor(0)}


def one_is_equal(seed: int) -> dict[str, Tensor]:
    """Two pictures; the second is its truth."""
    truths = _rgb(seed + 75, 2, 3, 8, 9)
    pictures = _worse(truths, seed + 76)
    pictures[1] = truths[1]
    return {"pictures": pictures, "truths": truths, "border": torch.tensor(2)}


def run_psnr(answer, given):
    return {"value": picture_like(answer(given["pictures"], given["truths"], int(given["border"])), "the PSNR")}


def four_sizes(seed: int) -> dict[str, Tensor]:
    """Four pairs of different size and quality: the first is the largest and the worst, the third the best."""
    given = {"border": torch.tensor(2)}
    for number, (height, width, scale) in enumerate(
        ((17, 12, 0.12), (8, 7, 0.05), (10, 13, 0.01), (9, 8, 0.03)), start=1
    ):
        truth = _rgb(seed + 76 + number, 1, 3, height, width)
        error = random_tensor(seed + 80 + number, *truth.shape, scale=scale)
        given |= {f"truth {number}": truth, f"picture {number}": (truth + error).clamp(0, 1)}
    return given


def run_benchmark(answer, given):
    pairs = [(given[f"picture {n}"], given[f"truth {n}"]) for n in (1, 2, 3, 4)]
    # A mean of Python's numbers is a float32 in torch; for a figure to report that is enough.
    return {"value": scalar(answer(pairs, int(given["border"])), "the number of the benchmark").double()}


# ------------------------------------------------------------------------------------------------ perceptual distance


def two_lists(seed: int) -> dict[str, Tensor]:
    """Three layers of features of two pictures, of very different lengths in each layer, none negative, as after a
    ReLU.
    """
    shapes = ((2, 5, 6, 4), (2, 7, 3, 5), (2, 3, 2, 2))
    return {
        f"{which} {layer}": (random_tensor(seed + 90 + 10 * n + layer, *shape, shift=0.5).abs() + 0.01)
        * 30.0 ** (layer - 2)
        for n, which in enumerate(("a", "b"))
        for layer, shape in enumerate(shapes, start=1)
    }


def with_silence(seed: int) -> dict[str, Tensor]:
    """As before, with positions where no feature is active: in one of the pictures, and in both."""
    given = two_lists(seed + 7)
    given["a 1"][0, :, 1, 2] = 0
    given["a 2"][1, :, 0, 3] = given["b 2"][1, :, 0, 3] = 0
    return given


def run_distance(answer, given):
    a, b = ([given[f"{which} {layer}"] for layer in (1, 2, 3)] for which in "ab")
    return {
        "value": picture_like(answer(a, b), "the distance"),
        "value of the first two layers alone": picture_like(answer(a[:2], b[:2]), "the distance"),
    }
