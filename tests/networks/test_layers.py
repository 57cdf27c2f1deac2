"""Layers that several networks share."""

import numpy as np
import pytest
import torch

from course_lib.networks import ResnetGenerator
from course_lib.networks.layers import InstanceNorm

LAYOUTS = (torch.contiguous_format, torch.channels_last)


def normed_slope(x: np.ndarray, above: np.ndarray) -> np.ndarray:
    """The gradient of Σ above · (x − mean)/√(var + ε) by the formula, every picture and channel for itself."""
    mean, var = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)
    normed = (x - mean) / np.sqrt(var + 1e-5)
    centred = above - above.mean((2, 3), keepdims=True) - normed * (above * normed).mean((2, 3), keepdims=True)
    return centred / np.sqrt(var + 1e-5)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("arriving", LAYOUTS)
def test_instance_norm_has_the_right_slope_in_every_memory_layout(batch, layout, arriving):
    numbers = np.random.default_rng(0)
    x, above = numbers.normal(size=(2, batch, 3, 8, 6))
    shown = torch.tensor(x).to(memory_format=layout).requires_grad_()
    answer = InstanceNorm(3)(shown)
    (slope,) = torch.autograd.grad(answer, shown, torch.tensor(above).to(memory_format=arriving))
    normed = (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + 1e-5)
    assert np.allclose(answer.detach(), normed, atol=1e-12)
    assert np.allclose(slope, normed_slope(x, above), atol=1e-12)


def test_with_a_scale_and_a_shift_it_answers_alike_whether_it_learns_or_not():
    norm = InstanceNorm(3, affine=True)
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([0.5, 2.0, -1.0]))
        norm.bias.copy_(torch.tensor([0.1, 0.0, 3.0]))
    x = torch.randn(1, 3, 8, 8)
    learning = norm(x.clone().requires_grad_())
    assert torch.allclose(learning, norm.requires_grad_(False)(x), atol=1e-6)
    assert learning.requires_grad


def test_a_generators_gradient_of_one_picture_does_not_depend_on_the_memory_layout():
    torch.manual_seed(0)
    network = ResnetGenerator(blocks=1, width=4, upsample="resize").double()
    picture, found = torch.rand(1, 3, 16, 16, dtype=torch.float64) * 2 - 1, []
    for layout in LAYOUTS:
        network.to(memory_format=layout).zero_grad()
        network(picture).square().mean().backward()
        found.append([parameter.grad.clone() for parameter in network.parameters()])
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=1e-9, atol=1e-15)
