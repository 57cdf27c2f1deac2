"""Photos that the style tab offers: those that scikit-image and scikit-learn bring along."""

from functools import lru_cache

from PIL import Image

from course_lib.data.photos import embedded
from course_lib.data.pictures import open_picture

# What each is called, and its name in one of the two packages.
PHOTOS = (
    ("Temple", "china.jpg"),
    ("Cat", "chelsea.png"),
    ("Coffee", "coffee.png"),
    ("Flower", "flower.jpg"),
    ("Astronaut", "astronaut.png"),
    ("Rocket", "rocket.jpg"),
)


@lru_cache(maxsize=len(PHOTOS))
def photo(number: int) -> Image.Image:
    """A photo at its own size.

    Raises:
        CourseError: its package does not have it.
    """
    return open_picture(embedded(PHOTOS[number][1]))
