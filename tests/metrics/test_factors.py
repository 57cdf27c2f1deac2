"""Slope × Jacobian: against numbers worked by hand, and against the gradient they must multiply to."""

import math

import pytest
import torch

from course_lib import losses
from course_lib.errors import CourseError
from course_lib.metrics.factors import gradient_factors, slopes

FAKES = torch.tensor([[[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]]], dtype=torch.float64)  # (1, 3, 2)


def bowl(x):  # D(x) = x₁² + 3 x₂, Jacobian (2 x₁, 3)
    return (x[..., :1] ** 2) + 3 * x[..., 1:]


@pytest.mark.parametrize(
    ("loss", "worked"),
    [
        (losses.bce_generator_loss, -1 / (1 + math.exp(-8))),
        (losses.saturating_generator_loss, -1 / (1 + math.exp(8))),
        (losses.lsgan_generator_loss, -18),
        (losses.hinge_generator_loss, -1),
        (lambda f: losses.lsgan_generator_loss(f.sigmoid()), -2 * math.exp(8) ** 2 / (1 + math.exp(8)) ** 3),
    ],
)
def test_slopes_at_minus_eight_whatever_stands_beside(loss, worked):
    found = slopes(loss, torch.tensor([[-8.0, 3.0], [0.0, -8.0]], dtype=torch.float64))
    assert found.shape == (2, 2)
    assert found[0, 0].item() == found[1, 1].item() == pytest.approx(worked, rel=1e-9)


def test_factors_of_a_bowl_by_hand():
    found = gradient_factors(bowl, FAKES, losses.lsgan_generator_loss)
    torch.testing.assert_close(found.score, torch.tensor([[7.0, 6.0, 0.25]], dtype=torch.float64))
    torch.testing.assert_close(found.slope, torch.tensor([[12.0, 10.0, -1.5]], dtype=torch.float64))
    jacobian = torch.tensor([[[2.0, 3.0], [6.0, 3.0], [1.0, 3.0]]], dtype=torch.float64)
    torch.testing.assert_close(found.jacobian, jacobian)
    slope, length, product = found.strength()
    assert slope.item() == pytest.approx(23.5 / 3)
    lengths = [math.sqrt(13), math.sqrt(45), math.sqrt(10)]
    assert length.item() == pytest.approx(sum(lengths) / 3)
    assert product.item() == pytest.approx((12 * lengths[0] + 10 * lengths[1] + 1.5 * lengths[2]) / 3)


def test_pull_is_minus_the_gradient_of_the_loss_itself():
    x = FAKES.clone().requires_grad_()
    (whole,) = torch.autograd.grad(3 * losses.bce_generator_loss(bowl(x)), x)
    torch.testing.assert_close(gradient_factors(bowl, FAKES, losses.bce_generator_loss).pull, -whole)


def test_towards_is_a_cosine_and_survives_a_flat_discriminator():
    ahead = gradient_factors(lambda x: x[..., :1], FAKES, losses.hinge_generator_loss)
    goal = FAKES + torch.tensor([5.0, 0.0])
    assert ahead.towards(goal, FAKES).item() == pytest.approx(1)
    assert ahead.towards(2 * FAKES - goal, FAKES).item() == pytest.approx(-1)
    faint = gradient_factors(lambda x: 1e-12 * x[..., :1], FAKES, losses.hinge_generator_loss)
    assert faint.towards(goal, FAKES).item() == pytest.approx(1)
    flat = gradient_factors(lambda x: 0 * x[..., :1], FAKES, losses.hinge_generator_loss)
    assert flat.towards(goal, FAKES).item() == 0


def test_nothing_is_left_behind_in_fakes():
    fakes = FAKES.clone()
    gradient_factors(bowl, fakes, losses.hinge_generator_loss)
    assert fakes.grad is None and not fakes.requires_grad


@pytest.mark.parametrize(
    ("discriminator", "fakes", "said"),
    [
        (bowl, torch.zeros(2), r"\(2,\)"),
        (lambda x: x.sum(-1), FAKES, r"\(1, 3\)"),
        (lambda x: x[..., :1] / 0, FAKES, "diverged"),
    ],
)
def test_bad_input_is_named(discriminator, fakes, said):
    with pytest.raises(CourseError, match=said):
        gradient_factors(discriminator, fakes, losses.hinge_generator_loss)
