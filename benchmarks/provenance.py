"""A stored result says where it comes from: command, seeds, versions, commit, seconds."""

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def machine() -> dict[str, Any]:
    """The machine in a few words: processor, GPU if there is one, cores this process may use, threads per process,
    system."""
    import torch

    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        models = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        name = models[0] if models else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": name,
        **({"gpu": torch.cuda.get_device_name()} if torch.cuda.is_available() else {}),
        "cores": cores,
        "threads": os.environ.get("OMP_NUM_THREADS", "all"),
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1)
        if hasattr(os, "getloadavg")
        else None,  # others at work make all this slower
    }


def commit() -> str:
    """The commit the numbers were measured at, with a + if the tree had changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], check=False, capture_output=True, text=True, cwd=Path(__file__).parent)
        return done.stdout.strip()

    try:
        return git("rev-parse", "--short", "HEAD") + (
            "+" if git("status", "--porcelain", "--", "../course_lib") else ""
        )
    except OSError:
        return "unknown"


def store(
    name: str, *, command: str, seeds: list[int], seconds: float, result: dict[str, Any], folder: Path = RESULTS
) -> Path:
    """Writes ``NAME.json`` whole, among the results or where it is read: the result, and what it takes to get it again."""
    record = {
        "command": command,
        "seeds": seeds,
        "seconds": round(seconds, 1),
        "versions": {package: version(package) for package in ("torch", "numpy", "accelerate", "scikit-image")},
        "commit": commit(),
        "machine": machine(),
        **result,
    }
    path = folder / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def stored(name: str) -> dict[str, Any]:
    """A stored result by name."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
