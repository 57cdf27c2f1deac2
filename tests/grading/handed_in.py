"""Makes what learners hand in: folders, notebooks, ZIPs. For the tests of submissions."""

import json
import zipfile
from pathlib import Path

RIGHT = "def half(x):\n    return x / 2\n"
DOUBLED = "def half(x):\n    return 2 * x\n"
STUB = "def half(x):\n    raise NotImplementedError\n"
OTHER = "import math\n\ndef third(x):\n    return x / 3\n"


def notebook(*cells: str, language: str = "python", **more) -> str:
    """An .ipynb with these code cells."""
    made = [
        {
            "cell_type": "code",
            "source": cell.splitlines(keepends=True),
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for cell in cells
    ]
    words = {"cell_type": "markdown", "source": ["# Return `2 * x`?\n"], "metadata": {}}
    kernel = {"kernelspec": {"language": language, "name": "k", "display_name": "k"}}
    return json.dumps({"cells": [words, *made], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5, **more})


def folder(at: Path, files: dict[str, str | bytes | None]) -> Path:
    """A folder with these files; None makes an empty folder."""
    at.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = at / name
        (path if text is None else path.parent).mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return at


def zipped(at: Path, files: dict[str, str | bytes | None]) -> Path:
    """A ZIP with these members; None makes an entry for an empty folder."""
    at.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(at, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name if text is not None else name.rstrip("/") + "/", text or b"")
    return at
