"""Sets larger than memory: 100,000 made pictures trained on for some steps, and what the second epoch gains.

``python -m benchmarks.streaming [--pictures 100000] [--side 64]`` makes the pictures (JPEG, twice the side, in a
temporary folder), opens them as two domains in a fresh process, and prints the process's largest memory after some
training steps; then, on 2,000 of them, the pictures a second of an epoch that decodes and of one that reads from the disk,
by the same loader, with the same pixels.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.provenance import store

DIFFERENT = 2000  # pictures that are drawn
STEPS = 50  # batches from one training step to the next; between them examples are only loaded
TRAINING = """
import sys
import torch
from course_lib.tasks import TASKS
from course_lib.tasks.cyclegan import PRESETS
from course_lib.training.accelerator import make_accelerator
from course_lib.training.order import loader
from dataclasses import replace

folder, side, every, most = sys.argv[1], *map(int, sys.argv[2:])
config = replace(PRESETS["smoke"], size=side, load_size=side)
data = TASKS["cyclegan"].open(folder, config, "train")
task = TASKS["cyclegan"].build(config, make_accelerator("fp32", True))
for step, batch in enumerate(loader(data, batch=8, seed=0, epoch=0, workers=1)):
    if step % every == 0:
        task.step(batch)
    if step == most:
        break
"""


def make(folder: Path, count: int, side: int) -> None:
    """Half of the pictures in trainA, half in trainB; noise of several scales, so that files are as large as photos'."""
    for at in range(count):
        place = folder / f"train{'AB'[at % 2]}"
        place.mkdir(parents=True, exist_ok=True)
        if at >= DIFFERENT:  # the same bytes under another name: a file like any other to who reads it
            os.link(place / f"{at % DIFFERENT:06d}.jpg", place / f"{at:06d}.jpg")
            continue
        random = np.random.default_rng(at)
        rough = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((side, side), 3)
        fine = random.integers(-12, 13, (side, side, 1))
        Image.fromarray((np.asarray(rough) + fine).clip(0, 255).astype(np.uint8)).save(
            place / f"{at:06d}.jpg", quality=90
        )


def largest_memory(words: list[str]) -> tuple[float, float]:
    """The largest resident memory, in bytes, of a process that goes through the set once and trains now and then, together
    with its loading process; and its seconds."""
    import psutil

    begun, most = time.monotonic(), 0.0
    child = subprocess.Popen([sys.executable, "-c", TRAINING, *words], stdout=subprocess.DEVNULL)
    process = psutil.Process(child.pid)
    while child.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            most = max(most, sum(one.memory_info().rss for one in (process, *process.children(recursive=True))))
        time.sleep(0.5)
    if child.returncode:
        raise SystemExit(f"The training ended with exit code {child.returncode}.")
    return most, time.monotonic() - begun


def speeds(folder: Path, side: int, count: int) -> dict[str, float]:
    """Pictures a second of a plain epoch, of the first with the cache and of the second; the pixels are compared."""
    from course_lib.data import decoded
    from course_lib.data.domains import open_domains
    from course_lib.training.order import loader

    decoded.KEEP = 0
    data = open_domains(str(folder), size=side, load_size=side, hold_out=0)
    data.a, data.b = data.a[:count], data.b[:count]
    disk = data._decoded._disk
    assert disk is not None

    def epoch(number: int) -> tuple[float, torch.Tensor]:
        begun, total = time.perf_counter(), torch.zeros(2, 3, side, side)
        for batch in loader(data, batch=8, seed=0, epoch=number):
            total += torch.stack([batch[name].sum(0) for name in "AB"])
        return 2 * count / (time.perf_counter() - begun), total

    most, disk.most = disk.most, 0
    plain, expected = epoch(1)
    disk.most = most
    first, _ = epoch(0)
    for number in (2, 3):  # B is drawn at random: a few epochs meet nearly all of it
        epoch(number)
    cached, found = epoch(1)
    assert torch.equal(expected, found), "the pixels differ"
    return {"plain": plain, "first": first, "second": cached, "ratio": cached / plain}


def main() -> None:
    """Makes, measures, prints, stores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument(
        "--steps", type=int, default=1_000_000, help="batches of 8 after which to stop, before the epoch ends"
    )
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "set"
        make(folder, asked.pictures, 2 * asked.side)
        memory, seconds = largest_memory([str(folder), str(asked.side), str(STEPS), str(asked.steps)])
        result = {
            "pictures": asked.pictures,
            "side": asked.side,
            "steps": asked.steps,
            "memory": memory,
            "training_seconds": seconds,
        }
        result |= speeds(folder, asked.side, min(1000, asked.pictures // 2))
    print(
        f"{asked.pictures:,} pictures of {asked.side}²: {memory / 2**30:.2f} GB at most. Pictures a second: "
        f"{result['plain']:.0f} decoded, {result['second']:.0f} in an epoch after they were ({result['ratio']:.1f} ×)."
    )
    store(
        "streaming",
        command=f"python -m benchmarks.streaming --pictures {asked.pictures} --side {asked.side} --steps {asked.steps}",
        seeds=[0],
        seconds=time.monotonic() - begun,
        result=result,
    )


if __name__ == "__main__":
    main()
