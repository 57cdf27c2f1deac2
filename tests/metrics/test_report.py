"""The report of a model card: its parts are the metrics', and it survives being written down."""

import json

import pytest
import torch
from torch.nn import functional as F

from course_lib.errors import CourseError
from course_lib.metrics import (
    chroma_relative,
    feature_kid,
    lattice_share,
    pairs_report,
    psnr_y,
    sharpness_relative,
    ssim_y,
    vgg_distance,
)


@pytest.fixture(scope="module")
def real() -> torch.Tensor:
    return torch.rand(6, 3, 32, 40, generator=torch.Generator().manual_seed(0))


def test_report_is_made_of_the_metrics(real):
    generated = F.avg_pool2d(real, 3, 1, 1, count_include_pad=False)
    report = pairs_report(generated, real, resamples=50)
    assert (report.pairs, report.size) == (6, (32, 40))
    as_trained = ((generated * 2 - 1) - (real * 2 - 1)).abs().mean().item()
    assert report.l1 == pytest.approx(as_trained, rel=1e-5)
    assert report.psnr == pytest.approx(psnr_y(generated, real, 0).mean().item())
    assert report.ssim == pytest.approx(ssim_y(generated, real, 0).mean().item())
    assert report.kid_vgg == feature_kid(generated, real, resamples=50)
    assert report.sharpness == pytest.approx(sharpness_relative(generated, real))
    assert report.lattice == pytest.approx(lattice_share(generated).mean().item())
    assert report.lattice_real == pytest.approx(lattice_share(real).mean().item())
    assert report.features == pytest.approx(vgg_distance(generated, real, 0).mean().item())
    assert report.chroma == pytest.approx(chroma_relative(generated, real)) and report.chroma < 0.8
    assert report.kid_vgg.value > report.kid_vgg_real.value


def test_report_can_be_stored_and_read(real):
    report = pairs_report(real, real, resamples=20)
    stored = report.to_json()
    assert stored["size"] == [32, 40] and set(stored["kid_vgg"]) == {"value", "low", "high"}
    assert report.l1 == 0 and report.sharpness == 1 and report.ssim == pytest.approx(1)
    assert json.loads(json.dumps(stored, allow_nan=False))["psnr"] is None  # JSON has no infinity
    text = "\n".join(report.lines())
    assert "KID-VGG" in text and "6 of 40×32" in text and "real against real" in text


def test_what_cannot_be_told_is_none(real):
    grey = real.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)[..., :30]
    report = pairs_report(grey, grey, resamples=20)
    assert report.chroma is None and report.lattice is None
    assert "–" in "\n".join(report.lines())


def test_few_pairs_have_what_can_be_told_of_them(real):
    three, one = pairs_report(real[:3], real[3:6]), pairs_report(real[:1], real[3:4])
    assert one.l1 == pytest.approx(2 * (real[0] - real[3]).abs().mean().item())
    assert one.kid_vgg is one.kid_vgg_real is three.kid_vgg_real is None
    assert three.kid_vgg.low is None and "real against real   –" in "\n".join(three.lines())


def test_report_refuses(real):
    with pytest.raises(CourseError, match="at least 1"):
        pairs_report(real[:0], real[:0])
    with pytest.raises(CourseError, match="must be equal"):
        pairs_report(real[..., :32], real)
    with pytest.raises(CourseError, match="generated pictures.*NaN"):
        pairs_report(torch.full_like(real, torch.nan), real)
