"""Executes lessons and writes their notebooks.

``python -m benchmarks.lessons [NAME …]``; all of them if none is named.
"""

import base64
import io
import os
import re
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LEFT_OUT = ("FACADES_FOLDER",)  # the committed notebooks show no photos that are not ours


def scripts(names: list[str]) -> list[Path]:
    """The lessons of these names; all of them if none is named."""
    return [NOTEBOOKS / f"{name}.py" for name in names] or sorted(NOTEBOOKS.glob("[0-9]*.py"))


def run(script: Path, patience: float = 900) -> nbformat.NotebookNode:
    """Runs a script top to bottom; the executed notebook, in the form in which it is stored.

    A sentence that its number does not support stops the run. One thread, so that every run adds in the same order.
    """
    notebook = jupytext.read(script)
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    NotebookClient(
        notebook, timeout=patience, kernel_name="python3", resources={"metadata": {"path": str(script.parent)}}
    ).execute(env=environment | {"COURSE_STRICT": "1", "OMP_NUM_THREADS": "1"})
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day: they differ every run
        # Where a cell shows its source, the folder is the machine's business.
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = re.sub(re.escape(str(NOTEBOOKS.parent)) + "/?", "", output["text"])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def write(script: Path) -> float:
    """Runs a script and writes its notebook beside it, whole; the seconds it took."""
    started = time.monotonic()
    notebook = run(script)
    seconds = time.monotonic() - started
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = _smaller(output["data"]["image/png"])
    partial = script.with_suffix(".ipynb.part")
    nbformat.write(notebook, partial)
    partial.replace(script.with_suffix(".ipynb"))
    return seconds


def _smaller(png: str) -> str:
    """The same picture, packed as tightly as PNG allows; base64 in, base64 out."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        packed = io.BytesIO()
        image.save(packed, format="PNG", optimize=True)
    return min(png, base64.b64encode(packed.getvalue()).decode(), key=len)


def main(names: list[str]) -> None:
    for script in scripts(names):
        print(f"{script.stem}: {write(script):.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
