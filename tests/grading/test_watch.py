"""What counts against a submission is its own work and its own sleep, not the machine's other work."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from course_lib.grading.engine import Grader, _Seen
from course_lib.grading.isolation import runner, watch
from course_lib.grading.isolation.launch import Ended, GraderTrouble
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Outcome
from course_lib.grading.isolation.watch import Clock

from .conftest import linux_only
from .hostile.case import RIGHT, inside


class Fake:
    """A process as psutil shows it."""

    pid = -1

    def __init__(self, cpu: float, status: str) -> None:
        self.cpu, self.state = cpu, status

    def cpu_times(self):
        return SimpleNamespace(user=self.cpu, system=0.0)

    def create_time(self):
        return 1.0

    def status(self):
        return self.state


def clock_after(*looks: tuple[float, float, str, float], monkeypatch) -> Clock:
    """Looks: (time, processor time so far, state, seconds waited for a processor so far)."""
    clock = Clock()
    clock.start(0.0)
    for now, cpu, status, delay in looks:
        monkeypatch.setattr(watch, "_run_delay", lambda pid, delay=delay: delay)
        clock.look(now, [Fake(cpu, status)])
    return clock


def test_sleep_is_idle_and_work_is_not(monkeypatch):
    clock = clock_after(
        (1, 0.0, "sleeping", 0), (2, 0.5, "sleeping", 0), (3, 1.5, "running", 0), monkeypatch=monkeypatch
    )
    assert clock.idle == pytest.approx(1.5) and clock.work == pytest.approx(1.5)


def test_time_without_a_processor_is_neither(monkeypatch):
    starved = clock_after((10, 0.1, "running", 9.9), (20, 0.2, "running", 19.8), monkeypatch=monkeypatch)
    assert starved.idle == 0 and starved.work == pytest.approx(0.2)
    # Not seen at a run queue (a container's share is used up), and ready to run all the same.
    throttled = clock_after((10, 0.1, "running", 0), (20, 0.2, "running", 0), monkeypatch=monkeypatch)
    assert throttled.idle == 0
    # It had a processor when it wanted one, and slept when it was looked at.
    slept = clock_after((10, 0.1, "sleeping", 4.0), monkeypatch=monkeypatch)
    assert slept.idle == pytest.approx(5.9)


def test_the_work_of_processes_that_are_gone_still_counts():
    clock = Clock()
    clock.start(0.0)
    one, two = Fake(3.0, "running"), Fake(2.0, "running")
    two.pid = -2
    clock.look(3, [one, two])
    clock.look(4, [])
    assert clock.work == pytest.approx(5.0) and clock.idle == pytest.approx(1.0)


@linux_only
@pytest.mark.bench
def test_an_honest_answer_on_a_busy_machine_takes_longer_and_is_as_good(exercise, reference):
    """Six others are at work on the one processor that it may use."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    answer = inside(
        "end = time.process_time() + 0.1\nwhile time.process_time() < end: pass",
        "return torch.ones_like(r), torch.zeros_like(f)",
    )
    try:
        with Grader(exercise, reference=reference, limits=Limits(wall_seconds=2, cpu_seconds=20)) as grader:
            started = time.monotonic()
            result = grader._graded(exercise.checks[0], answer.encode(), _Seen())
    finally:
        for other in others:
            other.kill()
            other.wait()
        os.sched_setaffinity(0, before)
    assert result.score == 2, result.headline
    assert time.monotonic() - started > 3, "the machine was not busy enough for this test"


class Scripted:
    """A grader whose runs are written down."""

    def __init__(self, monkeypatch, exercise, reference, *runs):
        self.runs = list(runs)
        monkeypatch.setattr("course_lib.grading.engine.run", self.run)
        self.grader = Grader(exercise, reference=reference, using=SimpleNamespace(close=lambda: None))

    def run(self, launcher, job):
        one = self.runs.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    def graded(self):
        return self.grader._graded(self.grader.exercise.checks[0], b"x", _Seen())


KILLED = Outcome(problem="It was ended by the signal SIGKILL.", doubtful=True, loaded=True)


def test_what_may_have_come_from_outside_gets_one_more_try(monkeypatch, exercise, reference):
    own = Outcome(problem="It ended the whole program.", loaded=True)
    for runs, status, said in (
        ((KILLED, KILLED), "failed", "SIGKILL"),
        ((KILLED, own), "failed", "whole program"),
        ((own,), "failed", "whole program"),
        ((GraderTrouble("x"), own), "failed", "whole program"),
        ((GraderTrouble("x"), GraderTrouble("the system ran out of memory")), "ungradable", "ran out of memory"),
        ((OSError("no more processes"), OSError("no more processes")), "ungradable", "no more processes"),
        ((KILLED, GraderTrouble("too busy")), "ungradable", "too busy"),
    ):
        scripted = Scripted(monkeypatch, exercise, reference, *runs)
        result = scripted.graded()
        assert (result.status, scripted.runs) == (status, []) and said in result.headline
        assert result.score == (None if status == "ungradable" else 0)


@linux_only
@pytest.mark.parametrize(
    ("used", "status"), [pytest.param(1 << 28, "ungradable", marks=pytest.mark.bench), (3 << 30, "failed")]
)
def test_killed_for_want_of_memory(exercise, reference, monkeypatch, used, status):
    """The kernel ended a process: whose doing it was shows in how much that one had."""
    counts = iter(range(100))
    monkeypatch.setattr(runner, "_killed_for_memory", lambda: next(counts))
    until_ended = watch.until_ended
    killed = Ended(code=-9, signal=9, cpu=0.1, memory=used)
    monkeypatch.setattr(watch, "until_ended", lambda *a: until_ended(*a) and (killed, ""))
    with Grader(exercise, reference=reference, limits=Limits(wall_seconds=5)) as grader:
        result = grader._graded(exercise.checks[0], inside("os._exit(0)").encode(), _Seen())
    assert result.status == status, result.headline
    assert "memory" in result.headline


@linux_only
def test_a_file_that_cannot_be_loaded_is_run_once_and_not_for_each_function(exercise, reference, monkeypatch, tmp_path):
    runs, file = [], tmp_path / "exercise.py"
    monkeypatch.setattr("course_lib.grading.engine.run", lambda *a: runs.append(a) or runner.run(*a))
    with Grader(exercise, reference=reference, limits=Limits(wall_seconds=5)) as grader:
        file.write_text("import not_there_at_all\n")
        report = grader.grade(file)
        assert len(runs) == 1 and report.score == 0
        assert all("not_there_at_all" in c.headline for c in report.checks if c.status == "failed")
        runs.clear()
        file.write_text(RIGHT)
        grader.grade(file)
        assert len(runs) > 1
