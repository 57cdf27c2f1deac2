"""Pictures the colour tab offers: 3-D emoji that were held out from training, side by side in one file.

``make_sheet`` made it. Two of them are the same drawing with another shirt.
"""

from functools import lru_cache
from pathlib import Path

from PIL import Image, PngImagePlugin

from course_lib.data.pictures import open_picture

SIDE = 128
SHEET = Path(__file__).with_name("fluent.png")
TERMS = (
    "eight held-out emoji of Fluent Emoji, 3-D (Microsoft; MIT), from the npm package @lobehub/fluent-emoji-3d 1.1.0"
)
# What each is called, and which file of the set it is.
PICTURES = (
    ("Shrug, orange", "1f937"),
    ("Shrug, blue", "1f937-200d-2642-fe0f"),
    ("Kite", "1fa81"),
    ("Fire engine", "1f692"),
    ("Unicorn", "1f984"),
    ("Crocodile", "1f40a"),
    ("Smile", "1f60a"),
    ("Popcorn", "1f37f"),
)


@lru_cache(maxsize=1)
def example_pictures() -> list[tuple[str, Image.Image]]:
    """[(what it is called, 128 × 128 RGB), …].

    Raises:
        CourseError: the file is missing or damaged.
    """
    sheet = open_picture(SHEET, name=SHEET.name)
    return [(name, sheet.crop((SIDE * at, 0, SIDE * (at + 1), SIDE))) for at, (name, _) in enumerate(PICTURES)]


def make_sheet(data: Path, out: Path) -> None:
    """Writes the sheet from the right halves in a folder of the set's pairs; the terms stand inside the file too."""
    image = Image.new("RGB", (SIDE * len(PICTURES), SIDE))
    for at, (_, stem) in enumerate(PICTURES):
        image.paste(open_picture(data / f"{stem}.webp").crop((SIDE, 0, 2 * SIDE, SIDE)), (SIDE * at, 0))
    note = PngImagePlugin.PngInfo()
    note.add_text("Copyright", TERMS)
    image.save(out, pnginfo=note, optimize=True)
