"""pix2pix, small enough for a table over seeds: the course's own task and loop on the embedded façades at 64²."""

from dataclasses import replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from benchmarks.kept_runs import filled, kept
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.networks import UnetGenerator
from course_lib.tasks.pix2pix import Pix2Pix, Pix2PixConfig, generator_arguments

RUNS = Path("runs/benchmarks")
SEEDS = [0, 1, 2]
# 4 epochs over 400 maps, 400 steps: half a minute each on one idle core. Narrow networks bear a higher rate than the
# paper's 2e-4. Instance norm and a moving average as in the shipped models; everything else is the paper's.
SMALL = Pix2PixConfig(
    size=64,
    load_size=64,
    direction="BtoA",
    levels=6,
    width=12,
    norm="instance",
    d_layers=3,
    d_width=12,
    batch=4,
    lr=1e-3,
    epochs_flat=3,
    epochs_decay=1,
    ema_decay=0.99,
)
VARIANTS = {
    "L1": replace(SMALL, adversarial_weight=0.0),
    "cGAN": replace(SMALL, l1_weight=0.0),
    "L1+cGAN": SMALL,
    "patch 1": replace(SMALL, d_layers=0),
    "patch 16": replace(SMALL, d_layers=1),
    "patch 34": replace(SMALL, d_layers=2),
    "L1, no skips": replace(SMALL, adversarial_weight=0.0),
    # The way back has one answer: plain L1 learns to read a photo. It measures the others.
    "reader": replace(
        SMALL, adversarial_weight=0.0, direction="AtoB", width=16, lr=8e-4, epochs_flat=6, epochs_decay=2
    ),
}


def cut_skips(network: UnetGenerator) -> UnetGenerator:
    """Feeds zeros where each decoder block expects its skip: same parameters, no wire around the bottleneck."""

    def zero_skip(_: torch.nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        skip, deep = inputs[0].chunk(2, dim=1)
        return (torch.cat([torch.zeros_like(skip), deep], dim=1),)

    for block in network.up[:-1]:
        block.register_forward_pre_hook(zero_skip)
    return network


def folder(variant: str, seed: int) -> Path:
    return RUNS / variant.replace(" ", "_").replace(",", "") / str(seed)


def trained(variant: str, seed: int, data: FacadeBlocks | None = None) -> tuple[UnetGenerator, float]:
    """The generator of a variant and the seconds its training took; trains it unless ``runs/`` has it of this very
    setting.
    """
    config, place = VARIANTS[variant], folder(variant, seed)
    without_skips = variant.endswith("no skips")

    def build(accelerator: Accelerator) -> Pix2Pix:
        task = Pix2Pix(config, accelerator)
        if without_skips:
            cut_skips(task.exported("G"))
            cut_skips(accelerator.unwrap_model(task.G))
        return task

    data = data or FacadeBlocks(config.size, direction=config.direction)
    seconds = kept(place, build, config, seed, data, {"generator": "G"})
    network = UnetGenerator(**generator_arguments(config))
    if without_skips:
        cut_skips(network)
    return filled(network, place / "generator.safetensors"), seconds


def validation(direction: str = "BtoA", count: int = 100) -> tuple[Tensor, Tensor]:
    """(inputs, targets) of the validation maps, (N, 3, 64, 64) each."""
    data = FacadeBlocks(SMALL.size, split="val", direction=direction)
    examples = [data.example(index) for index in range(count)]
    return torch.stack([e["input"] for e in examples]), torch.stack([e["target"] for e in examples])


@torch.no_grad()
def translate(network: torch.nn.Module, inputs: Tensor, seed: int = 0) -> Tensor:
    """Outputs for all inputs, (N, 3, H, W); the noise (dropout) comes from ``seed``."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return torch.cat([network(part) for part in inputs.split(20)])


if __name__ == "__main__":
    trained("reader", 0)
    for seed in SEEDS:  # seed by seed, so that whatever is done by now is a whole table
        for variant in VARIANTS:
            if variant != "reader":
                trained(variant, seed)
