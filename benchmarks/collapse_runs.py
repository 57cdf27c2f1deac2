"""Small GANs in the plane for lesson 03: ten seeds train side by side, and what they cover is counted on the way."""

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.data.points import Mixture, SeededPoints, mixture
from course_lib.metrics import mode_coverage
from course_lib.plots.plane import pack_points
from course_lib.tasks.gan import GAN, GANConfig

RUNS = Path("runs/benchmarks/collapse")
SEEDS = list(range(10))
EPOCH = 100  # steps between two changes of the rate
LOOKS = 15  # times a run is measured
SAMPLES = 4000  # points a seed at the end
FRAME = 256  # points of seed 0 that are kept to be looked at

# One recipe for every cell of the table: 1,000 steps at a constant rate, then 500 while it falls to nothing.
RING = GANConfig(gradient_penalty=0.0, z_dim=2, width=64, batch=128, lr=2e-3, epochs_flat=10, epochs_decay=5)
CAREFUL = replace(RING, lr=4e-3, epochs_flat=15, epochs_decay=15)
SETTINGS = (
    "adversarial",
    "gradient_penalty",
    "r1",
    "spectral_norm",
    "packing",
    "instance_noise",
    "d_steps",
    "z_dim",
    "width",
    "batch",
    "lr",
    "beta1",
    "epochs_flat",
    "epochs_decay",
    "ema_decay",
)
LOSSES = ["bce", "saturating", "lsgan", "hinge", "wasserstein"]
CURES: dict[str, dict[str, Any]] = {
    "none": {"ema_decay": 0.99},  # the average is measured beside the generator itself, which it does not touch
    "gradient penalty": {"gradient_penalty": 10.0},
    "R1": {"r1": 0.1},
    "packing": {"packing": 2},
    "spectral norm": {"spectral_norm": True},
    "instance noise": {"instance_noise": 0.1},
}


@dataclass(frozen=True)
class Cell:
    """One setting on one target."""

    config: GANConfig
    target: str = "ring"


def fair_tenth(samples: int, modes: int) -> int:
    """Good samples that make a mode count as covered: a tenth of what a fair generator would give it."""
    return max(1, samples // (10 * modes))


def measure(points: Tensor, target: Mixture) -> dict[str, Any]:
    """(N, 2) → covered modes, good share, good samples of each mode.

    A generator that left for infinity covers nothing.
    """
    if not torch.isfinite(points).all():
        return {"covered": 0, "good": 0.0, "counts": [0] * len(target.centres)}
    found = mode_coverage(points, target.centres, target.radius, fair_tenth(len(points), len(target.centres)))
    return {"covered": found.covered, "good": found.good_share, "counts": found.counts.tolist()}


def settings(config: GANConfig) -> dict[str, Any]:
    """What matters to points in the plane."""
    return {name: getattr(config, name) for name in SETTINGS}


def train(cell: Cell, seeds: list[int] | None = None, looks: int = LOOKS) -> dict[str, Any]:
    """Trains the cell for all seeds at once.

    Returns:
        "rows": one a seed, measured at the end; "steps", "covered", "good": [look][seed] on the way; "frames": seed 0's
        points at every look, packed; "average": the rows of the generator's moving average, if it kept one.
    """
    seeds = SEEDS if seeds is None else seeds
    target, config = mixture(cell.target), cell.config
    task, points = GAN(config, Accelerator(cpu=True), seeds=seeds), SeededPoints(target, seeds)
    total = config.epochs * EPOCH
    started, step, frames = time.process_time(), 0, []
    path: dict[str, list] = {"steps": [], "covered": [], "good": []}
    for epoch in range(config.epochs):
        task.start_epoch(epoch)
        for _ in range(EPOCH):
            task.step(points.batch(config.batch))
            step += 1
            if step % (total // looks) == 0:
                drawn = draw(task, 1000)
                found = [measure(each, target) for each in drawn]
                path["steps"].append(step)
                path["covered"].append([one["covered"] for one in found])
                path["good"].append([round(one["good"], 4) for one in found])
                frames.append(pack_points(drawn[0, :FRAME]))
    seconds = time.process_time() - started
    rows = [{"seed": seed, **measure(each, target)} for seed, each in zip(seeds, draw(task, SAMPLES), strict=True)]
    result = {"config": settings(config), "target": cell.target, "seconds": round(seconds, 1), "rows": rows, **path}
    if config.ema_decay:
        drawn = task.generate(SAMPLES, torch.Generator().manual_seed(1))
        result["average"] = [{"seed": seed, **measure(each, target)} for seed, each in zip(seeds, drawn, strict=True)]
    return result | {"frames": frames}


@torch.no_grad()
def draw(task: GAN, count: int) -> Tensor:
    """(S, count, 2) of the generators themselves, not of their average; the same z for every seed."""
    z = torch.randn(count, task.config.z_dim, generator=torch.Generator().manual_seed(1))
    return task.accelerator.unwrap_model(task.G)(z.expand(len(task.seeds), -1, -1))


def cells() -> dict[str, Cell]:
    """Every setting by name, "loss / cure / …", in the order in which they are worth having."""
    plain, d_often = CURES["none"], {"d_steps": 5, "epochs_flat": 15, "epochs_decay": 15}
    penalised = replace(RING, adversarial="wasserstein", gradient_penalty=10.0)
    first = {
        "bce / none": Cell(replace(RING, **plain)),
        "bce / R1": Cell(replace(RING, r1=0.1)),
        "bce / R1 / careful": Cell(replace(CAREFUL, r1=0.1)),
        "bce / none / longer": Cell(replace(RING, epochs_decay=10, **plain)),
        "bce / none / careful": Cell(replace(CAREFUL, **plain)),
        "lsgan / none": Cell(replace(RING, adversarial="lsgan", **plain)),
        "wasserstein / gradient penalty": Cell(penalised),
        "grid / none": Cell(replace(CAREFUL, **plain), "grid"),
        "grid / R1": Cell(replace(CAREFUL, r1=0.1), "grid"),
        "bce / packing": Cell(replace(RING, packing=2)),
    }
    table = {
        f"{loss} / {cure}": Cell(replace(RING, adversarial=loss, **options))
        for cure, options in CURES.items()
        for loss in LOSSES
    }
    last = {
        "bce / none / constant": Cell(replace(CAREFUL, epochs_flat=30, epochs_decay=0, **plain)),
        "wasserstein / gradient penalty / λ 1": Cell(replace(penalised, gradient_penalty=1.0)),
        "wasserstein / gradient penalty / 5 steps of D": Cell(replace(penalised, **d_often)),
    }
    return first | table | last


def kept(name: str, cell: Cell) -> dict[str, Any]:
    """The cell's result; trains it unless ``runs/`` has it with the same settings."""
    place = RUNS / f"{name.replace(' / ', '__').replace(' ', '_').replace(',', '')}.json"
    if place.exists():
        found = json.loads(place.read_text(encoding="utf-8"))
        if all(found["config"].get(name) == value for name, value in settings(cell.config).items()):
            return found
    place.parent.mkdir(parents=True, exist_ok=True)
    result = train(cell)
    place.write_text(json.dumps(result), encoding="utf-8")
    return result
