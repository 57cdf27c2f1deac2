"""Every exercise folder: proved by its mutants, and of one mind with its task, its stub and the guide."""

import re
from collections import Counter

import pytest

from course_lib.grading.checks import load_exercise, load_module
from course_lib.grading.reference import observe_all
from course_lib.grading.selftest import SEPARATION, matrix

from .conftest import EXERCISES, NAMES, QUICK, proof, sample

GUIDE = EXERCISES.parent / "docs" / "grading.md"
CATALOGUE = set(range(1, 118))  # all of them


@pytest.mark.parametrize("name", sample(NAMES, QUICK))
def test_every_mutant_is_rejected_and_named_and_no_right_answer_is(name):
    proved = proof(name)
    assert [(r.function, r.name, r.diagnosis) for r in proved.mutants if not (r.rejected and r.named)] == []
    assert [(r.function, r.name, r.diagnosis) for r in proved.false_alarms] == []
    near = [(r.function, r.name, r.nearest, r.distance) for r in proved.mutants if r.distance < SEPARATION]
    assert near == []
    n = len(proved.mutants)
    assert proved.passed and proved.last_line() == f"mutants: {n}, rejected: {n}, named: {n}, false alarms: 0"


@pytest.mark.parametrize("name", sample(NAMES, QUICK))
def test_each_function_is_proved_by_enough_answers(name):
    exercise, proved = load_exercise(EXERCISES / name), proof(name)
    functions = [c.function for c in exercise.checks]
    right = Counter(r.function for r in proved.rows if r.kind == "right")
    wrong = Counter(r.function for r in proved.mutants)
    assert {f: right[f] for f in functions if right[f] < 3} == {}  # the solution and two others
    assert {f: wrong[f] for f in functions if wrong[f] < 3} == {}
    assert set(right) | set(wrong) == set(functions)  # none is about a function that is not graded
    assert all(function in matrix(proved) for function in functions)


@pytest.mark.parametrize("name", NAMES)
def test_task_stub_and_checks_agree(name):
    exercise = load_exercise(EXERCISES / name)
    assert exercise.name == name
    task = (EXERCISES / name / "task.md").read_text("utf-8").splitlines()
    stub = load_module(EXERCISES / name / "exercise.py")
    functions = [check.function for check in exercise.checks]
    for check in exercise.checks:
        row = next(line for line in task if re.match(rf"\| `{check.function}[(`]", line))
        extra = check.max_score - check.points
        assert f"| {check.points}{f' + {extra}' if extra else ''} |" in row
        assert set(check.needs) < set(functions[: functions.index(check.function) + 1])  # from top to bottom
        seen = observe_all(check, getattr(stub, check.function), (0,))
        assert {s.error.split(":")[0] for s in seen.values()} == {"NotImplementedError"}


def test_the_guide_says_where_each_misconception_has_its_place():
    told = places_in(GUIDE.read_text("utf-8"))
    found = {}
    for name in NAMES:
        mutants = load_module(EXERCISES / name / "instructor" / "mutants.py").MUTANTS
        for check in load_exercise(EXERCISES / name).checks:
            numbers = {m.catalogue for m in mutants if m.function == check.function and m.catalogue}
            found[name.split("_")[0], check.function] = numbers
    assert told == found
    assert set().union(*found.values()) == CATALOGUE


def places_in(text):
    """{(exercise, function): numbers} of the tables with a column "function of NN" and the numbers in the next."""
    places, columns = {}, {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            columns = {}
        elif any(cell.startswith("function of ") for cell in cells):
            columns = {i: cell.split()[-1] for i, cell in enumerate(cells) if cell.startswith("function of ")}
        for column, exercise in columns.items():
            if cells[column].startswith("`"):
                spans = re.findall(r"(\d+)(?:–(\d+))?", cells[column + 1])
                numbers = {n for first, last in spans for n in range(int(first), int(last or first) + 1)}
                places[exercise, cells[column].strip("`")] = numbers
    return places
