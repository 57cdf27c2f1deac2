"""A checkpoint of the official code as a translator."""

from pathlib import Path

from course_lib.data.pictures import MODES
from course_lib.errors import CourseError
from course_lib.models.translator import Translator
from course_lib.networks import load_official
from course_lib.networks.layers import Generator, use_own_statistics

# Side of the pictures each generator was made for; None: any size that its strides divide.
GENERATORS = {"resnet_9blocks": None, "resnet_6blocks": None, "unet_256": 256, "unet_128": 128}


def official_translator(file: Path, network: str | None, mode: str, device: str) -> Translator:
    """The generator in an official file, in train mode (each picture's own statistics, as there) or eval.

    Raises:
        CourseError: the network is not named or no generator, or the file does not fit it.
    """
    if network not in GENERATORS:
        raise CourseError(f"--network is {network!r}; with --official it must be one of {', '.join(GENERATORS)}.")
    module = load_official(file, network)
    assert isinstance(module, Generator)
    if not set(module.channels) <= set(MODES):
        raise CourseError(
            f"{file} takes {module.channels[0]} channels and gives {module.channels[1]}; pictures have 1, 3 or 4."
        )
    if mode == "train":
        use_own_statistics(module)
    return Translator(module, {"size": GENERATORS[network]}, {"name": file.name}, device)
