"""What the tests of the grader share, made once: a grader imports torch, which takes seconds, and a proof runs every mutant."""

import functools
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from course_lib.grading.checks import Exercise, load_exercise
from course_lib.grading.reference import LiveReference
from course_lib.grading.selftest import SelfTest, run_self_test

EXERCISES = Path(__file__).parents[2] / "exercises"
NAMES = sorted(path.parent.name for path in EXERCISES.glob("*/checks.py"))
EXERCISE = EXERCISES / "06_pix2pix"  # stands for all of them where one is enough
QUICK = "03_collapse"  # whose proof takes least; those of the others are made by make bench
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux namespaces and the fork server")


def sample(every: Iterable[Any], *kept: Any) -> list[Any]:
    """Parameters of a test (a tuple: several at once), of which all but some are left to ``make bench``."""
    return [
        one if one in kept else pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.bench)
        for one in every
    ]


@functools.cache
def proof(name: str) -> SelfTest:
    """The self-test of an exercise, run once however many tests ask for it."""
    return run_self_test([load_exercise(EXERCISES / name)])


TINY = {
    "task.md": "Return half of x.\n",
    "exercise.py": "def half(x):\n    raise NotImplementedError\n",
    "test_exercise.py": "",
    "checks_a_inputs.py": """
        import torch
        def three(seed):
            return {"x": torch.tensor([1.0, -4.0, 6.0 + seed], dtype=torch.float64)}
    """,
    "checks_b_runs.py": """
        from checks_a_inputs import three
        def run(answer, given):
            return {"value": answer(given["x"])}
    """,
    "checks.py": """
        from checks_b_runs import run, three
        from course_lib.grading.checks import Case, Check, Exercise
        CASES = (Case("three numbers", three, run),)
        EXERCISE = Exercise("98_tiny", "half", (Check("half", "half", 2, CASES, ("Divide.", "By 2."), "Divide x by 2."),))
    """,
    "instructor/solution.py": """
        def half(x):
            return x / 2
        ALTERNATIVES = {"half": [lambda x: 0.5 * x, lambda x: x - x / 2]}
    """,
    "instructor/mutants_doubled.py": """
        from course_lib.grading.checks import MutantList
        MUTANTS = MutantList()
        MUTANTS.add("half", "doubled", "is doubled", catalogue=7)(lambda x: 2 * x)
    """,
    "instructor/mutants.py": """
        from mutants_doubled import MUTANTS as DOUBLED
        from course_lib.grading.checks import MutantList
        MUTANTS = MutantList(DOUBLED)
        MUTANTS.add("half", "sign turned", "has its sign turned")(lambda x: -x / 2)
    """,
}


@pytest.fixture
def tiny(tmp_path, monkeypatch) -> Path:
    """The folder of a whole exercise of one function, with parts, in an ``exercises/`` of its own that the course's root points at."""
    folder = tmp_path / "exercises" / "98_tiny"
    (folder / "instructor").mkdir(parents=True)
    for name, text in TINY.items():
        (folder / name).write_text(dedent(text), "utf-8")
    (folder.parent / "conftest.py").write_text("", "utf-8")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    return folder


@pytest.fixture(scope="session")
def exercise() -> Exercise:
    return load_exercise(EXERCISE)


@pytest.fixture(scope="session")
def reference(exercise: Exercise) -> LiveReference:
    return LiveReference(exercise)
