"""Pictures inside text: how they travel between the page and the server."""

import base64
import binascii
import io
from typing import Any

from PIL import Image

from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

_HEAD = "data:image/png;base64,"
LONGEST = 200_000  # characters of a picture that a page sends back
MAX_PIXELS = 512 * 512


def data_url(image: Image.Image) -> str:
    """The picture as a PNG in a ``data:`` URL, which an ``<img>`` takes as it is."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return _HEAD + base64.b64encode(file.getvalue()).decode("ascii")


def overview_url(image: Image.Image, longest_side: int) -> str:
    """A small JPEG of a picture in a ``data:`` URL: to find one's way in it, not to judge its pixels."""
    small = image.copy()
    small.thumbnail((longest_side, longest_side))
    return jpeg_url(small, 85)


def jpeg_url(image: Image.Image, quality: int) -> str:
    """The picture as a JPEG in a ``data:`` URL, for pictures whose PNG would be long to send."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def from_data_url(text: Any, again: str = "Upload it again.") -> Image.Image:
    """The way back. It should be what ``data_url`` made, but anyone can send anything.

    Args:
        again: what the visitor is told to do where nothing came, or not all of it.

    Raises:
        CourseError: no PNG in a ``data:`` URL, damaged, or too large.
    """
    if not isinstance(text, str) or not text.startswith(_HEAD) or len(text) > LONGEST:
        raise CourseError(f"Your picture did not arrive. {again}")
    try:
        data = base64.b64decode(text[len(_HEAD) :], validate=True)
    except (binascii.Error, ValueError):
        raise CourseError(f"Your picture did not arrive whole. {again}") from None
    return open_picture(data, name="This picture", formats=("PNG",), max_pixels=MAX_PIXELS)
