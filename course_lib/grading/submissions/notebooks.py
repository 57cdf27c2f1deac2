"""The Python in a Jupyter notebook: the code of its cells, without magics, shell lines and calls of the course's own card.

A .py file that was saved or copied from one is read in the same way.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.observe import CELL

# A cell of these is Python as well; every other %%magic hands its cell to something else.
PYTHON_CELLS = {"time", "timeit", "capture", "prun", "python", "python3"}
CELL_MAGIC = re.compile(r"\s*%%(\w+)([^\n]*)(?:\n|\Z)")
PYTHON_FILE = re.compile(r"\.py[\s'\"]*\Z")  # of %%writefile: what the cell holds is the answer
# What only a notebook reads: %magic, !command, ?help, name?, files = !ls. It ends with its line.
NOTEBOOK_LINE = re.compile(
    r"[ \t]*(?:[%!?]|[\w.]+\?{1,2}[ \t]*(?:\n|\Z)|(?P<kept>[\w, \t.\[\]]+=)[ \t]*(?:[!%]|get_ipython\())"
)
# %time r = f(x): what is timed is run, and keeps its names.
TIMED = re.compile(r"([ \t]*)%time[ \t]+(?=[^\s#])")
# Python that calls the notebook around it, or the course's card, which cannot be had while something is graded.
NOTEBOOK_CALL = re.compile(r"[ \t]*(?:get_ipython|display)\(")
CARD_IMPORT = re.compile(r"^[ \t]*from[ \t]+course_lib\.grading[ \t]+import[ \t]+\(?\s*check\b", re.M)
CARD_CALL = re.compile(r"check\(")
# Where a card is kept, printed or asked nevertheless, it is one that says nothing.
NO_CARD = 'check = type("check", (), {"__init__": lambda *_, **__: None, "__getattr__": lambda *_: None})'
# What a .py file has of a notebook; one without any of it is left as it is.
OF_NOTEBOOK = re.compile(
    rb"^[ \t]*(?:[%!]|[^#\n]*\bget_ipython\(|display\(|from[ \t]+course_lib\.grading[ \t]+import\b)", re.M
)
FUTURE = re.compile(r"from[ \t]+__future__[ \t]")
# Strings, comments and line ends, as far as they decide where a statement ends. A string that is never closed runs to the end.
TOKEN = re.compile(
    r"'''(?:\\.|[^\\])*?(?:'''|\Z)|\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)"
    r"|'(?:\\.|[^'\\\n])*'?|\"(?:\\.|[^\"\\\n])*\"?|\#[^\n]*|\\\n|.",
    re.S,
)
LINE = re.compile(r"(?:\\\n|[^\n])*\n?")


def is_notebook(name: str, data: bytes) -> bool:
    """By its name, or by what it is: a browser may have saved a notebook as ``exercise.py``."""
    inside = data.lstrip()[:1] == b"{" and b'"cells"' in data and b'"nbformat"' in data
    return name.lower().endswith(".ipynb") or inside


def code_of(data: bytes) -> bytes:
    """One Python file from a notebook's bytes.

    Raises:
        CourseError: it is no notebook, or one of another language, or has no code. The sentence goes on after the file's name.
    """
    try:
        book = json.loads(data.decode("utf-8-sig"))
        language = book.get("metadata", {}).get("kernelspec", {}).get("language") or "python"
        # Format 3 had its cells in worksheets and called the source "input".
        cells = book["cells"] if "cells" in book else [c for sheet in book["worksheets"] for c in sheet["cells"]]
        texts = [_text(c.get("source", c.get("input", ""))) for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CourseError(
            "is not a Jupyter notebook that can be read. Save it again, or hand in a .py file."
        ) from error
    if str(language).lower() != "python":
        raise CourseError(f"is a notebook for {str(language)[:30]!r}. Hand in one for Python.")
    card = any(map(CARD_IMPORT.search, texts))  # else a learner's own check() is meant
    first, parts = "", []
    for number, text in enumerate(texts, start=1):
        statements = list(_python(text, card))
        first += "".join(s for s in statements if FUTURE.match(s))  # allowed at the top of a file alone
        kept = "".join(_instead(s, "") if FUTURE.match(s) else s for s in statements)
        if kept.strip():
            parts.append(f"{CELL.format(number)}\n{kept.rstrip()}\n")
    if not parts:
        raise CourseError("is a notebook without code. Save it after writing the functions in its cells.")
    return (first + "\n\n".join(parts)).encode("utf-8", "replace")


def plain_python(data: bytes) -> bytes:
    """A .py file's bytes without what only a notebook understands; its other lines stay where they are."""
    if not OF_NOTEBOOK.search(data):
        return data
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return data  # Python says what is wrong with it
    return "".join(_python(text, card=bool(CARD_IMPORT.search(text)))).encode()


def _text(source: Any) -> str:
    text = (source if isinstance(source, str) else "".join(source)).replace("\r\n", "\n").replace("\r", "\n")
    indent = re.match(r"[ \t]*", text)
    # A notebook lets a cell begin anywhere on the line, as pasted code does.
    return re.sub(f"^{indent[0]}", "", text, flags=re.M) if indent and indent[0] else text


def _python(cell: str, card: bool) -> Iterator[str]:
    """The logical lines of a cell, each with its line end, but for those that only a notebook understands."""
    magic = CELL_MAGIC.match(cell)
    if magic and magic[1] not in PYTHON_CELLS and not (magic[1] == "writefile" and PYTHON_FILE.search(magic[2])):
        return
    if magic:
        yield "\n" * magic[0].count("\n")
    at = magic.end() if magic else 0
    while at < len(cell):
        timed = TIMED.match(cell, at)
        of_notebook = None if timed else NOTEBOOK_LINE.match(cell, at)
        end = LINE.match(cell, at).end() if of_notebook else _end_of_statement(cell, at)  # type: ignore[union-attr]
        line = cell[at:end]
        if timed:
            line = timed[1] + line[timed.end() - at :]
        elif of_notebook and of_notebook["kept"]:  # files = !ls: the name is there, and has nothing in it
            line = f"{of_notebook['kept']} []" + "\n" * line.count("\n")
        elif card and CARD_IMPORT.match(line):
            line = _instead(line, NO_CARD)
        elif of_notebook or NOTEBOOK_CALL.match(line) or (card and CARD_CALL.match(line)):
            line = _instead(line, "pass" if line[0] in " \t" else "")  # a block must not become empty
        yield line if line.endswith("\n") else line + "\n"
        at = end


def _instead(statement: str, other: str) -> str:
    """Another statement in its place, with its indent and its number of lines."""
    return statement[: len(statement) - len(statement.lstrip(" \t"))] + other + "\n" * statement.count("\n")


def _end_of_statement(cell: str, at: int) -> int:
    """Just behind the first line end at which brackets are closed and no string is open."""
    depth = 0
    for token in TOKEN.finditer(cell, at):
        if token[0] in "([{":
            depth += 1
        elif token[0] in ")]}":
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            return token.end()
    return len(cell)
