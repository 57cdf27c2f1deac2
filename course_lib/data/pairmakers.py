"""Pairs for free: making the input from the target, so that any folder of photos becomes a paired set."""

import functools
from collections.abc import Callable

import numpy as np
from PIL import Image

from course_lib.data.pictures import PictureFile, open_picture
from course_lib.errors import CourseError

EDGE_SIDE = 256


def colorize(photo: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Grey → colour: the input is the photo's luma, three equal channels."""
    return photo.convert("L").convert("RGB"), photo


def edges(photo: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Edge map → photo: Canny edges (skimage), black on white, of the photo scaled to about 256 pixels.

    The scale is fixed because an edge detector's idea of an edge depends on it.
    """
    from skimage.feature import canny

    scale = EDGE_SIDE / max(photo.size)
    if scale < 1:
        photo = photo.resize(
            (max(1, round(photo.width * scale)), max(1, round(photo.height * scale))), Image.Resampling.LANCZOS
        )
    grey = np.asarray(photo.convert("L"), dtype=np.float64) / 255
    found = canny(grey, sigma=1.5)
    return Image.fromarray(np.where(found, 0, 255).astype(np.uint8)).convert("RGB"), photo


PAIR_MAKERS: dict[str, Callable[[Image.Image], tuple[Image.Image, Image.Image]]] = {
    "colorize": colorize,
    "edges": edges,
}


Reader = Callable[[tuple[PictureFile, ...]], tuple[Image.Image, Image.Image]]  # the files of a pair → input, target


def read_made(maker: str, alpha: bool = False) -> Reader:
    """A reader of single photos that makes the pair; ``alpha``: the photo keeps it.

    Raises:
        CourseError: an unknown pair-maker.
    """
    _check(maker)
    return functools.partial(_made, maker, alpha)


def _made(maker: str, alpha: bool, files: tuple[PictureFile, ...]) -> tuple[Image.Image, Image.Image]:
    return PAIR_MAKERS[maker](open_picture(files[0], alpha=alpha))


def made_of_target(maker: str, read: Reader) -> Reader:
    """A reader of pairs that makes a new pair of each one's target.

    Raises:
        CourseError: an unknown pair-maker.
    """
    _check(maker)
    return functools.partial(_made_of_target, maker, read)


def _made_of_target(maker: str, read: Reader, files: tuple[PictureFile, ...]) -> tuple[Image.Image, Image.Image]:
    return PAIR_MAKERS[maker](read(files)[1])


def _check(maker: str) -> None:
    if maker not in PAIR_MAKERS:
        raise CourseError(f"Pair-maker {maker!r} is unknown; there are {', '.join(PAIR_MAKERS)}. Choose one of them.")
