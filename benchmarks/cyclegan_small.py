"""CycleGAN, small enough for an ablation over seeds: the course's own task and step on the embedded stripes at 32²."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from course_lib.data.synthetic.stripes import Stripes
from course_lib.files import write_whole
from course_lib.networks import PatchDiscriminator, ResnetGenerator
from course_lib.networks.copying import copying_start
from course_lib.tasks.cyclegan import CycleGAN, CycleGANConfig

RUNS = Path("runs/benchmarks/cyclegan")
SEEDS = [0, 1, 2]
EPOCH = 20  # steps between two changes of the rate
KEPT = 16  # pictures whose translations are kept at every look
LOOKS = 8  # times in a run
# Some things differ from the paper on purpose. No instance norm: it takes the mean colour out of every picture, and
# grounds here have colours that nobody could guess back. And a start that copies (see ``copying_start``): from random
# weights
# the pilots had learned nothing yet after as many steps. Short runs want more than that start: a higher rate than 2e-4,
# and
# λ = 2, as at 10 the copy was hardly left behind in half as many steps.
SMALL = CycleGANConfig(
    size=32,
    load_size=32,
    blocks=2,
    width=16,
    norm="none",
    upsample="transposed",
    d_layers=1,
    d_width=16,
    forward_cycle_weight=2.0,
    backward_cycle_weight=2.0,
    batch=2,
    lr=1e-3,
    epochs_flat=22,
    epochs_decay=8,
    ema_decay=0.98,
    channels_last=True,
)
# As in the paper's table (its tables 4 and 5) the first five rows are without the identity term.
_PAPER = replace(SMALL, identity_weight=0.0)
VARIANTS = {
    "cycle alone": replace(_PAPER, forward_gan_weight=0.0, backward_gan_weight=0.0),
    "GAN alone": replace(_PAPER, forward_cycle_weight=0.0, backward_cycle_weight=0.0),
    "GAN + forward cycle": replace(_PAPER, backward_cycle_weight=0.0),
    "GAN + backward cycle": replace(_PAPER, forward_cycle_weight=0.0),
    "no identity": _PAPER,
    "full": SMALL,
    "no history": replace(SMALL, history=0),
    "BCE": replace(SMALL, adversarial="bce"),
}


@dataclass
class Trained:
    """What a run leaves: its task, its losses step by step, and translations of the same pictures at every look."""

    task: CycleGAN
    seconds: float
    curve: list[dict[str, float]] = field(default_factory=list)
    looks: list[dict[str, Tensor]] = field(default_factory=list)  # {"A": F(b), "B": G(a)}, oldest first


def pictures(split: str) -> dict[str, Tensor]:
    """{"A", "B"}: all pictures of a split, (N, 3, 32, 32) in [−1, 1]."""
    data = Stripes(size=SMALL.size, split=split)
    examples = [data.example(index) for index in range(len(data))]
    return {name: torch.stack([example[name] for example in examples]) for name in "AB"}


def start(config: CycleGANConfig, seed: int) -> CycleGAN:
    """The task with its weights set:

    both generators copy, both discriminators are random (He et al. 2015, as nothing normalises).
    """
    torch.manual_seed(seed)
    task = CycleGAN(config, Accelerator(cpu=True))
    for name, network in task.networks.items():
        bare = task.accelerator.unwrap_model(network)
        if isinstance(bare, ResnetGenerator):
            copying_start(bare)
            task.averages[name].module.load_state_dict(bare.state_dict())
        elif isinstance(bare, PatchDiscriminator):
            for layer in bare.modules():
                if isinstance(layer, nn.Conv2d):
                    nn.init.kaiming_normal_(layer.weight, a=0.2)
    return task


def trained(config: CycleGANConfig, seed: int, data: dict[str, Tensor]) -> Trained:
    """Trains from the copying start:

    ``config.epochs`` × ``EPOCH`` steps, pictures of the two domains drawn independently.
    """
    task = start(config, seed)
    random = torch.Generator().manual_seed(seed)
    run = Trained(task, 0.0)
    steps = config.epochs * EPOCH
    started = time.process_time()
    for step in range(steps):
        if step % EPOCH == 0:
            task.start_epoch(step // EPOCH)
        batch = {
            name: data[name][torch.randint(len(data[name]), (config.batch,), generator=random)] for name in ("A", "B")
        }
        run.curve.append({name: value.item() for name, value in task.step(batch).items()})
        if (step + 1) % (steps // LOOKS) == 0:
            with torch.no_grad():
                run.looks.append({"A": task.F(data["B"][:KEPT]), "B": task.G(data["A"][:KEPT])})
    run.seconds = time.process_time() - started
    return run


def kept(variant: str, seed: int, data: dict[str, Tensor] | None = None) -> Trained:
    """The run of a variant; trains it unless ``runs/`` has it, made by the same recipe.

    A run is a file that appears whole.
    """
    place = RUNS / f"{variant.replace(' ', '_').replace('+', 'and')}-{seed}.pt"
    config = VARIANTS[variant]
    recipe = vars(config) | {"steps": config.epochs * EPOCH, "seed": seed, "data": Stripes(size=SMALL.size).digest()}
    if not place.exists() or torch.load(place, weights_only=True).get("recipe") != recipe:
        run = trained(config, seed, data or pictures("train"))
        names = ("G", "F", "D_A", "D_B")
        state: dict[str, Any] = {
            name: run.task.accelerator.unwrap_model(run.task.networks[name]).state_dict() for name in names
        }
        state |= {f"average_{name}": run.task.averages[name].module.state_dict() for name in ("G", "F")}
        found = {"recipe": recipe, "state": state, "seconds": run.seconds, "curve": run.curve, "looks": run.looks}
        write_whole(place, lambda temporary: torch.save(found, temporary))
    record = torch.load(place, weights_only=True)
    task = CycleGAN(config, Accelerator(cpu=True))
    for name, weights in record["state"].items():
        network = task.networks[name] if name in task.networks else task.averages[name.removeprefix("average_")].module
        network.load_state_dict(weights)
    return Trained(task, record["seconds"], record["curve"], record["looks"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    everything = pictures("train")
    for seed in SEEDS:  # seed by seed, so that whatever is done by now is a whole table
        for variant in VARIANTS:
            print(seed, variant, f"{kept(variant, seed, everything).seconds:.0f} s", flush=True)
