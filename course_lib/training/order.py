"""Which example comes when: a pure function of (seed, epoch), so that a position in training is (epoch, step).

A set whose examples can be had by number is permuted. A stream is read in the order it gives itself for (seed, epoch); to
go on in the middle, what came before is read and left aside. Either way loading processes only prepare what the training
process has put in order, so that their number changes nothing.
"""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

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


@runtime_checkable
class Stream(Protocol):
    """What the loop asks of examples that arrive one after the other."""

    def __len__(self) -> int:
        """Of an epoch."""
        ...

    def digest(self) -> str: ...

    def conditions(self) -> dict[str, Any]:
        """What else decides the order: a resumed run compares it by name."""
        ...

    def records(self, seed: int, epoch: int, rank: int, ranks: int) -> Iterator[Any]:
        """The share of one process, without end: each as it is read, nothing decoded."""
        ...

    def prepared(
        self, records: Sequence[Any], count: int, seed: int, epoch: int, first: int
    ) -> list[dict[str, Tensor]]:
        """The first ``count`` records as augmented examples, the first of them at a position of the epoch; those behind
        stand in for what cannot be read."""
        ...


SPARES = 7  # records that stand behind those of a batch, for what cannot be read


@dataclass(frozen=True)
class _Arrived:
    """The records of a batch and its spares, and the position of the first in the epoch."""

    first: int
    records: list[Any]


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


class _Preparing(Dataset):
    """One epoch's view of a stream: a batch's records → its augmented examples."""

    def __init__(self, data: Stream, batch: int, seed: int, epoch: int) -> None:
        self.data, self.batch, self.seed, self.epoch = data, batch, seed, epoch

    def __getitems__(self, arrived: _Arrived) -> list[dict[str, Tensor]]:
        return self.data.prepared(arrived.records, self.batch, self.seed, self.epoch, arrived.first)


def arriving(
    data: Stream, *, batch: int, seed: int, epoch: int, start: int = 0, rank: int = 0, ranks: int = 1
) -> Iterator[_Arrived]:
    """The records of each step of an epoch from ``start`` on, of one process."""
    records = data.records(seed, epoch, rank, ranks)
    waiting: deque[Any] = deque()
    for step in range(len(data) // (batch * ranks)):
        waiting.extend(itertools.islice(records, batch + SPARES - len(waiting)))
        if step >= start:
            yield _Arrived((step * ranks + rank) * batch, list(waiting))
        for _ in range(batch):
            waiting.popleft()


def loader(
    data: Examples | Stream,
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
    shown: Dataset
    mine: Any  # what a loading process is given for each batch
    if isinstance(data, Stream):
        shown = _Preparing(data, batch, seed, epoch)
        mine = arriving(data, batch=batch, seed=seed, epoch=epoch, start=start, rank=rank, ranks=ranks)
    else:
        shown = _Epoch(data, seed, epoch)
        steps = epoch_batches(len(data), batch * ranks, seed, epoch)[start:]
        mine = [step[rank * batch : (rank + 1) * batch] for step in steps]
    # Workers must not draw from the global generator: their seeds would shift the dropout noise of a resumed run.
    return iter(DataLoader(shown, batch_sampler=mine, num_workers=workers, generator=torch.Generator()))
