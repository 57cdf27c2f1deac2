"""What a training costs, in hours, on 1 to 64 GPUs: ``python -m benchmarks.cost``.

One process's step is measured here (or given by ``--seconds``). What several processes add is simulated from the sizes
of the networks: a ring all-reduce of every gradient after the step, 2 (n − 1)/n times its bytes through the slowest link.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from benchmarks.provenance import store
from course_lib.errors import CourseError
from course_lib.tasks import TASKS
from course_lib.training.accelerator import fresh_accelerator

COUNTS = (1, 2, 4, 8, 16, 32, 64)
SIMULATED = "simulated: measured is one process's step; communication comes after it, from the networks' sizes"


@dataclass(frozen=True)
class Links:
    """Bytes a second, between the GPUs of a machine and between machines."""

    inside: float
    between: float
    per_machine: int

    def slowest(self, processes: int) -> float:
        """A ring is as fast as its slowest link."""
        return self.inside if processes <= self.per_machine else self.between


def communication(gradient_bytes: int, processes: int, links: Links) -> float:
    """Seconds a step for the gradients of all networks: each process sends 2 (n − 1)/n of them."""
    if processes == 1:
        return 0.0
    return 2 * (processes - 1) / processes * gradient_bytes / links.slowest(processes)


def hours(pictures: int, epochs: int, batch: int, processes: int, seconds: float) -> float:
    """Hours of ``epochs`` at so many seconds a step; steps are whole, what does not fill one is left out."""
    return epochs * (pictures // (batch * processes)) * seconds / 3600


def table(
    *,
    pictures: int,
    epochs: int,
    batch: int,
    step: float,
    gradient_bytes: int,
    links: Links,
    counts: Sequence[int] = COUNTS,
) -> list[dict[str, Any]]:
    """A row for every number of processes that the pictures fill a step of."""
    rows = []
    for count in counts:
        if pictures < batch * count:
            break
        sent = communication(gradient_bytes, count, links)
        rows.append(
            {
                "gpus": count,
                "joined_batch": batch * count,
                "pictures_a_second": batch * count / (step + sent),
                "share_of_communication": sent / (step + sent),
                "hours": hours(pictures, epochs, batch, count, step + sent),
                "hours_if_hidden": hours(pictures, epochs, batch, count, step),
                "simulated": count > 1,
            }
        )
    return rows


def measured(task: str, preset: str, batch: int | None, steps: int, device: str) -> tuple[float, int, Any]:
    """Seconds of a step here (the median after two), the bytes of all gradients, and the config."""
    config = TASKS[task].presets[preset]
    config = replace(config, batch=batch or config.batch)
    data = TASKS[task].embedded(config)
    config = TASKS[task].fit(config, data)
    torch.manual_seed(0)
    training = TASKS[task].build(config, fresh_accelerator(device, "fp32"))
    sent = sum(p.numel() * p.element_size() for network in training.networks.values() for p in network.parameters())
    picked = [data.example(index % len(data)) for index in range(config.batch)]
    on = training.accelerator.device
    batch_of = {name: torch.stack([one[name] for one in picked]).to(on) for name in picked[0]}
    training.start_epoch(0)
    taken = []
    for _ in range(steps + 2 if steps else 0):
        begun = time.perf_counter()
        training.step(batch_of)
        if on.type != "cpu":
            torch.accelerator.synchronize()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[2:]) if steps else 0.0, sent, config


def main(arguments: Sequence[str] | None = None) -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--task", choices=[*TASKS], default="pix2pix")
    words.add_argument("--preset", default="paper")
    words.add_argument("--pictures", type=int, default=400, help="examples of an epoch")
    words.add_argument("--epochs", type=int, help="default: the preset's")
    words.add_argument("--batch", type=int, help="of each process; default: the preset's")
    words.add_argument(
        "--seconds", type=float, help="of one process's step, measured elsewhere; default: measured here"
    )
    words.add_argument("--steps", type=int, default=5, help="that are measured")
    words.add_argument("--bandwidth", type=float, default=100.0, help="GB/s between two GPUs of a machine")
    words.add_argument("--network", type=float, default=3.0, help="GB/s between two machines")
    words.add_argument("--per-machine", type=int, default=8, help="GPUs in a machine")
    asked = words.parse_args(arguments)
    if asked.preset not in TASKS[asked.task].presets:
        raise SystemExit(f"Preset {asked.preset!r} is unknown; there is {', '.join(TASKS[asked.task].presets)}.")
    positive = {name: getattr(asked, name) for name in ("pictures", "steps", "bandwidth", "network", "per_machine")}
    positive |= {name: value for name in ("epochs", "batch", "seconds") if (value := getattr(asked, name)) is not None}
    for name, value in positive.items():
        if value <= 0:
            raise SystemExit(f"--{name.replace('_', '-')} is {value}; it must be above 0.")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    begun = time.perf_counter()
    try:
        steps = 0 if asked.seconds else asked.steps
        step, sent, config = measured(asked.task, asked.preset, asked.batch, steps, device)
    except CourseError as error:
        raise SystemExit(str(error)) from error
    step = asked.seconds or step
    links = Links(asked.bandwidth * 1e9, asked.network * 1e9, asked.per_machine)
    epochs = asked.epochs or config.epochs
    rows = table(
        pictures=asked.pictures, epochs=epochs, batch=config.batch, step=step, gradient_bytes=sent, links=links
    )
    if not rows:
        raise SystemExit(f"{asked.pictures} pictures do not fill one batch of {config.batch}.")
    where = "as given" if asked.seconds else f"measured here on {device}, fp32"
    print(
        f"{asked.task}, preset {asked.preset}, batch {config.batch} a process: {step:.4g} s a step ({where}); "
        f"{sent / 1e6:,.1f} MB of gradients a step; {asked.pictures:,} pictures × {epochs} epochs"
    )
    print(f"From 2 GPUs on {SIMULATED}.")
    print(
        f"{'GPUs':>5} {'batch':>6} {'pictures/s':>11} {'communication':>14} {'hours':>9} {'if all of it were hidden':>25}"
    )
    for row in rows:
        print(
            f"{row['gpus']:>5} {row['joined_batch']:>6} {row['pictures_a_second']:>11.4g} {row['share_of_communication']:>14.1%} "
            f"{row['hours']:>9.3g} {row['hours_if_hidden']:>25.3g}{'  simulated' if row['simulated'] else ''}"
        )
    if arguments is None:
        given = " ".join(
            f"--{name.replace('_', '-')} {value}" for name, value in vars(asked).items() if value is not None
        )
        store(
            "cost",
            command=f"python -m benchmarks.cost {given}",
            seeds=[0],
            seconds=time.perf_counter() - begun,
            result={"step_seconds": step, "step": where, "gradient_bytes": sent, "note": SIMULATED, "table": rows},
        )


if __name__ == "__main__":
    main()
