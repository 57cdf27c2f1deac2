"""What style networks are blamed for, as numbers: dots, blobs, a spoiled frame. (The grid is ``lattice_share``.)"""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, max_pool2d

from course_lib.errors import CourseError
from course_lib.metrics.checks import check_pair, check_pictures
from course_lib.metrics.pairwise import luma

BAND = 4  # pixels: how wide a frame is looked for
SMALLEST = 4 * BAND


def largest_outlier(images: Tensor, reduce: int = 1) -> Tensor:
    """How far the loneliest place is lighter or darker than *everything* around it → (B,), float64, 0 to 1.

    For each place, of the luma averaged over squares of ``reduce`` pixels: its distance beyond the lightest and the
    darkest of the 16 places two steps away. An edge or a line has such neighbours along itself and counts nothing; a dot
    of up to 3 × 3 places counts in full. ``reduce=1`` finds white dots, ``reduce=8`` blobs the size of a coin.

    Args:
        images: RGB (B, 3, H, W) in [0, 1], at least 5·reduce pixels each way.

    Raises:
        CourseError: not such pictures.
    """
    check_pictures(images)
    if reduce < 1 or min(images.shape[2:]) < 5 * reduce:
        raise CourseError(f"reduce is {reduce}, and the pictures have {images.shape[3]} × {images.shape[2]} pixels.")
    y = avg_pool2d(luma(images).double(), reduce) if reduce > 1 else luma(images).double()
    middle = y[..., 2:-2, 2:-2]
    lightest, darkest = _ring(y), -_ring(-y)
    beyond = torch.maximum(middle - lightest, darkest - middle).clamp(min=0)
    return beyond.amax(dim=(1, 2, 3))


def _ring(y: Tensor) -> Tensor:
    """Largest of the 16 places around each 3×3 square."""
    row, column = max_pool2d(y, (1, 5), stride=1), max_pool2d(y, (5, 1), stride=1)
    sides = torch.maximum(column[..., :-4], column[..., 4:])
    return torch.maximum(torch.maximum(row[..., :-4, :], row[..., 4:, :]), sides)


def frame_difference(images: Tensor, photos: Tensor) -> Tensor:
    """How much a band of 4 pixels along the edge differs from the band next to it, beyond the photo → (B,), float64.

    Per picture: the mean over the four sides and three colours of |mean of the outer band − mean of the inner one|, less
    the same of the photo. 0 and below: no frame. A frame of white around black is 1.

    Args:
        images, photos: RGB (B, 3, H, W) in [0, 1], at least 16×16.

    Raises:
        CourseError: not such pictures.
    """
    check_pair(images, photos, smallest=SMALLEST)
    return _frame(images.double()) - _frame(photos.double())


def _frame(images: Tensor) -> Tensor:
    turned = [torch.rot90(images, quarters, (2, 3)) for quarters in range(4)]
    steps = [side[..., :BAND, :].mean(dim=(2, 3)) - side[..., BAND : 2 * BAND, :].mean(dim=(2, 3)) for side in turned]
    return torch.stack(steps).abs().mean(dim=(0, 2))
