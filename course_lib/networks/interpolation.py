"""Between two networks of one kind: network interpolation (Wang et al. 2018, "ESRGAN", section 3.4)."""

from collections.abc import Mapping

import torch
from torch import Tensor


def interpolated(one: Mapping[str, Tensor], other: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Weights (1 − share) · one + share · other, of two state dicts with equal names and shapes.

    It works for a network that was trained on from the other's weights, which lie close; between strangers the middle
    is noise. Batch norm's statistics are mixed like weights, its counters (whole numbers) are ``one``'s.
    """
    return {
        name: torch.lerp(value, other[name], share) if value.is_floating_point() else value
        for name, value in one.items()
    }
