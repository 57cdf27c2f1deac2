"""KID-VGG: the estimator against scikit-learn and loops, its zero, its order, its interval."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.errors import CourseError
from course_lib.metrics import feature_kid, kid_features, kid_from_features, real_against_real
from course_lib.metrics.kid import halves_from_features
from course_lib.networks import VGGFeatures


def unit_rms(n: int, d: int = 24, shift: float = 0.0, seed: int = 0) -> torch.Tensor:
    x = torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).abs()
    x[:, 0] += shift
    return x / x.square().mean(1, keepdim=True).sqrt()


def photos(n: int, start: int = 0, size: int = 48) -> torch.Tensor:
    """Cut from the two photos of scikit-learn, at places of their own."""
    from sklearn.datasets import load_sample_images

    pictures = load_sample_images().images
    corners = np.random.default_rng(5).integers(0, (427 - size, 640 - size), size=(start + n, 2))[start:]
    cuts = [pictures[i % 2][y : y + size, x : x + size] for i, (y, x) in enumerate(corners)]
    return torch.from_numpy(np.stack(cuts)).permute(0, 3, 1, 2) / 255


def test_estimator_against_loops():
    x, y = unit_rms(5), unit_rms(7, shift=1.0, seed=1)

    def k(u, v):
        return (float(u @ v) / 24 + 1) ** 3

    xx = np.mean([k(x[i], x[j]) for i in range(5) for j in range(5) if i != j])
    yy = np.mean([k(y[i], y[j]) for i in range(7) for j in range(7) if i != j])
    xy = np.mean([k(u, v) for u in x for v in y])
    assert kid_from_features(x, y).value == pytest.approx(xx + yy - 2 * xy, rel=1e-12)


def test_kernel_against_scikit_learn():
    from sklearn.metrics.pairwise import polynomial_kernel

    x, y = unit_rms(30), unit_rms(40, shift=1.0, seed=1)
    xx, yy, xy = (polynomial_kernel(u, v, degree=3, gamma=1 / 24, coef0=1) for u, v in ((x, x), (y, y), (x, y)))
    theirs = (xx.sum() - np.trace(xx)) / (30 * 29) + (yy.sum() - np.trace(yy)) / (40 * 39) - 2 * xy.mean()
    assert kid_from_features(x, y).value == pytest.approx(theirs, rel=1e-9)


def test_unbiased_one_distribution_gives_zero_on_average():
    pairs = [(unit_rms(12, seed=s), unit_rms(12, seed=1000 + s)) for s in range(200)]
    values = [kid_from_features(x, y, resamples=1).value for x, y in pairs]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(200)
    assert min(values) < 0  # an unbiased estimate of zero must go below it


def test_interval_holds_the_value_and_shrinks_with_more_samples():
    few = kid_from_features(unit_rms(20), unit_rms(20, shift=2.0, seed=1))
    many = kid_from_features(unit_rms(200), unit_rms(200, shift=2.0, seed=1))
    for kid in (few, many):
        assert kid.low < kid.value < kid.high
    assert many.high - many.low < 0.6 * (few.high - few.low)
    assert many.low > 0


def test_interval_covers_the_truth_about_as_often_as_it_says():
    truth = kid_from_features(unit_rms(3000, seed=77), unit_rms(3000, shift=1.5, seed=78), resamples=1).value
    hits = 0
    for s in range(100):
        kid = kid_from_features(unit_rms(30, seed=s), unit_rms(30, shift=1.5, seed=500 + s), resamples=300)
        hits += kid.low <= truth <= kid.high
    assert 85 <= hits <= 100


def test_same_seed_same_interval():
    x, y = unit_rms(10), unit_rms(10, shift=1.0, seed=1)
    assert kid_from_features(x, y, seed=4) == kid_from_features(x, y, seed=4)
    assert kid_from_features(x, y, seed=4).low != kid_from_features(x, y, seed=5).low


@pytest.mark.parametrize(("x", "y"), [(2, 3), (9, 40), (40, 9)])
def test_few_samples_have_a_value_but_no_interval(x, y):
    kid = kid_from_features(unit_rms(x), unit_rms(y, seed=1))
    assert np.isfinite(kid.value)
    assert kid.low is None and kid.high is None
    assert str(kid) == f"{kid.value:.3f} (too few different samples for an interval)"


def test_an_interval_has_a_width():
    kid = kid_from_features(unit_rms(10), unit_rms(10, shift=1.0, seed=1))
    assert kid.low < kid.high
    assert str(kid) == f"{kid.value:.3f} [{kid.low:.3f}, {kid.high:.3f}]"


def test_features_are_the_average_of_relu4_3_at_unit_rms():
    images = photos(3)
    features = kid_features(images, batch=2)
    assert features.shape == (3, 512)
    torch.testing.assert_close(features.square().mean(1), torch.ones(3, dtype=torch.float64))
    raw = VGGFeatures("relu4_3")(images)["relu4_3"].mean((2, 3)).double()
    torch.testing.assert_close(features, raw / raw.square().mean(1, keepdim=True).sqrt(), rtol=1e-5, atol=1e-6)


def test_more_damage_is_further_away():
    real = photos(12)
    blurred = [F.avg_pool2d(real, k, 1, k // 2, count_include_pad=False) for k in (5, 15)]
    none, little, much = (feature_kid(pictures, real, resamples=100) for pictures in (real, *blurred))
    assert none.value < 0  # a set against itself: the pairs that would be 0 apart are left out on one side only
    assert none.value < little.value < much.value
    assert float(much) == much.value


def test_halves_are_disjoint():
    x = unit_rms(8)
    x[4:] = x[:4]  # every sample twice: disjoint halves of this set are close, never below the within-half mean
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    expected = kid_from_features(x[order[:4]], x[order[4:]])
    assert halves_from_features(x, seed=0).value == expected.value


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (torch.zeros(1, 4), torch.zeros(5, 4), "N, M ≥ 2"),
        (torch.zeros(5, 4), torch.zeros(5, 3), r"\(5, 4\) and \(5, 3\)"),
        (torch.zeros(5, 4, 1), torch.zeros(5, 4), "features"),
        (torch.full((5, 4), torch.nan), torch.zeros(5, 4), "NaN"),
    ],
)
def test_features_that_do_not_fit(x, y, says):
    with pytest.raises(CourseError, match=says):
        kid_from_features(x, y)


def test_too_few_or_wrong_pictures():
    with pytest.raises(CourseError, match="first pictures.*at least 2"):
        feature_kid(photos(1), photos(4))
    with pytest.raises(CourseError, match=r"second pictures.*\[−1, 1\]"):
        feature_kid(photos(2), photos(2) * 2 - 1)
    with pytest.raises(CourseError, match="at least 4"):
        real_against_real(photos(3))
    with pytest.raises(CourseError, match="too small"):
        feature_kid(torch.rand(2, 3, 4, 4), torch.rand(2, 3, 4, 4))
    with pytest.raises(CourseError, match="at least one resample"):
        kid_from_features(unit_rms(3), unit_rms(3), resamples=0)


def test_copies_of_a_few_samples_bear_no_interval():
    random = torch.Generator().manual_seed(0)
    many, nine, one = (torch.randn(count, 8, generator=random, dtype=torch.float64) for count in (40, 9, 1))
    for few in (nine.repeat(5, 1), one.repeat(40, 1)):
        for pair in ((few, many), (many, few), (few, few.clone())):
            assert kid_from_features(*pair).low is None
    assert kid_from_features(many, many[:10].repeat(4, 1)).low is not None
