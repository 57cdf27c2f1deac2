"""The style network: the paper's layers, counted and computed independently; edges without a frame."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.networks import StylizationNet
from course_lib.networks.stylizer import StyleBlock


def test_parameters_of_the_papers_network():
    # By hand, for 32 channels: kernels without bias, a scale and a shift each, and the last kernel with its bias.
    ends = 81 * 3 * 32 + 2 * 32 + 81 * 32 * 3 + 3
    down = 9 * 32 * 64 + 2 * 64 + 9 * 64 * 128 + 2 * 128
    up = 9 * 128 * 64 + 2 * 64 + 9 * 64 * 32 + 2 * 32
    blocks = 5 * 2 * (9 * 128 * 128 + 2 * 128)
    network = StylizationNet()
    assert sum(p.numel() for p in network.parameters()) == ends + down + up + blocks == 1_677_635
    assert not any(isinstance(layer, nn.ConvTranspose2d) for layer in network.modules())
    assert [c.stride for c in network.modules() if isinstance(c, nn.Conv2d)].count((2, 2)) == 2


@pytest.mark.parametrize("size", [(8, 8), (8, 40), (28, 12), (64, 32)])
def test_any_multiples_of_four_keep_their_size_and_the_range(size):
    x = torch.randn(2, 3, *size) * 9
    y = StylizationNet(width=4, blocks=1)(x)
    assert y.shape == x.shape and y.abs().max() <= 1


@pytest.mark.parametrize("size", [(4, 8), (9, 8), (8, 10), (0, 8)])
def test_other_sizes_are_named(size):
    with pytest.raises(ValueError, match=rf"{size[0]}×{size[1]}; this network takes multiples of 4, from 8 up"):
        StylizationNet(width=4, blocks=1)(torch.zeros(1, 3, *size))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"width": 0}, "width is 0"), ({"blocks": -1}, "blocks is -1"), ({"ends": 4}, "ends is 4"), ({"ends": 17}, "17")],
)
def test_arguments_out_of_their_range_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        StylizationNet(**arguments)


def test_a_block_is_the_sum_of_its_input_and_two_convolutions_with_nothing_after():
    torch.manual_seed(0)
    block, x = StyleBlock(3).double(), torch.randn(2, 3, 5, 7, dtype=torch.float64)
    first, second = (layer for layer in block.modules() if isinstance(layer, nn.Conv2d))
    norms = [layer for layer in block.modules() if isinstance(layer, nn.InstanceNorm2d)]
    for norm in norms:
        nn.init.uniform_(norm.weight, 0.5, 2)
        nn.init.uniform_(norm.bias, -1, 1)

    def convolved(y, convolution, norm):
        y = functional.conv2d(functional.pad(y, (1, 1, 1, 1), mode="reflect"), convolution.weight)
        mean, variance = y.mean(dim=(2, 3), keepdim=True), y.var(dim=(2, 3), keepdim=True, correction=0)
        return (y - mean) / (variance + 1e-5).sqrt() * norm.weight.view(-1, 1, 1) + norm.bias.view(-1, 1, 1)

    expected = x + convolved(convolved(x, first, norms[0]).relu(), second, norms[1])
    torch.testing.assert_close(block(x), expected)
    assert (block(x) - x).min() < 0  # nothing is cut off after the sum


def test_a_flat_picture_has_no_frame():
    # Padding with zeros would show at the edges of a flat picture; reflection cannot be seen.
    torch.manual_seed(0)
    network = StylizationNet(width=4, blocks=2)
    answer = network(torch.full((1, 3, 32, 32), 0.3))
    assert (answer.amax(dim=(2, 3)) - answer.amin(dim=(2, 3))).max() < 1e-3


def test_one_picture_of_a_batch_does_not_change_another():
    torch.manual_seed(0)
    network, x = StylizationNet(width=4, blocks=1), torch.rand(2, 3, 16, 16)
    torch.testing.assert_close(network(x)[:1], network(x[:1]))
