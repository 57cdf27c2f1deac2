"""What a submission may use, and the calls to the operating system that hold it to that.

Standard library only: this file is loaded by path in the process that will run the submission.
"""

import ctypes
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass

GIB, MIB = 1 << 30, 1 << 20
LINUX = sys.platform == "linux"


@dataclass(frozen=True)
class Limits:
    """Limits of one check of one submission."""

    wall_seconds: float = 30.0
    cpu_seconds: int = 20
    address_space: int = 6 * GIB  # torch does not import under 4
    memory: int = 4 * GIB  # resident, summed over the submission's processes
    processes: int = 32
    threads: int = 128
    file_bytes: int = 64 * MIB
    printed_bytes: int = 16 * MIB
    answer_bytes: int = 16 * MIB

    def to_json(self) -> str:
        return json.dumps(asdict(self))


NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_RDONLY, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 1, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
SYS_MOUNT_SETATTR, MOUNT_ATTR_RDONLY, AT_FDCWD, AT_RECURSIVE = 442, 1, -100, 0x8000


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _ok(result: int) -> bool:
    return result == 0


def die_with_parent() -> None:
    """Linux: be killed when the process that forked this one ends."""
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def adopt_orphans() -> bool:
    """Linux: orphaned descendants become children of this process, so that a daemon can be found and ended."""
    return LINUX and _ok(_libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def enter_namespaces() -> list[str]:
    """Linux: give the children to come their own process numbers, mounts, network and IPC. Returns those obtained, by name."""
    libc = _libc()
    uid, gid = os.getuid(), os.getgid()
    wanted = {"processes": NEWPID, "files": NEWNS, "network": NEWNET, "ipc": NEWIPC}
    everything = sum(wanted.values())
    if _ok(libc.unshare(everything)):
        return list(wanted)
    if _ok(libc.unshare(NEWUSER | everything)):
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
        return [*wanted, "user"]
    return [name for name, flag in wanted.items() if _ok(libc.unshare(flag))]


def close_the_files(work: str, hidden: list[str]) -> list[str]:
    """Linux, in a mount namespace of one's own: hide some places, make all else read-only, give an empty folder to work in."""
    libc = _libc()
    done: list[str] = []

    def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> bool:
        return _ok(libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, flags, data.encode()))

    if not mount("none", "/", None, MS_REC | MS_PRIVATE):
        return done
    covered = [
        mount("none", place, "tmpfs", MS_NOSUID | MS_NODEV, "size=4k,mode=755")
        if os.path.isdir(place)
        else mount("/dev/null", place, None, MS_BIND)
        for place in hidden
        if os.path.exists(place)
    ]
    if all(covered):
        done.append("course hidden")
    own = mount("none", work, "tmpfs", MS_NOSUID | MS_NODEV, "size=64m,mode=700")
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if own and _set_read_only(libc, "/", True, AT_RECURSIVE) and _set_read_only(libc, work, False, 0):
        done.append("files read-only")
    return done


def _set_read_only(libc: ctypes.CDLL, path: str, read_only: bool, flags: int) -> bool:
    attributes = (ctypes.c_uint64 * 4)(*((MOUNT_ATTR_RDONLY, 0) if read_only else (0, MOUNT_ATTR_RDONLY)), 0, 0)
    return _ok(libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, ctypes.c_size_t(32)))


def drop_privileges() -> bool:
    """Linux: no capability is left, so mounts cannot be undone, even by root."""
    libc = _libc()
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    return _ok(libc.capset(header, (ctypes.c_uint32 * 6)()))


def limit_resources(limits: Limits) -> list[str]:
    """Set what this system lets one set; returns the names of the limits that are in force."""
    try:
        import resource
    except ImportError:  # Windows has none of these
        return []
    wanted = [
        (
            "address space",
            "RLIMIT_AS",
            limits.address_space if LINUX else None,
        ),  # macOS accepts it and does not enforce it
        ("cpu time", "RLIMIT_CPU", limits.cpu_seconds),
        ("file size", "RLIMIT_FSIZE", limits.file_bytes),
        ("open files", "RLIMIT_NOFILE", 256),
        ("no core dump", "RLIMIT_CORE", 0),
    ]
    done = []
    for name, constant, value in wanted:
        if value is None or not hasattr(resource, constant):
            continue
        try:
            resource.setrlimit(getattr(resource, constant), (value, value))
        except (ValueError, OSError):
            continue  # a harder limit was there before
        done.append(name)
    return done
