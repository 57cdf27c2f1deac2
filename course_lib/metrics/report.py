"""The figures of a model card, on validation pairs: is it near the right answer, and does it look real?"""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from torch import Tensor

from course_lib.metrics.checks import check_pair, check_pictures
from course_lib.metrics.colour import chroma, chroma_relative
from course_lib.metrics.kid import KID, halves_from_features, kid_features, kid_from_features
from course_lib.metrics.pairwise import l1, psnr_y, ssim_y
from course_lib.metrics.perceptual import vgg_distance
from course_lib.metrics.spectrum import is_flat, lattice_share, sharpness_relative


@dataclass(frozen=True)
class PairsReport:
    """Means over the pairs. Lower is better for L1, KID and features, higher for PSNR and SSIM; sharpness and chroma are best near 1."""

    pairs: int
    size: tuple[int, int]  # height, width
    l1: float  # on the networks' scale, [−1, 1]: the number under λ in the loss
    psnr: float  # dB, luma, no border cut
    ssim: float  # luma, no border cut
    kid_vgg: KID | None  # generated against real; None: a single pair
    kid_vgg_real: KID | None  # one half of the real ones against the other; None: fewer than four
    sharpness: float | None  # high-frequency power relative to real; None: the real ones are flat
    lattice: float | None  # share of that power on a grid of period 2 or 4; None: sides are no multiples of 4, or flat
    lattice_real: float | None  # the same of the real ones
    features: float  # perceptual distance to the truth in VGG features
    chroma: float | None  # how colourful, relative to real; None: the real ones are grey

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, as a card stores them. The PSNR of equal pictures is None: JSON has no infinity."""
        return {**asdict(self), "size": list(self.size), "psnr": self.psnr if isfinite(self.psnr) else None}

    def lines(self) -> list[str]:
        """A line per figure, for a terminal."""
        return [
            f"pairs                 {self.pairs} of {self.size[1]}×{self.size[0]}",
            f"L1 (of [−1, 1])       {self.l1:.4f}",
            f"PSNR (luma)           {self.psnr:.2f} dB",
            f"SSIM (luma)           {self.ssim:.4f}",
            f"KID-VGG [95 %]        {self.kid_vgg or '–'}",
            f"  real against real   {self.kid_vgg_real or '–'}",
            f"high-frequency power  {'–' if self.sharpness is None else f'{self.sharpness:.3f} of real'}",
            f"  on a grid           {_share(self.lattice)} (real: {_share(self.lattice_real)})",
            f"VGG distance          {self.features:.4f}",
            f"chroma                {'–' if self.chroma is None else f'{self.chroma:.3f} of real'}",
        ]


def pairs_report(
    generated: Tensor, real: Tensor, *, real_features: Tensor | None = None, resamples: int = 1000, seed: int = 0
) -> PairsReport:
    """Measures generated pictures against the real ones of the same pairs.

    Args:
        generated, real: RGB (N, 3, H, W) in [0, 1], in the same order, of at least 16×16 pixels.
        real_features: ``kid_features(real)``, where they are known already.
        resamples, seed: of KID's bootstrap and of the split into halves.

    Raises:
        CourseError: not such pictures, none, or shapes differ.
    """
    check_pictures(generated, "generated pictures")
    check_pictures(real, "real pictures")
    check_pair(generated, real)
    sharpness = (
        None if is_flat(real) else sharpness_relative(generated, real)
    )  # first: quick, and refuses the too small
    fake_features = kid_features(generated)
    real_features = kid_features(real) if real_features is None else real_features
    bootstrap = {"resamples": resamples, "seed": seed}
    return PairsReport(
        pairs=len(real),
        size=(real.shape[2], real.shape[3]),
        l1=2 * l1(generated, real).mean().item(),
        psnr=psnr_y(generated, real, border=0).mean().item(),
        ssim=ssim_y(generated, real, border=0).mean().item(),
        kid_vgg=kid_from_features(fake_features, real_features, **bootstrap) if len(real) > 1 else None,
        kid_vgg_real=halves_from_features(real_features, **bootstrap) if len(real) >= 4 else None,
        sharpness=sharpness,
        lattice=_lattice(generated),
        lattice_real=_lattice(real),
        features=vgg_distance(generated, real, border=0).mean().item(),
        chroma=chroma_relative(generated, real) if chroma(real).any() else None,
    )


def _lattice(pictures: Tensor) -> float | None:
    """Mean over the pictures that have any fine power."""
    if any(side % 4 for side in pictures.shape[2:]):
        return None
    share = lattice_share(pictures).nanmean().item()
    return share if isfinite(share) else None


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
