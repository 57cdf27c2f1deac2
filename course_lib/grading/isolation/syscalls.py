"""Linux: system calls that no graded function needs are refused by a filter in the kernel (seccomp). Standard library only.

With mounts or Landlock deciding which files can be opened, this closes what they leave open: other processes, programs,
sockets, keyrings, new namespaces, memory outside the limits, the mode and times of files.
"""

import ctypes
import errno
import os

from course_lib.grading.isolation.kernel import MACHINE, libc

ARCHITECTURE = (0xC000003E, 0xC00000B7)
NEWEST = 462  # a call newer than those looked through here does not exist for a submission
# Call: its number on x86_64 and on aarch64.
REFUSED = {
    # processes and programs
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440),
    "process_mrelease": (448, 448), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "kcmp": (312, 272), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setscheduler": (144, 119), "sched_setparam": (142, 118),
    "sched_setattr": (314, 274), "sched_setaffinity": (203, 122), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "get_robust_list": (274, 100), "personality": (135, 92),
    # sockets of every kind
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    # mounts, namespaces, and ways to a file that are not its path
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "mount_setattr": (442, 442), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # what Landlock does not look at
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "truncate": (76, 45), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "fanotify_init": (300, 262),
    # keyrings, the kernel's own machines, and memory that is not counted
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "syslog": (103, 116), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191),
    "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180), "mq_unlink": (241, 181),
}  # fmt: skip
ABSENT = {
    "clone3": (435, 435),
    "openat2": (437, 437),
}  # their arguments lie in memory: libraries then use the older calls
CLONE, KILL, TGKILL, PRLIMIT, FCNTL, IOCTL, PRCTL = (
    (56, 220),
    (62, 129),
    (234, 131),
    (302, 261),
    (72, 25),
    (16, 29),
    (157, 167),
)
OPEN, OPENAT = (2, None), (257, 56)
CLONE_THREAD = 0x10000
# Of fcntl: copies, flags and locks; not who gets a signal when something can be read, nor leases and watches.
FCNTL_ALLOWED = (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 36, 37, 38, 1030, 1032)
# Of ioctl: whether it is a terminal and how wide, how much can be read, whether it blocks, closing on exec.
IOCTL_ALLOWED = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
PR_SET_PDEATHSIG, PR_SET_SECCOMP = 1, 22
LOAD, AND, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, ERROR = 0x7FFF0000, 0x00050000
Instruction = tuple[int, int, int, int]  # operation, jump if so, jump if not, operand


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def refuse() -> bool:
    """From now on, for this process and all its threads. Needs "no new privileges". Not to be undone."""
    if MACHINE is None:
        return False
    program = _program(MACHINE, os.getpid())
    code = (_Instruction * len(program))(*(_Instruction(*step) for step in program))
    return bool(libc().prctl(PR_SET_SECCOMP, 2, ctypes.byref(_Program(len(program), code)), 0, 0) == 0)


def _program(machine: int, pid: int) -> list[Instruction]:
    allow, no, absent = (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERROR | errno.EPERM), (RETURN, 0, 0, ERROR | errno.ENOSYS)

    def argument(i: int) -> Instruction:
        return LOAD, 0, 0, 16 + 8 * i

    def only(i: int, *values: int) -> list[Instruction]:
        return [argument(i), *(step for v in values for step in ((EQUAL, 0, 1, v & 0xFFFFFFFF), allow)), no]

    def none_of(i: int, *values: int) -> list[Instruction]:
        return [argument(i), *(step for v in values for step in ((EQUAL, 0, 1, v), no)), allow]

    def not_reading_and_emptying(i: int) -> list[Instruction]:
        # O_RDONLY | O_TRUNC empties a file; the first versions of Landlock take it for reading.
        return [argument(i), (AND, 0, 0, os.O_TRUNC | os.O_ACCMODE), (EQUAL, 0, 1, os.O_TRUNC), no, allow]

    looked_into = {
        CLONE: [argument(0), (HAS, 0, 1, CLONE_THREAD), allow, no],
        KILL: only(0, pid), TGKILL: only(0, pid), PRLIMIT: only(0, 0, pid),
        FCNTL: only(1, *FCNTL_ALLOWED), IOCTL: only(1, *IOCTL_ALLOWED), PRCTL: none_of(0, PR_SET_PDEATHSIG),
        OPEN: not_reading_and_emptying(1), OPENAT: not_reading_and_emptying(2),
    }  # fmt: skip
    program: list[Instruction] = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, ARCHITECTURE[machine]), no, (LOAD, 0, 0, 0)]
    program += [(AT_LEAST, 0, 1, NEWEST + 1), absent]
    for table, answer in ((REFUSED, no), (ABSENT, absent)):
        numbers = [n for pair in table.values() if (n := pair[machine]) is not None]
        program += [step for number in numbers for step in ((EQUAL, 0, 1, number), answer)]
    for pair, body in looked_into.items():
        if (number := pair[machine]) is not None:
            program += [(EQUAL, 0, len(body), number), *body]
    return [*program, allow]
