"""Names of learners, whatever bytes they are made of, as a terminal, a file system and every report can hold them."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 200  # characters of a name that are shown
JOINERS = "\u200c\u200d"  # invisible, and part of the spelling in some scripts
# Windows opens a device where a file is called so, whatever its extension.
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def decoded(raw: bytes) -> str:
    """A file's name from its bytes: UTF-8, else the code page of a Korean Windows, else with its odd bytes kept as they are."""
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "surrogateescape")


def shown(name: str) -> str:
    r"""The name as text that can be read and stored: control characters, direction marks and odd bytes become ``\x1b``, ``\u202e``."""
    if any("\udc80" <= c <= "\udcff" for c in name):
        name = decoded(name.encode("utf-8", "surrogateescape" if _only_escaped_bytes(name) else "replace"))
    name = "".join(map(_readable, unicodedata.normalize("NFC", name))).strip()
    return (name if len(name) <= LONGEST else name[: LONGEST - 1] + "…") or "_"


def _only_escaped_bytes(name: str) -> bool:
    return all("\udc80" <= c <= "\udcff" for c in name if "\ud800" <= c <= "\udfff")


def _readable(c: str) -> str:
    if c.isprintable() or c in JOINERS:
        return c
    if unicodedata.category(c) == "Zs":
        return " "
    if "\udc80" <= c <= "\udcff":
        return f"\\x{ord(c) - 0xDC00:02x}"
    return f"\\x{ord(c):02x}" if ord(c) < 0x100 else f"\\u{ord(c):04x}"


def distinct(names: Iterable[str]) -> list[str]:
    """The names in their order; one that was there already gets a number."""
    taken: set[str] = set()
    out = []
    for name in names:
        unique, n = name, 2
        while unique in taken:
            unique, n = f"{name} ({n})", n + 1
        taken.add(unique)
        out.append(unique)
    return out


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """For each name a file's name without extension that every system can write; two that look alike on a disk get numbers."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        # Limits of file names count bytes: 84 Korean letters are 252.
        stem = re.sub(r"[^\w.-]", "_", name).encode("utf-8", "replace")[:150].decode("utf-8", "ignore")
        if not stem or stem.startswith(".") or stem.split(".")[0].lower() in DEVICES:
            stem = f"_{stem}"
        unique, n = stem, 2
        while unique.casefold() in taken:
            unique, n = f"{stem}_{n}", n + 1
        taken.add(unique.casefold())
        stems[name] = unique
    return stems
