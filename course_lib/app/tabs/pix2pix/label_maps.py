"""A label map inside the app: the class of every pixel, (256, 256) uint8; as text one character a pixel.

An uploaded picture is pulled to the palette's colours once, here. From then on classes travel: to the canvas and back
as text, to the models as an array, which becomes a picture when they are called and not before.
"""

import base64
import zlib

import numpy as np
from PIL import Image

from course_lib.data import palette
from course_lib.errors import CourseError

SIZE = 256
DIGITS = "0123456789ab"  # a class each
_CODES = np.frombuffer(DIGITS.encode("ascii"), dtype=np.uint8)


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
    """The digits of the classes, row by row."""
    return _CODES[labels].tobytes().decode("ascii")


def packed(labels: np.ndarray) -> str:
    """A byte for each class, deflated, in base64: a hundredth of the digits, for label maps that travel with the page."""
    return base64.b64encode(zlib.compress(labels.tobytes(), 9)).decode("ascii")


def from_text(text: str | None) -> np.ndarray:
    """The way back.

    Raises:
        CourseError: nothing, another number of characters, or others than 0…9, a, b.
    """
    if not text:
        raise CourseError("There is no label map yet. Choose an example or paint one.")
    if not isinstance(text, str) or len(text) != SIZE * SIZE or not text.isascii():
        raise CourseError(f"A label map is {SIZE * SIZE} digits, one a pixel. Reload the page and paint again.")
    codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    labels = np.searchsorted(_CODES, codes).astype(np.uint8)
    if labels.max() >= len(_CODES) or (_CODES[labels] != codes).any():
        raise CourseError(
            "A label map has the digits 0…9, a and b, one for each class. Reload the page and paint again."
        )
    return labels.reshape(SIZE, SIZE)
