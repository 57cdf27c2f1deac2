"""How an exercise is written down: cases, checks, mutants. Data and functions only; nothing here imports torch.

An exercise is a folder: ``task.md``, ``exercise.py`` (what the learner edits), ``checks.py`` (one ``EXERCISE``),
``test_exercise.py`` (three lines) and ``instructor/`` with ``solution.py`` and ``mutants.py``. ``checks.py`` travels
into the process that runs a submission, so it holds inputs and the way to call a function, never an expected value.
A long file has parts beside it: ``checks.py`` may ``from checks_history import …``, ``mutants.py`` from ``mutants_history``.
"""

import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

Given = dict[str, Any]  # name -> tensor: what a case hands to the function
Answer = Callable[..., Any]  # the graded function: the learner's, the solution's or a mutant's


@dataclass(frozen=True)
class Plot:
    """Asks the notebook's card for a curve: the observation ``of`` over the input ``over``, expected and found."""

    over: str
    of: str
    xlabel: str
    ylabel: str


@dataclass(frozen=True)
class Case:
    """One way to look at a function.

    Args:
        name: a few words; part of the report.
        given: seed → named tensors. Seed 0 is what learners may see; other seeds give the hidden probes.
        run: (function, given) → named observations (tensors or numbers). Observations called ``value`` or starting
            with ``slope`` or ``parameters`` get their own sentences when they differ.
        says: how the sentence to the learner refers to the numbers, as in "on these logits you return 1.1759".
        points: 0 for a case that must hold; more for an extra, earned on top once every other case holds.
        plot: the picture that tells more than the number, if there is one.
    """

    name: str
    given: Callable[[int], Given]
    run: Callable[[Answer, Given], Mapping[str, Any]]
    says: str = "on these numbers"
    points: int = 0
    plot: Plot | None = None


@dataclass(frozen=True)
class Check:
    """A graded function: what it is worth, what it needs, how it is probed, and two hints, gentle and then concrete."""

    function: str
    title: str  # as in "Your discriminator loss …"
    points: int
    cases: tuple[Case, ...]
    hints: tuple[str, str]
    start: str  # what to write first, shown while the function is still the stub
    needs: tuple[str, ...] = ()

    @property
    def max_score(self) -> int:
        return self.points + sum(case.points for case in self.cases)


@dataclass(frozen=True)
class Exercise:
    """A declared exercise; ``folder`` is filled in by :func:`load_exercise`."""

    name: str
    title: str
    checks: tuple[Check, ...]
    folder: Path = Path()

    @property
    def max_score(self) -> int:
        return sum(check.max_score for check in self.checks)

    def check(self, function: str) -> Check:
        """The check of a graded function; KeyError names those there are."""
        for check in self.checks:
            if check.function == function:
                return check
        raise KeyError(
            f"{self.name} grades no function {function!r}; it has {', '.join(c.function for c in self.checks)}"
        )


@dataclass(frozen=True)
class Mutant:
    """An executable wrong answer.

    ``sentence`` goes on after "Your <title> …" and ends without a full stop. ``catalogue`` is its number in the list of
    misconceptions. ``evidence`` holds facts (see :func:`course_lib.grading.tools.note`) that must have been seen, in at
    least one run, before an answer with these numbers is called by this name. A ``decisive`` mutant is recognised by
    its evidence alone, whatever the numbers are.
    """

    function: str
    name: str
    sentence: str
    answer: Answer
    catalogue: int | None = None
    evidence: Mapping[str, float] = field(default_factory=dict)
    decisive: bool = False


class MutantList(list[Mutant]):
    """Collects mutants: ``MUTANTS = MutantList()``, then ``@MUTANTS.add("function", "name", "sentence", catalogue=1)``."""

    def add(
        self,
        function: str,
        name: str,
        sentence: str,
        *,
        catalogue: int | None = None,
        evidence: Mapping[str, float] | None = None,
        decisive: bool = False,
    ) -> Callable[[Answer], Answer]:
        def keep(answer: Answer) -> Answer:
            self.append(Mutant(function, name, sentence, answer, catalogue, evidence or {}, decisive))
            return answer

        return keep


def parts_of(path: Path) -> list[Path]:
    """The files that belong to ``NAME.py``: ``NAME_….py`` beside it, in the order of their names (a part may import earlier ones)."""
    return sorted(path.parent.glob(f"{path.stem}_*.py"))


def load_module(path: Path) -> ModuleType:
    """A trusted Python file with its parts, fresh on every call and not left in ``sys.modules``."""
    before = {part.stem: sys.modules.get(part.stem) for part in parts_of(path)}
    try:
        for part in parts_of(path):
            sys.modules[part.stem] = _load(part, part.stem)
        return _load(path, "course_exercise_" + re.sub(r"\W", "_", f"{path.parent.name}_{path.stem}"))
    finally:
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def _load(path: Path, module_name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Registered while it runs because dataclasses look their module up there.
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.modules.pop(module_name, None)
    return module


def exercises_folder() -> Path:
    """``exercises/`` under ``COURSE_ROOT``, else beside this package, else (it is installed elsewhere) of the nearest parent of
    the current folder. The current folder comes last, because it may be one that somebody handed in."""
    from course_lib.errors import CourseError

    root = os.environ.get("COURSE_ROOT")
    package = Path(__file__).resolve().parents[1]
    starts = [Path(root).expanduser().resolve()] if root else [*package.parents, Path.cwd(), *Path.cwd().parents]
    for start in starts:
        if any((start / "exercises").glob("*/checks.py")):
            return start / "exercises"
    raise CourseError("No exercises/ folder was found. Run from inside the course's folder or set COURSE_ROOT to it.")


def exercise_names() -> list[str]:
    """The exercises that can be graded here, in order."""
    return sorted(path.parent.name for path in exercises_folder().glob("*/checks.py"))


def exercise_folder(name: str | Path) -> Path:
    """The folder of an exercise, by itself, by full name (``06_pix2pix``), by its number (``06`` or ``6``), or
    by a path that ends in one of them.

    Raises:
        CourseError: no exercise, or more than one, goes by that name.
    """
    from course_lib.errors import CourseError

    # A mere name is never a folder that happens to lie where the grader was started.
    is_path = isinstance(name, Path) or os.sep in name or "/" in name
    if is_path and (Path(name) / "checks.py").is_file():
        return Path(name).resolve()
    names = exercise_names()
    short = Path(name).name  # a shell completes to "exercises/06_pix2pix/"
    fitting = [n for n in names if n == short] or [n for n in names if n.split("_")[0] == short.zfill(2)]
    if len(fitting) != 1:
        raise CourseError(f"There is no exercise {str(name)!r}. There are: {', '.join(names)}.")
    return exercises_folder() / fitting[0]


def load_exercise(name: str | Path) -> Exercise:
    """An exercise by folder, name or number: see :func:`exercise_folder`."""
    folder = exercise_folder(name)
    exercise: Exercise = load_module(folder / "checks.py").EXERCISE
    return replace(exercise, folder=folder)
