"""Penalties on D's slope, on discriminators whose slope is known by hand."""

import numpy as np
import pytest
import torch

from course_lib.losses import gradient_penalty, mix, r1_penalty

POINTS = torch.tensor([[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]])


def asked(points):
    return points.clone().requires_grad_()


def test_a_linear_d_has_the_slope_of_its_weights():
    x = asked(POINTS)
    scores = x @ torch.tensor([3.0, 4.0])  # ‖w‖ = 5 everywhere
    assert gradient_penalty(scores, x).item() == pytest.approx((5 - 1) ** 2)
    assert r1_penalty(scores, x).item() == pytest.approx(0.5 * 25)


def test_a_curved_d_against_numpy():
    x = asked(POINTS)
    scores = x[:, 0] ** 2 + 3 * x[:, 0] * x[:, 1]
    p = POINTS.numpy().astype(float)
    slopes = np.hypot(2 * p[:, 0] + 3 * p[:, 1], 3 * p[:, 0])
    assert gradient_penalty(scores, x).item() == pytest.approx(((slopes - 1) ** 2).mean(), rel=1e-6)
    assert r1_penalty(scores, x).item() == pytest.approx((slopes**2).mean() / 2, rel=1e-6)


def test_every_number_of_a_picture_counts_and_every_seed_alone():
    pictures = asked(torch.randn(4, 3, 2, 2))
    assert r1_penalty(2 * pictures.sum(dim=(1, 2, 3)), pictures).item() == pytest.approx(0.5 * 4 * 12)
    points = asked(torch.randn(5, 4, 2))  # five seeds, four points each
    weights = torch.arange(1.0, 6.0)[:, None, None]
    slopes = np.arange(1, 6) * 2**0.5
    found = gradient_penalty((weights * points).sum(-1), points).item()
    assert found == pytest.approx(((slopes - 1) ** 2).mean(), rel=1e-6)


@pytest.mark.parametrize("penalty", [gradient_penalty, r1_penalty])
def test_the_penalty_teaches_the_weights(penalty):
    w, x = torch.tensor([3.0, 4.0], requires_grad=True), asked(POINTS)
    penalty(x @ w, x).backward()
    norm = 5.0
    expected = 2 * (norm - 1) * w.detach() / norm if penalty is gradient_penalty else w.detach()
    torch.testing.assert_close(w.grad, expected)


def test_a_flat_d_has_a_penalty_and_no_nan():
    w, x = torch.zeros(2, requires_grad=True), asked(POINTS)
    value = gradient_penalty(x @ w, x)
    value.backward()
    assert value.item() == pytest.approx(1, abs=1e-5)
    assert torch.isfinite(w.grad).all()


def test_mix_lies_on_the_line_between_a_pair():
    real, fake = torch.zeros(3, 2), torch.full((3, 2), 10.0)
    share = torch.tensor([[1.0], [0.0], [0.25]])
    assert mix(real, fake, share).tolist() == [[0, 0], [10, 10], [7.5, 7.5]]
