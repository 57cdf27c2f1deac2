"""The grader's side: hand over a job, watch it, and say what came back. Nothing here can be changed by a submission."""

import contextlib
import json
import signal
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil
import torch
from torch import Tensor

from course_lib.grading.checks import Check, Exercise, parts_of
from course_lib.grading.isolation.launch import Ended, GraderTrouble, Launcher, Running
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.observe import Observation
from course_lib.grading.wire import MAGIC, BadMessage, pack, scrub, unpack

TICK = 0.05  # seconds between two looks at a running job
PATIENCE = 10  # a submission that waits for a processor gets that time back, up to this many wall limits in all


@dataclass(frozen=True)
class Job:
    """One function of one submission, with what it is asked and how far it may go."""

    exercise: Exercise
    check: Check
    source: bytes
    seeds: tuple[int, ...]
    limits: Limits
    hidden: list[str]  # paths that the submission must not read

    def to_bytes(self, work: str) -> bytes:
        """What the submission's process gets: inputs and the way to call the function, no expected value.

        Args:
            work: the folder that it may write in.
        """
        tensors: dict[str, Tensor] = {"source": torch.tensor(list(self.source), dtype=torch.uint8)}
        for seed in self.seeds:
            for i, case in enumerate(self.check.cases):
                tensors |= {f"{i}/{seed}/{name}": tensor for name, tensor in case.given(seed).items()}
        checks = self.exercise.folder / "checks.py"
        task = {
            "checks": checks.read_text("utf-8"), "parts": {part.stem: part.read_text("utf-8") for part in parts_of(checks)},
            "name": self.exercise.name, "function": self.check.function, "seeds": self.seeds,
            "limits": asdict(self.limits), "hidden": self.hidden, "work": work,
        }  # fmt: skip
        return pack(tensors, {"task": json.dumps(task)})


@dataclass
class Outcome:
    """What a job gave: observations, or a sentence on why the submission gave none."""

    seen: dict[tuple[str, int], Observation] = field(default_factory=dict)
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    printed: str = ""
    in_force: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(launcher: Launcher, job: Job) -> Outcome:
    """Run a job in a process of its own.

    Raises:
        GraderTrouble: the submission could not be judged, and not by its own doing.
    """
    started, limits = time.monotonic(), job.limits
    running = launcher.start(job.to_bytes(launcher.work), limits.wall_seconds, limits.answer_bytes + 4096)
    watch = _Watch(launcher, running, limits)
    ended, reason = watch.until_ended()
    # The pipes close when the last process that held them is gone, which is now.
    running.answers.join(5)
    running.printed.join(5)
    frames, broken = _frames(bytes(running.answers.data), limits.answer_bytes)
    printed = scrub(bytes(running.printed.data).decode("utf-8", "replace"), 1000)
    if not frames:
        raise GraderTrouble(
            f"the process ended before the submission was started ({_how(ended, limits)}) {printed[-300:]}".strip()
        )
    outcome = Outcome(printed=printed, in_force=_in_force(frames[0]), seconds=time.monotonic() - started)
    if reason == "starved":
        raise GraderTrouble("the time ran out while the machine was too busy to run the submission")
    if reason:
        outcome.problem = _REASONS[reason].format(
            **asdict(limits), gib=limits.memory / (1 << 30), mib=limits.printed_bytes >> 20
        )
    elif broken:
        outcome.problem = f"It wrote onto the grader's own channel ({broken}), so nothing it gave can be used."
    elif len(frames) < 2:
        if ended.signal == signal.SIGKILL and ended.cpu < limits.cpu_seconds - 1:
            raise GraderTrouble("the process was killed from outside, perhaps for want of memory")
        outcome.problem = _how(ended, limits)
    else:
        _read_answer(frames[1], job.check, job.seeds, outcome)
    return outcome


_REASONS = {
    "time": "It did not finish within {wall_seconds:g} seconds. Is there a loop that never ends, or a wait?",
    "memory": "It used more than {gib:g} GiB of memory and was stopped.",
    "processes": "It started more than {processes} processes and was stopped.",
    "threads": "It started more than {threads} threads and was stopped.",
    "printed": "It printed more than {mib} MiB and was stopped.",
}


class _Watch:
    """Looks at a running job every tick and ends it when it goes too far."""

    def __init__(self, launcher: Launcher, running: Running, limits: Limits) -> None:
        self.launcher, self.running, self.limits = launcher, running, limits
        self.started = time.monotonic()
        self.waited = 0.0  # for a processor

    def until_ended(self) -> tuple[Ended, str]:
        ready_at, stopped_at, reason = 0.0, 0.0, ""
        while True:
            ended = self.launcher.wait(TICK)
            if ended is not None:
                return ended, reason
            now = time.monotonic()
            if not ready_at and self.running.answers.total:
                ready_at = now
            if not reason:
                reason = self._too_much() or self._too_long(now, ready_at)
                stopped_at = now
            if reason:
                self.launcher.kill()
            if reason and now - stopped_at > 60:
                raise GraderTrouble("the process could not be ended")

    def _too_long(self, now: float, ready_at: float) -> str:
        if not ready_at:  # the submission's clock starts when it does; the grader's own start-up has one of its own
            return "starved" if now - self.started > 120 else ""
        ran = now - ready_at
        if ran - self.waited > self.limits.wall_seconds:
            return "time"
        return "starved" if ran > PATIENCE * self.limits.wall_seconds else ""

    def _too_much(self) -> str:
        processes = self.launcher.processes()
        memory = threads = 0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                info = process.memory_info()
                memory += info.rss - getattr(info, "shared", 0)
                threads += process.num_threads()
        self.waited = max(self.waited, _run_delay(processes))
        if len(processes) > self.limits.processes:
            return "processes"
        if threads > self.limits.threads + self.limits.processes:
            return "threads"
        # Pages that a fork shares with its parent are in both their sums: count again, exactly, before an accusation.
        if memory > self.limits.memory and sum(map(_own_memory, processes)) > self.limits.memory:
            return "memory"
        return "printed" if self.running.printed.total > self.limits.printed_bytes else ""


def _own_memory(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        info = process.memory_full_info()
        return int(getattr(info, "pss", info.uss))
    return 0


def _run_delay(processes: list[psutil.Process]) -> float:
    """Seconds the longest-waiting process was ready to run and had no processor (Linux; 0 elsewhere)."""
    longest = 0.0
    for process in processes[:4]:
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{process.pid}/schedstat") as file:
            longest = max(longest, int(file.read().split()[1]) / 1e9)
    return longest


def _frames(data: bytes, cap: int) -> tuple[list[bytes], str]:
    """The complete messages of a pipe, and what is wrong with the rest ("" if nothing)."""
    frames: list[bytes] = []
    head = len(MAGIC) + 8
    while data and len(frames) < 3:
        if not data.startswith(MAGIC[: len(data)]):
            return frames, "something other than an answer"
        if len(data) < head:
            break
        length = int.from_bytes(data[len(MAGIC) : head], "little")
        if length > cap:
            return frames, f"an answer of {length} bytes"
        if len(data) < head + length:
            break
        frames.append(data[head : head + length])
        data = data[head + length :]
    return frames, "more than one answer" if len(frames) > 2 or (data and len(frames) == 2) else ""


def _in_force(frame: bytes) -> list[str]:
    try:
        return list(json.loads(unpack(frame)[1]["ready"]))
    except (BadMessage, KeyError, ValueError, TypeError) as error:
        raise GraderTrouble("the process's first message cannot be read") from error


def _read_answer(frame: bytes, check: Check, seeds: tuple[int, ...], outcome: Outcome) -> None:
    """Fill in what the submission's process says it saw; a malformed message is the submission's problem."""
    try:
        tensors, meta = unpack(frame)
        answer = json.loads(meta["answer"])
        outcome.notes = [scrub(str(note), 200) for note in answer["notes"]][:20]
        outcome.problem = scrub(str(answer["problem"]), 600)
        for case in answer["cases"]:
            values = {str(name): tensors[key] for name, key in case["values"].items()}
            outcome.seen[str(case["case"]), int(case["seed"])] = Observation(
                values, scrub(str(case["error"]), 200), scrub(str(case["message"]), 500)
            )
    except (BadMessage, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        what = str(error) if isinstance(error, BadMessage) else "an answer without its parts"
        outcome.problem = (
            f"It wrote onto the grader's own channel ({scrub(what, 200)}), so nothing it gave can be used."
        )
        return
    if not outcome.problem and outcome.seen.keys() != {(case.name, seed) for seed in seeds for case in check.cases}:
        outcome.problem = "It gave an answer for other cases than it was asked."


def _how(ended: Ended, limits: Limits) -> str:
    if ended.cpu >= limits.cpu_seconds - 1:
        return f"It used more than {limits.cpu_seconds} seconds of processor time and was stopped. Is there a loop that never ends?"
    if ended.signal == signal.SIGSEGV:
        return "It crashed the Python interpreter (segmentation fault). Is there a recursion without an end?"
    if ended.signal:
        return f"It was ended by the signal {signal.Signals(ended.signal).name}."
    return f"It ended the whole program (exit code {ended.code}) instead of returning. Take out exit(), quit() and os._exit()."


def limits_in_words(limits: Limits, in_force: list[str]) -> dict[str, Any]:
    """What a report says about the limits."""
    return {
        **asdict(limits),
        "in_force": sorted({*in_force, "wall clock", "watchdog"}),
        "not_in_force": sorted(_WHERE_ALL_IS_GRANTED - set(in_force)),
    }


_WHERE_ALL_IS_GRANTED = {
    "processes namespace", "files namespace", "network namespace", "course hidden", "files read-only", "no privileges",
    "address space", "cpu time", "file size",
}  # fmt: skip
