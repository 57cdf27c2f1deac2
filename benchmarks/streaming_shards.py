"""Sets that outgrow one machine: 100,000 made pictures in tar shards, trained on as a stream, and its speed beside a folder's.

``python -m benchmarks.streaming_shards [--pictures 100000] [--side 64]`` makes the pictures of ``benchmarks.streaming``, packs
them into shards of two domains, and prints the largest memory of a process (with its loading process) that goes through
them once and trains now and then; then, on the first of them, the pictures a second that a stream and a folder give, each
decoded anew, in the same process and by turns, and those that a stream only reads, as a resumed run does.
"""

import argparse
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.provenance import store
from benchmarks.streaming import STEPS, largest_memory, make

EACH = 2500  # pictures of a shard
ROUNDS = 3


def pack(folder: Path, shards: Path) -> None:
    """The pictures of trainA and trainB as A-0000.tar … and B-0000.tar …"""
    shards.mkdir()
    for name in "AB":
        files = sorted((folder / f"train{name}").iterdir())
        for number, start in enumerate(range(0, len(files), EACH)):
            with tarfile.open(shards / f"{name}-{number:04d}.tar", "w") as archive:
                for file in files[start : start + EACH]:
                    entry = tarfile.TarInfo(file.name)  # whole, though many are links to the same file
                    entry.size = file.stat().st_size
                    with file.open("rb") as content:
                        archive.addfile(entry, content)


def speeds(folder: Path, shards: Path, side: int, count: int) -> dict[str, float]:
    """Pictures a second, the median of a few turns: a folder's, a stream's, and a stream's that is read and not decoded."""
    from course_lib.data import decoded
    from course_lib.data.domains import open_domains
    from course_lib.training.order import arriving, loader

    decoded.KEEP, decoded.DISK = 0, 0  # nothing waits: every picture is decoded whenever it is met
    plain = open_domains(str(folder), size=side, load_size=side, hold_out=0)
    plain.a, plain.b = plain.a[:count], plain.b[:count]
    stream = open_domains(stream_of(shards, count), size=side, load_size=side)
    place = {"batch": 8, "seed": 0}

    def rate(batches: Callable[[int], object], epoch: int) -> float:
        begun = time.perf_counter()
        seen = sum(1 for _ in batches(epoch)) * place["batch"] * 2  # type: ignore[attr-defined]
        return seen / (time.perf_counter() - begun)

    ways: dict[str, Callable[[int], object]] = {
        "folder": lambda epoch: loader(plain, epoch=epoch, **place),
        "stream": lambda epoch: loader(stream, epoch=epoch, **place),
        "read": lambda epoch: arriving(stream, epoch=epoch, **place),
    }
    turns: dict[str, list[float]] = {name: [] for name in ways}
    for epoch in range(ROUNDS):
        for name, batches in ways.items():
            turns[name].append(rate(batches, epoch))
    return {name: statistics.median(found) for name, found in turns.items()}


def stream_of(shards: Path, count: int) -> str:
    """What a user writes as ``--data``."""
    return f"stream:{shards}/A-*.tar|{shards}/B-*.tar#{count}"


def main() -> None:
    """Makes, packs, measures, prints, stores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--speed-only", action="store_true", help="leave the training out, and store nothing")
    asked = parser.parse_args()
    begun, each = time.monotonic(), asked.pictures // 2
    with tempfile.TemporaryDirectory() as scratch:
        folder, shards = Path(scratch) / "set", Path(scratch) / "shards"
        make(folder, asked.pictures, 2 * asked.side)
        pack(folder, shards)
        packed = sum(file.stat().st_size for file in shards.iterdir())
        result = {
            "pictures": asked.pictures,
            "side": asked.side,
            "shards": len(list(shards.iterdir())),
            "bytes": packed,
        }
        result |= speeds(folder, shards, asked.side, min(EACH, each))
        print("Pictures a second: " + ", ".join(f"{name} {result[name]:.0f}" for name in ("folder", "stream", "read")))
        if asked.speed_only:
            return
        words = [stream_of(shards, each), str(asked.side), str(STEPS), str(asked.pictures)]
        result["memory"], result["training_seconds"] = largest_memory(words)
    print(
        f"{asked.pictures:,} pictures of {asked.side}² from {result['shards']} shards: {result['memory'] / 2**30:.2f} GB at most."
    )
    store(
        "streaming_shards",
        command=f"python -m benchmarks.streaming_shards --pictures {asked.pictures} --side {asked.side}",
        seeds=[0],
        seconds=time.monotonic() - begun,
        result=result,
    )


if __name__ == "__main__":
    main()
