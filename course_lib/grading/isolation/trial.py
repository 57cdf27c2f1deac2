"""What a submission could do here, found out by trying it, in its own process, before its first line runs. Standard library only.

A mark is given on this evidence, not on what a system promises.
"""

import contextlib
import ctypes
import errno
import os
import socket
import sys

READ, WRITE, SIGNAL, MEMORY, NETWORK = (
    "read the course or other submissions",
    "change files outside its own folder",
    "send signals to the grader's processes",
    "read and write the memory of the grader's processes",
    "use the network",
)


def possible(secret: list[str], outside: list[str], grader: int) -> list[str]:
    """The things above that succeed.

    Args:
        secret: files and folders that must not be read.
        outside: files that must not be written.
        grader: the process that gives the mark, by the number that it has for itself.
    """
    # Those that stand between: the one that watches this process, and the first one here.
    others = {grader, os.getppid(), 1} - {os.getpid(), 0}
    tried = (
        (READ, any(map(_opens, secret))),
        (WRITE, any(_opens(path, os.O_WRONLY) for path in outside)),
        (SIGNAL, any(map(_signals, others))),
        (MEMORY, any(map(_reaches_memory, others))),
        (NETWORK, _has_network()),
    )
    return [what for what, works in tried if works]


def _opens(path: str, flags: int = os.O_RDONLY) -> bool:
    try:
        if os.path.isdir(path):
            os.scandir(path).close()
        else:
            os.close(os.open(path, flags))
    except OSError:
        return False
    return True


def _signals(pid: int) -> bool:
    if sys.platform == "win32":  # where signal 0 ends a process instead of asking for it
        return True
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _reaches_memory(pid: int) -> bool:
    if sys.platform != "linux":
        return True  # not looked into: taken for possible
    with contextlib.suppress(OSError):
        os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
        return True
    here, there = (ctypes.c_size_t * 2)(0, 1), (ctypes.c_size_t * 2)(4096, 1)
    # Where it is not allowed the answer is about that; where it is, it is about the address.
    done = ctypes.CDLL(None, use_errno=True).process_vm_readv(pid, here, 1, there, 1, 0)
    return done >= 0 or ctypes.get_errno() == errno.EFAULT


def _has_network() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.connect(("192.0.2.1", 9))  # sends nothing: only asks for a way there
    except OSError:
        return False
    return True
