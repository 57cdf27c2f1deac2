"""Photos that the super-resolution tab offers: those that scikit-image and scikit-learn bring along. None was trained on."""

from functools import lru_cache
from typing import NamedTuple

from PIL import Image

from course_lib.data.photos import embedded
from course_lib.data.pictures import open_picture


class Example(NamedTuple):
    """A photo, and where in it to look first.

    Args:
        name: what it is called on the page.
        file: its name in one of the two packages.
        place: middle of the crop across and down, in thousandths of the picture.
    """

    name: str
    file: str
    place: tuple[int, int]


EXAMPLES = (
    Example("Astronaut", "astronaut.png", (430, 210)),
    Example("Cat", "chelsea.png", (400, 400)),
    Example("Temple", "china.jpg", (400, 430)),
    Example("Coffee", "coffee.png", (450, 500)),
    Example("Flower", "flower.jpg", (500, 500)),
    Example("Text", "text.png", (300, 400)),
)


@lru_cache(maxsize=len(EXAMPLES))
def picture(number: int) -> Image.Image:
    """A photo at its own size.

    Raises:
        CourseError: its package does not have it.
    """
    return open_picture(embedded(EXAMPLES[number].file))
