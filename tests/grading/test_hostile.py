"""No submission may raise its score, cost another one a point, outlive its check, or be called ungradable for what it did itself.

A sample of the table is played here in the two usual situations, in the others by ``make bench``; all of it in all of them with
``python -m benchmarks.hostile``.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from course_lib.grading.engine import Grader, _Seen
from course_lib.grading.isolation import syscalls
from course_lib.grading.isolation.launch import ForkServer, FreshInterpreter
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Unprotected
from course_lib.grading.submissions import Submission

from .conftest import EXERCISES, linux_only, sample
from .hostile import ALL, RIGHT
from .hostile.case import WRONG
from .hostile.play import MODES, _open_root, play_in, possible

SHORT = Limits(wall_seconds=10, cpu_seconds=8)
# A kind each, and what got through before.
SAMPLE = [
    "reading: a folder's descriptor, then a name", "reading: a neighbour's file", "reading: the memory of the grader", "reading: another copy of the course",
    "reading: a Unix socket from C", "writing: a neighbour's file, made unreadable", "writing: torch", "processes: a signal to everybody",
    "processes: the grader's limits", "strict seccomp", "a seed that is infinite", "what was seen, of no dimension",
    "a friend's numbers for the seed that everybody knew", "a link where the next source will be", "lowers its own limit of processor time",
    "fork bomb", "imports the library's answer", "right, and asks for what it may",
]  # fmt: skip
ALWAYS = ["root" if getattr(os, "getuid", lambda: 1)() == 0 else "user"]  # as whoever runs the tests


def test_the_table_is_as_long_as_it_should_be():
    names = [case.name for case in ALL]
    assert len(set(names)) == len(names) >= 120
    assert set(SAMPLE) <= set(names)


@linux_only
@pytest.mark.parametrize("mode", sample(MODES, *ALWAYS))
def test_hostile(mode):
    if reason := possible(mode):
        pytest.skip(reason)
    played = play_in(mode, SAMPLE, seconds=280)
    assert len(played) == len(SAMPLE)
    broken_through = [p for p in played if not p.holds]
    assert not broken_through, broken_through
    in_force = set(played[0].in_force)
    assert in_force >= {"system calls filtered", "no privileges"}
    assert ("Landlock" in in_force) == (MODES[mode].landlock > 0)
    assert ("own user" in in_force) <= (MODES[mode].user == "root")


def handed_in(folder, text):
    (folder / "exercise.py").write_text(text)
    return folder / "exercise.py"


@linux_only
def test_no_mark_where_nothing_holds_a_submission(exercise, reference, tmp_path):
    """Neither mounts nor Landlock: the course can be read, which is found by trying, and nothing is begun."""
    using = ForkServer(namespaces=False)
    with Grader(exercise, reference=reference, limits=SHORT, using=using, landlock=0) as grader:
        with pytest.raises(Unprotected, match=r"could read the course or other submissions.*--unsafe"):
            grader.grade(handed_in(tmp_path, RIGHT))
        grader.unsafe = True
        seen = _Seen()
        assert grader._graded(exercise.checks[0], RIGHT.encode(), seen).score == 2
        assert "read the course or other submissions" in seen.possible and "Landlock" not in seen.in_force
        report = grader._report(Submission("x"), [], seen, "", 0.0)
        assert "read the course or other submissions" in report.limits["possible"]


@pytest.mark.slow
@linux_only
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root")
@pytest.mark.bench
@pytest.mark.parametrize("closed", [True, False])
def test_root_without_mounts_and_landlock_has_only_the_permissions_of_another_user(tmp_path, closed):
    """The course in a folder that is closed to others, and in one that is not."""
    tmp_path.chmod(0o711)
    course = tmp_path / "course"
    for part in ("course_lib", "exercises"):
        shutil.copytree(EXERCISES.parent / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
    course.chmod(0o700 if closed else 0o755)
    for folder in tmp_path.parents:  # with more processes pytest's folders are one deeper
        if folder == Path(tempfile.gettempdir()):
            break
        folder.chmod(0o711)
    script = """
from course_lib.grading.engine import Grader, _Seen
from course_lib.grading.isolation.launch import ForkServer
with Grader("06", using=ForkServer(namespaces=False), landlock=0) as grader:
    seen = _Seen()
    print(grader._graded(grader.exercise.checks[0], RIGHT, seen).score, *sorted(seen.in_force))
"""
    environment = {**os.environ, "COURSE_ROOT": str(course), "PYTHONPATH": str(course), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", f"RIGHT = {RIGHT.encode()!r}{script}"], capture_output=True, text=True, env=environment, timeout=250,
        check=False, preexec_fn=_open_root, cwd=tmp_path,
    )  # fmt: skip
    if closed:
        assert done.stdout.startswith("2 ") and "own user" in done.stdout and "Landlock" not in done.stdout, done.stderr
    else:
        assert "a submission could read the course or other submissions" in done.stderr and not done.stdout


@pytest.mark.bench
@linux_only
def test_fresh_interpreter_is_the_same_with_less(exercise, reference):
    """What macOS and Windows use: no fork server, no namespaces. On Linux the rest holds there as well."""
    with Grader(exercise, reference=reference, limits=SHORT, using=FreshInterpreter()) as grader:
        seen = _Seen()
        right = grader._graded(exercise.checks[0], RIGHT.encode(), seen)
        assert right.score == 2 and "processes namespace" not in seen.in_force and "Landlock" in seen.in_force
        ended = grader._graded(exercise.checks[0], b"import os\nos._exit(0)\n", _Seen())
        assert ended.status == "failed" and "ended the whole program" in ended.headline


@pytest.mark.bench
def test_where_there_is_no_landlock_and_no_filter_nothing_is_begun(exercise, reference, monkeypatch, tmp_path):
    """As on macOS and Windows: a process of its own, limits, and no mark without --unsafe."""
    monkeypatch.setattr("course_lib.grading.isolation.launch.own_code", _without_confinement())
    with Grader(exercise, reference=reference, limits=SHORT, using=FreshInterpreter()) as grader:
        with pytest.raises(Unprotected, match="read the course") as error:
            grader.grade(handed_in(tmp_path, WRONG))
        assert "change files outside" in str(error.value) and "send signals" in str(error.value)
        grader.unsafe = True
        assert grader._graded(exercise.checks[0], RIGHT.encode(), _Seen()).score == 2


def _without_confinement():
    from course_lib.grading.isolation import launch

    whole = launch.own_code()
    other = whole.replace(rb"if sys.platform != \"linux\":", rb"if True:")
    assert other != whole
    return lambda: other


def test_a_machine_that_fails_is_ungradable_and_not_zero(exercise, reference, tmp_path):
    class Broken(FreshInterpreter):
        def start(self, job, answer_cap):
            raise OSError("no more processes")

    submission = tmp_path / "exercise.py"
    submission.write_bytes(RIGHT.encode())
    with Grader(exercise, reference=reference, using=Broken()) as grader:
        report = grader.grade(submission)
    assert {c.status for c in report.checks} == {"ungradable"}
    assert report.score is None and all(c.score is None for c in report.checks)
    assert "not your fault" in report.checks[0].headline and "Grade again" in report.checks[0].headline


@pytest.mark.bench
@linux_only
def test_a_server_that_dies_is_replaced(exercise, reference):
    with Grader(exercise, reference=reference, limits=SHORT) as grader:
        assert grader._graded(exercise.checks[0], RIGHT.encode(), _Seen()).score == 2
        with contextlib.suppress(psutil.NoSuchProcess):
            grader.launcher._root.kill()
        assert grader._graded(exercise.checks[0], RIGHT.encode(), _Seen()).score == 2


@linux_only
def test_a_job_ends_with_the_grader(exercise, reference):
    """The control socket closes (the grader is gone): the server ends what runs, and itself."""
    using = ForkServer()
    with Grader(exercise, reference=reference, limits=SHORT, using=using) as grader:
        grader._graded(exercise.checks[0], RIGHT.encode(), _Seen())
        from course_lib.grading.isolation.runner import Job

        job = Job(exercise, exercise.checks[0], b"import time; time.sleep(60)", (0,), SHORT, grader.hidden)
        using.start(job.to_bytes(using.fresh(), using.user), 1 << 20)
        server, keeper = using._root, using._keeper
        assert keeper.is_running()
        using._control.close()
        psutil.wait_procs([server, keeper], timeout=20)
        assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
        assert not keeper.is_running() or keeper.status() == psutil.STATUS_ZOMBIE
        using._server.wait(5)


@linux_only
@pytest.mark.parametrize(
    ("column", "headers"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_of_system_calls_are_those_of_the_kernels_headers(column, headers):
    import re
    from pathlib import Path

    if not Path(headers).exists():
        pytest.skip(f"{headers} is not installed")
    text = Path(headers).read_text()
    theirs = {n: int(k) for n, k in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    ours = {name: pair[column] for name, pair in (syscalls.REFUSED | syscalls.ABSENT).items()}
    looked_into = {
        "clone": syscalls.CLONE, "kill": syscalls.KILL, "tgkill": syscalls.TGKILL, "prlimit64": syscalls.PRLIMIT, "fcntl": syscalls.FCNTL,
        "ioctl": syscalls.IOCTL, "prctl": syscalls.PRCTL, "open": syscalls.OPEN, "openat": syscalls.OPENAT,
    }  # fmt: skip
    ours |= {name: pair[column] for name, pair in looked_into.items()}
    known = {name: number for name, number in ours.items() if name in theirs}
    assert known == {name: theirs[name] for name in known} and len(known) > 80
    assert all(number is None or number <= syscalls.NEWEST for number in ours.values())


@pytest.mark.bench
@linux_only
def test_a_right_answer_may_import_what_makes_folders(exercise, reference):
    """torch's compiler makes a folder of its own when it is imported, and torchvision imports it."""
    with Grader(exercise, reference=reference, limits=SHORT) as grader:
        source = b"import torch._dynamo\nfrom torchvision import transforms\n" + RIGHT.encode()
        assert grader._graded(exercise.checks[0], source, _Seen()).score == 2
