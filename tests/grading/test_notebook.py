"""``check(...)``: the card, as a notebook shows it, as text, and after saving and exporting."""

import html
import inspect
import io
import re
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading import check
from course_lib.grading.checks import exercise_folder

ROOT = Path(__file__).parents[2]


def wrong_end(layers):
    size = 1
    for kernel, stride, _ in layers:
        size = (size - 1) * stride + kernel
    return size


def right(layers):
    size = 1
    for kernel, stride, _ in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def test_right_answer_says_so():
    card = check("06.receptive_field", right)
    assert card.passed and card.result.score == 3 and card.picture is None
    assert "✓ receptive_field: 3 of 3 points" in str(card)


def test_wrong_answer_is_named_and_drawn():
    card = check("06.receptive_field", wrong_end)
    assert not card.passed
    assert "from the picture to the score (28 for the 70×70 discriminator)" in card.text()
    assert card.picture.startswith(b"\x89PNG")


def test_the_card_of_a_notebook():
    card = check("06.receptive_field", wrong_end)._repr_html_()
    assert "receptive_field" in card and "data:image/png;base64" in card and "0 of 3 points" in card
    assert re.findall(r"<summary>(.*?)</summary>", card) == ["Hint 1", "Hint 2"] and "<details open" not in card
    assert "<details" not in check("06.receptive_field", right)._repr_html_()


def test_text_where_there_are_no_signs(monkeypatch):
    card = check("06.receptive_field", right)
    for encoding in ("cp949", "ascii"):
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        assert str(card).startswith("+ receptive_field: 3 of 3 points")
        print(card)
    assert card._repr_html_().startswith("<div")


@pytest.fixture(scope="module")
def saved():
    """A notebook with a wrong and a right answer, run, and saved as editors do: without the state of widgets."""
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [inspect.getsource(wrong_end), inspect.getsource(right)]
    cells += [
        f'from course_lib.grading import check\ncheck("06.receptive_field", {name})' for name in ("wrong_end", "right")
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    where = {"metadata": {"path": str(ROOT)}}
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3", resources=where).execute()
    book.metadata.pop("widgets", None)
    return nbformat.reads(nbformat.writes(book), as_version=4)


NAMED = "from the picture to the score"


def test_a_saved_notebook_keeps_the_card_as_text(saved):
    wrong_one, right_one = ([o for o in cell.outputs if "data" in o] for cell in saved.cells[2:])
    for outputs, said in ((wrong_one, NAMED), (right_one, "3 of 3 points")):
        assert len(outputs) == 1  # once, not a card and a text below it
        data = outputs[0]["data"]
        assert said in data["text/plain"] and said in data["text/html"]
        assert not any("widget" in kind for kind in data)
    assert "Hint 1" in wrong_one[0]["data"]["text/plain"]


def test_an_exported_notebook_names_the_mistake(saved):
    nbconvert = pytest.importorskip("nbconvert")
    for kind in ("html", "markdown", "slides"):
        page, _ = nbconvert.get_exporter(kind)().from_notebook_node(saved)
        assert NAMED in html.unescape(page), kind


def test_unknown_names_are_sentences():
    with pytest.raises(CourseError, match="no function 'receptivefield'"):
        check("06.receptivefield", right)
    with pytest.raises(CourseError, match="There is no exercise '99'"):
        check("99.x", right)


@pytest.mark.parametrize(
    "name", ["06_pix2pix", "06", "6", "06_pix2pix/", "exercises/06_pix2pix/", "somewhere/06_pix2pix"]
)
def test_an_exercise_goes_by_the_names_that_a_terminal_gives_it(name):
    assert exercise_folder(name).name == "06_pix2pix"
