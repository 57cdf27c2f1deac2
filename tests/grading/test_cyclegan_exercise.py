"""Exercise 07: its worked numbers, and histories that draw in ways of their own."""

import doctest

import pytest
import torch

from course_lib.grading import check
from course_lib.grading.checks import load_exercise
from course_lib.grading.reference import LiveReference
from course_lib.training.history import ImageHistory
from course_lib.training.schedules import linear_decay

from .conftest import EXERCISES

FOLDER = EXERCISES / "07_cyclegan"


@pytest.fixture(scope="module")
def cyclegan():
    return load_exercise(FOLDER)


@pytest.fixture(scope="module")
def solved(cyclegan):
    return LiveReference(cyclegan)


def test_the_worked_numbers_of_the_task_hold(solved):
    text = "\n".join(
        line for line in (FOLDER / "task.md").read_text("utf-8").splitlines() if not line.startswith("```")
    )
    worked = doctest.DocTestParser().get_doctest(text, dict(vars(solved._solution)), "task.md", None, 0)
    found = doctest.DocTestRunner().run(worked)
    assert found.attempted >= 15 and found.failed == 0


def test_the_courses_own_history_and_schedule_pass():
    assert check("07.ImageHistory", ImageHistory).passed
    assert check("07.linear_decay", linear_decay).passed


@pytest.mark.parametrize("seed", range(2, 6))
def test_long_runs_of_right_histories_look_alike(cyclegan, solved, seed):
    """Shares are rounded so that chance cannot move them: another seed and another order of draws give the same."""
    graded = cyclegan.check("ImageHistory")
    case = next(c for c in graded.cases if "800" in c.name)
    found = [
        {name: float(v) for name, v in case.run(answer, case.given(seed)).items()}
        for answer in solved.right_answers(graded).values()
    ]
    assert all(f == found[0] for f in found[1:])
    assert found[0]["share of new pictures among those returned once it is full, to the nearest quarter"] == 0.5


def test_mocks_do_not_commute(cyclegan):
    """With G and F that are multiples of x, a cycle composed in the wrong order would pass."""
    card = check("07.cycle_loss", lambda G, F, x, y: (G(F(x)) - x).abs().mean() + (F(G(y)) - y).abs().mean())
    assert [m["catalogue"] for m in card.result.misconceptions] == [53]


def test_a_number_that_is_none_is_named_by_its_form():
    card = check("07.linear_decay", lambda epoch, flat, decay: torch.nan)
    assert not card.passed and [m["name"] for m in card.result.misconceptions] == ["not finite"]
    assert "NaN" in card.result.headline
