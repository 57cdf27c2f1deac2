"""Four paintings' networks, each one pass: what the style tab shows first."""

import time
from collections.abc import Iterator
from functools import lru_cache

from PIL import Image

from course_lib.app.usable import usable
from course_lib.data.pictures import to_picture
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.stylizer import Stylizer

MODELS = ("style-starry-night", "style-wave", "style-udnie", "style-composition-vii")


@lru_cache(maxsize=len(MODELS))
def stylizer(name: str) -> Stylizer:
    """One of the networks, read once.

    Raises:
        CourseError: it is no stylizer, or damaged.
    """
    model = zoo.load(name)
    if not isinstance(model, Stylizer):
        raise CourseError(f"{name} is no model that paints in a style. Put the shipped folder back.")
    return model


def opened() -> tuple[list[str], dict[str, str]]:
    """The models that work and, for each that is there and does not, why."""
    there = zoo.names()
    return usable([name for name in MODELS if name in there], stylizer)


@lru_cache(maxsize=len(MODELS))
def painting(name: str) -> Image.Image:
    """The painting as the network learned it.

    Raises:
        CourseError: it does not lie beside the weights.
    """
    tensor = stylizer(name).style
    if tensor is None:
        raise CourseError(f"The painting of {name} does not lie beside its weights. Put the shipped folder back.")
    return to_picture(tensor)


def passes(photo: Image.Image) -> Iterator[tuple[str, Image.Image, float]]:
    """(model, the photo in its painting's style, seconds), one after another."""
    for name in opened()[0]:
        start = time.perf_counter()
        yield name, stylizer(name)(photo), time.perf_counter() - start
