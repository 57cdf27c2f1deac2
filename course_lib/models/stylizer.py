"""A stylizer: a network that learned one painting's style, as a function from a picture to a picture of any size."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from course_lib.data.pictures import BadPicture, over_white, to_picture, to_tensor
from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.models.card_tables import table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.networks import StylizationNet
from course_lib.networks.stylizer import SMALLEST, STEP

NOUN, TAG, PARTS = "a stylizer", "image-to-image", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"StylizationNet": StylizationNet}
SHOWN = "the embedded picture"
TOLERANCE: Mapping[str, float] = {}
LARGEST = 6_000_000  # pixels: its norms look at the whole picture, so it cannot be worked in pieces
STYLE_FILE = "style.safetensors"  # the painting as it was learned, in bytes


class Stylizer:
    """``stylizer(picture)`` → picture of the same size. ``card`` and ``config`` lie beside the weights.

    Args:
        network: (1, 3, H, W) in [−1, 1] → the same, H and W multiples of 4.
        config: "network", "arguments", "style", "objective", as the model's folder says.
        card: what is known of the model.
        style: the painting as it was learned, (1, 3, H, W) in [−1, 1]; None where it does not lie beside the weights.
    """

    def __init__(
        self, network: nn.Module, config: Config, card: Card, device: str = "cpu", style: Tensor | None = None
    ) -> None:
        self.config, self.card, self.device, self.style = config, card, usable_device(device), style
        self.network = network.to(self.device).requires_grad_(False).eval()

    def __call__(self, image: Image.Image) -> Image.Image:
        """The picture in the painting's style. Alpha is laid over white, grey becomes RGB.

        Raises:
            BadPicture: more than six million pixels.
        """
        self.check_size(*image.size)
        return to_picture(self.stylize(to_tensor(over_white(image))))

    def stylize(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) in [−1, 1] → the same, on the CPU."""
        height, width = pictures.shape[-2:]
        shown = functional.pad(pictures, (0, _missing(width), 0, _missing(height)), mode="replicate")
        with torch.inference_mode():
            answer = self.network(shown.to(self.device)).float().cpu()
        return answer[..., :height, :width]

    def check_size(self, width: int, height: int) -> None:
        """Whether a picture of that size can be worked.

        Raises:
            BadPicture: it is too large.
        """
        if width * height > LARGEST:
            share = (LARGEST / (width * height)) ** 0.5
            raise BadPicture(
                f"The picture has {width:,} × {height:,} = {width * height:,} pixels, and {LARGEST:,} is the most that a "
                f"style network takes. Reduce it to {int(width * share):,} × {int(height * share):,} first."
            )

    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the answer to an embedded picture: moves if anything moved."""
        return fingerprint_of(self.stylize(fingerprint_picture() * 2 - 1))


def _missing(length: int) -> int:
    return max(SMALLEST, -(-length // STEP) * STEP) - length


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Stylizer:
    """The stylizer in a folder, with its painting if that lies there."""
    network = read_network(folder, config, card, part, NETWORKS)
    file = folder / STYLE_FILE
    style = None
    if file.is_file():
        try:
            style = load_file(file)["style"].float() / 127.5 - 1
        except Exception as error:  # safetensors has its own exception class, not exported by every version
            raise CourseError(f"{folder.name}/{STYLE_FILE} cannot be read ({error}). Restore the folder.") from error
    return Stylizer(network, config, card, device, style)


def measure(models: Mapping[str, Stylizer], data: str, split: str, seed: int) -> dict[str, Any]:
    raise CourseError("A stylizer cannot be measured yet.")


def card_section(figures: dict[str, Any]) -> list[str]:
    return []


def companions(model: Stylizer, data: str, folder: Path) -> dict[str, Any]:
    """Writes the painting as it was learned: what the objective needs to be computed again.

    Raises:
        CourseError: the file that the model was trained with is not there.
    """
    from course_lib.tasks.style_objective import StyleSettings, open_style

    style = open_style(model.config["style"]["file"], StyleSettings(**_objective(model.config)), model.config["style"]["size"])
    pixels = ((style + 1) * 127.5).round().byte()
    write_whole(folder / STYLE_FILE, lambda temporary: save_file({"style": pixels}, temporary))
    return {"painting": Path(model.config["style"]["file"]).name}


def _objective(config: Config) -> dict[str, Any]:
    settings = dict(config["objective"])
    return settings | {name: tuple(settings[name]) for name in ("style_layers", "layer_weights")}
