"""Super-resolution: the table of the paper's shape on Set5, from faithful to sharp, and what a megapixel costs.

``python -m benchmarks.superres [DATA]``; DATA is a folder of *_HR and *_LR pictures, set5=../shared/data/superres/Set5/x4
if not named. Seconds and memory are of a fresh process with one thread, on a picture that is drawn by a formula.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from benchmarks.provenance import store
from course_lib.data.pictures import to_picture
from course_lib.models import upscaler, zoo
from course_lib.models.device import peak_memory
from course_lib.models.fingerprint import fingerprint_picture
from course_lib.models.upscaler import Upscaler, between

FAITHFUL, SHARP = "srresnet-x4", "srgan-x4"
SHARES = (0.25, 0.5, 0.75)  # between the two
SIZES = ((128, 128), (512, 512), (1000, 750))  # of the small pictures; the last one's answer has 12 megapixels
ROOT = Path(__file__).resolve().parent.parent


def table(data: str) -> dict[str, dict[str, Any]]:
    """The figures of bicubic, both models, and what lies between them; of the truth what needs no truth."""
    faithful, sharp = zoo.load_upscaler(FAITHFUL), zoo.load_upscaler(SHARP)
    models: dict[str, Upscaler] = {FAITHFUL: faithful}
    models |= {f"{share:.0%} towards {SHARP}": between(faithful, sharp, share) for share in SHARES}
    models[SHARP] = sharp
    return upscaler.compared(models, data)["rows"]


def cost(width: int, height: int) -> dict[str, Any]:
    """Seconds and peak memory, in a process of its own, of enlarging a picture of that size."""
    words = [sys.executable, "-m", "benchmarks.superres", "--one", str(width), str(height)]
    done = subprocess.run(
        words, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    return json.loads(done.stdout)


def one(width: int, height: int) -> dict[str, Any]:
    """What ``cost`` starts."""
    drawn = to_picture(fingerprint_picture(max(width, height))[..., :height, :width] * 2 - 1)
    model = zoo.load_upscaler(FAITHFUL)
    model(Image.new("RGB", (16, 16)))  # the first call also sets things up
    before, started, cpu = peak_memory() / 1e6, time.perf_counter(), time.process_time()
    answer = model(drawn)
    seconds, megapixels = time.perf_counter() - started, answer.width * answer.height / 1e6
    return {
        "small": [width, height],
        "megapixels": round(megapixels, 3),
        "seconds": round(seconds, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "seconds_a_megapixel": round(seconds / megapixels, 3),
        "peak_megabytes": round(peak_memory() / 1e6),
        "of_which_before": round(before),
        "threads": torch.get_num_threads(),
    }


def main(data: str = "set5=../shared/data/superres/Set5/x4") -> None:
    """Measures, prints and stores."""
    started = time.monotonic()
    rows = table(data)
    costs = [cost(*size) for size in SIZES]
    truth = rows.pop("truth")
    path = store(
        "superres",
        command="python -m benchmarks.superres",
        seeds=[0],
        seconds=time.monotonic() - started,
        result={
            "data": data.partition("=")[0],
            "protocol": "luma of 16…235, 4 pixels cut from every side, one value a picture, their mean",
            "models": {name: zoo.card_of(name)["sha256"]["model"] for name in (FAITHFUL, SHARP)},
            "rows": {name: [figures] for name, figures in rows.items()},
            "truth": truth,
            "cost": costs,
        },
    )
    for name, figures in rows.items():
        print(f"{name:24} " + "  ".join(f"{key} {value:.4f}" for key, value in figures.items() if value is not None))
    for row in costs:
        print(f"{row['small'][0]}×{row['small'][1]}: {row['seconds']} s, {row['peak_megabytes']} MB at most")
    print(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(one(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main(*sys.argv[1:2])
