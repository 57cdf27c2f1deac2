"""One pass of a style network against pixels moved by L-BFGS: ``python -m benchmarks.style_speed``.

Seconds and peak memory at 256² and 512², with every core. Each number comes from a process of its own, one after the
other, so that memory is told apart. A step of L-BFGS takes as long as any other: ``--steps`` of them are timed (the first
two are not counted), and 100, 300 and 500 are that many times their median.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.provenance import store

SIZES, COUNTS = (256, 512), (100, 300, 500)
PASSES, WARM = 9, 2
PROMISED_RATIO, PROMISED_SECONDS = 300, 0.5  # at 100 steps (the paper, on its GPU: 212); of one pass at 512²


def one(kind: str, size: int, model: str, steps: int) -> dict[str, float]:
    """Median seconds of a pass or of a step, and the bytes that it needed beyond what was there before."""
    import psutil
    import torch
    from PIL import Image

    from course_lib.data.pictures import to_tensor
    from course_lib.models import zoo
    from course_lib.models.device import peak_memory
    from course_lib.models.stylizer import painting_of, settings_of
    from course_lib.tasks.descent import Descent
    from course_lib.tasks.style_objective import StyleObjective

    torch.set_num_threads(os.cpu_count() or 1)
    stylizer: Any = zoo.load(Path(model) if Path(model).is_dir() else model)
    photo = Image.effect_noise((size, size), 60).convert("RGB")
    taken = []
    if kind == "pass":
        before = psutil.Process().memory_info().rss
        for _ in range(WARM + PASSES):
            started = time.perf_counter()
            stylizer(photo)
            taken.append(time.perf_counter() - started)
    else:
        objective = StyleObjective(settings_of(stylizer), painting_of(stylizer))
        before = psutil.Process().memory_info().rss
        descent = Descent(objective, to_tensor(photo), to_tensor(photo), optimizer="lbfgs", lr=1.0)
        started = time.perf_counter()
        for _ in descent.steps(WARM + steps):
            taken.append(time.perf_counter() - started)
            started = time.perf_counter()
    seconds = taken[WARM:]
    return {
        "seconds": statistics.median(seconds),
        "least": min(seconds),
        "most": max(seconds),
        "bytes": peak_memory("cpu") - before,
    }


def measure(model: str, steps: int) -> dict[str, Any]:
    """All of them, each in a process of its own."""
    rows: dict[str, Any] = {}
    for size in SIZES:
        row: dict[str, Any] = {}
        for kind in ("pass", "step"):
            words = [sys.executable, "-m", "benchmarks.style_speed", "--model", model, "--one", kind]
            words += ["--size", str(size), "--steps", str(steps)]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            row[kind] = json.loads(done.stdout.strip().splitlines()[-1])
        row["ratio"] = {count: count * row["step"]["seconds"] / row["pass"]["seconds"] for count in COUNTS}
        rows[f"{size}²"] = row
        print(_line(size, row), flush=True)
    return rows


def _line(size: int, row: dict[str, Any]) -> str:
    ratios = ", ".join(f"{count} steps {ratio:,.0f} ×" for count, ratio in row["ratio"].items())
    return (
        f"{size}²: one pass {row['pass']['seconds']:.3f} s and {row['pass']['bytes'] / 1e6:.0f} MB, one step of L-BFGS "
        f"{row['step']['seconds']:.2f} s and {row['step']['bytes'] / 1e6:.0f} MB; {ratios}"
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    words.add_argument("--model", default="style-wave", help="a name in the zoo, or a trained model's folder")
    words.add_argument("--steps", type=int, default=20, help="of L-BFGS that are timed")
    words.add_argument("--one", choices=("pass", "step"), help=argparse.SUPPRESS)
    words.add_argument("--size", type=int, default=256, help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, asked.size, asked.model, asked.steps)))
        return
    started = time.perf_counter()
    figures = measure(asked.model, asked.steps)
    print(f"promised: {PROMISED_RATIO} × at 100 steps, {PROMISED_SECONDS} s for one pass at 512²")
    store(
        "style_speed",
        command=f"python -m benchmarks.style_speed --model {asked.model} --steps {asked.steps}",
        seeds=[],
        seconds=time.perf_counter() - started,
        result={"figures": figures, "timed_steps": asked.steps},
    )


if __name__ == "__main__":
    main()
