"""The README's picture of the style networks, one pass each: ``python -m benchmarks.style_sheet PHOTO``."""

import argparse
from pathlib import Path

from PIL import Image, ImageOps

from course_lib.data.pictures import open_picture
from course_lib.models import zoo
from course_lib.models.stylizer import Stylizer

SIZE = (300, 225)  # pixels of a picture
GAP = 4


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("photo", type=Path)
    words.add_argument("--out", type=Path, default=Path("docs/styles.png"))
    asked = words.parse_args()
    photo = ImageOps.fit(open_picture(asked.photo), (2 * SIZE[0], 2 * SIZE[1]), Image.Resampling.LANCZOS)
    models = [zoo.load(name) for name in zoo.names() if name.startswith("style-")]
    pictures = [photo, *(model(photo) for model in models if isinstance(model, Stylizer))]
    sheet = Image.new("RGB", ((SIZE[0] + GAP) * len(pictures) - GAP, SIZE[1]), "white")
    for at, picture in enumerate(pictures):
        sheet.paste(picture.resize(SIZE, Image.Resampling.LANCZOS), (at * (SIZE[0] + GAP), 0))
    sheet.save(asked.out, optimize=True)
    print(asked.out)


if __name__ == "__main__":
    main()
