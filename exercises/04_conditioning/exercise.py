"""Exercise 04: telling the generator what we want. Read task.md, write the functions from top to bottom, grade as
often as you like.

    python -m course_lib grade 04_conditioning          (in a student kit: python grade.py)
    pytest exercises/04_conditioning

Use torch and Python alone, nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # softplus, one_hot … are in here


def one_hot(labels, classes):
    """Zeros and ones, (B, classes): row i has its one at column labels[i]. labels: (B,) whole numbers from 0 to
    classes − 1."""
    raise NotImplementedError


def label_maps(labels, classes, height, width):
    """The same as pictures, (B, classes, height, width): channel k of picture i is all ones where k is labels[i],
    else all zeros."""
    raise NotImplementedError


def generator_input(noise, labels, classes):
    """What G is given: the noise (B, d) and behind it the one-hot label, (B, d + classes)."""
    raise NotImplementedError


def discriminator_input(pictures, labels, classes):
    """What D is given: the picture (B, C, H, W) and behind its channels the label maps, (B, C + classes, H, W)."""
    raise NotImplementedError


def projection_score(unconditional, features, labels, embedding):
    """D's score (B, 1): the unconditional one, plus the inner product of each picture's features with its label's
    vector."""
    raise NotImplementedError


def conditional_discriminator_loss(discriminator, real, real_labels, fake, fake_labels):
    """Cross-entropy on D's logits: reals with their labels are real, fakes with theirs are fake. No gradient reaches
    G."""
    raise NotImplementedError


def conditional_generator_loss(generator, discriminator, noise, draw_labels):
    """The non-saturating loss of fakes made for labels that draw_labels(count) has drawn."""
    raise NotImplementedError


def mismatched_labels(labels, classes, generator):
    """A wrong label for each right one, every other class equally likely. generator: the torch.Generator to draw
    with."""
    raise NotImplementedError


def matching_aware_loss(discriminator, real, labels, wrong_labels, fake, fake_labels):
    """D's loss with three kinds of pairs: real and right, real and wrong, fake. The last two share the weight 1."""
    raise NotImplementedError


def class_accuracy(logits, wanted):
    """(share of samples recognised as what they were to be, the same for each class on its own, (classes,))."""
    raise NotImplementedError


def l1_answer(drawings):
    """The one picture (H, W) with the least mean |picture − drawing| over the drawings (N, H, W). N is odd."""
    raise NotImplementedError
