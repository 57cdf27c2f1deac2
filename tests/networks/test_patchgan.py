"""The patch discriminator and its receptive field, by formula and by the gradient's footprint."""

import pytest
import torch
from torch import nn

from course_lib.networks import PatchDiscriminator, UnetGenerator, receptive_field

FIELDS = {0: 1, 1: 16, 2: 34, 3: 70, 4: 142, 5: 286}


@pytest.mark.parametrize(("channels", "norm", "count"), [(3, "instance", 2_764_737), (6, "batch", 2_768_705)])
def test_official_parameter_counts(channels, norm, count):
    network = PatchDiscriminator(channels, norm=norm)
    assert sum(parameter.numel() for parameter in network.parameters()) == count


# 256 halved `layers` times, then two 4×4 convolutions of stride 1 and padding 1, each one less.
@pytest.mark.parametrize(("layers", "side"), [(0, 256), (1, 126), (2, 62), (3, 30), (4, 14), (5, 6)])
def test_one_raw_score_a_patch(layers, side):
    network = PatchDiscriminator(2, width=1, layers=layers, norm="none")
    scores = network(torch.randn(2, 2, 256, 256) * 50)
    assert scores.shape == (2, 1, side, side)
    assert not isinstance(network.model[-1], nn.Sigmoid)


@pytest.mark.parametrize("layers", [-1, 6])
def test_other_depths_are_refused(layers):
    with pytest.raises(ValueError, match=f"layers is {layers}"):
        PatchDiscriminator(layers=layers)


@pytest.mark.parametrize("layers", FIELDS)
def test_receptive_field_by_the_layers(layers):
    for norm in ("batch", "instance", "none"):
        assert receptive_field(PatchDiscriminator(1, width=1, layers=layers, norm=norm)) == FIELDS[layers]


@pytest.mark.parametrize("layers", FIELDS)
def test_receptive_field_by_the_gradient(layers):
    network = PatchDiscriminator(1, width=1, layers=layers, norm="none")
    for parameter in network.parameters():  # all positive: no path cancels another
        nn.init.uniform_(parameter, 0.1, 1.0)
    side = 2 * FIELDS[layers] + 64
    x = torch.rand(1, 1, side, side + 32, requires_grad=True)
    scores = network(x)
    scores[0, 0, scores.shape[2] // 2, scores.shape[3] // 2].backward()
    rows, columns = x.grad[0, 0].nonzero(as_tuple=True)
    assert rows.max() - rows.min() + 1 == FIELDS[layers]
    assert columns.max() - columns.min() + 1 == FIELDS[layers]


def test_receptive_fields_worked_by_hand():
    assert receptive_field(nn.Conv2d(1, 1, 5)) == 5
    assert receptive_field(nn.Sequential(nn.Conv2d(1, 1, 3, dilation=4))) == 9  # (3 − 1)·4 + 1
    assert receptive_field(nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(1, 1, 3))) == 8
    assert receptive_field(nn.Sequential(nn.Conv2d(1, 1, 4, 2), nn.Conv2d(1, 1, 3))) == 8  # (3 − 1)·2 + 4, not 3 + …
    # Four layers of stride 2 are no "70×70".
    four = [nn.Conv2d(1, 1, 4, 2, 1) for _ in range(4)]
    assert receptive_field(nn.Sequential(*four, nn.Conv2d(1, 1, 4, 1, 1))) == 94


@pytest.mark.parametrize("network", [UnetGenerator(levels=3, width=1), nn.ConvTranspose2d(1, 1, 4), nn.Linear(3, 3)])
def test_what_is_no_chain_of_windows_is_refused(network):
    with pytest.raises(ValueError, match="not one number"):
        receptive_field(network)


def test_windows_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match=r"kernel_size \(3, 5\)"):
        receptive_field(nn.Conv2d(1, 1, (3, 5)))


def test_the_condition_matters():
    torch.manual_seed(0)
    network = PatchDiscriminator(6, width=4, layers=1)
    x1, x2, y = torch.randn(3, 1, 3, 32, 32)
    assert not torch.allclose(network(torch.cat([x1, y], 1)), network(torch.cat([x2, y], 1)))
