"""What lessons ask of the learner: folded answers are right, guesses start empty, cells are short, claims are listed."""

import ast
import re
from pathlib import Path

import jupytext
import pytest
import torch

from course_lib.grading import check
from tools.lesson_claims import HEAD, claims, counts, table, write

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.py"))
LONGEST = 40  # lines of a cell
ANSWER = re.compile(r"<details><summary>Answer</summary>\s*```python\n(.*?)```\s*</details>", re.DOTALL)

each_lesson = pytest.mark.parametrize("script", LESSONS, ids=lambda path: path.stem)


def code(script: Path) -> list[str]:
    return [cell.source for cell in jupytext.read(script).cells if cell.cell_type == "code"]


def checked(script: Path) -> dict[str, str]:
    """name of the learner's function → what ``check`` is asked."""
    calls = re.findall(r'check\("([\w.]+)", (\w+)\)', "\n".join(code(script)))
    return {function: name for name, function in calls}


@each_lesson
def test_every_cell_to_write_in_is_checked_empty_and_has_a_right_answer_below(script):
    cells, asked = jupytext.read(script).cells, checked(script)
    assert 2 <= len(asked) <= 4
    for function, name in asked.items():
        at = next(i for i, cell in enumerate(cells) if cell.cell_type == "code" and f"def {function}(" in cell.source)
        assert "# your lines here" in cells[at].source
        scope = {"torch": torch}
        exec(cells[at].source.split("check(")[0], scope)  # as it stands, the learner has not written it
        assert not check(name, scope[function]).passed
        answer = ANSWER.search(cells[at + 1].source)
        assert answer, f"{script.stem}: no folded answer below {function}"
        lines = [line for line in answer.group(1).splitlines() if line.strip()]
        assert 1 <= len(lines) - 1 <= 8
        exec(answer.group(1), scope)
        assert check(name, scope[function]).passed, str(check(name, scope[function]))


@each_lesson
def test_guesses_start_empty(script):
    guesses = [
        node.value
        for source in code(script)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "my_guess"
    ]
    assert len(guesses) == 1
    assert all(value.value is None for value in guesses[0].values)


@each_lesson
def test_no_cell_is_long(script):
    assert max(len(source.splitlines()) for source in code(script)) <= LONGEST


@each_lesson
def test_pictures_in_figures_are_large_enough_to_see(script):
    """At least 110 pixels on the page: dots per inch times inches, less the gap between two."""
    gap = {"picture_grid": (80, 4), "point_panels": (90, 11)}
    for source in code(script):
        for node in ast.walk(ast.parse(source)):
            name = isinstance(node, ast.Call) and (getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
            sides = [keyword.value.value for keyword in getattr(node, "keywords", []) if keyword.arg == "side"]
            if name in gap and sides:
                dots, between = gap[name]
                assert sides[0] * dots - between >= 110, (script.stem, name, sides[0])


@each_lesson
def test_there_is_a_slider(script):
    assert sum("plots.Slider(" in source for source in code(script)) == 1


@each_lesson
def test_opening_and_ending(script):
    cells = [cell.source for cell in jupytext.read(script).cells if cell.cell_type == "markdown"]
    for row in ("| you need |", "| time |", "| difficulty |", "| exercise |", "?tab=", "| next lesson |", "한국어"):
        assert row in cells[0], row
    whole = "\n".join(cells)
    for heading in ("## The answer in three sentences", "## What did not hold", "## What holds only in this toy"):
        assert heading in whole
    answer = whole.split("## The answer in three sentences")[1].split("##")[0]
    assert len(re.findall(r"[.!?](?=\s|$)", answer.replace("**", ""))) == 3


@each_lesson
def test_teachers_page_lists_every_claim_of_the_lesson(script):
    page = (NOTEBOOKS / "teacher" / f"{script.stem}.md").read_text(encoding="utf-8")
    assert table(script) in page, f"Out of date: python -m tools.lesson_claims {script.stem}"
    minutes = [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert sum(minutes) == 90 or sum(minutes) == 100, minutes


def test_claims_and_counts_of_a_small_lesson(tmp_path):
    script = tmp_path / "09_small.py"
    script.write_text(
        "# %% [markdown]\n# # Small\n#\n# It has 3 cells. See lesson 01. Nothing else.\n"
        "# %%\nx = 1\ntext_check(\n    x == 1,\n    'One is one.',\n)\nassert x\n"
        "# %% [markdown]\n# ## More\n"
        "# %%\ntext_check(x < 2, 'Less than two.')\n",
        encoding="utf-8",
    )
    assert [tuple(claim) for claim in claims(script)] == [("One is one.", "Small", 1), ("Less than two.", "More", 3)]
    assert counts(script) == (3, 1)


def test_the_table_is_written_into_its_place_and_nothing_else_changes(tmp_path):
    script, page = tmp_path / "09_small.py", tmp_path / "teacher" / "09_small.md"
    page.parent.mkdir()
    script.write_text("# %%\ntext_check(x < 2, 'Less than | two.')\n", encoding="utf-8")
    page.write_text(f"# Page\n\n{HEAD}\nold\n\n## More\n\ntext\n", encoding="utf-8")
    assert write(script) and not write(script)
    made = page.read_text("utf-8")
    assert made == f"# Page\n\n{HEAD}\n{table(script)}\n\n## More\n\ntext\n" and "Less than \\| two." in made
    page.write_text("# Page\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="has no section"):
        write(script)
    with pytest.raises(SystemExit, match=r"no .*10_none.py. Name a lesson"):
        write(tmp_path / "10_none.py")
