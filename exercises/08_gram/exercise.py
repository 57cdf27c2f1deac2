"""Exercise 08: Gram matrices. Read task.md, write the functions from top to bottom, grade as often as you like.

    python -m course_lib grade 08_gram               (in a student kit: python grade.py)
    pytest exercises/08_gram

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # relu, mse_loss, l1_loss … are in here


def gram_matrix(features):
    """(B, C, H, W) → (B, C, C): which channels are active together. F Fᵀ / (C·H·W), one matrix a picture."""
    raise NotImplementedError


def style_loss(grams, target_grams, weights):
    """Lists with one entry a layer: Gram matrices (B, C, C), their targets, and numbers → Σ w · ¼ ‖G − A‖², one
    number.
    """
    raise NotImplementedError


def content_loss(features, target):
    """(B, C, H, W) twice → ½ Σ (F − P)² of each picture, averaged over the batch."""
    raise NotImplementedError


def total_variation(pictures):
    """(B, C, H, W) → mean absolute vertical step + mean absolute horizontal step."""
    raise NotImplementedError


def vgg_input(pictures):
    """(B, 3, H, W), RGB in [−1, 1] → what a VGG of torchvision expects: [0, 1], minus the mean, divided by the spread
    of each channel.
    """
    raise NotImplementedError


def features_after(pictures, convolutions, taken):
    """Run pictures through a list of convolutions, each followed by a ReLU → list of the features after those whose
    numbers are in `taken`.
    """
    raise NotImplementedError


def freeze(network):
    """Make a loss network of it: nothing of it is trained, it is in evaluation mode, and it is returned."""
    raise NotImplementedError


def paint(photo, network, objective, steps, rate):
    """Gradient descent on the pixels: `steps` steps of size `rate` down objective(network(picture)), from the
    photo.
    """
    raise NotImplementedError
