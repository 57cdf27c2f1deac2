"""Exercise 02: what reaches the generator. Read task.md, write the functions from top to bottom, grade as often as
you like.

    python -m course_lib grade 02_gradients     (in a student kit: python grade.py 02_gradients)
    pytest exercises/02_gradients

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # relu, mse_loss, softplus … are in here


def least_squares_discriminator_loss(real_scores, fake_scores):
    """Squares in place of logarithms, on raw scores: mean (r − 1)² + mean f². No ½."""
    raise NotImplementedError


def least_squares_generator_loss(fake_scores):
    """mean (f − 1)²."""
    raise NotImplementedError


def hinge_discriminator_loss(real_scores, fake_scores):
    """mean relu(1 − r) + mean relu(1 + f): a score beyond the margin costs nothing."""
    raise NotImplementedError


def wasserstein_losses(real_scores, fake_scores):
    """(the critic's loss, the generator's loss): mean f − mean r, and −mean f."""
    raise NotImplementedError


def slope_of(loss, scores):
    """How steep a loss is at each score: d loss([s]) / d s for every s of `scores`, (N,), each as if it were alone."""
    raise NotImplementedError


def generator_slopes(scores):
    """The slopes by pen and paper, a dict of five tensors (N,): see task.md for the names."""
    raise NotImplementedError


def jacobian_norms(discriminator, pictures):
    """How strongly D's score answers to a change of the picture: ‖∂D(x)/∂x‖ for each picture, (B,)."""
    raise NotImplementedError


def reaches_generator(loss, discriminator, fakes):
    """What arrives at each fake: ‖∂ loss(D(fakes)) / ∂ fake‖, (B,)."""
    raise NotImplementedError


def best_scores(real_density, fake_density):
    """(the best score under cross-entropy, the best score under least squares) where the densities are p and q, all
    (N,)."""
    raise NotImplementedError
