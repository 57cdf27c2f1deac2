"""Flat and 3-D emoji at 64², small enough for a table over seeds: with pairs and without, by the course's own tasks."""

from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.kept_runs import filled, kept
from course_lib.data.domains import open_domains
from course_lib.data.pairs import open_pairs
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig, build_generator
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig
from course_lib.tasks.pix2pix import build_generator as build_unet

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
# begins as a copy, which both terms reward; at λ = 5 the networks still copied their input after 1,000 steps.
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
    "L1+GAN": replace(PAIRED, conditional=False),  # as the shipped model: D sees the output alone
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


def trained(variant: str, seed: int) -> tuple[dict[str, nn.Module], dict[str, float]]:
    """{"AtoB", "BtoA"}: the generators of a variant, and the seconds and steps (of one network) that it took; trains
    unless ``runs/`` has them of this very setting.
    """
    place = RUNS / variant.replace(" ", "_")
    if variant in WITHOUT_PAIRS:
        config, data, place = WITHOUT_PAIRS[variant], domains(), place / str(seed)
        seconds = kept(place, partial(CycleGAN, config), config, seed, data, {"AtoB": "G", "BtoA": "F"})
        networks = {way: filled(build_generator(config), place / f"{way}.safetensors") for way in WAYS}
        return networks, {"seconds": seconds, "steps": steps(config, data)}
    networks, seconds = {}, 0.0
    for way in WAYS:
        paired, data, there = replace(WITH_PAIRS[variant], direction=way), pairs(way), place / way / str(seed)
        seconds += kept(there, partial(Pix2Pix, paired), paired, seed, data, {way: "G"})
        networks[way] = filled(build_unet(paired), there / f"{way}.safetensors")
    return networks, {"seconds": seconds, "steps": steps(PAIRED, pairs(WAYS[0]))}


def steps(config: Pix2PixConfig | CycleGANConfig, data: Any) -> int:
    """How many a run has."""
    return config.epochs * (len(data) // config.batch)
