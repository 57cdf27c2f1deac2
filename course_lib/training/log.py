"""What a run leaves behind for reading: log.jsonl and sample sheets."""

import json
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from course_lib.data.pictures import to_picture
from course_lib.files import unwritable, write_text, write_whole


class Means:
    """Means of the losses since the last report, each over the steps in which it occurred, on all processes.

    One synchronisation with the device per report, not per step.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    def add(self, losses: dict[str, Tensor]) -> None:
        """A step's losses; a loss that is not computed in every step (a penalty, say) is left out in the others."""
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, torch.zeros((), device=value.device)) + value.detach()
            self._counts[name] = self._counts.get(name, 0) + 1

    def means(self, accelerator: Accelerator) -> dict[str, float]:
        """The means so far. Every process must ask at the same step."""
        if not self._sums:
            return {}
        names = sorted(self._sums)  # all processes' steps have the same losses
        sums = torch.stack([self._sums[name].float() for name in names])
        counts = sums.new_tensor([float(self._counts[name]) for name in names])
        if accelerator.num_processes > 1:
            sums, counts = accelerator.reduce(sums), accelerator.reduce(counts)
        means = dict(zip(names, (sums / counts).tolist(), strict=True))
        return {name: means[name] for name in self._sums}  # in the order of the paper's step

    def take(self, accelerator: Accelerator) -> dict[str, float]:
        """The means; starts counting anew."""
        means = self.means(accelerator)
        self._sums, self._counts = {}, {}
        return means


def append_line(path: Path, record: dict) -> None:
    """One JSON object as one line at the end of a log.

    Raises:
        CourseError: the disk is full, or nothing may be written there.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    except OSError as error:
        raise unwritable(path, error) from error


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; none if there is none yet."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def cut_after(path: Path, step: int) -> None:
    """Drops the lines a resumed run will write again (those after the checkpoint's step), and half-written ones."""
    if path.is_file():
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        write_text(path, "".join(f"{line}\n" for line in lines if _step(line) <= step))


def _step(line: str) -> float:
    try:
        return json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return float("inf")


def save_sheet(path: Path, rows: Tensor) -> None:
    """(rows, columns, 3, H, W) in [−1, 1] → one picture with thin white gaps, PNG."""
    from torchvision.utils import make_grid  # only here: torchvision takes seconds to import

    grid = make_grid(rows.flatten(0, 1).float().cpu(), nrow=rows.shape[1], padding=2, pad_value=1.0)
    sheet = to_picture(grid[:, 2:-2, 2:-2])  # gaps between the pictures, no frame around them
    write_whole(path, lambda temporary: sheet.save(temporary, format="PNG"))
