"""How much faster the course's steps are than plain ones: ``python -m benchmarks.step_speed``.

CycleGAN's and pix2pix's, in fp32 and bf16, with channels_last, compiled and not, against steps written as the official
code runs them (``benchmarks.plain_steps``). All ways take turns in one process, so that what else the machine does hits
all. Beside it: GFLOP/s against the machine's best matrix product, peak memory of each way in a process of its own, and
the share of a step's time that loading takes. ``--curve 300`` trains in fp32 and bf16 side by side.
"""

import argparse
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.plain_steps import PlainCycleGAN, PlainPix2Pix
from benchmarks.provenance import store
from course_lib.models.device import peak_memory
from course_lib.tasks import TASKS
from course_lib.tasks.cyclegan import CycleGANConfig
from course_lib.tasks.pix2pix import Pix2PixConfig
from course_lib.training.accelerator import another_precision
from course_lib.training.fast import HOPELESS, Way
from course_lib.training.loop import Run
from course_lib.training.order import loader

WAYS = [
    Way(), Way(channels_last=True), Way(channels_last=True, compile=True), Way("bf16"), Way("bf16", True),
    Way("bf16", True, True),
]  # fmt: skip
WARM = 3
SLOW = 0.25  # of fp32: a precision whose matrix products are slower than that is emulated
PICTURES = 24  # on the disk, for the time that loading takes


@dataclass(frozen=True)
class Case:
    """A step to measure: the paper's width for pix2pix, the setting of the promise for CycleGAN."""

    task: str
    config: Any
    plain: Callable[[Any], Any]
    names: tuple[str, str]  # of a batch
    promised: float


CASES = {
    "cyclegan": Case(
        "cyclegan",
        CycleGANConfig(size=128, load_size=128, blocks=6, width=32, d_width=32),
        PlainCycleGAN,
        ("A", "B"),
        1.6,
    ),
    "pix2pix": Case(
        "pix2pix", Pix2PixConfig(size=128, load_size=128, levels=7), PlainPix2Pix, ("input", "target"), 1.3
    ),
}


def build(case: Case, way: Way) -> Any:
    """The task computed that way, with the same weights each time."""
    torch.manual_seed(0)
    accelerator = another_precision(way.precision, cpu=not torch.cuda.is_available())
    config = replace(case.config, channels_last=way.channels_last, compile=way.compile)
    return TASKS[case.task].build(config, accelerator)


def batch_of(case: Case, device: torch.device) -> dict[str, Tensor]:
    """Noise: what a step costs does not depend on what is in the pictures."""
    shape = (case.config.batch, 3, case.config.size, case.config.size)
    return {name: (torch.rand(shape) * 2 - 1).to(device) for name in case.names}


def measure(case: Case, ways: Sequence[Way], repeats: int) -> dict[str, list[float]]:
    """Seconds of each step, plain and the ways taking turns; a way that is hopeless from the start is left with one."""
    tasks = {way: build(case, way) for way in ways}
    device = tasks[ways[0]].accelerator.device
    steps = {"plain": case.plain(tasks[ways[0]]).step} | {str(way): task.step for way, task in tasks.items()}
    taken: dict[str, list[float]] = {name: [] for name in steps}
    hopeless: set[str] = set()
    for number in range(WARM + repeats):
        batch = batch_of(case, device)
        for name, step in steps.items():
            if name in hopeless:
                continue
            begun = time.perf_counter()
            step(batch)
            if device.type != "cpu":
                torch.accelerator.synchronize()
            taken[name].append(time.perf_counter() - begun)
        if number == WARM - 1:
            hopeless = {name for name, seconds in taken.items() if seconds[-1] > HOPELESS * taken["plain"][-1]}
            taken = {name: seconds[-1:] if name in hopeless else [] for name, seconds in taken.items()}
    return taken


def operations(case: Case) -> float:
    """Floating-point operations of one step: convolutions and matrix products, forward and back."""
    task = build(case, Way())
    batch = batch_of(case, task.accelerator.device)
    with FlopCounterMode(display=False) as counter:
        task.step(batch)
    return float(counter.get_total_flops())


def best_product(dtype: torch.dtype, device: str, seconds: float = 3.0) -> float:
    """The most operations a second of a matrix product here, over a few sizes."""
    best = 0.0
    for side in (512, 1024, 2048):
        a, b = (torch.rand(side, side, device=device, dtype=dtype) for _ in range(2))
        until = time.perf_counter() + seconds / 3
        while time.perf_counter() < until:
            begun = time.perf_counter()
            (a @ b).sum().item()
            best = max(best, 2 * side**3 / (time.perf_counter() - begun))
        if best * seconds < 2 * (2 * side) ** 3:  # the next size would take longer than all may
            break
    return best


def memory(name: str, way: Way | None) -> int:
    """Peak bytes of two steps; to be called in a process of its own. None: the plain step."""
    case = CASES[name]
    task = build(case, way or Way())
    device = task.accelerator.device
    step = case.plain(task).step if way is None else task.step
    if way is None:
        task.networks.clear()
    for _ in range(2):
        step(batch_of(case, device))
    return peak_memory(device.type)


def loading(case: Case) -> dict[str, float]:
    """Seconds to have one batch of pictures that lie on the disk as PNG files of 256²: in the first epoch and the next."""
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        for number in range(PICTURES):
            names = ("A", "B") if case.task == "pix2pix" else ("trainA", "trainB")
            for name in names:
                (Path(folder) / name).mkdir(exist_ok=True)
                small = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
                picture = Image.fromarray(small).resize((256, 256), Image.Resampling.BICUBIC)
                picture.save(Path(folder) / name / f"{number:03d}.png")
        held_out: dict[str, Any] = {} if case.task == "pix2pix" else {"hold_out": PICTURES // 4}
        config = replace(case.config, load_size=case.config.size + 16, **held_out)
        data = TASKS[case.task].open(folder, config, "train")
        found = {}
        for epoch, name in enumerate(("first epoch", "later epochs")):
            begun, count = time.perf_counter(), 0
            for _ in loader(data, batch=config.batch, seed=0, epoch=epoch, workers=Run.workers):
                count += 1
            found[name] = (time.perf_counter() - begun) / count
    return found


def curves(case: Case, steps: int) -> dict[str, list[dict[str, float]]]:
    """Mean losses of every fifty steps on the task's embedded examples, in fp32 and in bf16."""
    data = TASKS[case.task].embedded(case.config)
    found: dict[str, list[dict[str, float]]] = {}
    for precision in ("fp32", "bf16"):
        task, lines, sums, done, epoch = build(case, Way(precision)), [], dict[str, float](), 0, 0
        while done < steps:
            task.start_epoch(epoch)
            for batch in loader(data, batch=case.config.batch, seed=0, epoch=epoch):
                losses = task.step({name: value.to(task.accelerator.device) for name, value in batch.items()})
                sums = {name: sums.get(name, 0.0) + value.item() / 50 for name, value in losses.items()}
                done += 1
                if done % 50 == 0:
                    lines.append({name: round(value, 4) for name, value in sums.items()})
                    sums = {}
                if done == steps:
                    break
            epoch += 1
        found[precision] = lines
    return found


def report(
    case: Case, ways: Sequence[Way], taken: dict[str, list[float]], products: dict[str, float], with_memory: bool = True
) -> dict[str, Any]:
    """The figures of a case, printed as they are stored."""
    work, load = operations(case), loading(case)
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        measured = (None, *ways) if with_memory else ()
        peaks = {str(way or "plain"): pool.apply(memory, (case.task, way)) for way in measured}
    rows = {}
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        ratios = sorted(plain / own for plain, own in zip(taken["plain"], seconds, strict=False))
        rate, product = work / median, products["bf16" if name.startswith("bf16") else "fp32"]
        rows[name] = {
            "median_seconds": round(median, 4),
            "pairs": len(seconds),
            "ratio": round(statistics.median(ratios), 3),
            "ratio_80": [round(ratios[len(ratios) // 10], 3), round(ratios[-1 - len(ratios) // 10], 3)],
            "gflops": round(rate / 1e9, 1),
            "of_best_product": round(rate / product, 3),
            "peak_mb": round(peaks[name] / 1e6) if with_memory else None,
        }
        print(
            f"  {name:32} {median:.3f} s   {rows[name]['ratio']:.2f} × ({rows[name]['ratio_80'][0]:.2f} … "
            f"{rows[name]['ratio_80'][1]:.2f}, {len(seconds)} pairs)   {rate / 1e9:6.1f} GFLOP/s "
            f"({rate / product:.0%} of the best product)" + (f"   {peaks[name] / 1e6:,.0f} MB" if with_memory else "")
        )
    winner = min(rows, key=lambda name: rows[name]["median_seconds"])
    quickest = rows[winner]["median_seconds"]
    share = {name: round(seconds / (seconds + quickest), 4) for name, seconds in load.items()}
    print(f"  quickest: {winner}, {rows[winner]['ratio']:.2f} × (promised {case.promised})")
    print("  loading: " + ", ".join(f"{value:.1%} of a step's time in the {name}" for name, value in share.items()))
    setting = {name: getattr(case.config, name) for name in ("size", "width", "batch")}
    return {"setting": setting, "ways": rows, "quickest": winner, "promised": case.promised, "loading": share}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("--repeats", type=int, default=24)
    words.add_argument("--curve", type=int, default=0, metavar="STEPS")
    words.add_argument("--no-memory", action="store_true", help="leave out the processes that measure peak memory")
    asked = words.parse_args()
    started = time.perf_counter()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    products = {"fp32": best_product(torch.float32, device), "bf16": best_product(torch.bfloat16, device)}
    print("best product: " + ", ".join(f"{value / 1e9:.0f} GFLOP/s in {name}" for name, value in products.items()))
    ways = [way for way in WAYS if products[way.precision] > SLOW * products["fp32"]]
    if len(ways) < len(WAYS):
        print("bf16 is left out: this machine has no arithmetic for it")
    result: dict[str, Any] = {"best_product_gflops": {name: round(v / 1e9, 1) for name, v in products.items()}}
    for name, case in CASES.items():
        print(name)
        torch.compiler.reset()  # it compiles a function for eight cases at most, those of another network included
        result[name] = report(case, ways, measure(case, ways, asked.repeats), products, not asked.no_memory)
        if asked.curve and len(ways) == len(WAYS):
            result[name]["curve"] = curves(case, asked.curve)
            for precision, lines in result[name]["curve"].items():
                print(f"  {precision}: {lines}")
    command = f"python -m benchmarks.step_speed --repeats {asked.repeats}" + (
        f" --curve {asked.curve}" if asked.curve else ""
    )
    command += " --no-memory" if asked.no_memory else ""
    name = "step_speed" if device == "cpu" else "step_speed_gpu"
    store(name, command=command, seeds=[0], seconds=time.perf_counter() - started, result=result)


if __name__ == "__main__":
    main()
