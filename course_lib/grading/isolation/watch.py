"""Look at a running job every few hundredths of a second and end it when it goes too far."""

import contextlib
import time
from dataclasses import dataclass, field

import psutil

from course_lib.grading.isolation.launch import Ended, GraderTrouble, Launcher, Running
from course_lib.grading.isolation.limits import Limits

TICK = 0.05  # seconds between two looks
STUCK_SECONDS = 120.0  # a killed process that is still there then
START_SECONDS = 300.0  # the grader's own part of the process, before the submission's first line


@dataclass
class Clock:
    """How long a job was asleep, at work, and kept waiting for a processor.

    Only sleep and work count against it: on a busy machine an answer takes longer and is as good.
    """

    idle: float = 0.0
    work: float = 0.0
    _last: float = 0.0
    _delay: float = 0.0
    _cpu: dict[tuple[int, float], float] = field(default_factory=dict)

    def start(self, now: float) -> None:
        self._last = now

    def look(self, now: float, processes: list[psutil.Process]) -> None:
        delay, at_work = self._delay, False
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
                at_work |= process.status() == psutil.STATUS_RUNNING
                delay = max(delay, _run_delay(process.pid))
        work = sum(self._cpu.values())
        passed, accounted = now - self._last, (work - self.work) + (delay - self._delay)
        # Running now: what it did not get of the time since the last look, others had.
        self.idle += 0.0 if at_work else max(0.0, passed - accounted)
        self._last, self.work, self._delay = now, work, delay


def _run_delay(pid: int) -> float:
    """Seconds that a process was ready to run and had no processor (Linux; 0 elsewhere)."""
    with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[1]) / 1e9
    return 0.0


def until_ended(launcher: Launcher, running: Running, limits: Limits) -> tuple[Ended, str]:
    """How a job ended, and why it was stopped ("" if it was not).

    Raises:
        GraderTrouble: it cannot be ended.
    """
    clock, started, ready_at, stopped_at, reason = Clock(), time.monotonic(), 0.0, 0.0, ""
    while True:
        ended = launcher.wait(TICK)
        if ended is not None:
            return ended, reason
        now = time.monotonic()
        if not ready_at and running.answers.total:
            ready_at = now
            clock.start(now)
        if not reason:
            stopped_at = now
            if ready_at:
                reason = _too_much(launcher, running, limits, clock, now)
                reason = reason or ("starved" if now - ready_at > limits.patience_seconds else "")
            else:
                reason = "starved" if now - started > START_SECONDS else ""
        if reason:
            launcher.kill()
            if now - stopped_at > STUCK_SECONDS:
                raise GraderTrouble("the process could not be ended")


def _too_much(launcher: Launcher, running: Running, limits: Limits, clock: Clock, now: float) -> str:
    processes = launcher.processes()
    clock.look(now, processes)
    threads = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            threads += process.num_threads()
    if len(processes) > limits.processes:
        return "processes"
    if threads > limits.threads + limits.processes:
        return "threads"
    # Pages that a fork shares with its parent are in both their sums: count again, exactly, before an accusation.
    if sum(map(_memory, processes)) > limits.memory and sum(map(_own_memory, processes)) > limits.memory:
        return "memory"
    if running.printed.total > limits.printed_bytes:
        return "printed"
    if launcher.litter() > limits.file_bytes:
        return "files"
    if clock.work > limits.cpu_seconds:
        return "work"
    return "idle" if clock.idle > limits.wall_seconds else ""


def _own_memory(process: psutil.Process) -> int:
    try:
        info = process.memory_full_info()
        return int(getattr(info, "pss", info.uss))
    except psutil.NoSuchProcess:
        return 0
    except psutil.Error:  # may not be looked at so closely
        return _memory(process)


def _memory(process: psutil.Process) -> int:
    """What it has by itself, not the files that it maps."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{process.pid}/status") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(("RssAnon:", "RssShmem:")))
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
