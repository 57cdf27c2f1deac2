"""Inside the process that runs a submission: take the job, load the file, observe the cases, answer, end.

Expected values never come here. Everything trusted is done before the submission's first line runs.
"""

import contextlib
import importlib.util
import json
import linecache
import os
import re
import sys
import types
from pathlib import Path
from typing import Any, BinaryIO

import torch

from course_lib.grading.checks import Check, Exercise
from course_lib.grading.isolation import explain, limits, trial
from course_lib.grading.isolation.confine import Walls, confine
from course_lib.grading.observe import CELL, SOURCE_NAME, Observation, cells, closest, failure, observe, place
from course_lib.grading.wire import pack, unpack, write_frame

JOB_CAP = 1 << 28
NOTHING = ". Nothing in it could be run."
LIBRARY = (
    "imports this course's library, which holds the answers; it is not scored with that. Write it with torch alone."
)


def work(job: bytes, answers: BinaryIO, in_force: list[str], own_mounts: bool) -> None:
    """Run one job and write two frames: what is in force (before the submission runs), and what was seen.

    Args:
        job: see ``runner.Job.to_bytes``.
        own_mounts: whether this process has a mount namespace of its own.
    """
    tensors, meta = unpack(job, cap=JOB_CAP)
    task = json.loads(meta["task"])
    walls = Walls(**task["walls"])
    exercise = _declaration(task["checks"], task["parts"], task["name"])
    check = exercise.check(task["function"])
    source = tensors.pop("source").numpy().tobytes()
    notes: list[str] = []
    torch.set_num_threads(1)
    os.chdir(walls.work)
    in_force = in_force + confine(walls, limits.Limits(**task["limits"]), own_mounts)
    for name in ("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "TORCHINDUCTOR_CACHE_DIR"):
        os.environ[name] = walls.work
    still_possible = trial.possible(walls.secret, walls.outside, walls.grader)
    write_frame(answers, pack({}, {"ready": json.dumps({"in_force": in_force, "possible": still_possible})}))
    if still_possible and not task["unsafe"]:
        return
    with open(SOURCE_NAME, "xb") as file:  # the folder is new: nothing is there to be written through
        file.write(source)
    explain.put_up(walls.work, walls.hidden, notes)
    module, problem = _load(source, notes)
    if not problem:  # what follows concerns this function alone
        write_frame(answers, pack({}, {"loaded": ""}))
        answer, problem = _function(module, check.function)
    seen = {} if problem else _run(answer, check, task["seeds"], tensors)
    arrays: dict[str, torch.Tensor] = {}
    cases = []
    for (case, seed), observation in seen.items():
        keys = {}
        for name, tensor in observation.values.items():
            keys[name] = str(len(arrays))
            arrays[keys[name]] = tensor
        cases.append(
            {"case": case, "seed": seed, "values": keys, "error": observation.error, "message": observation.message}
        )
    write_frame(answers, pack(arrays, {"answer": json.dumps({"problem": problem, "cases": cases, "notes": notes})}))


def _declaration(text: str, parts: dict[str, str], name: str) -> Exercise:
    for stem, source in {**parts, "course_exercise_checks": text}.items():
        module = sys.modules[stem] = types.ModuleType(stem)
        exec(compile(source, f"<{stem} of {name}>", "exec"), module.__dict__)
    return module.EXERCISE


def _run(
    answer: Any, check: Check, seeds: list[int], tensors: dict[str, torch.Tensor]
) -> dict[tuple[str, int], Observation]:
    seen = {}
    for seed in seeds:
        for i, case in enumerate(check.cases):
            prefix = f"{i}/{seed}/"
            given = {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
            seen[case.name, seed] = observe(case, answer, given)
    return seen


def _load(source: bytes, notes: list[str]) -> tuple[types.ModuleType, str]:
    """The submission as a module, and a sentence on why it could not be run.

    In a notebook a cell that stops costs what it would have defined and no more: what somebody tried out stays in its cells.
    """
    module = types.ModuleType("exercise")
    module.__file__ = str(Path(SOURCE_NAME).absolute())
    sys.modules["exercise"] = module
    linecache.checkcache()
    problems = [_executed(part, module) for part in _cells(source) or [source]]
    if all(problems):
        return module, f"{SOURCE_NAME} {problems[0]}"
    stopped = [problem.removesuffix(NOTHING).rstrip(".") for problem in problems if problem not in ("", LIBRARY)]
    notes += [f"has a cell that {problem}" for problem in stopped[:3]]  # who imports the library has a note already
    return module, ""


def _cells(source: bytes) -> list[bytes]:
    """A notebook's cells, each on the lines that it has in the whole; none where the source is no notebook's."""
    lines = source.splitlines(keepends=True)
    heads = [re.fullmatch(CELL.format(r"(\d+)").encode(), line.rstrip()) for line in lines]
    starts = [at for at, head in enumerate(heads) if head]
    cells.update({at + 1: int(heads[at][1]) for at in starts})  # type: ignore[index]
    future = lines[: min(starts, default=0)]  # from __future__ import …: it holds for all of them
    return [
        b"".join([*future, b"\n" * (start - len(future)), *lines[start:end]])
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=False)
    ]


def _executed(source: bytes, module: types.ModuleType) -> str:
    """Runs it; a sentence on why it could not be run, if so, to go on after the file's name."""
    try:
        code = compile(importlib.util.decode_source(source), SOURCE_NAME, "exec")
    except SyntaxError as error:
        # Where there is no line, its bytes are no text.
        where = f" ({place(error.lineno)})." if error.lineno else ". Save it as UTF-8."
        return f"cannot be read as Python: {error.msg}{where}"
    except (ValueError, LookupError) as error:  # LookupError: a coding that does not exist or is none for text
        return f"cannot be read as Python: {error}. Save it as UTF-8."
    except (RecursionError, MemoryError):
        return "cannot be read as Python: too much in it is nested."
    try:
        exec(code, module.__dict__)
    except explain.LibraryRefused:
        return LIBRARY
    except BaseException as error:
        return f"{failure(error).message}{NOTHING}"
    return ""


def _function(module: types.ModuleType, name: str) -> tuple[Any, str]:
    try:
        answer = module.__dict__.get(name)
        if answer is None:
            known = closest(name, [n for n, v in module.__dict__.items() if isinstance(n, str) and callable(v)])
            return None, f"{SOURCE_NAME} has no function `{name}`.{known}"
        if not callable(answer):
            return None, f"`{name}` in {SOURCE_NAME} is a {type(answer).__name__}, not a function."
    except BaseException as error:  # the module is the submission's, and so is what asking it does
        return None, f"{SOURCE_NAME} {failure(error).message}."
    return answer, ""


def redirect(printed: int) -> None:
    """What the submission prints goes to ``printed``; there is nobody to answer a prompt."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    for file in {nothing, printed} - {0, 1, 2}:
        os.close(file)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False, errors="replace")
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False, errors="replace")


def end(code: int = 0) -> None:
    """Leave without running anything that the submission registered for the end."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os._exit(code)
