"""The FCN score: does a segmenter recognise in a generated photo what its label map asked for?

pix2pix (Isola et al. 2017, section 4.1) ran an FCN-8s trained on real photos over generated ones. The segmenter is the
caller's; here two label maps are compared. The scores are those of Long et al. 2015, section 5.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.errors import CourseError


class FCNScore(NamedTuple):
    """Shares in [0, 1]."""

    pixel_accuracy: float
    class_accuracy: float
    mean_iou: float


def fcn_score(predicted: Tensor, truth: Tensor, classes: int, ignore: int | None = None) -> FCNScore:
    """Per-pixel accuracy, per-class accuracy and mean intersection over union, from one confusion matrix.

    With n_ij pixels of class i called j and t_i = Σ_j n_ij: Σ n_ii / Σ t_i; the mean of n_ii / t_i; the mean of
    n_ii / (t_i + Σ_j n_ji − n_ii). All pictures go into one matrix, as in the papers: a class's score is over the whole
    set. The class mean is over classes that occur in the truth, the IoU's over those that occur in either map. (The
    official evaluation counts a class that never occurs as 0; over the papers' sets every class occurs.)

    Args:
        predicted, truth: integer labels 0 … classes − 1, of equal shape, such as (B, H, W).
        classes: ≥ 1.
        ignore: a label in ``truth`` whose pixels are left out.

    Raises:
        CourseError: shapes differ, labels out of range or not whole numbers, or no pixel is left.
    """
    matrix = confusion_matrix(predicted, truth, classes, ignore).double()
    right, in_truth, in_prediction = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
    union = in_truth + in_prediction - right
    return FCNScore(
        pixel_accuracy=(right.sum() / matrix.sum()).item(),
        class_accuracy=(right / in_truth)[in_truth > 0].mean().item(),
        mean_iou=(right / union)[union > 0].mean().item(),
    )


def confusion_matrix(predicted: Tensor, truth: Tensor, classes: int, ignore: int | None = None) -> Tensor:
    """(classes, classes): entry [i, j] counts the pixels of class i that were called j. Arguments as ``fcn_score``."""
    if classes < 1:
        raise CourseError(f"At least one class is needed, not {classes}.")
    if predicted.shape != truth.shape:
        shapes = f"{tuple(predicted.shape)} and {tuple(truth.shape)}"
        raise CourseError(f"The label maps have shapes {shapes}; they must be equal.")
    for name, labels in (("predicted", predicted), ("true", truth)):
        if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
            raise CourseError(
                f"The {name} labels must be whole numbers; these are {labels.dtype}. Take the argmax over classes first."
            )
    p, t = predicted.detach().cpu().long().flatten(), truth.detach().cpu().long().flatten()
    if ignore is not None:
        p, t = p[t != ignore], t[t != ignore]
    if not len(t):
        raise CourseError("No pixel is left to score.")
    for name, labels in (("predicted", p), ("true", t)):
        if labels.min() < 0 or labels.max() >= classes:
            odd = labels.min().item() if labels.min() < 0 else labels.max().item()
            raise CourseError(
                f"The {name} labels hold {odd}; with {classes} classes they must lie in 0 … {classes - 1}."
            )
    return torch.bincount(t * classes + p, minlength=classes**2).view(classes, classes)
