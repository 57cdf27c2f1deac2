"""Exercise 01: a game of two networks. Read task.md, write the functions from top to bottom, grade as often as you
like.

    python -m course_lib grade 01_game          (in a student kit: python grade.py 01_game)
    pytest exercises/01_game

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # binary_cross_entropy_with_logits, softplus, logsigmoid … are in here


def optimal_discriminator(real_counts, fake_counts):
    """The best D's probability of "real" in each bin, from two histograms of samples, both (N,). ½ where both are
    empty."""
    raise NotImplementedError


def game_value(real, fake, verdict):
    """V = Σ p log D + Σ q log(1 − D), over the bins; real = p, fake = q, verdict = D, all (N,). 0 · log 0 counts as
    0."""
    raise NotImplementedError


def jensen_shannon(real, fake):
    """The Jensen–Shannon divergence of two distributions over the same bins, (N,) each; natural logarithm."""
    raise NotImplementedError


def discriminator_loss(real_logits, fake_logits):
    """Binary cross-entropy on logits: mean over the reals plus mean over the fakes. No ½."""
    raise NotImplementedError


def saturating_loss(fake_logits):
    """The generator's loss as the game prints it: mean log(1 − σ(f)). Negative by nature."""
    raise NotImplementedError


def non_saturating_loss(fake_logits):
    """The generator's loss as everybody trains it: −mean log σ(f)."""
    raise NotImplementedError


def discriminator_step(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    """D learns once from `real` and from the generator's answer to `noise`; G does not move."""
    raise NotImplementedError


def generator_step(generator, discriminator, optimizer_g, optimizer_d, noise):
    """G learns once, by the non-saturating loss, from what D says of its answer to `noise`; D does not move."""
    raise NotImplementedError


def point_round(theta, psi, rate):
    """One round of the game of two numbers: D's ψ first, then G's θ, by hand. Returns (theta, psi)."""
    raise NotImplementedError
