"""Exercise 06: how the U-Net is looked at."""

import torch
from torch import Tensor

from course_lib.grading.tools import (
    Block,
    leaf,
    picture,
    picture_like,
    random_tensor,
    slopes,
)


def unet_weights(seed: int) -> dict[str, Tensor]:
    """Three levels down to 4, 5 and 6 channels, and back up; batch 2, 3 channels, 5×6 pixels."""
    names = ("down 1", "down 2", "down 3", "up 1", "up 2", "up 3")
    given = {
        name: random_tensor(seed + 30 + i, out, 24, 3, 3, scale=0.25)
        for i, (name, out) in enumerate(zip(names, (4, 5, 6, 7, 8, 3), strict=True))
    }
    return {"x": picture(seed + 40, 2, 3, 5, 6), **given}


def _run_unet(answer, given, in_place: bool):
    downs = [Block(given[f"down {i}"], in_place=in_place and i > 1) for i in (1, 2, 3)]
    ups = [Block(given[f"up {i}"]) for i in (1, 2, 3)]
    x = given["x"] if in_place else leaf(given["x"])
    out = picture_like(answer(x, downs, ups), "the picture")
    channels = torch.tensor(
        [block.channels[0] if len(block.channels) == 1 else -len(block.channels) for block in downs + ups]
    )
    first = (
        torch.zeros((), dtype=torch.float64)
        if in_place
        else slopes(out.square().mean() + out.mean(), w=downs[0].weight)["slope for w"]
    )
    shallow = [Block(given[f"down {i}"]) for i in (1, 2)], [Block(given[f"up {i}"]) for i in (2, 3)]
    return {
        "seen: channels that reach the blocks (downs, then ups)": channels,
        "value": out,
        "slope for the first block": first,
        "value with two levels": picture_like(answer(given["x"], *shallow), "the picture"),
    }


def run_unet(answer, given):
    return _run_unet(answer, given, in_place=False)


def run_unet_in_place(answer, given):
    return _run_unet(answer, given, in_place=True)
