"""A feature network: a trained VGG as a function from a picture to the features that losses and metrics look at."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data.pictures import to_tensor
from course_lib.errors import CourseError
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, checked_file
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.networks import VGGFeatures

NOUN, TAG, PARTS = "a feature network", "image-feature-extraction", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"VGGFeatures": VGGFeatures}
SHOWN = "the embedded picture"
TOLERANCE: Mapping[str, float] = {}


class FeatureNetwork:
    """``network(picture)`` → {layer: features (1, C, H, W)}. ``card`` and ``config`` lie beside the weights."""

    def __init__(self, network: VGGFeatures, config: Config, card: Card, device: str = "cpu") -> None:
        self.config, self.card, self.device = config, card, usable_device(device)
        self.network = network.to(self.device)

    @torch.no_grad()
    def __call__(self, image: Image.Image) -> dict[str, Tensor]:
        """The features of all layers, on the CPU."""
        features = self.network((to_tensor(image).to(self.device) + 1) / 2)
        return {name: values.cpu() for name, values in features.items()}

    @torch.no_grad()
    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the deepest features of the embedded picture."""
        return fingerprint_of(self.network(fingerprint_picture().to(self.device))[self.config["layers"][-1]])


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> FeatureNetwork:
    """The feature network in a folder, with all its layers."""
    file = checked_file(folder, card, part)
    try:
        layers, depth, weights = config["layers"], config["depth"], config["weights"]
    except KeyError as missing:
        raise CourseError(f"The config of {folder.name} has no entry {missing}. Restore the folder.") from missing
    network = VGGFeatures(layers, depth=depth, weights=weights, file=file)
    return FeatureNetwork(network, config, card, device)


def measure(models: Mapping[str, FeatureNetwork], data: str, split: str, seed: int) -> dict[str, Any]:
    """Features have no right answer.

    Raises:
        CourseError: always.
    """
    raise CourseError("A feature network makes no pictures, so there is nothing to measure on data.")


def card_section(figures: dict[str, Any]) -> list[str]:
    """No figures, no section."""
    return []


def companions(model: FeatureNetwork, data: str, folder: Path) -> dict[str, Any]:
    """Nothing lies beside it."""
    return {}
