"""What is measured on a translator without pairs: does the answer look like the other domain, and can one come back?"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from course_lib.errors import CourseError
from course_lib.losses import feature_reconstruction_loss
from course_lib.metrics.classifier import LARGEST, classify, train_classifier
from course_lib.metrics.kid import KID, halves_from_features, kid_features, kid_from_features
from course_lib.metrics.pairwise import l1, ssim_y
from course_lib.networks.vgg import VGGFeatures

EPOCHS = 15  # of the classifier, where the domains are easy to tell apart
FEATURES = "relu3_3"  # of the distance between a translation and its true counterpart


@dataclass(frozen=True)
class Distance:
    """How far pictures are from their true counterparts:

    L1 on [−1, 1] and feature distance (low is near), SSIM (high).
    """

    l1: float
    ssim: float
    features: float


@dataclass(frozen=True)
class DirectionReport:
    """One direction, source → target, on held-out pictures."""

    pictures: int
    called_target: float  # share of translations that the classifier calls the target domain
    untranslated_called_target: float  # the same of the sources as they are
    real_called_target: float  # the same of real targets: more cannot be asked for
    reconstruction_l1: float  # there and back, on [−1, 1]
    kid_vgg: KID  # translations against real targets
    kid_vgg_untranslated: KID  # sources against real targets
    kid_vgg_real: KID  # one half of the real targets against the other
    truth: Distance | None  # translations against their true counterparts, where these are known
    truth_untranslated: Distance | None  # the same of the sources as they are


@dataclass(frozen=True)
class DomainsReport:
    """Both directions, and what the classifier is worth: its accuracy on held-out real pictures."""

    classifier_accuracy: float
    AtoB: DirectionReport
    BtoA: DirectionReport

    def to_json(self) -> dict[str, Any]:
        """Plain values, as a card stores them."""
        return asdict(self)


def train_domain_classifier(a: Tensor, b: Tensor, seed: int = 0, epochs: int = EPOCHS) -> torch.nn.Module:
    """A classifier of the two domains, trained on real pictures (N, 3, H, W) in [−1, 1] of A (class 0) and B (class
    1).
    """
    labels = torch.cat([torch.zeros(len(a)), torch.ones(len(b))]).long()
    return train_classifier(_small(torch.cat([a, b])), labels, classes=2, epochs=epochs, seed=seed, flip=True)


def domains_report(
    classifier: torch.nn.Module,
    real: dict[str, Tensor],
    made: dict[str, Tensor],
    back: dict[str, Tensor],
    *,
    paired: bool,
) -> DomainsReport:
    """Measures both directions.

    Args:
        classifier: from ``train_domain_classifier``, on pictures that are not among these.
        real: {"A", "B"}: held-out pictures (N, 3, H, W) in [−1, 1].
        made: {"A": F(b), "B": G(a)}; back: {"A": F(G(a)), "B": G(F(b))}.
        paired: picture i of A and picture i of B show the same thing, so that the truth is known.

    Raises:
        CourseError: a translation has another shape than its source, or pairs differ in number.
    """
    for name, other in (("A", "B"), ("B", "A")):
        if made[other].shape != real[name].shape or back[name].shape != real[name].shape:
            raise CourseError(
                f"{name} has shape {tuple(real[name].shape)}, its translation {tuple(made[other].shape)} "
                f"and its reconstruction {tuple(back[name].shape)}; they must be equal."
            )
    if paired and len(real["A"]) != len(real["B"]):
        raise CourseError(f"Pairs were announced, but A has {len(real['A'])} pictures and B {len(real['B'])}.")
    features = {name: kid_features((pictures + 1) / 2) for name, pictures in real.items()}
    right = [classify(classifier, _small(real[name])) == label for label, name in enumerate("AB")]
    return DomainsReport(
        classifier_accuracy=torch.cat(right).double().mean().item(),
        AtoB=_direction(classifier, real, made["B"], back["A"], features, "A", "B", paired),
        BtoA=_direction(classifier, real, made["A"], back["B"], features, "B", "A", paired),
    )


def _direction(
    classifier: torch.nn.Module,
    real: dict[str, Tensor],
    made: Tensor,
    back: Tensor,
    features: dict[str, Tensor],
    source: str,
    target: str,
    paired: bool,
) -> DirectionReport:
    label = "AB".index(target)
    return DirectionReport(
        pictures=len(made),
        called_target=(classify(classifier, _small(made)) == label).double().mean().item(),
        untranslated_called_target=(classify(classifier, _small(real[source])) == label).double().mean().item(),
        real_called_target=(classify(classifier, _small(real[target])) == label).double().mean().item(),
        reconstruction_l1=(back - real[source]).abs().mean().item(),
        kid_vgg=kid_from_features(kid_features((made + 1) / 2), features[target]),
        kid_vgg_untranslated=kid_from_features(features[source], features[target]),
        kid_vgg_real=halves_from_features(features[target]),
        truth=distance(made, real[target]) if paired else None,
        truth_untranslated=distance(real[source], real[target]) if paired else None,
    )


@torch.no_grad()
def distance(made: Tensor, truth: Tensor) -> Distance:
    """How far pictures (N, 3, H, W) in [−1, 1] are from their counterparts, averaged over the pictures."""
    made, truth = (made + 1) / 2, (truth + 1) / 2
    network = VGGFeatures([FEATURES])
    parts = [
        feature_reconstruction_loss(network(x)[FEATURES], network(y)[FEATURES]) * len(x)
        for x, y in zip(made.split(16), truth.split(16), strict=True)
    ]
    return Distance(
        l1=2 * l1(made, truth).mean().item(),
        ssim=ssim_y(made, truth, border=0).mean().item(),
        features=torch.stack(parts).sum().item() / len(made),
    )


def _small(pictures: Tensor) -> Tensor:
    """As the classifier sees them: no larger than it takes."""
    if max(pictures.shape[2:]) <= LARGEST:
        return pictures
    return interpolate(pictures, size=(LARGEST, LARGEST), mode="bilinear", antialias=True).clamp(-1, 1)
