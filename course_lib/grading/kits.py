"""Kits: what a learner gets (no answers, and still the mistake is named), and what a teacher keeps."""

import platform
import re
import shutil
from importlib import metadata
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.checks import Exercise, exercise_names, load_exercise, parts_of
from course_lib.grading.reference import StoredReference, store_reference
from course_lib.learners import write_edition

PACKAGE = Path(__file__).resolve().parents[1]
FILES = Path(__file__).with_name("kit_files")
NEEDS = ("torch", "numpy", "safetensors", "psutil", "tqdm", "pytest", "matplotlib", "ipykernel", "pyyaml")
FOR_LEARNERS = ("task.md", "exercise.py", "checks.py", "test_exercise.py")
DOCS = ("grading.md", "grading-workflow.yml")
WHEEL = 0.13  # GB: torch 2.14.1 as Windows (124 MB) and macOS (127 MB) download it


def make_kits(out: Path, lessons: str, course: str = "") -> dict[str, Path]:
    """Write ``student/`` and ``teacher/`` under ``out``.

    Args:
        lessons: where students find the lessons.
        course: the address of the course's ZIP, which the first cell of the lessons in the teacher's kit fetches.

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
        text = (FILES / f"{kind}.md").read_text("utf-8")
        words = {"torch": _how_large_torch_is(), "lessons": _where_the_lessons_are(exercises, lessons)}
        (kit / "README.md").write_text(text.format(**words), "utf-8")
        shutil.copy2(FILES / "grade.py", kit / "grade.py")
        shutil.copy2(FILES / "pyproject.toml", kit / "pyproject.toml")
        if kind == "teacher":
            write_edition(kit / "lessons", course, up="..")
            (kit / "docs").mkdir()
            for name in DOCS:
                shutil.copy2(PACKAGE.parent / "docs" / name, kit / "docs" / name)
        (kit / "requirements.txt").write_text("".join(f"{line}\n" for line in _requirements()), "utf-8")
    kits = {}
    for kind in ("student", "teacher"):
        (building / kind).rename(out / kind)
        kits[kind] = out / kind
    building.rmdir()
    return kits


def _engine(kit: Path) -> None:
    """The grading package and the leaves that it needs; no losses, networks or tasks: they are the answers."""
    package = kit / "course_lib"
    left_out = shutil.ignore_patterns("__pycache__", "kits.py", "kit_files")
    shutil.copytree(PACKAGE / "grading", package / "grading", ignore=left_out)
    (package / "commands").mkdir()
    for name in ("errors.py", "files.py", "seeds.py", "terminal.py", "commands/__init__.py", "commands/grade.py"):
        shutil.copy2(PACKAGE / name, package / name)
    shutil.copy2(FILES / "main.py", package / "__main__.py")
    (package / "__init__.py").write_text('"""The part of the course\'s library that grades exercises."""\n', "utf-8")


def _where_the_lessons_are(exercises: list[Exercise], lessons: str) -> str:
    """A sentence that names the lesson of each exercise."""
    numbers = {exercise.name.split("_")[0] for exercise in exercises}
    stems = sorted(p.stem for p in (PACKAGE.parent / "notebooks").glob("*.ipynb") if p.stem.split("_")[0] in numbers)
    named = f"Each exercise belongs to the lesson of its number ({', '.join(stems)})." if stems else ""
    return f"{named} The lessons are here: {lessons}.".strip()


def _how_large_torch_is() -> str:
    """A paragraph with what torch takes here, measured, because a learner may have a small disk or a slow line."""
    here = _installed("torch")
    gigabytes = sum(here.values()) / 1e9
    build = "with what NVIDIA's GPUs need" if any(name.startswith("nvidia-") for name in here) else "without GPUs"
    return (
        f"torch is by far the largest part. Windows and macOS download about {WHEEL} GB of it. Where this kit was made "
        f"({platform.system()}, torch {metadata.version('torch')} {build}) it takes {gigabytes:.1f} GB on the disk. On Linux pip "
        "chooses the build for NVIDIA's GPUs; the one without, a fraction of it, is all that grading needs: first "
        "`python -m pip install torch --index-url https://download.pytorch.org/whl/cpu`, then the line above."
    )


def _installed(name: str, seen: dict[str, int] | None = None) -> dict[str, int]:
    """Bytes on the disk of an installed package and of all that it requires, by name."""
    seen = {} if seen is None else seen
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key not in seen:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return seen  # for another system
        files = (Path(str(file.locate())) for file in distribution.files or ())
        seen[key] = sum(file.stat().st_size for file in files if file.is_file())
        for requirement in distribution.requires or ():
            if "extra ==" not in requirement:
                _installed(re.split(r"[^\w.-]", requirement)[0], seen)
    return seen


def _requirements() -> list[str]:
    """The course's own version bounds for what a kit needs."""
    bounds: dict[str, str] = {}
    for name in ("requirements.txt", "requirements-dev.txt"):
        path = PACKAGE.parent / name
        for line in path.read_text("utf-8").splitlines() if path.is_file() else []:
            text = line.split("#")[0].strip()
            bounds[text.split(">")[0].split("=")[0].split("<")[0].strip()] = text
    return [bounds.get(need, need) for need in NEEDS]
