"""A two-way translator: two networks between two domains, each way a ``Translator``, measured without pairs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_lib.data.pictures import as_seen
from course_lib.errors import CourseError
from course_lib.models.card_tables import kid_cell, table
from course_lib.models.files import Card, Config
from course_lib.models.translator import NETWORKS, SHOWN, TAG, Translator, companions
from course_lib.models.translator import load as load_one_way

__all__ = ["NETWORKS", "NOUN", "PARTS", "SHOWN", "TAG", "TOLERANCE", "card_section", "companions", "load", "measure"]

NOUN, PARTS = "a two-way translator", ("AtoB", "BtoA")
TOLERANCE = {"called_target": 0.03, "classifier_accuracy": 0.03, "reconstruction_l1": 1e-3}
SEEN = 1500  # pictures of each domain, at most, that the classifier learns from
EPOCHS = 40  # of the classifier: of emoji it then names 91 % of the held-out real ones, after 15 it named 90 %


def load(folder: Path, config: Config, card: Card, part: str, device: str) -> Translator:
    """One way of the two. The config's arguments are those of A → B; back, its channels change places."""
    arguments = config.get("arguments")
    if part == "BtoA" and isinstance(arguments, dict) and {"in_channels", "out_channels"} <= arguments.keys():
        back = {"in_channels": arguments["out_channels"], "out_channels": arguments["in_channels"]}
        config = {**config, "arguments": {**arguments, **back}}
    return load_one_way(folder, config, card, part, device)


def measure(models: Mapping[str, Translator], data: str, split: str, seed: int) -> dict[str, Any]:
    """What an independent classifier calls the translations, the way back, KID-VGG, and the distance to the truth.

    Args:
        models: "AtoB" and "BtoA".
        data: what they were trained on; what was held out then is held out of the classifier's training too, and
            measured here.
        split: "val", as only that is held out.
        seed: of the classifier.

    Raises:
        CourseError: no such data or split.
    """
    if split != "val":
        raise CourseError(
            f"split is {split!r}; of this kind of model only held-out pictures are measured: --split val."
        )
    from tqdm import tqdm

    from course_lib.data.domains import DomainSet, open_domains
    from course_lib.metrics.domains import domains_report, train_domain_classifier

    config = models["AtoB"].config
    channels = models["AtoB"].channels
    train, val = (
        open_domains(
            data,
            size=config["size"],
            split=part,
            hold_out=config["hold_out"],
            fit=config.get("fit") or "squash",
            channels=channels,
        )
        for part in ("train", "val")
    )

    def pictures(data: DomainSet, most: int | None = None) -> dict[str, Tensor]:
        picked = [data.example(index) for index in range(min(len(data), most or len(data)))]
        return {name: torch.stack([one[name] for one in picked]) for name in "AB"}

    def translated(direction: str, batch: Tensor) -> Tensor:
        parts = tqdm(batch.split(8), unit="batch", desc=direction)
        return torch.cat([models[direction].through_8_bits(part) for part in parts])

    def seen_by_people(both: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: as_seen(batch) for name, batch in both.items()}

    seen, real = pictures(train, SEEN), pictures(val)
    classifier = train_domain_classifier(as_seen(seen["A"]), as_seen(seen["B"]), seed, EPOCHS)
    made = {"B": translated("AtoB", real["A"]), "A": translated("BtoA", real["B"])}
    back = {"A": translated("BtoA", made["B"]), "B": translated("AtoB", made["A"])}
    real, made, back = map(seen_by_people, (real, made, back))
    return domains_report(classifier, real, made, back, paired=val.paired).to_json()


def card_section(figures: dict[str, Any]) -> list[str]:
    """The figures of both directions as Markdown."""
    ways = [figures["AtoB"], figures["BtoA"]]
    rows = [
        (name, *(form(way) for way in ways))
        for name, form in (
            (
                "translations that an independent classifier calls the target domain",
                lambda way: f"{way['called_target']:.1%}",
            ),
            ("the same of the sources, untranslated", lambda way: f"{way['untranslated_called_target']:.1%}"),
            ("the same of real pictures of the target", lambda way: f"{way['real_called_target']:.1%}"),
            ("reconstruction (there and back), L1 on [−1, 1]", lambda way: f"{way['reconstruction_l1']:.4f}"),
            ("KID-VGG to the target (95 % interval)", lambda way: kid_cell(way["kid_vgg"])),
            ("KID-VGG of the untranslated", lambda way: kid_cell(way["kid_vgg_untranslated"])),
            ("KID-VGG, real against real", lambda way: kid_cell(way["kid_vgg_real"])),
        )
    ]
    if ways[0].get("truth"):
        for key, name in (("l1", "L1 on [−1, 1]"), ("ssim", "SSIM"), ("features", "feature distance (relu3_3)")):
            rows.append((f"{name} to the true counterpart", *(f"{way['truth'][key]:.4f}" for way in ways)))
            rows.append((f"{name}, doing nothing", *(f"{way['truth_untranslated'][key]:.4f}" for way in ways)))
    return [
        f"## Measured on {ways[0]['pictures']} and {ways[1]['pictures']} held-out pictures ({figures['data']})",
        "",
        *table(rows, ("figure", "A → B", "B → A")),
        "",
        f"That classifier on held-out real pictures: {figures['classifier_accuracy']:.1%}.",
    ]
