"""What is measured on a generator's samples:

class, kinship with real pictures, nearness to the training set, variety.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from course_lib.metrics.classifier import accuracy, classify, train_classifier
from course_lib.metrics.kid import KID, feature_kid, real_against_real
from course_lib.metrics.neighbours import TrainingPictures, nearest

EPOCHS = 4  # of the classifier; sets below 5,000 pictures get four times as many


@dataclass(frozen=True)
class SamplesReport:
    """Figures as a card stores them."""

    samples: int
    class_accuracy: float | None  # share of samples that the classifier gives the class that was asked for
    class_accuracy_each: dict[str, float]
    classes_found: int  # classes that at least 1 % of the samples belong to; what counts where none can be asked for
    real_accuracy: float  # the classifier's on held-out real pictures: what the share above is to be read against
    kid_vgg: KID  # samples against held-out real pictures
    kid_vgg_real: KID  # held-out real pictures, one half against the other
    nearest: float  # median distance of a sample to its nearest training picture
    nearest_real: float  # the same of held-out real pictures
    copies: float  # share of samples nearer to a training picture than 99 of 100 held-out real pictures are
    variety: float  # mean distance between two samples (of one class), relative to real pictures

    def to_json(self) -> dict[str, Any]:
        """Plain values, rounded as a card shows them."""
        numbers: dict[str, Any] = asdict(self)
        numbers |= {name: round(value, 4) for name, value in numbers.items() if isinstance(value, float)}
        numbers["class_accuracy_each"] = {name: round(value, 3) for name, value in self.class_accuracy_each.items()}
        for name in ("kid_vgg", "kid_vgg_real"):
            numbers[name] = {key: value and round(value, 4) for key, value in numbers[name].items()}
        return numbers


def samples_report(
    samples: Tensor,
    asked: Tensor | None,
    training: tuple[Tensor, Tensor],
    held_out: tuple[Tensor, Tensor],
    classes: tuple[str, ...],
    *,
    seed: int = 0,
) -> SamplesReport:
    """Measures samples against real pictures that the generator has, and has not, seen.

    Args:
        samples: (N, C, H, W) in [−1, 1].
        asked: (N,) the class numbers that were asked for; None for a generator without classes.
        training, held_out: pictures (M, C, H, W) in [−1, 1] with their class numbers (M,).
        classes: the classes' names.
        seed: of the classifier's training and the bootstraps.
    """
    pictures, labels = training
    epochs = EPOCHS if len(pictures) > 5000 else 4 * EPOCHS
    classifier = train_classifier(pictures, labels, classes=len(classes), epochs=epochs, seed=seed)
    found = classify(classifier, samples)
    each = {}
    if asked is not None:
        each = {
            name: (found[asked == k] == k).double().mean().item()
            for k, name in enumerate(classes)
            if (asked == k).any()
        }
    stored = TrainingPictures(((pictures + 1) * 127.5).round().byte(), labels, 8)
    near, near_real = nearest(samples, stored)[0][:, 0], nearest(held_out[0], stored)[0][:, 0]
    real = _colour(held_out[0])
    return SamplesReport(
        samples=len(samples),
        class_accuracy=None if asked is None else (found == asked).double().mean().item(),
        class_accuracy_each=each,
        classes_found=int((torch.bincount(found, minlength=len(classes)) >= 0.01 * len(samples)).sum()),
        real_accuracy=accuracy(classifier, *held_out),
        kid_vgg=feature_kid(_colour(samples), real, seed=seed),
        kid_vgg_real=real_against_real(real, seed=seed),
        nearest=near.median().item(),
        nearest_real=near_real.median().item(),
        copies=(near < near_real.quantile(0.01)).double().mean().item(),
        variety=spread(samples, asked if asked is not None else found) / spread(*held_out),
    )


def spread(pictures: Tensor, labels: Tensor) -> float:
    """Mean root-mean-square difference between two pictures of one class, averaged over the classes with two or more."""
    means = []
    for label in labels.unique():
        own = pictures[labels == label].flatten(1)
        if len(own) > 1:
            means.append(torch.pdist(own).mean().item() / own.shape[1] ** 0.5)
    return sum(means) / max(len(means), 1)


def _colour(pictures: Tensor) -> Tensor:
    """(N, 1 or 3, H, W) in [−1, 1] → (N, 3, H, W) in [0, 1]."""
    return ((pictures + 1) / 2).clamp(0, 1).expand(-1, 3, -1, -1)
