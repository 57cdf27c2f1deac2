"""``gpu-check``: one short real training step of every task on the GPU, in every precision, compiled and not, held
against the same step on the CPU: same weights, same pictures, noise off."""

import json
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_lib.errors import CourseError, nearest
from course_lib.files import write_text
from course_lib.tasks import TASKS, gatys
from course_lib.tasks.descent import Descent
from course_lib.tasks.style_objective import StyleObjective
from course_lib.tasks.task import Task
from course_lib.training.accelerator import fresh_accelerator

PRECISIONS = ("fp32", "bf16", "fp16")
# Largest deviation from the CPU's fp32 step: of a loss (relative), and of a network's gradient (1 − cosine, which knows
# no scale and so none of fp16's loss scaling). fp32 is checked without TF32, the 10 bits of fraction that a GPU else
# takes for convolutions in fp32: so narrow a bound hides no fault (pix2pix, gan and srgan on an H100: 3e-5 and 1e-8).
TOLERANCES = {"fp32": (1e-3, 1e-4), "bf16": (5e-2, 2e-2), "fp16": (1e-2, 5e-3)}
STEPS = 2
PIXELS = 128  # side of the picture whose pixels gatys moves


@dataclass(frozen=True)
class Outcome:
    """One row of the table."""

    task: str
    precision: str
    compiled: bool
    loss: float  # largest relative deviation of a loss in two steps
    gradient: float  # largest 1 − cosine of a network's gradient in the first step
    seconds: float  # of the second step: the first one compiles
    problem: str  # empty if all is well


def gpu_check(preset: str = "laptop", report: Path | None = None, task: str | None = None) -> None:
    """One short real step of every task on this machine's GPU in fp32, bf16 and fp16, compiled and not, against the
    CPU.

    Args:
        preset: whose networks and sizes.
        report: write the table as JSON to this file.
        task: this one alone; of all of them together most of the time goes into compiling.
    """
    if task is not None and task not in (*TASKS, "gatys"):
        raise CourseError(f"Task {task!r} is unknown; there is {', '.join(TASKS)}, gatys." + nearest(task, TASKS))
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else None
    if device is None:
        raise CourseError("This machine has no GPU that torch can use, so there is nothing to check. Run it on one.")
    print(hardware(device))
    outcomes = []
    for outcome in check(device, preset, task=task):
        print(_line(outcome), flush=True)
        outcomes.append(outcome)
    if report is not None:
        rows = [asdict(outcome) for outcome in outcomes]
        write_text(report, json.dumps({"hardware": hardware(device), "rows": rows}, indent=1) + "\n")
    if any(outcome.problem for outcome in outcomes):
        sys.exit(1)


def check(
    device: str,
    preset: str,
    precisions: Sequence[str] = PRECISIONS,
    compiled: Sequence[bool] = (False, True),
    task: str | None = None,
) -> Iterator[Outcome]:
    """The rows, one a task, precision and compilation, of one task or all. ``device`` may be "cpu", to try the path
    itself."""
    asked = {name: one for name, one in TASKS.items() if task in (None, name)}
    runs = [(name, one, preset) for name, one in asked.items()]
    runs += [(f"{name} {other}", one, other) for name, one in asked.items() for other in one.more_presets]
    for name, one, own in runs:
        expected = _run(one, own, "cpu", "fp32", False)
        for precision in precisions:
            for compile_it in compiled:
                yield _outcome(
                    name, precision, compile_it, expected, partial(_run, one, own, device, precision, compile_it)
                )
    # It has no networks to train: nothing to compile, no other precision.
    if task in (None, "gatys") and "fp32" in precisions and False in compiled:
        own = "smoke" if preset == "smoke" else "good"
        yield _outcome("gatys", "fp32", False, _run_gatys(own, "cpu"), partial(_run_gatys, own, device))


def _outcome(name: str, precision: str, compile_it: bool, expected: "_Steps", run: Callable[[], "_Steps"]) -> Outcome:
    try:
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=precision != "fp32"):
            return _compared(name, precision, compile_it, expected, run())
    except Exception as error:  # whatever breaks on a GPU is this table's business
        first = (str(error).strip().splitlines() or [""])[0]
        nan = float("nan")
        return Outcome(name, precision, compile_it, nan, nan, nan, f"{type(error).__name__}: {first}")


def hardware(device: str) -> str:
    """What it ran on, in one line."""
    cuda = f"{torch.cuda.get_device_name()}, CUDA {torch.version.cuda}" if device == "cuda" else device
    return f"{cuda}; torch {torch.__version__}, Python {platform.python_version()}, {platform.platform()}"


@dataclass(frozen=True)
class _Steps:
    losses: list[dict[str, float]]
    gradients: dict[str, Tensor]  # by network, after the first step
    moved: dict[str, bool]
    seconds: float


def _run(task: Task[Any], preset: str, device: str, precision: str, compile_it: bool) -> _Steps:
    torch.compiler.reset()  # it compiles a function for eight cases at most, those of another network included
    config = replace(task.presets[preset], compile=compile_it)
    data = task.embedded(config)
    config = task.fit(config, data)
    accelerator = fresh_accelerator(device, precision)
    torch.manual_seed(0)  # networks are made on the CPU: the same weights for every device
    training = task.build(config, accelerator)
    networks = {name: accelerator.unwrap_model(network) for name, network in training.networks.items()}
    for network in networks.values():
        if hasattr(network, "noise"):
            network.noise = False
    before = {name: _flat(network.parameters()) for name, network in networks.items()}
    picked = [data.example(index) for index in range(config.batch)]
    batch = {name: torch.stack([one[name] for one in picked]).to(accelerator.device) for name in picked[0]}
    training.start_epoch(0)
    losses, gradients, seconds = [], {}, 0.0
    for step in range(STEPS):
        started = time.perf_counter()
        losses.append(
            {name: value.item() for name, value in training.step(batch).items()}
        )  # item() waits for the device
        seconds = time.perf_counter() - started
        if step == 0:
            gradients = {name: _flat(p.grad for p in network.parameters()) for name, network in networks.items()}
    moved = {name: not torch.equal(_flat(networks[name].parameters()), weights) for name, weights in before.items()}
    return _Steps(losses, gradients, moved, seconds)


def _run_gatys(preset: str, device: str) -> _Steps:
    """The same of the pixels that Gatys' method moves."""
    config = gatys.PRESETS[preset]
    numbers = torch.Generator().manual_seed(0)
    # Coarse noise, enlarged: something with edges and without a file.
    coarse = torch.rand(2, 1, 3, 8, 8, generator=numbers) * 2 - 1
    photo, painting = (torch.nn.functional.interpolate(one, size=(PIXELS, PIXELS)).to(device) for one in coarse)
    descent = Descent(StyleObjective(config, painting), photo, photo, optimizer=config.optimizer, lr=config.lr)
    losses: list[dict[str, float]] = []
    gradients: dict[str, Tensor] = {}
    seconds, begun = 0.0, time.perf_counter()
    for found in descent.steps(STEPS):  # floats: they wait for the device
        losses.append(found)
        now = time.perf_counter()
        seconds, begun = now - begun, now
        if not gradients:
            assert descent.picture.grad is not None
            gradients = {"pixels": _flat([descent.picture.grad])}
    return _Steps(losses, gradients, {"pixels": not torch.equal(descent.picture.detach(), photo)}, seconds)


def _flat(tensors: Any) -> Tensor:
    return torch.cat([tensor.detach().double().cpu().flatten() for tensor in tensors])


def _compared(task: str, precision: str, compile_it: bool, expected: _Steps, found: _Steps) -> Outcome:
    loss = max(
        abs(now[name] - value) / max(abs(value), 1e-3)
        for then, now in zip(expected.losses, found.losses, strict=True)
        for name, value in then.items()
    )
    cosines = [
        torch.nn.functional.cosine_similarity(gradient, found.gradients[name], dim=0).item()
        for name, gradient in expected.gradients.items()
    ]
    gradient = 1 - min(cosines)
    allowed_loss, allowed_gradient = TOLERANCES[precision]
    problems = [f"{name} did not move" for name, moved in found.moved.items() if not moved]
    if not loss <= allowed_loss:  # also where it is NaN
        problems.append(f"a loss is off by {loss:.1e}, allowed {allowed_loss:.0e}")
    if not gradient <= allowed_gradient:
        problems.append(f"a gradient is off by {gradient:.1e}, allowed {allowed_gradient:.0e}")
    return Outcome(task, precision, compile_it, loss, gradient, found.seconds, "; ".join(problems))


def _line(row: Outcome) -> str:
    how = "compiled" if row.compiled else "eager"
    return (
        f"{row.task:12} {row.precision} {how:9} loss off {row.loss:.1e}  gradient off {row.gradient:.1e}  "
        f"{row.seconds * 1000:7.1f} ms a step  {row.problem or 'ok'}"
    )
