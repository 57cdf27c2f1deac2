"""Answers as learners write them, right and wrong: most wrong ones are named rightly, none wrongly, no right one is refused.

``attempts/written.json`` holds answers with the names that fit them, found by reading each answer's code.
``attempts/expected.json`` holds the names for a file of answers that were written by others and lie outside the repository.
"""

import contextlib
import io
import json
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.grading.attempts import (
    ACCEPTED,
    BAR,
    DESCRIBED,
    REFUSED,
    RIGHT,
    RIGHTLY,
    UNCHECKED,
    WRONGLY,
    Attempt,
    Trial,
    holds,
    load_attempts,
    table,
)
from course_lib.grading.checks import load_exercise
from course_lib.grading.diagnosis import diagnose
from course_lib.grading.reference import LiveReference, observe_all

from .conftest import EXERCISES, NAMES, QUICK, linux_only, sample

HERE = Path(__file__).parent / "attempts"
OTHERS = Path(__file__).parents[3] / "shared" / "cases" / "attempts.json"
SEEDS = (0, 1)


def tried(attempts: list[Attempt]) -> list[Trial]:
    """As ``attempts.try_all``, in this process: these answers are known to be honest, and a process each takes minutes."""
    trials = []
    for name in dict.fromkeys(attempt.exercise for attempt in attempts):
        exercise = load_exercise(next(EXERCISES / n for n in NAMES if n.startswith(name)))
        reference = LiveReference(exercise)
        solution = (exercise.folder / "instructor" / "solution.py").read_text("utf-8")
        for attempt in (a for a in attempts if a.exercise == name):
            check, module = exercise.check(attempt.function), ModuleType("exercise")
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(f"{solution}\n\n{attempt.code}\n", "exercise.py", "exec"), module.__dict__)
                    found = observe_all(check, getattr(module, attempt.function), SEEDS)
            finally:
                torch.set_default_dtype(torch.float32)  # some of them set another
            result = diagnose(check, found, reference, SEEDS)
            names = tuple(m["name"] for m in result.misconceptions)
            trials.append(Trial(attempt, result.status, names, result.headline))
    return trials


@pytest.mark.parametrize("name", sample(NAMES, QUICK))
def test_answers_as_learners_write_them(name):
    attempts = [a for a in load_attempts(HERE / "written.json") if name.startswith(a.exercise)]
    assert len(attempts) >= 50 and any(a.right for a in attempts)
    trials = tried(attempts)
    assert holds(trials), table(trials)


@pytest.mark.skipif(not OTHERS.exists(), reason="the answers written by others are not beside this repository")
@pytest.mark.parametrize("name", sample(NAMES, QUICK))
def test_answers_written_by_others(name):
    """A fifth of them; the whole file is tried with ``grade --self-test --attempts FILE --expected expected.json``."""
    attempts = [a for a in load_attempts(OTHERS, HERE / "expected.json") if name.startswith(a.exercise)][::5]
    assert all(a.right or a.expected for a in attempts)
    trials = tried(attempts)
    assert holds(trials), table(trials)


HALF = {
    "right": "def half(x):\n    return x * 0.5\n",
    "doubled": "def half(x):\n    return x + x\n",
    "sign turned": "def half(x):\n    return -x / 2\n",
    "unknown": "def half(x):\n    return x / 2 + x ** 3\n",
    "refused": "def half(x):\n    return x / 2 + 1e-3 * x ** 2\n",
}


def written(folder: Path, *rows: dict) -> Path:
    common = {"exercise": "98", "function": "half", "what": "an answer"}
    path = folder / "attempts.json"
    path.write_text(
        json.dumps([common | {"id": f"98/{i}", "right": False} | row for i, row in enumerate(rows)]), "utf-8"
    )
    return path


@linux_only
def test_the_table_of_the_command(tiny, tmp_path, run):
    """Every outcome once but one, counted by hand; each that is not as it should be is listed with what was said."""
    path = written(
        tmp_path,
        {"code": HALF["right"], "right": True},
        {"code": HALF["refused"], "right": True},
        {"code": HALF["doubled"], "expected": ["doubled", "a factor too many"]},
        {"code": HALF["sign turned"], "expected": ["doubled"]},
        {"code": HALF["unknown"], "expected": []},
        {"code": HALF["right"], "expected": ["doubled"]},
        {"code": HALF["doubled"]},
    )
    code, out, _ = run("grade", "--self-test", "--attempts", path)
    assert code == 1
    assert out.splitlines()[1].split() == ["98", "5", "1", "1", "1", "1", "1", "2", "1", "1"]
    assert out.splitlines()[2].split()[0] == "all"
    assert "named rightly: 20.0 % of the wrong ones (the bar: 85 %)" in out
    for outcome, number in ((REFUSED, 1), (ACCEPTED, 5), (WRONGLY, 3), (DESCRIBED, 4), (UNCHECKED, 6)):
        assert f"{outcome}: 98/{number} half, an answer" in out
    assert f"{RIGHTLY}: " not in out.replace("named rightly: 20", "") and "98/2" not in out and "98/0" not in out


@pytest.mark.bench
@linux_only
def test_the_command_succeeds_where_the_bar_is_met(tiny, tmp_path, run):
    path = written(tmp_path, {"code": HALF["doubled"]}, {"code": HALF["right"], "right": True})
    expected = tmp_path / "expected.json"
    expected.write_text('{"98/0": ["doubled"]}', "utf-8")
    code, out, _ = run("grade", "--self-test", "--attempts", path, "--expected", expected)
    assert code == 0 and "named rightly: 100.0 %" in out


def test_the_bar():
    def trials(**outcomes: int) -> list[Trial]:
        made = {
            RIGHTLY: Trial(Attempt("", "98", "half", "", False, "", ("a",)), "failed", ("a",), ""),
            WRONGLY: Trial(Attempt("", "98", "half", "", False, "", ("a",)), "failed", ("a", "b"), ""),
            DESCRIBED: Trial(Attempt("", "98", "half", "", False, "", ("a",)), "failed", (), ""),
            ACCEPTED: Trial(Attempt("", "98", "half", "", False, "", ("a",)), "passed", (), ""),
            REFUSED: Trial(Attempt("", "98", "half", "", True, ""), "failed", (), ""),
            RIGHT: Trial(Attempt("", "98", "half", "", True, ""), "passed", (), ""),
        }
        some = [
            made[{"rightly": RIGHTLY, "wrongly": WRONGLY, "refused": REFUSED}.get(k, k)]
            for k, n in outcomes.items()
            for _ in range(n)
        ]
        assert Counter(t.outcome for t in some).total() == sum(outcomes.values())
        return some

    assert BAR == 0.85
    assert holds(trials(rightly=17, described=3)) and not holds(trials(rightly=16, described=4))
    for one_is_enough in ("wrongly", "accepted", "refused"):
        assert not holds(trials(rightly=100, **{one_is_enough: 1}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        '{"a": 1}',
        '[{"id": "1"}]',
        '[{"id": 1, "exercise": "98", "function": "half", "what": "", "right": 1, "code": "", "expected": 3}]',
    ],
)
def test_a_file_that_is_no_list_of_attempts(text, tmp_path):
    path = tmp_path / "attempts.json"
    path.write_text(text, "utf-8")
    with pytest.raises(CourseError, match="is no list of attempts"):
        load_attempts(path)
    with pytest.raises(CourseError, match="is no list of attempts"):
        load_attempts(tmp_path / "missing.json")


def test_attempts_belong_to_the_self_test(run):
    code, _, said = run("grade", "--attempts", "x.json")
    assert code == 2 and "--attempts belongs to --self-test" in said
