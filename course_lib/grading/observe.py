"""Run one case on one function and keep what was seen: the same code for submissions, solutions and mutants."""

import difflib
import re
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from course_lib.grading.checks import Answer, Case, Given
from course_lib.grading.tools import Complaint


@dataclass(frozen=True)
class Observation:
    """What a case saw: named tensors, or the kind of error that came instead and a message for the learner."""

    values: dict[str, Tensor] = field(default_factory=dict)
    error: str = ""
    message: str = ""


SOURCE_NAME = "exercise.py"


def observe(case: Case, answer: Answer, given: Given) -> Observation:
    """Run twice on copies of the inputs: an answer that changes its inputs or is not the same twice is told so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first, changed = _once(case, answer, given)
            second, _ = _once(case, answer, given)
    except BaseException as error:  # SystemExit and KeyboardInterrupt raised by an answer are wrong answers as well
        return failure(error)
    if changed:
        return Observation(
            error="changes its input",
            message=f"changes the tensor `{changed}` that it was given. Work on a new tensor.",
        )
    if any(not _equal(first[name], second.get(name)) for name in first):
        return Observation(
            error="not the same twice", message="gives another answer when it is called again with the same input."
        )
    return Observation(values=first)


def failure(error: BaseException) -> Observation:
    """An exception as an observation; the message names the learner's own line where there is one."""
    if isinstance(error, Complaint):
        return Observation(error=f"complaint: {error}", message=str(error))
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == SOURCE_NAME]
    where = f" in line {lines[-1]} of {SOURCE_NAME}" if lines else ""
    said = " ".join(str(error).split())[:200]
    # Sizes and lines differ between two answers that make the same mistake; what is said apart from them does not.
    kind = re.sub(r"\d+", "#", f"{type(error).__name__}: {said}")[:100]
    return Observation(error=kind, message=f"stops with {type(error).__name__}{where}{': ' + said if said else ''}")


def _once(case: Case, answer: Answer, given: Given) -> tuple[dict[str, Tensor], str]:
    copies = {name: tensor.clone() for name, tensor in given.items()}
    seen: Mapping[str, Any] = case.run(answer, copies)
    values = {name: plain(value) for name, value in seen.items()}
    changed = next((name for name in sorted(given) if not _equal(copies[name].detach(), given[name])), "")
    return values, changed


def plain(value: Any) -> Tensor:
    """Any answer as a bare, contiguous CPU tensor. A subclass of Tensor is stripped of its opinions about itself."""
    if isinstance(value, Tensor):
        if value.device.type == "meta":
            raise Complaint("returns a tensor on the `meta` device, which holds no numbers.")
        with torch._C.DisableTorchFunctionSubclass():
            bare = torch.Tensor.as_subclass(value, torch.Tensor).detach()
            return (
                bare.to_dense().cpu().clone().contiguous()
                if bare.layout != torch.strided
                else bare.cpu().clone().contiguous()
            )
    if isinstance(value, bool | int | float):
        return torch.tensor(float(value), dtype=torch.float64)
    raise Complaint(f"returns a {type(value).__name__}, which is not a number or a tensor.")


def _equal(a: Tensor, b: Tensor | None) -> bool:
    if b is None or a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(((a == b) | (a.isnan() & b.isnan())).all()) if a.is_floating_point() else bool((a == b).all())


def closest(name: str, names: list[str]) -> str:
    """ " (did you mean …?)" for a missing function, or nothing."""
    near = difflib.get_close_matches(name, names, n=1)
    return f" There is `{near[0]}`: is it misspelt?" if near else ""
