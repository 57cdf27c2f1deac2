"""The image transformation network of Johnson et al. 2016 ("Perceptual Losses for Real-Time Style Transfer and
Super-Resolution", supplementary material, table 1), with what was found soon after: instance norm (Ulyanov et al. 2016)
and enlarging before convolving (Odena et al. 2016), which leaves no grid.
"""

from typing import Any

from torch import Tensor, nn

from course_lib.networks.layers import InstanceNorm

STEP = 4  # two strides of 2
# Adam moves all weights of the last kernel alike, and its thousands of inputs are positive: at a rate of 10⁻³ one step
# would move every colour by half of the range. (The authors' code works on 0 to 255, which comes to the same.)
GAIN = 1 / 16
SMALLEST = 8  # the residual blocks' reflection needs two places each way


class StylizationNet(nn.Module):
    """Picture (B, 3, H, W) in [−1, 1] → picture (B, 3, H, W) in [−1, 1]. H and W: multiples of 4, from 8 up.

    Every convolution reflects the picture at its edges: zeros would be a dark frame, which spreads inwards.

    Args:
        width: channels of the first layer (the paper: 32), twice and four times that after the strides.
        blocks: residual blocks at a quarter of the size (the paper: 5).
        ends: side of the first and the last convolution (the paper: 9).
        skip: "photo" adds what is made to the photo before the tanh, so that copying need not be learned first. The photo
            goes through an instance norm of its own, or its brightness and contrast would stay, which the style has
            none of. "none" (the paper's): a longer training.
    """

    def __init__(self, width: int = 32, blocks: int = 5, ends: int = 9, skip: str = "none") -> None:
        super().__init__()
        if skip not in ("none", "photo"):
            raise ValueError(f'skip is {skip!r}; it must be "none" or "photo".')
        self.skip = InstanceNorm(3, affine=True) if skip == "photo" else None
        if self.skip is not None:
            nn.init.constant_(self.skip.weight, 0.5)
        if width < 1 or blocks < 0:
            raise ValueError(f"width is {width} and blocks is {blocks}; they must be 1 or more, and 0 or more.")
        if not 1 <= ends <= 2 * SMALLEST - 1 or ends % 2 == 0:
            raise ValueError(f"ends is {ends}; it must be an odd number from 1 to {2 * SMALLEST - 1}.")
        self.model = nn.Sequential(
            *_normed(_convolution(3, width, ends, bias=False), width),
            *_normed(_convolution(width, 2 * width, 3, bias=False, stride=2), 2 * width),
            *_normed(_convolution(2 * width, 4 * width, 3, bias=False, stride=2), 4 * width),
            *(StyleBlock(4 * width) for _ in range(blocks)),
            nn.Upsample(scale_factor=2, mode="nearest"),
            *_normed(_convolution(4 * width, 2 * width, 3, bias=False), 2 * width),
            nn.Upsample(scale_factor=2, mode="nearest"),
            *_normed(_convolution(2 * width, width, 3, bias=False), width),
            _convolution(width, 3, ends, bias=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        if height % STEP or width % STEP or min(height, width) < SMALLEST:
            raise ValueError(
                f"The picture is {height}×{width}; this network takes multiples of {STEP}, from {SMALLEST} up."
            )
        made = self.model(x) * GAIN
        return (made if self.skip is None else made + self.skip(x)).tanh()


class StyleBlock(nn.Module):
    """x + norm(conv(relu(norm(conv(x))))): nothing after the sum (Gross & Wilber 2016), as in the paper."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_normed(_convolution(channels, channels, 3, bias=False), channels),
            _convolution(channels, channels, 3, bias=False),
            _norm(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _convolution(fan_in: int, out: int, side: int, **options: Any) -> nn.Conv2d:
    return nn.Conv2d(fan_in, out, side, padding=side // 2, padding_mode="reflect", **options)


def _norm(channels: int) -> nn.Module:
    # With a scale and a shift of its own: what contrast and colour a style has is learned here.
    return InstanceNorm(channels, affine=True)


def _normed(convolution: nn.Conv2d, channels: int) -> tuple[nn.Module, ...]:
    return convolution, _norm(channels), nn.ReLU()
