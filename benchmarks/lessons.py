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


def execute(script: Path) -> float:
    """Runs a script top to bottom and writes its notebook beside it, whole; the seconds it took."""
    notebook = jupytext.read(script)
    os.environ["COURSE_STRICT"] = "1"  # a sentence that its number does not support stops the run
    started = time.monotonic()
    NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(script.parent)}}
    ).execute()
    seconds = time.monotonic() - started
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times of day: they differ every run
        # Where a cell shows its source, the folder is the machine's business.
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = _smaller(output["data"]["image/png"])
            if "text" in output:
                output["text"] = re.sub(re.escape(str(NOTEBOOKS.parent)) + "/?", "", output["text"])
    notebook.metadata = {
        "jupytext": notebook.metadata.get("jupytext", {}),
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
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
    os.environ.pop("FACADES_FOLDER", None)  # the committed notebook shows no photos that are not ours
    scripts = [NOTEBOOKS / f"{name}.py" for name in names] or sorted(NOTEBOOKS.glob("[0-9]*.py"))
    for script in scripts:
        print(f"{script.stem}: {execute(script):.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
