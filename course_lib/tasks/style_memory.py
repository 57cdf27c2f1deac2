"""How much memory moving the pixels of a picture takes, and how much there is."""

import torch

from course_lib.errors import CourseError
from course_lib.networks.vgg import CHANNELS, layer_names
from course_lib.tasks.style_objective import StyleSettings

FIXED = 0.85e9  # bytes that are taken at any size: torch, the loss network twice, Gram matrices
SHARE = 0.9  # of what is there


def bytes_a_pixel(settings: StyleSettings, optimizer: str) -> float:
    """What is kept of one pixel at the worst moment.

    All maps up to the deepest layer wait for the way back, float32 each, and a max pooling's choices beside them as
    int64. On that way five maps as large as the largest come and go: gradients, and what a convolution lays out anew
    (measured from 128² to 768²). L-BFGS keeps 100 steps and 100 differences of gradients, each as large as the picture.
    """
    deepest = max(
        (*settings.style_layers, settings.content_layer), key=lambda name: layer_names(settings.vgg_depth).index(name)
    )
    names = layer_names(settings.vgg_depth, deepest)
    maps = sum(4 * CHANNELS[int(name[4]) - 1] / 4 ** (int(name[4]) - 1) for name in names)
    poolings = sum(12 * CHANNELS[block - 1] / 4**block for block in range(1, int(names[-1][4])))
    history = 200 * 12 if optimizer == "lbfgs" else 2 * 12
    return maps + poolings + 5 * 4 * CHANNELS[0] + history


def free_memory(device: str = "cpu") -> float:
    """Bytes that can be had now."""
    if device.startswith("cuda"):
        return torch.cuda.mem_get_info()[0]
    import psutil

    return psutil.virtual_memory().available


def check_memory(size: tuple[int, int], settings: StyleSettings, optimizer: str, device: str = "cpu") -> None:
    """Whether a picture of (width, height) can be worked here.

    Raises:
        CourseError: it cannot; with the size that could.
    """
    there, each = free_memory(device) * SHARE, bytes_a_pixel(settings, optimizer)
    needed = FIXED + each * size[0] * size[1]
    if needed <= there:
        return
    fits = (max(0.0, there - FIXED) / each / (size[0] * size[1])) ** 0.5
    longer = int(max(size) * fits * 0.99)  # the other side is rounded
    way = f"A size of {longer} pixels would fit." if longer >= 16 else "Close other programs first."
    if optimizer == "lbfgs":
        way += " So would more with the optimizer adam."
    raise CourseError(
        f"A picture of {size[0]:,} × {size[1]:,} pixels needs about {needed / 1e9:.1f} GB of memory, and "
        f"{there / 1e9:.1f} GB can be had. {way}"
    )
