"""Networks small enough to work a paper's step out by hand, and what the tests of steps ask of real ones."""

import torch
from torch import nn

from course_lib.networks.srresnet import enlarged


class Shifted(nn.Module):
    """G(x) = the bicubic enlargement + b."""

    def __init__(self):
        super().__init__()
        self.b = nn.Parameter(torch.tensor(0.25))

    def forward(self, x):
        return enlarged(x, 4) + self.b


class Recorder(nn.Module):
    """A discriminator with one weight, one score a picture, that writes down what it is shown, and with which weight."""

    def __init__(self, log):
        super().__init__()
        self.w, self.log = nn.Parameter(torch.tensor(0.3)), log

    def forward(self, x):
        self.log.append(("D", x.detach().clone(), self.w.item(), x.requires_grad))
        return self.w * x.mean(dim=(1, 2, 3)).unsqueeze(1) + 0.2


def small_and_large(seed=0, count=2):
    """A batch for ×4: 8 × 8 and 32 × 32 pixels."""
    numbers = torch.Generator().manual_seed(seed)
    return {
        name: torch.rand(count, 3, side, side, generator=numbers) * 2 - 1
        for name, side in (("input", 8), ("target", 32))
    }


def weights(network):
    """A network's parameters as they are now, by name."""
    return {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
