"""The U-Net generator of pix2pix (Isola et al.

2017, section 6.1.1): an encoder, a decoder, and a skip at every level.
"""

import torch
from torch import Tensor, nn

from course_lib.networks.layers import Generator, NoiseDropout, change_of_input, init_weights, make_norm

LEVELS = {128: 7, 256: 8}


class UnetGenerator(Generator):
    """Picture (B, in, H, W) in [−1, 1] → picture (B, out, H, W) in [−1, 1]. H and W: multiples of 2**levels.

    Args:
        levels: how often the picture is halved. 8 takes 256² to 1×1 (the paper's), 7 takes 128² there.
        width: channels of the first level (the paper: 64); doubled up to 8 × width.
        norm: "batch" (the paper's; at batch size 1 it *is* an instance norm) or "instance".
        dropout: probability in the inner decoder blocks, the only source of noise. 0 makes the network deterministic.
        upsample: "transposed" (the paper's 4×4 transposed convolution) or "resize" (bilinear ×2, then a 3×3
            convolution: nothing overlaps unevenly, hence no checkerboard; Odena et al. 2016). With "resize" the last
            block has one more 3×3 convolution at full size: what was enlarged smoothly gets its fine detail there.
        global_skip: the last block also sees the picture itself at full size, and what it makes is *added* to the
            picture (no tanh; clipped to [−1, 1] in eval mode). Lines that input and output share need not pass the
            bottleneck. Asks for in_channels = out_channels and upsample = "resize".

    ``network.noise = False`` switches the noise off; ``eval()`` alone does not, as in the paper ("we apply dropout at
    test time").
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        levels: int = 8,
        width: int = 64,
        norm: str = "batch",
        dropout: float = 0.5,
        upsample: str = "transposed",
        global_skip: bool = False,
    ) -> None:
        super().__init__()
        if global_skip and (in_channels != out_channels or upsample != "resize"):
            raise ValueError(
                f"global_skip adds the output to the input: it needs as many channels in as out (here {in_channels} and "
                f'{out_channels}) and upsample = "resize" (here {upsample!r}).'
            )
        self.global_skip = global_skip
        if levels < 3:
            raise ValueError(f"levels is {levels}; a U-Net needs at least 3.")
        if upsample not in ("transposed", "resize"):
            raise ValueError(f'upsample is {upsample!r}; it must be "transposed" or "resize".')
        self.levels, self.channels = levels, (in_channels, out_channels)
        self.multiple = self.smallest = 2**levels
        bias = norm != "batch"  # batch norm has its own bias
        channels = [width * min(2**level, 8) for level in range(levels)]

        self.down = nn.ModuleList()
        for level, out in enumerate(channels):
            # No norm on the picture itself, none on the 1×1 bottleneck (there it would erase everything).
            outermost, innermost = level == 0, level == levels - 1
            layers: list[nn.Module] = [] if outermost else [nn.LeakyReLU(0.2, inplace=True)]
            layers.append(nn.Conv2d(in_channels if outermost else channels[level - 1], out, 4, 2, 1, bias=bias))
            if not (outermost or innermost):
                layers.append(make_norm(norm, out))
            self.down.append(nn.Sequential(*layers))

        # up[level] leads from level + 1 back to level; all but the innermost receive the skip, hence 2×.
        self.up = nn.ModuleList()
        for level in range(levels):
            outermost, innermost = level == 0, level == levels - 1
            fan_in = channels[level] * (1 if innermost else 2)
            out = out_channels if outermost else channels[level - 1]
            if outermost and upsample == "resize":
                layers = [nn.ReLU(inplace=True), *_upsampling(upsample, fan_in, width, bias=True)]
                if not global_skip:
                    layers += [nn.ReLU(inplace=True), nn.Conv2d(width, out, 3, 1, 1), nn.Tanh()]
                self.up.append(nn.Sequential(*layers))
                continue
            layers = [nn.ReLU(inplace=True), *_upsampling(upsample, fan_in, out, bias or outermost)]
            if outermost:
                layers.append(nn.Tanh())
            else:
                layers.append(make_norm(norm, out))
            # The innermost-but-one blocks, as many as there are extra 8×-wide levels (3 of them at 256²).
            if dropout and 4 <= level < levels - 1:
                layers.append(NoiseDropout(dropout))
            self.up.append(nn.Sequential(*layers))
        if global_skip:
            self.change = change_of_input(width, in_channels)
        init_weights(self)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        if height % self.multiple or width % self.multiple:
            raise ValueError(
                f"The picture is {height}×{width}; a U-Net of {self.levels} levels takes multiples of {self.multiple}."
            )
        picture, skips = x, []
        for down in self.down:
            x = down(x)
            skips.append(x)
        x = self.up[-1](skips.pop())
        for up in reversed(self.up[:-1]):
            x = up(torch.cat([skips.pop(), x], dim=1))
        if not self.global_skip:
            return x
        changed = picture + self.change(torch.cat([x, picture], dim=1))
        return changed if self.training else changed.clamp(-1, 1)


def _upsampling(kind: str, fan_in: int, out: int, bias: bool) -> list[nn.Module]:
    if kind == "transposed":
        return [nn.ConvTranspose2d(fan_in, out, 4, 2, 1, bias=bias)]
    enlarge = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return [enlarge, nn.Conv2d(fan_in, out, 3, 1, 1, bias=bias)]
