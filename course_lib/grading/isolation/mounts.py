"""Linux, in a mount namespace of one's own: a root with nothing in it but what a submission needs. Standard library only."""

import ctypes
import os

from course_lib.grading.isolation.kernel import MACHINE, call, libc

NOSUID, NODEV, BIND, REC, PRIVATE, DETACH = 2, 4, 4096, 16384, 1 << 18, 2
ATTRIBUTES = 1 | 2 | 4  # read-only, no set-uid, no devices
SYS_MOUNT_SETATTR, SYS_PIVOT_ROOT, AT_FDCWD, AT_RECURSIVE = 442, (155, 41), -100, 0x8000
SMALL = "size=1m,nr_inodes=4k,mode=755"
WORK = "size=64m,nr_inodes=2k,mode=700"


def empty_root(
    work: str, readable: list[str], aliases: list[tuple[str, str]], devices: list[str], hidden: list[str]
) -> bool:
    """Replace this process's root by an empty one with ``readable`` (read-only), ``devices`` and an empty ``work`` folder.

    Args:
        aliases: (name, real path): links to make.
        hidden: places that are covered where they lie inside something readable.

    Returns:
        Whether it is done. If not, this process's files are as they were.
    """
    if (
        MACHINE is None
        or not _mount("none", "/", None, REC | PRIVATE)
        or not _mount("none", work, "tmpfs", NOSUID | NODEV, SMALL)
    ):
        return False
    root, inside = work, work + work
    bound = all([_bind(place, root, True) for place in readable] + [_bind(device, root, False) for device in devices])
    covered = all(_cover(root + place) for place in hidden if os.path.lexists(root + place))
    os.makedirs(inside, exist_ok=True)
    for name, real in aliases:
        if not os.path.lexists(root + name):
            os.makedirs(os.path.dirname(root + name), exist_ok=True)
            os.symlink(real, root + name)
    if bound and covered and _mount("none", inside, "tmpfs", NOSUID | NODEV, WORK) and _read_only(root, 0):
        os.chdir(root)
        if call(SYS_PIVOT_ROOT[MACHINE], b".", b".") == 0:
            libc().umount2(b".", DETACH)  # the old root, which lies on top of the new one
            os.chdir(work)
            return True
    libc().umount2(os.fsencode(root), DETACH)
    return False


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> bool:
    kind_ = kind.encode() if kind else None
    return bool(
        libc().mount(os.fsencode(source), os.fsencode(target), kind_, ctypes.c_ulong(flags), data.encode()) == 0
    )


def _bind(place: str, root: str, read_only: bool) -> bool:
    """Show a place of the old root under the same name in the new one; what is not there is left out."""
    if not os.path.exists(place):
        return True
    target = root + place
    if os.path.isdir(place):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    return _mount(place, target, None, BIND | REC) and (not read_only or _read_only(target, AT_RECURSIVE))


def _read_only(target: str, recursive: int) -> bool:
    attributes = (ctypes.c_uint64 * 4)(ATTRIBUTES, 0, 0, 0)
    return call(SYS_MOUNT_SETATTR, AT_FDCWD, os.fsencode(target), recursive, attributes, 32) == 0


def _cover(place: str) -> bool:
    if os.path.isdir(place):
        return _mount("none", place, "tmpfs", NOSUID | NODEV, "size=4k,mode=000")
    return _mount("/dev/null", place, None, BIND)
