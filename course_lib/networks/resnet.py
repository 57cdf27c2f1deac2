"""The residual generator of CycleGAN (Zhu et al. 2017, appendix 7.2; after Johnson et al. 2016): no U-Net, no skips to
the decoder.

Layers stand in one sequence, numbered as in the official code, so that its checkpoints need no table of names.
"""

import torch
from torch import Tensor, nn

from course_lib.networks.layers import Generator, NoiseDropout, change_of_input, init_weights, make_norm


class ResidualBlock(nn.Module):
    """x + conv(relu(norm(conv(x)))) with a norm after the second convolution and nothing after the sum.

    Both convolutions are 3×3 with reflection padding and keep (B, channels, H, W).
    """

    def __init__(self, channels: int, norm: str = "instance", dropout: float = 0.0) -> None:
        super().__init__()
        bias = norm != "batch"  # batch norm has its own bias
        self.conv_block = nn.Sequential(
            *(
                nn.ReflectionPad2d(1),
                nn.Conv2d(channels, channels, 3, bias=bias),
                make_norm(norm, channels),
                nn.ReLU(inplace=True),
            ),
            *([NoiseDropout(dropout)] if dropout else []),
            *(nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), make_norm(norm, channels)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class ResnetGenerator(Generator):
    """Picture (B, in, H, W) in [−1, 1] → picture (B, out, H, W) in [−1, 1]. H and W: multiples of
    2**n_down, from 8 up.

    Args:
        blocks: residual blocks at the smallest size (the paper: 6 at 128², 9 at 256² and above).
        width: channels of the first layer (the paper: 64), doubled at each halving.
        n_down: how often the picture is halved before the blocks, and doubled after them (the paper: 2). 1 keeps four
            times as many places in the blocks, at half the channels: for small pictures, at about the same cost.
        norm: "instance" (the paper's), "batch" or "none".
        dropout: probability inside the residual blocks, as noise (the official code's option; 0 in its CycleGAN).
        upsample: "transposed" (the paper's 3×3 convolutions of stride ½) or "resize" (bilinear ×2, then a 3×3
            convolution: nothing overlaps unevenly, hence no checkerboard; Odena et al. 2016).
        global_skip: what the network makes of its last features and of the picture itself is *added* to the picture (no
            tanh; clipped to [−1, 1] in eval mode). Asks for in_channels = out_channels.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        blocks: int = 9,
        width: int = 64,
        norm: str = "instance",
        dropout: float = 0.0,
        upsample: str = "transposed",
        n_down: int = 2,
        global_skip: bool = False,
    ) -> None:
        super().__init__()
        if n_down < 1:
            raise ValueError(f"n_down is {n_down}; a residual generator needs at least 1.")
        if blocks < 1:
            raise ValueError(f"blocks is {blocks}; a residual generator needs at least 1.")
        if upsample not in ("transposed", "resize"):
            raise ValueError(f'upsample is {upsample!r}; it must be "transposed" or "resize".')
        if global_skip and in_channels != out_channels:
            raise ValueError(
                "global_skip adds the output to the input: it needs as many channels in as out (here "
                f"{in_channels} and {out_channels})."
            )
        self.global_skip = global_skip
        self.channels, self.n_down = (in_channels, out_channels), n_down
        self.multiple, self.smallest = 2**n_down, max(8, 2**n_down)
        widths = [width * 2**level for level in range(n_down + 1)]
        bias = norm != "batch"
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(in_channels, width, 7, bias=bias)]  # c7s1-64
        layers += [make_norm(norm, width), nn.ReLU(inplace=True)]
        for fan_in in widths[:-1]:  # d128, d256
            layers += [
                nn.Conv2d(fan_in, 2 * fan_in, 3, 2, 1, bias=bias),
                make_norm(norm, 2 * fan_in),
                nn.ReLU(inplace=True),
            ]
        layers += [ResidualBlock(widths[-1], norm, dropout) for _ in range(blocks)]  # R256 …
        for fan_in in widths[:0:-1]:  # u128, u64
            layers += [
                _enlarging(upsample, fan_in, fan_in // 2, bias),
                make_norm(norm, fan_in // 2),
                nn.ReLU(inplace=True),
            ]
        if global_skip:
            self.change = change_of_input(width, in_channels)
        else:
            layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, out_channels, 7), nn.Tanh()]  # c7s1-3
        self.model = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        if height % self.multiple or width % self.multiple or min(height, width) < self.smallest:
            raise ValueError(
                f"The picture is {height}×{width}; this residual generator takes multiples of {self.multiple}, "
                f"from {self.smallest} up."
            )
        if not self.global_skip:
            return self.model(x)
        changed = x + self.change(torch.cat([self.model(x), x], dim=1))
        return changed if self.training else changed.clamp(-1, 1)


def _enlarging(kind: str, fan_in: int, out: int, bias: bool) -> nn.Module:
    if kind == "transposed":
        return nn.ConvTranspose2d(fan_in, out, 3, 2, 1, output_padding=1, bias=bias)
    enlarge = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return nn.Sequential(enlarge, nn.Conv2d(fan_in, out, 3, 1, 1, bias=bias))
