"""Which sentences of a lesson are checked by its cells. ``python -m tools.lesson_claims [NAME …]``; all if none is named.

Writes the table at the end of the teacher's page: claim → section and cell that checks it, and the counts.
"""

import ast
import re
import sys
from pathlib import Path
from typing import NamedTuple

import jupytext

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
HEAD = "## Claims and the cells that check them\n"
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
SKIPPED = re.compile(
    r"(?s:```.*?```|<details>.*?</details>|\$\$.*?\$\$)|^\|.*$|^#.*$|^\* .*\b(?:19|20)\d\d, \*.*$", re.MULTILINE
)  # code, answers, formulas, tables, headings, what to read
NUMBER = re.compile(r"\d|\b(?:two|three|four|five|six|half|third|quarter|fifth|tenth|twice)\b")
POINTERS = re.compile(
    r"\b(?:lesson|section|sections|part|experiment|eq\.|row|rows|seed)s? \d[\d, and–]*|\[[^\]]*\]\([^)]*\)|`[^`]*`|\$[^$]*\$"
)


class Claim(NamedTuple):
    sentence: str
    section: str
    cell: int  # counted from 0 over all cells


def claims(script: Path) -> list[Claim]:
    """The sentences given to ``text_check``, in order, each with the section it stands in."""
    found, section = [], ""
    for at, cell in enumerate(jupytext.read(script).cells):
        if cell.cell_type == "markdown":
            section = (HEADING.findall(cell.source) or [section])[-1]
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "text_check":
                found.append((node.lineno, Claim(str(ast.literal_eval(node.args[1])), section, at)))
    return [claim for _, claim in sorted(found, key=lambda pair: (pair[1].cell, pair[0]))]


def counts(script: Path) -> tuple[int, int]:
    """(checks: ``text_check`` and ``assert``, sentences of the prose with a number in them)."""
    checks = sentences = 0
    for cell in jupytext.read(script).cells:
        if cell.cell_type == "code":
            nodes = list(ast.walk(ast.parse(cell.source)))
            checks += sum(
                isinstance(node, ast.Assert) or getattr(getattr(node, "func", None), "id", "") == "text_check"
                for node in nodes
            )
        else:
            prose = POINTERS.sub("", SKIPPED.sub("", cell.source))
            sentences += sum(bool(NUMBER.search(one)) for one in re.split(r"(?<=[.!?:])\s+", prose))
    return checks, sentences


def table(script: Path) -> str:
    """The Markdown that the teacher's page holds."""
    checks, sentences = counts(script)
    rows = [f"| {_cell(one.sentence)} | {_cell(one.section)} | {one.cell} |" for one in claims(script)]
    head = f"{checks} checks (`text_check` and `assert`); {sentences} sentences of the prose hold a number (definitions and settings counted in)."
    return "\n".join([head, "", "| claim | section | cell, from 0 |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    """A bar inside a cell would end it."""
    return text.replace("|", "\\|")


def write(script: Path) -> bool:
    """Puts the table into the lesson's teacher's page; whether that changed it.

    Raises:
        SystemExit: there is no such lesson, or its page has no place for the table.
    """
    page = script.parent / "teacher" / f"{script.stem}.md"
    if not script.is_file() or not page.is_file():
        sys.exit(f"{script.stem}: there is no {page if script.is_file() else script}. Name a lesson, such as 01_game.")
    before, place, after = (text := page.read_text("utf-8")).partition(HEAD)
    if not place:
        sys.exit(f"{page} has no section {HEAD.strip()!r}. Add the heading where the table shall stand.")
    following = re.search(r"^## ", after, re.MULTILINE)
    rest = f"\n{after[following.start() :]}" if following else ""
    made = f"{before}{HEAD}\n{table(script)}\n{rest}"
    page.write_text(made, "utf-8")
    return made != text


def main(names: list[str]) -> None:
    scripts = [NOTEBOOKS / f"{Path(name).stem}.py" for name in names] or sorted(NOTEBOOKS.glob("[0-9]*.py"))
    for script in scripts:
        changed = write(script)
        checks, sentences = counts(script)
        print(
            f"{script.stem}: {checks} checks, {sentences} sentences with a number{', page renewed' if changed else ''}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
