"""The copying start: the picture comes out as it went in, and everything can still be learned."""

import pytest
import torch

from course_lib.networks import ResnetGenerator
from course_lib.networks.copying import GAIN, copying_start


def copier(**arguments):
    torch.manual_seed(3)
    network = ResnetGenerator(**{"blocks": 2, "width": 16, "norm": "none"} | arguments)
    copying_start(network)
    return network


@pytest.mark.parametrize("shape", [(2, 3, 16, 24), (1, 3, 8, 12)])
def test_output_is_the_squashed_input_to_float_precision(shape):
    picture = torch.rand(shape, generator=torch.Generator().manual_seed(0)) * 2 - 1
    torch.testing.assert_close(copier(width=20)(picture), torch.tanh(GAIN * picture), atol=2e-6, rtol=0)


def test_a_step_moves_the_blocks_away_from_the_copy():
    network = copier()
    picture = torch.rand(1, 3, 16, 16) * 2 - 1
    (network(picture) + 1).square().mean().backward()
    ends = [block.conv_block[-2].weight.grad for block in network.model if hasattr(block, "conv_block")]
    assert len(ends) == 2
    assert all(gradient.abs().sum() > 0 for gradient in ends)


@pytest.mark.parametrize("wrong", [{"norm": "instance"}, {"upsample": "resize"}, {"width": 8}])
def test_other_networks_are_refused(wrong):
    with pytest.raises(ValueError, match="16 filters"):
        copier(**wrong)
