"""Table of lesson 04: ways to tell G and D the class, and what happens when D is not told. ``python -m
benchmarks.conditioning``.

That is for the digits of 8², which are embedded. ``python -m benchmarks.conditioning QUICKDRAW_FOLDER`` adds real
drawings.
"""

import dataclasses
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from benchmarks.provenance import RESULTS, store, stored
from course_lib.data.labelled import Labelled, open_labelled
from course_lib.metrics import accuracy, classify, train_classifier
from course_lib.tasks.cgan import CGAN, CGANConfig, fit

DIGITS = CGANConfig(
    size=8,
    condition="onehot",
    adversarial="bce",
    spectral_norm=False,
    z_dim=16,
    width=48,
    d_width=48,
    batch=64,
    lr=2e-3,
    d_lr=2e-3,
    ema_decay=0.99,
)
DRAWINGS = dataclasses.replace(
    DIGITS,
    size=16,
    z_dim=32,
    width=24,
    d_width=24,
    batch=32,
    lr=1e-3,
    d_lr=1e-3,
    classes=("apple", "bicycle", "rainbow"),
)
STEPS = {"digits": 300, "drawings": 400}
SEEDS = {"digits": [0, 1, 2, 3, 4], "drawings": [0, 1, 2]}
FEWER = ("embedding", "projection", "labels shuffled")  # digits: these with the first three seeds
Change = Callable[[Tensor, torch.Generator], Tensor]
VARIANTS: dict[str, dict[str, Any]] = {
    "one-hot": {},
    "embedding": {"condition": "embedding"},
    "projection": {"condition": "projection"},
    "D blind": {"blind": True},
    "labels shuffled": {},  # D sees labels, but the reals carry somebody else's
}
ON_DRAWINGS = ("one-hot", "D blind")


def train(
    config: CGANConfig, data: Labelled, steps: int, seed: int, *, shuffled: bool = False, change: Change | None = None
) -> CGAN:
    """A small conditional GAN; with ``shuffled`` labels that have nothing to do with the pictures; ``change``
    augments.
    """
    torch.manual_seed(seed)
    task, order = CGAN(fit(config, data), Accelerator(cpu=True)), torch.Generator().manual_seed(seed)
    pictures = data.pictures
    for _ in range(steps):
        chosen = torch.randint(len(data), (config.batch,), generator=order)
        labels = data.labels[chosen]
        if shuffled:
            labels = labels[torch.randperm(len(labels), generator=order)]
        real = change(pictures[chosen], order) if change else pictures[chosen]
        task.step({"real": real, "label": labels})
    return task


@torch.no_grad()
def measure(task: CGAN, classifier: torch.nn.Module, held_out: Labelled, per_class: int = 50) -> dict[str, float]:
    """What an independent classifier, and D itself, say about a trained pair."""
    classes = len(held_out.classes)
    wanted = torch.arange(classes).repeat_interleave(per_class)
    made = task.generate(wanted, torch.Generator().manual_seed(1))
    z = torch.randn(per_class, task.config.z_dim, generator=torch.Generator().manual_seed(2))
    network = task.exported("G").eval()
    same_z = torch.stack([network(z, torch.full((per_class,), k)) for k in range(classes)])
    pictures, labels = held_out.pictures, held_out.labels
    wrong = (labels + 1 + torch.arange(len(labels)) % (classes - 1)) % classes
    difference = task.scores(pictures, labels) - task.scores(pictures, wrong)
    answers = classify(classifier, made)
    return {
        "accuracy": accuracy(classifier, made, wanted),
        "variety": _spread(made, wanted, classes) / _spread(pictures, labels, classes),
        "commonest": torch.bincount(answers, minlength=classes).max().item() / len(answers),
        "label_effect": (_differ(same_z, 0) / _differ(same_z, 1)).item(),
        "objects": ((difference > 0).float() + 0.5 * (difference == 0).float()).mean().item(),
    }


def _spread(pictures: Tensor, labels: Tensor, classes: int) -> float:
    """Standard deviation within a class, mean over pixels and classes."""
    return torch.stack([pictures[labels == k].std(0).mean() for k in range(classes)]).mean().item()


def _differ(pictures: Tensor, axis: int) -> Tensor:
    """Mean absolute difference of neighbours along an axis."""
    return (pictures - pictures.roll(1, axis)).abs().mean()


def table(kind: str, config: CGANConfig, source: str, variants: tuple[str, ...]) -> tuple[dict[str, Any], float]:
    """Variant → one row a seed; what the classifier scores on held-out real pictures; the seconds it took."""
    started = time.monotonic()
    data, held_out = (
        open_labelled(source, size=config.size, split=split, classes=config.classes) for split in ("train", "val")
    )
    classifier = train_classifier(
        data.pictures, data.labels, classes=len(data.classes), epochs=20 if kind == "digits" else 3, seed=0
    )
    rows: dict[str, list[dict[str, float]]] = {}
    for name in variants:
        rows[name] = []
        for seed in SEEDS[kind][: 3 if name in FEWER else None]:
            varied = dataclasses.replace(config, **VARIANTS[name])
            task = train(varied, data, STEPS[kind], seed, shuffled=name == "labels shuffled")
            rows[name].append({"seed": seed} | measure(task, classifier, held_out))
            print(kind, name, {key: round(value, 3) for key, value in rows[name][-1].items()}, flush=True)
    return {
        "config": dataclasses.asdict(config),
        "steps": STEPS[kind],
        "classes": list(data.classes),
        "classifier_on_real": accuracy(classifier, held_out.pictures, held_out.labels),
        "rows": rows,
    }, time.monotonic() - started


def main(arguments: list[str]) -> None:
    """Digits without a folder, real drawings with one; the other half of the result stays as it is stored."""
    before = stored("conditioning") if (RESULTS / "conditioning.json").exists() else {}
    if arguments:
        digits = {key: before[key] for key in ("config", "steps", "classes", "classifier_on_real", "rows")}
        drawings, seconds = table("drawings", DRAWINGS, arguments[0], ON_DRAWINGS)
        seconds += before["seconds"]
    else:
        digits, seconds = table("digits", DIGITS, "digits", tuple(VARIANTS))
        drawings = before.get("drawings")
    path = store(
        "conditioning",
        command="python -m benchmarks.conditioning; python -m benchmarks.conditioning QUICKDRAW_FOLDER",
        seeds=SEEDS["digits"],
        seconds=seconds,
        result={**digits, "drawings": drawings},
    )
    print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
