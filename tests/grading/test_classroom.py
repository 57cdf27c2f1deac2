"""Classes: what is kept of an interrupted run, seeds, hostile hand-ins, and nothing from the folder that one stands in."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from course_lib.errors import CourseError
from course_lib.grading import classroom
from course_lib.grading.checks import load_exercise
from course_lib.grading.classroom import grade_class
from course_lib.grading.engine import Grader

from .conftest import EXERCISE, EXERCISES, linux_only
from .test_engine import PATIENT, SOLUTION, SWAPPED, submit

RIGHT, DOUBLED = "def half(x):\n    return x / 2\n", "def half(x):\n    return 2 * x\n"


@linux_only
def test_a_class(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr("course_lib.grading.unchanged.libraries", lambda: ())  # 100,000 files to list, twice
    folder, out = tmp_path / "class", tmp_path / "graded"
    submit(folder, RIGHT, "ada/exercise.py")
    submit(folder, DOUBLED, "bo/exercise.py")
    submit(folder, DOUBLED, "dee=1/exercise.py")
    submit(folder, "import os\nos._exit(0)\n", "crash/exercise.py")
    (folder / "empty").mkdir()
    seen = []

    def grade():
        return grade_class(
            load_exercise(tiny),
            folder,
            out,
            jobs=2,
            limits=PATIENT,
            progress=lambda done, total, report, kept: seen.append((report.submission, kept)),
        )

    scores = {r.submission: r.score for r in grade()}
    assert scores["ada"] == 2 and scores["crash"] == scores["bo"] == 0 and scores["empty"] is None
    assert [kept for _, kept in seen] == [False] * 5
    page = (out / "class.html").read_text("utf-8")
    assert "doubled" in page and "bo, dee=1" in page
    assert len((out / "class.csv").read_text("utf-8").splitlines()) == 6

    # Again: what is done is kept; what has changed, or was ungradable, is graded.
    submit(folder, RIGHT, "bo/exercise.py")
    data = json.loads((out / "reports" / "crash.json").read_text("utf-8"))
    data["score"] = None
    (out / "reports" / "crash.json").write_text(json.dumps(data), "utf-8")
    seen.clear()
    scores = {r.submission: r.score for r in grade()}
    assert scores["bo"] == 2
    assert {name for name, kept in seen if not kept} == {"bo", "crash", "empty"}


def test_reports_in_the_classs_own_folder_are_refused(tiny, tmp_path):
    """They would be graded the next time."""
    submit(tmp_path / "class", RIGHT, "ada/exercise.py")
    with pytest.raises(CourseError, match="the class's own folder.*another --out"):
        grade_class(load_exercise(tiny), tmp_path / "class", tmp_path / "x" / ".." / "class")
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["ada"]


@pytest.fixture
def no_processes(monkeypatch):
    """Classes whose submissions are not run: each gets a report without a mark."""
    order = []
    monkeypatch.setattr("course_lib.grading.engine.launcher", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr("course_lib.grading.unchanged.libraries", lambda: ())

    def graded(self, submission, *_):
        order.append(submission.name)
        return self.without_grading(submission, "failed", "not run")

    monkeypatch.setattr(Grader, "grade", graded)
    return order


@pytest.mark.bench
def test_a_class_keeps_the_seed_that_was_drawn_for_it(tiny, tmp_path, no_processes):
    folder, out = tmp_path / "class", tmp_path / "graded"
    submit(folder, "def f(): ...\n", "ada/exercise.py")
    first = grade_class(tiny, folder, out)
    submit(folder, "def g(): ...\n", "bo/exercise.py")
    second = grade_class(tiny, folder, out)
    assert {r.seed for r in [*first, *second]} == {first[0].seed} and first[0].seed >= 10**5
    assert no_processes == ["ada", "bo"]
    other = grade_class(tiny, folder, out, seed=5)
    assert {r.seed for r in other} == {5}
    elsewhere = grade_class(tiny, folder, tmp_path / "graded_again")
    assert elsewhere[0].seed != first[0].seed


@pytest.mark.bench
def test_a_course_that_changes_while_a_class_is_graded_is_noticed(tiny, tmp_path, no_processes):
    folder, out = tmp_path / "class", tmp_path / "graded"
    submit(folder, "def half(x): return x / 2\n", "ada/exercise.py")
    assert len(grade_class(tiny, folder, out)) == 1

    def meddle(done, total, report, kept):
        with (tiny / "instructor" / "solution.py").open("a") as file:
            file.write("# another word\n")

    with pytest.raises(CourseError, match=r"1 file of the course .* changed .*solution\.py"):
        grade_class(tiny, folder, out, seed=7, progress=meddle)
    assert [p.name for p in (out / "reports").iterdir()] == ["ada.not_trusted"]
    assert len(grade_class(tiny, folder, out)) == 1


def test_what_writes_reports_is_imported_before_the_first_submission(tiny, tmp_path, no_processes, monkeypatch):
    monkeypatch.setattr(classroom, "formats", lambda: no_processes.append("reports"))
    submit(tmp_path / "class", "x = 1\n", "ada/exercise.py")
    grade_class(tiny, tmp_path / "class", tmp_path / "graded")
    assert no_processes == ["reports", "ada"]


@pytest.mark.bench
@linux_only
def test_hostile_hand_ins_cost_nobody_else_anything(exercise, tmp_path):
    """Everything that can lie in a class's folder, beside one honest learner."""
    folder, out = tmp_path / "class", tmp_path / "graded"
    honest = submit(folder, SOLUTION, "ada/exercise.py")
    made = {
        "link to the solution": lambda p: p.symlink_to(EXERCISE / "instructor" / "solution.py"),
        "link to a neighbour": lambda p: p.symlink_to(honest),
        "link to itself": lambda p: p.symlink_to("exercise.py"),
        "link to a device": lambda p: p.symlink_to("/dev/zero"),
        "pipe": os.mkfifo,
        "folder": lambda p: p.mkdir(),
        "empty": lambda p: p.write_bytes(b""),
        "huge": lambda p: os.truncate(os.open(p, os.O_CREAT | os.O_WRONLY), 1 << 40),
        "nothing": lambda p: None,
        "unreadable": lambda p: (p.write_text(SOLUTION[:100]), p.chmod(0)),
        "漢" * 84: lambda p: p.write_text("x = 1\n"),
        "right\u202etfel": lambda p: p.write_text("x = 1\n"),
        "two\nlines\x1b[2J": lambda p: p.write_text("x = 1\n"),
        os.fsdecode(b"caf\xe9"): lambda p: p.write_text("x = 1\n"),
        "06_pix2pix": lambda p: (
            p.write_text("x = 1\n"),
            (p.parent / "checks.py").write_text("raise SystemExit('ran')\n"),
        ),
    }
    for name, make in made.items():
        (folder / name).mkdir()
        make(folder / name / "exercise.py")
    (folder / "linked folder").symlink_to(folder / "ada")
    (folder / "linked solution").symlink_to(EXERCISE / "instructor")
    reports = grade_class(exercise, folder, out, jobs=2, limits=PATIENT)
    marks = {r.submission: r.score for r in reports}
    assert marks.pop("ada") == 36
    assert len(marks) == len(made) + 2 and not any(marks.values())
    for path in (out / "reports").iterdir():
        json.loads(path.read_text("utf-8"))
    for name in ("class.html", "class.csv"):
        text = (out / name).read_text("utf-8")
        assert "\x1b" not in text and "\u202e" not in text
    assert honest.read_text("utf-8") == SOLUTION


@pytest.mark.bench
@pytest.mark.slow
@linux_only
def test_nothing_is_imported_from_the_current_folder(tmp_path):
    """Started in a learner's folder that is full of modules and has an exercise of the same name: none of it runs."""
    home = tmp_path / "learner"
    bad = "from pathlib import Path\nPath(__file__).with_name('RAN').touch()\nraise SystemExit('ran')\n"
    for name in (
        "tqdm",
        "tyro",
        "torch",
        "numpy",
        "psutil",
        "typing_extensions",
        "pathlib",
        "json",
        "sitecustomize",
        "usercustomize",
        "checks",
    ):
        submit(home, bad, f"{name}.py")
    for name in ("06_pix2pix/checks.py", "exercises/06_pix2pix/checks.py", "06/checks.py"):
        submit(home, bad, name)
    submit(home / "class", SWAPPED, "bo/exercise.py")
    clean = {k: v for k, v in os.environ.items() if k not in ("COURSE_ROOT", "PYTHONPATH")}
    installed = {"PYTHONPATH": str(EXERCISES.parent), "OMP_NUM_THREADS": "1"}
    for words in (["--submission", "class/bo"], ["--submissions", "class", "--out", str(tmp_path / "graded")]):
        done = subprocess.run(
            [sys.executable, "-m", "course_lib", "grade", "06_pix2pix", *words], cwd=home, env=clean | installed, capture_output=True,
            text=True, timeout=250, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stdout + done.stderr
        assert "ran" not in done.stderr.split() and not list(home.rglob("RAN"))
    assert (tmp_path / "graded" / "class.csv").is_file()
