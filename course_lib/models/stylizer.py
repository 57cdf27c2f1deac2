"""A stylizer: a network that learned one painting's style, as a function from a picture to a picture of any size."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from course_lib.data.photos import open_photos
from course_lib.data.pictures import BadPicture, over_white, to_picture, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.files import write_whole
from course_lib.metrics import frame_difference, largest_outlier, lattice_share
from course_lib.models.card_tables import table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of, fingerprint_picture
from course_lib.networks import StylizationNet
from course_lib.networks.stylizer import SMALLEST, STEP

if TYPE_CHECKING:  # tasks are loaded only where something is measured
    from course_lib.tasks.style_objective import StyleObjective, StyleSettings

NOUN, TAG, PARTS = "a stylizer", "image-to-image", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"StylizationNet": StylizationNet}
SHOWN = "the embedded picture"
# Rounding decides where hundreds of steps of L-BFGS end, by a few hundredths.
TOLERANCE = {
    "total": 0.05, "content": 0.05, "style": 0.02, "tv": 0.02, "dot": 0.02, "blob": 0.02, "lattice": 0.005, "frame": 0.01,
}  # fmt: skip
COMPARED, LOOKED_AT = 128, 512  # pixels, longer side
COUNTS = {"noise": (50, 100, 300), "photo": (50, 100)}  # steps, by what L-BFGS begins with
ARTEFACTS = ("dot", "dot_photo", "blob", "blob_photo", "lattice", "lattice_photo", "frame")
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
    """One pass against pixels moved by L-BFGS for the same objective, and what style networks are blamed for.

    Args:
        data: photos, a folder or a named set; each is reduced to 128 pixels on its longer side for the comparison,
            which takes most of the time, and to 512 for the look.
        seed: of the noise that L-BFGS begins with, as in the papers.

    Raises:
        CourseError: no such data, or the painting is not there.
    """
    from tqdm import tqdm

    from course_lib.tasks.style_objective import StyleObjective

    (stylizer,) = models.values()
    objective = StyleObjective(settings_of(stylizer), painting_of(stylizer))
    photos = open_photos(data, split=split)
    found: list[dict[str, Any]] = []
    for index in tqdm(range(len(photos)), unit="photo"):
        photo = photos.picture(index)
        small = to_tensor(_multiple(_reduced(photo, COMPARED)))
        losses = compared(stylizer, objective, small, seed + index, COUNTS)
        large = to_tensor(_multiple(_reduced(photo, LOOKED_AT)))
        # Through 8 bits, as a visitor gets it.
        seen = to_unit(to_tensor(to_picture(stylizer.stylize(large))))
        found.append({"name": photos.files[index].stem, "losses": losses, **_artefacts(seen, to_unit(large))})
    rows = list(found[0]["losses"])
    return {
        "pictures": len(found),
        "longer_side": COMPARED,
        "looked_at": LOOKED_AT,
        "rows": {row: _means([one["losses"][row] for one in found]) for row in rows},
        "each": {one["name"]: {row: one["losses"][row]["total"] for row in rows} for one in found},
        **{name: max(one[name] for one in found) for name in ARTEFACTS},
    }


def compared(
    stylizer: Stylizer, objective: "StyleObjective", photo: Tensor, seed: int, counts: Mapping[str, tuple[int, ...]]
) -> dict[str, dict[str, float]]:
    """The objective's terms of the photo itself, of one pass, and of the best picture after so many steps of L-BFGS,
    from noise and from the photo."""
    from course_lib.tasks.descent import Descent

    target = objective.content_of(photo)

    def terms(picture: Tensor) -> dict[str, float]:
        with torch.no_grad():
            return {name: value.item() for name, value in objective(picture, target).items()}

    rows = {"photo": terms(photo), "one pass": terms(stylizer.stylize(photo))}
    noise = torch.randn(photo.shape, generator=torch.Generator().manual_seed(seed)) * 0.3
    for name, start in (("noise", noise.clamp(-1, 1)), ("photo", photo)):
        descent = Descent(objective, photo, start, optimizer="lbfgs", lr=1.0)
        for done, _ in enumerate(descent.steps(max(counts[name])), start=1):
            if done in counts[name]:
                rows[f"{done} steps from {name}"] = terms(descent.best())
    return rows


def settings_of(stylizer: Stylizer) -> "StyleSettings":
    """The objective that a stylizer was trained for."""
    from course_lib.tasks.style_objective import StyleSettings

    stored = stylizer.config["objective"]
    return StyleSettings(**stored | {name: tuple(stored[name]) for name in ("style_layers", "layer_weights")})


def painting_of(stylizer: Stylizer) -> Tensor:
    """The painting as it was learned: from beside the weights, or from the file that the model was trained with.

    Raises:
        CourseError: it is in neither place.
    """
    from course_lib.tasks.style_objective import open_style

    if stylizer.style is not None:
        return stylizer.style
    return open_style(stylizer.config["style"]["file"], settings_of(stylizer), stylizer.config["style"]["size"])


def _artefacts(seen: Tensor, photo: Tensor) -> dict[str, float]:
    return {
        "dot": largest_outlier(seen).item(),
        "dot_photo": largest_outlier(photo).item(),
        "blob": largest_outlier(seen, 8).item(),
        "blob_photo": largest_outlier(photo, 8).item(),
        "lattice": lattice_share(seen).item(),
        "lattice_photo": lattice_share(photo).item(),
        "frame": frame_difference(seen, photo).item(),
    }


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _reduced(photo: Image.Image, longer: int) -> Image.Image:
    scale = min(1.0, longer / max(photo.size))
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    return photo.resize(size, Image.Resampling.LANCZOS)


def _multiple(photo: Image.Image) -> Image.Image:
    """Cut to multiples of 4, which the measure of a grid asks for."""
    return photo.crop((0, 0, photo.width // STEP * STEP, photo.height // STEP * STEP))


def card_section(figures: dict[str, Any]) -> list[str]:
    """The comparison, every photo's own totals, and the artefacts beside the photos' own numbers."""
    terms = ("total", "content", "style", "tv")
    rows = [(name, *(f"{row[term]:.3f}" for term in terms)) for name, row in figures["rows"].items()]
    each = [(name, *(f"{total:.3f}" for total in one.values())) for name, one in figures["each"].items()]
    look = [
        ("dot: a place lighter or darker than all around it", f"{figures['dot']:.3f}", f"{figures['dot_photo']:.3f}"),
        ("blob: the same of squares of 8 pixels", f"{figures['blob']:.3f}", f"{figures['blob_photo']:.3f}"),
        (
            "grid: share of the fine power on periods 2 and 4",
            f"{figures['lattice']:.1%}",
            f"{figures['lattice_photo']:.1%}",
        ),
        ("frame: edge against what is next to it, beyond the photo's", f"{figures['frame']:.3f}", "0"),
    ]
    return [
        f"## One pass against moved pixels, on {figures['pictures']} photos ({figures['data']})",
        "",
        *table(rows, ("mean of the objective", *terms)),
        "",
        f"Photos of {figures['longer_side']} pixels on the longer side; L-BFGS, one evaluation a step; the best picture so "
        "far. The total of every photo:",
        "",
        *table(each, ("photo", *figures["rows"])),
        "",
        f"Worst over the photos at {figures['looked_at']} pixels, and the photos' own worst:",
        "",
        *table(look, ("artefact", "model", "photos")),
    ]


def companions(model: Stylizer, data: str, folder: Path) -> dict[str, Any]:
    """Writes the painting as it was learned: what the objective needs to be computed again.

    Raises:
        CourseError: the file that the model was trained with is not there.
    """
    style = painting_of(model)
    pixels = ((style + 1) * 127.5).round().byte()
    write_whole(folder / STYLE_FILE, lambda temporary: save_file({"style": pixels}, temporary))
    return {"painting": Path(model.config["style"]["file"]).name}
