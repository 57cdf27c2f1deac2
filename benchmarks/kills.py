"""Runs of two processes that are killed (SIGKILL) again and again, resumed, and compared with a run that never stopped.

``python -m benchmarks.kills`` kills ten runs' processes of every task and stores how many came back bit for bit the
same.
"""

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from benchmarks.provenance import store
from course_lib.training.checkpoint import read_checkpoint

# Task → data and settings: small, with everything that a checkpoint must keep (averages, histories, dropout, counters).
RUNS = {
    "pix2pix": ["--data", "facade_blocks", "--preset", "smoke", "--width", "4", "--levels", "5", "--batch", "2", "--size",
                "32", "--load-size", "36", "--epochs-flat", "1", "--epochs-decay", "1"],
    "cyclegan": ["--data", "stripes", "--preset", "smoke", "--width", "4", "--d-width", "4", "--batch", "1", "--size", "16",
                 "--load-size", "18", "--epochs-flat", "1", "--epochs-decay", "1"],
    "gan": ["--data", "digits", "--preset", "smoke", "--r1", "0.5", "--d-steps", "2", "--batch", "8", "--epochs-flat", "1",
            "--epochs-decay", "1"],
    "cgan": ["--data", "digits", "--preset", "smoke", "--r1", "0.5", "--r1-every", "3", "--batch", "8", "--epochs-flat",
             "2", "--epochs-decay", "1"],
}  # fmt: skip
PROCESSES = 2


def start(task: str, out: Path, *more: str, errors: int = subprocess.DEVNULL) -> list[subprocess.Popen[bytes]]:
    """Both processes of a run on gloo, as ``accelerate launch`` would start them; errors: where they go."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(PROCESSES)}
    shared |= {"LOCAL_WORLD_SIZE": str(PROCESSES), "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "course_lib", "train", task, *RUNS[task], "--cpu", "--out", str(out), *more]
    return [
        subprocess.Popen(command, env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank)}, stderr=errors)
        for rank in range(PROCESSES)
    ]


def finish(processes: list[subprocess.Popen[bytes]]) -> None:
    """Waits for the end of a run.

    Raises:
        RuntimeError: it failed.
    """
    codes = [process.wait() for process in processes]
    if any(codes):
        raise RuntimeError(f"The run ended with {codes}.")


def kill_after_next_checkpoint(processes: list[subprocess.Popen[bytes]], checkpoint: Path, moment: float) -> bool:
    """SIGKILL for both, ``moment`` seconds after a new checkpoint; False if the run was over before."""
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
        if all(process.poll() is not None for process in processes):
            return False
        time.sleep(0.002)
    time.sleep(moment)
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        process.send_signal(signal.SIGKILL)
    for process in processes:
        process.wait()
    return bool(alive)


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """A checkpoint as name → tensor or plain value."""
    if isinstance(value, dict):
        return {key: part for inner in value for key, part in flat(value[inner], f"{name}/{inner}").items()}
    if isinstance(value, list | tuple):
        return {key: part for place, inner in enumerate(value) for key, part in flat(inner, f"{name}/{place}").items()}
    return {name: value}


def same(one: Path, other: Path) -> list[str]:
    """Which parts of two checkpoints differ by a bit; the clock apart."""
    first, second = (flat(read_checkpoint(file)) for file in (one, other))
    for state in (first, second):
        state.pop("/position/seconds")
    equal = {
        name: torch.equal(value, second[name]) if isinstance(value, torch.Tensor) else value == second[name]
        for name, value in first.items()
        if name in second
    }
    return sorted((first.keys() ^ second.keys()) | {name for name, is_equal in equal.items() if not is_equal})


def survive(task: str, kills: int, folder: Path, seed: int = 0) -> tuple[int, list[str]]:
    """Trains once without a stop, and once through so many kills; the kills that hit, and what differs in the end."""
    whole, killed, dice = folder / "whole", folder / "killed", random.Random(seed)
    finish(start(task, whole))
    hit = 0
    for _ in range(kills):
        resume = ["--resume"] if (killed / "checkpoint.pt").exists() else []
        hit += kill_after_next_checkpoint(
            start(task, killed, "--save-every", "0", *resume), killed / "checkpoint.pt", dice.uniform(0, 0.15)
        )
    finish(start(task, killed, "--resume"))
    return hit, same(whole / "checkpoint.pt", killed / "checkpoint.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=10, help="of every task")
    kills = parser.parse_args().kills
    rows, started = {}, time.monotonic()
    for task in RUNS:
        with tempfile.TemporaryDirectory() as scratch:
            hit, different = survive(task, kills, Path(scratch))
        rows[task] = {"kills": hit, "different": different}
        print(f"{task:10} killed {hit} times, {'bit for bit the same' if not different else different[:5]}", flush=True)
    store(
        "kills",
        command=f"python -m benchmarks.kills --kills {kills}",
        seeds=[0],
        seconds=time.monotonic() - started,
        result={"processes": PROCESSES, "rows": rows},
    )


if __name__ == "__main__":
    main()
