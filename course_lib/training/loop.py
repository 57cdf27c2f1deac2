"""The loop every task shares: fetch, step, log, sample, save."""

import math
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from tqdm import tqdm

from course_lib.errors import CourseError
from course_lib.files import make_folder
from course_lib.training.checkpoint import conditions, load_checkpoint, save_checkpoint
from course_lib.training.interrupt import stop_on_signal
from course_lib.training.journal import Journal
from course_lib.training.log import Means, cut_after, save_sheet
from course_lib.training.order import Examples, loader
from course_lib.training.randomness import seeded
from course_lib.training.training_task import TrainingTask

Validate = Callable[[int], tuple[dict[str, float], bool]]
LOG_STEPS = 50
AGREE_STEPS = 10  # how often several processes ask each other whether to save or stop; each asking waits for the device


@dataclass(frozen=True)
class Run:
    """How long, how large, where to."""

    out: Path
    epochs: int
    batch: int
    seed: int = 0
    workers: int = 0
    save_every: float = 180.0  # seconds
    sample_epochs: int = 10
    resume: bool = False
    tensorboard: bool = False
    validate_every: int = 0  # epochs; 0: never


class Interrupted(CourseError):
    """Ctrl-C; the checkpoint is written."""


def train(
    task: TrainingTask[Any],
    data: Examples,
    run: Run,
    accelerator: Accelerator,
    *,
    samples: dict[str, Tensor] | None = None,
    started: Callable[[], None] = lambda: None,
    validate: Validate = lambda epoch: ({}, False),
    report: Callable[[str], None] = tqdm.write,
) -> dict[str, float]:
    """Trains until ``run.epochs`` are done; returns the last logged losses.

    Args:
        started: called once on the main process when nothing can be refused any more, before the first step.
        validate: called on the main process after every ``run.validate_every`` epochs, when the checkpoint is saved, with the
            number of epochs done; gives figures of held-out examples, and whether they are the best so far.
        samples: a fixed batch whose translations are drawn to ``out/samples`` every few epochs.

    Raises:
        CourseError: too few examples for one batch, losses that are no numbers, a full disk.
        Interrupted: Ctrl-C, after the checkpoint was saved.
    """
    main, device = accelerator.is_main_process, accelerator.device
    steps = len(data) // (run.batch * accelerator.num_processes)
    if steps == 0:
        needed = run.batch * accelerator.num_processes
        raise CourseError(f"{len(data)} examples do not fill one batch of {needed}. Add pictures or lower --batch.")
    checkpoint, log = run.out / "checkpoint.pt", run.out / "log.jsonl"
    position: dict[str, Any] = {"epoch": 0, "step": 0, "seconds": 0.0}
    now, changes = conditions(data, run.batch, run.seed, accelerator), list[str]()
    if run.resume:
        position, changes = load_checkpoint(checkpoint, task, accelerator, now)
        if main:
            cut_after(log, position["epoch"] * steps + position["step"])
    elif checkpoint.exists():
        raise CourseError(f"{run.out} already holds a run. Continue it with --resume, or choose another --out.")
    make_folder(run.out)
    if main and not run.resume:
        log.unlink(missing_ok=True)  # of a run that was stopped before its first checkpoint
    total, done = run.epochs * steps, position["epoch"] * steps + position["step"]
    journal = Journal(run.out, task, report, run.tensorboard, done) if main else None
    if main:
        started()

    begun, saved = time.monotonic() - position["seconds"], time.monotonic()
    means, last = Means(), dict[str, float]()
    with (
        journal or nullcontext(),
        stop_on_signal() as stop,
        tqdm(
            total=total,
            initial=done,
            unit="step",
            disable=not main,
            dynamic_ncols=True,
            smoothing=0.05,
            mininterval=0.2 if sys.stderr.isatty() else 20,  # a log file is no screen
        ) as bar,
    ):
        # A run that was killed between a checkpoint and the figures of its model.
        if run.resume and position["step"] == 0 and _validation_due(position["epoch"], run):
            if journal and not journal.has_validated(done):
                _validate(validate, journal, position, done, device)
            accelerator.wait_for_everyone()
        for epoch in range(position["epoch"], run.epochs):
            task.start_epoch(epoch)
            first = position["step"] if epoch == position["epoch"] else 0
            batches = loader(
                data,
                batch=run.batch,
                seed=run.seed,
                epoch=epoch,
                start=first,
                rank=accelerator.process_index,
                ranks=accelerator.num_processes,
                workers=run.workers,
            )
            for step, batch in enumerate(batches, start=first + 1):
                losses = task.step({name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()})
                means.add(losses)
                done += 1
                bar.update()
                # What a checkpoint needs to go on after this step; the end of an epoch is the start of the next.
                place: dict[str, Any] = (
                    {"epoch": epoch, "step": step} if step < steps else {"epoch": epoch + 1, "step": 0}
                )
                place["seconds"] = time.monotonic() - begun
                if done % LOG_STEPS == 0 or done == total:
                    last = means.take(accelerator)
                    _refuse_nan(last, epoch, done, accelerator)
                    if journal:
                        bar.set_postfix({name: f"{value:.3f}" for name, value in last.items()}, refresh=False)
                        journal.line({"step": done, "epoch": epoch, "seconds": round(place["seconds"], 1)}, last)
                # Before saving, so that a run stopped right here comes back to the next epoch with nothing left out.
                if samples is not None and step == steps and _sheet_due(epoch, run):
                    sheet = run.out / "samples" / f"epoch_{epoch + 1:04d}.png"
                    _draw(task, samples, sheet, accelerator)
                    if journal:
                        journal.sheet(sheet, done)
                validating = step == steps and _validation_due(epoch + 1, run)
                if accelerator.num_processes > 1 and done % AGREE_STEPS and done != total and not validating:
                    continue
                stopping = _agreed(stop.asked, accelerator)
                if (
                    stopping
                    or validating
                    or _agreed(time.monotonic() - saved > run.save_every or done == total, accelerator)
                ):
                    _refuse_nan(
                        means.means(accelerator), epoch, done, accelerator
                    )  # a good checkpoint stays in its place
                    save_checkpoint(checkpoint, task, accelerator, place, now, changes)
                    saved = time.monotonic()
                if validating and not stopping:
                    if journal:
                        _validate(validate, journal, place, done, device)
                    accelerator.wait_for_everyone()
                if stopping:
                    raise Interrupted(f"Stopped at epoch {epoch}, step {step}; continue with --resume.")
    if main:
        report(f"{run.epochs} epochs, {total} steps in {time.monotonic() - begun:.0f} s.")
    return last


def _draw(task: TrainingTask[Any], samples: dict[str, Tensor], path: Path, accelerator: Accelerator) -> None:
    if accelerator.is_main_process:
        # The noise of a picture must not shift the noise of the training after it.
        with seeded(0, accelerator.device), torch.no_grad():
            save_sheet(path, task.sample({name: tensor.to(accelerator.device) for name, tensor in samples.items()}))
    accelerator.wait_for_everyone()


def _validate(validate: Validate, journal: Journal, place: dict[str, Any], done: int, device: torch.device) -> None:
    with seeded(0, device):  # what is drawn for it must not shift the training after it
        figures, best = validate(place["epoch"])
    journal.validated({"step": done, "epoch": place["epoch"], "seconds": round(place["seconds"], 1)}, figures, best)


def _validation_due(epochs: int, run: Run) -> bool:
    return bool(run.validate_every and epochs) and (epochs % run.validate_every == 0 or epochs == run.epochs)


def _agreed(wish: bool, accelerator: Accelerator) -> bool:
    """True on every process if it is on any: clocks and signals differ, saving is done together."""
    if accelerator.num_processes == 1:
        return wish
    return bool(accelerator.reduce(torch.tensor(float(wish), device=accelerator.device)) > 0)


def _sheet_due(epoch: int, run: Run) -> bool:
    return epoch + 1 == run.epochs or (bool(run.sample_epochs) and (epoch + 1) % run.sample_epochs == 0)


def _refuse_nan(losses: dict[str, float], epoch: int, step: int, accelerator: Accelerator) -> None:
    bad = {name: value for name, value in losses.items() if not math.isfinite(value)}
    if _agreed(bool(bad), accelerator):  # all processes stop, or those that go on would wait for this one for ever
        what = ", ".join(f"{name} became {value}" for name, value in bad.items()) or "A loss became no number elsewhere"
        raise CourseError(
            f"{what} near step {step} (epoch {epoch}). Begin a new run with a lower learning rate (--lr)"
            + ("." if accelerator.mixed_precision == "no" else " or in fp32 (--precision fp32).")
        )
