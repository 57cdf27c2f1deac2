"""What a set's pictures are like that its user may not know: said once, when the set is opened."""

import warnings

import numpy as np
from PIL import Image


class PreparedPictures(UserWarning):
    """Pictures of a set are changed, or taken for something, in a way that one should know of."""


class Noticed:
    """Counts while pictures are looked at; ``tell`` says what there is to say.

    Args:
        size: side of what the networks are shown.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.seen = self.not_square = self.with_alpha = self.see_through = self.smaller = 0
        self.example = self.small_example = ""

    def see(self, image: Image.Image) -> None:
        """A picture as it is opened, before it is fitted."""
        self.seen += 1
        if image.width != image.height:
            self.not_square += 1
            self.example = self.example or f"{image.width} × {image.height}"
        if min(image.size) < self.size:
            self.smaller += 1
            self.small_example = self.small_example or f"{image.width} × {image.height}"
        if image.mode == "RGBA":
            self.with_alpha += 1
            self.see_through += bool((np.asarray(image)[..., 3] < 255).any())

    def tell(self, fit: str) -> None:
        """Warns of pictures that lose their proportions, of small ones, and of those of four channels without transparency."""
        if self.smaller:
            warnings.warn(
                f"{self.smaller} of {self.seen} pictures are smaller than {self.size} × {self.size} ({self.small_example}, say) and "
                "are enlarged, which makes them blurred. A smaller --size (and --load-size) fits them.",
                PreparedPictures,
                stacklevel=3,
            )
        if fit == "squash" and self.not_square:
            warnings.warn(
                f"{self.not_square} of {self.seen} pictures are not square ({self.example}, say) and are squashed to "
                f"{self.size} × {self.size}, as the official code does. --fit crop or --fit pad keeps their proportions.",
                PreparedPictures,
                stacklevel=3,
            )
        if self.see_through < self.with_alpha:
            warnings.warn(
                f"{self.with_alpha - self.see_through} of {self.with_alpha} pictures of four channels have no "
                "transparency; they count as opaque. Ask for 3 channels if none should have any.",
                PreparedPictures,
                stacklevel=3,
            )
