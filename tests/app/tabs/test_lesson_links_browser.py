"""The lessons' links into the app: the tab is there, and its choices are those in the address."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from course_lib.app import page
from course_lib.app.tabs.cyclegan import tab as cyclegan_tab

NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"
LINKS = sorted(
    {
        link
        for script in NOTEBOOKS.glob("[0-9]*.py")
        for link in re.findall(r"\((http://127\.0\.0\.1:7860/[^)]*)\)", script.read_text("utf-8"))
    }
)
WAIT = {"loss": ".loss-lab .handle", "collapse": ".collapse-lab .plane", "generate": ".generate-lab .sheet img"}
CHOICE = """(name) => {
    const found = [...document.querySelectorAll(`[name="${name}"]`)];
    if (found[0]?.type === 'checkbox') return found[0].checked ? '1' : '0';
    return (found[0]?.type === 'radio' ? found.find((one) => one.checked) : found[0])?.value;
}"""


def choices(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_every_link_opens_a_tab_of_the_page():
    assert len(LINKS) > 8
    assert {choices(link)["tab"] for link in LINKS} <= set(page.TABS)


CHOSEN = [link for link in LINKS if len(choices(link)) > 1 and choices(link)["tab"] in WAIT]
SAMPLE = next(link for link in CHOSEN if choices(link)["tab"] == "collapse")


@pytest.mark.parametrize(
    "link", [pytest.param(one, marks=() if one == SAMPLE else pytest.mark.bench) for one in CHOSEN]
)
def test_a_labs_choices_are_those_of_the_address(link, open_page):
    asked = choices(link)
    tab = asked.pop("tab")
    shown = open_page("?" + urlsplit(link).query, wait=WAIT[tab]).page
    for name, value in asked.items():
        found = shown.evaluate(CHOICE, f"{tab}-{name}")
        assert found is not None, f"{tab} has no choice {name!r}"
        assert found == value or float(found) == float(value), (name, found)


@pytest.mark.parametrize("link", [link for link in LINKS if choices(link)["tab"] == "cyclegan"])
def test_the_cyclegan_tabs_choices_are_there(link):
    asked = choices(link)
    assert set(asked) <= {"tab", "model", "way", "picture", "strength", "middle"}
    assert asked["model"] in cyclegan_tab.MODELS and asked["way"] in ("AtoB", "BtoA")
