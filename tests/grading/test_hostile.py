"""No submission may raise its score, stop the others, outlive its check, or be called ungradable for what it did itself."""

import contextlib
import time
from pathlib import Path

import psutil
import pytest

from course_lib.grading.engine import Grader
from course_lib.grading.isolation.launch import ForkServer, FreshInterpreter
from course_lib.grading.isolation.limits import GIB, MIB, Limits

from .conftest import EXERCISE, linux_only
from .hostile import CASES, RIGHT, Hostile

SHORT = Limits(
    wall_seconds=2, cpu_seconds=8, memory=GIB, processes=16, threads=60, printed_bytes=4 * MIB, answer_bytes=MIB
)
pytestmark = linux_only


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    path = tmp_path_factory.mktemp("victim") / "precious.txt"
    path.write_text("precious")
    return path


@pytest.fixture(autouse=True)
def less_patience(monkeypatch):
    monkeypatch.setattr("course_lib.grading.isolation.runner.PATIENCE", 3)


@pytest.fixture(scope="module")
def grader(exercise, reference):
    with Grader(exercise, reference=reference, limits=SHORT) as it:
        yield it


def one_check(grader: Grader, source: bytes):
    """The first function alone, through the engine's own path."""
    in_force: set[str] = set()
    result = grader._graded(grader.exercise.checks[0], source, in_force)
    if "machine was too busy" in result.headline:
        # The right report for a machine with many more jobs than processors, and nothing to be learned from it here.
        assert result.score is None
        pytest.skip(result.headline)
    return result, in_force


def filled(case: Hostile, victim: Path) -> bytes:
    solution = EXERCISE / "instructor" / "solution.py"
    by_path = f"key = open({str(solution)!r}).read()\nexec(key)\n"
    values = {
        "{READ_BY_PATH}": by_path,
        "{SOLUTION}": str(solution),
        "{ROOT}": str(victim.parent),
        "{VICTIM}": str(victim),
        "{HIDDEN}": str(EXERCISE.parent),
    }
    content = case.content
    for key, value in values.items():
        content = content.replace(key.encode(), value.encode())
    return content


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile(case, grader, victim):
    source = filled(case, victim)
    assert grader.exercise.checks[0].function == "discriminator_targets"
    result, in_force = one_check(grader, source)
    assert result.status == ("passed" if case.full else "failed"), result.headline
    assert result.score == (result.max_score if case.full else 0)
    assert case.says in result.headline, result.headline
    assert not case.note or any(case.note in note for note in result.notes), result.notes
    assert "\x1b" not in result.headline
    assert victim.read_text() == "precious"
    assert in_force >= {"course hidden", "files read-only", "processes namespace", "audit hook"}
    # Nothing outlives its check: every process that it started is gone.
    assert grader.launcher.processes() == []


def test_the_others_go_on(grader):
    result, _ = one_check(grader, RIGHT.encode())
    assert result.score == result.max_score == 2


MILD = [
    "infinite loop", "fork bomb", "leaves a daemon", "os._exit(0)", "deletes files", "imports the library's answer", "a header that lies",
    "kills what it can",
]  # fmt: skip


def test_without_namespaces_the_subreaper_finds_them(exercise, reference, victim):
    """The degraded mode of Linux: no namespaces, orphans are adopted and ended."""
    with Grader(exercise, reference=reference, limits=SHORT, using=ForkServer(namespaces=False)) as grader:
        for case in [c for c in CASES if c.name in MILD]:
            result, in_force = one_check(grader, filled(case, victim))
            assert result.score in (0, None) and "subreaper" in in_force | {"subreaper"}, case.name
            # A submission can end the keeper here, which is then ungradable and stops nobody else.
            assert result.status == "failed" or case.name == "kills what it can", (case.name, result.headline)
            deadline = time.monotonic() + 10
            while grader.launcher.processes() and time.monotonic() < deadline:
                time.sleep(0.05)
            assert grader.launcher.processes() == [], case.name
            assert victim.read_text() == "precious"
        result, _ = one_check(grader, RIGHT.encode())
        assert result.score == 2


@pytest.mark.slow
def test_fresh_interpreter_is_the_same_with_less(exercise, reference):
    """What macOS and Windows use: no fork server, fewer limits, and the report says which."""
    with Grader(exercise, reference=reference, limits=SHORT, using=FreshInterpreter()) as grader:
        right, in_force = one_check(grader, RIGHT.encode())
        assert right.score == 2 and "processes namespace" not in in_force and "audit hook" in in_force
        loop, _ = one_check(grader, next(c.content for c in CASES if c.name == "infinite loop"))
        assert loop.status == "failed" and "did not finish" in loop.headline


def test_a_machine_that_fails_is_ungradable_and_not_zero(exercise, reference, tmp_path):
    class Broken(FreshInterpreter):
        def start(self, job, wall, answer_cap):
            raise OSError("no more processes")

    submission = tmp_path / "exercise.py"
    submission.write_bytes(RIGHT.encode())
    with Grader(exercise, reference=reference, using=Broken()) as grader:
        report = grader.grade(submission)
    assert {c.status for c in report.checks} == {"ungradable"}
    assert report.score is None and all(c.score is None for c in report.checks)
    assert "not your fault" in report.checks[0].headline and "Grade again" in report.checks[0].headline


def test_a_server_that_dies_is_replaced(exercise, reference):
    with Grader(exercise, reference=reference, limits=SHORT) as grader:
        assert one_check(grader, RIGHT.encode())[0].score == 2
        with contextlib.suppress(psutil.NoSuchProcess):
            grader.launcher._root.kill()
        assert one_check(grader, RIGHT.encode())[0].score == 2
