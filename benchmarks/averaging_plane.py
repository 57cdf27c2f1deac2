"""Table of lesson 05: ×4 with squared errors, with adversaries of several weights, with VGG's features alone.

``python -m benchmarks.averaging_plane``
"""

import json
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.provenance import RESULTS, store
from benchmarks.small_superres import RUNS, SCALE, SEEDS, SETTING, VARIANTS, enlarged, photos, reduced, tiles, trained
from course_lib.data.pictures import to_picture, to_unit
from course_lib.metrics import high_frequency_power, lattice_share, psnr_y
from course_lib.metrics.perceptual import vgg_distance

NAME = "averaging_plane"
EVERY = 4  # of the pieces of the photos that were held out, every fourth is measured
SHOWN = 5  # of these, on the sheet: those with the most fine detail


def figures(answer: Tensor, truth: Tensor) -> dict[str, float]:
    """Means over the pieces; "sharpness" is the power of high frequencies over that of the truth, "lattice" the share of all
    that power on grids of period 2 and 4 (of the sum, because a flat piece has no share)."""
    made, real = to_unit(answer.clamp(-1, 1)), to_unit(truth)
    power = high_frequency_power(made)
    return {
        "psnr": psnr_y(made, real, SCALE).mean().item(),
        "vgg_distance": vgg_distance(made, real, SCALE).mean().item(),
        "sharpness": (power.mean() / high_frequency_power(real).mean()).item(),
        "lattice": (lattice_share(made).nan_to_num() * power).sum().item() / power.sum().item(),
    }


def measured(name: str, seed: int, answer: Tensor, truth: Tensor) -> dict[str, float]:
    """The figures, kept beside the run: VGG is slow."""
    kept = RUNS / name.replace(" ", "_") / str(seed) / "measured.json"
    if not kept.exists():
        kept.write_text(json.dumps(figures(answer, truth)))
    return json.loads(kept.read_text())


@torch.no_grad()
def main() -> None:
    truth = tiles(photos("val"))[::EVERY]
    small = reduced(truth)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in VARIANTS}
    sheet: dict[str, Tensor] = {"bicubic": enlarged(small)}
    for seed in SEEDS:
        for name in VARIANTS:
            network, seconds = trained(name, seed)
            answer = network(small)
            rows[name].append({"seed": seed, "seconds": round(seconds, 1), **measured(name, seed, answer, truth)})
            sheet.setdefault(name, answer)
    sheet["truth"] = truth
    shown = high_frequency_power(to_unit(truth)).argsort(descending=True)[:SHOWN].tolist()
    strips = [
        np.concatenate([np.asarray(to_picture(row[at : at + 1])) for at in shown], axis=1) for row in sheet.values()
    ]
    Image.fromarray(np.concatenate(strips)).save(RESULTS / f"{NAME}.png", optimize=True)
    path = store(
        NAME,
        command=f"python -m benchmarks.{NAME}",
        seeds=SEEDS,
        seconds=sum(one["seconds"] for row in rows.values() for one in row),
        result={
            "config": SETTING | {"pieces": len(truth)},
            "rows": rows,
            "real": figures(truth, truth) | {"psnr": None},  # infinite
            "bicubic": figures(sheet["bicubic"], truth),
            "sheet": list(sheet),
        },
    )
    print(path, json.dumps({name: row[0] for name, row in rows.items()}, indent=1), RUNS)


if __name__ == "__main__":
    main()
