"""What a run leaves behind for reading: log.jsonl and sample sheets."""

import json
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from course_lib.data.pictures import to_picture
from course_lib.files import unwritable, write_text, write_whole


class Averages:
    """Running means of the losses since the last report; one synchronisation with the device per report, not per step."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._count = 0

    def add(self, losses: dict[str, Tensor]) -> None:
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, torch.zeros((), device=value.device)) + value.detach()
        self._count += 1

    def take(self) -> dict[str, float]:
        """The means; starts counting anew."""
        means = self.means()
        self._sums, self._count = {}, 0
        return means

    def means(self) -> dict[str, float]:
        """The means so far."""
        return {name: float(total) / self._count for name, total in self._sums.items()}


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
    gap = 2
    count, columns, _, height, width = rows.shape
    sheet = Image.new("RGB", (columns * (width + gap) - gap, count * (height + gap) - gap), "white")
    for row in range(count):
        for column in range(columns):
            sheet.paste(to_picture(rows[row, column]), (column * (width + gap), row * (height + gap)))
    write_whole(path, lambda temporary: sheet.save(temporary, format="PNG"))
