"""The code of a notebook: compared with lines written down here, with IPython's own reading, and with the lessons' scripts."""

import ast
import json
import re
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading.submissions.notebooks import code_of, is_notebook, plain_python

from .handed_in import RIGHT, notebook

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9]*.ipynb"))


def lines(*cells: str) -> list[str]:
    """The code that is left, without empty lines and remarks."""
    code = code_of(notebook(*cells).encode()).decode()
    return [line for line in code.splitlines() if line.strip() and not line.startswith("# cell")]


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline", "!pip install torch", "  !ls", "?print", "print?", "torch.nn??",
        "%%bash\ncat > exercise.py\ndef half(x): return 0", "\n\n%%html\n<b>half</b>", "!echo it's ( open",
        "!pip install \\\n  torch", "get_ipython().run_line_magic('matplotlib',\n 'inline')", "display(\n  1)", "%load_ext autoreload\n%autoreload 2",
    ],
)  # fmt: skip
def test_what_only_a_notebook_reads_is_left_out(cell):
    assert lines(cell, "x = 1") == ["x = 1"]
    assert lines(f"a = 0\n{cell}\nb = 0" if not cell.strip().startswith("%%") else cell, "x = 1")[-1] == "x = 1"


@pytest.mark.parametrize(
    "cell",
    [
        "x = (7\n%  3)", "text = '''\n%matplotlib inline\n!ls\n'''", 'x = """a\n!b""" + "c"', "x = 7 \\\n% 3", "x = 1  # it's (\ny = 2",
        "x = ['(', \"[\"]\ny = 3", "x = r'\\'\ny = 3", "d = {\n'a': 1,\n}", "x != 3", "def f():\n    '''It's\n    !fine'''\n    return 1",
        "check(3)", "x = check(3)", "def check(x):\n    return x",
    ],
)  # fmt: skip
def test_python_that_looks_like_it_stays(cell):
    assert lines(cell) == [line for line in cell.splitlines() if line.strip()]


def test_a_block_does_not_become_empty():
    cell = "try:\n    import torch\nexcept ImportError:\n    !pip install torch\nfor i in range(2):\n\t%time i\nx = 1"
    namespace: dict = {}
    exec(code_of(notebook(cell).encode()), namespace)
    assert namespace["x"] == 1


def test_an_indented_cell_is_read_as_a_notebook_reads_it():
    assert lines("    def f(x):\n        return x\n    y = f(1)") == ["def f(x):", "    return x", "y = f(1)"]


def test_timed_cells_are_code():
    assert lines("%%time\ndef f():\n    return 1", "%%capture out\ny = 2") == ["def f():", "    return 1", "y = 2"]


def test_the_card_is_left_out_where_it_is_the_courses():
    left = lines(
        "import torch\nfrom course_lib.grading import check",
        'check("03.x",\n      x)\ncard = check("03.y", y)\nz = 1',
        "from course_lib import losses",
    )
    kept = 'card = check("03.y", y)'  # a name that later cells may ask; what it is made by says nothing
    assert left.pop(0) == "import torch" and left[0].startswith("check = type(")
    assert left[1:] == [kept, "z = 1", "from course_lib import losses"]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("%time r = f(x)", "r = f(x)"),
        ("%time  f(\n  x)", "f(\n  x)"),
        ("files = !ls *.py", "files = []"),
        ("t = %timeit -o f(1)", "t = []"),
        ("files = get_ipython().getoutput('ls')", "files = []"),
        ("%%writefile exercise.py\ndef half(x):\n    return x / 2", "def half(x):\n    return x / 2"),
        ("%%writefile -a 'exercise.py'\nx = 1", "x = 1"),
    ],
)
def test_names_that_a_notebooks_line_gives_are_there_afterwards(cell, kept):
    assert lines(cell) == kept.splitlines()


def test_what_a_cell_writes_into_another_file_is_left_out():
    assert lines("%%writefile notes.txt\nhalf of x", "x = 1") == ["x = 1"]


def test_a_cells_lines_keep_their_places():
    cell = "%%time\n%matplotlib inline\nfrom __future__ import annotations\n!pip install \\\n  torch\nx = 1"
    code = code_of(notebook(cell).encode()).decode().splitlines()
    assert code.index("x = 1") - code.index("# cell 1 of the notebook") == 6


def test_a_python_file_that_came_from_a_notebook():
    """As Jupyter saves it, as it is copied from a cell, and with the course's card in it; every line stays in its place."""
    text = (
        "#!/usr/bin/env python\n# In[1]:\nget_ipython().run_line_magic('matplotlib', 'inline')\n%load_ext autoreload\n"
        "from course_lib.grading import check\ndef half(x):\n    return x / 2\nfiles = get_ipython().getoutput('ls')\n"
        "check('98.half', half(2))\nassert half(4) == 2 and files == []\n"
    )
    plain = plain_python(text.encode()).decode()
    assert plain.splitlines()[5:7] == text.splitlines()[5:7]
    assert len(plain.splitlines()) == len(text.splitlines())
    exec(plain, {})


@pytest.mark.parametrize(
    "text",
    [RIGHT.encode(), b"x = 7 \\\n% 3\n", b"\xff%ls\n", b"# get_ipython()\n", b"def display(x):\n    return x\r\n"],
)
def test_another_python_file_is_left_as_it_is(text):
    assert plain_python(text) == text


def test_future_imports_come_first():
    code = code_of(notebook("x = 1", "from __future__ import annotations\ny: None = 2").encode())
    namespace: dict = {}
    exec(compile(code, "x", "exec"), namespace)
    assert (namespace["x"], namespace["y"]) == (1, 2)


def test_old_formats_and_other_line_ends():
    old = {
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": ["a = 1\n"]}, {"cell_type": "markdown", "source": "x"}]}
        ]
    }
    assert b"a = 1\n" in code_of(json.dumps(old).encode())
    assert lines("a = 1\r\n%magic\r\nb = 2\r\n") == ["a = 1", "b = 2"]
    assert b"a = 1" in code_of(b"\xef\xbb\xbf" + notebook("a = 1").encode())
    assert "김 ?" in code_of(notebook("s = '김 \ud800'").encode()).decode()


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"cells": 3}', b'{"cells": [3]}', b'{"cells": [{"cell_type": "code", "source": 3}]}',
     b'{"cells": [{"cell_type": "code", "source": [3]}]}', b"[" * 100_000, b'{"cells": [], "metadata": 3}', RIGHT.encode(), b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_notebook_is_a_sentence(data):
    with pytest.raises(CourseError, match="not a Jupyter notebook"):
        code_of(data)


def test_a_notebook_is_known_by_what_it_is():
    book = notebook("x = 1").encode()
    assert is_notebook("exercise.py", book) and is_notebook("A.IPYNB", b"")
    assert not is_notebook("exercise.py", RIGHT.encode()) and not is_notebook("exercise.py", b"{'cells': 1}\n")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lessons_give_the_code_of_their_scripts(path):
    """A lesson's script is the same code, written by jupytext: the trees are equal but for calls of the card and of display."""

    def tree(code: str) -> list[str]:
        return [dumped for node in ast.parse(code).body if not left_out(dumped := ast.dump(node))]

    def left_out(dumped: str) -> object:
        return re.search(r"func=Name\(id='(check|display)'|alias\(name='check'\)|Name\(id='check', ctx=Store", dumped)

    assert tree(code_of(path.read_bytes()).decode()) == tree(path.with_suffix(".py").read_text("utf-8"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_ipython_changes_nothing_in_what_is_left(path):
    transform = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager().transform_cell
    code = code_of(path.read_bytes()).decode()
    assert transform(code) == code


@pytest.mark.parametrize(
    "use",
    [
        "print(check('03.undo', 1))", "card = check('03.undo', 1)\nprint(card, card.passed)",
        "for name in 'ab':\n    check(name, 1)", "    display(check('a', 1))", "def show():\n    display(1)\nshow()",
    ],
)  # fmt: skip
def test_whatever_is_done_with_the_courses_card_the_rest_runs(use):
    namespace: dict = {}
    exec(code_of(notebook("from course_lib.grading import check", use, "x = 1").encode()), namespace)
    assert namespace["x"] == 1
