"""Run one case on one function and keep what was seen: the same code for submissions, solutions and mutants."""

import difflib
import re
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from course_lib.grading.checks import Answer, Case, Given
from course_lib.grading.tools import Complaint, count, note, noted


@dataclass(frozen=True)
class Observation:
    """What a case saw: named tensors, or the kind of error that came instead and a message for the learner.

    Facts on how the answer came about (``tools.note``) are among the values, under names that begin with ``FACT``; an
    error has those that were noted before it.
    """

    values: dict[str, Tensor] = field(default_factory=dict)
    error: str = ""
    message: str = ""


SOURCE_NAME = "exercise.py"
CELL = "# cell {} of the notebook"  # the line before each cell's code where the submission is a notebook
cells: dict[int, int] = {}  # of the notebook that is graded: that line's number → the cell's
KIND = 160  # characters of an error's kind: so many travel from a submission's process unchanged
FACT = "fact: "  # explains how an answer came about; never a difference by itself
CHANGED, NOT_TWICE = "changes its input", "not the same twice"  # kinds of error that no exception stands for


def observe(case: Case, answer: Answer, given: Given, interruptible: bool = False) -> Observation:
    """Run twice on copies of the inputs: an answer that changes its inputs or is not the same twice is told so.

    Args:
        interruptible: let Ctrl-C through, for a function that runs in a person's own process; where a submission has
            a process of its own, an exception of any kind that it raises is a wrong answer.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first, changed = _once(case, answer, given)
            second, _ = _once(case, answer, given)
    except BaseException as error:
        if interruptible and isinstance(error, KeyboardInterrupt):
            raise
        return failure(error, _facts())
    if changed:
        message = f"changes the tensor `{changed}` that it was given. Work on a new tensor."
        return Observation(_facts(), CHANGED, message)
    if any(not _equal(first[name], second.get(name)) for name in first if not name.startswith(FACT)):
        message = "gives another answer when it is called again with the same input."
        return Observation(_facts(), NOT_TWICE, message)
    return Observation(values=first)


def failure(error: BaseException, facts: dict[str, Tensor] | None = None) -> Observation:
    """An exception as an observation; the message names the learner's own line where there is one."""
    if isinstance(error, Complaint):
        return Observation(facts or {}, f"complaint: {error}"[:KIND], str(error))
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == SOURCE_NAME]
    where = f" in {place(lines[-1])}" if lines else ""
    said = " ".join(str(error).split())[:200]
    # Sizes belong to the kind: two answers that fail on other sizes made other mistakes. Which of two came first does not.
    sizes = re.sub(r"tensor a \((\d+)\)(.*)tensor b \((\d+)\)", _in_order, said)
    kind = f"{type(error).__name__}: {sizes}"[:KIND]
    return Observation(facts or {}, kind, f"stops with {type(error).__name__}{where}{': ' + said if said else ''}")


def place(line: int) -> str:
    """A line of the submission as its learner finds it: in the file, or in a cell of the notebook."""
    above = max((start for start in cells if start < line), default=0)
    return f"line {line - above} of cell {cells[above]}" if above else f"line {line} of {SOURCE_NAME}"


# Functions of torch whose use is a fact: what a loss is built from, and whether anybody went backward.
WATCHED = {"sigmoid": "sigmoid", "special_expit": "sigmoid", "backward": "backward passes", "grad": "backward passes"}


class _Calls(TorchFunctionMode):
    """Counts the calls of the watched functions, wherever they are made from while an answer runs."""

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        fact = WATCHED.get(getattr(func, "__name__", ""))
        if fact == "sigmoid":
            note(fact, True)
        elif fact:
            count(fact)
        return func(*args, **(kwargs or {}))


def _watched(answer: Answer) -> Answer:
    if isinstance(answer, type):  # its methods are called later, by others
        return answer

    @wraps(answer, updated=())
    def watched(*args: Any, **options: Any) -> Any:
        with _Calls():
            return answer(*args, **options)

    return watched


def _in_order(sizes: re.Match[str]) -> str:
    small, large = sorted((sizes[1], sizes[3]), key=int)
    return f"tensor a ({small}){sizes[2]}tensor b ({large})"


def _once(case: Case, answer: Answer, given: Given) -> tuple[dict[str, Tensor], str]:
    copies = {name: tensor.clone() for name, tensor in given.items()}
    noted.clear()
    noted.update(dict.fromkeys(WATCHED.values(), 0.0))
    before = torch.get_rng_state()
    seen: Mapping[str, Any] = case.run(_watched(answer), copies)
    noted["random numbers drawn"] = not torch.equal(before, torch.get_rng_state())
    values = {name: plain(value) for name, value in seen.items()}
    changed = next((name for name in sorted(given) if not _equal(copies[name].detach(), given[name])), "")
    return values | _facts(), changed


def _facts() -> dict[str, Tensor]:
    return {FACT + name: torch.tensor(float(value), dtype=torch.float64) for name, value in noted.items()}


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
