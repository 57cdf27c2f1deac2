"""Kits: what a learner gets works where it is unpacked, says what it is, and holds no answer; a teacher's has everything."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from course_lib.errors import CourseError
from course_lib.grading import kits
from course_lib.grading.compare import same
from course_lib.grading.kits import make_kits
from course_lib.grading.reference import LiveReference, StoredReference
from course_lib.grading.submissions import submission

from .conftest import EXERCISE, EXERCISES, NAMES, linux_only, sample
from .test_engine import SOLUTION, SWAPPED, submit

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def made(request, tmp_path_factory, worker_id):
    """Both kits, made once for all processes of a run. Every mutant of an exercise runs for what a kit knows of it: in
    ``make bench`` of every exercise, else of one."""
    base = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with FileLock(base / "kits.lock"):
        if (base / "kits.done").exists():
            return {kind: base / "kits" / kind for kind in ("student", "teacher")}
        everything = request.config.option.markexpr == "bench"
        store = kits.store_reference
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                kits,
                "store_reference",
                lambda one, *where: store(one, *where) if everything or one.name == EXERCISE.name else None,
            )
            places = make_kits(base / "kits", "https://course.example/lessons")
        (base / "kits.done").touch()
        return places


@pytest.fixture(scope="module")
def elsewhere(made, tmp_path_factory):
    """Runs Python in the student kit, unpacked elsewhere, with the libraries and without the course."""
    import torch

    place = tmp_path_factory.mktemp("elsewhere")
    archive = shutil.make_archive(str(place / "student"), "zip", made["student"])
    shutil.unpack_archive(archive, place / "kit")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], check=True)
    # The libraries by path, so that the course (installed there as a link) is not among them.
    packages = next(place.glob("venv/lib/python*/site-packages"))
    (packages / "libraries.pth").write_text(f"{Path(torch.__file__).parents[1]}\n")
    clean = {"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "HOME": str(place)}

    def run(*arguments, **more):
        command = [str(place / "venv" / "bin" / "python"), *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, env=clean | more, cwd=place / "kit", timeout=200, check=False
        )

    return run


def first_command(markdown: str) -> list[str]:
    """The words of the first indented command that grades."""
    line = next(line for line in markdown.splitlines() if line.startswith("    python -m course_lib grade"))
    return line.split("#")[0].split()[1:]


@pytest.mark.slow
@linux_only
def test_the_first_command_of_a_task_works_in_the_kit(elsewhere, made):
    assert "No module named 'course_lib'" in elsewhere("-I", "-c", "import course_lib").stderr
    commands = {
        name: first_command((made["student"] / "exercises" / name / "task.md").read_text("utf-8")) for name in NAMES
    }
    assert all(
        command[:3] == ["-m", "course_lib", "grade"] and command[3] == name for name, command in commands.items()
    )
    stub = elsewhere(*commands[EXERCISE.name])
    assert stub.returncode == 1 and "Not written yet" in stub.stdout and "0 of 36" in stub.stdout, stub
    assert elsewhere("grade.py", "99").returncode == 2


@pytest.mark.bench
@pytest.mark.slow
@linux_only
def test_mistakes_are_named_and_nothing_hidden_is_claimed(elsewhere, tmp_path):
    report = tmp_path / "report.json"
    right = elsewhere(
        "grade.py", "06_pix2pix", "--submission", submit(tmp_path, SOLUTION, "done.py"), "--report", f"json:{report}"
    )
    assert right.returncode == 0 and "36 of 36" in right.stdout and "visible numbers only" in right.stdout, right
    data = json.loads(report.read_text("utf-8"))
    assert (data["score"], data["seed"]) == (36, 0)
    assert all(case["visible"] for check in data["checks"] for case in check["cases"])

    wrong = {
        "has the real and fake targets swapped: on these logits you return 1.1759": SWAPPED,
        "runs the recursion from the picture to the score": SOLUTION.replace("in reversed(layers):", "in layers:"),
        "leaves λ out": SOLUTION.replace("+ weight * (fake - y)", "+ (fake - y)"),
    }
    for said, text in wrong.items():
        told = elsewhere("grade.py", "06", "--submission", submit(tmp_path, text, "wrong.py"))
        assert said in " ".join(told.stdout.split()), told


@pytest.mark.bench
@pytest.mark.slow
@linux_only
def test_pytest_and_the_card_work_in_the_kit(elsewhere):
    tested = elsewhere("-m", "pytest", f"exercises/{NAMES[0]}", "-q", "-p", "no:cacheprovider")
    assert tested.returncode == 1 and " of " in tested.stdout and "Not written yet" in tested.stdout, tested
    card = elsewhere(
        "-c",
        "from course_lib.grading import check; print(check('06.patch_layers', lambda n: []))",
        PYTHONIOENCODING="ascii",
    )
    assert card.returncode == 0 and card.stdout.startswith("x patch_layers: 0 of 1 points"), card


@pytest.mark.parametrize("name", sample(NAMES, EXERCISE.name))
def test_what_a_kit_knows_of_an_exercise_is_what_the_course_computes(name, made):
    kit, course = (kits.load_exercise(place / "exercises" / name) for place in (made["student"], ROOT))
    stored, live = StoredReference(kit), LiveReference(course)
    for check in course.checks:
        assert [m.name for m in stored.mistakes(check, (0,))] == [m.name for m in live.mistakes(check, (0,))]
        right = stored.expected(check, (0,))
        for where, seen in live.expected(check, (0,)).items():
            assert same(right[where], seen), (check.function, where)


def test_a_damaged_kit_is_a_sentence(made, tmp_path):
    folder = shutil.copytree(made["student"] / "exercises" / NAMES[0], tmp_path / NAMES[0])
    (folder / StoredReference.FILE).write_bytes(b"\0" * 100)
    with pytest.raises(CourseError, match="cannot be read .* Take a fresh copy"):
        StoredReference(kits.load_exercise(folder))


def test_no_answer_is_in_the_students_kit(made):
    home = made["student"]
    # No code of a solution or a mutant anywhere in it, in text or in the stored outputs.
    everything = b"\n".join(
        p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file() and "__pycache__" not in p.parts
    )
    assert (
        not list(home.rglob("instructor")) and not list(home.rglob("losses")) and b"ALTERNATIVES = {" not in everything
    )
    for folder in (EXERCISES / name for name in NAMES):
        code = "".join(path.read_text("utf-8") for path in (folder / "instructor").glob("*.py"))
        taught = "".join(path.read_text("utf-8") for path in [*EXERCISES.glob("*/checks*.py"), folder / "task.md"])
        lines = {
            line.strip().rstrip(",")
            for line in code.splitlines()
            if any(word in line for word in ("lambda ", "return ", "loss", ".mean()"))
        }
        code_lines = [
            line
            for line in lines
            if len(line) > 40 and not line.startswith(("_add(", "@_add(", "def ")) and line not in taught
        ]
        assert len(code_lines) > 100, folder.name
        assert [line for line in code_lines if line.encode() in everything] == []


def test_the_students_kit_says_what_it_is(made):
    words = (made["student"] / "README.md").read_text("utf-8")
    for name in NAMES:
        [lesson] = (ROOT / "notebooks").glob(f"{name.split('_')[0]}_*.ipynb")
        assert lesson.stem in words
    assert "https://course.example/lessons" in words and "not a mark" in words
    [gigabytes] = re.findall(r"takes ([0-9.]+) GB", words)
    torch_alone = sum(size for name, size in kits._installed("torch").items() if name == "torch") / 1e9
    assert float(gigabytes) >= round(torch_alone, 1) > 0.1
    assert "{" not in words


def test_the_size_of_a_package_counts_what_it_requires_once():
    sizes = kits._installed("torch")
    assert {"torch", "sympy", "mpmath", "jinja2", "markupsafe"} <= set(sizes)
    assert sizes["markupsafe"] == kits._installed("MarkupSafe")["markupsafe"] > 0
    assert kits._installed("no-such-package-here") == {}


def test_the_teachers_kit_has_the_guide_and_every_solution(made):
    teacher = made["teacher"]
    assert (teacher / "docs" / "grading.md").read_bytes() == (ROOT / "docs" / "grading.md").read_bytes()
    for name in re.findall(
        r"docs/[\w.-]+",
        (teacher / "README.md").read_text("utf-8") + (teacher / "docs" / "grading.md").read_text("utf-8"),
    ):
        assert (teacher / name).is_file(), name
    for name in NAMES:
        exercise = kits.load_exercise(teacher / "exercises" / name)
        assert submission(exercise.folder / "instructor", exercise).file == "solution.py"


@pytest.mark.parametrize("kind", ["student", pytest.param("teacher", marks=pytest.mark.bench)])
def test_a_kit_has_or_requires_everything_that_it_imports(made, kind):
    needed = (made[kind] / "requirements.txt").read_text("utf-8").split()
    imported = set()
    for path in (made[kind] / "course_lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    own = {name.replace(".", "/") for name in imported if name.split(".")[0] == "course_lib"}
    assert [
        name for name in own if not list(made[kind].glob(f"{name}.py")) + list(made[kind].glob(f"{name}/__init__.py"))
    ] == []
    others = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names) - {"course_lib"}
    assert {{"yaml": "pyyaml"}.get(name, name) for name in others} <= {re.split("[<>=]", line)[0] for line in needed}


def test_kits_do_not_overwrite(tmp_path):
    (tmp_path / "kept.txt").write_text("x")
    with pytest.raises(CourseError, match="not empty"):
        make_kits(tmp_path, "there")


def test_the_teachers_kit_has_the_lessons_to_hand_out(made):
    lessons = {path.name: path.read_text("utf-8") for path in (made["teacher"] / "lessons").iterdir()}
    assert set(lessons) == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    for name, text in lessons.items():
        assert not any(cell.get("outputs") for cell in json.loads(text)["cells"]), name
        for link in re.findall(r"\]\((\.\./[^)]+)\)", text):
            assert (made["teacher"] / "lessons" / link).is_file(), (name, link)
    assert (
        "lessons/" in (made["teacher"] / "README.md").read_text("utf-8") and not (made["student"] / "lessons").exists()
    )
