"""Exercise 06: what the wrong answers of several parts are built from."""

import torch
from torch.nn import functional as F


def bce(scores, target):
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def d_bce(real, fake):
    return bce(real, 1.0) + bce(fake, 0.0)


def both(x, picture):
    return torch.cat([x, picture], dim=1)


def with_l1(d, x, y, fake, weight):
    return bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().mean()
