"""The words and links of the lessons: one glossary for all, files that are there, an address that the app's tabs know."""

import re
from pathlib import Path

import jupytext
import pytest

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.py"))
LOCAL_LINK = re.compile(r"\]\(((?:\.\./)*[\w/-]+\.(?:ipynb|md|py)|\.\./[^)]*)\)")
MUST = (
    "minimax value", "Jensen–Shannon (JS) divergence", "energy distance", "R1 penalty (γ)", "gradient penalty",
    "spectral norm", "KID", "PSNR", "SSIM", "latent, noise (z)", "one-hot", "embedding",
)  # fmt: skip
# What prose calls them, where that is not the name in the glossary.
CALLED = {
    "Jensen–Shannon (JS) divergence": r"Jensen|\bJS\b", "R1 penalty (γ)": r"\bR1\b", "latent, noise (z)": r"latent",
}  # fmt: skip

each_lesson = pytest.mark.parametrize("script", LESSONS, ids=lambda path: path.stem)


def prose(script: Path) -> list[str]:
    cells = [cell.source for cell in jupytext.read(script).cells if cell.cell_type == "markdown"]
    return [re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", "", cell, flags=re.DOTALL) for cell in cells]


def table(text: str) -> list[list[str]]:
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if len(row) == 3 and not row[0].strip().startswith("---")]


def glossary() -> dict[str, tuple[str, str]]:
    """English → (Korean, meaning), from lesson 00."""
    whole = "\n".join(cell.source for cell in jupytext.read(LESSONS[0]).cells if cell.cell_type == "markdown")
    words = whole.split("## 7 · Words, English and Korean")[1].split("\n## ")[0]
    rows = [row for row in table(words) if row[0] != "English"]
    assert len({row[0] for row in rows}) == len(rows), "a term stands in the glossary twice"
    return {english: (korean, meaning) for english, korean, meaning in rows}


def terms(script: Path) -> list[list[str]]:
    opening = jupytext.read(script).cells[0].source
    return [row for row in table(opening.split("**Terms**")[1].split("\n\n")[1]) if row[0] != "English"]


def test_the_glossary_has_every_word_in_both_languages():
    words = glossary()
    assert set(MUST) <= set(words)
    for english, (korean, meaning) in words.items():
        assert re.search("[가-힣]", korean) or korean in ("U-Net", "WGAN-GP"), english
        assert 2 <= len(meaning.split()) <= 20, (english, meaning)


@each_lesson
def test_the_terms_of_a_lesson_stand_in_the_glossary_under_the_same_names(script):
    words, own = glossary(), terms(script)
    assert len(own) >= 5
    assert {(e, k) for e, k, _ in own} <= {(e, k) for e, (k, _) in words.items()}
    if script != LESSONS[0]:
        assert "[glossary](00_start_here.ipynb)" in jupytext.read(script).cells[0].source


@each_lesson
@pytest.mark.parametrize("word", MUST)
def test_a_word_that_is_not_everyday_is_explained_where_it_is_used(script, word):
    """Every lesson that uses such a word lists it among its terms (and so it is in the glossary)."""
    used = re.compile(CALLED.get(word, rf"\b{re.escape(word)}\b"), re.IGNORECASE if word.islower() else 0)
    if script == LESSONS[0] or not used.search("\n".join(prose(script)[1:])):
        return
    assert any(word == english for english, _, _ in terms(script)), f"{script.stem} uses {word!r} and does not list it"


@each_lesson
def test_local_links_lead_to_files(script):
    cells = [cell.source for cell in jupytext.read(script).cells if cell.cell_type == "markdown"]
    links = {link for cell in cells for link in LOCAL_LINK.findall(cell)}
    assert links
    assert [link for link in links if not (NOTEBOOKS / link).is_file()] == []


@each_lesson
def test_the_next_lesson_and_the_exercise_are_linked_where_they_are(script):
    opening = jupytext.read(script).cells[0].source
    after = LESSONS[LESSONS.index(script) + 1 :]
    [following] = re.findall(r"^\| next lesson \| (.*) \|$", opening, re.MULTILINE)
    if after:
        assert f"]({after[0].stem}.ipynb)" in following
    exercise = NOTEBOOKS.parent / "exercises" / script.stem / "task.md"
    assert exercise.is_file() == (f"](../exercises/{script.stem}/task.md)" in opening)
