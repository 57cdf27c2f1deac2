"""Exercise 07: CycleGAN, piece by piece. Read task.md, write the pieces from top to bottom, grade as often as you like.

    python -m course_lib grade 07_cyclegan          (in a student kit: python grade.py)
    pytest exercises/07_cyclegan

Use torch and nothing of course_lib: that is where the answers are. G and F are the two generators here, so torch's
functions go by their long name: nn.functional.pad, nn.functional.l1_loss …
"""

import torch
from torch import nn


def cycle_loss(G, F, x, y):
    """There and back: mean |F(G(x)) − x| plus mean |G(F(y)) − y|. No λ here."""
    raise NotImplementedError


def identity_loss(G, F, x, y):
    """What is there already stays: mean |G(y) − y| plus mean |F(x) − x|. No weight here."""
    raise NotImplementedError


def cycle_accepts(g, f):
    """True if the cycle loss of two translators written as tables (lists of whole numbers) is 0."""
    raise NotImplementedError


def generator_objective(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
    """All six terms: two least-squares terms + λ · (cycle loss + w · identity loss), with λ and w as given."""
    raise NotImplementedError


class ImageHistory:
    """The last fakes, for D to be reminded of. ``size`` pictures at most; the same seed gives the same draws."""

    def __init__(self, size=50, seed=0):
        raise NotImplementedError

    def query(self, images):
        """(B, C, H, W) new fakes → (B, C, H, W) for D: each one new, or an old one in exchange for it."""
        raise NotImplementedError


def discriminator_losses(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    """(D_X's loss, D_Y's loss): half of mean (D(real) − 1)² + mean D(fake from the history)². No gradient for G and
    F."""
    raise NotImplementedError


def linear_decay(epoch, flat, decay):
    """The factor on the learning rate in this epoch (the first is 0): 1 for ``flat`` epochs, then down in a line."""
    raise NotImplementedError


def instance_norm(x, eps=1e-5):
    """Each channel of each picture by itself: mean 0, variance 1."""
    raise NotImplementedError


def residual_block(x, first, second):
    """x plus what two rounds of mirror-padding, 3×3 convolution and instance norm make of it, a ReLU between them."""
    raise NotImplementedError
