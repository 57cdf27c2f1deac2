"""What a run tells while it goes on: a line of the log at every report, warnings, the page, and TensorBoard on request."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from course_lib.errors import CourseError
from course_lib.training.health import Health, gradient_norms
from course_lib.training.log import append_line, read_log
from course_lib.training.run_page import write_page
from course_lib.training.training_task import TrainingTask

RENEW = 30.0  # seconds, at least, between two pages


class Journal:
    """Of the main process.

    Args:
        out: the run's folder.
        task: whose gradients and learning rates are looked at.
        report: prints a line.
        tensorboard: write ``out/tensorboard`` as well.
        begun: the step from which a run goes on; what TensorBoard has of later steps is dropped.

    Raises:
        CourseError: TensorBoard is asked for and not installed.
    """

    def __init__(
        self, out: Path, task: TrainingTask[Any], report: Callable[[str], None], tensorboard: bool, begun: int
    ) -> None:
        self.out, self.task, self.report = out, task, report
        self.health, self._written = Health(), -RENEW
        self.board = _board(out / "tensorboard", begun) if tensorboard else None

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        """The last page of a run that ended or was stopped, and everything to the disk."""
        with contextlib.suppress(*([CourseError] if kind else [])):  # what ended the run is what is to be said
            self.page(running=False)
        if self.board:
            self.board.close()

    def line(self, record: dict[str, Any], losses: dict[str, float]) -> None:
        """One report: {"step", "epoch", "seconds"} and the losses."""
        rates = {optimizer.param_groups[0]["lr"] for optimizer in self.task.optimizers.values()}
        record = {**record, **losses, **({"lr": max(rates)} if rates else {})}
        found = self.health.look(losses, gradient_norms(self.task.networks))
        for warning in found:
            self.report(f"Note: from step {record['step']}: {warning}")
        append_line(self.out / "log.jsonl", {**record, **({"warnings": found} if found else {})})
        if self.board:
            for name, value in record.items():
                if name not in ("step", "seconds"):
                    self.board.add_scalar(name, value, record["step"])
        if time.monotonic() - self._written > RENEW:
            self.page(running=True)

    def validated(self, place: dict[str, Any], figures: dict[str, float], best: bool) -> None:
        """Figures of held-out examples at {"step", "epoch", "seconds"}; best: the model of now is kept."""
        figures = {f"val {name}": value for name, value in figures.items()}
        words = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        self.report(f"Epoch {place['epoch']}: {words}" + (", the best so far; kept in model-best." if best else "."))
        append_line(self.out / "log.jsonl", {**place, **figures, "best": best})
        if self.board:
            for name, value in figures.items():
                self.board.add_scalar(name, value, place["step"])
        self.page(running=True)

    def has_validated(self, step: int) -> bool:
        """Whether the log has the figures of a step: a run that was killed while they were measured has not."""
        return any("best" in line and line["step"] == step for line in read_log(self.out / "log.jsonl"))

    def sheet(self, file: Path, step: int) -> None:
        """A sheet of samples that has just been drawn."""
        if self.board:
            with Image.open(file) as image:
                self.board.add_image("samples", np.asarray(image.convert("RGB")), step, dataformats="HWC")
        self.page(running=True)

    def page(self, running: bool) -> None:
        """Makes the page anew."""
        write_page(self.out, running)
        self._written = time.monotonic()


def _board(folder: Path, begun: int) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise CourseError(
            "--tensorboard needs the package tensorboard, which is not installed here. Run `pip install tensorboard`, or leave "
            "--tensorboard out: run.html in the run's folder shows the same."
        ) from None
    return SummaryWriter(str(folder), purge_step=begun or None)
