"""The grader's side: hand over a job, watch it, and say what came back. Nothing here can be changed by a submission.

What a submission does is its own problem, with a reason. ``GraderTrouble`` is raised only where something shows that the
machine failed: the submission was not begun, the system ran out of memory, the machine was too busy for minutes.
"""

import functools
import json
import os
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.grading.checks import Check, Exercise, parts_of
from course_lib.grading.isolation import places, watch
from course_lib.grading.isolation.launch import Ended, GraderTrouble, Launcher
from course_lib.grading.isolation.limits import GIB, Limits
from course_lib.grading.observe import Observation
from course_lib.grading.wire import MAGIC, BadMessage, pack, scrub, unpack

DRAIN_SECONDS = 60.0
MOST_VALUES = 64  # observations of one case


class Unprotected(CourseError):
    """This system does not keep a submission from what it must not reach, so no mark is given."""

    def __init__(self, possible: list[str]) -> None:
        super().__init__(
            f"No mark was given, because on this system a submission could {', '.join(possible)}. Grade on Linux with user namespaces, "
            "bubblewrap or Landlock (5.13 or newer), see docs/grading.md; or add --unsafe if you trust what was handed in."
        )


@dataclass(frozen=True)
class Job:
    """One function of one submission, with what it is asked and how far it may go.

    ``hidden`` is closed to it wherever it lies; that ``secret`` cannot be read and ``outside`` not be written is tried first, and
    without that it is not begun, unless ``unsafe``.
    """

    exercise: Exercise
    check: Check
    source: bytes
    seeds: tuple[int, ...]
    limits: Limits
    hidden: list[str]
    secret: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unsafe: bool = False
    landlock: int = 99  # see ``confine.Walls``

    def to_bytes(self, work: str, user: int = 0) -> bytes:
        """What the submission's process gets: inputs and the way to call the function, no expected value.

        Args:
            work: the folder that it may write in.
            user: the number of an ordinary user, for it to be where the grader is root.
        """
        tensors: dict[str, Tensor] = {"source": torch.frombuffer(bytearray(self.source or b"\n"), dtype=torch.uint8)}
        for seed in self.seeds:
            for i, case in enumerate(self.check.cases):
                tensors |= {f"{i}/{seed}/{name}": tensor for name, tensor in case.given(seed).items()}
        checks = self.exercise.folder / "checks.py"
        readable, aliases = _readable(tuple(self.hidden))
        walls = {
            "work": work, "readable": readable, "aliases": aliases, "devices": places.DEVICES, "hidden": self.hidden,
            "secret": [*self.hidden, *self.secret], "outside": self.outside, "grader": os.getpid(), "user": user,
            "landlock": self.landlock,
        }  # fmt: skip
        task = {
            "checks": checks.read_text("utf-8"), "parts": {part.stem: part.read_text("utf-8") for part in parts_of(checks)},
            "name": self.exercise.name, "function": self.check.function, "seeds": self.seeds,
            "limits": asdict(self.limits), "walls": walls, "unsafe": self.unsafe,
        }  # fmt: skip
        return pack(tensors, {"task": json.dumps(task)})


@functools.cache
def _readable(hidden: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str]]]:
    return places.readable(list(hidden)), places.aliases()


@dataclass
class Outcome:
    """What a job gave: observations, or a sentence on why the submission gave none."""

    seen: dict[tuple[str, int], Observation] = field(default_factory=dict)
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    printed: str = ""
    in_force: list[str] = field(default_factory=list)
    possible: list[str] = field(default_factory=list)  # what it could have reached
    loaded: bool = False  # the submission's file ran to its end
    doubtful: bool = False  # it was killed, by itself or from outside: worth another try
    seconds: float = 0.0


def run(launcher: Launcher, job: Job) -> Outcome:
    """Run a job in a process of its own.

    Raises:
        GraderTrouble: the submission could not be judged, and not by its own doing.
        Unprotected: it was not begun, because it could have reached what it must not.
    """
    started, limits = time.monotonic(), job.limits
    killed_for_memory = _killed_for_memory()
    running = launcher.start(job.to_bytes(launcher.fresh(), launcher.user), limits.answer_bytes + 8192)
    ended, reason = watch.until_ended(launcher, running, limits)
    # The pipes close when the last process that held them is gone, which is now.
    running.answers.join(DRAIN_SECONDS)
    running.printed.join(DRAIN_SECONDS)
    if running.answers.is_alive():
        raise GraderTrouble("the answer could not be read in time")
    frames, broken = _frames(bytes(running.answers.data), limits.answer_bytes)
    printed = scrub(bytes(running.printed.data).decode("utf-8", "replace"), 1000)
    if not frames:
        raise GraderTrouble(
            f"the process ended before the submission was started ({_how(ended, limits)}) {printed[-300:]}".strip()
        )
    in_force, possible = _ready(frames[0])
    outcome = Outcome(printed=printed, in_force=in_force, possible=possible, seconds=time.monotonic() - started)
    if outcome.possible and not job.unsafe:
        raise Unprotected(outcome.possible)
    if reason == "starved":
        raise GraderTrouble("the time ran out while the machine was too busy to run the submission")
    if reason:
        outcome.problem = _REASONS[reason].format(
            **asdict(limits), gib=limits.memory / GIB, mib=limits.printed_bytes >> 20, files=limits.file_bytes >> 20
        )
    elif broken:
        outcome.problem = f"It wrote onto the grader's own channel ({broken}), so nothing it gave can be used."
    else:
        _read_answer(frames[1:], job.check, job.seeds, outcome)
        if not outcome.seen and not outcome.problem:
            if ended.signal == signal.SIGKILL and _killed_for_memory() > killed_for_memory:
                if ended.memory < limits.memory / 2:
                    raise GraderTrouble("the system ran out of memory")
                outcome.problem = f"It used {ended.memory / GIB:.1f} GiB of memory, and the system stopped it."
            else:
                outcome.problem = _how(ended, limits)
                outcome.doubtful = ended.code is None or ended.signal == signal.SIGKILL
    return outcome


_REASONS = {
    "work": "It did not finish within {cpu_seconds} seconds of processor time. Is there a loop that never ends?",
    "idle": "It did not finish: it waited for more than {wall_seconds:g} seconds without computing anything. Is there a sleep?",
    "memory": "It used more than {gib:g} GiB of memory and was stopped.",
    "processes": "It started more than {processes} processes and was stopped.",
    "threads": "It started more than {threads} threads and was stopped.",
    "printed": "It printed more than {mib} MiB and was stopped.",
    "files": "It wrote more than {files} MiB of files, or very many, and was stopped.",
}


def _killed_for_memory() -> int:
    """How many processes the kernel has ended for want of memory since the machine started (Linux; 0 elsewhere)."""
    try:
        with open("/proc/vmstat") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0


def _frames(data: bytes, cap: int) -> tuple[list[bytes], str]:
    """The complete messages of a pipe, and what is wrong with the rest ("" if nothing)."""
    frames: list[bytes] = []
    head = len(MAGIC) + 8
    while data and len(frames) < 4:
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
    return frames, "more than one answer" if len(frames) > 3 or (data and len(frames) == 3) else ""


def _ready(frame: bytes) -> tuple[list[str], list[str]]:
    try:
        told = json.loads(unpack(frame)[1]["ready"])
        return list(told["in_force"]), list(told["possible"])
    except (BadMessage, KeyError, ValueError, TypeError) as error:
        raise GraderTrouble("the process's first message cannot be read") from error


def _read_answer(frames: list[bytes], check: Check, seeds: tuple[int, ...], outcome: Outcome) -> None:
    """Fill in what the submission's process says it saw. Whatever is wrong with that is the submission's own problem."""
    try:
        for frame in frames:
            tensors, meta = unpack(frame)
            if "loaded" in meta and not outcome.loaded:
                outcome.loaded = True
                continue
            if outcome.seen or outcome.problem:
                raise BadMessage("more than one answer")
            answer = json.loads(meta["answer"], parse_constant=_no_number)
            outcome.notes = [scrub(str(note), 200) for note in answer["notes"][:20]]
            outcome.problem = scrub(str(answer["problem"]), 600)
            outcome.seen = {} if outcome.problem else _observations(answer["cases"], tensors, check, seeds)
    except Exception as error:
        what = str(error) if isinstance(error, BadMessage) else "an answer without its parts"
        outcome.seen = {}
        outcome.problem = (
            f"It wrote onto the grader's own channel ({scrub(what, 200)}), so nothing it gave can be used."
        )


def _observations(
    cases: list[dict[str, Any]], tensors: dict[str, Tensor], check: Check, seeds: tuple[int, ...]
) -> dict[tuple[str, int], Observation]:
    asked = {(case.name, seed) for seed in seeds for case in check.cases}
    seen = {}
    for case in cases:
        key = case["case"], case["seed"]
        if key not in asked or type(key[1]) is not int or key in seen:
            raise BadMessage("an answer for other cases than it was asked")
        if len(case["values"]) > MOST_VALUES:
            raise BadMessage(f"{len(case['values'])} observations of one case")
        values = {scrub(str(name), 200): tensors[key] for name, key in case["values"].items()}
        seen[key] = Observation(values, scrub(str(case["error"]), 200), scrub(str(case["message"]), 500))
    if seen.keys() != asked:
        raise BadMessage("an answer for other cases than it was asked")
    return seen


def _no_number(text: str) -> None:
    raise BadMessage(f"{text} where a number belongs")


def _how(ended: Ended, limits: Limits) -> str:
    if ended.code is None:
        return "The process that watches over it was ended while it ran."
    if ended.cpu >= limits.cpu_seconds - 1 and ended.signal in (signal.SIGKILL, getattr(signal, "SIGXCPU", None)):
        return _REASONS["work"].format(**asdict(limits))
    if ended.signal == signal.SIGSEGV:
        return "It crashed the Python interpreter (segmentation fault). Is there a recursion without an end?"
    if ended.signal:
        names = {s.value: s.name for s in signal.Signals}
        return f"It was ended by the signal {names.get(ended.signal, ended.signal)}."
    return f"It ended the whole program (exit code {ended.code}) instead of returning. Take out exit(), quit() and os._exit()."


def limits_in_words(limits: Limits, in_force: list[str], possible: list[str] | None = None) -> dict[str, Any]:
    """What a report says about the limits, and about what a submission could have reached (nothing, where marks are given)."""
    return {
        **asdict(limits),
        "in_force": sorted({*in_force, "watchdog"}),
        "not_in_force": sorted(_LINUX_HAS - set(in_force)) if sys.platform == "linux" else sorted(_LINUX_HAS),
        "possible": sorted(possible or []),
    }


_LINUX_HAS = {
    "processes namespace", "files namespace", "network namespace", "empty root", "Landlock", "no privileges", "system calls filtered",
    "address space", "cpu time", "file size",
}  # fmt: skip
