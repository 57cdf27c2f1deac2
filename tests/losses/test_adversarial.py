"""Adversarial losses against the worked numbers of the conventions, the definitions and torch's own functions."""

import pytest
import torch
from torch.nn import functional

from course_lib import losses

# More reals than fakes would hide a mean over the concatenation; equal means would hide swapped sides.
REAL = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
FAKE = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)

DISCRIMINATOR = {
    losses.bce_discriminator_loss: 4.2612192348,
    losses.lsgan_discriminator_loss: 24.3227733333,
    losses.hinge_discriminator_loss: 5.1273333333,
    losses.wasserstein_discriminator_loss: 3.0853333333,
}
GENERATOR = {
    losses.bce_generator_loss: 0.7671997254,
    losses.saturating_generator_loss: -0.9191997254,
    losses.lsgan_generator_loss: 2.05004,
    losses.hinge_generator_loss: -0.152,
    losses.wasserstein_generator_loss: -0.152,
}
named = {"ids": lambda f: getattr(f, "__name__", None)}


def slope(loss, at):
    score = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    loss(score).backward()
    return score.grad.item()


@pytest.mark.parametrize(("loss", "value"), DISCRIMINATOR.items(), **named)
def test_worked_number_of_a_discriminator(loss, value):
    assert loss(REAL, FAKE).item() == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(("loss", "value"), GENERATOR.items(), **named)
def test_worked_number_of_a_generator(loss, value):
    assert loss(FAKE).item() == pytest.approx(value, abs=1e-9)


def test_bce_is_torchs_binary_cross_entropy_with_logits():
    bce = functional.binary_cross_entropy_with_logits
    expected = bce(REAL, torch.ones_like(REAL)) + bce(FAKE, torch.zeros_like(FAKE))
    torch.testing.assert_close(losses.bce_discriminator_loss(REAL, FAKE), expected)
    torch.testing.assert_close(losses.bce_generator_loss(FAKE), bce(FAKE, torch.ones_like(FAKE)))
    torch.testing.assert_close(losses.saturating_generator_loss(FAKE), torch.log(1 - torch.sigmoid(FAKE)).mean())


def test_lsgan_is_torchs_mean_squared_error():
    mse = functional.mse_loss
    expected = mse(REAL, torch.ones_like(REAL)) + mse(FAKE, torch.zeros_like(FAKE))
    torch.testing.assert_close(losses.lsgan_discriminator_loss(REAL, FAKE), expected)
    torch.testing.assert_close(losses.lsgan_generator_loss(FAKE), mse(FAKE, torch.ones_like(FAKE)))
    half = torch.full((7,), 0.5)
    assert losses.lsgan_discriminator_loss(half, half[:3]).item() == 0.5  # D cannot tell


def test_slopes_at_minus_eight():
    assert slope(losses.bce_generator_loss, -8) == pytest.approx(-0.99966, abs=1e-5)
    assert slope(losses.saturating_generator_loss, -8) == pytest.approx(-0.000335, abs=1e-6)
    assert slope(losses.lsgan_generator_loss, -8) == pytest.approx(-18)
    assert slope(losses.hinge_generator_loss, -8) == pytest.approx(-1)
    behind_sigmoid = slope(lambda f: losses.lsgan_generator_loss(torch.sigmoid(f)), -8)
    assert behind_sigmoid == pytest.approx(-0.000670, abs=1e-6)


@pytest.mark.parametrize("loss", DISCRIMINATOR, **named)
def test_the_discriminator_pulls_real_up_and_fake_down(loss):
    real, fake = (torch.zeros(n, dtype=torch.float64, requires_grad=True) for n in (3, 5))
    loss(real, fake).backward()
    assert (real.grad < 0).all()
    if loss is losses.lsgan_discriminator_loss:  # at 0 a fake is where it should be
        assert (fake.grad == 0).all()
    else:
        assert (fake.grad > 0).all()


@pytest.mark.parametrize("loss", GENERATOR, **named)
def test_every_generator_pulls_its_fakes_up(loss):
    assert slope(loss, -0.3) < 0


@pytest.mark.parametrize("loss", DISCRIMINATOR, **named)
def test_means_not_sums_each_side_for_itself(loss):
    torch.testing.assert_close(loss(REAL.repeat(2), FAKE), loss(REAL, FAKE))
    torch.testing.assert_close(loss(REAL, FAKE.repeat(3)), loss(REAL, FAKE))


def test_a_map_of_verdicts_is_one_bag_of_scores():
    real, fake = torch.randn(2, 1, 3, 4, dtype=torch.float64), torch.randn(1, 1, 5, 6, dtype=torch.float64)
    for loss in DISCRIMINATOR:
        torch.testing.assert_close(loss(real, fake), loss(real.flatten(), fake.flatten()))
        assert loss(real, fake).shape == ()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sign", [-1, 1])
def test_nothing_overflows_at_two_hundred(dtype, sign):
    far = torch.full((4,), 200.0 * sign, dtype=dtype, requires_grad=True)
    total = losses.bce_discriminator_loss(far, -far) + losses.bce_generator_loss(far)
    total = total + losses.saturating_generator_loss(far)
    total.backward()
    assert torch.isfinite(total)
    assert torch.isfinite(far.grad).all()
    # real at −200 and fake at +200 are both off by 200; the generator's own terms are 200 − 0 or 0 − 200.
    assert total.item() == pytest.approx(600 if sign < 0 else -200)


def test_the_patch_mean_comes_after_the_square():
    spread = torch.tensor([0.0, 2.0])  # mean 1, yet not all right
    assert losses.lsgan_generator_loss(spread).item() == 1


def test_hinge_is_flat_beyond_the_margin():
    assert losses.hinge_discriminator_loss(torch.tensor([1.5, 3.0]), torch.tensor([-1.0])).item() == 0
