"""Mode coverage and the FCN score by hand."""

import numpy as np
import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics import confusion_matrix, fcn_score, mode_coverage

CENTRES = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_coverage_by_hand():
    samples = torch.tensor([[0.5, 0.0], [0.0, 1.0], [0.0, 1.01], [10.0, 0.2], [5.0, 5.0], [0.3, 0.3]])
    covered, good_share, counts = mode_coverage(samples, CENTRES, radius=1.0, min_count=2)
    assert covered == 1  # the second mode has one good sample only, the third none
    assert counts.tolist() == [3, 1, 0]
    assert good_share == pytest.approx(4 / 6)  # exactly at the radius is good; 1.01 and the middle are not


def test_three_sigma_holds_98_9_percent_in_the_plane():
    samples = 0.02 * torch.randn(200_000, 2, generator=torch.Generator().manual_seed(0))
    share = mode_coverage(samples, torch.zeros(1, 2), radius=0.06, min_count=1).good_share
    assert share == pytest.approx(1 - np.exp(-4.5), abs=1e-3)


def test_a_cloud_covers_nothing_well():
    angles = torch.arange(8) * 2 * torch.pi / 8
    ring = torch.stack([angles.cos(), angles.sin()], 1)
    cloud = torch.rand(2000, 2, generator=torch.Generator().manual_seed(0)) * 4 - 2
    result = mode_coverage(cloud, ring, radius=0.06, min_count=20)
    assert result.covered == 0 and result.good_share < 0.02
    assert result.counts.sum() == round(result.good_share * 2000)


@pytest.mark.parametrize(
    ("samples", "centres", "radius", "count", "says"),
    [
        (torch.zeros(0, 2), CENTRES, 1.0, 1, "neither empty"),
        (torch.zeros(5, 3), CENTRES, 1.0, 1, r"\(5, 3\) and \(3, 2\)"),
        (torch.zeros(5, 2), CENTRES, 0.0, 1, "radius"),
        (torch.zeros(5, 2), CENTRES, float("nan"), 1, "radius"),
        (torch.zeros(5, 2), CENTRES, 1.0, 0, "at least 1"),
        (torch.tensor([[0.0, 0.0], [torch.nan, 0.0]]), CENTRES, 1.0, 1, "1 of 2 samples.*diverged"),
    ],
)
def test_coverage_refuses(samples, centres, radius, count, says):
    with pytest.raises(CourseError, match=says):
        mode_coverage(samples, centres, radius, count)


def test_fcn_score_by_hand():
    truth = torch.tensor([[0, 0, 0, 0], [1, 1, 2, 2]])
    predicted = torch.tensor([[0, 0, 0, 1], [1, 2, 2, 2]])
    # right: 3 of 4, 1 of 2, 2 of 2. union: 4, 3, 3.
    score = fcn_score(predicted, truth, classes=3)
    assert score.pixel_accuracy == pytest.approx(6 / 8)
    assert score.class_accuracy == pytest.approx((3 / 4 + 1 / 2 + 1) / 3)
    assert score.mean_iou == pytest.approx((3 / 4 + 1 / 3 + 2 / 3) / 3)
    assert confusion_matrix(predicted, truth, 3).tolist() == [[3, 1, 0], [0, 1, 1], [0, 0, 2]]


def test_fcn_score_against_scikit_learn():
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, jaccard_score

    random = np.random.default_rng(0)
    truth = random.integers(0, 6, (3, 20, 20))
    predicted = np.where(random.random(truth.shape) < 0.6, truth, random.integers(0, 6, truth.shape))
    score = fcn_score(torch.from_numpy(predicted), torch.from_numpy(truth), classes=6)
    t, p = truth.ravel(), predicted.ravel()
    assert score.pixel_accuracy == pytest.approx(accuracy_score(t, p))
    assert score.class_accuracy == pytest.approx(balanced_accuracy_score(t, p))
    assert score.mean_iou == pytest.approx(jaccard_score(t, p, average="macro"))


def test_absent_classes_and_ignored_pixels():
    truth = torch.tensor([0, 0, 1, 255])
    predicted = torch.tensor([0, 3, 1, 2])
    score = fcn_score(predicted, truth, classes=5, ignore=255)
    assert score.class_accuracy == pytest.approx((1 / 2 + 1) / 2)  # classes 0 and 1 occur in the truth
    assert score.mean_iou == pytest.approx((1 / 2 + 1 + 0) / 3)  # class 3 was called and never there
    assert fcn_score(truth[:3], truth[:3], classes=5) == (1, 1, 1)


@pytest.mark.parametrize(
    ("predicted", "truth", "says"),
    [
        (torch.zeros(4, dtype=torch.long), torch.zeros(5, dtype=torch.long), "must be equal"),
        (torch.zeros(4), torch.zeros(4, dtype=torch.long), "argmax"),
        (torch.tensor([0, 3]), torch.tensor([0, 1]), "predicted labels hold 3.*0 … 2"),
        (torch.tensor([0, 1]), torch.tensor([0, -1]), "true labels hold -1"),
        (torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long), "No pixel"),
    ],
)
def test_fcn_score_refuses(predicted, truth, says):
    with pytest.raises(CourseError, match=says):
        fcn_score(predicted, truth, classes=3)
