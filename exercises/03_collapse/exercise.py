"""Exercise 03: collapse, measured and resisted. Read task.md, write the functions from top to bottom, grade as often
as you like.

    python -m course_lib grade 03_collapse          (in a student kit: python grade.py)
    pytest exercises/03_collapse

Use torch and Python alone, nothing of course_lib: that is where the answers are.
"""

import math

import torch


def share_within(k):
    """The share of a round two-dimensional Gaussian that lies within k deviations of its centre. k: a number, as a
    tensor."""
    raise NotImplementedError


def nearest_mode(samples, centres):
    """(index of the nearest centre, distance to it), each (N,), for samples (N, 2) and centres (K, 2)."""
    raise NotImplementedError


def mode_coverage(samples, centres, radius, min_count):
    """(number of covered modes, share of good samples): see task.md for what good and covered mean."""
    raise NotImplementedError


def packed(samples, m):
    """Groups of m neighbours, shown to D as one: (B, C, …) becomes (B / m, m · C, …)."""
    raise NotImplementedError


def r1_penalty(discriminator, real):
    """Mean over the samples of the squared length of D's gradient at the real samples. It must be able to teach D."""
    raise NotImplementedError


def gradient_penalty(discriminator, real, fake, mix):
    """Mean over the samples of (length of D's gradient − 1)² at mix · real + (1 − mix) · fake. No gradient reaches
    G."""
    raise NotImplementedError


def variation_over_inputs(outputs):
    """How much a translator's answers (N, C, H, W) to N inputs differ: each pixel's variance over the inputs,
    averaged."""
    raise NotImplementedError


def returns_home(forward, backward):
    """The share of inputs i for which backward[forward[i]] is i again. Both are tables of whole numbers."""
    raise NotImplementedError


def undo(order):
    """The table of the way back that the cycle accepts completely, for a forward table that is a permutation."""
    raise NotImplementedError
