"""Table of lesson 03: losses, cures, ten seeds at once. ``python -m benchmarks.collapse``."""

from typing import Any

import torch

from benchmarks.collapse_runs import EPOCH, SAMPLES, SEEDS, SETTINGS, cells, fair_tenth, kept
from benchmarks.provenance import store
from course_lib.data.points import mixture

FILMED = 8  # looks of a film that are stored


def condensed(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """What the lesson needs of a run: settings, how it stood before the rate fell; of the runs that are shown, the way
    over training; of some of them seed 0's film."""
    filmed = name in ("bce / none", "bce / R1", "lsgan / none", "wasserstein / gradient penalty", "bce / packing") or (
        name.startswith("grid")
    )
    shown = filmed or name in ("bce / none / careful", "bce / R1 / careful", "bce / none / constant")
    every = max(1, len(result["frames"]) // FILMED)
    last = len(result["frames"]) - 1
    looks = [at for at in range(len(result["frames"])) if (last - at) % every == 0]
    flat = result["config"]["epochs_flat"] * EPOCH
    before = max(at for at, step in enumerate(result["steps"]) if step <= flat)
    return {
        "config": {name: result["config"][name] for name in SETTINGS},
        "target": result["target"],
        "seconds": result["seconds"],
        "before": {
            "step": result["steps"][before],
            "covered": result["covered"][before],
            "good": result["good"][before],
        },
        **({key: result[key] for key in ("steps", "covered", "good")} if shown else {}),
        **({"film": {str(result["steps"][at]): result["frames"][at] for at in looks}} if filmed else {}),
    }


def tidy(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its good share to four digits, and the smallest mode's share of the good samples."""
    good = max(1, sum(row["counts"]))
    return {
        "seed": row["seed"],
        "covered": row["covered"],
        "good": round(row["good"], 4),
        "smallest": round(min(row["counts"]) / good, 4),
    }


def main() -> None:
    """Trains what is missing, cell by cell; stores the table after each, so that a run cut short leaves a smaller one."""
    torch.set_num_threads(1)
    rows: dict[str, list[dict[str, Any]]] = {}
    runs: dict[str, dict[str, Any]] = {}
    targets = {name: mixture(name) for name in ("ring", "grid")}
    described = {
        name: {
            "modes": len(target.centres),
            "deviation": target.deviation,
            "radius": target.radius,
            "samples": SAMPLES,
            "min_count": fair_tenth(SAMPLES, len(target.centres)),
        }
        for name, target in targets.items()
    }
    for name, cell in cells().items():
        result = kept(name, cell)
        rows[name] = [tidy(row) for row in result["rows"]]
        runs[name] = condensed(name, result)
        if "average" in result:
            rows[f"{name} / averaged G"] = [tidy(row) for row in result["average"]]
        store(
            "collapse",
            command="python -m benchmarks.collapse",
            seeds=SEEDS,
            seconds=sum(run["seconds"] for run in runs.values()),
            result={"targets": described, "rows": rows, "runs": runs},
        )
        found = [(row["covered"], round(100 * row["good"])) for row in rows[name]]
        print(f"{name:45} {result['seconds']:4.0f} s  {found}", flush=True)


if __name__ == "__main__":
    main()
