"""Pictures the CycleGAN tab offers: held-out ones, which no network of the zoo was trained on; one sheet a model.

A sheet has a row for each domain and a column for each picture, 64 × 64 pixels each. ``make_sheet`` made them.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, PngImagePlugin

from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

SIDE = 64
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sheet:
    """What is known of one sheet.

    Args:
        file: its name beside this module.
        folders: of the set's two domains.
        pictures: for each domain, what a picture is called and which file of the set it is.
        terms: under which the pictures are shown.
        paired: column i holds the same thing in both rows.
    """

    file: str
    folders: tuple[str, str]
    pictures: tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
    terms: str
    paired: bool


_APPLES = (
    ("One on white", "n07740461_8407"),
    ("On green", "n07740461_9252"),
    ("On the tree", "n07740461_8836"),
    ("A heap", "n07740461_9172"),
)
_ORANGES = (
    ("One on white", "n07749192_843"),
    ("From near", "n07749192_8585"),
    ("On the tree", "n07749192_918"),
    ("In a bowl", "n07749192_8559"),
)
_EMOJI = (
    ("Crab", "1f980"),
    ("Rocket", "1f680"),
    ("Mushroom", "1f344"),
    ("Wink", "1f609"),
    ("Carrot", "1f955"),
    ("Fleur-de-lis", "269c-fe0f"),
)
SHEETS = {
    "cyclegan-apple2orange": Sheet(
        "apple2orange.png",
        ("trainA", "trainB"),
        (_APPLES, _ORANGES),
        "eight of the pictures held out from training; drawn from ImageNet by Zhu et al. 2017: research and teaching",
        paired=False,
    ),
    "cyclegan-emoji": Sheet(
        "emoji.png",
        ("noto", "twemoji"),
        (_EMOJI, _EMOJI),
        "held-out emoji of Noto (Google; Apache-2.0 and OFL) and of Twemoji (Twitter and contributors; CC-BY-4.0)",
        paired=True,
    ),
}


@lru_cache(maxsize=4)
def example_pictures(model: str) -> dict[str, list[tuple[str, Image.Image]]]:
    """{"A": [(what it is called, 64 × 64 RGB), …], "B": …} for a model's name.

    Raises:
        CourseError: no sheet belongs to that model, or it is damaged.
    """
    if model not in SHEETS:
        raise CourseError(f"There are no example pictures for {model!r}; there are for {', '.join(SHEETS)}.")
    sheet = SHEETS[model]
    image = open_picture(_HERE / sheet.file, name=sheet.file)
    return {
        domain: [
            (name, image.crop((column * SIDE, row * SIDE, (column + 1) * SIDE, (row + 1) * SIDE)))
            for column, (name, _) in enumerate(pictures)
        ]
        for row, (domain, pictures) in enumerate(zip("AB", sheet.pictures, strict=True))
    }


def make_sheet(model: str, data: Path, out: Path) -> None:
    """Writes a model's sheet from the folder of its set; the terms stand inside the file too."""
    sheet = SHEETS[model]
    image = Image.new("RGB", (SIDE * max(map(len, sheet.pictures)), 2 * SIDE))
    for row, (folder, pictures) in enumerate(zip(sheet.folders, sheet.pictures, strict=True)):
        for column, (_, stem) in enumerate(pictures):
            image.paste(open_picture(data / folder / f"{stem}.png").resize((SIDE, SIDE)), (column * SIDE, row * SIDE))
    note = PngImagePlugin.PngInfo()
    note.add_text("Copyright", sheet.terms)
    image.save(out, pnginfo=note, optimize=True)
