"""Small parts that several networks share."""

import torch
from torch import Tensor, nn
from torch.nn import functional


def make_norm(kind: str, channels: int) -> nn.Module:
    """The normalisation named by a config: "batch" (affine, tracked), "instance" (neither, no parameters) or "none"."""
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "instance":
        return InstanceNorm(channels)
    if kind == "none":
        return nn.Identity()
    raise ValueError(f'norm is {kind!r}; it must be "batch", "instance" or "none".')


class InstanceNorm(nn.InstanceNorm2d):
    """torch's, with the right slope where torch gives a wrong one.

    On the CPU, of a batch of one, torch (2.14 at least) reads a gradient that arrives channels_last as if it were
    contiguous: values are right, what goes back through them is not, and nothing is said. A row of places has no such
    layout.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not x.requires_grad or len(x) > 1 or x.device.type != "cpu":
            return super().forward(x)
        row = functional.instance_norm(x.flatten(2), weight=self.weight, bias=self.bias, eps=self.eps)
        return row.unflatten(2, x.shape[2:])


def init_weights(network: nn.Module, gain: float = 0.02, generator: torch.Generator | None = None) -> None:
    """N(0, 0.02) for convolutions, N(1, 0.02) for batch-norm scales, biases 0:

    pix2pix and CycleGAN, section 7.1 / appendix.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(module.weight, 0.0, gain, generator=generator)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, gain, generator=generator)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def use_own_statistics(network: nn.Module, learn: bool = False) -> None:
    """Batch norms that scale by the mean and variance of what they are shown, and learn from it only if told to.

    pix2pix translates so (section 3.4): with one picture a batch this is an instance norm. Other norms are left alone.
    """
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train()
            module.track_running_stats = learn


def change_of_input(width: int, channels: int) -> nn.Sequential:
    """(B, width + channels, H, W) → (B, channels, H, W): what a generator adds to its input.

    It is shown the last features and the input itself at full size. No tanh: a sum may need any value.
    """
    return nn.Sequential(
        nn.ReLU(inplace=True),
        nn.Conv2d(width + channels, width, 3, 1, 1),
        nn.ReLU(inplace=True),
        nn.Conv2d(width, channels, 3, 1, 1),
    )


class NoiseDropout(nn.Module):
    """Dropout that is the generator's noise, not a regulariser: on in training *and* at inference.

    pix2pix feeds no z; this is all that makes two outputs for one input differ (section 2.1). ``active`` switches it
    off by hand; ``eval()`` does not.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.probability = probability
        self.active = True

    def forward(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.probability, training=self.active)

    def extra_repr(self) -> str:
        return f"p={self.probability}, active={self.active}"


class Generator(nn.Module):
    """A network that translates pictures, (B, in, H, W) → (B, out, H, W), and whose noise, if any, is its dropout.

    Attributes:
        channels: of the pictures it takes and gives.
        multiple: both sides of a picture must be multiples of it …
        smallest: … and at least this, itself a multiple.
    """

    channels: tuple[int, int]
    multiple: int
    smallest: int

    @property
    def noise(self) -> bool:
        """Whether the dropout noise is on."""
        return any(module.active for module in self.modules() if isinstance(module, NoiseDropout))

    @noise.setter
    def noise(self, active: bool) -> None:
        for module in self.modules():
            if isinstance(module, NoiseDropout):
                module.active = active
