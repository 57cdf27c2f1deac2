"""Inside the process that runs a submission: take the job, load the file, observe the cases, answer, end.

Expected values never come here. Everything trusted is done before the submission's first line runs.
"""

import contextlib
import importlib.util
import json
import linecache
import os
import sys
import types
from pathlib import Path
from typing import Any, BinaryIO

import torch

from course_lib.grading.checks import Check, Exercise
from course_lib.grading.isolation import fence, limits
from course_lib.grading.observe import SOURCE_NAME, Observation, closest, failure, observe
from course_lib.grading.wire import pack, unpack, write_frame


def work(job: bytes, answers: BinaryIO, in_force: list[str], parent_files: bool) -> None:
    """Run one job and write two frames: what is in force (before the submission runs), and what was seen.

    Args:
        job: see ``runner.Job.to_bytes``.
        parent_files: whether this process has mounts of its own that may be covered.
    """
    tensors, meta = unpack(job, cap=1 << 28)
    task = json.loads(meta["task"])
    allowed = limits.Limits(**task["limits"])
    exercise = _declaration(task["checks"], task["parts"], task["name"])
    check = exercise.check(task["function"])
    notes: list[str] = []
    torch.set_num_threads(1)
    if parent_files:
        in_force = in_force + limits.close_the_files(task["work"], task["hidden"])
        if limits.drop_privileges():
            in_force.append("no privileges")
    os.chdir(task["work"])
    source = bytes(tensors.pop("source").tolist())
    with open(SOURCE_NAME, "wb") as file:
        file.write(source)
    in_force = in_force + limits.limit_resources(allowed)
    fence.put_up(task["work"], task["hidden"], notes)
    write_frame(answers, pack({}, {"ready": json.dumps(sorted({*in_force, "audit hook", "course_lib blocked"}))}))

    seen, problem = _run(source, check, task["seeds"], tensors)
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
    source: bytes, check: Check, seeds: list[int], tensors: dict[str, torch.Tensor]
) -> tuple[dict[tuple[str, int], Observation], str]:
    """The observations, or a sentence on why there are none."""
    answer, problem = _load(source, check.function)
    if problem:
        return {}, problem
    seen = {}
    for seed in seeds:
        for i, case in enumerate(check.cases):
            prefix = f"{i}/{seed}/"
            given = {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
            seen[case.name, seed] = observe(case, answer, given)
    return seen, ""


def _load(source: bytes, function: str) -> tuple[Any, str]:
    module = types.ModuleType("exercise")
    module.__file__ = str(Path(SOURCE_NAME).absolute())
    sys.modules["exercise"] = module
    try:
        code = compile(importlib.util.decode_source(source), SOURCE_NAME, "exec")
        linecache.checkcache()
        exec(code, module.__dict__)
    except SyntaxError as error:
        return None, f"{SOURCE_NAME} cannot be read as Python: {error.msg} (line {error.lineno})."
    except (ValueError, UnicodeDecodeError) as error:
        return None, f"{SOURCE_NAME} cannot be read as Python: {error}. Save it as UTF-8."
    except BaseException as error:
        if isinstance(error, fence.LibraryRefused):
            return (
                None,
                f"{SOURCE_NAME} imports this course's library, which holds the answers; it is not scored with that. Write it with torch alone.",
            )
        return None, f"{SOURCE_NAME} {failure(error).message}. Nothing in it could be run."
    answer = module.__dict__.get(function)
    if answer is None:
        return (
            None,
            f"{SOURCE_NAME} has no function `{function}`.{closest(function, [n for n, v in module.__dict__.items() if callable(v)])}",
        )
    if not callable(answer):
        return None, f"`{function}` in {SOURCE_NAME} is a {type(answer).__name__}, not a function."
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
