"""Flat and 3-D emoji at 64², small enough for a table over seeds: with pairs and without, by the course's own tasks."""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from course_lib.data.domains import open_domains
from course_lib.data.pairs import open_pairs
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig, build_generator
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.tasks.pix2pix import build_generator as build_unet
from course_lib.training.loop import Run, train

RUNS = Path("runs/benchmarks/fluent")
FOLDER = "../shared/data/fluent128"
SEEDS = [0, 1, 2]
WAYS = ("AtoB", "BtoA")  # flat → 3-D and back
# Two epochs of 613 steps. Both generators add to their input; instance norm and a moving average as in the shipped
# models. Narrow networks bear a higher rate than the papers' 2e-4.
PAIRED = Pix2PixConfig(
    size=64,
    load_size=64,
    levels=6,
    width=12,
    norm="instance",
    upsample="resize",
    global_skip=True,
    d_layers=2,
    d_width=16,
    batch=4,
    lr=1e-3,
    epochs_flat=1,
    epochs_decay=1,
    ema_decay=0.99,
    channels_last=True,
)
# Two epochs of 570 steps, no emoji in both styles. λ = 1 and no identity term: a generator that adds to its input
# begins as a copy, which both terms reward, and at λ = 5 it was not left in 1,000 steps.
UNPAIRED = CycleGANConfig(
    size=64,
    load_size=64,
    blocks=3,
    width=16,
    upsample="resize",
    global_skip=True,
    d_layers=2,
    d_width=16,
    forward_cycle_weight=1.0,
    backward_cycle_weight=1.0,
    identity_weight=0.0,
    lr=4e-4,
    epochs_flat=1,
    epochs_decay=1,
    ema_decay=0.99,
    channels_last=True,
)
WITH_PAIRS: dict[str, Pix2PixConfig] = {
    "L1": replace(PAIRED, adversarial_weight=0.0),
    "cGAN": replace(PAIRED, l1_weight=0.0),
    "L1+cGAN": PAIRED,
}
WITHOUT_PAIRS: dict[str, CycleGANConfig] = {
    "CycleGAN": UNPAIRED,
    "GAN alone": replace(UNPAIRED, forward_cycle_weight=0.0, backward_cycle_weight=0.0),
    "cycle alone": replace(UNPAIRED, forward_gan_weight=0.0, backward_gan_weight=0.0),
    "GAN + forward cycle": replace(UNPAIRED, backward_cycle_weight=0.0),
    "GAN + backward cycle": replace(UNPAIRED, forward_cycle_weight=0.0),
}
VARIANTS = [*WITH_PAIRS, *WITHOUT_PAIRS]


@cache
def pairs(direction: str) -> Any:
    """The training pairs of a direction."""
    return open_pairs(f"fluent={FOLDER}", size=64, direction=direction)


@cache
def domains() -> Any:
    """Both domains, no emoji in both."""
    return open_domains(f"fluent_unpaired={FOLDER}", size=64)


@cache
def validation() -> dict[str, Tensor]:
    """{"A": flat, "B": 3-D}: the validation pairs, (257, 3, 64, 64) each in [−1, 1]."""
    data = open_domains(f"fluent_unpaired={FOLDER}", size=64, split="val")
    examples = [data.example(index) for index in range(len(data))]
    return {name: torch.stack([example[name] for example in examples]) for name in "AB"}


def trained(variant: str, seed: int) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    """{"AtoB", "BtoA"}: the generators of a variant, and what making them took; trains unless ``runs/`` has them of this
    very setting.
    """
    if variant in WITHOUT_PAIRS:
        return _without_pairs(variant, seed)
    both = {way: _with_pairs(variant, seed, way) for way in WAYS}
    seconds = sum(made["seconds"] for _, made in both.values())
    steps = max(made["steps"] for _, made in both.values())
    return {way: network for way, (network, _) in both.items()}, {"seconds": seconds, "steps": steps}


def _with_pairs(variant: str, seed: int, way: str) -> tuple[nn.Module, dict[str, Any]]:
    config, data = replace(WITH_PAIRS[variant], direction=way), pairs(way)
    place = RUNS / variant / way / str(seed)
    made = _kept(place, Pix2Pix, config, seed, data, {way: "G"})
    return _filled(build_unet(config), place / f"{way}.safetensors"), made


def _without_pairs(variant: str, seed: int) -> tuple[dict[str, nn.Module], dict[str, Any]]:
    config = WITHOUT_PAIRS[variant]
    place = RUNS / variant.replace(" ", "_") / str(seed)
    made = _kept(place, CycleGAN, config, seed, domains(), {"AtoB": "G", "BtoA": "F"})
    return {way: _filled(build_generator(config), place / f"{way}.safetensors") for way in WAYS}, made


def _kept(place: Path, kind: Any, config: Any, seed: int, data: Any, exported: Mapping[str, str]) -> dict[str, Any]:
    """What made.json says of a run; trains it if it is not there, or was made otherwise."""
    note = place / "made.json"
    setting = json.loads(json.dumps({"config": asdict(config), "seed": seed, "data": data.digest()}))
    if not note.exists() or json.loads(note.read_text())["setting"] != setting:
        shutil.rmtree(place, ignore_errors=True)  # an interrupted run would not be the same run
        torch.manual_seed(seed)
        accelerator = Accelerator(cpu=True)
        task = kind(config, accelerator)
        started = time.monotonic()
        train(task, data, Run(out=place, epochs=config.epochs, batch=config.batch, seed=seed), accelerator)
        for way, name in exported.items():
            weights = {key: tensor.contiguous() for key, tensor in task.exported(name).state_dict().items()}
            save_file(weights, place / f"{way}.safetensors")
        steps = config.epochs * (len(data) // config.batch)
        note.write_text(json.dumps({"setting": setting, "seconds": time.monotonic() - started, "steps": steps}))
        (place / "checkpoint.pt").unlink(missing_ok=True)
    return json.loads(note.read_text())


def _filled(network: nn.Module, weights: Path) -> nn.Module:
    network.load_state_dict(load_file(weights))
    return network.eval()
