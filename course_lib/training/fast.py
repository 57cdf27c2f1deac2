"""``--fast auto``: precision, memory format and compilation are tried on the run's own networks and batch; the quickest stays.

What wins differs from machine to machine and from network to network, so it is measured where the run will be.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor

from course_lib.training.accelerator import another_precision
from course_lib.training.training_task import TrainingTask

WARM, TIMED = 2, 5  # steps
MARGIN = 0.05  # by so much, at least, must a way be quicker than the plain one: less is noise
HOPELESS = 2.0  # times the quickest step so far: no more is tried that way
WORTH = 300.0  # seconds of training that are left, at least, before torch.compile is tried: it takes a minute or more


@dataclass(frozen=True)
class Way:
    """How a step is computed."""

    precision: str = "fp32"
    channels_last: bool = False
    compile: bool = False

    def __str__(self) -> str:
        return ", ".join(
            [self.precision] + ["channels_last"] * self.channels_last + ["compiled" if self.compile else "not compiled"]
        )


@dataclass(frozen=True)
class Choice:
    """What was chosen, and the seconds a step of each way that was tried; a way that failed has none."""

    way: Way
    seconds: dict[Way, float | None]

    def record(self) -> dict[str, Any]:
        """For run.json and the card."""
        seconds = {str(way): taken and float(f"{taken:.4g}") for way, taken in self.seconds.items()}
        return {**asdict(self.way), "summary": self.summary(), "seconds_a_step": seconds}

    def summary(self) -> str:
        """In one line."""
        plain, taken = next(iter(self.seconds.values())), self.seconds[self.way]
        words = f"{self.way}, {taken:.3g} s a step"
        if self.way == next(iter(self.seconds)):
            return f"{words}; of {len(self.seconds)} ways tried none is quicker by {MARGIN:.0%}"
        return f"{words}, {plain / taken:.2f} times as fast as without --fast auto ({plain:.3g} s)"  # type: ignore[operator]


def chosen_way(record: dict[str, Any]) -> Way:
    """The way that a record keeps."""
    return Way(record["precision"], record["channels_last"], record["compile"])


def fastest(
    build: Callable[[Way, Accelerator], TrainingTask[Any]],
    batches: Sequence[dict[str, Tensor]],
    *,
    precision: str,
    cpu: bool,
    seed: int,
    steps: int,
) -> Choice:
    """The quickest way for the networks that ``build`` makes, on ``batches``.

    Everything that it trains is thrown away. It leaves another accelerator's precision, and random numbers that the run
    has to seed anew.

    Args:
        precision: fp32 lets bf16 be tried as well; another one was asked for and stays.
        steps: that the run will take.
    """
    precisions = ("fp32", "bf16") if precision == "fp32" else (precision,)

    def step_seconds(way: Way, lost: float) -> float | None:
        try:
            accelerator = another_precision(way.precision, cpu)
            set_seed(seed)
            return time_steps(build(way, accelerator), batches, accelerator, lost)
        except Exception:  # no compiler, no memory for it, no such arithmetic: this way is out, whatever the reason
            if way == Way(precisions[0]):
                raise
            return None
        finally:
            if way.compile:
                torch.compiler.reset()
            gc.collect()
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

    return choose(step_seconds, precisions, steps)


def choose(step_seconds: Callable[[Way, float], float | None], precisions: Sequence[str], steps: int) -> Choice:
    """The quickest way.

    Args:
        step_seconds: (way, seconds beyond which it has lost) → seconds a step, or None if it cannot be done here.
        precisions: the plain one first.
        steps: that the run will take.
    """
    plain = Way(precisions[0])
    tried: dict[Way, float | None] = {}

    def attempt(way: Way) -> float:
        best = min((taken for taken in tried.values() if taken), default=float("inf"))
        tried[way] = step_seconds(way, HOPELESS * best)
        return tried[way] or float("inf")

    for precision in precisions:
        taken = attempt(Way(precision))
        if taken <= HOPELESS * _taken(tried, plain):
            attempt(Way(precision, channels_last=True))
    eager = min(tried, key=lambda way: _taken(tried, way))
    if steps * _taken(tried, eager) > WORTH:
        # Compiled code may like the other memory format better.
        for channels_last in (False, True):
            attempt(Way(eager.precision, channels_last, compile=True))
    # What else the machine does changes: the plain way is measured first and last, and its better time counts.
    first = tried[plain]
    tried[plain] = min((taken for taken in (first, step_seconds(plain, float("inf"))) if taken), default=None)
    best = min(tried, key=lambda way: _taken(tried, way))
    kept = best if _taken(tried, best) < (1 - MARGIN) * _taken(tried, plain) else plain
    return Choice(kept, tried)


def _taken(tried: dict[Way, float | None], way: Way) -> float:
    """Its seconds a step; endless if it could not be done."""
    return tried[way] or float("inf")


def time_steps(
    task: TrainingTask[Any], batches: Sequence[dict[str, Tensor]], accelerator: Accelerator, lost: float
) -> float:
    """Seconds a step, the median of a few, over all processes alike.

    Args:
        lost: if the last step before the timed ones takes longer, that is the answer.
    """
    task.start_epoch(0)
    device = accelerator.device
    on_device = [{name: tensor.to(device) for name, tensor in batch.items()} for batch in batches]
    taken: list[float] = []
    for number in range(WARM + TIMED):
        _wait(device)
        begun = time.perf_counter()
        task.step(on_device[number % len(on_device)])
        _wait(device)
        taken.append(time.perf_counter() - begun)
        if number == WARM - 1 and (slow := _mean(taken[-1], accelerator)) > lost:
            return slow
    return _mean(statistics.median(taken[WARM:]), accelerator)


def _wait(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize()


def _mean(seconds: float, accelerator: Accelerator) -> float:
    """Of all processes: they must come to the same choice."""
    if accelerator.num_processes == 1:
        return seconds
    return float(accelerator.reduce(torch.tensor(seconds, device=accelerator.device), reduction="mean"))
