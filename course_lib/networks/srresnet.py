"""Super-resolution: SRResNet, the generator that enlarges, and the discriminator of SRGAN (Ledig et al. 2017, fig. 4).

The generator works at the small size and makes pixels of channels at the end (Shi et al. 2016), so that its cost does
not grow with the square of the scale.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from course_lib.networks.layers import make_norm

SCALES = (2, 4)


class EnhancementBlock(nn.Module):
    """x + norm(conv(act(norm(conv(x))))): two 3×3 convolutions with zero padding, nothing after the sum."""

    def __init__(self, width: int, norm: str, activation: str) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1),
            make_norm(norm, width),
            _activation(activation),
            nn.Conv2d(width, width, 3, padding=1),
            make_norm(norm, width),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class SRResNet(nn.Module):
    """Picture (B, 3, H, W) in [−1, 1] → picture (B, 3, scale·H, scale·W), not clipped. Any H and W.

    The defaults are the paper's. The others are what later work found to matter at small cost.

    Args:
        blocks: residual blocks (the paper: 16).
        width: channels (the paper: 64).
        scale: 4 (the paper's) or 2.
        norm: of the blocks, "batch" (the paper's) or "none" (EDSR, Lim et al. 2017: its ranges are the picture's).
        activation: "prelu" (the paper's) or "relu".
        ends: side of the first and the last convolution (the paper: 9).
        tail: "steps" (the paper's: a convolution and a pixel shuffle ×2 until the size is reached, then a convolution
            at full size) or "once" (one convolution and one shuffle: ESPCN, Shi et al. 2016; a quarter of the work).
        skip: "bicubic" adds what is made to the bicubic enlargement (VDSR, Kim et al. 2016); "none" (the paper's).

    Attributes:
        reach: small pixels around a place, on each side, that its answer depends on.
    """

    def __init__(
        self,
        blocks: int = 16,
        width: int = 64,
        scale: int = 4,
        norm: str = "batch",
        activation: str = "prelu",
        ends: int = 9,
        tail: str = "steps",
        skip: str = "none",
    ) -> None:
        super().__init__()
        _check(blocks, width, scale, ends, tail, skip)
        self.scale, self.skip = scale, skip
        self.head = nn.Sequential(nn.Conv2d(3, width, ends, padding=ends // 2), _activation(activation))
        self.blocks = nn.Sequential(*(EnhancementBlock(width, norm, activation) for _ in range(blocks)))
        self.after = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), make_norm(norm, width))
        self.tail = nn.Sequential(*_tail(tail, width, scale, activation, ends))
        # Two convolutions a block, one each before and after them; of the tail's the first alone counts whole.
        self.reach = ends // 2 + 2 * blocks + 1 + (1 if tail == "once" else 2 + ends // 2)
        self._init()

    def _init(self) -> None:
        """He et al. 2015, with blocks that begin near the identity where no norm tames them, and a tail near zero."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, a=0.2)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
        with torch.no_grad():
            bodies = [block.body for block in self.modules() if isinstance(block, EnhancementBlock)]
            for layers in (self.tail, *bodies):
                last = [layer for layer in layers if isinstance(layer, nn.Conv2d)][-1]
                last.weight *= 0.1

    def forward(self, x: Tensor) -> Tensor:
        first = self.head(x)
        made = self.tail(first + self.after(self.blocks(first)))
        return made + enlarged(x, self.scale) if self.skip == "bicubic" else made


def enlarged(x: Tensor, scale: int) -> Tensor:
    """Bicubic enlargement (Keys' kernel with a = −½, as MATLAB's, Pillow's and the benchmarks'): the baseline."""
    # Without antialias torch's kernel is another one, a = −¾.
    return functional.interpolate(x, scale_factor=scale, mode="bicubic", antialias=True, align_corners=False)


def _check(blocks: int, width: int, scale: int, ends: int, tail: str, skip: str) -> None:
    if blocks < 1 or width < 1:
        raise ValueError(f"blocks is {blocks} and width is {width}; both must be 1 or more.")
    if scale not in SCALES:
        raise ValueError(f"scale is {scale}; it must be 2 or 4.")
    if ends < 1 or ends % 2 == 0:
        raise ValueError(f"ends is {ends}; it must be an odd number, so that pictures keep their size.")
    if tail not in ("steps", "once"):
        raise ValueError(f'tail is {tail!r}; it must be "steps" or "once".')
    if skip not in ("none", "bicubic"):
        raise ValueError(f'skip is {skip!r}; it must be "none" or "bicubic".')


def _activation(kind: str) -> nn.Module:
    if kind == "prelu":
        return nn.PReLU()
    if kind == "relu":
        return nn.ReLU()
    raise ValueError(f'activation is {kind!r}; it must be "prelu" or "relu".')


def _tail(kind: str, width: int, scale: int, activation: str, ends: int) -> list[nn.Module]:
    if kind == "once":
        return [nn.Conv2d(width, 3 * scale**2, 3, padding=1), nn.PixelShuffle(scale)]
    layers: list[nn.Module] = []
    for _ in range(scale // 2):
        layers += [nn.Conv2d(width, 4 * width, 3, padding=1), nn.PixelShuffle(2), _activation(activation)]
    return [*layers, nn.Conv2d(width, 3, ends, padding=ends // 2)]


def take_weights(network: nn.Module, trained: nn.Module) -> None:
    """Gives a network a trained one's weights; from another scale all but the tail, as EDSR's ×4 began with its ×2.

    Raises:
        RuntimeError: the networks differ in more than their scale.
    """
    weights = trained.state_dict()
    if isinstance(network, SRResNet) and isinstance(trained, SRResNet) and network.scale != trained.scale:
        tail = {name: value for name, value in network.state_dict().items() if name.startswith("tail.")}
        weights = {name: value for name, value in weights.items() if not name.startswith("tail.")} | tail
    network.load_state_dict(weights)


class SRDiscriminator(nn.Module):
    """Picture (B, 3, size, size) in [−1, 1] → logits (B, 1): is it a photo at full resolution?

    Eight 3×3 convolutions, every second one of stride 2 and every second one with twice the channels, LeakyReLU 0.2,
    then two dense layers (Ledig et al. 2017, fig. 4). The paper ends in a sigmoid; here that is part of the loss.

    Args:
        size: side of the pictures (the paper: 96), a multiple of 16.
        width: channels of the first convolution (the paper: 64); they grow to eight times that.
        norm: of all convolutions but the first, "batch" (the paper's), "instance" or "none".
        dense: units of the first dense layer (the paper: 1024).
    """

    def __init__(self, size: int = 96, width: int = 64, norm: str = "batch", dense: int = 1024) -> None:
        super().__init__()
        if size < 16 or size % 16:
            raise ValueError(f"size is {size}; it must be a multiple of 16, from 16 up.")
        self.size = size
        layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), nn.LeakyReLU(0.2)]
        channels = width
        for index in range(1, 8):
            out = width * 2 ** (index // 2)
            layers += [
                nn.Conv2d(channels, out, 3, stride=1 + index % 2, padding=1, bias=norm != "batch"),
                make_norm(norm, out),
                nn.LeakyReLU(0.2),
            ]
            channels = out
        self.features = nn.Sequential(*layers)
        self.decide = nn.Sequential(
            nn.Flatten(), nn.Linear(channels * (size // 16) ** 2, dense), nn.LeakyReLU(0.2), nn.Linear(dense, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-2:] != (self.size, self.size):
            raise ValueError(
                f"This discriminator takes {self.size}×{self.size} pictures, not {x.shape[-2]}×{x.shape[-1]}."
            )
        return self.decide(self.features(x))
