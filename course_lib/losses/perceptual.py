"""Losses on features: what two pictures have in common when they share no pixel.

Features are maps (B, C, H, W) of a loss network such as ``VGGFeatures``, gradient and all; targets are constants, so no
gradient goes into them. λ, layers and weights are the task's.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def gram_matrix(features: Tensor) -> Tensor:
    """G = F Fᵀ / (C·H·W) with F = (B, C, H·W): (B, C, H, W) → (B, C, C), one matrix a picture.

    Which channels fire together, wherever in the picture they do. Not centred. In 16 bits the sums would overflow, so
    those maps are multiplied in float32, under autocast too. Johnson et al. 2016, eq. 3; Gatys et al. 2015, eq. 3,
    without the division.
    """
    if features.ndim != 4:
        raise ValueError(f"A Gram matrix is made of features (B, C, H, W); these have shape {tuple(features.shape)}.")
    b, c, h, w = features.shape
    with torch.autocast(features.device.type, enabled=False):
        f = _at_least_float32(features).reshape(b, c, h * w)
        return f @ f.transpose(1, 2) / (c * h * w)


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """½ Σ (F − P)² over C, H, W; the mean over the batch. Grows with the picture. Gatys et al. 2015, eq. 1."""
    return _difference(features, target).square().sum(dim=(1, 2, 3)).mean() / 2


def feature_reconstruction_loss(features: Tensor, target: Tensor) -> Tensor:
    """mean (φ(ŷ) − φ(y))² over everything, so that it does not grow with the picture. Johnson et al. 2016, eq. 2."""
    return _difference(features, target).square().mean()


def feature_direction_loss(features: Tensor, target: Tensor) -> Tensor:
    """mean over the batch and all places of ‖φ̂(ŷ) − φ̂(y)‖², φ̂ a place's features over their own length: 0 to 2.

    What is there counts, not how strongly: layers of very different sizes can be averaged. Zhang et al. 2018, eq. 1,
    without its learned weights.
    """
    return _difference(_directions(features), _directions(target)).square().sum(dim=1).mean()


def feature_matching_loss(features: Sequence[Tensor], targets: Sequence[Tensor]) -> Tensor:
    """Mean over the layers of mean |D_i(x, G(x)) − D_i(x, y)|: what D saw in the truth, G is to make it see again.

    Wang et al. 2018, eq. 4, with means over layers and places.

    Args:
        features: one map (B, C, H, W) a layer of the discriminator, of the generator's answer; any number of layers
            from 1 up.
        targets: as many, of equal shapes, of the truth.
    """
    if not len(features) == len(targets) or not len(features):
        raise ValueError(
            f"Feature matching needs as many maps of the truth as of the answer, at least one; "
            f"there are {len(targets)} and {len(features)}."
        )
    return torch.stack([_difference(f, t).abs().mean() for f, t in zip(features, targets, strict=True)]).mean()


def style_loss(grams: Sequence[Tensor], target_grams: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Σ_l w_l · ¼ ‖G_l − A_l‖²_F; the mean over the batch.

    With ``gram_matrix`` and maps of equal size, ¼ ‖·‖² is E_l of Gatys et al. 2015, eq. 4 (his 4 N² M² is the Gram
    matrices' C·H·W, squared, and this ¼). Johnson et al. 2016, eq. 4, has no ¼: four times this.

    Args:
        grams: one (B, C, C) a layer.
        target_grams: as many, of equal shapes; a batch of one style serves for all pictures.
        weights: as many numbers; not averaged, a second layer adds to the first.
    """
    if not len(grams) == len(target_grams) == len(weights) or not len(grams):
        raise ValueError(
            f"Style needs one Gram matrix, one target and one weight a layer; "
            f"there are {len(grams)}, {len(target_grams)} and {len(weights)}."
        )
    layers = [
        weight * _difference(gram, target, one_for_all=True).square().sum(dim=(1, 2)).mean() / 4
        for gram, target, weight in zip(grams, target_grams, weights, strict=True)
    ]
    return torch.stack(layers).sum()


def _directions(features: Tensor) -> Tensor:
    features = _at_least_float32(features)
    # Inside the root, so that the slope at a place where nothing fires stays finite.
    return features / (features.square().sum(dim=1, keepdim=True) + 1e-8).sqrt()


def _difference(output: Tensor, target: Tensor, one_for_all: bool = False) -> Tensor:
    # Broadcasting would silently compare every picture with every other one; one style for a whole batch is meant.
    if output.shape != target.shape and not (one_for_all and target.shape == (1, *output.shape[1:])):
        raise ValueError(f"The two have shapes {tuple(output.shape)} and {tuple(target.shape)}; they must be equal.")
    return _at_least_float32(output) - _at_least_float32(target.detach())


def _at_least_float32(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor
