"""A translator: a trained network as a function from picture to picture, measured on pairs."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data import palette
from course_lib.data.augment import Resizer, resize
from course_lib.data.fit import cut_out, fitted
from course_lib.data.pairmakers import colorize
from course_lib.data.pictures import as_seen, over_white, to_picture, to_tensor, to_unit, with_channels
from course_lib.losses import l1_loss
from course_lib.models.card_tables import kid_cell, table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.models.shape import Takes, in_its_shape
from course_lib.networks import ResnetGenerator, UnetGenerator
from course_lib.networks.layers import Generator, use_own_statistics
from course_lib.training.randomness import seeded

if TYPE_CHECKING:
    from course_lib.data.pairs import PairSet

NOUN, TAG, PARTS = "a translator", "image-to-image", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"ResnetGenerator": ResnetGenerator, "UnetGenerator": UnetGenerator}
UNCHANGED = ("l1", "psnr", "ssim", "sharpness", "lattice", "features", "kid_vgg")  # said of the inputs, left alone
SHOWN = "the embedded picture at seed 0"
TOLERANCE = {
    "l1": 1e-3, "psnr": 0.02, "ssim": 1e-3, "sharpness": 0.01, "lattice": 0.005, "lattice_real": 0.005,
    "features": 1e-3, "chroma": 0.01, "alpha_l1": 1e-3, "white_ground": 1e-3,
}  # fmt: skip

# Dropout as noise draws from torch's one global generator, and tiles share their norms' sums: one visitor at a time.
_ONE_AT_A_TIME = threading.RLock()


class Translator:
    """``translator(picture, seed=0)`` → picture. ``card`` and ``config`` lie beside the weights it was made from.

    Args:
        network: (1, C, H, W) in [−1, 1] → (1, D, H, W), frozen.
        config: "size" (side that the network was trained at, or None for none), "palette" (name or None), "fit" (how
            training made pictures square), "maker".
        card: what is known of the model.

    Attributes:
        channels: of the pictures it takes and gives: 1 (grey), 3 or 4 (with alpha).
        takes: what sizes the network takes.
    """

    def __init__(self, network: nn.Module, config: Config, card: Card, device: str = "cpu") -> None:
        self.config, self.card, self.device = config, card, usable_device(device)
        self.network = network.to(self.device).requires_grad_(False)
        self.channels, self.takes = (3, 3), Takes(config.get("multiple", 4), config.get("multiple", 4))
        if isinstance(network, Generator):
            self.channels, self.takes = network.channels, Takes(network.multiple, network.smallest)

    def __call__(self, image: Image.Image, seed: int = 0, noise: bool = True) -> Image.Image:
        """The translation at the size, and so in the shape, of the training pictures. ``at_its_shape`` keeps the picture's.

        Args:
            seed: of the generator's noise, where it has any; the same seed gives the same picture.
            noise: False switches the noise off.
        """
        return to_picture(self.translate(self._tensor(self.prepare(image)), seed, noise))

    def at_its_shape(self, image: Image.Image, seed: int = 0, noise: bool = True) -> Image.Image:
        """The translation of a picture of any size, at that size: see ``course_lib.models.shape``."""
        shown = self._tensor(self._resizer(self._input(image), image.size))
        with _ONE_AT_A_TIME, torch.inference_mode():
            return to_picture(
                in_its_shape(self.network, lambda part: self.translate(part, seed, noise), shown, self.takes)
            )

    def at_its_scale(self, image: Image.Image, seed: int = 0, noise: bool = True) -> Image.Image:
        """The translation in the picture's shape, at the training pictures' scale: its shorter side is theirs."""
        size = self.config.get("size") or min(image.size)
        width, height = (max(1, round(side * size / min(image.size))) for side in image.size)
        return self.at_its_shape(self._resizer(self._input(image), (width, height)), seed, noise)

    def prepare(self, image: Image.Image) -> Image.Image:
        """What the network is shown: the picture at its size, as in training; label maps with flat colours only, grey
        where it colours."""
        size, image = self.config.get("size"), self._input(image)
        if size:
            return cut_out(fitted(image, size, self.config.get("fit") or "squash", self._resizer), size)
        step = self.takes.multiple
        return self._resizer(
            image, (max(step, round(image.width / step) * step), max(step, round(image.height / step) * step))
        )

    def translate(self, batch: Tensor, seed: int = 0, noise: bool = True) -> Tensor:
        """(B, C, H, W) in [−1, 1] → (B, D, H, W), on the CPU."""
        with _ONE_AT_A_TIME, seeded(seed, self.device), torch.inference_mode():
            if isinstance(self.network, Generator):
                self.network.noise = noise
            return self.network(batch.to(self.device)).float().cpu()

    def through_8_bits(self, batch: Tensor, seed: int = 0) -> Tensor:
        """As ``translate``, as a visitor gets it: what hides between two grey levels does not come back."""
        return torch.cat([to_tensor(to_picture(one), self.channels[1]) for one in self.translate(batch, seed)])

    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the answer to an embedded picture at seed 0: moves if anything moved."""
        shown = fingerprint_picture(self.config.get("size") or 64, self.channels[0])
        return fingerprint_of(self.translate(shown * 2 - 1))

    @property
    def _resizer(self) -> Resizer:
        return palette.snap if self.config.get("palette") == "facades" else resize

    def _input(self, image: Image.Image) -> Image.Image:
        """The picture as training reads it, at its own size: with the network's channels, grey where it colours."""
        if self.config.get("maker") == "colorize":
            image, _ = colorize(over_white(image))
        return with_channels(image, self.channels[0])

    def _tensor(self, image: Image.Image) -> Tensor:
        return to_tensor(image, self.channels[0])


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Translator:
    """The translator in a folder."""
    network = read_network(folder, config, card, part, NETWORKS)
    if config.get("statistics") == "own":
        use_own_statistics(network)
    return Translator(network, config, card, device)


def pairs_for(translator: Translator, data: str, split: str) -> "PairSet":
    """Pairs prepared as those that the translator was trained on.

    Raises:
        CourseError: no such data.
    """
    from course_lib.data.pairs import open_pairs

    config = translator.config
    return open_pairs(
        data,
        size=config["size"],
        split=split,
        direction=config.get("direction"),
        maker=config.get("maker"),
        palette=config.get("palette") or "none",
        fit=config.get("fit") or "squash",
        channels=translator.channels,
    )


def measure(models: Mapping[str, Translator], data: str, split: str, seed: int) -> dict[str, Any]:
    """What ``metrics.PairsReport`` holds, on the pairs of ``data``, and the same of the inputs, left as they are.

    Args:
        seed: of the generator's noise; picture i has seed + i, so that no noise is shared.

    Raises:
        CourseError: no such data.
    """
    from tqdm import tqdm

    from course_lib.metrics import kid_features, pairs_report
    from course_lib.metrics.ground import white_ground

    (translator,) = models.values()
    pairs = pairs_for(translator, data, split)
    shown, generated, real = [], [], []
    for index in tqdm(range(len(pairs)), unit="pair"):
        pair = pairs.example(index)
        generated.append(translator.through_8_bits(pair["input"][None], seed + index)[0])
        real.append(pair["target"])
        shown.append(pair["input"])
    made, true = torch.stack(generated), torch.stack(real)
    seen, truth = to_unit(as_seen(made)), to_unit(as_seen(true))
    real_features = kid_features(truth)  # the network's passes take most of the time
    figures = pairs_report(seen, truth, real_features=real_features).to_json()
    if (ground := white_ground(seen, truth)) is not None:
        figures["white_ground"] = ground
    if _could_stay(translator):
        inputs = to_unit(as_seen(torch.stack(shown)))
        untouched = pairs_report(inputs, truth, real_features=real_features).to_json()
        figures["unchanged"] = {name: untouched[name] for name in UNCHANGED}
    if translator.channels[1] == 4:
        figures["alpha_l1"] = l1_loss(made[:, 3], true[:, 3]).item()
    return figures


def _could_stay(translator: Translator) -> bool:
    """Whether an input is a picture of the same kind as the answers, so that leaving it alone is an answer."""
    config = translator.config
    return (
        translator.channels[0] == translator.channels[1] == 3
        and not config.get("maker")
        and (config.get("palette") or "none") == "none"
    )


def card_section(figures: dict[str, Any]) -> list[str]:
    """The figures as Markdown; those that are absent are left out."""
    unchanged = figures.get("unchanged")

    def cells(key: str, form: Callable[[Any], str]) -> list[str]:
        beside = [form(unchanged[key]) if unchanged.get(key) is not None else "–"] if unchanged else []
        return [form(figures[key]), *beside]

    rows = [
        (name, *cells(key, form.format))
        for key, name, form in (
            ("l1", "L1 on [−1, 1]", "{:.4f}"),
            ("psnr", "PSNR (luma), dB", "{:.2f}"),
            ("ssim", "SSIM (luma)", "{:.4f}"),
            ("sharpness", "high-frequency power relative to real", "{:.3f}"),
            ("lattice", "share of it on a grid of period 2 or 4", "{:.1%}"),
            ("lattice_real", "the same share in real pictures", "{:.1%}"),
            ("features", "distance in VGG features (vgg_distance)", "{:.4f}"),
            ("alpha_l1", "L1 of alpha on [−1, 1]; the other figures are of pictures over white", "{:.4f}"),
            ("chroma", "chroma (how colourful) relative to real", "{:.3f}"),
            ("white_ground", "mean value where the truth is white (1 is white)", "{:.4f}"),
        )
        if figures.get(key) is not None
    ]
    rows += [
        (f"{name} (95 % interval)", *cells(key, kid_cell))
        for key, name in (("kid_vgg", "KID-VGG"), ("kid_vgg_real", "KID-VGG, real against real"))
        if figures.get(key)
    ]
    heads = ("figure", "the model", "input unchanged") if unchanged else ("figure", "value")
    return [f"## Measured on {figures['pairs']} validation pairs ({figures['data']})", "", *table(rows, heads)]


def companions(model: Translator, data: str, folder: Path) -> dict[str, Any]:
    """Nothing lies beside a translator."""
    return {}
