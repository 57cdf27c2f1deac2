"""A sampler: a trained generator as a function from a seed (and a class) to pictures, measured against real ones."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

from course_lib.data.augment import bytes_tensor, signed
from course_lib.data.pictures import to_picture
from course_lib.errors import CourseError
from course_lib.metrics.neighbours import FILE, TrainingPictures, load_neighbours, nearest, quantised, save_neighbours
from course_lib.models.card_tables import kid_cell, table
from course_lib.models.device import usable_device
from course_lib.models.files import Card, Config, Fingerprint, read_network
from course_lib.models.fingerprint import fingerprint_of
from course_lib.networks import DCGANGenerator, SeededMLP
from course_lib.seeds import check_seed
from course_lib.training.points_sheet import points_sheet

NOUN, TAG, PARTS = "a sampler", "unconditional-image-generation", ("model",)
NETWORKS: Mapping[str, type[nn.Module]] = {"DCGANGenerator": DCGANGenerator, "SeededMLP": SeededMLP}
SHOWN = "embedded noise"
# Shares by a classifier that is trained anew.
TOLERANCE = {"class_accuracy": 0.02, "real_accuracy": 0.02, "nearest": 0.005, "nearest_real": 0.005, "variety": 0.01}
EACH = 100  # samples of a class that are measured
REAL = 1000  # held-out real pictures at most: KID's time grows with their number
LARGEST = 4_000_000  # bytes of training pictures beside the weights
MOST = 1024  # pictures at a time
Label = str | int | None


class Sampler:
    """``sampler.sample(n, label=None, seed=0)`` → pictures. ``card`` and ``config`` lie beside the weights it was made
    from.

    Args:
        network: (B, latent) [and labels (B,)] → (B, C, H, W) in [−1, 1], frozen; or a ``SeededMLP`` that makes points.
        config: "z_dim", "classes" (their names, in the order of the network's numbers; empty: none).
        card: what is known of the model.
        folder: where the model lies, for the training pictures beside it; None: there are none.
    """

    def __init__(
        self,
        network: nn.Module,
        config: Config,
        card: Card,
        device: str = "cpu",
        folder: Path | None = None,
    ) -> None:
        self.config, self.card, self.device, self.folder = config, card, usable_device(device), folder
        self.network = network.to(self.device).requires_grad_(False).eval()
        self._training: TrainingPictures | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of what can be asked for; empty if nothing can."""
        return tuple(self.config.get("classes") or ())

    def sample(self, n: int, label: Label = None, seed: int = 0) -> list[Image.Image]:
        """n pictures, RGB at the network's size.

        Args:
            n: 1 … 1024.
            label: a class by name or number; None: all classes in turn.
            seed: 0 … 2**32 − 1. The same seed gives the same z, whatever the class.

        Raises:
            CourseError: n, label or seed out of range.
        """
        return self.draw(self.latent(n, seed), label)

    def latent(self, n: int, seed: int = 0) -> Tensor:
        """z: (n, latent), standard normal. Points between two of them make a walk.

        Raises:
            CourseError: n or seed out of range.
        """
        if not isinstance(n, int) or not 1 <= n <= MOST:
            raise CourseError(f"{n} pictures are asked for; ask for 1 to {MOST}.")
        check_seed(seed)
        return torch.randn(n, self.config["z_dim"], generator=torch.Generator().manual_seed(seed))

    def draw(self, latents: Tensor, label: Label | Sequence[str | int] = None) -> list[Image.Image]:
        """The pictures of given z (B, latent); ``label`` may be one for all or one for each.

        Raises:
            CourseError: z of another shape or no numbers, or a class that is not known.
        """
        made = self.generate(latents, label)
        if isinstance(self.network, SeededMLP):
            made = points_sheet(made.new_zeros(1, 0, 2), made[None])[0]
        return [to_picture(picture.expand(3, -1, -1)) for picture in made]

    @torch.inference_mode()
    def generate(self, latents: Tensor, label: Label | Sequence[str | int] = None) -> Tensor:
        """As ``draw``, but tensors: (B, C, H, W) in [−1, 1], or points (B, 2); on the CPU."""
        width = self.config["z_dim"]
        if latents.dim() != 2 or latents.shape[1] != width or not len(latents):
            raise CourseError(f"z must be (B, {width}) with B ≥ 1; this is {tuple(latents.shape)}.")
        if not torch.isfinite(latents).all():
            raise CourseError("z holds NaN or infinity. Take z from latent(n, seed) or from between two of those.")
        labels = self.labels(len(latents), label)
        latents = latents.to(self.device).float()
        if isinstance(self.network, SeededMLP):
            return self.network(latents[None])[0].float().cpu()
        arguments = (latents,) if labels is None else (latents, labels.to(self.device))
        return self.network(*arguments).float().cpu()

    def labels(self, count: int, label: Label | Sequence[str | int] = None) -> Tensor | None:
        """(count,) class numbers; None where the network has no classes.

        Raises:
            CourseError: an unknown class, a class where there are none, or another number of classes than pictures.
        """
        if not self.classes:
            if label is not None:
                raise CourseError(f"This model has no classes, so it cannot draw {label!r}. Leave the class out.")
            return None
        if label is None:
            return torch.arange(count) % len(self.classes)
        if isinstance(label, str | int):
            return torch.full((count,), self._number(label))
        if len(label) != count:
            raise CourseError(f"{len(label)} classes for {count} pictures. Give one for all, or one for each.")
        return torch.tensor([self._number(one) for one in label])

    def _number(self, label: str | int) -> int:
        if isinstance(label, str) and label in self.classes:
            return self.classes.index(label)
        if isinstance(label, int) and not isinstance(label, bool) and 0 <= label < len(self.classes):
            return label
        raise CourseError(f"Class {label!r} is unknown; there is {', '.join(self.classes)}.")

    def nearest(self, picture: Image.Image, count: int = 3) -> list[tuple[Image.Image, float, str]]:
        """The training pictures nearest to one that this model drew: picture, distance (0 … 2), class.

        Raises:
            CourseError: no training pictures lie beside the model, another size, or too many asked for.
        """
        stored = self.training_pictures()
        asked = signed(bytes_tensor(picture))[None, : stored.levels.shape[1]]  # of a grey one all three are alike
        distances, numbers = nearest(asked, stored, count)
        names = self.classes or self.card.get("neighbours", {}).get("classes") or ()
        return [
            (
                to_picture(stored.pictures(number[None])[0].expand(3, -1, -1)),
                float(distance),
                _name(names, stored, number),
            )
            for distance, number in zip(distances[0], numbers[0], strict=True)
        ]

    def training_pictures(self) -> TrainingPictures:
        """What the network was trained on, as it is shipped beside the weights (few grey levels); read once.

        Raises:
            CourseError: nothing of the kind lies there.
        """
        if self._training is None:
            if self.folder is None or not (self.folder / FILE).is_file():
                raise CourseError("No training pictures lie beside this model, so there is nothing to compare with.")
            self._training = load_neighbours(self.folder / FILE, self.card.get("sha256", {}).get(Path(FILE).stem))
        return self._training

    def fingerprint(self) -> Fingerprint:
        """Mean and standard deviation of the answer to embedded z: moves if anything moved."""
        return fingerprint_of(self.generate(fingerprint_z(32, self.config["z_dim"])))


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Sampler:
    """The sampler in a folder."""
    return Sampler(read_network(folder, config, card, part, NETWORKS), config, card, device, folder)


def measure(models: Mapping[str, Sampler], data: str, split: str, seed: int) -> dict[str, Any]:
    """Class accuracy by an independent classifier, KID-VGG, nearness to the training pictures, variety.

    Args:
        data: what it was trained on: every tenth picture of a class was held out, and is again here.
        split: "val", as only that is held out.
        seed: of the samples and of the classifier.

    Raises:
        CourseError: no such data or split, or data without the model's classes; a model of points.
    """
    if split != "val":
        raise CourseError(
            f"split is {split!r}; of this kind of model only held-out pictures are measured: --split val."
        )
    from course_lib.data.labelled import open_labelled
    from course_lib.metrics.samples import samples_report

    (sampler,) = models.values()
    if sampler.config.get("size") is None:
        raise CourseError("This model makes points in the plane. Measure those with course_lib.metrics.mode_coverage.")
    size, classes = sampler.config["size"], sampler.classes
    training, held_out = (open_labelled(data, size=size, split=part, classes=classes) for part in ("train", "val"))
    count = EACH * len(training.classes)
    z, asked = sampler.latent(count, seed), sampler.labels(count)
    parts = [slice(start, start + 256) for start in range(0, count, 256)]
    names = [None if asked is None else asked[part].tolist() for part in parts]
    made = torch.cat([sampler.generate(z[part], own) for part, own in zip(parts, names, strict=True)])
    made = ((made + 1) * 127.5).round().clamp(0, 255) / 127.5 - 1  # through 8 bits, as a visitor gets them
    chosen = torch.randperm(len(held_out), generator=torch.Generator().manual_seed(seed))[:REAL]
    report = samples_report(
        made,
        asked,
        (training.pictures, training.labels),
        (held_out.pictures[chosen], held_out.labels[chosen]),
        training.classes,
        seed=seed,
    )
    return {"real": len(chosen), **report.to_json()}


def card_section(figures: dict[str, Any]) -> list[str]:
    """The figures as Markdown."""
    if figures["class_accuracy"] is not None:
        each = ", ".join(f"{name} {share:.0%}" for name, share in figures["class_accuracy_each"].items())
        rows = [
            (
                "samples whose class, by an independent classifier, is the one asked for",
                f"{figures['class_accuracy']:.1%}",
            ),
            ("of each class", each),
        ]
    else:
        rows = [("classes that at least 1 % of the samples belong to", f"{figures['classes_found']}")]
    rows += [
        ("that classifier on held-out real pictures", f"{figures['real_accuracy']:.1%}"),
        ("distance to the nearest training picture, median (0 … 2)", f"{figures['nearest']:.3f}"),
        ("the same of held-out real pictures", f"{figures['nearest_real']:.3f}"),
        ("samples nearer to a training picture than 99 of 100 real ones are", f"{figures['copies']:.1%}"),
        ("variety within a class, real pictures = 1", f"{figures['variety']:.2f}"),
        ("KID-VGG (95 % interval)", kid_cell(figures["kid_vgg"])),
        ("KID-VGG, real against real (95 % interval)", kid_cell(figures["kid_vgg_real"])),
    ]
    measured = f"{figures['samples']} samples against {figures['real']} held-out pictures ({figures['data']})"
    return [f"## Measured on {measured}", "", *table(rows)]


def companions(model: Sampler, data: str, folder: Path) -> dict[str, Any]:
    """The training pictures, in as many grey levels as 4 MB hold, so that samples can be held against them.

    None of data whose terms are not known to allow it, and none of points.
    """
    from course_lib.data.catalogue import may_ship
    from course_lib.data.labelled import open_labelled

    if model.config.get("size") is None or not may_ship(data):
        return {}
    pictures = open_labelled(data, size=model.config["size"], classes=model.classes)
    for bits, every in ((8, 1), (4, 1), (2, 1), (1, 1), (1, 2), (1, 4), (1, 8), (1, 16)):
        stored = quantised(pictures.bytes[::every], pictures.labels[::every], bits)
        if save_neighbours(folder, stored).stat().st_size <= LARGEST:
            known = {"pictures": len(stored), "bits": bits, "of": len(pictures), "classes": list(pictures.classes)}
            return {"neighbours": known}
    (folder / FILE).unlink()
    return {}


def fingerprint_z(count: int, latent: int) -> Tensor:
    """(count, latent) by a formula, about as spread as normal numbers: no random generator's version matters."""
    steps = torch.arange(1, count * latent + 1, dtype=torch.float64)
    share = (steps * ((math.sqrt(5) - 1) / 2)) % 1
    return (math.sqrt(2) * torch.erfinv(2 * share.clamp(1e-6, 1 - 1e-6) - 1)).float().reshape(count, latent)


def _name(names: Sequence[str], stored: TrainingPictures, number: Tensor) -> str:
    label = int(stored.labels[number])
    return names[label] if label < len(names) else ""
