"""The residual generator: the paper's layers, counted and computed independently."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.networks import ResnetGenerator
from course_lib.networks.resnet import ResidualBlock


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_parameters_of_the_published_generators():
    # The official code's counts: 9 blocks 11,378,179 in 48 tensors, 6 blocks 7,837,699 in 36.
    nine, six = ResnetGenerator(), ResnetGenerator(blocks=6)
    assert (parameters(nine), len(nine.state_dict())) == (11_378_179, 48)
    assert (parameters(six), len(six.state_dict())) == (7_837_699, 36)


def test_both_ways_of_enlarging_have_the_same_parameters_and_shapes():
    x = torch.zeros(2, 3, 24, 32)
    networks = [ResnetGenerator(blocks=1, width=4, upsample=kind) for kind in ("transposed", "resize")]
    assert len({parameters(network) for network in networks}) == 1
    assert all(network(x).shape == x.shape for network in networks)
    wide = ResnetGenerator(1, 5, blocks=1, width=4)
    assert wide.channels == (1, 5)
    assert wide(torch.zeros(1, 1, 8, 8)).shape == (1, 5, 8, 8)


def test_one_halving_keeps_more_places_at_about_the_same_cost():
    two, one = ResnetGenerator(blocks=6, width=32), ResnetGenerator(blocks=6, width=32, n_down=1)
    shapes = {}
    for name, network in (("two", two), ("one", one)):
        block = next(layer for layer in network.modules() if isinstance(layer, ResidualBlock))
        block.register_forward_hook(lambda _, __, out, name=name: shapes.update({name: out.shape[1:]}))
        assert network(torch.zeros(1, 3, 64, 64)).shape == (1, 3, 64, 64)
    assert shapes == {"two": (128, 16, 16), "one": (64, 32, 32)}
    assert parameters(one) < parameters(two) / 3


def test_a_block_is_the_sum_of_its_input_and_two_convolutions_with_nothing_after():
    torch.manual_seed(0)
    block, x = ResidualBlock(3).double(), torch.randn(2, 3, 5, 7, dtype=torch.float64)
    first, second = (layer for layer in block.conv_block if isinstance(layer, nn.Conv2d))

    def convolved(y, convolution):
        y = functional.conv2d(functional.pad(y, (1, 1, 1, 1), mode="reflect"), convolution.weight, convolution.bias)
        centred = y - y.mean((2, 3), keepdim=True)
        return centred / (centred.square().mean((2, 3), keepdim=True) + 1e-5).sqrt()

    expected = x + convolved(convolved(x, first).relu(), second)
    torch.testing.assert_close(block(x), expected, atol=1e-10, rtol=0)
    assert (expected < 0).any()
    assert torch.equal(block(x) < 0, expected < 0)  # a ReLU after the sum would leave none


def test_one_picture_knows_nothing_of_its_batch():
    torch.manual_seed(1)
    network, x = ResnetGenerator(blocks=2, width=4).double(), torch.randn(3, 3, 16, 20, dtype=torch.float64)
    torch.testing.assert_close(network(x)[1:2], network(x[1:2]), atol=1e-12, rtol=0)


def test_dropout_is_noise_that_eval_leaves_on():
    torch.manual_seed(0)
    network, x = ResnetGenerator(blocks=2, width=4, dropout=0.5).eval(), torch.randn(1, 3, 16, 16)
    assert network.noise
    assert not torch.equal(network(x), network(x))
    network.noise = False
    assert torch.equal(network(x), network(x))
    assert not ResnetGenerator(blocks=1, width=2).noise


def test_initial_weights():
    torch.manual_seed(0)
    network = ResnetGenerator(width=32, blocks=2)
    weights = torch.cat([layer.weight.flatten() for layer in network.modules() if isinstance(layer, nn.Conv2d)])
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)
    assert all(not value.any() for name, value in network.state_dict().items() if name.endswith("bias"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"blocks": 0}, "blocks is 0"),
        ({"n_down": 0}, "n_down is 0"),
        ({"upsample": "nearest"}, "'nearest'"),
        ({"norm": "layer"}, "'layer'"),
    ],
)
def test_what_cannot_be_built(arguments, words):
    with pytest.raises(ValueError, match=words):
        ResnetGenerator(**arguments)


@pytest.mark.parametrize("shape", [(1, 3, 30, 32), (1, 3, 32, 30), (1, 3, 4, 4)])
def test_sizes_it_does_not_take(shape):
    with pytest.raises(ValueError, match=f"{shape[2]}×{shape[3]}"):
        ResnetGenerator(blocks=1, width=2)(torch.zeros(shape))


def test_with_a_full_size_skip_it_adds_to_its_input():
    torch.manual_seed(0)
    network = ResnetGenerator(blocks=1, width=4, upsample="resize", global_skip=True)
    x = torch.rand(2, 3, 16, 24) * 2 - 1
    last = network.change[-1]
    with torch.no_grad():
        last.weight.zero_()
        last.bias[:] = torch.tensor([0.5, 0.0, -0.25])
    added = torch.tensor([0.5, 0.0, -0.25])[:, None, None]
    torch.testing.assert_close(network(x), x + added)  # training: what is beyond the range is told by the loss
    torch.testing.assert_close(network.eval()(x), (x + added).clamp(-1, 1))


def test_a_full_size_skip_needs_equal_channels():
    with pytest.raises(ValueError, match="here 1 and 3"):
        ResnetGenerator(in_channels=1, out_channels=3, global_skip=True)
