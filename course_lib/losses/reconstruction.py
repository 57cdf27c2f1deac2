"""Reconstruction losses: how far two pictures are apart, and how rough one is. Pictures are (B, C, H, W)."""

from torch import Tensor
from torch.nn.functional import avg_pool2d, pixel_unshuffle


def l1_loss(output: Tensor, target: Tensor) -> Tensor:
    """mean |output − target| over everything: pix2pix's soft supervision. Isola et al. 2017, eq. 3 (there a sum)."""
    _same_shape(output, target)
    return (output - target).abs().mean()


def mse_loss(output: Tensor, target: Tensor) -> Tensor:
    """mean (output − target)² over everything: least where the output is the mean of all plausible targets.

    Ledig et al. 2017, eq. 4.
    """
    _same_shape(output, target)
    return (output - target).square().mean()


def cycle_loss(reconstructed: Tensor, original: Tensor) -> Tensor:
    """mean |F(G(x)) − x|: one direction of the cycle; add the other's. Zhu et al. 2017, eq. 2."""
    return l1_loss(reconstructed, original)


def identity_loss(same: Tensor, original: Tensor) -> Tensor:
    """mean |G(y) − y|: a generator given its own target domain should leave it alone. Zhu et al. 2017, section 5.2."""
    return l1_loss(same, original)


def total_variation(images: Tensor) -> Tensor:
    """mean |vertical step| + mean |horizontal step| of (B, C, H, W): zero for a flat picture, no wrap-around.

    The anisotropic form, with means, so that it does not grow with the picture. Johnson et al. 2016, section 3.2.
    """
    if min(images.shape[-2:]) < 2:  # the mean of no steps would be NaN
        raise ValueError(
            f"Total variation needs pictures of at least 2×2 pixels; these have shape {tuple(images.shape)}."
        )
    vertical = images[..., 1:, :] - images[..., :-1, :]
    horizontal = images[..., :, 1:] - images[..., :, :-1]
    return vertical.abs().mean() + horizontal.abs().mean()


def phase_loss(output: Tensor, target: Tensor, period: int, window: int) -> Tensor:
    """mean |m(output) − m(target)|; m is, of every channel, the mean of each of the period² phases over squares of
    window × window periods.

    A pixel shuffle makes the phases of its grid with weights of their own. What they have apart from each other over a
    whole square is a lattice, of which every single place shows little; details that come and go average out. This
    course's own. H and W are multiples of ``period``; periods that fill no square are left out.
    """
    _same_shape(output, target)
    difference = pixel_unshuffle(output - target, period)
    return avg_pool2d(difference, window).abs().mean()


def _same_shape(a: Tensor, b: Tensor) -> None:
    # Broadcasting would silently compare every picture with every other one.
    if a.shape != b.shape:
        raise ValueError(f"The two pictures have shapes {tuple(a.shape)} and {tuple(b.shape)}; they must be equal.")
