"""Penalties on a discriminator's slope: what keeps its answer useful where it is sure.

Both take D's scores and the examples those scores were computed from (which must ask for gradients), and build a graph,
so that the result can be differentiated again. Scores have one number an example: their shape is the examples' leading
shape, whatever follows it belongs to one example.
"""

import torch
from torch import Tensor


def mix(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """share · real + (1 − share) · fake: the points between pairs of examples at which WGAN-GP looks at D's slope.

    Args:
        real, fake: of the same shape.
        share: in [0, 1], broadcast against them: one number an example.

    Gulrajani et al. 2017, algorithm 1, line 5.
    """
    return share * real + (1 - share) * fake


def gradient_penalty(scores: Tensor, examples: Tensor) -> Tensor:
    """mean over examples of (‖∇ₓD(x)‖₂ − 1)²: D's slope shall be 1. Without the paper's λ = 10.

    Args:
        scores: D's raw scores, one an example.
        examples: where they were computed, with ``requires_grad``; for WGAN-GP the result of :func:`mix`.

    Gulrajani et al. 2017, eq. 3.
    """
    return (_slopes(scores, examples) - 1).square().mean()


def r1_penalty(scores: Tensor, examples: Tensor) -> Tensor:
    """½ · mean over examples of ‖∇ₓD(x)‖₂²: D shall be flat on the data. Without the paper's γ (10, or 1 in the plane).

    Args:
        scores: D's raw scores of real examples, one an example.
        examples: the real examples, with ``requires_grad``.

    Mescheder et al. 2018, eq. 9.
    """
    return 0.5 * _gradients(scores, examples).square().sum(-1).mean()


def _gradients(scores: Tensor, examples: Tensor) -> Tensor:
    """(…, features): every example's own gradient; the sum's gradient is the scores' because no score sees two."""
    (gradients,) = torch.autograd.grad(scores.sum(), examples, create_graph=True)
    return gradients.flatten(scores.dim())


def _slopes(scores: Tensor, examples: Tensor) -> Tensor:
    # A norm has no derivative at 0; the tiny number keeps a flat D from turning its weights into no numbers.
    return (_gradients(scores, examples).square().sum(-1) + 1e-12).sqrt()
