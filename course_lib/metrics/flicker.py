"""How much a clip's translation changes where the clip itself does not."""

from dataclasses import dataclass

import torch
from torch import Tensor

STILL = 1.0  # grey levels of 255 by which a pixel may change and still counts as still: coding does that


@dataclass(frozen=True)
class Flicker:
    """Sums over pairs of frames that follow each other; they can be added.

    Attributes:
        changed: of the output, Σ |change| of still pixels, in grey levels of 255, mean of the channels.
        pixels: how many still pixels there were.
    """

    changed: float = 0.0
    pixels: int = 0

    def __add__(self, other: "Flicker") -> "Flicker":
        return Flicker(self.changed + other.changed, self.pixels + other.pixels)

    @property
    def mean(self) -> float | None:
        """Mean change of a still pixel, in grey levels of 255; None where nothing stood still."""
        return self.changed / self.pixels if self.pixels else None


def flicker(before: Tensor, after: Tensor, made_before: Tensor, made_after: Tensor) -> Flicker:
    """Of two frames that follow each other, and their translations; (3, H, W) each, in [0, 1], of one size.

    A pixel is still if none of its channels changed by more than one level of 255.
    """
    still = ((after - before).abs().amax(dim=0) * 255) <= STILL + 1e-4
    change = (made_after - made_before).abs().mean(dim=0) * 255
    return Flicker(float(change[still].double().sum()), int(torch.count_nonzero(still)))
