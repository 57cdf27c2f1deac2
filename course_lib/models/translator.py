"""A translator: a trained network as a function from picture to picture, measured on pairs."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data import palette
from course_lib.data.pairmakers import colorize
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.models.card_tables import kid_cell, table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.networks import ResnetGenerator, UnetGenerator
from course_lib.networks.layers import Generator, use_own_statistics
from course_lib.training.randomness import seeded

NOUN, TAG, PARTS = "a translator", "image-to-image", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"ResnetGenerator": ResnetGenerator, "UnetGenerator": UnetGenerator}
SHOWN = "the embedded picture at seed 0"
TOLERANCE = {
    "l1": 1e-3, "psnr": 0.02, "ssim": 1e-3, "sharpness": 0.01, "lattice": 0.005, "lattice_real": 0.005,
    "features": 1e-3, "chroma": 0.01,
}  # fmt: skip

# Dropout as noise draws from torch's one global generator: two visitors at once must not share their numbers.
_GLOBAL_NOISE = threading.Lock()


class Translator:
    """``translator(picture, seed=0)`` → picture. ``card`` and ``config`` lie beside the weights it was made from.

    Args:
        network: (1, 3, H, W) in [−1, 1] → the same, frozen.
        config: "size" (side the network works at, or None for any multiple of "multiple"), "palette" (name or None).
        card: what is known of the model.
    """

    def __init__(self, network: nn.Module, config: Config, card: Card, device: str = "cpu") -> None:
        self.config, self.card, self.device = config, card, usable_device(device)
        self.network = network.to(self.device).requires_grad_(False)

    def __call__(self, image: Image.Image, seed: int = 0, noise: bool = True) -> Image.Image:
        """The translation, at the network's size.

        Args:
            seed: of the generator's noise, where it has any; the same seed gives the same picture.
            noise: False switches the noise off.
        """
        return to_picture(self.translate(to_tensor(self.prepare(image)), seed, noise))

    def prepare(self, image: Image.Image) -> Image.Image:
        """What the network is shown: the picture at its size, label maps with flat colours only, grey where it colours."""
        size = self.config.get("size")
        if size:
            target = (size, size)
        else:
            step = self.config.get("multiple", 4)
            target = (max(step, round(image.width / step) * step), max(step, round(image.height / step) * step))
        if self.config.get("palette") == "facades":
            return palette.snap(image, target)
        image = image.convert("RGB")
        if self.config.get("maker") == "colorize":
            image, _ = colorize(image)
        return image if image.size == target else image.resize(target, Image.Resampling.BICUBIC)

    def translate(self, batch: Tensor, seed: int = 0, noise: bool = True) -> Tensor:
        """(B, 3, H, W) in [−1, 1] → the same, on the CPU."""
        with _GLOBAL_NOISE, seeded(seed, self.device), torch.inference_mode():
            if isinstance(self.network, Generator):
                self.network.noise = noise
            return self.network(batch.to(self.device)).float().cpu()

    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the answer to an embedded picture at seed 0: moves if anything moved."""
        return fingerprint_of(self.translate(fingerprint_picture(self.config.get("size") or 64) * 2 - 1))


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Translator:
    """The translator in a folder."""
    network = read_network(folder, config, card, part, NETWORKS)
    if config.get("statistics") == "own":
        use_own_statistics(network)
    return Translator(network, config, card, device)


def measure(models: Mapping[str, Translator], data: str, split: str, seed: int) -> dict[str, Any]:
    """What ``metrics.PairsReport`` holds, on the pairs of ``data``.

    Args:
        seed: of the generator's noise; picture i has seed + i, so that no noise is shared.

    Raises:
        CourseError: no such data, or fewer than four pairs.
    """
    from tqdm import tqdm

    from course_lib.data.pairs import open_pairs
    from course_lib.metrics import pairs_report

    (translator,) = models.values()
    config = translator.config
    pairs = open_pairs(
        data,
        size=config["size"],
        split=split,
        direction=config.get("direction"),
        maker=config.get("maker"),
        palette=config.get("palette") or "none",
    )
    generated, real = [], []
    for index in tqdm(range(len(pairs)), unit="pair"):
        pair = pairs.example(index)
        # Through 8 bits, as a visitor gets it.
        generated.append(to_tensor(to_picture(translator.translate(pair["input"][None], seed + index)))[0])
        real.append(pair["target"])
    return pairs_report(to_unit(torch.stack(generated)), to_unit(torch.stack(real))).to_json()


def card_section(figures: dict[str, Any]) -> list[str]:
    """The figures as Markdown; those that are absent are left out."""
    rows = [
        (name, form.format(figures[key]))
        for key, name, form in (
            ("l1", "L1 on [−1, 1]", "{:.4f}"),
            ("psnr", "PSNR (luma), dB", "{:.2f}"),
            ("ssim", "SSIM (luma)", "{:.4f}"),
            ("sharpness", "high-frequency power relative to real", "{:.3f}"),
            ("lattice", "share of it on a grid of period 2 or 4", "{:.1%}"),
            ("lattice_real", "the same share in real pictures", "{:.1%}"),
            ("features", "distance in VGG features (vgg_distance)", "{:.4f}"),
            ("chroma", "chroma (how colourful) relative to real", "{:.3f}"),
        )
        if figures.get(key) is not None
    ]
    rows += [
        (f"{name} (95 % interval)", kid_cell(figures[key]))
        for key, name in (("kid_vgg", "KID-VGG"), ("kid_vgg_real", "KID-VGG, real against real"))
        if key in figures
    ]
    return [f"## Measured on {figures['pairs']} validation pairs ({figures['data']})", "", *table(rows)]


def companions(model: Translator, data: str, folder: Path) -> dict[str, Any]:
    """Nothing lies beside a translator."""
    return {}
