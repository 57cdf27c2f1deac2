"""What a set is made of, as one hash: a run that goes on compares it with that of the set it began with."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path


def digest_of(*parts: object) -> str:
    """sha256, as hex, of names, numbers and lists of them, in their order; the same on every system."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def listing(files: Iterable[Path], root: Path | None) -> list[tuple[str, int]]:
    """Each file's name, relative to ``root`` and with slashes, and its size in bytes. No pixel is read.

    Args:
        root: the folder that holds them all; None: their bare names are enough.
    """
    names = ((file.relative_to(root).as_posix() if root else file.name, file) for file in files)
    # macOS may give back "é" in two characters where another system gives one.
    return [(unicodedata.normalize("NFC", name), file.stat().st_size) for name, file in names]
