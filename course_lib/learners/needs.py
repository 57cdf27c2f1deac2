"""What lessons need of other packages. It runs before they are there, so it imports the standard library alone."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

LEFT_OUT = {
    "gradio",
    "python-multipart",
    "pyarrow",
    "jupyterlab",
    "jupytext",
    "nbclient",
    "ipykernel",
}  # app, lab, data


def missing(requirements: str) -> list[str]:
    """The lines of a requirements file, without the app's, whose package is not installed."""
    lines = [line.split("#")[0].strip() for line in requirements.splitlines()]
    names = {line: re.split(r"[\s<>=~!\[;]", line)[0].lower() for line in lines if line and not line.startswith("-")}
    return [line for line, name in names.items() if name not in LEFT_OUT and not _installed(name)]


def install_missing() -> None:
    """Installs what lessons need and this Python has not."""
    lines = missing((Path(__file__).parents[2] / "requirements.txt").read_text("utf-8"))
    if lines:
        print("Installing", ", ".join(lines), "…", flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *lines], check=True)


def _installed(name: str) -> bool:
    """Any version: a platform such as Colab has its own, and replacing them would break what is loaded already."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
