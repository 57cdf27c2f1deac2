"""How near a picture is to the one right answer: L1, PSNR, SSIM. One value per picture; average those.

All three prefer a blurred average to a sharp guess. That is lesson 05, not a flaw to hide: read them next to
``sharpness_relative`` and ``feature_kid``.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_lib.metrics.checks import check_pair

# ITU-R BT.601 "studio" luma of values in 0…1: black is 16/255, white 235/255. Full-range luma would be 1.32 dB lower.
LUMA, LUMA_OFFSET = (65.481 / 255, 128.553 / 255, 24.966 / 255), 16 / 255
SSIM_WINDOW, SSIM_SIGMA, SSIM_K1, SSIM_K2 = 11, 1.5, 0.01, 0.03


def luma(images: Tensor) -> Tensor:
    """RGB (B, 3, H, W) in [0, 1] → Y = (65.481 R + 128.553 G + 24.966 B + 16) / 255, (B, 1, H, W), float64, CPU."""
    weights = torch.tensor(LUMA, dtype=torch.float64).view(1, 3, 1, 1)
    return (images.detach().cpu().double() * weights).sum(1, keepdim=True) + LUMA_OFFSET


def l1(a: Tensor, b: Tensor) -> Tensor:
    """Mean |a − b| of RGB (B, 3, H, W) in [0, 1] → (B,), float64. Twice this is the L1 of a loss in [−1, 1]."""
    check_pair(a, b)
    return (a.detach().cpu().double() - b.detach().cpu().double()).abs().mean(dim=(1, 2, 3))


def psnr_y(a: Tensor, b: Tensor, border: int) -> Tensor:
    """Peak signal to noise ratio of the luma, −10 log₁₀ mean (Y_a − Y_b)², peak 1 → (B,) in dB, float64.

    As in the super-resolution papers: ``border`` pixels are cut from every side first (the scale factor, usually).
    Equal pictures give infinity. The mean over pictures is the mean of these values, not the dB of a mean error.

    Args:
        a, b: RGB (B, 3, H, W) in [0, 1].
        border: pixels to cut, ≥ 0.

    Raises:
        CourseError: not such pictures, shapes differ, or nothing is left inside the border.
    """
    check_pair(a, b, border)
    error = (_cropped(luma(a), border) - _cropped(luma(b), border)).square().mean(dim=(1, 2, 3))
    return -10 * torch.log10(error)


def ssim_y(a: Tensor, b: Tensor, border: int) -> Tensor:
    """Structural similarity of the luma → (B,), float64; 1 for equal pictures.

    Wang et al. 2004, eq. 13: an 11×11 Gaussian window, σ = 1.5, K = 0.01 and 0.03, range 1; population moments; the
    mean is over the windows that lie wholly inside ("valid").

    Args:
        a, b: RGB (B, 3, H, W) in [0, 1].
        border: pixels cut from every side first, ≥ 0.

    Raises:
        CourseError: as ``psnr_y``, or fewer than 11×11 pixels are left.
    """
    check_pair(a, b, border, smallest=SSIM_WINDOW)
    x, y = _cropped(luma(a), border), _cropped(luma(b), border)
    mean_x, mean_y = _blurred(x), _blurred(y)
    var_x, var_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    c1, c2 = SSIM_K1**2, SSIM_K2**2
    similarity = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    similarity = similarity / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return similarity.mean(dim=(1, 2, 3))


def _cropped(images: Tensor, border: int) -> Tensor:
    return images[..., border : images.shape[-2] - border, border : images.shape[-1] - border]


def _blurred(images: Tensor) -> Tensor:
    # A Gaussian window is a column times a row: two cheap passes.
    distance = torch.arange(SSIM_WINDOW, dtype=torch.float64) - SSIM_WINDOW // 2
    window = torch.exp(-(distance**2) / (2 * SSIM_SIGMA**2))
    window = window / window.sum()
    return F.conv2d(F.conv2d(images, window.view(1, 1, -1, 1)), window.view(1, 1, 1, -1))
