"""Examples that arrive one after the other, from what outgrows one machine: shards and the Hub, by ``datasets``.

What is kept is a buffer of some hundred undecoded examples, from which the next one is drawn. Order and augmentation are
functions of (seed, epoch, position), as with folders: the same shards and library give the same run.
"""

import itertools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from torch import Tensor

from course_lib.data.augment import generator_for
from course_lib.data.digest import digest_of
from course_lib.data.folders import SkippedPictures
from course_lib.data.notices import Noticed
from course_lib.data.pictures import BadPicture, PictureBytes
from course_lib.data.preparation import Pixels, Preparation
from course_lib.data.stream_columns import pictures_of
from course_lib.data.stream_source import Source, library, refuse_damaged
from course_lib.data.stream_spec import FORM
from course_lib.errors import CourseError

BUFFER = 1000  # examples among which the next one is drawn
BUFFER_BYTES = 2**28  # what they may take; larger pictures make them fewer
BEGINNING = 1500  # examples of a stream that can be looked at by number, as measuring does
HELD_OUT = 500  # of the part that is not trained on, at most
LISTED = 10_000  # shards that a checkpoint names one by one
_LAP = 10**6  # between the "epochs" of one that begins again
Record = tuple[PictureBytes, ...]


class StreamBeginsAgain(UserWarning):
    """A stream holds fewer examples than its epoch."""


@dataclass(frozen=True)
class Side:
    """Columns of a source, which are shuffled together."""

    source: Source
    columns: tuple[str, ...]
    number: int = 0  # sides of one set are shuffled differently

    @cached_property
    def buffer(self) -> int:
        """Examples among which the next one is drawn."""
        records = [pictures_of(one, self.columns, number) for number, one in enumerate(self.source.head)]
        each = sum(len(picture.content) for record in records for picture in record) // len(records)
        return max(1, min(BUFFER, BUFFER_BYTES // max(1, each)))

    def first(self, count: int) -> list[Record]:
        """Those that come first, in their own order."""
        return list(itertools.islice(self._pictures(self._picked()), count))

    def records(self, seed: int, epoch: int, rank: int, ranks: int) -> Iterator[tuple[int, Record]]:
        """A process's share of an epoch, shuffled, and after it another and another: (how often it began again, record).

        Raises:
            CourseError: a shard on this machine is damaged, which is found at its share's end; no example is left.
        """
        from datasets.distributed import split_dataset_by_node

        # One shard after the other, in random order: of several at a time each would have a thread, and every example would
        # be handed over by one, which takes four times as long.
        shuffled = self._picked().shuffle(
            seed=seed + self.number * 2**32, buffer_size=self.buffer, max_buffer_input_shards=1
        )
        share = split_dataset_by_node(shuffled, rank, ranks) if ranks > 1 else shuffled
        for lap in itertools.count():
            share.set_epoch(epoch + lap * _LAP)
            empty = True
            for record in self._pictures(share):
                empty = False
                yield lap, record
            if not lap:  # read to its end: was that its end, or where a shard is damaged?
                refuse_damaged(self.source.files)
            if empty:
                raise CourseError(
                    f"{self.source.name} has too few examples: none is left for process {rank} of {ranks}. Add some, or use "
                    "fewer processes."
                )

    def _picked(self) -> Any:
        names = [name for name in ("__key__", "__url__") if name in self.source.head[0]]
        return self.source.dataset.select_columns([*self.columns, *names])

    def _pictures(self, dataset: Any) -> Iterator[Record]:
        for number, example in enumerate(self.source.read(dataset)):
            yield pictures_of(example, self.columns, number)


class Streamed:
    """A set that is trained on as it arrives, and measured on its beginning.

    Args:
        sides: one source's columns, or two: then each example takes one record of each, drawn independently.
        how: how an example is made of a record.
        examples: of an epoch; None: as many as the source says.
        held_out: it is the part that is not trained on: all of it that is used is kept.
        layout: what was recognised, in words.

    Raises:
        CourseError: nobody says how many examples make an epoch, or the first pictures cannot be read.
    """

    paired = False  # two domains are drawn independently

    def __init__(
        self,
        sides: Sequence[Side],
        how: Preparation,
        *,
        examples: int | None,
        held_out: bool = False,
        layout: str = "",
    ) -> None:
        self.sides, self.how, self.layout = tuple(sides), how, layout
        self.size, self.load_size, self.fit = how.size, how.load_size, how.fit
        self._first: list[Record] = []
        if held_out:
            self._first = self._beginning(min(examples or HELD_OUT, HELD_OUT))
            self._count = len(self._first)
        else:
            known = [side.source.examples for side in sides]
            self._count = examples or max((one for one in known if one), default=0)
        if not self._count:
            raise CourseError(
                f"{sides[0].source.name} does not say how many examples it has. Write how many make an epoch: {FORM}."
            )
        self._tell(self._first[: len(sides[0].source.head)] or self._beginning(len(sides[0].source.head)))

    def __len__(self) -> int:
        return self._count

    @property
    def beginning(self) -> int:
        """How many examples can be had by number."""
        return min(self._count, BEGINNING)

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """One of those that come first, in their own order.

        Raises:
            CourseError: the index is beyond the beginning, or the stream's end.
        """
        if index >= self.beginning:
            raise CourseError(
                f"Example {index:,} of a stream was asked for by its number, which only the first {self.beginning:,} have. To "
                f"measure those, write #{BEGINNING} in --data."
            )
        if index >= len(self._first):
            self._first = self._beginning(min(self.beginning, max(2 * index, 16)))
        if index >= len(self._first):
            raise CourseError(
                f"{self.sides[0].source.name} ended after {len(self._first):,} examples, but #{self._count} were asked for. "
                f"Write #{len(self._first)}."
            )
        pixels = self._pixels(self._first, index, self.load_size if augment else self.size)
        return self.how.example(pixels, generator_for(seed, epoch, index) if augment else None)

    def records(self, seed: int, epoch: int, rank: int, ranks: int) -> Iterator[Record]:
        """A process's share of an epoch, in its order; where that ends early, it begins again, in another order."""
        parts = zip(*(side.records(seed, epoch, rank, ranks) for side in self.sides), strict=True)
        told = False
        for number, part in enumerate(parts):
            if not told and number < self._count // ranks and all(lap for lap, _ in part):
                told = True
                self._tell_end(number, rank, ranks)
            yield tuple(picture for _, record in part for picture in record)

    def _tell_end(self, number: int, rank: int, ranks: int) -> None:
        """Says that a share ended after so many examples."""
        whose, advice = "", ""
        if ranks > 1:
            whose, advice = f" for process {rank} of {ranks}", " or less, or make shards with as many examples each"
        warnings.warn(
            f"{self.sides[0].source.name} ended after {number:,} examples{whose}, but an epoch asks for {self._count // ranks:,}: "
            f"it begins again, and pictures are seen more than once in an epoch. Write #{number * ranks}{advice}.",
            StreamBeginsAgain,
            stacklevel=3,
        )

    def prepared(
        self, records: Sequence[Record], count: int, seed: int, epoch: int, first: int
    ) -> list[dict[str, Tensor]]:
        """The first ``count`` records as augmented examples; where one cannot be read, the next takes its place.

        Args:
            first: the position of the first one in the epoch.
        """
        return [
            self.how.example(self._pixels(records, at, self.load_size), generator_for(seed, epoch, first + at))
            for at in range(count)
        ]

    def digest(self) -> str:
        """A hash of the shards' names and sizes, of the columns, and of what decides the order."""
        return digest_of(
            "stream", [(side.source.shards, side.columns, side.buffer, side.number) for side in self.sides]
        )

    def conditions(self) -> dict[str, Any]:
        """What a resumed run compares by name, beside the digest."""
        sources = {side.source.name: side.source.shards for side in self.sides}
        shards = [
            [f"{'AB'[number]}: {name}" if len(sources) > 1 else name, size]
            for number, files in enumerate(sources.values())
            for name, size in files
        ]
        listed = {"shards": shards} if len(shards) <= LISTED else {}
        return {"datasets": library().__version__, **listed}

    @property
    def promise(self) -> str:
        """What a resumed run may count on."""
        far = any(size < 0 for side in self.sides for _, size in side.source.shards)
        return (
            f"Stream: {self._count:,} examples an epoch, drawn from {' and '.join(str(side.buffer) for side in self.sides)} waiting "
            "examples at a time. A resumed run reads past what was seen and goes on as if it had never stopped, as long as "
            f"names {'of the shards' if far else 'and sizes of the shards'} and the version of datasets are the same"
            + ("; what shards elsewhere hold is not compared." if far else ".")
        )

    def __getstate__(self) -> dict[str, Any]:
        """Loading processes prepare records; they open no source."""
        return {**self.__dict__, "sides": (), "_first": []}

    def _beginning(self, count: int) -> list[Record]:
        parts = zip(*(side.first(count) for side in self.sides), strict=False)
        return [tuple(picture for record in part for picture in record) for part in parts]

    def _pixels(self, records: Sequence[Record], at: int, size: int) -> Pixels:
        """Those of the first record from ``at`` on that can be read, round to the beginning."""
        problem: BadPicture | None = None
        for number in [*range(at, len(records)), *range(at)]:
            try:
                return self.how.pixels(records[number], size, lambda picture: None)
            except BadPicture as error:
                problem = problem or error
                warnings.warn(f"{error} The next picture takes its place.", SkippedPictures, stacklevel=2)
        raise CourseError(f"{len(records)} pictures in a row cannot be read. The first: {problem}")

    def _tell(self, records: Sequence[Record]) -> None:
        noticed = Noticed(self.size)
        problems = []
        for record in records:
            try:
                self.how.pixels(record, self.load_size, noticed.see)
            except BadPicture as error:
                problems.append(error)
        if len(problems) == len(records):
            raise CourseError(f"None of the first {len(records)} examples could be read. The first: {problems[0]}")
        noticed.tell(self.fit)


def side_of(source: Source, columns: tuple[str, ...], number: int = 0) -> Side:
    """A source with what is read of it; of what comes first, no more is kept."""
    kept = [{name: one.get(name) for name in (*columns, "__key__", "__url__") if name in one} for one in source.head]
    return Side(replace(source, head=kept), columns, number)
