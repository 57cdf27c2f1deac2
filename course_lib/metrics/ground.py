"""Whether a white ground stays white: tints and halos there are seen at once, and hardly move a mean over all pixels."""

import torch
from torch import Tensor

from course_lib.metrics.checks import check_pair, check_pictures

WHITE = 254 / 255  # every channel of a white pixel is at least this
LEAST = 0.01  # share of white pixels below which there is no ground to speak of


def white_ground(generated: Tensor, real: Tensor) -> float | None:
    """Mean value of the generated pictures where the real ones are white: 1 is pure white.

    Args:
        generated, real: RGB (N, 3, H, W) in [0, 1], in the same order.

    Returns:
        The mean over pixels and channels, in [0, 1]; None where less than 1 % of the real pixels are white.

    Raises:
        CourseError: not such pictures, or shapes differ.
    """
    check_pictures(generated, "generated pictures")
    check_pictures(real, "real pictures")
    check_pair(generated, real)
    white = (real >= WHITE - 1e-6).all(dim=1, keepdim=True).expand_as(real)
    if white.float().mean() < LEAST:
        return None
    return generated[white].mean(dtype=torch.float64).item()
