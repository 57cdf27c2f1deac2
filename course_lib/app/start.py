"""The page, started: what can be wrong with the computer it runs on is said in a sentence, before Gradio meets it."""

import os
import socket
import sys
import tempfile
from pathlib import Path

from course_lib.errors import CourseError

FOLDER = "GRADIO_TEMP_DIR"  # environment: where Gradio puts files
_NAME = "losses-you-can-see"
_LEAST_FREE = 50_000_000  # bytes on the disk without which the page does not start


def main() -> None:
    """Starts the page and serves it until it is stopped; ends the program with a sentence if it cannot be started."""
    try:
        ask_no_proxy()
        ports()
        own_folder()
        from course_lib.app.page import launch  # Gradio reads all this when it is imported

        launch()
    except CourseError as error:
        sys.exit(str(error))


def ask_no_proxy() -> None:
    """Gradio asks its own page whether it is there, and a proxy knows nothing of this computer. The page asks no other."""
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "*"


def own_folder() -> Path:
    """A folder of the page's own, made if need be, below the one that Gradio would share with others; in FOLDER from now on.

    Raises:
        CourseError: it cannot be written to, or its disk is full.
    """
    try:
        above = Path(os.environ.get(FOLDER) or tempfile.gettempdir())
    except OSError:
        above = Path.cwd()
    if FOLDER not in os.environ and above == Path.cwd():  # Python's last resort, which fills the course's own folder
        raise CourseError(
            "There is no temporary folder that can be written to. Make room on the disk, or name a folder: "
            f"{FOLDER}=/path/to/folder python app.py"
        )
    name = f"{_NAME}-{os.getuid()}" if hasattr(os, "getuid") else _NAME
    folder = above if above.name == name else above / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
            raise CourseError(f"{folder} belongs to somebody else. Name another folder in {FOLDER}.")
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x" * 4096)
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize if hasattr(os, "statvfs") else _LEAST_FREE
    except OSError as error:
        raise CourseError(
            f"The temporary folder {folder} cannot be written to ({error.strerror}). Make room there, or name another: "
            f"{FOLDER}=/path/to/folder python app.py"
        ) from None
    if free < _LEAST_FREE:
        raise CourseError(
            f"The disk of the temporary folder {folder} is nearly full: {free // 1_000_000} MB are free, the page needs "
            f"{_LEAST_FREE // 1_000_000} MB. Make room there, or name another: {FOLDER}=/path/to/folder python app.py"
        )
    os.environ[FOLDER] = str(folder)
    return folder


def ports() -> range:
    """The ports that are tried, one after another, on the computer's name that the environment says.

    Raises:
        CourseError: GRADIO_SERVER_PORT or GRADIO_NUM_PORTS is no number, or GRADIO_SERVER_NAME no name of this computer.
    """
    first, many = _number("GRADIO_SERVER_PORT", 7860, 65_535), _number("GRADIO_NUM_PORTS", 100, 10_000)
    try:
        socket.getaddrinfo(server_name().strip("[]"), None)
    except (OSError, UnicodeError):
        raise CourseError(
            f"GRADIO_SERVER_NAME is {server_name()[:100]!r}, which is no name or address of this computer. 127.0.0.1 serves "
            "this computer alone, 0.0.0.0 its network, too."
        ) from None
    return range(first, first + many)


def server_name() -> str:
    return os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"


def no_place(tried: range) -> CourseError:
    """What to say when none of them could be taken."""
    several = f"port {tried[0]}" if len(tried) == 1 else f"the ports {tried[0]} to {tried[-1]}"
    return CourseError(
        f"The page cannot be served on {server_name()}: {several} cannot be used, or other programs use them. Stop those, or "
        "choose another port: GRADIO_SERVER_PORT=7900 python app.py"
    )


def _number(name: str, usual: int, most: int) -> int:
    told = os.environ.get(name) or str(usual)
    if not (told.isascii() and told.isdigit() and len(told) < 6 and 0 < int(told) <= most):
        raise CourseError(f"{name} is {told[:40]!r}; it must be a whole number from 1 to {most}.")
    return int(told)
