"""What every metric asks of its pictures. A metric that measures nonsense without a word is worse than none."""

import torch
from torch import Tensor

from course_lib.errors import CourseError

ROUNDING = 1e-4  # how far past [0, 1] a value may lie through rounding alone


def check_pictures(images: Tensor, name: str = "pictures", at_least: int = 1) -> None:
    """(B, 3, H, W), floating, finite, in [0, 1], B ≥ ``at_least``; else a CourseError that says what is not."""
    if not isinstance(images, Tensor):
        kind = type(images).__name__
        raise CourseError(f"The {name} must be a tensor (B, 3, H, W); this is a {kind}. Stack them first.")
    if images.ndim != 4 or images.shape[1] != 3 or not images.is_floating_point():
        raise CourseError(
            f"The {name} must be float RGB, (B, 3, H, W) in [0, 1]; these are {images.dtype} {tuple(images.shape)}."
        )
    if len(images) < at_least or images.numel() == 0:
        shape = tuple(images.shape)
        raise CourseError(f"The {name} have shape {shape}: at least {at_least} of them, not empty, are needed.")
    if not torch.isfinite(images).all():
        raise CourseError(f"The {name} hold NaN or infinity. Look at what made them; no average can mend that.")
    low, high = images.min().item(), images.max().item()
    if low < -ROUNDING or high > 1 + ROUNDING:
        hint = " They look like [−1, 1]: use (x + 1) / 2." if low >= -1 - ROUNDING and high <= 1 + ROUNDING else ""
        hint = " They look like 0…255: divide by 255." if low >= 0 and high > 2 else hint
        raise CourseError(f"The {name} must lie in [0, 1]; these run from {low:.3g} to {high:.3g}.{hint}")


def check_pair(a: Tensor, b: Tensor, border: int = 0, smallest: int = 1) -> None:
    """Two batches of one shape, each as above, with at least ``smallest`` pixels a side once the border is off."""
    check_pictures(a, "first pictures")
    check_pictures(b, "second pictures")
    if a.shape != b.shape:
        raise CourseError(f"The pictures have shapes {tuple(a.shape)} and {tuple(b.shape)}; they must be equal.")
    if border < 0 or min(a.shape[2:]) - 2 * border < smallest:
        size = f"{a.shape[2]}×{a.shape[3]}"
        raise CourseError(
            f"A border of {border} leaves too little of a picture of {size} pixels: "
            f"at least {smallest}×{smallest} are needed."
        )
