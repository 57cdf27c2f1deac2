# ruff: noqa: E501 - each submission is one line of source
"""Attempts to change what others' marks are made of: files of the course, the libraries, a neighbour, the reports; processes."""

from .case import WRONG_IN_WORDS, Hostile, attack, attacks

CASES = attacks(
    "writing",
    {
        "a neighbour's file, overwritten": "return libc.open(b'{NEIGHBOUR}', 1) >= 0",
        "a neighbour's file, emptied": "return call(76, b'{NEIGHBOUR}', 0) == 0 or libc.truncate(b'{NEIGHBOUR}', 0) == 0",
        "a neighbour's file, opened for reading and emptied": "return libc.open(b'{NEIGHBOUR}', 0o1000) >= 0",
        "a library, opened for reading and emptied": "return libc.open(b'{SPARE}', 0o1000) >= 0",
        "a neighbour's file, made unreadable": "return libc.chmod(b'{NEIGHBOUR}', 0) == 0",
        "the class, made unreadable": "return call(268, -100, b'{CLASS}', 0) == 0 or call(452, -100, b'{CLASS}', 0, 0) == 0",
        "a neighbour's file, given away": "return libc.chown(b'{NEIGHBOUR}', 12345, 12345) == 0",
        "a neighbour's file, made old": "return libc.utimes(b'{NEIGHBOUR}', None) == 0 or libc.utimensat(-100, b'{NEIGHBOUR}', None, 0) == 0",
        "a neighbour's file, marked": "return libc.setxattr(b'{NEIGHBOUR}', b'user.x', b'y', 1, 0) == 0",
        "a neighbour's folder, moved": "return libc.rename(b'{CLASS}/ada', b'{CLASS}/bob') == 0",
        "a neighbour's file, deleted": "return libc.unlink(b'{NEIGHBOUR}') == 0",
        "a report of one's own": "return libc.open(b'{REPORTS}/mallory.json', 0o101, 0o644) >= 0",
        "a neighbour's report": "return libc.open(b'{REPORT}', 1) >= 0",
        "a link where a report will be": "return libc.symlink(b'{VICTIM}', b'{REPORTS}/zoe.json') == 0",
        "the checks": "return libc.open(b'{CHECKS}', 1) >= 0",
        "torch": "return libc.open(os.fsencode(torch.__file__), 1) >= 0",
        "a start-up hook": "return any(libc.open(f'{p}/{n}'.encode(), 0o101, 0o644) >= 0 for p in sys.path for n in ('sitecustomize.py', 'x.pth'))",
        "compiled code": """
            import json
            return libc.open(os.fsencode(json.__cached__), 1) >= 0
        """,
        "the home folder": "return libc.open(b'{HOME}/.profile', 0o101, 0o644) >= 0 or libc.open(b'{HOME}/.new', 0o101, 0o644) >= 0",
        "the temporary folder": "return libc.open(b'/tmp/stage_left', 0o101, 0o644) >= 0",
        "the folder of the next job": "return libc.open(b'{WORK}/../next', 0o101, 0o644) >= 0 or libc.mkdir(b'{WORK}/../next', 0o755) == 0",
        "shared memory for whoever comes": "return libc.shmget(77, 4096, 0o1666) >= 0 or libc.open(b'/dev/shm/x', 0o101, 0o644) >= 0",
        "a queue for whoever comes": "return libc.msgget(77, 0o1666) >= 0 or libc.semget(77, 1, 0o1666) >= 0",
        "flags of a library's file": """
            at = libc.open(b"{SPARE}", 0)
            return at >= 0 and libc.ioctl(at, 0x40086602, ctypes.byref(ctypes.c_long(0x80))) == 0
        """,
        "flags of torch's file": """
            at = libc.open(os.fsencode(torch.__file__), 0)
            return at >= 0 and libc.ioctl(at, 0x40086602, ctypes.byref(ctypes.c_long(0x80))) == 0
        """,
        "memory that is not counted": "return call(319, b'x', 0) >= 0 or call(447, 0) >= 0",
        "what the kernel is told about memory": "return any(libc.open(p, 1) >= 0 for p in (b'/proc/self/oom_score_adj', b'/proc/{GRADER}/oom_score_adj', b'/proc/sys/vm/drop_caches'))",
        "a control group": "return libc.open(b'/sys/fs/cgroup/cgroup.procs', 1) >= 0 or libc.mkdir(b'/sys/fs/cgroup/x', 0o755) == 0",
    },
) + attacks(
    "processes",
    {
        "a signal to everybody": "return libc.kill(-1, 0) == 0",
        "a signal to the group": "return libc.kill(0, 0) == 0 or libc.killpg(0, 0) == 0",
        "a signal to the grader": "return libc.kill({GRADER}, 0) == 0",
        "a signal to the parent": "parent = os.getppid(); return parent > 1 and libc.kill(parent, 0) == 0",
        "a signal to a thread": "return any(call(200, p, 0) == 0 or call(234, p, p, 0) == 0 for p in ({GRADER}, os.getppid()) if p > 1)",
        "a queued signal": "return any(call(129, p, 0, bytes(128)) == 0 for p in ({GRADER}, os.getppid()) if p > 1)",
        "a signal through a descriptor": """
            at = call(434, {GRADER}, 0)
            return at >= 0 and call(424, at, 0, None, 0) == 0
        """,
        "a signal when something can be read": """
            pair = (ctypes.c_int * 2)()
            libc.pipe(pair)
            done = [libc.fcntl(pair[0], 8, p) == 0 or libc.ioctl(pair[0], 0x8901, ctypes.byref(ctypes.c_int(p))) == 0 for p in ({GRADER}, os.getppid()) if p > 1]
            return any(done) or libc.fcntl(pair[0], 10, 9) == 0
        """,
        "stops the grader": "return libc.kill({GRADER}, 0) == 0 and libc.kill({GRADER}, 18) == 0",
        "the grader's limits": """
            limit = (ctypes.c_uint64 * 2)()
            return any(call(302, p, 0, None, ctypes.byref(limit)) == 0 for p in ({GRADER}, os.getppid()) if p > 1)
        """,
        "the grader's turn": "return any(libc.setpriority(w, p, 19) == 0 for w, p in ((0, {GRADER}), (2, 0), (0, max(1, os.getppid()))))",
        "the grader's processors": "return any(call(203, p, 8, (ctypes.c_uint64 * 1)(1)) == 0 for p in ({GRADER}, os.getppid()) if p > 1)",
        "the grader's scheduling": "return any(call(144, p, 5, (ctypes.c_int * 1)(0)) == 0 for p in ({GRADER}, os.getppid()) if p > 1)",
        "the grader's disk": "return any(call(251, 1, p, 0x6007) == 0 for p in ({GRADER}, os.getppid()) if p > 1)",
        "outlives its parent": "return libc.prctl(1, 0, 0, 0, 0) == 0",
    },
)

CASES += [
    Hostile(
        "a link where the next source will be",
        attack("""
            os.unlink("exercise.py")
            os.symlink("{VICTIM}", "exercise.py")
            for name in ("../1", "../2", "../3", "../next"):
                libc.symlink(b"{VICTIM}", os.fsencode(name))
        """),
        WRONG_IN_WORDS,
        kind="between",
    ),
    Hostile(
        "something for the next one",
        attack("""
            found = [n for n in os.listdir(".") if n != "exercise.py"]
            for n in ("torch.py", "numpy.py", "json.py", "left"):
                open(n, "w").write("raise SystemExit")
            return "left" in found and not hasattr(os, "left_by_me") or setattr(os, "left_by_me", True)
        """),
        WRONG_IN_WORDS,
        kind="between",
    ),
    Hostile(
        "takes what the last one left",
        attack("return any(n != 'exercise.py' for n in os.listdir('.'))"),
        WRONG_IN_WORDS,
        kind="between",
    ),
    Hostile(
        "folders in one another",
        attack("""
            here = time.time()
            for _ in range(3000):
                if time.time() - here > 1.5: break
                os.mkdir("d"); os.chdir("d")
            os.chdir("/")
        """),
        "",
        kind="between",
    ),
    Hostile(
        "a folder that cannot be emptied",
        attack("""
            os.mkdir("x"); open("x/y", "w").write("z"); os.mkdir("x/z", 0)
            os.umask(0o777); os.mkdir("closed")
        """),
        WRONG_IN_WORDS,
        kind="between",
    ),
    Hostile(
        "many files",
        attack("""
            for i in range(20_000):
                os.close(libc.open(f"f{i}".encode(), 0o101, 0o644))
            time.sleep(1)
        """),
        "",
        kind="between",
    ),
    Hostile(
        "fills the disk",
        attack("""
            block = b"x" * (1 << 20)
            for i in range(40):
                with open(f"big{i}", "wb") as file:
                    for _ in range(16): file.write(block)
            time.sleep(2)
            return True
        """),
        "",
        kind="between",
    ),
]
