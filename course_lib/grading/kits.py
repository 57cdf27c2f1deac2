"""Kits: what a learner gets (no answers, and still the mistake is named), and what a teacher keeps."""

import shutil
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.checks import exercise_names, load_exercise, parts_of
from course_lib.grading.reference import StoredReference, store_reference

PACKAGE = Path(__file__).resolve().parents[1]
NEEDS = ("torch", "numpy", "safetensors", "psutil", "tqdm", "pytest", "matplotlib", "ipywidgets")
FOR_LEARNERS = ("task.md", "exercise.py", "checks.py", "test_exercise.py")

GRADE = '''"""Grade your exercises: ``python grade.py``, or ``python grade.py 06_pix2pix --hints 2 --report json:report.json``."""

import argparse
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ["COURSE_ROOT"] = str(HERE)
sys.path.insert(0, str(HERE))

from course_lib.errors import CourseError  # noqa: E402
from course_lib.commands.grade import grade  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Grades the exercises in this folder.")
    parser.add_argument("exercise", nargs="?", help="its name or number; all of them if left out")
    parser.add_argument("--submission", type=Path, help="an exercise.py, or the folder with it; the exercise's own if left out")
    parser.add_argument("--hints", type=int, choices=(0, 1, 2), default=1, help="how many hints to show")
    parser.add_argument("--report", nargs="*", default=[], metavar="FORMAT:PATH", help="json, csv, junit, html")
    parser.add_argument("--submissions", type=Path, help="a folder of submissions: grades a class")
    parser.add_argument("--jobs", type=int, default=2, help="how many of a class at once")
    parser.add_argument("--out", type=Path, help="where a class's reports go")
    parser.add_argument("--seed", type=int, default=1, help="of the hidden probes (where the solutions are)")
    parser.add_argument("--self-test", action="store_true", help="prove the grader by its mutants (where they are)")
    options = parser.parse_args()
    try:
        sys.exit(
            grade(
                options.exercise, options.submission, options.submissions, options.jobs, options.out,
                tuple(options.report), options.hints, options.seed, options.self_test,
            )  # fmt: skip
        )
    except CourseError as error:
        sys.exit(str(error))
'''

STUDENT_README = """# Exercises that tell you which mistake you made

    python -m pip install -r requirements.txt
    python grade.py

Each folder in `exercises/` has a `task.md` to read and an `exercise.py` to write. Grade as often as you like:

* `python grade.py 06_pix2pix` prints a table; `--hints 2` shows the second, concrete hint; `--submission FILE` grades another file.
* `pytest exercises/06_pix2pix` runs the same checks in pytest.
* In a notebook in this folder: `from course_lib.grading import check`, then `check("06.receptive_field", receptive_field)`.

The checks here use numbers that you may see. Your teacher's use others as well, so write the formula and not the number.
"""

TEACHER_README = """# Teacher's kit

    python -m pip install -r requirements.txt
    python grade.py 06_pix2pix --submission SOMEONE/exercise.py
    python grade.py 06_pix2pix --submissions SUBMISSIONS --jobs 2 --out GRADED

`exercises/*/instructor/` holds the solutions and the mutants: keep this folder to yourself. The student kit beside it holds neither.
See docs/grading.md for classes, platforms, and what the isolation is.
"""


def make_kits(out: Path) -> dict[str, Path]:
    """Write ``student/`` and ``teacher/`` under ``out``.

    Returns:
        The two folders.

    Raises:
        CourseError: ``out`` has something in it, or there is no exercise with its solutions here.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CourseError(f"{out} is not empty. Name a new folder for the kits.")
    exercises = [load_exercise(name) for name in exercise_names()]
    without = [e.name for e in exercises if not (e.folder / "instructor" / "mutants.py").is_file()]
    if without or not exercises:
        raise CourseError(f"Kits are made where the solutions are; {', '.join(without) or 'this folder'} has none.")
    out.mkdir(parents=True, exist_ok=True)
    # Built aside and renamed, so that a kit is there whole or not at all.
    building = out / ".building"
    for kind in ("student", "teacher"):
        kit = building / kind
        _engine(kit)
        for exercise in exercises:
            target = kit / "exercises" / exercise.name
            target.mkdir(parents=True)
            for path in [exercise.folder / name for name in FOR_LEARNERS] + parts_of(exercise.folder / "checks.py"):
                shutil.copy2(path, target / path.name)
            if kind == "student":
                store_reference(exercise, target / StoredReference.FILE)
            else:
                shutil.copytree(
                    exercise.folder / "instructor", target / "instructor", ignore=shutil.ignore_patterns("__pycache__")
                )
        shutil.copy2(exercises[0].folder.parent / "conftest.py", kit / "exercises" / "conftest.py")
        (kit / "README.md").write_text(STUDENT_README if kind == "student" else TEACHER_README, "utf-8")
        (kit / "grade.py").write_text(GRADE, "utf-8")
        (kit / "requirements.txt").write_text("".join(f"{line}\n" for line in _requirements()), "utf-8")
    kits = {}
    for kind in ("student", "teacher"):
        (building / kind).rename(out / kind)
        kits[kind] = out / kind
    building.rmdir()
    return kits


def _engine(kit: Path) -> None:
    """The grading package and the two leaves that it needs; no losses, networks or tasks: they are the answers."""
    package = kit / "course_lib"
    shutil.copytree(PACKAGE / "grading", package / "grading", ignore=shutil.ignore_patterns("__pycache__", "kits.py"))
    shutil.copy2(PACKAGE / "errors.py", package / "errors.py")
    (package / "__init__.py").write_text('"""The part of the course\'s library that grades exercises."""\n', "utf-8")


def _requirements() -> list[str]:
    """The course's own version bounds for what a kit needs."""
    bounds: dict[str, str] = {}
    for name in ("requirements.txt", "requirements-dev.txt"):
        path = PACKAGE.parent / name
        for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
            text = line.split("#")[0].strip()
            bounds[text.split(">")[0].split("=")[0].split("<")[0].strip()] = text
    return [bounds.get(need, need) for need in NEEDS]
