"""DCGAN (Radford, Metz, Chintala 2016): noise → picture, picture → verdict, by strided convolutions alone; with classes
if asked for."""

import itertools
import math

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm as normalised

from course_lib.networks.layers import init_weights, make_norm

SIZES = (8, 16, 32, 64, 128)
CONDITIONS = ("onehot", "embedding", "projection")
EMBEDDING = 16  # learned numbers a class


class DCGANGenerator(nn.Module):
    """z (B, z_dim) [and labels (B,)] → pictures (B, channels, size, size) in [−1, 1].

    Args:
        size: 8, 16, 32, 64 or 128.
        channels: 1 or 3.
        z_dim: numbers in z.
        width: channels of the last hidden layer (the paper: 128); doubled at each halving, up to 8 × width.
        classes: how many; 0: none.
        condition: how the class enters. "onehot": a 1 among zeros beside z. "embedding": learned numbers beside z.
            "projection" (named after its discriminator): a scale and a shift of every normalised channel, learned for
            each class (de Vries et al. 2017; Miyato & Koyama 2018, section 5).
        norm: "batch" (the paper's), "instance" or "none".
        upsample: "transposed" (the paper's) or "resize" (bilinear ×2, then a 3×3 convolution).

    Raises:
        ValueError: a size, a condition, an upsampling or a norm that is not among these.
    """

    def __init__(
        self,
        size: int = 64,
        channels: int = 3,
        z_dim: int = 100,
        width: int = 128,
        classes: int = 0,
        condition: str = "projection",
        norm: str = "batch",
        upsample: str = "transposed",
    ) -> None:
        super().__init__()
        _check(size, classes, condition)
        if upsample not in ("transposed", "resize"):
            raise ValueError(f'upsample is {upsample!r}; it must be "transposed" or "resize".')
        self.size, self.z_dim, self.classes, self.condition = size, z_dim, classes, condition
        beside = {"onehot": classes, "embedding": EMBEDDING, "projection": 0}[condition] if classes else 0
        self.embedding = nn.Embedding(classes, EMBEDDING) if classes and condition == "embedding" else None
        styled = classes if condition == "projection" else 0
        levels = int(math.log2(size // 4))
        wide = [width * min(2 ** (levels - 1 - level), 8) for level in range(levels)]

        self.start = nn.Linear(z_dim + beside, wide[0] * 16)  # a transposed convolution from 1×1 to 4×4 is this
        self.first = ClassNorm(norm, wide[0], styled)
        self.blocks, self.norms = nn.ModuleList(), nn.ModuleList()
        for fan_in, out in itertools.pairwise(wide):
            self.blocks.append(_enlarge(upsample, fan_in, out))
            self.norms.append(ClassNorm(norm, out, styled))
        last = [_enlarge(upsample, wide[-1], channels)]
        if upsample == "resize":  # what was enlarged smoothly gets its fine detail at full size
            last = [_enlarge(upsample, wide[-1], width), nn.ReLU(), nn.Conv2d(width, channels, 3, 1, 1)]
        self.last = nn.Sequential(*last, nn.Tanh())
        init_weights(self)

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:
        if self.classes and self.condition == "onehot":
            z = torch.cat([z, one_hot(labels, self.classes).to(z)], dim=1)
        elif self.embedding is not None:
            z = torch.cat([z, self.embedding(labels).to(z)], dim=1)
        x = torch.relu(self.first(self.start(z).unflatten(1, (-1, 4, 4)), labels))
        for block, norm in zip(self.blocks, self.norms, strict=True):
            x = torch.relu(norm(block(x), labels))
        return self.last(x)


class DCGANDiscriminator(nn.Module):
    """Pictures (B, channels, size, size) [and labels (B,)] → raw scores (B, 1).

    Args:
        size, channels, classes: as the generator's.
        width: channels of the first convolution (the paper's code: 64); doubled at each halving, up to 8 × width.
        condition: how the class enters. "onehot": one constant map a class beside the picture (Mirza & Osindero 2014).
            "embedding": learned numbers as constant maps. "projection": ⟨e_class, φ(x)⟩ is added to the score (Miyato &
            Koyama 2018, eq. 5), φ(x) being all that the last convolution leaves.
        norm: "batch" (the paper's), "instance" or "none".
        spectral_norm: divide every weight by its largest singular value (Miyato et al. 2018).
    """

    def __init__(
        self,
        size: int = 64,
        channels: int = 3,
        width: int = 64,
        classes: int = 0,
        condition: str = "projection",
        norm: str = "batch",
        spectral_norm: bool = False,
    ) -> None:
        super().__init__()
        _check(size, classes, condition)
        self.size, self.classes, self.condition = size, classes, condition
        beside = {"onehot": classes, "embedding": EMBEDDING, "projection": 0}[condition] if classes else 0
        levels = int(math.log2(size // 4))
        wide = [width * min(2**level, 8) for level in range(levels)]
        layers: list[nn.Module] = []
        for level, out in enumerate(wide):
            fan_in = wide[level - 1] if level else channels + beside
            layers.append(nn.Conv2d(fan_in, out, 4, 2, 1))
            if level:  # none on the picture itself
                layers.append(make_norm(norm, out))
            layers.append(nn.LeakyReLU(0.2))
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.score = nn.Linear(wide[-1] * 16, 1)  # the paper's last 4×4 convolution sees all that is left: it is this
        self.embedding = None
        if classes and condition != "onehot":
            self.embedding = nn.Embedding(classes, wide[-1] * 16 if condition == "projection" else EMBEDDING)
        init_weights(self)
        if self.embedding is not None and condition == "projection":
            nn.init.normal_(self.embedding.weight, 0.0, 0.02)
        if spectral_norm:
            for module in self.modules():
                if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding):
                    normalised(module)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        if self.classes and self.condition != "projection":
            numbers = self.embedding(labels) if self.embedding is not None else one_hot(labels, self.classes)
            maps = numbers.to(x)[:, :, None, None].expand(-1, -1, *x.shape[2:])
            x = torch.cat([x, maps], dim=1)
        features = self.features(x)
        score = self.score(features)
        if self.classes and self.condition == "projection":
            assert self.embedding is not None
            score = score + (self.embedding(labels) * features).sum(dim=1, keepdim=True)
        return score


class ClassNorm(nn.Module):
    """A normalisation whose scale and shift belong to the class; without classes the plain one."""

    def __init__(self, kind: str, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = make_norm(kind, channels)
        self.style = nn.Embedding(classes, 2 * channels) if classes else None
        if self.style is not None:
            nn.init.zeros_(self.style.weight)  # every class begins as all others

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        x = self.norm(x)
        if self.style is None:
            return x
        scale, shift = self.style(labels).to(x)[:, :, None, None].chunk(2, dim=1)
        return x * (1 + scale) + shift


def one_hot(labels: Tensor | None, classes: int) -> Tensor:
    """(B,) whole numbers → (B, classes): 1 at the label, 0 elsewhere."""
    assert labels is not None
    return torch.nn.functional.one_hot(labels, classes)


def _enlarge(kind: str, fan_in: int, out: int) -> nn.Module:
    if kind == "transposed":
        return nn.ConvTranspose2d(fan_in, out, 4, 2, 1)
    enlarge = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return nn.Sequential(enlarge, nn.Conv2d(fan_in, out, 3, 1, 1))


def _check(size: int, classes: int, condition: str) -> None:
    if size not in SIZES:
        raise ValueError(f"size is {size}; a DCGAN makes pictures of {', '.join(map(str, SIZES))} pixels.")
    if classes < 0 or classes == 1:
        raise ValueError(f"classes is {classes}; it must be 0 (none), or 2 or more.")
    if condition not in CONDITIONS:
        raise ValueError(f"condition is {condition!r}; there is {', '.join(CONDITIONS)}.")
