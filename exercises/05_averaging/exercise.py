"""Exercise 05: the average of all right answers. Read task.md, write the functions from top to bottom, grade as
often as you like.

    python -m course_lib grade 05_averaging          (in a student kit: python grade.py)
    pytest exercises/05_averaging

Use torch and nothing of course_lib: that is where the answers are.
"""

import torch
from torch.nn import functional as F  # binary_cross_entropy_with_logits, softplus, normalize … are in here


def best_under_squares(plausible):
    """(N, C, H, W), N equally likely right pictures → (C, H, W), the one answer whose mean squared error to all N is
    least.
    """
    raise NotImplementedError


def best_under_absolutes(plausible):
    """The same for the mean absolute error. Many answers can be best: give the (lowest, highest) of them, each (C,
    H, W).
    """
    raise NotImplementedError


def pixel_shuffle(features, factor):
    """(B, C·factor², H, W) → (B, C, H·factor, W·factor): the last layer of a super-resolution network."""
    raise NotImplementedError


def luma(pictures):
    """(B, 3, H, W), RGB in [0, 1] → (B, 1, H, W), the Y of the benchmarks: (65.481 R + 128.553 G + 24.966 B + 16) /
    255.
    """
    raise NotImplementedError


def psnr_y(pictures, truths, border):
    """PSNR of the luma in dB, one value a picture, (B,); `border` pixels are cut off on every side first. The peak
    is 1.
    """
    raise NotImplementedError


def benchmark_psnr(pairs, border):
    """The number of a table: a list of (picture, truth), each (1, 3, H, W) of any size → the mean of the pictures'
    PSNR.
    """
    raise NotImplementedError


def generator_objective(discriminator, features, truth, fake, weight):
    """SRGAN's loss of G: mean squared difference of features(fake) and features(truth), plus weight times the
    adversarial loss.
    """
    raise NotImplementedError


def perceptual_distance(features_a, features_b):
    """Two lists of feature maps (B, C, H, W), one a layer → (B,): how different two pictures look to a trained
    network.
    """
    raise NotImplementedError


def blend_tiles(left, right, overlap):
    """(B, C, H, W₁) and (B, C, H, W₂), which share `overlap` columns → (B, C, H, W₁ + W₂ − overlap), without a seam."""
    raise NotImplementedError
