"""How fast it is: the figures a user waits for, measured on this machine. ``python -m benchmarks.speed``.

Each is measured as a user meets it: processes are started anew where a start is what is asked.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODEL = "pix2pix-facades"


def translation(repeats: int = 30) -> dict[str, Any]:
    """Median seconds of one translation in a warm process."""
    from course_lib.data.synthetic.facade_blocks import facade_blocks
    from course_lib.models import zoo

    model = zoo.load_translator(MODEL)
    size = model.config["size"]
    maps = [facade_blocks(index, size=size)[0] for index in range(repeats)]
    model(maps[0])
    taken = []
    for seed, picture in enumerate(maps):
        started = time.perf_counter()
        model(picture, seed=seed)
        taken.append(time.perf_counter() - started)
    return {"value": statistics.median(taken), "what": f"one {size}² translation, median of {repeats}", "limit": 0.120}


def loading(repeats: int = 5) -> dict[str, Any]:
    """Median seconds of ``zoo.load`` (file, hash, network) once torch is imported."""
    from course_lib.models import zoo

    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        zoo.load_translator(MODEL)
        taken.append(time.perf_counter() - started)
    return {"value": statistics.median(taken), "what": f"loading {MODEL}, median of {repeats}", "limit": 1.0}


def help_text(repeats: int = 5) -> dict[str, Any]:
    """Median seconds of ``python -m course_lib --help``, a new process each time."""
    taken = [_timed([sys.executable, "-m", "course_lib", "--help"]) for _ in range(repeats)]
    return {
        "value": statistics.median(taken),
        "what": f"python -m course_lib --help, median of {repeats}",
        "limit": 0.5,
    }


def smoke() -> dict[str, Any]:
    """Seconds of a whole training with the smoke preset, start of the process to exported model."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["train", "pix2pix", "--data", "facade_blocks", "--preset", "smoke", "--out", f"{scratch}/run"]
        taken = _timed([sys.executable, "-m", "course_lib", *command])
    return {"value": taken, "what": "train pix2pix --preset smoke, end to end", "limit": 20.0}


def lesson(script: Path) -> dict[str, Any]:
    """Seconds of a lesson from kernel start to the last cell."""
    import jupytext
    from nbclient import NotebookClient

    notebook = jupytext.read(script)
    started = time.perf_counter()
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": script.parent}}
    ).execute()
    return {"value": time.perf_counter() - started, "what": f"lesson {script.stem}", "limit": 90.0}


def clone_to_page() -> dict[str, Any]:
    """Seconds from ``git clone`` of this repository to the app's answering page, with this environment."""
    with tempfile.TemporaryDirectory() as scratch:
        started = time.perf_counter()
        clone = Path(scratch) / "course"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with _app(clone) as (address, process):
            while time.perf_counter() < started + 120 and process.poll() is None:
                with suppress(OSError), urllib.request.urlopen(address, timeout=2) as page:
                    if page.status == 200:
                        return {
                            "value": time.perf_counter() - started,
                            "what": "fresh clone to answering page",
                            "limit": 30.0,
                        }
                time.sleep(0.1)
    raise RuntimeError(
        "The app of a fresh clone ended, or did not answer within two minutes. Run `python app.py` in one to see why."
    )


@contextmanager
def _app(clone: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The clone's own library, not the installed one.
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "PYTHONPATH": str(clone), "COURSE_ROOT": str(clone)}
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=clone, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.terminate()
        process.wait(20)


def _timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def figures() -> Iterator[dict[str, Any]]:
    """All of them, one by one, as they are measured."""
    yield help_text()
    yield loading()
    yield translation()
    if shutil.which("git") and (ROOT / ".git").exists():
        yield clone_to_page()
    yield smoke()
    for script in sorted((ROOT / "notebooks").glob("[0-9]*.py")):
        yield lesson(script)


def main() -> dict[str, dict[str, Any]]:
    """Measures, prints a line each, and gives them by name."""
    measured = {}
    for figure in figures():
        verdict = "" if figure["value"] <= figure["limit"] else "   ← over the limit"
        print(f"{figure['what']:48} {figure['value']:8.3f} s   (limit {figure['limit']:g} s){verdict}", flush=True)
        measured[figure["what"]] = {"seconds": round(figure["value"], 4), "limit": figure["limit"]}
    return measured


if __name__ == "__main__":
    main()
