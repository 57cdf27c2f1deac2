"""A small piece of a picture, enlarged by each method: the same pixels as the whole picture's answers have there.

With a picture that is reduced here, the truth is known, and each answer can be measured against it.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from PIL import Image
from torch import Tensor

from course_lib.data.augment import bytes_tensor, signed
from course_lib.data.degrade import reduced
from course_lib.data.pictures import BadPicture, to_picture, to_tensor, to_unit
from course_lib.metrics.pairwise import psnr_y
from course_lib.metrics.perceptual import SMALLEST, vgg_distance
from course_lib.models import zoo
from course_lib.models.upscaler import Upscaler, between
from course_lib.networks.srresnet import enlarged

MODELS = FAITHFUL, SHARP = ("srresnet-x4", "srgan-x4")
SCALE = 4
SIDE = 48  # small pixels of a crop
STEPS = 10  # of the way from faithful to sharp
LEAST = SMALLEST + 2 * SCALE  # pixels a side that the measures need of a picture that is reduced
_KERNEL = 2  # small pixels that the reduction's kernel reaches to


@dataclass(frozen=True)
class Crop:
    """A piece of a small picture, with what lies around it as far as the networks look.

    Args:
        picture: width and height of the whole small picture.
        window: its pixels, (height, width, 3) bytes.
        shape: height and width of the window.
        inner: left, top, right and bottom of the piece itself in the window.
        truth: the piece at four times the size, as bytes; None if nobody knows it.
    """

    picture: tuple[int, int]
    window: bytes
    shape: tuple[int, int]
    inner: tuple[int, int, int, int]
    truth: bytes | None

    def small(self) -> Image.Image:
        """The piece that is enlarged."""
        return self._window().crop(self.inner)

    def true(self) -> Image.Image | None:
        """What it was before it was reduced."""
        left, top, right, bottom = (SCALE * side for side in self.inner)
        return None if self.truth is None else Image.frombytes("RGB", (right - left, bottom - top), self.truth)

    def _window(self) -> Image.Image:
        return Image.frombytes("RGB", self.shape[::-1], self.window)

    def tensor(self) -> Tensor:
        return to_tensor(self._window())


@lru_cache(maxsize=STEPS + 1)
def upscaler(share: int) -> Upscaler:
    """The model at ``share`` tenths of the way from faithful to sharp.

    Raises:
        CourseError: a model is missing or damaged, or the two do not fit.
    """
    if share in (0, STEPS):
        return zoo.load_upscaler(FAITHFUL if share == 0 else SHARP)
    return between(upscaler(0), upscaler(STEPS), share / STEPS)


def small_size(width: int, height: int, reduce: bool) -> tuple[int, int]:
    """Of a picture that is or is not reduced first.

    Raises:
        BadPicture: too little would be left of it.
    """
    if reduce and min(width, height) < LEAST:
        raise BadPicture(
            f"The picture has {width} × {height} pixels; to be reduced by {SCALE} and compared it needs {LEAST} a side. "
            "Switch off “First reduce it”, or take a larger picture."
        )
    return (width // SCALE, height // SCALE) if reduce else (width, height)


def small_picture(picture: Image.Image, reduce: bool) -> Image.Image:
    """The whole of what is enlarged."""
    width, height = small_size(*picture.size, reduce)
    if not reduce:
        return picture
    return _reduced(picture.crop((0, 0, SCALE * width, SCALE * height)))


def cut(picture: Image.Image, reduce: bool, x: int, y: int) -> Crop:
    """The crop around a place.

    Args:
        picture: RGB.
        reduce: whether the picture is the truth, and is to be reduced first.
        x, y: middle of the crop, in thousandths of the picture's width and height; near its frame the crop stays inside.
    """
    size = small_size(*picture.size, reduce)
    spans = [_span(place, side) for place, side in zip((x, y), size, strict=True)]
    inner = _box(spans, size, 0)
    outer = _box(spans, size, upscaler(0).reach)
    if reduce:  # only what is needed of it: a picture may have 16 megapixels
        wide = _box(spans, size, upscaler(0).reach + _KERNEL)
        cropped = _reduced(picture.crop(tuple(SCALE * side for side in wide)))  # type: ignore[arg-type]
        window = cropped.crop(_within(outer, wide))
        truth = picture.crop(tuple(SCALE * side for side in inner)).tobytes()  # type: ignore[arg-type]
    else:
        window, truth = picture.crop(outer), None
    return Crop(size, window.tobytes(), (window.height, window.width), _within(inner, outer), truth)


def _span(place: int, length: int) -> tuple[int, int]:
    side = min(SIDE, length)
    start = min(max(round(place * length / 1000 - side / 2), 0), length - side)
    return start, start + side


def _box(spans: list[tuple[int, int]], size: tuple[int, int], more: int) -> tuple[int, int, int, int]:
    (left, right), (top, bottom) = spans
    return max(0, left - more), max(0, top - more), min(size[0], right + more), min(size[1], bottom + more)


def _within(box: tuple[int, int, int, int], around: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, top = around[:2]
    return box[0] - left, box[1] - top, box[2] - left, box[3] - top


def _reduced(picture: Image.Image) -> Image.Image:
    return to_picture(signed(reduced(bytes_tensor(picture), SCALE)))


@lru_cache(maxsize=64)
def answer(crop: Crop, share: int | None) -> tuple[Image.Image, float]:
    """Of the model at ``share`` tenths of the way from faithful to sharp (None: bicubic), and how many seconds it took."""
    start = time.perf_counter()
    shown = crop.tensor()
    large = enlarged(shown, SCALE) if share is None else upscaler(share).whole(shown)
    left, top, right, bottom = (SCALE * side for side in crop.inner)
    return to_picture(large[..., top:bottom, left:right]), time.perf_counter() - start


def answers(crop: Crop, share: int) -> tuple[dict[str, Image.Image], float]:
    """All of them by name, with the one in between; and how many seconds they took together."""
    asked = {"bicubic": None, "srresnet": 0, "srgan": STEPS, "between": share}
    made = {name: answer(crop, one) for name, one in asked.items()}
    return {name: one for name, (one, _) in made.items()}, sum(seconds for _, seconds in made.values())


@lru_cache(maxsize=64)
def _figures(answer: bytes, truth: bytes, size: tuple[int, int]) -> tuple[float | None, float]:
    seen, real = (to_unit(to_tensor(Image.frombytes("RGB", size, data))) for data in (answer, truth))
    psnr = psnr_y(seen, real, SCALE).item()
    return psnr if isfinite(psnr) else None, vgg_distance(seen, real, SCALE).item()


def figures(crop: Crop, share: int) -> dict[str, dict[str, float | None]]:
    """PSNR in dB (None: equal to the truth) and VGG distance of each answer, over the crop without its outer 4 pixels.

    Raises:
        ValueError: the truth is not known.
        CourseError: the feature network is missing.
    """
    if crop.truth is None:
        raise ValueError("There is no truth to measure against.")
    found = {}
    for name, made in answers(crop, share)[0].items():
        psnr, distance = _figures(made.tobytes(), crop.truth, made.size)
        found[name] = {"psnr": psnr, "distance": distance}
    return found
