"""Put up, in the process that will run a submission, everything that this system has to keep it apart. Standard library only.

Linux: an empty root where mounts are granted, another user where we are root, Landlock, no privileges, a filter of system calls.
Each works without the others; ``trial`` then finds out whether together they hold.
"""

import os
import sys
from dataclasses import dataclass

from course_lib.grading.isolation import limits


@dataclass(frozen=True)
class Walls:
    """What a submission may and may not reach, as paths.

    ``hidden`` is closed even where it lies in something readable; that ``secret`` cannot be read and ``outside`` not be written
    is tried. ``grader`` is the number of the process that gives the mark, ``user`` that of an ordinary user for the submission to
    be where the grader is root; ``landlock`` the newest version to use, which only tests of older kernels lower.
    """

    work: str
    readable: list[str]
    aliases: list[tuple[str, str]]
    devices: list[str]
    hidden: list[str]
    secret: list[str]
    outside: list[str]
    grader: int
    user: int
    landlock: int = 99


def confine(walls: Walls, allowed: limits.Limits, own_mounts: bool) -> list[str]:
    """Returns what is in force, in words.

    Args:
        own_mounts: whether this process has a mount namespace of its own and may change what is mounted in it.
    """
    if sys.platform != "linux":
        return limits.limit_resources(allowed)
    from course_lib.grading.isolation import kernel, landlock, mounts, syscalls

    done = []
    if own_mounts and mounts.empty_root(walls.work, walls.readable, walls.aliases, walls.devices, walls.hidden):
        done.append("empty root")
    if os.geteuid() == 0 and _give(walls.work, walls.user):
        needed = [
            module.__file__ for name in ("torch", "numpy") if (module := sys.modules.get(name)) and module.__file__
        ]
        if kernel.become(walls.user, [*walls.readable, *needed, walls.work]):
            done.append("own user")
        else:
            _give(walls.work, 0)
    done += limits.limit_resources(allowed)
    if kernel.drop_privileges():
        done.append("no privileges")
    if landlock.restrict(walls.work, walls.readable, walls.devices, walls.hidden, walls.landlock):
        done.append("Landlock")
    kernel.close_memory(True)  # no core dump either
    kernel.die_with_parent()
    if syscalls.refuse():
        done.append("system calls filtered")
    return done


def _give(folder: str, user: int) -> bool:
    try:
        os.chown(folder, user, user)
    except OSError:
        return False
    return True
