"""SRResNet and SRGAN's discriminator: the paper's layers, counted and computed independently."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.networks import SRDiscriminator, SRResNet
from course_lib.networks.srresnet import EnhancementBlock, enlarged, take_weights


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def small(**changes):
    torch.manual_seed(0)
    options = {"blocks": 2, "width": 6, "norm": "none", "activation": "relu", "ends": 3, "tail": "once"} | changes
    return SRResNet(**options).eval()


def test_parameters_of_the_paper():
    # Figure 4, layer by layer: k9n64s1 and its PReLU; 16 × (two k3n64s1, two norms, a PReLU); k3n64s1 and a norm;
    # two (k3n256s1, shuffle, PReLU); k9n3s1. A convolution has a bias, a norm two numbers a channel, a PReLU one.
    def convolution(side, fan_in, out):
        return side**2 * fan_in * out + out

    block = 2 * convolution(3, 64, 64) + 2 * 2 * 64 + 1
    expected = convolution(9, 3, 64) + 1 + 16 * block + convolution(3, 64, 64) + 2 * 64
    expected += 2 * (convolution(3, 64, 256) + 1) + convolution(9, 64, 3)
    network = SRResNet()
    assert parameters(network) == expected == 1_549_462
    assert [type(layer) for layer in network.tail] == [nn.Conv2d, nn.PixelShuffle, nn.PReLU] * 2 + [nn.Conv2d]


def test_the_discriminator_of_the_paper():
    # k3n64s1, k3n64s2, k3n128s1, k3n128s2, … k3n512s2, dense 1024, dense 1 (figure 4).
    network = SRDiscriminator()
    layers = [layer for layer in network.features if isinstance(layer, nn.Conv2d)]
    assert [(layer.out_channels, layer.stride[0]) for layer in layers] == [
        (64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 2)
    ]  # fmt: skip
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in network.features) == 7  # none after the first
    assert [layer.out_features for layer in network.decide if isinstance(layer, nn.Linear)] == [1024, 1]
    assert network.decide[1].in_features == 512 * 6 * 6
    assert network(torch.zeros(2, 3, 96, 96)).shape == (2, 1)


def test_the_discriminator_gives_logits_and_asks_for_its_size():
    torch.manual_seed(0)
    network = SRDiscriminator(size=32, width=4, norm="none", dense=8)
    with torch.no_grad():
        network.decide[-1].bias.fill_(-30.0)
    assert (network(torch.zeros(2, 3, 32, 32)) < -20).all()  # no sigmoid behind it
    with pytest.raises(ValueError, match="takes 32×32 pictures, not 32×48"):
        network(torch.zeros(1, 3, 32, 48))
    with pytest.raises(ValueError, match="size is 40; it must be a multiple of 16"):
        SRDiscriminator(size=40)


@pytest.mark.parametrize("scale", [2, 4])
@pytest.mark.parametrize("tail", ["steps", "once"])
@pytest.mark.parametrize("shape", [(1, 1), (3, 17), (24, 24)])
def test_any_size_becomes_scale_times_as_large(scale, tail, shape):
    for skip in ("none", "bicubic"):
        answer = small(scale=scale, tail=tail, skip=skip)(torch.zeros(2, 3, *shape))
        assert answer.shape == (2, 3, scale * shape[0], scale * shape[1])


def test_a_block_is_the_sum_of_its_input_and_two_convolutions():
    torch.manual_seed(0)
    block, x = EnhancementBlock(3, "none", "prelu").double(), torch.randn(2, 3, 5, 7, dtype=torch.float64)
    first, slope, second = block.body[0], block.body[2].weight, block.body[3]
    middle = functional.conv2d(x, first.weight, first.bias, padding=1)
    middle = torch.where(middle > 0, middle, slope * middle)
    expected = x + functional.conv2d(middle, second.weight, second.bias, padding=1)
    torch.testing.assert_close(block(x), expected)


def test_the_shuffle_takes_channel_c_r2_plus_r_i_plus_j_to_place_i_j():
    network = small(blocks=1, width=2)
    captured = {}
    network.tail[0].register_forward_hook(lambda _, __, out: captured.update(channels=out))
    answer = network(torch.rand(1, 3, 2, 3))
    for c, i, j in ((0, 0, 0), (1, 2, 3), (2, 3, 1)):
        assert torch.equal(answer[0, c, i::4, j::4], captured["channels"][0, 16 * c + 4 * i + j])


def test_with_a_skip_a_network_that_makes_nothing_is_the_bicubic_enlargement():
    network = small(skip="bicubic")
    for parameter in network.tail.parameters():
        nn.init.zeros_(parameter)
    x = torch.rand(1, 3, 7, 5)
    assert torch.equal(network(x), enlarged(x, 4))


def test_the_enlargement_has_keys_kernel_with_a_minus_one_half():
    # An impulse enlarged by 2 is the kernel at quarters: w(x) = 1.5|x|³ − 2.5|x|² + 1 within 1,
    # −0.5|x|³ + 2.5|x|² − 4|x| + 2 within 2. torch's own default, a = −0.75, has 0.9 in place of 0.8672 at ¼.
    x = torch.zeros(1, 1, 9, 9)
    x[..., 4, 4] = 1.0

    def kernel(t):
        t = abs(t)
        return 1.5 * t**3 - 2.5 * t**2 + 1 if t <= 1 else -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2

    row = enlarged(x, 2)[0, 0, 8, 5:13] / kernel(0.25)
    expected = [kernel(offset / 4) for offset in (-7, -5, -3, -1, 1, 3, 5, 7)][0:8]
    found = enlarged(x, 2)[0, 0, 8, 5:13]
    assert row.shape == (8,)
    assert found.tolist() == pytest.approx([value * kernel(0.25) for value in expected], abs=1e-6)


@pytest.mark.parametrize("options", [{}, {"tail": "steps"}, {"tail": "steps", "ends": 9}, {"skip": "bicubic"}])
def test_nothing_beyond_its_reach_changes_an_answer(options):
    network = small(**options).double()
    side = 2 * network.reach + 3
    x = torch.rand(1, 3, side, side, dtype=torch.float64)
    middle = side // 2
    seen = x.clone().requires_grad_()
    network(seen)[0, :, 4 * middle : 4 * middle + 4, 4 * middle : 4 * middle + 4].sum().backward()
    touched = seen.grad.abs().sum((0, 1)).nonzero()
    assert touched.min() >= middle - network.reach and touched.max() <= middle + network.reach
    assert touched.max() > middle + network.reach - 6  # and the reach is no wild guess


def test_it_begins_near_the_enlargement_and_every_weight_has_a_gradient():
    network = small(blocks=8, width=16, skip="bicubic")
    x = torch.rand(1, 3, 12, 12) * 2 - 1
    assert (network(x) - enlarged(x, 4)).abs().mean() < 0.3
    network(x).square().mean().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in network.parameters())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"scale": 3}, "scale is 3; it must be 2 or 4"),
        ({"ends": 4}, "ends is 4; it must be an odd number"),
        ({"tail": "all"}, "tail is 'all'"),
        ({"skip": "nearest"}, "skip is 'nearest'"),
        ({"activation": "tanh"}, "activation is 'tanh'"),
        ({"norm": "layer"}, "norm is 'layer'"),
        ({"blocks": 0}, "blocks is 0"),
    ],
)
def test_what_cannot_be_built_says_why(options, said):
    with pytest.raises(ValueError, match=said):
        SRResNet(**options)


def test_weights_of_another_scale_are_taken_but_for_the_tail():
    for tail in ("once", "steps"):
        two, four = small(scale=2, tail=tail), small(scale=4, tail=tail)
        with torch.no_grad():
            for value in two.parameters():
                value.add_(1)
        own = {name: value.clone() for name, value in four.tail.state_dict().items()}
        take_weights(four, two)
        for part in ("head", "blocks", "after"):
            taken, given = getattr(four, part).state_dict(), getattr(two, part).state_dict()
            assert all(torch.equal(value, given[name]) for name, value in taken.items())
        assert all(torch.equal(value, own[name]) for name, value in four.tail.state_dict().items())
    for other in (small(scale=2, width=7), small(scale=2, blocks=3), small(scale=2, blocks=1), small(norm="batch")):
        with pytest.raises(RuntimeError):
            take_weights(small(scale=4), other)
