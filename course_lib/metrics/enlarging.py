"""The table of the super-resolution papers, with what it hides beside it.

Protocol: luma of 16…235, as many pixels as the scale factor cut from every side, one value per picture, the mean of
those. Other protocols (RGB, full-range luma, no border, an average over pixels) are not offered: their numbers look the
same and are up to 2 dB away.
"""

from collections.abc import Mapping, Sequence
from math import isfinite

from torch import Tensor

from course_lib.errors import CourseError
from course_lib.metrics.checks import check_pair
from course_lib.metrics.pairwise import psnr_y, ssim_y
from course_lib.metrics.perceptual import vgg_distance
from course_lib.metrics.spectrum import SMALLEST, high_frequency_power, lattice_share

Figures = dict[str, float | None]


def smallest_side(scale: int) -> int:
    """Pixels a side that a large picture needs to be measured."""
    return -(-(SMALLEST + 2 * scale) // 4) * 4


def enlarging_figures(answer: Tensor, truth: Tensor, scale: int) -> Figures:
    """What is measured of one answer: RGB (1, 3, H, W) in [0, 1], both.

    "psnr", "ssim", "vgg_distance" (to the truth); "power" (of high frequencies) and "lattice" (the share of it that
    lies on grids of period 2 and 4: a checkerboard is no detail); "colour" (how far the mean of the channel that
    is farthest off is from the truth's, of 1).
    """
    check_pair(answer, truth, scale)
    inner, real = (_inside(picture, scale) for picture in (answer, truth))
    colour = (inner.double().mean(dim=(2, 3)) - real.double().mean(dim=(2, 3))).abs().max().item()
    values = {
        "psnr": psnr_y(answer, truth, scale).item(),
        "ssim": ssim_y(answer, truth, scale).item(),
        "vgg_distance": vgg_distance(answer, truth, scale).item(),
        "power": high_frequency_power(inner).item(),
        "lattice": lattice_share(_whole_periods(inner)).item(),
        "colour": colour,
    }
    return {name: value if isfinite(value) else None for name, value in values.items()}  # JSON has no infinity


def summary(pictures: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """Means over pictures, by method; "sharpness" is the mean power over the mean power of "truth".

    Args:
        pictures: of each, the figures of every method, "truth" among them.

    Raises:
        CourseError: there is none.
    """
    if not pictures:
        raise CourseError("There is no picture to average over.")
    rows = {}
    real = _mean(pictures, "truth", "power")
    for method in pictures[0]:
        row = {name: _mean(pictures, method, name) for name in pictures[0][method]}
        power = row.pop("power")
        rows[method] = {**row, "sharpness": power / real if power is not None and real else None}
    return rows


def _mean(pictures: Sequence[Mapping[str, Figures]], method: str, name: str) -> float | None:
    values = [picture[method][name] for picture in pictures]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


def _inside(picture: Tensor, border: int) -> Tensor:
    return picture[..., border : picture.shape[-2] - border, border : picture.shape[-1] - border]


def _whole_periods(picture: Tensor) -> Tensor:
    return picture[..., : picture.shape[-2] // 4 * 4, : picture.shape[-1] // 4 * 4]
