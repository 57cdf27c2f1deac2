"""Which example comes when: a pure function of (seed, epoch), so that a position in training is (epoch, step)."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset


class Examples(Protocol):
    """What the loop asks of a set of examples."""

    def __len__(self) -> int: ...

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]: ...

    def digest(self) -> str:
        """A hash of what the set is made of (names and sizes of files, or parameters): a resumed run compares it."""
        ...


def epoch_batches(count: int, batch: int, seed: int, epoch: int) -> list[list[int]]:
    """The epoch's examples in random order, in full batches (what is left over waits for another epoch)."""
    order = np.random.default_rng((seed, epoch)).permutation(count).tolist()
    return [order[start : start + batch] for start in range(0, count - batch + 1, batch)]


class _Epoch(Dataset):
    """One epoch's view of a set: index → augmented example."""

    def __init__(self, data: Examples, seed: int, epoch: int) -> None:
        self.data, self.seed, self.epoch = data, seed, epoch

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return self.data.example(index, self.epoch, self.seed, augment=True)


def loader(
    data: Examples,
    *,
    batch: int,
    seed: int,
    epoch: int,
    start: int = 0,
    rank: int = 0,
    ranks: int = 1,
    workers: int = 0,
) -> Iterator[dict[str, Tensor]]:
    """The batches of an epoch from step ``start`` on, of which process ``rank`` of ``ranks`` gets its share.

    ``batch`` is per process: each step takes batch × ranks examples of the one common order.
    """
    steps = epoch_batches(len(data), batch * ranks, seed, epoch)[start:]
    mine = [step[rank * batch : (rank + 1) * batch] for step in steps]
    # Workers must not draw from the global generator: their seeds would shift the dropout noise of a resumed run.
    return iter(
        DataLoader(_Epoch(data, seed, epoch), batch_sampler=mine, num_workers=workers, generator=torch.Generator())
    )
