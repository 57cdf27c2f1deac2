"""Which files a submission's process may open: Python, its libraries, the system's, a few devices. Nothing else is there for it."""

import functools
import os
import site
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

COURSE = str(Path(__file__).resolve().parents[2])  # this package, which holds answers wherever it is installed
NEEDED = ("torch", "numpy", "safetensors", "typing_extensions")  # by the grader's own part of that process, or by torch
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/alternatives",
    "/etc/localtime", "/usr/share/zoneinfo", "/usr/share/fonts", "/etc/fonts", "/usr/share/fontconfig",
    "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@functools.cache
def libraries() -> tuple[str, ...]:
    """The folders that installed packages lie in, those first that this process takes torch and its company from.

    They are given to a submission's process by name: it looks nowhere else, and runs no ``.pth`` file and no site hook.
    """
    origins = [spec.origin for name in NEEDED if (spec := find_spec(name)) is not None and spec.origin]
    folders = [str(Path(o).parents[1] if Path(o).name == "__init__.py" else Path(o).parent) for o in origins]
    return tuple(dict.fromkeys([*folders, *(f for f in site.getsitepackages() if os.path.isdir(f))]))


def readable(hidden: list[str]) -> list[str]:
    """Python, its libraries and the system's, by their real paths: none inside another, none that is ``hidden`` itself."""
    named = {os.path.realpath(p) for p in _named()}
    named -= {os.path.realpath(h) for h in hidden}
    return sorted(p for p in named if not any(_inside(p, q) for q in named))


def aliases() -> list[tuple[str, str]]:
    """(name, real path) of those that are known by another name: where ``/lib`` is a link to ``/usr/lib``."""
    return [(p, real) for p in _named() if (real := os.path.realpath(p)) != p]


def _named() -> list[str]:
    python = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), os.path.join(sys.base_prefix, "lib")]
    named = {os.path.normpath(p) for p in [*libraries(), *python, *SYSTEM, *_loaded()] if os.path.exists(p)}
    return sorted(p for p in named if not any(_inside(p, q) for q in named))


def _loaded() -> list[str]:
    """Shared libraries that this process has loaded from wherever they lie."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
            return sorted(
                {
                    path
                    for line in file
                    if ".so" in (path := line.split(maxsplit=5)[-1].strip()) and path.startswith("/")
                }
            )
    except OSError:
        return []


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
