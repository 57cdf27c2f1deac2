"""Perceptual losses against the worked numbers of the conventions, and against numpy in plain loops."""

import numpy as np
import pytest
import torch

from course_lib.losses import (
    content_loss,
    feature_direction_loss,
    feature_matching_loss,
    feature_reconstruction_loss,
    gram_matrix,
    style_loss,
)


@pytest.fixture
def x() -> torch.Tensor:
    return torch.arange(120, dtype=torch.float64).reshape(2, 3, 4, 5) / 100


@pytest.fixture
def y(x) -> torch.Tensor:
    return 0.9 * x.flip(0)


def test_worked_numbers(x, y):
    gram = gram_matrix(x)
    assert gram.shape == (2, 3, 3)
    assert gram[0, 0, 0].item() == pytest.approx(0.0041166667, abs=1e-10)
    assert gram[1, 2, 0].item() == pytest.approx(0.2547833333, abs=1e-10)
    assert content_loss(x, y).item() == pytest.approx(9.862205, abs=1e-9)
    assert feature_reconstruction_loss(x, y).item() == pytest.approx(0.3287401667, abs=1e-10)
    assert style_loss([gram], [gram_matrix(y)], [0.5]).item() == pytest.approx(0.0551490801, abs=1e-10)


def test_feature_matching_is_a_mean_over_layers_of_means(x, y):
    small, large = x[:, :1, :2, :2], x
    truth = [small + 3.0, y]
    expected = (3.0 + np.abs(x.numpy() - y.numpy()).mean()) / 2
    assert feature_matching_loss([small, large], truth).item() == pytest.approx(expected)
    for features, targets in (([], []), ([x], [x, x])):
        with pytest.raises(ValueError, match="as many maps"):
            feature_matching_loss(features, targets)


def test_gram_against_loops():
    features = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    expected = np.zeros((2, 3, 3))
    for b in range(2):
        for i in range(3):
            for j in range(3):
                expected[b, i, j] = (features[b, i] * features[b, j]).sum() / (3 * 4 * 5)
    np.testing.assert_allclose(gram_matrix(torch.from_numpy(features)).numpy(), expected, rtol=1e-12)


def test_gram_is_gatys_style_energy():
    """1 / (4 N² M²) Σ (F Fᵀ − P Pᵀ)², as printed in the paper, with its undivided Gram matrices."""
    f, p = (torch.randn(1, 6, 5, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(i)) for i in (0, 1))
    n, m = 6, 35
    raw_f, raw_p = (t.view(n, m) @ t.view(n, m).T for t in (f, p))
    expected = ((raw_f - raw_p) ** 2).sum() / (4 * n**2 * m**2)
    assert style_loss([gram_matrix(f)], [gram_matrix(p)], [1.0]).item() == pytest.approx(expected.item(), rel=1e-12)


def test_a_gram_matrix_forgets_where(x):
    shuffled = x.flatten(2)[:, :, torch.randperm(20, generator=torch.Generator().manual_seed(0))].view_as(x)
    torch.testing.assert_close(gram_matrix(shuffled), gram_matrix(x))
    assert not torch.allclose(gram_matrix(x + 1), gram_matrix(x))  # but is not centred


def test_pictures_of_a_batch_do_not_mix(x):
    torch.testing.assert_close(gram_matrix(x)[1:], gram_matrix(x[1:]))


def test_layers_add_and_one_style_serves_a_batch(x, y):
    gram, target = gram_matrix(x), gram_matrix(y[:1])
    one = style_loss([gram], [target], [2.0])
    assert style_loss([gram, gram], [target, target], [2.0, 3.0]).item() == pytest.approx(2.5 * one.item())
    apart = [style_loss([gram[i : i + 1]], [target], [2.0]).item() for i in range(2)]
    assert one.item() == pytest.approx(np.mean(apart))


def test_gradient_goes_to_the_output_alone(x, y):
    def style(a, b):
        return style_loss([gram_matrix(a)], [gram_matrix(b)], [0.5])

    for loss in (content_loss, feature_reconstruction_loss, style):
        a, b = x.clone().requires_grad_(True), y.clone().requires_grad_(True)
        loss(a, b).backward()
        assert a.grad is not None and a.grad.abs().sum() > 0
        assert b.grad is None
    assert torch.autograd.gradcheck(lambda a: style(a, y), (x.requires_grad_(True),))


def test_sixteen_bits_do_not_overflow():
    features = torch.full((1, 4, 32, 32), 300.0)
    for dtype in (torch.float16, torch.bfloat16):
        gram = gram_matrix(features.to(dtype))
        assert torch.isfinite(gram).all()
        assert gram[0, 0, 0].item() == pytest.approx(300**2 / 4, rel=1e-2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert gram_matrix(features).dtype == torch.float32


def test_directions_are_compared_place_by_place_whatever_their_length(x, y):
    expected = []
    for b, row, column in np.ndindex(2, 4, 5):
        u, v = (features[b, :, row, column].numpy() for features in (x, y))
        expected.append(2 - 2 * u @ v / np.linalg.norm(u) / np.linalg.norm(v))
    assert feature_direction_loss(x, y).item() == pytest.approx(np.mean(expected), abs=1e-5)
    assert feature_direction_loss(x, 7 * x).item() == pytest.approx(0, abs=1e-6)
    one, other = torch.zeros(1, 2, 1, 1), torch.zeros(1, 2, 1, 1)
    one[0, 0], other[0, 1] = 3.0, 5.0
    assert feature_direction_loss(one, other).item() == pytest.approx(2)


def test_a_place_where_nothing_fires_has_a_finite_slope():
    features = torch.zeros(1, 3, 2, 2, requires_grad=True)
    feature_direction_loss(features, torch.ones(1, 3, 2, 2)).backward()
    assert torch.isfinite(features.grad).all()


def test_shapes_that_do_not_fit(x, y):
    with pytest.raises(ValueError, match=r"\(2, 3, 4, 5\).*\(1, 3, 4, 5\)"):
        content_loss(x, y[:1])
    with pytest.raises(ValueError, match="must be equal"):
        feature_reconstruction_loss(x, y[:, :1])
    with pytest.raises(ValueError, match=r"\(B, C, H, W\)"):
        gram_matrix(x[0])
    with pytest.raises(ValueError, match="there are 1, 1 and 2"):
        style_loss([gram_matrix(x)], [gram_matrix(y)], [1.0, 2.0])
    with pytest.raises(ValueError, match="one weight a layer"):
        style_loss([], [], [])
    with pytest.raises(ValueError, match="must be equal"):
        style_loss([gram_matrix(x)], [gram_matrix(y[:, :2])], [1.0])
