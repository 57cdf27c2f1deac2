"""Linux: the system calls that Python's library has no function for. Standard library only."""

import ctypes
import os
import platform
import signal

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
NAMESPACES = {"processes": NEWPID, "files": NEWNS, "network": NEWNET, "ipc": NEWIPC}
MACHINE = {"x86_64": 0, "AMD64": 0, "aarch64": 1, "arm64": 1}.get(
    platform.machine()
)  # column of a table of call numbers


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: int | bytes | ctypes.Array | ctypes.Structure | None) -> int:
    """A system call by its number; -1 when it is refused, with the reason in ``ctypes.get_errno()``."""
    sized = [ctypes.c_long(a) if isinstance(a, int) else ctypes.byref(a) if isinstance(a, ctypes.Structure) else a for a in arguments]  # fmt: skip
    return int(libc().syscall(ctypes.c_long(number), *sized))


def die_with_parent() -> None:
    """Be killed when the process that forked this one ends. To be said again after a change of user, which forgets it."""
    libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> None:
    """Orphaned descendants become children of this process, so that a daemon can be found and ended."""
    libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def close_memory(closed: bool) -> None:
    """Whether other processes of the same user are kept from this one's memory. Closed, it cannot be given namespaces either."""
    libc().prctl(PR_SET_DUMPABLE, 0 if closed else 1, 0, 0, 0)


def enter_namespaces() -> list[str]:
    """Give the children to come their own process numbers, mounts, network and IPC. Returns those obtained, by name."""
    uid, gid = os.getuid(), os.getgid()
    everything = sum(NAMESPACES.values())
    if libc().unshare(everything) == 0:
        return list(NAMESPACES)
    if libc().unshare(NEWUSER | everything) == 0:
        try:
            for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
        except OSError:  # granted without rights in it, as AppArmor does: nothing can be mounted there
            return []
        return [*NAMESPACES, "user"]
    return []


def become(uid: int, must_read: list[str]) -> bool:
    """Root: be an ordinary user from now on, one that nobody else is, if that user can read what Python needs."""
    groups = os.getgroups()
    try:
        os.setgroups([])
        os.setegid(uid)
        os.seteuid(uid)
    except OSError:  # root without the right to change
        return False
    readable = all(map(_can_read, must_read))
    os.seteuid(0)
    os.setegid(0)
    if readable:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        os.setgroups(groups)
    return readable


def _can_read(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def drop_privileges() -> bool:
    """No capability is left and none can be had again, so that mounts cannot be undone, even by root."""
    for capability in range(64):
        libc().prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    return bool(libc().capset(header, (ctypes.c_uint32 * 6)()) == 0)
