"""What the networks make of a drawing. An answer is asked for more than once, so the last ones are kept."""

import time
from functools import lru_cache

import numpy as np
from PIL import Image, ImageOps

from course_lib.app.heavy import turn
from course_lib.app.tabs.flat.examples import SIDE
from course_lib.app.tabs.flat.measures import spread
from course_lib.app.usable import usable
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.translator import Translator

ADVERSARIAL, TWIN, CYCLE = MODELS = ("pix2pix-fluent", "pix2pix-fluent-l1", "cyclegan-fluent")
MOVE = 3  # pixels by which a drawing is moved to see whether the answer moves with it


@lru_cache(maxsize=len(MODELS))
def translator(name: str) -> Translator:
    """One of the networks, read once; of the two-way model the direction from flat to 3-D.

    Raises:
        CourseError: missing, damaged, or of another size than the drawing.
    """
    model = zoo.load_translator(name)
    size = model.config.get("size")
    if size != SIDE:
        raise CourseError(
            f"{name} is for pictures of {size} pixels, the drawing has {SIDE}. Put the shipped folder back."
        )
    return model


def opened() -> tuple[list[str], dict[str, str]]:
    """The models that work, in the order in which they answer, and for each that does not, why."""
    return usable(MODELS, translator, needed=ADVERSARIAL)


def made(name: str, drawing: Image.Image) -> Image.Image:
    """A network's answer.

    Raises:
        Busy: others have the processor.
    """
    return _made(name, drawing.tobytes())


@lru_cache(maxsize=64)
def _made(name: str, pixels: bytes) -> Image.Image:
    with turn():
        answer = translator(name)(Image.frombytes("RGB", (SIDE, SIDE), pixels))
    time.sleep(0.002)  # whoever waits for a turn has one before the next of many answers
    return answer


def unsure(drawing: Image.Image) -> np.ndarray:
    """(H, W): where the network with a discriminator answers otherwise to the same drawing, mirrored or moved.

    Three answers: to the drawing, to its mirror picture, and to the drawing moved down and to the right; the last two
    are turned and moved back. See ``measures.spread``.
    """
    mirrored = ImageOps.mirror(made(ADVERSARIAL, ImageOps.mirror(drawing)))
    return spread([made(ADVERSARIAL, drawing), mirrored, moved(made(ADVERSARIAL, moved(drawing, MOVE)), -MOVE)])


def moved(picture: Image.Image, by: int) -> Image.Image:
    """The picture moved down and to the right (below 0: up and to the left) by so many pixels; its edge is repeated."""
    rows, columns = ((np.arange(side) - by).clip(0, side - 1) for side in (picture.height, picture.width))
    return Image.fromarray(np.asarray(picture)[np.ix_(rows, columns)])
