"""What the networks make of a drawing. An answer is asked for more than once, so the last ones are kept."""

from functools import lru_cache

from PIL import Image

from course_lib.app.heavy import turn
from course_lib.app.tabs.flat.examples import SIDE
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.translator import Translator

ADVERSARIAL, TWIN, CYCLE = MODELS = ("pix2pix-fluent", "pix2pix-fluent-l1", "cyclegan-fluent")


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
    """The models that work, in the order in which they answer, and for each that does not, why.

    Raises:
        CourseError: the one with a discriminator does not; without it there is nothing to show.
    """
    working, broken = [], {}
    for name in MODELS:
        try:
            translator(name)
            working.append(name)
        except CourseError as error:
            broken[name] = str(error)
    if ADVERSARIAL in broken:
        raise CourseError(broken[ADVERSARIAL])
    return working, broken


def made(name: str, drawing: Image.Image) -> Image.Image:
    """A network's answer, at seed 0.

    Raises:
        Busy: others have the processor.
    """
    return _made(name, drawing.tobytes())


@lru_cache(maxsize=64)
def _made(name: str, pixels: bytes) -> Image.Image:
    with turn():
        return translator(name)(Image.frombytes("RGB", (SIDE, SIDE), pixels))


def forget() -> None:
    """Models are read anew, and answers are made anew."""
    translator.cache_clear()
    _made.cache_clear()
