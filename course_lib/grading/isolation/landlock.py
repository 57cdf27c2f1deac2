"""Linux 5.13 and newer, without any privilege: this process opens only the files that are named here. Standard library only.

Landlock does not guard a file's mode, times and owner, nor sockets: those calls are refused by :mod:`syscalls`.
"""

import ctypes
import os

from course_lib.grading.isolation.kernel import call

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST = (1 << 13) - 1  # what the first version could refuse; each of the next three had one right more
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
TCP, SCOPES = 3, 3  # bind and connect; abstract sockets and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    return max(0, call(CREATE_RULESET, None, 0, 1))


def restrict(work: str, readable: list[str], devices: list[str], hidden: list[str], most: int = 99) -> int:
    """Open nothing from now on but ``readable``, ``devices`` and, for writing as well, ``work``. Not to be undone.

    Args:
        hidden: places inside something readable that stay closed.
        most: use no newer version than this (for tests of what older kernels have).

    Returns:
        The version in force, 0 for none.
    """
    abi = min(version(), most)
    if not abi:
        return 0
    files = FIRST | (REFER if abi >= 2 else 0) | (TRUNCATE if abi >= 3 else 0) | (IOCTL_DEV if abi >= 5 else 0)
    ruleset = _Ruleset(files, TCP if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
    rules = call(CREATE_RULESET, ruleset, 8 if abi < 4 else 16 if abi < 6 else 24, 0)
    if rules < 0:
        return 0
    try:
        for place in [p for whole in readable for p in _without(whole, hidden)]:
            _allow(rules, place, (READ_FILE | READ_DIR | EXECUTE) & files)
        for device in devices:
            _allow(rules, device, READ_FILE | WRITE_FILE)
        _allow(rules, work, files)
        return abi if call(RESTRICT_SELF, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _without(place: str, hidden: list[str]) -> list[str]:
    """The place, or, where something hidden lies in it, all of its parts that have nothing hidden in them."""
    if place in hidden:
        return []
    if not any(h.startswith(place + os.sep) for h in hidden):
        return [place]
    return [part for entry in os.scandir(place) for part in _without(entry.path, hidden)]


def _allow(rules: int, place: str, rights: int) -> None:
    try:
        at = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there: nothing to allow
        return
    try:
        if not os.path.isdir(place):
            rights &= ON_FILES
        call(ADD_RULE, rules, 1, _Beneath(rights, at), 0)
    finally:
        os.close(at)
