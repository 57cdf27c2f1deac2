"""Noise that belongs to a run: drawn from generators of its own, saved in its checkpoints."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

ROLES = {"G": 0, "D": 1, "noise": 2, "history_A": 3, "history_B": 4}


def role_seed(seed: int, role: str, rank: int = 0) -> int:
    """A seed for one part of a run, so that its networks, noise and histories do not begin with the same numbers."""
    return int(np.random.SeedSequence([seed, ROLES[role], rank]).generate_state(1, np.uint64)[0] >> 1)


class SeededNoise:
    """Numbers for S runs at once; row k depends on seed k alone. Drawn on the CPU: every device gets the same.

    Args:
        seeds: one a run.
        rank: number of the process: every process draws its own.
    """

    def __init__(self, seeds: Sequence[int], rank: int = 0) -> None:
        self._generators = [torch.Generator().manual_seed(role_seed(seed, "noise", rank)) for seed in seeds]

    def normal(self, *shape: int) -> Tensor:
        """(S, *shape) of the standard normal distribution."""
        return torch.stack([torch.randn(shape, generator=generator) for generator in self._generators])

    def uniform(self, *shape: int) -> Tensor:
        """(S, *shape), each number in [0, 1)."""
        return torch.stack([torch.rand(shape, generator=generator) for generator in self._generators])

    def state_dict(self) -> dict:
        return {"generators": [generator.get_state() for generator in self._generators]}

    def load_state_dict(self, state: dict) -> None:
        for generator, own in zip(self._generators, state["generators"], strict=True):
            generator.set_state(own.cpu())
