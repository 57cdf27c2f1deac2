"""Reconstruction losses against worked numbers, numpy and torch's own functions."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from course_lib import losses

X = (torch.arange(120, dtype=torch.float64) / 100).reshape(2, 3, 4, 5)
Y = 0.9 * X.flip(0)


@pytest.mark.parametrize("loss", [losses.cycle_loss, losses.identity_loss, losses.l1_loss])
def test_worked_number_and_torchs_l1(loss):
    assert loss(Y, X).item() == pytest.approx(0.57, abs=1e-12)
    torch.testing.assert_close(loss(Y, X), functional.l1_loss(Y, X))
    torch.testing.assert_close(loss(X + 2 * (Y - X), X), 2 * loss(Y, X))  # doubles with the residual: not squared
    torch.testing.assert_close(loss(Y.repeat(1, 1, 3, 2), X.repeat(1, 1, 3, 2)), loss(Y, X))  # a mean: no sum


def test_both_sides_get_the_gradient():
    output, target = X.clone().requires_grad_(), Y.clone().requires_grad_()
    losses.cycle_loss(output, target).backward()
    torch.testing.assert_close(output.grad, (X - Y).sign() / X.numel())
    torch.testing.assert_close(target.grad, -output.grad)


def test_broadcasting_is_refused_not_averaged():
    with pytest.raises(ValueError, match=r"\(2, 3, 4, 5\) and \(1, 3, 4, 5\)"):
        losses.cycle_loss(X, X[:1])


def test_total_variation_of_the_ramp():
    # Down a row: 5/100; one to the right: 1/100.
    assert losses.total_variation(X).item() == pytest.approx(0.06, abs=1e-12)


def test_total_variation_is_numpys_difference():
    image = np.random.default_rng(0).normal(size=(2, 3, 6, 9))
    expected = np.abs(np.diff(image, axis=2)).mean() + np.abs(np.diff(image, axis=3)).mean()
    assert losses.total_variation(torch.from_numpy(image)).item() == pytest.approx(expected, rel=1e-12)


def test_total_variation_of_plain_cases():
    assert losses.total_variation(torch.full((1, 3, 4, 5), 0.7)).item() == 0
    columns = torch.tensor([0.0, 1.0, 2.0, 3.0]).expand(1, 1, 3, 4)  # wrapping round would add |0 − 3|
    assert losses.total_variation(columns).item() == 1
    torch.testing.assert_close(losses.total_variation(2 * X), 2 * losses.total_variation(X))  # no square
    assert (
        losses.total_variation(torch.arange(3.0).reshape(1, 3, 1, 1).expand(1, 3, 4, 4)).item() == 0
    )  # not over colours


def test_total_variation_of_a_single_pixel_is_refused():
    with pytest.raises(ValueError, match="2×2"):
        losses.total_variation(torch.zeros(1, 3, 1, 8))


def test_phases_by_hand_and_against_a_lattice():
    # Two pictures of 2×4 and period 2: each phase has two places in a picture; squares of 1 are those places alone.
    output = torch.tensor([[[[1.0, 0, 3, 0], [0, 0, 0, 8]]], [[[5.0, 0, -5, 0], [0, 0, 0, 0]]]], dtype=torch.float64)
    target = torch.zeros_like(output)
    assert losses.phase_loss(output, target, 2, 1).item() == pytest.approx(22 / 16)
    tall = torch.cat([output, 0 * output], dim=2)  # two by two periods: one square a picture
    assert losses.phase_loss(tall, 0 * tall, 2, 2).item() == pytest.approx((4 / 4 + 8 / 4 + 0) / 8)
    flat, lattice = torch.full((2, 3, 16, 16), 0.5), torch.full((2, 3, 16, 16), 0.5)
    lattice[..., ::4, ::4] += 0.16
    assert losses.phase_loss(lattice, flat, 4, 2).item() == pytest.approx(0.16 / 16)
    once = flat.clone()
    once[..., :8:8, :8:8] += 0.16  # at one place of the square's four: a detail, a quarter of a lattice
    assert losses.phase_loss(once, flat, 4, 2).item() == pytest.approx(0.16 / 16 / 4 / 4)
    with pytest.raises(ValueError, match="must be equal"):
        losses.phase_loss(flat, flat[:1], 4, 4)
