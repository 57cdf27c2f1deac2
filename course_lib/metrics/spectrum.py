"""Sharpness without a right answer: how much fine detail a picture has, compared with real ones.

A generator that hedges between many possible answers averages them, and averages have no fine detail: their power at
high frequencies is a fraction of the real pictures'. Much above 1 is a fault too: noise, or a checkerboard.
"""

import numpy as np
import torch
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.metrics.checks import check_pictures
from course_lib.metrics.pairwise import luma

NYQUIST = 0.5  # cycles per pixel: the finest stripes a picture can hold, one pixel light, one dark
SMALLEST = 16  # below that a ring holds too few frequencies to be an average


def radial_spectrum(images: Tensor) -> tuple[Tensor, Tensor]:
    """Power of the luma by radial frequency, each picture on its own.

    The luma minus its mean, under a Hann window (without it the jump from the right edge to the left would count as
    detail), Fourier-transformed; |·|² divided by the window's own power and averaged over rings one frequency step
    wide, r = √(fx² + fy²), from just above 0 to Nyquist. White noise of variance σ² gives σ² in every ring.

    Args:
        images: RGB (B, 3, H, W) in [0, 1], at least 16×16.

    Returns:
        frequencies (R,) in cycles per pixel, the rings' middles, and power (B, R), float64, with R = min(H, W) // 2.

    Raises:
        CourseError: not such pictures.
    """
    check_pictures(images)
    height, width = images.shape[2:]
    if min(height, width) < SMALLEST:
        raise CourseError(
            f"A spectrum needs pictures of at least {SMALLEST}×{SMALLEST} pixels; these are {height}×{width}."
        )
    power = _power(images)

    fy = torch.fft.fftfreq(height, dtype=torch.float64)[:, None]
    fx = torch.fft.fftfreq(width, dtype=torch.float64)[None, :]
    radius = (fy**2 + fx**2).sqrt()
    rings = min(height, width) // 2
    # Corners beyond Nyquist exist on the diagonals only; a ring there would not be a whole one.
    inside = (radius > 0) & (radius <= NYQUIST)
    ring = (radius[inside] / NYQUIST * rings).ceil().long() - 1
    counts = torch.bincount(ring, minlength=rings)
    sums = torch.zeros(len(power), rings, dtype=torch.float64).index_add_(1, ring, power[:, inside])
    frequencies = (torch.arange(rings, dtype=torch.float64) + 0.5) / rings * NYQUIST
    return frequencies, sums / counts


def high_frequency_power(images: Tensor) -> Tensor:
    """Mean of the radial spectrum over the upper half of the frequencies, 0.25 to 0.5 cycles per pixel → (B,), float64.

    Details one to two pixels wide. Takes RGB (B, 3, H, W) in [0, 1], at least 16×16.
    """
    frequencies, power = radial_spectrum(images)
    return power[:, frequencies > NYQUIST / 2].mean(dim=1)


def lattice_share(images: Tensor) -> Tensor:
    """Share of the fine power that lies on a grid of period 2 or 4 pixels → (B,), float64, from 0 to 1.

    High-frequency power alone does not tell details from the grid that up-sampling by 2 leaves. A grid that repeats
    every 2 or 4 pixels has its power at frequencies that are multiples of 1/4 in both directions; details are spread.

    Share = power at those 15 frequencies and their direct neighbours (over which the Hann window spreads a pure wave)
    / power at all frequencies with max(|fx|, |fy|) ≥ 1/4 less one step. A checkerboard of single pixels has 1, white
    noise the share of the bins (135 of 3255 at 64×64, 4 %). Regular windows or bricks of such a period count as well:
    compare with real pictures. A picture without any fine power has nan.

    Args:
        images: RGB (B, 3, H, W) in [0, 1], at least 16×16, H and W multiples of 4.

    Raises:
        CourseError: not such pictures.
    """
    check_pictures(images)
    height, width = images.shape[2:]
    if height % 4 or width % 4 or min(height, width) < SMALLEST:
        raise CourseError(
            f"A grid of period 4 needs sides that are multiples of 4 and at least {SMALLEST}; these pictures are "
            f"{height}×{width}. Crop them."
        )
    power = _power(images)
    near_y, fine_y = _near_quarters(height)
    near_x, fine_x = _near_quarters(width)
    fine = fine_y[:, None] | fine_x[None, :]
    lattice = near_y[:, None] & near_x[None, :] & fine
    return power[:, lattice].sum(dim=1) / power[:, fine].sum(dim=1)


def _near_quarters(side: int) -> tuple[Tensor, Tensor]:
    """Of the bins of one axis: which are within one step of a multiple of 1/4, and which at least 1/4 less one step."""
    bins = torch.arange(side)
    past = bins % (side // 4)
    return torch.minimum(past, side // 4 - past) <= 1, torch.minimum(bins, side - bins) >= side // 4 - 1


def _power(images: Tensor) -> Tensor:
    """|Fourier transform|² (B, H, W) of the luma less its mean under a Hann window, over the window's own power."""
    height, width = images.shape[2:]
    y = luma(images)[:, 0]
    y = y - y.mean(dim=(1, 2), keepdim=True)
    window = torch.hann_window(height, dtype=torch.float64)[:, None] * torch.hann_window(width, dtype=torch.float64)
    return torch.fft.fft2(y * window).abs().square() / window.square().sum()


def is_flat(images: Tensor) -> bool:
    """Whether no picture has any high-frequency power: flat colours, as in label maps without an edge."""
    return high_frequency_power(images).mean().item() < float(np.finfo(np.float64).eps)


def sharpness_relative(images: Tensor, real: Tensor) -> float:
    """High-frequency power of one set over that of another: mean over pictures / mean over real pictures.

    1 is as much fine detail as real, 0.1 is a blur. The sets may differ in number; not in size, since the same scene
    at another size has another spectrum.

    Raises:
        CourseError: not such pictures, sizes differ, or the real ones have no detail at all (flat colours).
    """
    check_pictures(real, "real pictures")
    check_pictures(images)
    if images.shape[2:] != real.shape[2:]:
        sizes = f"{tuple(images.shape[2:])} and {tuple(real.shape[2:])}"
        raise CourseError(f"Pictures of {sizes} pixels have no comparable spectra; bring them to one size.")
    if is_flat(real):
        raise CourseError("The real pictures are flat: they have no detail to compare with.")
    return high_frequency_power(images).mean().item() / high_frequency_power(real).mean().item()
