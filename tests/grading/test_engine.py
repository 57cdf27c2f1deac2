"""Whole submissions, classes and the doors, through real processes."""

import os
import re
import subprocess
import sys

import pytest

from course_lib.errors import CourseError
from course_lib.grading.engine import Grader, draw_seed
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.reports import table

from .conftest import EXERCISE, linux_only
from .handed_in import RIGHT, notebook

PATIENT = Limits(wall_seconds=60, cpu_seconds=30)
SOLUTION = (EXERCISE / "instructor" / "solution.py").read_text("utf-8")
SWAPPED = SOLUTION.replace(
    "    return of_reals + of_fakes\n",
    "    return F.binary_cross_entropy_with_logits(real_scores, 0 * real_target) + F.binary_cross_entropy_with_logits(fake_scores, 1 + fake_target)\n",
)


@pytest.fixture(scope="module")
def grader(exercise, reference):
    with Grader(exercise, reference=reference, limits=PATIENT) as it:
        yield it


def submit(tmp_path, text, name="exercise.py"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_solution_has_every_point(grader):
    report = grader.grade(EXERCISE / "instructor")
    assert (report.status, report.score, report.max_score) == ("passed", 36, 36)


def test_stub_has_none_and_says_where_to_start(grader):
    report = grader.grade(EXERCISE)
    assert (report.status, report.score) == ("failed", 0)
    assert report.checks[0].headline.startswith("Not written yet. Return two tensors")
    assert "Skipped until `discriminator_targets` is right" in report.checks[1].headline
    assert all(c.status in ("failed", "skipped") for c in report.checks)


def test_what_builds_on_a_mistake_is_skipped_and_the_rest_is_graded(grader, tmp_path):
    report = grader.grade(submit(tmp_path, SWAPPED))
    status = {c.function: c.status for c in report.checks}
    assert status["discriminator_loss"] == "failed"
    assert status["conditional_discriminator_loss"] == status["training_step"] == "skipped"
    assert status["generator_loss"] == status["receptive_field"] == "passed"
    assert report.checks[1].misconceptions[0]["catalogue"] == 1


def test_same_submission_same_seed_same_report(grader, tmp_path):
    path = submit(tmp_path, SWAPPED)

    def timeless(report):
        return re.sub(r'"(started|seconds)": [^,\n]+', "", table.as_json([report]))

    first, second = timeless(grader.grade(path)), timeless(grader.grade(path))
    assert first == second


@linux_only
def test_a_cell_that_stops_costs_what_it_would_have_defined(tiny, tmp_path):
    """What somebody tried out stays in a notebook's cells; where it stops is told as the notebook counts."""
    tried = ["plt.plot([1])\nhalf = None", "this is no Python", "from course_lib import losses", "x = 1\n\nx.y"]
    broken = "def half(x):\n    return x.halved()"
    with Grader(tiny, limits=PATIENT) as grader:
        whole = grader.grade(submit(tmp_path, notebook("import torch", RIGHT, *tried), "whole.ipynb"))
        stopped = grader.grade(submit(tmp_path, notebook("x = 1", broken), "stopped.ipynb"))
        nothing = grader.grade(submit(tmp_path, notebook("this is no Python"), "nothing.ipynb"))
    assert whole.score == whole.max_score
    assert whole.checks[0].notes == [
        "imports course_lib, which holds the answers",
        "has a cell that stops with NameError in line 1 of cell 3: name 'plt' is not defined",
        "has a cell that cannot be read as Python: invalid syntax (line 1 of cell 4)",
        "has a cell that stops with AttributeError in line 3 of cell 6: 'int' object has no attribute 'y'",
    ]
    assert stopped.score == 0 and "in line 2 of cell 2: 'Tensor' object has no attribute" in stopped.checks[0].headline
    assert (
        nothing.score == 0
        and "cannot be read as Python: invalid syntax (line 1 of cell 1)" in nothing.checks[0].headline
    )


def test_no_submission_is_no_mark_and_a_sentence(grader, tmp_path):
    report = grader.grade(tmp_path)
    assert (report.status, report.score, report.max_score) == ("not graded", None, 36)
    assert report.not_graded == ["The folder is empty."] and {c.score for c in report.checks} == {None}
    with pytest.raises(CourseError, match="is not there"):
        grader.grade(tmp_path / "gone")


@pytest.mark.parametrize("layout", ["the file", "a file in a folder", "the folder"])
def test_a_link_to_the_solution_is_not_followed(grader, tmp_path, layout):
    named = tmp_path / "submission"
    if layout == "the file":
        named.symlink_to(EXERCISE / "instructor" / "solution.py")
    elif layout == "the folder":
        named.symlink_to(EXERCISE / "instructor")
    else:  # as Gradescope unpacks it
        named.mkdir()
        (named / "exercise.py").symlink_to(EXERCISE / "instructor" / "solution.py")
    report = grader.grade(named)
    assert report.score is None and report.score_so_far == 0
    assert "links are not followed" in report.not_graded[0]


@pytest.mark.bench
def test_a_seed_is_drawn_and_can_be_given_again(exercise, reference, tmp_path):
    drawn = {draw_seed() for _ in range(50)}
    assert len(drawn) > 40 and all(10**5 <= seed < 10**6 for seed in drawn)
    path = submit(tmp_path, SWAPPED)

    def timeless(seed):
        with Grader(exercise, reference=reference, limits=PATIENT, seed=seed) as grader:
            report = grader.grade(path)
        return re.sub(r'"(started|seconds)": [^,\n]+', "", table.as_json([report])), report.seed

    first, seed = timeless(None)
    assert timeless(seed) == (first, seed)


def run_pytest(*options):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "pytest", str(EXERCISE), "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=280, check=False, cwd=EXERCISE.parents[1]
    )


@pytest.mark.slow
def test_a_wrong_answer_through_pytest(tmp_path):
    some = ("-k", "discriminator_loss")  # the one that is wrong, and one that is not graded before it
    wrong = run_pytest("--submission", str(submit(tmp_path, SWAPPED)), "--hints", "2", *some)
    assert wrong.returncode == 1
    assert "which is exactly what that mistake gives" in wrong.stdout and "Hint 2:" in wrong.stdout
    assert "skipped" in wrong.stdout


@pytest.mark.bench
def test_a_right_answer_through_pytest():
    right = run_pytest("--submission", str(EXERCISE / "instructor"))
    assert right.returncode == 0, right.stdout + right.stderr
    assert "36 of 36 points" in right.stdout
