"""What is right, and what each known mistake gives: computed from instructor/, or read from a kit's stored outputs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch

from course_lib.grading.checks import Answer, Check, Exercise, Mutant, load_module
from course_lib.grading.observe import FACT, Observation, observe

VISIBLE_SEED = 0
Found = dict[tuple[str, int], Observation]  # (case, seed) -> what was seen


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer without its code."""

    name: str
    sentence: str
    catalogue: int | None
    found: Found = field(default_factory=dict, compare=False, repr=False)
    evidence: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)
    decisive: bool = field(default=False, compare=False, repr=False)


class Reference(Protocol):
    """Where expected values come from. ``seeds(hidden)`` are those it has them for."""

    def seeds(self, hidden: int) -> tuple[int, ...]: ...
    def expected(self, check: Check, seeds: tuple[int, ...]) -> Found: ...
    def mistakes(self, check: Check, seeds: tuple[int, ...]) -> list[Mistake]: ...


def observe_all(check: Check, answer: Answer, seeds: tuple[int, ...]) -> Found:
    """Every case of a check, for every seed, on a function that is trusted to run in this process. Ctrl-C ends it."""
    found = OnDemand(check, answer)
    return {(case.name, seed): found[case.name, seed] for seed in seeds for case in check.cases}


class OnDemand(dict[tuple[str, int], Observation]):
    """What is found by running a case, run when it is asked for: most mistakes are ruled out by the first case already."""

    def __init__(self, check: Check, answer: Answer) -> None:
        super().__init__()
        self._cases, self._answer = {case.name: case for case in check.cases}, answer

    def __missing__(self, key: tuple[str, int]) -> Observation:
        case, seed = self._cases[key[0]], key[1]
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # the tensors are tiny: a second thread only waits, and on a busy machine for long
        try:
            self[key] = observe(case, self._answer, case.given(seed), interruptible=True)
        finally:
            torch.set_num_threads(threads)
        return self[key]


class LiveReference:
    """Runs the solution and the mutants, in this process (they are ours), each case once."""

    def __init__(self, exercise: Exercise) -> None:
        instructor = exercise.folder / "instructor"
        self._solution = load_module(instructor / "solution.py")
        self._mutants: list[Mutant] = load_module(instructor / "mutants.py").MUTANTS
        self._expected: dict[tuple[str, tuple[int, ...]], Found] = {}
        self._mistakes: dict[str, list[Mistake]] = {}

    def seeds(self, hidden: int) -> tuple[int, ...]:
        return (VISIBLE_SEED,) if hidden == VISIBLE_SEED else (VISIBLE_SEED, hidden)

    def expected(self, check: Check, seeds: tuple[int, ...]) -> Found:
        key = check.function, seeds
        if key not in self._expected:
            self._expected[key] = observe_all(check, getattr(self._solution, check.function), seeds)
        return self._expected[key]

    def mistakes(self, check: Check, seeds: tuple[int, ...]) -> list[Mistake]:
        if check.function not in self._mistakes:
            self._mistakes[check.function] = [
                Mistake(m.name, m.sentence, m.catalogue, OnDemand(check, m.answer), m.evidence, m.decisive)
                for m in self.mutants(check)
            ]
        return self._mistakes[check.function]

    def mutants(self, check: Check) -> list[Mutant]:
        return [m for m in self._mutants if m.function == check.function]

    def right_answers(self, check: Check) -> dict[str, Answer]:
        """The solution and the alternatives, by name."""
        others = self._solution.ALTERNATIVES.get(check.function, [])
        return {"solution": getattr(self._solution, check.function)} | {
            f"alternative {i}": a for i, a in enumerate(others, start=1)
        }


class StoredReference:
    """What a student kit carries: outputs on the visible inputs, of the right answer and of each mistake. No code."""

    FILE = "visible.safetensors"

    def __init__(self, exercise: Exercise) -> None:
        from safetensors import safe_open

        from course_lib.errors import CourseError

        path = exercise.folder / self.FILE
        try:
            # The course's own file, so without the limits that hold for what a submission sends.
            with safe_open(path, framework="pt") as file:
                self._data = json.loads(file.metadata()["reference"])
                self._tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        except Exception as error:  # safetensors has an error class of its own in each release
            raise CourseError(f"{path} cannot be read ({error}). Take a fresh copy of it.") from error

    def seeds(self, hidden: int) -> tuple[int, ...]:
        return (VISIBLE_SEED,)

    def expected(self, check: Check, seeds: tuple[int, ...]) -> Found:
        return self._found(self._data[check.function]["right"])

    def mistakes(self, check: Check, seeds: tuple[int, ...]) -> list[Mistake]:
        return [
            Mistake(m["name"], m["sentence"], m["catalogue"], self._found(m["found"]), m["evidence"], m["decisive"])
            for m in self._data[check.function]["mistakes"]
        ]

    def _found(self, cases: dict) -> Found:
        return {
            (case, VISIBLE_SEED): Observation(
                {n: self._tensors[key] for n, key in seen["values"].items()}, seen["error"], seen["message"]
            )
            for case, seen in cases.items()
        }


def store_reference(exercise: Exercise, path: Path) -> None:
    """Write what a student kit may know: see :class:`StoredReference`."""
    from course_lib.grading.wire import pack

    live = LiveReference(exercise)
    tensors: dict[str, torch.Tensor] = {}
    keys: dict[tuple[str, tuple[int, ...], bytes], str] = {}
    data: dict[str, dict] = {}

    def key_of(tensor: torch.Tensor) -> str:
        """Equal tensors are stored once: a mistake differs from what is right in a few places."""
        content = str(tensor.dtype), tuple(tensor.shape), tensor.numpy().tobytes()
        if content not in keys:
            keys[content] = f"t{len(keys)}"
            tensors[keys[content]] = tensor
        return keys[content]

    def keep(found: Found, facts: bool) -> dict:
        cases = {}
        for (case, _), seen in found.items():
            values = {n: key_of(t) for n, t in seen.values.items() if facts or not n.startswith(FACT)}
            cases[case] = {"values": values, "error": seen.error, "message": seen.message}
        return cases

    for check in exercise.checks:
        right = live.expected(check, (VISIBLE_SEED,))
        data[check.function] = {
            "right": keep(right, facts=True),
            "mistakes": [
                {
                    "name": m.name,
                    "sentence": m.sentence,
                    "catalogue": m.catalogue,
                    "found": keep({key: m.found[key] for key in right}, facts=False),
                    "evidence": dict(m.evidence),
                    "decisive": m.decisive,
                }
                for m in live.mistakes(check, (VISIBLE_SEED,))
            ],
        }
    path.write_bytes(pack(tensors, {"reference": json.dumps(data, ensure_ascii=False)}))


def reference_for(exercise: Exercise) -> Reference:
    """Live where ``instructor/`` is there, stored in a student kit.

    Raises:
        CourseError: neither is there.
    """
    if (exercise.folder / "instructor" / "solution.py").is_file():
        return LiveReference(exercise)
    if (exercise.folder / StoredReference.FILE).is_file():
        return StoredReference(exercise)
    from course_lib.errors import CourseError

    raise CourseError(
        f"{exercise.folder} has neither instructor/ nor {StoredReference.FILE}, so nothing can be compared. Take a fresh copy of it."
    )
