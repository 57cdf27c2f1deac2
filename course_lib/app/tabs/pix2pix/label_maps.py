"""An uploaded picture as a label map of the canvas's size."""

import numpy as np
from PIL import Image

from course_lib.data import palette


def as_label_map(image: Image.Image, size: int) -> tuple[Image.Image, float]:
    """Any picture → (its label map at ``size`` × ``size``, how far its colours were from the twelve: 0 … 441).

    A picture twice as wide as high is taken for a CMP pair (photo and map side by side); the half that is nearer to
    the twelve colours is the map.
    """
    if image.width == 2 * image.height:
        halves = [image.crop((x, 0, x + image.height, image.height)) for x in (0, image.height)]
        image = min(halves, key=_distance)
    return palette.snap(image, (size, size)), _distance(image)


def _distance(image: Image.Image) -> float:
    small = image.convert("RGB")
    small.thumbnail((256, 256), Image.Resampling.NEAREST)
    there, nearest = (np.asarray(picture, dtype=np.float64) for picture in (small, palette.snap(small)))
    return float(np.sqrt(((there - nearest) ** 2).sum(-1)).mean())
