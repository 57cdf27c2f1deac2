"""Play hostile submissions in one of the situations that a grader can be in: ``python -m tests.grading.hostile.play MODE [NAME …]``.

Prints a line of JSON for each. What must hold everywhere: nobody gains a point, nobody else loses one.
"""

import ctypes
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
USER = 64999  # an ordinary user for these processes where the tests run as root


@dataclass(frozen=True)
class Mode:
    """A situation: who grades, with which launcher, on what kernel."""

    says: str
    user: str  # "root", "user" (no privileges), "bare root" (root in name only, namespaces refused by the container)
    namespaces: bool | None = None  # None: whatever the grader finds
    wrapped: bool = False
    landlock: int = 99


MODES = {
    "root": Mode("root", "root"),
    "user": Mode("an ordinary user", "user"),
    "no namespaces": Mode("an ordinary user without namespaces", "user", namespaces=False),
    "old kernel": Mode("the same with what Landlock could do in Linux 5.13", "user", namespaces=False, landlock=1),
    "container": Mode("root without a capability, namespaces refused", "bare root"),
    "root, no namespaces": Mode("root without namespaces: another user, and Landlock", "root", namespaces=False),
    "bubblewrap": Mode("an ordinary user, in bubblewrap", "user", namespaces=False, wrapped=True),
    "namespaces alone": Mode("an ordinary user with namespaces, on a kernel without Landlock", "user", landlock=0),
    "bubblewrap alone": Mode(
        "in bubblewrap, on a kernel without Landlock", "user", namespaces=False, wrapped=True, landlock=0
    ),
}


@dataclass
class Played:
    """What came of one hostile submission."""

    name: str
    kind: str
    status: str
    score: int | None
    wanted: int
    headline: str
    notes: list[str]
    said: bool  # the report has the words that it must have
    harmed: str  # what of the stage is not as it was
    neighbour: int | None  # what an honest answer gets right after it
    left: int  # processes that outlived it
    in_force: list[str]

    @property
    def holds(self) -> bool:
        mark = self.score == self.wanted and self.status == ("passed" if self.wanted else "failed")
        return mark and self.said and not self.harmed and self.neighbour == 2 and not self.left


def possible(mode: str) -> str:
    """Why a mode cannot be played here, or nothing."""
    wanted = MODES[mode]
    if sys.platform != "linux":
        return "needs Linux"
    if wanted.user in ("root", "bare root") and os.getuid() != 0:
        return "needs root"
    if wanted.wrapped:
        from course_lib.grading.isolation import bubblewrap

        if not bubblewrap.found():
            return "bubblewrap is not installed, or not allowed to make namespaces"
    return ""


def play_in(mode: str, names: Iterable[str] = (), seconds: float = 3600) -> list[Played]:
    """Play submissions (all of them if none is named) in a process of that mode."""
    wanted = MODES[mode]
    command = [sys.executable, "-m", "tests.grading.hostile.play", mode, *names]
    environment = os.environ | {"COURSE_ROOT": str(ROOT), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o777)
        before = (
            {"user": _ordinary_user, "bare root": _bare_root, "root": _open_root}[wanted.user]
            if os.getuid() == 0
            else None
        )
        done = subprocess.run(
            command, cwd=ROOT, env=environment | {"HOME": home}, stdout=subprocess.PIPE, text=True, timeout=seconds, check=True,
            preexec_fn=before,
        )  # fmt: skip
    return [Played(**json.loads(line)) for line in done.stdout.splitlines()]


def play(mode: Mode, names: set[str]) -> Iterator[Played]:
    """The submissions, each followed by an honest one, in this process's own situation."""
    from course_lib.grading.checks import load_exercise
    from course_lib.grading.engine import Grader
    from course_lib.grading.isolation.launch import ForkServer, launcher
    from course_lib.grading.isolation.limits import GIB, MIB, Limits
    from tests.grading.hostile import ALL
    from tests.grading.hostile.stage import Stage

    short = Limits(
        wall_seconds=2, cpu_seconds=3, patience_seconds=200, memory=GIB, processes=16, threads=60, printed_bytes=4 * MIB,
        answer_bytes=MIB, file_bytes=64 * MIB,
    )  # fmt: skip
    exercise = load_exercise(ROOT / "exercises" / "06_pix2pix")
    stage = Stage(exercise)
    using = launcher() if mode.namespaces is None else ForkServer(mode.namespaces, mode.wrapped)
    try:
        hide = (stage.submissions, stage.out)
        with Grader(exercise, limits=short, using=using, hide=hide, landlock=mode.landlock) as grader:
            for case in ALL:
                if not names or case.name in names:
                    yield _played(case, grader, stage)
    finally:
        stage.close()


def _played(case, grader, stage) -> Played:
    from course_lib.grading.engine import _Seen
    from tests.grading.hostile import RIGHT

    check, seen = grader.exercise.checks[0], _Seen()
    work = grader.launcher._folders.current
    result = grader._graded(check, stage.source(case, work), seen)
    left = len(grader.launcher.processes())
    harmed = stage.harmed()
    honest = grader._graded(check, RIGHT.encode(), _Seen())
    said = case.says in result.headline and "\x1b" not in result.headline and len(result.headline) < 3000
    said &= not case.note or any(case.note in note for note in result.notes)
    wanted = check.max_score if case.full else 0
    return Played(
        case.name, case.kind, result.status, result.score, wanted, result.headline, result.notes, said, harmed, honest.score, left,
        sorted(seen.in_force),
    )  # fmt: skip


def _open_root() -> None:
    """In a child of root: others can reach Python and the course, wherever they lie."""
    _reachable([sys.prefix, sys.base_prefix, str(ROOT), str(Path(os.__file__).parent)])


def _ordinary_user() -> None:
    """In a child of root: an ordinary user."""
    from course_lib.grading.isolation import kernel

    _open_root()
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    kernel.libc().prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _reachable(paths: list[str]) -> None:
    """Where a folder above one of the paths is closed to others (root's home), show the path in an open one in its place."""
    from course_lib.grading.isolation.kernel import NEWNS, libc
    from course_lib.grading.isolation.mounts import BIND, PRIVATE, REC, _mount

    closed: dict[str, set[str]] = {}
    for path in map(os.path.realpath, paths):
        for parent in reversed(Path(path).parents):
            if not parent.stat().st_mode & 1:
                closed.setdefault(str(parent), set()).add(path)
                break
    if not closed:
        return
    assert libc().unshare(NEWNS) == 0
    assert _mount("none", "/", None, REC | PRIVATE)
    for folder, inside in closed.items():
        aside = {}
        for path in sorted(inside):
            aside[path] = tempfile.mkdtemp()
            assert _mount(path, aside[path], None, BIND | REC)
        assert _mount("none", folder, "tmpfs", 0, "mode=755")
        for path, kept in aside.items():
            os.makedirs(path, exist_ok=True)
            assert _mount(kept, path, None, BIND | REC)


def _bare_root() -> None:
    """In a child of root: what ``docker run --cap-drop ALL`` gives: no capability, and namespaces and mounts refused."""
    from course_lib.grading.isolation import kernel, syscalls

    kernel.drop_privileges()
    no = (syscalls.RETURN, 0, 0, syscalls.ERROR | 1)
    program = [(syscalls.LOAD, 0, 0, 0)]
    for name in ("unshare", "setns", "mount", "umount2", "pivot_root", "mount_setattr", "ptrace"):
        program += [(syscalls.EQUAL, 0, 1, syscalls.REFUSED[name][kernel.MACHINE or 0]), no]
    namespaces = sum((kernel.NEWNS, kernel.NEWUTS, kernel.NEWIPC, kernel.NEWUSER, kernel.NEWPID, kernel.NEWNET))
    program += [
        (syscalls.EQUAL, 0, 3, syscalls.CLONE[kernel.MACHINE or 0]),
        (syscalls.LOAD, 0, 0, 16),
        (syscalls.HAS, 0, 1, namespaces),
        no,
    ]
    program += [(syscalls.LOAD, 0, 0, 0), (syscalls.EQUAL, 0, 1, 435), (syscalls.RETURN, 0, 0, syscalls.ERROR | 38)]
    program.append((syscalls.RETURN, 0, 0, syscalls.ALLOW))
    code = (syscalls._Instruction * len(program))(*(syscalls._Instruction(*step) for step in program))
    filter_ = syscalls._Program(len(program), code)
    assert kernel.libc().prctl(syscalls.PR_SET_SECCOMP, 2, ctypes.byref(filter_), 0, 0) == 0


def main(show: Callable[[str], None] = lambda line: print(line, flush=True)) -> None:
    mode, *names = sys.argv[1:]
    for played in play(MODES[mode], set(names)):
        show(json.dumps(asdict(played)))


if __name__ == "__main__":
    main()
