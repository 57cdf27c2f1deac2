"""The patch discriminator of pix2pix and CycleGAN: a matrix of verdicts, one for each patch of the picture."""

from typing import Any

from torch import Tensor, nn

from course_lib.networks.layers import init_weights, make_norm


def most_layers(size: int) -> int:
    """How many stride-2 layers fit a picture of that side: behind them 3×3 places at least are left, so that the norm
    after the next convolution has more than one to look at, and the last one has an answer."""
    return max(0, (size // 3).bit_length() - 1)


class PatchDiscriminator(nn.Module):
    """Picture (B, in, H, W) → scores (B, 1, h, w), raw: no sigmoid, any real number.

    Args:
        in_channels: 3, or input and output together (6) for a conditional discriminator.
        width: channels of the first convolution (the paper: 64); doubled up to 8 × width.
        layers: stride-2 convolutions. 0 is the 1×1 "pixel" discriminator; 1…5 see patches of 16, 34, 70, 142, 286
            pixels (Isola et al. 2017, section 6.1.2).
        norm: "batch" (pix2pix), "instance" (CycleGAN) or "none".
    """

    def __init__(self, in_channels: int = 6, width: int = 64, layers: int = 3, norm: str = "batch") -> None:
        super().__init__()
        if not 0 <= layers <= 5:
            raise ValueError(f"layers is {layers}; a patch discriminator has 0 to 5.")
        bias = norm != "batch"  # batch norm has its own bias
        if layers == 0:
            self.model = nn.Sequential(
                nn.Conv2d(in_channels, width, 1),
                nn.LeakyReLU(0.2, inplace=True),
                nn.Conv2d(width, 2 * width, 1, bias=bias),
                make_norm(norm, 2 * width),
                nn.LeakyReLU(0.2, inplace=True),
                nn.Conv2d(2 * width, 1, 1, bias=bias),
            )
        else:
            parts: list[nn.Module] = [nn.Conv2d(in_channels, width, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
            fan_in = width
            for layer in range(1, layers + 1):
                out = width * min(2**layer, 8)
                stride = 2 if layer < layers else 1
                parts += [
                    nn.Conv2d(fan_in, out, 4, stride, 1, bias=bias),
                    make_norm(norm, out),
                    nn.LeakyReLU(0.2, inplace=True),
                ]
                fan_in = out
            self.model = nn.Sequential(*parts, nn.Conv2d(fan_in, 1, 4, 1, 1))
        init_weights(self)

    def forward(self, x: Tensor, inner: bool = False) -> Any:
        """The scores; with ``inner``, (scores, [what each activation before them gave, from the picture on])."""
        if not inner:
            return self.model(x)
        seen = []
        for layer in self.model:
            x = layer(x)
            if isinstance(layer, nn.LeakyReLU):
                seen.append(x)
        return x, seen
