"""Figures of a run's held-out examples every few epochs, quick enough for that, and the best model so far kept.

They are of the model as it would be shipped: exported from the run's checkpoint, weights in 16 bits, through 8 bits.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_lib.data.pictures import as_seen, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.losses import l1_loss
from course_lib.metrics import kid_features, kid_from_features
from course_lib.models import zoo
from course_lib.models.export import export
from course_lib.models.sampler import Sampler
from course_lib.models.stylizer import Stylizer, painting_of, settings_of
from course_lib.models.translator import Translator, pairs_for
from course_lib.models.upscaler import Upscaler, compared
from course_lib.training.log import read_log

MOST = 100  # held-out examples
LARGER = {"PSNR"}  # of these the larger one is the better
SIDE = 256  # pixels of a photo's longer side for a stylizer
BEST, NEW = "model-best", "model-new"
Figures = dict[str, float]


def check(kind: str, described: Mapping[str, Any]) -> None:
    """Refuses what has no such figures, before a run begins.

    Raises:
        CourseError: a kind of model without them.
    """
    if kind not in FIGURES or (kind == "sampler" and described.get("size") is None):
        raise CourseError("--validate-every has no figures for such a model. Leave it out, and look at the samples.")


def validate(out: Path, data: str, epoch: int, log: Path) -> tuple[Figures, bool]:
    """Figures of the run's checkpoint as it is, and whether they are the best so far.

    The best model is then ``out/model-best``. The figures of earlier epochs are in the log.
    """
    new = export(out, out / NEW)
    try:
        (config, _), loss = zoo.config_of(new), zoo.card_of(new)["loss"]
        measured = FIGURES[config["kind"]](zoo.load_parts(new), data, loss)
        figures = {name: round(value, 5) for name, value in measured.items()}
        best = better(figures, earlier(log))
        if best:
            zoo.update_card(new, name=BEST, validated={"epoch": epoch, **figures})
            zoo.put(new, out / BEST)
        return figures, best
    finally:
        shutil.rmtree(new, ignore_errors=True)


def earlier(log: Path) -> list[Figures]:
    """The figures that a run's log holds."""
    lines = [line for line in read_log(log) if "best" in line]
    return [{name.removeprefix("val "): value for name, value in line.items()} for line in lines]


def better(figures: Figures, others: list[Figures]) -> bool:
    """Whether the first of the figures is better than in all others; of equals the earlier one stays."""
    name, value = next(iter(figures.items()))
    sign = -1 if name in LARGER else 1
    return all(sign * value < sign * other[name] for other in others if name in other)


def _translator(models: Mapping[str, Any], data: str, loss: Mapping[str, Any]) -> Figures:
    """With a discriminator KID-VGG decides: L1 alone would prefer the blurred one."""
    translator: Translator = models["model"]
    pairs = pairs_for(translator, data, "val")
    picked = [pairs.example(index) for index in range(min(len(pairs), MOST))]
    made = torch.cat([translator.through_8_bits(one["input"][None], seed) for seed, one in enumerate(picked)])
    true = torch.stack([one["target"] for one in picked])
    figures = {"KID-VGG": _kid(made, true), "L1": l1_loss(made, true).item()}
    return figures if loss.get("adversarial_weight") else dict(reversed(figures.items()))


def _two_way(models: Mapping[str, Any], data: str, loss: Mapping[str, Any]) -> Figures:
    """The mean KID-VGG of both ways decides: the way back alone is best where nothing is translated."""
    from course_lib.data.domains import open_domains

    config, channels = models["AtoB"].config, models["AtoB"].channels
    held_out = open_domains(
        data,
        size=config["size"],
        split="val",
        hold_out=config["hold_out"],
        fit=config.get("fit") or "squash",
        channels=channels,
    )
    picked = [held_out.example(index) for index in range(min(len(held_out), MOST))]
    a, b = (torch.stack([one[name] for one in picked]) for name in "AB")
    fake_b, fake_a = _answers(models["AtoB"], a), _answers(models["BtoA"], b)
    back = l1_loss(_answers(models["BtoA"], fake_b), a) + l1_loss(_answers(models["AtoB"], fake_a), b)
    return {"KID-VGG": (_kid(fake_b, b) + _kid(fake_a, a)) / 2, "there and back": back.item() / 2}


def _upscaler(models: Mapping[str, Any], data: str, loss: Mapping[str, Any]) -> Figures:
    upscaler: Upscaler = models["model"]
    row = compared({"model": upscaler}, data)["rows"]["model"]
    figures = {"PSNR": row["psnr"], "VGG distance": row["vgg_distance"]}
    return dict(reversed(figures.items())) if loss.get("adversarial_weight") else figures


def _sampler(models: Mapping[str, Any], data: str, loss: Mapping[str, Any]) -> Figures:
    from course_lib.data.labelled import open_labelled

    sampler: Sampler = models["model"]
    real = open_labelled(data, size=sampler.config["size"], split="val", classes=sampler.classes).pictures
    chosen = torch.randperm(len(real), generator=torch.Generator().manual_seed(0))[: 2 * MOST]
    return {"KID-VGG": _kid(sampler.generate(sampler.latent(2 * MOST, 0)), real[chosen])}


def _stylizer(models: Mapping[str, Any], data: str, loss: Mapping[str, Any]) -> Figures:
    """The objective that it was trained for."""
    from course_lib.data.photos import open_photos
    from course_lib.tasks.style_objective import StyleObjective

    stylizer: Stylizer = models["model"]
    objective = StyleObjective(settings_of(stylizer), painting_of(stylizer))
    photos = open_photos(data, split="val")
    totals = []
    for index in range(min(len(photos), MOST)):
        photo = photos.picture(index).copy()
        photo.thumbnail((SIDE, SIDE))
        width, height = (side // 4 * 4 for side in photo.size)
        shown = to_tensor(photo.crop((0, 0, width, height)))
        with torch.no_grad():
            totals.append(objective(stylizer.stylize(shown), objective.content_of(shown))["total"].item())
    return {"objective": sum(totals) / len(totals)}


FIGURES: dict[str, Callable[[Mapping[str, Any], str, Mapping[str, Any]], Figures]] = {
    "translator": _translator,
    "two_way": _two_way,
    "upscaler": _upscaler,
    "sampler": _sampler,
    "stylizer": _stylizer,
}


def _answers(translator: Translator, batch: Tensor) -> Tensor:
    return torch.cat([translator.through_8_bits(part) for part in batch.split(8)])


def _kid(made: Tensor, real: Tensor) -> float:
    x, y = (kid_features(to_unit(as_seen(pictures))) for pictures in (made, real))
    return float(kid_from_features(x, y, resamples=1))
