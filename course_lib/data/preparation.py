"""How the files of a pair, or of two domains, become an example: the same for folders and for streams."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image
from torch import Tensor

from course_lib.data.augment import Jitter, Resizer, bytes_tensor, resize, signed
from course_lib.data.fit import fitted, middle
from course_lib.data.halves import cut_in_two
from course_lib.data.pairmakers import Reader
from course_lib.data.pictures import PictureFile, open_picture, with_channels

Files = tuple[PictureFile, ...]
Pixels = tuple[Tensor, ...]  # uint8 (C, H, W) each
See = Callable[[Image.Image], None]  # is shown each picture as it is opened, before it is fitted


class Preparation(Protocol):
    """What a stream asks for."""

    @property
    def size(self) -> int: ...
    @property
    def load_size(self) -> int: ...
    @property
    def fit(self) -> str: ...

    def pixels(self, files: Files, size: int, see: See) -> Pixels: ...

    def example(self, pixels: Pixels, random: np.random.Generator | None) -> dict[str, Tensor]: ...


@dataclass(frozen=True, kw_only=True)
class PairPreparation:
    """Of pairs: {"input", "target"}.

    Attributes:
        read: a pair's files → (input, target) as PIL pictures of equal proportions.
        size: side of an example; load_size: side to resize to before the random crop.
        fit: how pictures that are not square become so: see ``course_lib.data.fit``.
        channels: of input and target, 1, 3 or 4.
        hue: half of the augmented pairs have the hues of both pictures turned by the same random part of a full
            turn, at most this: more colours for the same shapes.
        zoom: both pictures of an augmented pair are shrunk or enlarged by the same random factor, from 1/zoom to zoom.
        resize_input: how the input is resized (label maps must not be averaged: see ``palette.snap``).
    """

    read: Reader
    size: int
    load_size: int
    fit: str = "squash"
    channels: tuple[int, int] = (3, 3)
    flip: bool = True
    hue: float = 0.0
    zoom: float = 1.0
    resize_input: Resizer = resize

    def pixels(self, files: Files, size: int, see: See) -> Pixels:
        """Both pictures at a size.

        Raises:
            BadPicture: one cannot be read, or they are no pair.
        """
        source, target = (with_channels(one, count) for one, count in zip(self.read(files), self.channels, strict=True))
        for one in (source, target):
            see(one)
        source = fitted(source, size, self.fit, self.resize_input, target.size)
        return bytes_tensor(source), bytes_tensor(fitted(target, size, self.fit))

    def example(self, pixels: Pixels, random: np.random.Generator | None) -> dict[str, Tensor]:
        """The pair as it is (for measuring), or jointly cropped and flipped by random numbers."""
        if random is None:
            pair = middle(pixels[0], self.size), middle(pixels[1], self.size)
        else:
            height, width = pixels[1].shape[-2:]
            jitter = Jitter.draw(random, (height, width), self.size, self.flip, self.hue, self.zoom)
            pair = jitter(pixels[0]), jitter(pixels[1])
        return {"input": signed(pair[0]), "target": signed(pair[1])}


@dataclass(frozen=True, kw_only=True)
class DomainPreparation:
    """Of two domains: {"A", "B"}.

    Attributes:
        size: side of an example; load_size: side to resize to before the random crop.
        fit: how pictures that are not square become so: see ``course_lib.data.fit``.
        channels: of A's pictures and of B's, 1, 3 or 4.
        halves: every file shows two pictures side by side, A's on the left and B's on the right; each domain takes its own.
    """

    size: int
    load_size: int
    fit: str = "squash"
    channels: tuple[int, int] = (3, 3)
    halves: bool = False

    def picture(self, file: PictureFile, domain: str, size: int, see: See) -> Tensor:
        """A picture of a domain at a size.

        Raises:
            BadPicture: it cannot be read.
        """
        channels = self.channels["AB".index(domain)]
        picture = with_channels(open_picture(file, alpha=channels == 4), channels)
        if self.halves:
            picture = cut_in_two(file, picture)["AB".index(domain)]
        see(picture)
        return bytes_tensor(fitted(picture, size, self.fit))

    def pixels(self, files: Files, size: int, see: See) -> Pixels:
        """A picture of each domain, at a size."""
        return tuple(self.picture(file, domain, size, see) for file, domain in zip(files, "AB", strict=True))

    def example(self, pixels: Pixels, random: np.random.Generator | None) -> dict[str, Tensor]:
        """A picture of each as they are, or each cropped and flipped by random numbers."""
        return {name: self.shown(one, random) for name, one in zip("AB", pixels, strict=True)}

    def shown(self, pixels: Tensor, random: np.random.Generator | None) -> Tensor:
        """A picture as networks see it."""
        if random is None:
            return signed(middle(pixels, self.size))
        height, width = pixels.shape[-2:]
        return signed(Jitter.draw(random, (height, width), self.size)(pixels))
