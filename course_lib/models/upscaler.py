"""An upscaler: a trained network as a function from a picture to a larger one, measured as the papers do."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data.pictures import BadPicture, over_white, to_picture, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.models.card_tables import table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.models.tiles import in_tiles
from course_lib.networks import SRResNet
from course_lib.networks.interpolation import interpolated
from course_lib.networks.srresnet import enlarged

NOUN, TAG, PARTS = "an upscaler", "image-to-image", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"SRResNet": SRResNet}
SHOWN = "the embedded picture"
TOLERANCE = {"psnr": 0.02, "ssim": 1e-3, "vgg_distance": 1e-3, "sharpness": 0.01, "lattice": 2e-3, "colour": 1e-3}
TILE = 160  # small pixels: 8 × 32 channels take 100 MB for one
LARGEST = 64_000_000  # pixels of an answer: 1.2 GB while it is put together
Progress = Callable[[int, int], None]


def _quiet(done: int, total: int) -> None:
    pass


class Upscaler:
    """``upscaler(picture)`` → picture, ``scale`` times larger each way. ``card`` and ``config`` lie beside the weights.

    Args:
        network: (1, 3, H, W) in [−1, 1] → (1, 3, scale·H, scale·W), frozen.
        config: "network", "arguments" and the rest of what the model's folder says.
        card: what is known of the model.
    """

    def __init__(self, network: nn.Module, config: Config, card: Card, device: str = "cpu") -> None:
        self.config, self.card, self.device = config, card, usable_device(device)
        self.network = network.to(self.device).requires_grad_(False).eval()
        self.scale: int = network.scale  # type: ignore[assignment]
        self.reach: int = network.reach  # type: ignore[assignment]

    def __call__(self, image: Image.Image, tile: int = TILE, progress: Progress = _quiet) -> Image.Image:
        """The enlargement. Alpha is laid over white, grey becomes RGB.

        Args:
            tile: side, in small pixels, of the pieces that larger pictures are worked in; memory grows with its square.
            progress: called with (tiles done, all of them).

        Raises:
            BadPicture: the answer would have more than 64 million pixels.
        """
        self.check_size(*image.size)
        return to_picture(self.enlarge(to_tensor(over_white(image)), tile, progress))

    def enlarge(self, picture: Tensor, tile: int = TILE, progress: Progress = _quiet) -> Tensor:
        """(1, 3, H, W) in [−1, 1] → (1, 3, scale·H, scale·W), on the CPU, not clipped."""
        return in_tiles(self.whole, picture, scale=self.scale, reach=self.reach, tile=tile, progress=progress)

    def whole(self, picture: Tensor) -> Tensor:
        """As ``enlarge``, in one piece."""
        with torch.inference_mode():
            return self.network(picture.to(self.device)).float().cpu()

    def check_size(self, width: int, height: int) -> None:
        """Whether a picture of that size can be enlarged.

        Raises:
            BadPicture: the answer would be too large.
        """
        if width * height * self.scale**2 > LARGEST:
            raise BadPicture(
                f"The picture has {width:,} × {height:,} pixels; enlarged {self.scale} times each way it would have "
                f"{width * height * self.scale**2:,}, and {LARGEST:,} is the most. Cut a piece out of it."
            )

    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the answer to an embedded picture: moves if anything moved."""
        return fingerprint_of(self.whole(fingerprint_picture(48) * 2 - 1))


def between(faithful: Upscaler, sharp: Upscaler, share: float) -> Upscaler:
    """An upscaler whose weights are (1 − share)·faithful + share·sharp: one number from faithful to sharp.

    See ``interpolated`` for which models have something between them.

    Raises:
        CourseError: a share outside 0 to 1, or models of two different networks.
    """
    if not 0 <= share <= 1:
        raise CourseError(f"share is {share}; it must be from 0 (faithful) to 1 (sharp).")
    one, other = faithful.network.state_dict(), sharp.network.state_dict()
    if {k: v.shape for k, v in one.items()} != {k: v.shape for k, v in other.items()} or not (
        faithful.config.get("arguments") == sharp.config.get("arguments")
    ):
        raise CourseError(
            "The two models have different networks, so there is nothing between them. "
            "Take one that was trained on from the other (--start-from)."
        )
    network = copy.deepcopy(faithful.network)
    network.load_state_dict(interpolated(one, other, share))
    return Upscaler(network, faithful.config, faithful.card, str(faithful.device))


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Upscaler:
    """The upscaler in a folder."""
    return Upscaler(read_network(folder, config, card, part, NETWORKS), config, card, device)


def measure(models: Mapping[str, Upscaler], data: str, split: str, seed: int) -> dict[str, Any]:
    """The papers' table of ``data``: bicubic, the model and the truth, means and every picture's own PSNR.

    Args:
        data: a folder of ``*_HR``/``*_LR`` pairs, or of large pictures alone; or a named set of photos.
        seed: without effect; nothing is drawn.

    Raises:
        CourseError: no such data, or pairs that do not match.
    """
    (upscaler,) = models.values()
    return compared({"model": upscaler}, data, split)


def compared(models: Mapping[str, Upscaler], data: str, split: str = "val") -> dict[str, Any]:
    """The same table with a row for each of several models of one scale, by name.

    Raises:
        CourseError: also for models of different scales.
    """
    from tqdm import tqdm

    from course_lib.data.augment import signed
    from course_lib.data.benchmark import EnlargingPairs
    from course_lib.metrics.enlarging import enlarging_figures, smallest_side, summary

    scales = {model.scale for model in models.values()}
    if len(scales) != 1:
        raise CourseError(f"The models enlarge {sorted(scales)} times; models of one scale can be compared.")
    (scale,) = scales
    pairs = EnlargingPairs(data, scale=scale, split=split, smallest=smallest_side(scale))
    found = []
    for index in tqdm(range(len(pairs)), unit="picture"):
        small, large = (signed(picture)[None] for picture in pairs.pair(index))
        answers = {"bicubic": enlarged(small, scale)}
        answers |= {name: model.enlarge(small) for name, model in models.items()} | {"truth": large}
        # Through 8 bits, as a visitor gets it.
        seen = {name: to_unit(to_tensor(to_picture(answer))) for name, answer in answers.items()}
        found.append({name: enlarging_figures(picture, seen["truth"], scale) for name, picture in seen.items()})
    each = {
        name: {method: figures["psnr"] for method, figures in one.items() if method != "truth"}
        for name, one in zip(pairs.names(), found, strict=True)
    }
    return {
        "pictures": len(pairs),
        "scale": scale,
        "border": scale,
        "small": "made here by an antialiased bicubic reduction" if pairs.made else "the benchmark's own",
        "rows": summary(found),
        "each": each,
    }


_COLUMNS = (
    ("psnr", "PSNR, dB", "{:.2f}"),
    ("ssim", "SSIM", "{:.4f}"),
    ("vgg_distance", "VGG distance", "{:.4f}"),
    ("sharpness", "fine power, of real", "{:.3f}"),
    ("lattice", "on a lattice", "{:.1%}"),
    ("colour", "shift of colour", "{:.2%}"),
)


def card_section(figures: dict[str, Any]) -> list[str]:
    """The table, a line of protocol, and every picture's PSNR."""
    rows = [
        (method, *(_cell(row.get(key), form) for key, _, form in _COLUMNS)) for method, row in figures["rows"].items()
    ]
    each = ", ".join(f"{name} {_cell(one['model'], '{:.2f}')}" for name, one in figures["each"].items())
    return [
        f"## Measured on {figures['pictures']} pictures ({figures['data']}), ×{figures['scale']}",
        "",
        *table(rows, ("", *(name for _, name, _ in _COLUMNS))),
        "",
        f"PSNR and SSIM of luma (16…235), {figures['border']} pixels cut from every side, one value a picture, their "
        f"mean; the small pictures are {figures['small']}. VGG distance: in features of vgg16-bsds, not LPIPS.",
        *(["", f"PSNR of each: {each}."] if len(figures["each"]) <= 20 else []),
    ]


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def companions(model: Upscaler, data: str, folder: Path) -> dict[str, Any]:
    """Nothing lies beside an upscaler."""
    return {}
