"""Many small networks at once, each as if alone."""

import pytest
import torch
from torch.nn import functional

from course_lib.networks.mlp import SeededMLP


def test_every_row_is_the_network_of_its_own_seed():
    together, x = SeededMLP([3, 7, 11], (2, 16, 16, 1)), torch.randn(3, 5, 2)
    for row, seed in enumerate([3, 7, 11]):
        alone = SeededMLP([seed], (2, 16, 16, 1))
        for both, one in zip(together.parameters(), alone.parameters(), strict=True):
            assert torch.equal(both[row], one[0])
        torch.testing.assert_close(together(x)[row], alone(x[row : row + 1])[0])


def test_it_computes_what_linear_layers_compute():
    network, x = SeededMLP(2, (3, 4, 2), "leaky_relu"), torch.randn(2, 6, 3)
    for k in range(2):
        hidden = functional.linear(x[k], network.weights[0][k].T, network.biases[0][k, 0])
        expected = functional.linear(
            torch.where(hidden > 0, hidden, 0.2 * hidden), network.weights[1][k].T, network.biases[1][k, 0]
        )
        torch.testing.assert_close(network(x)[k], expected)


def test_first_weights_lie_where_linear_draws_them():
    network = SeededMLP(20, (9, 50))
    weights = network.weights[0].detach()
    assert weights.abs().max() <= 1 / 3
    assert weights.std().item() == pytest.approx(1 / 3 / 3**0.5, rel=0.03)  # uniform on ±1/√9


def test_one_networks_gradient_does_not_touch_another():
    network = SeededMLP(2, (2, 8, 1))
    network(torch.randn(2, 4, 2))[0].sum().backward()
    for parameter in network.parameters():
        assert parameter.grad[0].abs().sum() > 0
        assert parameter.grad[1].abs().sum() == 0


def test_spectral_norm_leaves_a_largest_singular_value_of_one():
    network = SeededMLP(3, (2, 16, 16, 1), spectral_norm=True)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(5)
    x = torch.randn(3, 4, 2)
    for _ in range(200):
        network(x)
    network.eval()
    for layer, weight in enumerate(network.weights):
        exact = torch.linalg.svdvals(weight.detach())[:, 0]
        found = network._largest_singular_value(weight, layer).detach().flatten()
        torch.testing.assert_close(found, exact, rtol=1e-3, atol=0)
    # A composition of three 1-Lipschitz layers and two 1-Lipschitz ReLUs (biases aside) is 1-Lipschitz.
    a, b = torch.randn(3, 50, 2), torch.randn(3, 50, 2)
    ratio = (network(a) - network(b)).abs().squeeze(-1) / (a - b).norm(dim=-1)
    assert ratio.max() <= 1.001


def test_spectral_norm_learns_its_direction_in_training_only():
    network = SeededMLP(1, (2, 8, 1), spectral_norm=True)
    network.eval()
    before = network.direction_0.clone()
    network(torch.randn(1, 3, 2))
    assert torch.equal(network.direction_0, before)
    network.train()
    network(torch.randn(1, 3, 2))
    assert not torch.equal(network.direction_0, before)


@pytest.mark.parametrize("wrong", [{"seeds": []}, {"sizes": (2,)}, {"sizes": (2, 0, 1)}, {"activation": "sine"}])
def test_what_is_wrong_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SeededMLP(**{"seeds": 1, **wrong})
