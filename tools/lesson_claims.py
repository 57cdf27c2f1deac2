"""Which sentences of a lesson are checked by its cells. ``python -m tools.lesson_claims notebooks/04_conditioning.py``

Prints the table that stands in the teacher's page: claim → section and cell that checks it, and the counts.
"""

import ast
import re
import sys
from pathlib import Path
from typing import NamedTuple

import jupytext

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


if __name__ == "__main__":
    print(table(Path(sys.argv[1])))
