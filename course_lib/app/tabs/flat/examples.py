"""Pairs the tab offers: emoji that were held out from training, flat and in 3-D, one pair a column of one file.

``make_sheet`` made it.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, PngImagePlugin

from course_lib.data.pictures import open_picture

SIDE = 128
SHEET = Path(__file__).with_name("fluent.png")
TERMS = (
    "twelve held-out emoji of Fluent Emoji, flat and 3-D (Microsoft; MIT), from the npm packages "
    "@lobehub/fluent-emoji-flat and @lobehub/fluent-emoji-3d 1.1.0"
)
# What each is called, and which file of the set it is.
PICTURES = (
    ("Unicorn", "1f984"),
    ("Smile", "1f60a"),
    ("Hot dog", "1f32d"),
    ("Fire engine", "1f692"),
    ("Crocodile", "1f40a"),
    ("Doughnut", "1f369"),
    ("Juggler", "1f939-1f3fe"),
    ("Devil", "1f608"),
    ("Radio", "1f4fb"),
    ("Dolphin", "1f42c"),
    ("Cyclist", "1f6b5"),
    ("Heart", "2764-fe0f"),
)


class Example(NamedTuple):
    """What it is called, and its two pictures, 128 × 128 RGB."""

    name: str
    flat: Image.Image
    truth: Image.Image


@lru_cache(maxsize=1)
def examples() -> list[Example]:
    """All of them, in the order the page shows them.

    Raises:
        CourseError: the file is missing or damaged.
    """
    sheet = open_picture(SHEET, name=SHEET.name)

    def cell(column: int, row: int) -> Image.Image:
        return sheet.crop((SIDE * column, SIDE * row, SIDE * (column + 1), SIDE * (row + 1)))

    return [Example(name, cell(at, 0), cell(at, 1)) for at, (name, _) in enumerate(PICTURES)]


def make_sheet(data: Path, out: Path) -> None:
    """Writes the sheet from a folder of the set's pairs (flat left, 3-D right); the terms stand inside the file too."""
    image = Image.new("RGB", (SIDE * len(PICTURES), 2 * SIDE))
    for at, (_, stem) in enumerate(PICTURES):
        pair = open_picture(data / f"{stem}.webp")
        for row in (0, 1):
            image.paste(pair.crop((SIDE * row, 0, SIDE * (row + 1), SIDE)), (SIDE * at, SIDE * row))
    note = PngImagePlugin.PngInfo()
    note.add_text("Copyright", TERMS)
    image.save(out, pnginfo=note, optimize=True)
