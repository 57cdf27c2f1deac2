"""The twelve flat colours of CMP façade label maps, and how to get back to them from a blurred copy."""

import numpy as np
from PIL import Image

# Tyleček & Šára 2013, in their order. That the colours follow it was read off the 400 training maps and looked at
# beside the photos (parts larger than 0.15 % of the picture, medians): doors reach the ground (87 % of them) and are
# darkest,
# sills lie under windows (66 % have one right above) and cornices over them, blinds are narrow uprights (width : height
# 0.38) and so are, taller, pillars (0.18), moldings run across the house (52 % of its width), balconies are wide and
# cover windows, shops sit in the ground floor (centre at 0.82 of the height), decoration is squarish and in the upper
# half.
FACADES: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("background", (0, 0, 222)),
    ("façade", (0, 48, 255)),
    ("window", (0, 128, 255)),
    ("door", (0, 208, 255)),
    ("cornice", (32, 255, 222)),
    ("sill", (112, 255, 144)),
    ("balcony", (192, 255, 64)),
    ("blind", (255, 240, 0)),
    ("deco", (255, 160, 0)),
    ("molding", (255, 80, 0)),
    ("pillar", (255, 0, 0)),
    ("shop", (175, 0, 0)),
)
_COLOURS = np.array([colour for _, colour in FACADES], dtype=np.float32)
_STRIP = 256  # rows


def classes(image: Image.Image) -> np.ndarray:
    """Label map as PIL RGB → class of every pixel, (H, W) uint8: the index of the nearest palette colour."""
    pixels = np.asarray(image.convert("RGB"))
    # |p − c|² without |p|², which is the same for all classes: one small matrix product instead of twelve differences,
    # a strip at a time, because twelve floats a pixel of a large photo are a gigabyte.
    strips = (pixels[top : top + _STRIP].astype(np.float32) for top in range(0, len(pixels), _STRIP))
    return np.concatenate([((_COLOURS**2).sum(1) - 2 * p @ _COLOURS.T).argmin(-1).astype(np.uint8) for p in strips])


def paint(labels: np.ndarray) -> Image.Image:
    """(H, W) class indices → label map as PIL RGB."""
    return Image.fromarray(_COLOURS.astype(np.uint8)[labels])


def snap(image: Image.Image, size: tuple[int, int] | None = None) -> Image.Image:
    """Label map → the same with nothing but the twelve colours, at ``size`` (width, height) if given.

    Resizing the colours themselves would invent classes on every edge (half blue and half yellow is nearest to a third
    class), so each class's share of a pixel is resized and the largest share wins.
    """
    labels = classes(image)
    if size is None or size == image.size:
        return paint(labels)
    shares = [
        np.asarray(Image.fromarray((labels == index).astype(np.uint8) * 255).resize(size, Image.Resampling.BOX))
        for index in range(len(FACADES))
    ]
    return paint(np.stack(shares).argmax(0))
