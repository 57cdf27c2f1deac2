"""The U-Net: the paper's sizes and counts, its noise, and that every wire is connected."""

import pytest
import torch
from torch import nn

from course_lib.networks import UnetGenerator
from course_lib.networks.layers import make_norm, use_own_statistics


def small(**arguments):
    torch.manual_seed(0)
    network = UnetGenerator(**{"levels": 6, "width": 4, "norm": "instance", **arguments})
    for parameter in network.parameters():  # the paper's 0.02 leaves so thin a network nearly silent
        if parameter.ndim > 1:
            nn.init.normal_(parameter, 0, 0.3)
    return network


@pytest.mark.parametrize(("levels", "count"), [(8, 54_413_955), (7, 41_828_995)])
def test_the_papers_parameter_counts(levels, count):
    network = UnetGenerator(levels=levels)
    assert sum(parameter.numel() for parameter in network.parameters()) == count


@pytest.mark.parametrize("upsample", ["transposed", "resize"])
@pytest.mark.parametrize(("size", "levels"), [((128, 128), 7), ((64, 192), 6), ((16, 8), 3)])
def test_shape_and_range(upsample, size, levels):
    network = UnetGenerator(3, 2, levels=levels, width=2, upsample=upsample)
    output = network(torch.randn(2, 3, *size))
    assert output.shape == (2, 2, *size)
    assert output.abs().max() <= 1


def test_256_by_name():
    assert UnetGenerator(levels=8, width=1, norm="instance")(torch.zeros(1, 3, 256, 256)).shape == (1, 3, 256, 256)


@pytest.mark.parametrize("size", [(64, 96), (65, 64), (1, 1)])
def test_a_size_that_does_not_halve_is_refused_by_name(size):
    with pytest.raises(ValueError, match=f"{size[0]}×{size[1]}.*multiples of 64"):
        small()(torch.zeros(1, 3, *size))


@pytest.mark.parametrize("wrong", [{"levels": 2}, {"upsample": "nearest"}, {"norm": "layer"}])
def test_settings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        UnetGenerator(**wrong)


def test_dropout_is_the_noise_and_stays_on_in_eval():
    network, x = small().eval(), torch.randn(1, 3, 64, 64)
    torch.manual_seed(1)
    first, second = network(x), network(x)
    torch.manual_seed(1)
    again = network(x)
    assert not torch.equal(first, second)
    assert torch.equal(first, again)  # nothing else draws
    assert network.noise


def test_without_noise_it_is_a_function():
    network, x = small(), torch.randn(1, 3, 64, 64)
    network.noise = False
    state = torch.get_rng_state()
    assert torch.equal(network.train()(x), network.eval()(x))
    assert torch.equal(torch.get_rng_state(), state)
    network.noise = True
    assert not torch.equal(network(x), network(x))


@pytest.mark.parametrize(("levels", "blocks"), [(8, 3), (7, 2), (6, 1), (5, 0)])
def test_noise_sits_in_the_levels_minus_five_inner_blocks(levels, blocks):
    network = UnetGenerator(levels=levels, width=1)
    noisy = [level for level, up in enumerate(network.up) if any(type(m).__name__ == "NoiseDropout" for m in up)]
    assert noisy == list(range(4, 4 + blocks))  # next to the innermost, which has none itself


def test_half_of_the_noise_is_zero_and_the_mean_stays():
    network = small()
    dropout = network.up[4][-1]
    out = dropout(torch.ones(1, 50, 50, 8))
    assert (out == 0).double().mean().item() == pytest.approx(0.5, abs=0.03)
    assert set(out.unique().tolist()) == {0.0, 2.0}


@pytest.mark.parametrize("level", range(5))
def test_every_skip_carries_by_itself(level):
    """All other ways from input to output are cut: the deep half at this level, the skip half above it."""
    network = small().double()
    network.noise = False

    def only(half):
        def cut(_, inputs):
            skip, deep = inputs[0].chunk(2, dim=1)
            kept = [skip, torch.zeros_like(deep)] if half == "skip" else [torch.zeros_like(skip), deep]
            return (torch.cat(kept, dim=1),)

        return cut

    for above in range(level):
        network.up[above].register_forward_pre_hook(only("deep"))
    handle = network.up[level].register_forward_pre_hook(only("skip"))
    a, b = torch.randn(2, 1, 3, 64, 64, dtype=torch.float64)
    assert (network(a) - network(b)).abs().max() > 1e-3
    handle.remove()

    def silence(_, inputs):
        return (torch.zeros_like(inputs[0]),)

    network.up[level].register_forward_pre_hook(silence)  # and with the skip cut too, nothing comes through
    assert torch.equal(network(a), network(b))


def test_the_bottleneck_carries_too():
    network = small().double()
    network.noise = False
    for up in network.up[:-1]:
        up.register_forward_pre_hook(
            lambda _, inputs: (torch.cat([0 * inputs[0].chunk(2, 1)[0], inputs[0].chunk(2, 1)[1]], 1),)
        )
    a, b = torch.randn(2, 1, 3, 64, 64, dtype=torch.float64)
    assert (network(a) - network(b)).abs().max() > 1e-4


def test_instance_norm_answers_one_picture_whatever_is_beside_it():
    network, pictures = small(), torch.randn(3, 3, 64, 64)
    network.noise = False
    torch.testing.assert_close(network(pictures)[1:2], network(pictures[1:2]), atol=1e-5, rtol=1e-4)


def test_own_statistics_normalise_by_the_picture_and_learn_nothing():
    norm = make_norm("batch", 3)
    norm.running_mean.fill_(5.0)
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    use_own_statistics(norm.eval())
    x = torch.randn(1, 3, 6, 7) * 4 + 2
    torch.testing.assert_close(norm(x), nn.functional.instance_norm(x, eps=norm.eps))
    assert all(torch.equal(value, before[name]) for name, value in norm.state_dict().items())
    use_own_statistics(norm, learn=True)
    norm(x)
    assert not torch.equal(norm.running_mean, before["running_mean"])


def test_initial_weights_are_the_papers():
    torch.manual_seed(0)
    network = UnetGenerator(levels=5, width=16)
    weights = torch.cat(
        [m.weight.flatten() for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    )
    assert weights.mean().abs() < 1e-3
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)
    scales = torch.cat([m.weight for m in network.modules() if isinstance(m, nn.BatchNorm2d)])
    assert scales.mean().item() == pytest.approx(1, abs=0.01)
    assert all((m.bias == 0).all() for m in network.modules() if getattr(m, "bias", None) is not None)
