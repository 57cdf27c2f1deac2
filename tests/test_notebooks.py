"""Every lesson: its script and its executed notebook say the same, the notebook is clean, and a new run confirms it."""

import json
import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from benchmarks import lessons
from tools.lesson_outputs import differences

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SCRIPTS = sorted(NOTEBOOKS.glob("[0-9]*.py"))
LIMIT = 90.0  # seconds a lesson may take on two idle cores
PATIENCE = 5  # how much slower a shared test machine may be before we call a lesson hung
LARGEST = 2 * 2**20
SAMPLE = "00_start_here"  # the shortest; the others are run by make bench
MACHINE_PATH = re.compile(r"/(root|home|Users|tmp|work)/|[A-Z]:\\\\Users")

each_lesson = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


def executed(script: Path) -> nbformat.NotebookNode:
    return nbformat.read(script.with_suffix(".ipynb"), as_version=4)


def sources(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source.strip()) for cell in notebook.cells]


def test_there_are_lessons_and_each_has_its_pair_and_its_teachers_page():
    assert SCRIPTS
    stems = {path.stem for path in SCRIPTS}
    assert stems == {path.stem for path in NOTEBOOKS.glob("[0-9]*.ipynb")}
    assert stems == {path.stem for path in (NOTEBOOKS / "teacher").glob("*.md")}


@each_lesson
def test_script_and_notebook_are_in_sync(script):
    assert sources(jupytext.read(script)) == sources(executed(script)), (
        f"{script.stem}: script and notebook differ. Execute it again: python -m benchmarks.lessons {script.stem}"
    )


@each_lesson
def test_committed_notebook_was_executed_from_top_to_bottom_without_an_error(script):
    cells = [cell for cell in executed(script).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@each_lesson
def test_committed_notebook_is_small_and_names_no_machine(script):
    path = script.with_suffix(".ipynb")
    assert path.stat().st_size <= LARGEST
    notebook = executed(script)
    for cell in notebook.cells:  # pictures are base64 and may spell anything
        for output in cell.get("outputs", []):
            for kind in [key for key in output.get("data", {}) if key.startswith("image/")]:
                del output["data"][kind]
    found = MACHINE_PATH.search(json.dumps(notebook))
    assert not found, f"{path.name} names a path of the machine it ran on: {found.group()}"
    assert notebook.metadata.kernelspec.name == "python3"


@each_lesson
def test_nothing_is_paired(script):
    """Jupytext's pairs refuse, or silently drop, what was written elsewhere; the command that executes lessons needs none."""
    for path in (script, script.with_suffix(".ipynb")):
        assert "formats" not in jupytext.read(path).metadata.get("jupytext", {}), path.name


@pytest.mark.slow
@pytest.mark.timeout(LIMIT * PATIENCE + 60)
@pytest.mark.parametrize(
    "script",
    [pytest.param(path, id=path.stem, marks=() if path.stem == SAMPLE else pytest.mark.bench) for path in SCRIPTS],
)
def test_lesson_runs_and_its_stored_notebook_says_what_this_run_says(script):
    """Every claim is an assertion of the lesson's own, so running it is testing it; what it printed is then compared."""
    stale = differences(executed(script), lessons.run(script, patience=LIMIT * PATIENCE))
    assert not stale, "\n".join(
        [f"{script.stem} is out of date. Execute it again: python -m benchmarks.lessons {script.stem}", *stale]
    )
