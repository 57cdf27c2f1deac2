"""Measuring a translation without pairs: with translators whose right figures are known."""

import pytest
import torch

from course_lib.data.synthetic.stripes import Stripes
from course_lib.errors import CourseError
from course_lib.metrics.domains import distance, domains_report, train_domain_classifier
from course_lib.models import two_way

COUNT = 24


@pytest.fixture(scope="module")
def classifier():
    data = Stripes(size=32)
    seen = [data.example(index) for index in range(200)]
    return train_domain_classifier(*(torch.stack([one[name] for one in seen]) for name in "AB"), epochs=8)


@pytest.fixture(scope="module")
def real():
    data = Stripes(size=32, split="val")
    shown = [data.example(index) for index in range(COUNT)]
    return {name: torch.stack([one[name] for one in shown]) for name in "AB"}


@pytest.fixture(scope="module")
def perfect(classifier, real):
    """Everything becomes its true counterpart and comes back as it was."""
    return domains_report(classifier, real, {"B": real["B"], "A": real["A"]}, real, paired=True)


def test_the_true_counterparts(perfect):
    assert perfect.classifier_accuracy > 0.9
    for way in (perfect.AtoB, perfect.BtoA):
        assert way.pictures == COUNT
        assert way.called_target == way.real_called_target > 0.9
        assert way.untranslated_called_target == pytest.approx(1 - way.called_target, abs=0.2)
        assert way.reconstruction_l1 == 0
        assert way.kid_vgg.value < 0.05 < way.kid_vgg_untranslated.value
        assert (way.truth.l1, way.truth.features) == (0, 0)
        assert way.truth.ssim == pytest.approx(1)
        assert way.truth_untranslated.l1 > 0.02


def test_doing_nothing(classifier, real, perfect):
    lazy = domains_report(classifier, real, {"B": real["A"], "A": real["B"]}, real, paired=True)
    assert lazy.AtoB.called_target == lazy.AtoB.untranslated_called_target < 0.1
    assert lazy.AtoB.real_called_target == perfect.AtoB.real_called_target
    assert lazy.AtoB.truth == lazy.AtoB.truth_untranslated
    assert lazy.AtoB.truth_untranslated == perfect.AtoB.truth_untranslated
    assert lazy.AtoB.kid_vgg.value == lazy.AtoB.kid_vgg_untranslated.value


def test_a_way_back_that_is_off_by_a_tenth_and_no_truth(classifier, real):
    back = {name: pictures * 0.9 for name, pictures in real.items()}
    report = domains_report(classifier, real, {"B": real["B"], "A": real["A"]}, back, paired=False)
    assert report.AtoB.reconstruction_l1 == pytest.approx(0.1 * real["A"].abs().mean().item(), rel=1e-5)
    assert report.AtoB.truth is report.AtoB.truth_untranslated is None
    lines = "\n".join(two_way.card_section({"data": "x/val", "command": "c", **report.to_json()}))
    assert f"{report.AtoB.called_target:.1%} | {report.BtoA.called_target:.1%}" in lines
    assert "counterpart" not in lines


def test_the_card_shows_the_truth(perfect):
    lines = "\n".join(two_way.card_section({"data": "x/val", "command": "c", **perfect.to_json()}))
    assert "SSIM to the true counterpart | 1.0000 | 1.0000" in lines


def test_distance_by_hand():
    black, grey = torch.full((2, 3, 32, 32), -1.0), torch.zeros(2, 3, 32, 32)
    found = distance(black, grey)
    assert found.l1 == pytest.approx(1)
    assert found.features > 0
    assert found.ssim < 0.5


def test_bad_input(classifier, real):
    made = {"B": real["B"][:5], "A": real["A"]}
    with pytest.raises(CourseError, match="its translation"):
        domains_report(classifier, real, made, real, paired=False)
    uneven = {"A": real["A"], "B": real["B"][:20]}
    with pytest.raises(CourseError, match="Pairs were announced"):
        domains_report(classifier, uneven, {"B": real["A"], "A": uneven["B"]}, uneven, paired=True)
