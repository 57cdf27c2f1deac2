"""How colourful pictures are: an average of plausible colours is paler than each of them."""

from torch import Tensor

from course_lib.errors import CourseError
from course_lib.metrics.checks import check_pictures


def chroma(images: Tensor) -> Tensor:
    """Mean over a picture's places of its largest channel less its smallest → (B,), float64, from 0 (grey) to 1.

    Takes RGB (B, 3, H, W) in [0, 1].
    """
    check_pictures(images)
    values = images.double()
    return (values.amax(dim=1) - values.amin(dim=1)).mean(dim=(1, 2))


def chroma_relative(images: Tensor, real: Tensor) -> float:
    """Chroma of one set over that of another: mean over pictures / mean over real pictures.

    1 is as colourful as real. Wrong colours count as much as right ones: see it beside a distance to the truth.

    Raises:
        CourseError: not such pictures, or the real ones are all grey.
    """
    of_real = chroma(real).mean().item()
    if of_real == 0:
        raise CourseError("The real pictures are grey: nothing can be as colourful as they are. Measure coloured ones.")
    return chroma(images).mean().item() / of_real
