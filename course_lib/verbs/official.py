"""A checkpoint of the official code as a translator."""

from pathlib import Path

import torch

from course_lib.errors import CourseError
from course_lib.networks import load_official
from course_lib.translator import Translator

# Side of the pictures each generator was made for.
GENERATORS = {"unet_256": 256, "unet_128": 128}


def official_translator(file: Path, network: str | None, mode: str, device: str) -> Translator:
    """The generator in an official file, in train mode (dropout and each picture's own statistics, as there) or eval.

    Raises:
        CourseError: the network is not named or no generator, or the file does not fit it.
    """
    if network not in GENERATORS:
        raise CourseError(f"--network is {network!r}; with --official it must be one of {', '.join(GENERATORS)}.")
    module = load_official(file, network)
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 0.0  # statistics are used, not learnt: one picture must not change the next one's answer
    module.train(mode == "train")
    return Translator(module, {"size": GENERATORS[network]}, {"name": file.name}, device)
