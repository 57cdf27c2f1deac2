"""Prints the project's figures: speed, load and the cost of a training, measured now on this machine; long results, as stored, with their provenance."""

import statistics
from typing import Any

from benchmarks import cost, load, speed
from benchmarks.provenance import RESULTS, machine, store, stored


def main() -> None:
    where = machine()
    print(
        f"{where['processor']}, {where['cores']} core(s), {where['threads']} thread(s) a process, {where['system']}\n"
    )
    measured = speed.main()
    store(
        "speed",
        command="python -m benchmarks",
        seeds=[0],
        seconds=sum(f["seconds"] for f in measured.values()),
        result={"figures": measured},
    )
    print()
    load.measure()
    print()
    cost.main()
    for path in sorted(RESULTS.glob("*.json")):
        if path.stem not in ("speed", "load", "cost"):
            _print_stored(stored(path.stem), path.stem)


def _print_stored(record: dict[str, Any], name: str) -> None:
    print(
        f"\n{name}: {record['command']}, seeds {record['seeds']}, commit {record['commit']}, {record['seconds']:.0f} s on {record['machine']['processor']}"
    )
    for variant, runs in record.get("rows", {}).items():
        columns = {"L1": "l1", "detail": "sharpness", "KID-VGG": "kid", "modes": "covered", "good": "good"}
        columns |= {"as asked": "accuracy", "variety": "variety", "pieces": "pieces"}
        columns |= {"PSNR": "psnr", "VGG distance": "vgg_distance", "on a lattice": "lattice"}
        parts = [f"{label} {_spread([run[key] for run in runs])}" for label, key in columns.items() if key in runs[0]]
        print(f"  {variant:20} {'   '.join(parts)}")


def _spread(values: list[float]) -> str:
    return f"{statistics.mean(values):.3f} ({min(values):.3f} … {max(values):.3f})"


if __name__ == "__main__":
    main()
