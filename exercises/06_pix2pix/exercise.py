"""Exercise 06: pix2pix, piece by piece. Read task.md, write the functions from top to bottom, grade as often as you
like.

    python -m course_lib grade 06_pix2pix          (in a student kit: python grade.py)
    pytest exercises/06_pix2pix

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # binary_cross_entropy_with_logits, softplus, l1_loss … are in here


def discriminator_targets(real_scores, fake_scores):
    """What D should have said: (target of the reals, target of the fakes), shaped like the scores. Real is 1, fake is
    0."""
    raise NotImplementedError


def discriminator_loss(real_scores, fake_scores):
    """Binary cross-entropy on logits: mean over the reals plus mean over the fakes. No ½ here."""
    raise NotImplementedError


def adversarial_loss(fake_scores):
    """The generator's non-saturating loss: cross-entropy of the fake scores with the target 1."""
    raise NotImplementedError


def least_squares_losses(real_scores, fake_scores):
    """(D's loss, G's loss) with squares in place of logarithms: targets 1 and 0 for D, 1 for G; raw scores, no ½."""
    raise NotImplementedError


def patch_layers(n):
    """The convolutions of the patch discriminator, first to last: a list of (kernel, stride, padding)."""
    raise NotImplementedError


def receptive_field(layers):
    """How many pixels (along one side) one score sees, given such a list."""
    raise NotImplementedError


def conditional_discriminator_loss(discriminator, x, y, fake):
    """D's loss on the pairs (x, y) and (x, fake), each one picture of 6 channels. The generator must get no
    gradient."""
    raise NotImplementedError


def generator_loss(discriminator, x, y, fake, weight):
    """Adversarial loss of the pair (x, fake), plus weight (the paper's λ) times the mean |fake − y|."""
    raise NotImplementedError


def unet_forward(x, downs, ups):
    """Run x through the downs and the ups, with a skip from each level to its mirror image."""
    raise NotImplementedError


def training_step(generator, discriminator, optimizer_g, optimizer_d, x, y, weight):
    """One step of the paper's algorithm: D first, on half its loss; then G. Both optimisers step once."""
    raise NotImplementedError


def translate(generator, x):
    """The trained generator's picture for x, as the paper makes it: dropout stays on; no gradient is kept."""
    raise NotImplementedError
