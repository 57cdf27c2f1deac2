"""KID-VGG: how far two sets of pictures are apart in features, when no picture has one right answer.

The kernel inception distance (Bińkowski et al. 2018) with the course's VGG-16 instead of Inception. Its numbers are
its own: never put them beside a paper's KID. It sees artefacts (a checkerboard) before content, so read it next to a
classifier's verdict or your eyes, never alone.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.metrics.checks import check_pictures
from course_lib.networks.vgg import VGGFeatures

LAYER = "relu4_3"
# Samples a side below which no interval is given: a bootstrap of two samples is those two again, and of a few nearly
# so.
FEWEST = 10


@dataclass(frozen=True)
class KID:
    """A KID-VGG with its 95 % bootstrap interval. Raw, not times 100; about 0, or a little below, if nothing differs.

    ``low`` and ``high`` are None where a side has fewer than ten different samples: such a bootstrap says nothing.

    The scale: the kernel of a vector with itself is 8, of two without anything in common 1, so no distance passes 14.
    """

    value: float
    low: float | None
    high: float | None

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3f} (too few different samples for an interval)"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def feature_kid(a: Tensor, b: Tensor, *, resamples: int = 1000, seed: int = 0) -> KID:
    """KID-VGG of two sets of pictures.

    Args:
        a, b: RGB (N, 3, H, W) in [0, 1], N ≥ 2; the two sets may differ in N, and should not in size.
        resamples, seed: of the bootstrap.

    Raises:
        CourseError: not such pictures, or too few.
    """
    check_pictures(a, "first pictures", at_least=2)
    check_pictures(b, "second pictures", at_least=2)
    x, y = kid_features(a), kid_features(b)
    return kid_from_features(x, y, resamples=resamples, seed=seed)


def real_against_real(real: Tensor, *, resamples: int = 1000, seed: int = 0) -> KID:
    """KID-VGG between the two halves of one set, split at random by ``seed``: what "no difference" looks like with
    half as many pictures. Takes (N, 3, H, W) as above, N ≥ 4."""
    check_pictures(real, "real pictures", at_least=4)
    return halves_from_features(kid_features(real, "real pictures"), resamples=resamples, seed=seed)


@torch.no_grad()
def kid_features(images: Tensor, name: str = "pictures", batch: int = 16) -> Tensor:
    """(N, 3, H, W) in [0, 1] → (N, 512): global average of relu4_3, each vector scaled to unit root-mean-square.

    Float64 on the CPU; the network runs where the pictures are, a batch at a time. Pictures at least 8×8.
    """
    check_pictures(images, name)
    network = VGGFeatures([LAYER]).to(images.device)
    parts = [network(part.float())[LAYER].mean(dim=(2, 3)).double().cpu() for part in images.split(batch)]
    features = torch.cat(parts)
    return features / features.square().mean(dim=1, keepdim=True).sqrt()


def kid_from_features(x: Tensor, y: Tensor, *, resamples: int = 1000, seed: int = 0) -> KID:
    """The unbiased squared maximum mean discrepancy of (N, d) and (M, d) with the kernel (x·y/d + 1)³.

    Gretton et al. 2012, eq. 3; pairs of a sample with itself are left out. The bootstrap draws both sets anew, with
    replacement, and leaves out pairs of a sample with its own copy too: counted in, they would push every resampled
    value up. Percentiles 2.5 and 97.5 of ``resamples`` draws; none with fewer than ten different samples a side: copies of
    a few pictures are no larger sample of anything.

    Raises:
        CourseError: shapes do not fit, fewer than two samples, NaN, or no resamples.
    """
    for features in (x, y):
        if features.ndim != 2 or features.shape[1] != x.shape[1] or len(features) < 2:
            shapes = f"{tuple(x.shape)} and {tuple(y.shape)}"
            raise CourseError(f"KID compares features (N, d) and (M, d) with N, M ≥ 2; these are {shapes}.")
        if not torch.isfinite(features).all():
            raise CourseError("The features hold NaN or infinity.")
    if resamples < 1:
        raise CourseError(f"The bootstrap needs at least one resample, not {resamples}.")
    p, q = x.detach().cpu().double().numpy(), y.detach().cpu().double().numpy()
    within_p, within_q, across = _kernel(p, p), _kernel(q, q), _kernel(p, q)
    np.fill_diagonal(within_p, 0)
    np.fill_diagonal(within_q, 0)

    def distance(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        # u (R, N) and v (R, M) count how often each sample is drawn; Σ u_i u_j over i ≠ j is (Σu)² − Σu².
        pp = np.einsum("ri,ri->r", u @ within_p, u) / (u.sum(1) ** 2 - (u**2).sum(1))
        qq = np.einsum("ri,ri->r", v @ within_q, v) / (v.sum(1) ** 2 - (v**2).sum(1))
        pq = np.einsum("ri,ri->r", u @ across, v) / (u.sum(1) * v.sum(1))
        return pp + qq - 2 * pq

    value = distance(np.ones((1, len(p))), np.ones((1, len(q))))[0]
    if min(_different(p), _different(q)) < FEWEST:
        return KID(float(value), None, None)
    random = np.random.default_rng(seed)
    u, v = _draws(random, len(p), resamples), _draws(random, len(q), resamples)
    low, high = np.percentile(distance(u, v), [2.5, 97.5])
    return KID(float(value), float(low), float(high))


def halves_from_features(features: Tensor, *, resamples: int = 1000, seed: int = 0) -> KID:
    """KID between two random halves of (N, d) features, N ≥ 4."""
    if len(features) < 4:
        raise CourseError(f"Halves of {len(features)} samples are too small to compare; at least 4 samples are needed.")
    order = torch.randperm(len(features), generator=torch.Generator().manual_seed(seed))
    half = len(features) // 2
    return kid_from_features(features[order[:half]], features[order[half:]], resamples=resamples, seed=seed)


def _different(features: np.ndarray) -> int:
    """How many of the samples are no copies of each other; the last digits of float32 do not count."""
    return len(np.unique(features.round(5), axis=0))


def _kernel(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    return (p @ q.T / p.shape[1] + 1) ** 3


def _draws(random: np.random.Generator, n: int, resamples: int) -> np.ndarray:
    return random.multinomial(n, np.full(n, 1 / n), size=resamples).astype(float)
