"""The learner's edition: copies without outputs, never over what is there, which open wherever they were edited."""

import ast
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class
from nbclient import NotebookClient

from course_lib import cli
from course_lib.errors import CourseError
from course_lib.learners import FIRST_CELL, needs, write_edition

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
LOCAL_LINK = re.compile(r"\]\(((?:\.\.?/)*[\w/ -]+\.(?:ipynb|md)|\.\./[^)]+)\)")


@pytest.fixture(autouse=True)
def found_from_the_package(monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(ROOT))


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_ROOT", str(ROOT))
        return write_edition(tmp_path_factory.mktemp("elsewhere") / "my lessons")


def read(path):
    return nbformat.read(path, as_version=4)


def test_every_lesson_is_there_valid_and_without_outputs(edition):
    assert [path.name for path in edition.written] == NAMES and edition.kept == []
    assert sorted(path.name for path in edition.folder.iterdir()) == NAMES
    for path in edition.written:
        notebook = read(path)
        nbformat.validate(notebook)
        assert "jupytext" not in notebook.metadata
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_a_copy_says_what_the_lesson_says_after_one_cell_more(edition):
    for path in edition.written:
        original, mine = read(ROOT / "notebooks" / path.name).cells, read(path).cells
        assert mine[0].source == FIRST_CELL.read_text("utf-8").rstrip() and len(mine[0].source.splitlines()) <= 40
        assert [c.cell_type for c in mine[1:]] == [c.cell_type for c in original]
        assert [LOCAL_LINK.sub("", c.source) for c in mine[1:]] == [LOCAL_LINK.sub("", c.source) for c in original]
        assert [c.metadata for c in mine[1:]] == [c.metadata for c in original]


def test_links_lead_somewhere(edition):
    links = {
        (path, link)
        for path in edition.written
        for cell in read(path).cells
        if cell.cell_type == "markdown"
        for link in LOCAL_LINK.findall(cell.source)
    }
    assert len(links) > len(NAMES)
    written_later = {"05_averaging.ipynb", "08_gram.ipynb"} - set(NAMES)
    assert [link for path, link in links if not (path.parent / link).exists() and link not in written_later] == []


def test_a_link_survives_a_path_with_spaces_and_brackets(tmp_path, monkeypatch):
    course = tmp_path / "My Kurs (1) 김" / "course"
    (course / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "01_game.ipynb", course / "notebooks")
    monkeypatch.setenv("COURSE_ROOT", str(course))
    (copy,) = write_edition(tmp_path / "out").written
    links = {link for cell in read(copy).cells for link in re.findall(r"\]\((\.\./[^)]+)\)", cell.source)}
    assert links and all(not re.search(r"[\s()]", link) for link in links)
    assert {(copy.parent / unquote(link)).resolve().relative_to(course).parts[0] for link in links} <= {
        "exercises",
        "docs",
    }


def test_what_is_there_stays_and_what_is_missing_comes(tmp_path, capsys, monkeypatch):
    mine = tmp_path / NAMES[1]
    mine.write_text("my answers, not even JSON")
    (tmp_path / NAMES[2]).symlink_to(tmp_path / "gone")
    monkeypatch.setattr(sys, "argv", ["course_lib", "lessons", "--out", str(tmp_path)])
    cli.main()
    said = capsys.readouterr().out
    assert f"kept as it is: {mine}" in said and f"written: {tmp_path / NAMES[0]}" in said and "new folder" in said
    assert mine.read_text() == "my answers, not even JSON"
    assert not (tmp_path / "gone").exists()
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.ipynb") if path.is_file()}
    again = write_edition(tmp_path)
    assert again.written == [] and [path.name for path in again.kept] == NAMES
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.ipynb") if path.is_file()} == before


def test_a_file_that_comes_while_it_writes_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    mine = tmp_path / NAMES[0]
    mine.write_text("mine")
    assert write_edition(tmp_path).kept == [mine] and mine.read_text() == "mine"


def test_a_disk_without_hard_links_will_do(tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert [path.name for path in write_edition(tmp_path / "new").written] == NAMES
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == NAMES


@pytest.mark.parametrize("where", ["file", "file/below", "notebooks"])
def test_a_place_that_cannot_be_is_one_sentence(where, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("x")
    place = ROOT / "notebooks" if where == "notebooks" else tmp_path / where
    before = sorted((ROOT / "notebooks").iterdir())
    monkeypatch.setattr(sys, "argv", ["course_lib", "lessons", "--out", str(place)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    told = capsys.readouterr()
    assert stopped.value.code == 2 and told.out == ""
    assert str(place) in told.err and "ame another" in told.err.replace("Name a folder", "Name another")
    assert "Traceback" not in told.err and (tmp_path / "file").read_text() == "x"
    assert sorted((ROOT / "notebooks").iterdir()) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(CourseError, match="Permission denied"):
        write_edition(tmp_path)
    with pytest.raises(CourseError, match="Permission denied"):
        write_edition(tmp_path / "below")


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(path, *_):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CourseError, match=r"00_start_here.ipynb cannot be written \(No space left on device\)"):
        write_edition(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_course_without_lessons_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    with pytest.raises(CourseError, match="holds no lessons"):
        write_edition(tmp_path / "out")


@pytest.mark.parametrize("kind", ["edition", "notebooks"])
@pytest.mark.parametrize("newer", [".ipynb", ".py"])
@pytest.mark.parametrize("name", [NAMES[0], NAMES[-1]])
def test_a_lesson_edited_elsewhere_opens_with_the_edit(kind, newer, name, edition, tmp_path):
    """Edited without jupytext (VS Code, Colab), then opened through the contents manager that JupyterLab uses here."""
    lesson = tmp_path / name
    shutil.copy(edition.folder / name if kind == "edition" else ROOT / "notebooks" / name, lesson)
    shutil.copy((ROOT / "notebooks" / name).with_suffix(".py"), tmp_path)
    edited = json.loads(lesson.read_text("utf-8"))
    cell = next(c for c in edited["cells"] if "my_guess = " in "".join(c["source"]))
    cell["source"] = 'my_guess = {"mine": 1}'
    lesson.write_text(json.dumps(edited), "utf-8")
    for end, back in ((".ipynb", 0 if newer == ".ipynb" else 3600), (".py", 0 if newer == ".py" else 3600)):
        when = lesson.with_suffix(end).stat().st_mtime - back
        os.utime(lesson.with_suffix(end), (when, when))
    manager = build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(tmp_path))
    shown = manager.get(name, type="notebook", content=True)["content"]
    assert 'my_guess = {"mine": 1}' in [c["source"] for c in shown["cells"]]
    script = lesson.with_suffix(".py").read_bytes()
    manager.save({"type": "notebook", "content": shown, "format": "json"}, name)
    assert 'my_guess = {"mine": 1}' in lesson.read_text("utf-8").replace('\\"', '"')
    assert lesson.with_suffix(".py").read_bytes() == script


@pytest.mark.bench
@pytest.mark.slow
def test_a_copy_runs_from_any_folder(edition, monkeypatch):
    monkeypatch.delenv("COURSE_ROOT")
    notebook = read(edition.written[0])
    NotebookClient(
        notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(edition.folder)}}
    ).execute()
    assert "01_game" in str(notebook.cells[-10:]) or any("exercises here: 01_game" in str(c) for c in notebook.cells)
    assert sorted(path.name for path in edition.folder.iterdir()) == NAMES


# The first cell, where the course is not installed


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The course as a hosting service packs it: one folder in a ZIP (what the first cell needs of it)."""
    place = tmp_path_factory.mktemp("archive")
    course = place / "pack" / "losses-main"
    shutil.copytree(ROOT / "course_lib", course / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", course)
    return Path(shutil.make_archive(str(place / "losses-main"), "zip", place / "pack"))


@pytest.fixture(scope="module")
def without_the_course(tmp_path_factory):
    """Runs the first cell, and what follows, in a Python with the libraries and without the course."""
    import torch

    place = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "libraries.pth").write_text(f"{Path(torch.__file__).parents[1]}\n")
    then = "\nimport course_lib.losses, course_lib.paths\nprint(course_lib.__file__, course_lib.paths.course_root(), sep='\\n')"

    def run(folder, course="", path=""):
        cell = FIRST_CELL.read_text("utf-8").replace('COURSE = ""', f"COURSE = {course!r}", 1)
        return subprocess.run(
            [str(place / "bin" / "python"), "-c", "import sys\n" + cell + then],
            cwd=folder, env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "PYTHONPATH": path},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="builds a bare Python as Linux has it")


def found_in(folder):
    course = folder.resolve() / "losses-you-can-see"
    return f"{course / 'course_lib' / '__init__.py'}\n{course}\n"


@pytest.mark.bench
@linux_only
@pytest.mark.slow
def test_the_zip_beside_the_notebook_is_unpacked_once(without_the_course, archive, tmp_path):
    shutil.make_archive(str(tmp_path / "a homework"), "zip", ROOT / "docs")  # another ZIP, first in the alphabet
    shutil.copy(archive, tmp_path)
    first = without_the_course(tmp_path)
    assert first.stdout == found_in(tmp_path), first.stderr
    (tmp_path / archive.name).unlink()
    marked = tmp_path / "losses-you-can-see" / "mine.txt"
    marked.write_text("mine")
    assert without_the_course(tmp_path).stdout == found_in(tmp_path) and marked.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a homework.zip", "losses-you-can-see"]


@pytest.mark.bench
@linux_only
@pytest.mark.slow
def test_the_address_is_fetched_even_where_a_kit_is_on_the_path(without_the_course, archive, tmp_path):
    kit = tmp_path / "kit" / "course_lib"
    kit.mkdir(parents=True)
    (kit / "__init__.py").write_text('"""The part of the library that grades."""')
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=archive.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{archive.name}"
        done = without_the_course(tmp_path, address, path=str(kit.parent))
        assert done.stdout == found_in(tmp_path), done.stderr
        missing = without_the_course(kit, address.replace(".zip", ".tar"))
        server.shutdown()
    assert missing.returncode == 1 and "404" in missing.stderr and list(kit.glob("losses*")) == []


@linux_only
@pytest.mark.slow
def test_an_empty_folder_of_the_courses_name_is_not_the_course(without_the_course, tmp_path):
    (tmp_path / "losses-you-can-see").mkdir()
    assert "The course is not installed here. Put its ZIP" in without_the_course(tmp_path).stderr


@linux_only
@pytest.mark.slow
def test_without_zip_and_address_it_says_what_to_do(without_the_course, tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK no ZIP")
    done = without_the_course(tmp_path)
    assert f"Put its ZIP into {tmp_path.resolve()}" in done.stderr and "COURSE =" in done.stderr
    wrong = shutil.make_archive(str(tmp_path / "other" / "wrong"), "zip", ROOT / "docs")
    done = without_the_course(tmp_path, Path(wrong).as_uri())
    assert "wrong.zip is not the course's ZIP" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.zip", "other"]


def test_the_address_stands_in_the_copies(tmp_path):
    edition = write_edition(tmp_path, 'https://course.example/a"b.zip')
    for path in edition.written:
        first, *others = read(path).cells
        assert ast.literal_eval(re.search(r"^COURSE = (\".*\")  #", first.source, re.MULTILINE)[1]).endswith('a"b.zip')
        assert not any("](../" in cell.source for cell in others)
    assert "](losses-you-can-see/exercises/01_game/task.md)" in (tmp_path / "01_game.ipynb").read_text("utf-8")


def test_what_is_missing_is_what_is_not_installed():
    text = "# lines\n-r other.txt\nnumpy>=2\ngradio==6.31.*\nno-such-package-here>=1,<2  # why\n\npyyaml>=6\n"
    assert needs.missing(text) == ["no-such-package-here>=1,<2"]
    assert needs.missing((ROOT / "requirements.txt").read_text("utf-8")) == []


@pytest.mark.bench
def test_lessons_import_nothing_that_is_left_out_elsewhere():
    imports = {
        line
        for name in NAMES
        for cell in read(ROOT / "notebooks" / name).cells
        if cell.cell_type == "code"
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in [ast.unparse(node)]
    }
    blocked = sorted(name.replace("-", "_") for name in needs.LEFT_OUT - {"ipykernel", "pyarrow"})
    program = f"import sys\nfor name in {blocked!r}: sys.modules[name] = None\n" + "\n".join(sorted(imports))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert len(imports) > 20 and done.returncode == 0, done.stderr
