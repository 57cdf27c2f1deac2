"""Exercise 09: perceptual losses. Read task.md, write the functions from top to bottom, grade as often as you like.

    python -m course_lib grade 09_perceptual         (in a student kit: python grade.py)
    pytest exercises/09_perceptual

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # mse_loss, pad, conv2d, interpolate … are in here


def network_input(pictures):
    """(B, 3, H, W), RGB in [−1, 1] → what this course's VGG expects: BGR in 0…255, minus the mean of each channel."""
    raise NotImplementedError


def feature_reconstruction_loss(features, target):
    """(B, C, H, W) twice → mean of the squared differences."""
    raise NotImplementedError


def style_reconstruction_loss(features, target_grams):
    """A list of feature maps (B, C, H, W) and a list of Gram matrices (1, C, C), one a layer → Σ ‖G − A‖², one
    number.
    """
    raise NotImplementedError


def perceptual_objective(network, output, photo, layer, target_grams, weights):
    """What a stylisation network minimises: content in one layer, style in all, total variation of the output."""
    raise NotImplementedError


def resize_convolution(features, weight):
    """(B, C, H, W) and (K, C, 3, 3) → (B, K, 2H, 2W): twice as large, then a convolution without a border of zeros."""
    raise NotImplementedError


def training_step(transform, loss_network, optimizer, photos, objective):
    """One step of the stylisation network; returns the loss. The loss network is left as it is."""
    raise NotImplementedError


def stylize(transform, photo):
    """A photo (1, 3, H, W) of any size through a network that wants multiples of 4 → (1, 3, H, W) in [−1, 1]."""
    raise NotImplementedError
