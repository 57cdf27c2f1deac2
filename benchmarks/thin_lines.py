"""Table of lesson 04: thin lines on a flat ground, real drawings. ``python -m benchmarks.thin_lines QUICKDRAW_FOLDER``.

What L1's best answer to a class is, and what a small conditional GAN makes of the same drawings in four notations.
Whatever the notation, samples are turned back into ink or no ink before they are counted and classified.
"""

import dataclasses
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from benchmarks.conditioning import DRAWINGS, SEEDS, STEPS, train
from benchmarks.provenance import RESULTS, store
from course_lib.data.labelled import Labelled, open_labelled
from course_lib.data.synthetic.strokes import distance_field, from_distance_field
from course_lib.metrics import accuracy, stroke_report, train_classifier, value_giveaway

REACH = 3.0  # of the distance fields at 16²
MAGNIFIED = 6  # pixels of the sheet for one of a sample


def hard(drawings: Tensor) -> Tensor:
    """Ink or no ink."""
    return torch.where(drawings > 0, 1.0, -1.0)


def moved(drawings: Tensor, generator: torch.Generator) -> Tensor:
    """Each drawing by up to a pixel in both directions, half of them mirrored; ground comes in at the edges."""
    size = drawings.shape[-1]
    wide = torch.nn.functional.pad(drawings, (1, 1, 1, 1), value=-1.0)
    corners = torch.randint(0, 3, (len(drawings), 2), generator=generator).tolist()
    shown = torch.stack(
        [
            picture[:, row : row + size, column : column + size]
            for picture, (row, column) in zip(wide, corners, strict=True)
        ]
    )
    return torch.where(torch.rand(len(shown), 1, 1, 1, generator=generator) < 0.5, shown.flip(3), shown)


# notation → what the reals become, what samples are turned back by, what is done to every batch
NOTATIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor], Any]] = {
    "hard": (hard, hard, None),
    "smooth": (lambda drawings: drawings, hard, None),
    "smooth, moved": (lambda drawings: drawings, hard, moved),
    "distance field": (
        lambda drawings: distance_field(drawings, REACH),
        lambda fields: from_distance_field(fields, REACH),
        None,
    ),
}


def counts(drawings: Tensor) -> dict[str, float]:
    """Means of the stroke counts of hard drawings."""
    report = stroke_report(drawings)
    return {key: float(getattr(report, key).mean()) for key in ("ink", "pieces", "longest")}


def l1_answers(folder: str) -> dict[str, dict[str, float]]:
    """Of each class at 32²: the counts of real drawings, and of the one picture with the least L1 to all of them."""
    data = open_labelled(folder, size=32)
    found, mist = {}, stroke_report(data.pictures).mist
    for number, name in enumerate(data.classes):
        of_class = data.labels == number
        drawings = data.pictures[of_class]
        best, mean = drawings.median(dim=0, keepdim=True).values, drawings.mean(dim=0, keepdim=True)
        found[name] = {
            **counts(hard(drawings)),
            "mist": float(mist[of_class.numpy()].mean()),
            "ink_of_median": stroke_report(best).ink.item(),
            "ink_of_mean": stroke_report(mean).ink.item(),
            "mist_of_mean": stroke_report(mean).mist.item(),
            "l1_of_median": (drawings - best).abs().mean().item(),
            "l1_of_empty": (drawings + 1).abs().mean().item(),
            "l1_of_a_drawing": (drawings[:200] - drawings[200:400]).abs().mean().item(),
        }
    return found


def main(folder: str) -> None:
    started = time.monotonic()
    answers = l1_answers(folder)
    data, held_out = (
        open_labelled(folder, size=DRAWINGS.size, split=split, classes=DRAWINGS.classes) for split in ("train", "val")
    )
    classifier = train_classifier(hard(data.pictures), data.labels, classes=len(data.classes), epochs=3, seed=0)
    real = {"smooth": held_out.pictures, "hard": hard(held_out.pictures)}
    wanted = torch.arange(len(data.classes)).repeat_interleave(100)
    rows: dict[str, list[dict[str, float]]] = {}
    sheet: dict[str, Tensor] = {"real": real["hard"][:: len(held_out) // 12][:12]}
    for name, (write, read, change) in NOTATIONS.items():
        shown = Labelled(((write(data.pictures) + 1) * 127.5).round().byte(), data.labels, data.classes)
        rows[name] = []
        for seed in SEEDS["drawings"]:
            task = train(DRAWINGS, shown, STEPS["drawings"], seed, change=change)
            made = task.generate(wanted, torch.Generator().manual_seed(1))
            plain = read(made)
            rows[name].append(
                {
                    "seed": seed,
                    **counts(plain),
                    "accuracy": accuracy(classifier, plain, wanted),
                    "giveaway": value_giveaway(write(real["smooth"]), made),
                }
            )
            sheet.setdefault(name, plain[::25][:12])
            print(name, {key: round(value, 3) for key, value in rows[name][-1].items()}, flush=True)
    _draw(sheet)
    path = store(
        "thin_lines",
        command="python -m benchmarks.thin_lines QUICKDRAW_FOLDER",
        seeds=SEEDS["drawings"],
        seconds=time.monotonic() - started,
        result={
            "config": dataclasses.asdict(DRAWINGS),
            "steps": STEPS["drawings"],
            "l1_answers": answers,
            "real": counts(real["hard"]) | {"accuracy": accuracy(classifier, real["hard"], held_out.labels)},
            "rows": rows,
            "sheet": list(sheet),
        },
    )
    print(path)


def _draw(sheet: dict[str, Tensor]) -> None:
    lines = [torch.cat(list(row[:, 0]), dim=1) for row in sheet.values()]
    values = ((torch.cat(lines) + 1) * 127.5).round().byte()
    values = values.repeat_interleave(MAGNIFIED, 0).repeat_interleave(MAGNIFIED, 1)
    Image.fromarray(values.numpy()).save(RESULTS / "thin_lines.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
