"""What a user writes for a set that is read as a stream:

    stream:SOURCE#EXAMPLES          stream:shards/train-*.tar#100000
    stream:SOURCE#EXAMPLES:A,B      the columns of both sides, where their names do not tell
    stream:SOURCE_A|SOURCE_B#N      two domains, each from a source of its own

A source is WebDataset shards or parquet files (a path or address, with * or {000..099}), a folder that the library
``datasets`` reads, or a set of the Hub, USER/NAME or USER/NAME/CONFIG. Nothing is opened here.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.errors import CourseError

PREFIX = "stream:"
FORM = "stream:SOURCE#EXAMPLES, such as stream:shards/train-*.tar#100000"
SIDES = "|"  # between the sources of two domains


@dataclass(frozen=True)
class StreamSpec:
    """A stream as it was asked for.

    Attributes:
        sources: one, or one for each of two domains.
        examples: in an epoch; None: as many as the source says that it has.
        columns: of A and B (or of both halves, or of a photo); empty: those whose names tell.
    """

    sources: tuple[str, ...]
    examples: int | None = None
    columns: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called on a card: the name of files or of a folder, without those above it, or the Hub's name."""
        return f" {SIDES} ".join(_title(source) for source in self.sources)


def read_stream(data: str) -> StreamSpec | None:
    """What follows "stream:"; None where ``data`` does not begin so.

    Raises:
        CourseError: it is not of the form.
    """
    if not data.startswith(PREFIX):
        return None
    rest, hash_sign, end = data.removeprefix(PREFIX).partition("#")
    count, colon, columns = end.partition(":")
    sources = tuple(source.strip() for source in rest.split(SIDES))
    names = tuple(name.strip() for name in columns.split(",")) if colon else ()
    if not all(sources) or len(sources) > 2:
        raise CourseError(f"--data is {data!r}, which names no source, or more than two. Write {FORM}.")
    if not all(names) or len(names) > 2:
        raise CourseError(f"--data is {data!r}: after the colon stand one or two columns, as in #100000:photo,map.")
    if not hash_sign or (colon and not count):
        return StreamSpec(sources, None, names)
    if not (count.isascii() and count.isdecimal() and int(count)):
        raise CourseError(
            f"--data is {data!r}, but {count!r} is no number of examples. After # stands how many make an epoch: {FORM}."
        )
    return StreamSpec(sources, int(count), names)


def _title(source: str) -> str:
    if is_files(source):
        return source.rpartition("/")[2]
    folder = Path(source).expanduser()
    return folder.resolve().name if folder.is_dir() else source


def is_files(source: str) -> bool:
    """Whether a source names files (tar or parquet), not a folder or a set of the Hub."""
    return source.endswith((".tar", ".parquet"))


def expanded(pattern: str) -> list[str]:
    """A pattern with braces as its names: {000..099} is a range (with its zeros), {a,b} are alternatives."""
    found = re.search(r"\{(\d+)\.\.(\d+)\}|\{([^{}]*,[^{}]*)\}", pattern)
    if not found:
        return [pattern]
    first, last, alternatives = found.groups()
    if first is None:
        parts = alternatives.split(",")
    else:
        parts = [f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    head, tail = pattern[: found.start()], pattern[found.end() :]
    return [name for part in parts for name in expanded(head + part + tail)]
