"""Exercise 03: its expected values by hand, numpy and scipy, and by exhausting what can be exhausted."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from scipy.stats import chi

from course_lib.grading import check
from course_lib.grading.checks import load_module

from .conftest import EXERCISES

FOLDER = EXERCISES / "03_collapse"
CORNERS = torch.tensor([[0, 0], [3, 0], [0, 4]], dtype=torch.float64)


@pytest.fixture(scope="module")
def solved():
    return load_module(FOLDER / "instructor" / "solution.py")


def points(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def plane(a, b):
    """D(p) = a·p₁ + b·p₂: its gradient is (a, b) everywhere."""
    return lambda samples: samples @ points(a, b)[:, None]


# --------------------------------------------------------------------------------------------------------------- modes


@pytest.mark.parametrize("k", [0.2, 1, 2, 3, 4.5])
def test_share_within_is_that_of_the_length_of_a_gaussian_of_two_numbers(solved, k):
    share = float(solved.share_within(torch.tensor(float(k), dtype=torch.float64)))
    assert share == pytest.approx(chi(df=2).cdf(k), rel=1e-12)
    drawn = np.random.default_rng(0).normal(size=(200_000, 2))
    assert share == pytest.approx((np.hypot(*drawn.T) <= k).mean(), abs=0.005)


def test_nearest_modes_are_those_of_a_search_tree(solved):
    index, distance = solved.nearest_mode(points([2, 0.5], [0.3, 3.6]), CORNERS)
    assert index.tolist() == [1, 2] and distance.tolist() == pytest.approx([math.sqrt(1.25), 0.5])
    draw = np.random.default_rng(1)
    samples, centres = draw.normal(size=(400, 2)), draw.normal(size=(9, 2))
    index, distance = solved.nearest_mode(torch.from_numpy(samples), torch.from_numpy(centres))
    length, place = cKDTree(centres).query(samples)
    assert index.tolist() == place.tolist() and distance.tolist() == pytest.approx(length.tolist())


def test_coverage_of_the_example_and_at_both_ends(solved):
    five = points([0.1, 0.2], [-0.3, 0.1], [2.8, 0.3], [1.5, 0.2], [0.2, -0.1])
    covered, share = solved.mode_coverage(five, CORNERS, 0.5, 2)
    assert (int(covered), float(share)) == (1, pytest.approx(0.8))
    assert int(solved.mode_coverage(five, CORNERS, 0.5, 1)[0]) == 2
    at_the_rim = points(
        [0.5, 0], [3, 0.5], [3, -0.5], [0, 3.5]
    )  # "no further than" and "at least": the ends belong to it
    covered, share = solved.mode_coverage(at_the_rim, CORNERS, 0.5, 2)
    assert (int(covered), float(share)) == (1, 1)
    covered, share = solved.mode_coverage(points(*([[0, 0]] * 50)), CORNERS, 0.5, 2)  # one perfect answer, repeated
    assert (int(covered), float(share)) == (1, 1)


def test_coverage_of_noise_counted_in_another_way(solved):
    noise = np.random.default_rng(2).uniform(-1.5, 1.5, (600, 2))
    centres = np.array(list(itertools.product((-1.0, 0, 1), repeat=2)))
    inside = np.linalg.norm(noise[:, None] - centres, axis=2) <= 0.2  # discs that do not meet
    covered, share = solved.mode_coverage(torch.from_numpy(noise), torch.from_numpy(centres), 0.2, 8)
    assert int(covered) == (inside.sum(axis=0) >= 8).sum() and float(share) == pytest.approx(inside.any(axis=1).mean())
    assert 0 < int(covered) < 9


# --------------------------------------------------------------------------------------------------------------- cures


def test_packing_the_example_and_pictures(solved):
    eight = torch.arange(1.0, 9).reshape(4, 2)
    assert solved.packed(eight, 2).tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    pictures = torch.randn(6, 3, 8, 5)
    groups = solved.packed(pictures, 3)
    assert groups.shape == (2, 9, 8, 5)
    for group, place, channel in itertools.product(range(2), range(3), range(3)):
        assert torch.equal(groups[group, 3 * place + channel], pictures[3 * group + place, channel])


def test_penalties_of_a_plane(solved):
    real, fake, mix = points([1, 2], [0, -1]), points([3, 1], [-2, 2]), points([0.3], [0.8])
    assert float(solved.r1_penalty(plane(3, 4), real)) == pytest.approx(25)
    assert float(solved.gradient_penalty(plane(3, 4), real, fake, mix)) == pytest.approx(16)


def test_penalties_by_difference_quotients(solved):
    """D = Σ sin(w·x) over the columns of w. numpy alone: its slopes by nudging x, the penalty's by nudging w."""
    draw = np.random.default_rng(3)
    real, fake, mix, weight = (
        draw.normal(size=(4, 3)),
        draw.normal(size=(4, 3)),
        draw.random((4, 1)),
        draw.normal(size=(3, 5)),
    )

    def lengths(x, w):
        nudges = 1e-5 * np.eye(3)
        up, down = (np.sin((x[:, None] + sign * nudges) @ w).sum(axis=2) for sign in (1, -1))
        return np.linalg.norm((up - down) / 2e-5, axis=1)

    between = mix * real + (1 - mix) * fake
    by_hand = {
        "r1": lambda w: (lengths(real, w) ** 2).mean(),
        "gradient": lambda w: ((lengths(between, w) - 1) ** 2).mean(),
    }
    w = torch.from_numpy(weight).requires_grad_()
    made = torch.from_numpy(fake).requires_grad_()

    def discriminator(samples):
        return torch.sin(samples @ w).sum(dim=1, keepdim=True)

    found = {
        "r1": solved.r1_penalty(discriminator, torch.from_numpy(real)),
        "gradient": solved.gradient_penalty(discriminator, torch.from_numpy(real), made, torch.from_numpy(mix)),
    }
    for name, penalty in found.items():
        assert penalty.item() == pytest.approx(by_hand[name](weight), rel=1e-6)
        (slopes,) = torch.autograd.grad(penalty, w, retain_graph=True)
        for place in ((0, 0), (2, 3)):
            nudge = np.zeros_like(weight)
            nudge[place] = 1e-4
            quotient = (by_hand[name](weight + nudge) - by_hand[name](weight - nudge)) / 2e-4
            assert float(slopes[place]) == pytest.approx(quotient, rel=1e-3)
    assert torch.autograd.grad(found["gradient"], made, allow_unused=True) == (None,)


# ------------------------------------------------------------------------------------------------------------- pairing


def test_variation_is_the_mean_of_numpys_variances(solved):
    assert float(solved.variation_over_inputs(points(0.2, 0.8).reshape(2, 1, 1, 1))) == pytest.approx(0.09)
    outputs = np.random.default_rng(4).normal(size=(5, 3, 4, 6))
    assert float(solved.variation_over_inputs(torch.from_numpy(outputs))) == pytest.approx(outputs.var(axis=0).mean())
    assert float(solved.variation_over_inputs(torch.from_numpy(outputs[:1]).expand(5, -1, -1, -1))) == 0


def test_every_permutation_of_four_comes_home_by_its_way_back(solved):
    """All 24 of them, and only one of them is the right answer: what the cycle cannot see."""
    for order in itertools.permutations(range(4)):
        back = solved.undo(torch.tensor(order))
        assert back.tolist() == np.argsort(order).tolist()
        assert float(solved.returns_home(torch.tensor(order), back)) == 1


def test_one_answer_for_all_brings_home_one_input_at_most(solved):
    forward = torch.zeros(3, dtype=torch.long)
    shares = [float(solved.returns_home(forward, torch.tensor(back))) for back in itertools.product(range(3), repeat=3)]
    assert max(shares) == pytest.approx(1 / 3) and min(shares) == pytest.approx(1 / 3)
    assert float(solved.returns_home(forward, torch.tensor([7, 0, 1]))) == 0  # a way back to somewhere else


def test_the_remembered_number_is_named():
    card = check("03.share_within", lambda k: torch.erf(k / math.sqrt(2)))
    assert [m["catalogue"] for m in card.result.misconceptions] == [116]
    assert "98.9 %" in card.text()
