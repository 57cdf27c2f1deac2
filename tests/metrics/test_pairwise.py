"""PSNR and SSIM of the luma: the worked number, scikit-image, torchmetrics, and what is refused."""

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics import l1, luma, psnr_y, ssim_y


def pictures(n: int = 3, height: int = 40, width: int = 52, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 3, height, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def changed(a: torch.Tensor) -> torch.Tensor:
    noise = torch.randn(a.shape, generator=torch.Generator().manual_seed(9), dtype=a.dtype)
    return (a + 0.05 * noise).clamp(0, 1)


def y_by_hand(image: torch.Tensor) -> np.ndarray:
    r, g, b = image.double().numpy()
    return (65.481 * r + 128.553 * g + 24.966 * b + 16) / 255


def test_worked_number():
    a = torch.linspace(0, 1, 504, dtype=torch.float64).view(1, 3, 12, 14)
    assert psnr_y(a, 0.9 * a + 0.03, border=4).item() == pytest.approx(38.2938343085, abs=1e-9)


def test_luma_is_studio_range():
    assert luma(torch.zeros(1, 3, 1, 1)).item() == pytest.approx(16 / 255)
    assert luma(torch.ones(1, 3, 1, 1)).item() == pytest.approx(235 / 255)


def test_one_psnr_per_picture_against_scikit_image():
    from skimage.metrics import peak_signal_noise_ratio

    a = pictures()
    b = changed(a)
    ours = psnr_y(a, b, border=3)
    assert ours.shape == (3,)
    for i in range(3):
        inside = (slice(3, -3), slice(3, -3))
        theirs = peak_signal_noise_ratio(y_by_hand(a[i])[inside], y_by_hand(b[i])[inside], data_range=1.0)
        assert ours[i].item() == pytest.approx(theirs, abs=1e-9)


def test_ssim_against_torchmetrics():
    from torchmetrics.functional.image import structural_similarity_index_measure

    a = pictures()
    b = changed(a)
    _, full = structural_similarity_index_measure(
        luma(a), luma(b), data_range=1.0, reduction="none", return_full_image=True
    )
    theirs = full[..., 5:-5, 5:-5].mean(dim=(1, 2, 3))  # its own mean counts windows that hang over a mirrored border
    torch.testing.assert_close(ssim_y(a, b, border=0), theirs, rtol=0, atol=1e-9)


def test_ssim_against_scikit_image_inside_the_border():
    from skimage.metrics import structural_similarity

    a = pictures()
    b = changed(a)
    cut = (slice(4, -4), slice(4, -4))
    for i, ours in enumerate(ssim_y(a, b, border=4)):
        _, full = structural_similarity(
            y_by_hand(a[i])[cut], y_by_hand(b[i])[cut], data_range=1.0, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, full=True,
        )  # fmt: skip
        assert ours.item() == pytest.approx(full[5:-5, 5:-5].mean(), abs=1e-9)


def test_border_is_cut():
    a = pictures()
    b = a.clone()
    b[..., :2, :] = 0
    assert torch.isinf(psnr_y(a, b, border=2)).all()
    assert torch.isfinite(psnr_y(a, b, border=1)).all()


def test_equal_pictures():
    a = pictures().float()
    assert torch.isinf(psnr_y(a, a, border=0)).all()
    torch.testing.assert_close(ssim_y(a, a, border=0), torch.ones(3, dtype=torch.float64))
    assert l1(a, a).tolist() == [0, 0, 0]


def test_l1_by_hand():
    a = torch.zeros(2, 3, 4, 4)
    b = torch.stack([torch.full((3, 4, 4), 0.25), torch.ones(3, 4, 4)])
    assert l1(a, b).tolist() == [0.25, 1.0]


def test_half_precision_is_measured_in_float64():
    a = pictures().half()
    assert psnr_y(a, changed(a.double()).half(), border=0).dtype == torch.float64


@pytest.mark.parametrize("metric", [lambda a, b: psnr_y(a, b, 0), lambda a, b: ssim_y(a, b, 0), l1])
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda a: a * 255, r"0…255: divide"),
        (lambda a: a * 2 - 1, r"\[−1, 1\]: use"),
        (lambda a: a + 5, "run from 5"),
        (lambda a: torch.full_like(a, torch.nan), "NaN"),
        (lambda a: a[:1], "must be equal"),
        (lambda a: a[:0], "at least 1"),
        (lambda a: a[:, :1], r"\(B, 3, H, W\)"),
        (lambda a: a[0], r"\(B, 3, H, W\)"),
        (lambda a: (a * 255).byte(), "uint8"),
        (lambda a: a.numpy(), "tensor"),
    ],
)
def test_what_is_no_such_picture(metric, spoil, says):
    a = pictures()
    with pytest.raises(CourseError, match=says):
        metric(a, spoil(a))


def test_border_and_window_need_room():
    a = pictures(1, 12, 14)
    with pytest.raises(CourseError, match="border of 6.*12×14"):
        psnr_y(a, a, border=6)
    with pytest.raises(CourseError, match="border of -1"):
        psnr_y(a, a, border=-1)
    with pytest.raises(CourseError, match="at least 11×11"):
        ssim_y(a, a, border=1)
