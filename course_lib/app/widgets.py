"""What the tabs are made of: pieces of markup, and the components that hold them."""

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from course_lib.app import protocol
from course_lib.app.guard import GuardedImage

_HERE = Path(__file__).parent
CANVAS = _HERE / "canvas.js"  # a script for labs with a canvas to draw on; before their own


class Lab(gr.HTML):
    """Markup and the scripts that move it, in the visitor's browser.

    Args:
        template: markup without ``${``, ``{{`` or backticks, which Gradio would take for its own.
        scripts: files that run one after another in one scope, after ``lab.js``.
        settings: ``gr.HTML``'s own; further names reach the scripts as ``props``.
    """

    def __init__(self, value: Any = None, *, template: str = "", scripts: Sequence[Path] = (), **settings: Any) -> None:
        code = "\n".join(file.read_text(encoding="utf-8") for file in (_HERE / "lab.js", *scripts))
        defaults: dict[str, Any] = {
            "html_template": template,
            "js_on_load": code,
            "apply_default_css": False,
            "padding": False,
        }
        super().__init__(value, **(defaults | settings))

    def get_block_name(self) -> str:
        return "html"  # the page draws it with gr.HTML's own front end


class Seed(gr.Number):
    """A field for a seed among Gradio's own components; it reaches a function as a whole number, or not at all."""

    def __init__(self, value: int | None = 0, **settings: Any) -> None:
        super().__init__(value, precision=0, minimum=0, maximum=protocol.MAX_SEED, **settings)

    def get_block_name(self) -> str:
        return "number"

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        return super().get_config(gr.Number) | super().get_config(cls)  # Gradio reads the settings' names off __init__

    def preprocess(self, payload: Any) -> int:
        return protocol.seed(payload)


class DictLab(Lab):
    """A lab whose value is a dict, to functions as to its scripts; on the way it is JSON."""

    def api_info(self) -> dict[str, Any]:
        return {"type": "string", "description": "an object, as JSON"}

    def example_payload(self) -> str:
        return "{}"

    def preprocess(self, payload: str | None) -> dict[str, Any]:  # type: ignore[override]
        try:
            told = json.loads(payload or "{}")
        except (TypeError, ValueError, RecursionError):
            told = None  # anyone can send anything
        return told if isinstance(told, dict) else {}

    def postprocess(self, value: dict[str, Any] | None) -> str | None:  # type: ignore[override]
        return None if value is None else json.dumps(value)


def upload_field(name: str, longest_side: int = 1024) -> GuardedImage:
    """Where a visitor puts a picture of their own; a larger one is made as small as ``longest_side`` says."""
    label = "PNG, JPEG or WebP, up to 8 MB"
    return GuardedImage(label=label, longest_side=longest_side, height=160, elem_id=name, buttons=[])


def headline(title: str, text: str) -> str:
    """The question of a tab, and what is in it."""
    return f'<div class="headline"><h1>{title}</h1><p>{text}</p></div>'


def not_shown(titles: Mapping[str, str], broken: Mapping[str, str]) -> str:
    """A line for each model that does not work: its title, and why."""
    return "".join(
        f'<p class="small">The answer of {titles[name]} cannot be shown: {html.escape(why)}</p>'
        for name, why in broken.items()
    )


def step(number: int, title: str) -> str:
    """The heading of one of the steps of a tab."""
    return f'<h2><span class="step">{number}</span>{title}</h2>'


def guess(question: str, options: Mapping[str, str], prefix: str) -> str:
    """The first step of a lab: a question, and a place for what is said after the guess."""
    return (
        f'{step(1, "Guess first")}<p class="lead">{question}</p>'
        f"{radios('guess', 'Your guess', options, chosen=None, shape='list', prefix=prefix)}"
        '<div class="answer-text" role="status"></div>'
    )


def radios(
    name: str, legend: str, options: Mapping[str, str], *, chosen: str | None, prefix: str, shape: str = "row"
) -> str:
    """A group of radio buttons: value → what is read beside it; as one bar ("row") or one under the other ("list")."""
    mark = "<span></span>" if shape == "list" else ""
    inputs = "".join(
        f'<label><input type="radio" name="{prefix}-{name}" value="{html.escape(value)}"'
        f"{' checked' if value == chosen else ''}>{mark}{html.escape(text)}</label>"
        for value, text in options.items()
    )
    return f'<div class="radios {shape}" role="radiogroup" aria-label="{html.escape(legend)}">{inputs}</div>'


def seed_field(name: str, legend: str, value: int) -> str:
    """A field for a seed inside a lab."""
    return (
        f'<label class="field"><span>{legend}</span><input type="number" name="{name}" min="0" '
        f'max="{protocol.MAX_SEED}" step="1" value="{value}"></label>'
    )


def lesson(stem: str) -> str:
    """The line that leads from a tab to its lesson and exercise, say "07_cyclegan"."""
    return (
        f'<p class="further">Lesson {stem[:2]} takes this apart, step by step: run <code>make lab</code> (or '
        f"<code>python dev.py lab</code>) and open <code>notebooks/{stem}.ipynb</code>. Its exercise is "
        f"<code>exercises/{stem}</code>.</p>"
    )
