"""The markup of the tab: examples, canvas and tools left, answers right."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.app.differences import legend
from course_lib.app.inline import data_url
from course_lib.app.tabs.flat import words
from course_lib.app.tabs.flat.answers import ADVERSARIAL
from course_lib.app.tabs.flat.examples import SIDE, examples
from course_lib.app.widgets import not_shown, radios, step

MAP_TOP = 0.15  # where the scale of the map ends
# name → what it is called, and its sign as paths in a square of 20
_TOOLS = {
    "brush": ("Brush", '<path d="M3 16c4 2 6-1 6-4l7-8 1 1-7 8"/>'),
    "fill": ("Fill", '<path d="M9 3l7 7-6 6-6-6 6-6M4 10h11"/><path d="M17 13c2 3 0 4 0 4s-2-1 0-4"/>'),
    "line": ("Line", '<path d="M4 16 16 4"/>'),
    "ellipse": ("Ellipse", '<ellipse cx="10" cy="10" rx="7.5" ry="6"/>'),
    "rectangle": ("Rectangle", '<path d="M3 5h14v10H3z"/>'),
    "eraser": ("Eraser", '<path d="M8 16 3 11l8-8 6 6-7 7zM7 7l6 6M6 17h11"/>'),
}
_WIDTHS = {"3": "Thin", "8": "Medium", "18": "Thick"}  # pixels of the drawing
# Colours that the set's flat emoji are full of, and one that faces have.
_COLOURS = {
    "#212121": "black",
    "#9b9b9b": "grey",
    "#6d4534": "brown",
    "#ffd7c2": "skin",
    "#f8312f": "red",
    "#ff6723": "orange",
    "#ffb02e": "dark yellow",
    "#fcd53f": "yellow",
    "#00d26a": "green",
    "#00a6ed": "blue",
    "#8d65c5": "purple",
    "#f92f60": "pink",
}


def _tool(name: str, title: str, sign: str) -> str:
    return (
        f'<label title="{title}"><input type="radio" name="flat-tool" value="{name}" aria-label="{title}"'
        f'{" checked" if name == "brush" else ""}><svg viewBox="0 0 20 20" aria-hidden="true">{sign}</svg></label>'
    )


def choose() -> str:
    """Left: what is drawn, and with what."""
    offered = "".join(
        f'<button type="button" data-example="{at}" title="{html.escape(one.name)}"><img alt="{html.escape(one.name)}" '
        f'src="{data_url(one.flat)}"></button>'
        for at, one in enumerate(examples())
    )
    tools = "".join(_tool(name, title, sign) for name, (title, sign) in _TOOLS.items())
    widths = "".join(
        f'<label title="{title}"><input type="radio" name="flat-width" value="{width}" aria-label="{title}"'
        f'{" checked" if title == "Medium" else ""}><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" '
        f'r="{int(width) / 2}" fill="currentColor"/></svg></label>'
        for width, title in _WIDTHS.items()
    )
    colours = "".join(
        f'<label title="{title}"><input type="radio" name="flat-colour" value="{colour}" aria-label="{title}"'
        f'{" checked" if title == "yellow" else ""}><i style="background: {colour}"></i></label>'
        for colour, title in _COLOURS.items()
    )
    return f"""
<div class="lab flat-choose">
  <section>
    {step(1, "Choose an emoji, or draw")}
    <div class="top"><img class="peek" alt="{words.SHOWN[ADVERSARIAL][0]}: the answer">
      <div class="offered" role="group" aria-label="Example emoji">{offered}</div></div>
    <canvas width="{SIDE}" height="{SIDE}" tabindex="0" role="application" aria-label="Drawing. Arrow keys move a cross,
      with Shift further; Enter sets one end of a line or shape, then the other; Escape gives it up."></canvas>
    <div class="tools">
      <div class="radios row" role="radiogroup" aria-label="Tool">{tools}</div>
      <div class="radios row" role="radiogroup" aria-label="Width of brush, line and eraser">{widths}</div>
    </div>
    <div class="colours" role="radiogroup" aria-label="Colour">{colours}
      <input type="color" name="flat-own-colour" value="#26c9fc" aria-label="Any other colour" title="Any other colour"></div>
    <div class="tools">
      <button type="button" data-do="undo">Undo</button>
      <button type="button" data-do="redo">Redo</button>
      <button type="button" data-do="clear">Clear</button>
      <label class="switch"><input type="checkbox" name="flat-mirror"><span></span>Mirror</label>
    </div>
  </section>
</div>
"""


def _figure(name: str) -> str:
    title, text = words.SHOWN[name]
    scale = legend(MAP_TOP) if name == "map" else ""
    return (
        f'<figure data-shows="{name}" hidden><div class="frame shown"><img alt="{title}"></div><figcaption>'
        f'<b>{title}</b><span class="from">{text}</span><span class="measured"></span>{scale}'
        f'<a class="save" download="flat-{name}.png" aria-label="Save as PNG: {title}">Save</a></figcaption></figure>'
    )


def _side(name: str, shown: Sequence[str]) -> str:
    options = "".join(f'<option value="{one}">{words.SHOWN[one][0]}</option>' for one in shown)
    return f'<label class="field"><span>{name.capitalize()}</span><select name="flat-{name}">{options}</select></label>'


def shown(working: Sequence[str]) -> list[str]:
    """The pictures that there are, in their order on the page."""
    return [name for name in words.SHOWN if name in working or name not in words.TITLES]


def see(working: Sequence[str], broken: Mapping[str, str]) -> str:
    """Right, above: the answers."""
    names = shown(working)
    return f"""
<div class="lab flat-see">
  <section>
    {step(2, "Compare the answers")}
    <p class="status" role="status"></p>
    <div class="line">{radios("view", "How to compare", words.VIEWS, chosen="side", prefix="flat")}
      <div class="line sides">{_side("left", names)}{_side("right", names)}</div>
      <a class="save row" download="flat-to-3d.png" href="#" data-do="row">Save all as one PNG</a></div>
    <div class="pictures">{"".join(map(_figure, names))}</div>{not_shown(words.TITLES, broken)}
  </section>
</div>
"""


def like(guesses: Mapping[str, str], known: Mapping[str, Any]) -> str:
    """Right, below: whether the drawing is like what the networks know, and the question.

    Args:
        known: what ``measures.known`` gave.
    """
    rows = "".join(
        f'<tr data-measure="{name}"><th scope="row">{title}</th><td class="value"></td>'
        '<td class="bar"><span></span><i></i></td><td class="known"></td></tr>'
        for name, (title, _) in words.MEASURES.items()
    )
    return f"""
<div class="lab flat-like">
  <section class="like">
    {step(3, "Is it like an emoji?")}
    <div class="shown"><p class="verdict"></p>
    <table{"" if known else ' class="unknown"'}><thead><tr><td></td><th scope="col">Here</th><td class="bar"></td><th scope="col"
      class="known">Range</th></tr></thead><tbody>{rows}</tbody></table></div>
    <p class="small">{words.unsure(known)}</p>
  </section>
  <section>
    {step(4, "Which one is closest?")}
    <p class="lead">{words.QUESTION}</p>
    {radios("guess", "Your guess", guesses, chosen=None, shape="list", prefix="flat")}
    <div class="answer-text" role="status"></div>
  </section>
</div>
"""
