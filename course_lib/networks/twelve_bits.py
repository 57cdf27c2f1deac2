"""Weights in 12 bits, three quarters of the room that 16 take.

A weight is a whole number from −2047 to 2047, times a scale that its output channel has; two weights lie in three bytes.
"""

import torch
from torch import Tensor

LARGEST = 2047
_OFFSET = 2048  # makes the numbers 1 … 4095, so that they have no sign


def pack(weight: Tensor) -> tuple[Tensor, Tensor]:
    """A weight (out, …), an even number of values a channel → bytes (out, 3/2 of that), scales (out,) in float32.

    The error is at most half a scale, so 1/4094 of the largest weight of the channel.

    Raises:
        ValueError: an odd number of values a channel, or one that is no finite number.
    """
    flat = weight.detach().double().flatten(1)
    if flat.shape[1] % 2 or not torch.isfinite(flat).all():
        raise ValueError(
            f"A weight {tuple(weight.shape)} has an odd number of values a channel, or one that is not finite."
        )
    scale = (flat.abs().amax(1) / LARGEST).float()
    numbers = (flat / scale.double().clamp(min=1e-30)[:, None]).round().long().clamp(-LARGEST, LARGEST) + _OFFSET
    first, second = numbers[:, 0::2], numbers[:, 1::2]
    parts = (first >> 4, ((first & 15) << 4) | (second >> 8), second & 255)
    return torch.stack(parts, dim=2).flatten(1).to(torch.uint8), scale


def unpack(packed: Tensor, scale: Tensor) -> Tensor:
    """The weights (out, values a channel) in float32."""
    one, two, three = packed.int().unflatten(1, (-1, 3)).unbind(2)
    numbers = torch.stack([(one << 4) | (two >> 4), ((two & 15) << 8) | three], dim=2).flatten(1) - _OFFSET
    return numbers.float() * scale[:, None]
