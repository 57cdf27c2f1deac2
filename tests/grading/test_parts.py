"""Long files of an exercise have parts beside them: who may import whom, where they go, what notices when they change."""

import json
import shutil
import sys
from unittest import mock

import pytest

from course_lib.grading.checks import load_exercise, load_module, parts_of
from course_lib.grading.classroom import exercise_fingerprint
from course_lib.grading.isolation.child import _declaration
from course_lib.grading.isolation.limits import Limits
from course_lib.grading.isolation.runner import Job
from course_lib.grading.kits import make_kits
from course_lib.grading.reference import StoredReference
from course_lib.grading.wire import unpack

from .conftest import EXERCISES


def test_parts_are_the_files_that_begin_with_the_name_in_the_order_of_their_names(tiny):
    (tiny / "checksum_of_it.py").write_text("raise RuntimeError")
    assert [path.name for path in parts_of(tiny / "checks.py")] == ["checks_a_inputs.py", "checks_b_runs.py"]
    assert parts_of(tiny / "exercise.py") == []


def test_a_part_may_import_an_earlier_one_and_no_later_one(tiny):
    assert load_exercise(tiny).check("half").cases[0].given(1)["x"].tolist() == [1, -4, 7]
    (tiny / "checks_a_inputs.py").write_text("from checks_b_runs import run\n")
    with pytest.raises(ImportError, match="checks_b_runs"):
        load_exercise(tiny)


def test_equal_names_in_two_exercises_do_not_meet(tiny, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "checks_a_inputs.py").write_text("three = 3\n")
    (other / "checks.py").write_text("from checks_a_inputs import three\n")
    assert load_module(other / "checks.py").three == 3
    assert callable(load_module(tiny / "checks.py").three)
    assert load_module(other / "checks.py").three == 3


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_is_left_behind_and_what_was_there_is_put_back(tiny, monkeypatch, fails):
    there = object()
    monkeypatch.setitem(sys.modules, "checks_a_inputs", there)
    if fails:
        (tiny / "checks.py").write_text("raise ValueError('broken')\n")
        with pytest.raises(ValueError, match="broken"):
            load_exercise(tiny)
    else:
        load_exercise(tiny)
    assert sys.modules["checks_a_inputs"] is there and "checks_b_runs" not in sys.modules


def test_the_process_of_a_submission_gets_them_as_text_in_that_order(tiny, tmp_path):
    exercise = load_exercise(tiny)
    job = Job(exercise, exercise.check("half"), b"def half(x): ...", (0, 3), Limits(), [])
    tensors, meta = unpack(job.to_bytes(str(tmp_path)))
    task = json.loads(meta["task"])
    assert list(task["parts"]) == ["checks_a_inputs", "checks_b_runs"] and "MUTANTS" not in meta["task"]
    assert tensors["0/3/x"].tolist() == [1, -4, 9]
    with mock.patch.dict(sys.modules):
        check = _declaration(task["checks"], task["parts"], task["name"]).check("half")
        assert check.cases[0].run(lambda x: x / 2, {"x": tensors["0/0/x"]})["value"].tolist() == [0.5, -2, 3]


def test_a_students_kit_has_the_checks_parts_and_none_of_the_instructors(tiny, tmp_path):
    lessons = tiny.parents[1] / "notebooks"
    lessons.mkdir()
    shutil.copy2(EXERCISES.parent / "notebooks" / "00_start_here.ipynb", lessons)
    kits = make_kits(tmp_path / "kits", "there")
    folders = {kind: kit / "exercises" / "98_tiny" for kind, kit in kits.items()}
    has = {
        kind: {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        for kind, folder in folders.items()
    }
    own = {"task.md", "exercise.py", "test_exercise.py", "checks.py", "checks_a_inputs.py", "checks_b_runs.py"}
    assert has["student"] == own | {StoredReference.FILE}
    assert has["teacher"] == own | {f"instructor/{name}.py" for name in ("solution", "mutants", "mutants_doubled")}
    kit = load_exercise(folders["student"])
    stored = StoredReference(kit)
    assert [m.name for m in stored.mistakes(kit.check("half"), (0,))] == ["doubled", "sign turned"]


@pytest.mark.parametrize(
    "name", ["checks.py", "checks_a_inputs.py", "instructor/mutants.py", "instructor/mutants_doubled.py"]
)
def test_a_class_is_graded_anew_when_a_part_changes(tiny, name):
    before = exercise_fingerprint(load_exercise(tiny))
    (tiny / "task.md").write_text("Return half of x, please.\n")
    assert exercise_fingerprint(load_exercise(tiny)) == before
    with (tiny / name).open("a") as file:
        file.write("# another remark\n")
    assert exercise_fingerprint(load_exercise(tiny)) != before
