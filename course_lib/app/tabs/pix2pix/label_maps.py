"""A label map inside the app: the class of every pixel, (256, 256) uint8; as text the runs of its rows.

An uploaded picture is pulled to the palette's colours once, here. From then on classes travel: to the canvas and back
as text, to the models as an array, which becomes a picture when they are called and not before.

The text: rows with spaces between them; of a row its runs, a letter for the class (a is the first) and how many pixels, if
more than one; before the runs how many rows are alike, if more than one. A map of walls is "256b256".
"""

import re
import zlib
from collections.abc import Iterable
from itertools import groupby

import numpy as np
from PIL import Image

from course_lib.data import palette
from course_lib.errors import CourseError

SIZE = 256
LETTERS = "abcdefghijkl"  # a class each
LONGEST = SIZE * (SIZE + 1)  # characters, where no two neighbours are alike
_COUNT = r"([1-9]\d{0,2}|)"
_RUN = re.compile(f"([{LETTERS}]){_COUNT}", re.ASCII)
_ROWS = re.compile(f"{_COUNT}((?:[{LETTERS}]{_COUNT})+)", re.ASCII)


def from_picture(image: Image.Image) -> tuple[np.ndarray, float]:
    """Any picture → (its label map, how far its colours were from the twelve: 0 … 441).

    A picture twice as wide as high is taken for a CMP pair (photo and map side by side); the half that is nearer to
    the twelve colours is the map.
    """
    if image.width == 2 * image.height:
        halves = [image.crop((x, 0, x + image.height, image.height)) for x in (0, image.height)]
        image = min(halves, key=_distance)
    return palette.classes(palette.snap(image, (SIZE, SIZE))), _distance(image)


def _distance(image: Image.Image) -> float:
    small = image.convert("RGB")
    small.thumbnail((256, 256), Image.Resampling.NEAREST)
    there, nearest = (np.asarray(picture, dtype=np.float64) for picture in (small, palette.snap(small)))
    return float(np.sqrt(((there - nearest) ** 2).sum(-1)).mean())


def to_text(labels: np.ndarray) -> str:
    """The runs of its rows."""
    written = ("".join(_run(LETTERS[label], run) for label, run in groupby(row)) for row in labels.tolist())
    return " ".join(f"{_many(alike)}{row}" for row, alike in groupby(written))


def _run(letter: str, run: Iterable[int]) -> str:
    return f"{letter}{_many(run)}"


def _many(alike: Iterable[object]) -> str:
    count = sum(1 for _ in alike)
    return str(count) if count > 1 else ""


def from_text(text: str | None) -> np.ndarray:
    """The way back.

    Raises:
        CourseError: nothing, no runs, or other than 256 rows of 256 pixels.
    """
    if not text:
        raise CourseError("There is no label map yet. Choose an example or paint one.")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise _wrong("this is none")
    rows: list[list[int]] = []
    for number, part in enumerate(text.split(" "), 1):
        found = _ROWS.fullmatch(part)
        if found is None:
            raise _wrong(f"part {number} is {part[:20]!r}")
        runs = [(LETTERS.index(letter), int(count or 1)) for letter, count in _RUN.findall(found[2])]
        pixels = sum(count for _, count in runs)
        if pixels != SIZE:
            raise _wrong(f"part {number} has {pixels} pixels")
        rows += [[label for label, count in runs for _ in range(count)]] * int(found[1] or 1)
        if len(rows) > SIZE:
            break
    if len(rows) != SIZE:
        raise _wrong(f"this has {f'more than {SIZE}' if len(rows) > SIZE else len(rows)} rows")
    return np.array(rows, dtype=np.uint8)


def _wrong(what: str) -> CourseError:
    return CourseError(
        f"A label map is {SIZE} rows of {SIZE} pixels, each the letter of a class, a to {LETTERS[-1]}, as in 256b256; "
        f"{what}. Reload the page and paint again."
    )


def digest(labels: np.ndarray) -> int:
    """A number that tells one label map from another; the page computes the same."""
    return zlib.crc32(labels.tobytes())
