"""What the labs' pages are made of: markup of choices, and a gr.HTML and the scripts that move it."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from course_lib.app import guard  # noqa: F401  its import keeps Gradio from writing a .pyi beside this file

_HERE = Path(__file__).parent


class Lab(gr.HTML):
    """Markup and the scripts that move it, in the visitor's browser.

    Args:
        template: markup without ``${``, ``{{`` or backticks, which Gradio would take for its own.
        scripts: files that run one after another in one scope, after ``address.js``.
        settings: ``gr.HTML``'s own; further names reach the scripts as ``props``.
    """

    def __init__(self, template: str = "", *, scripts: Sequence[Path] = (), **settings: Any) -> None:
        code = "\n".join(file.read_text(encoding="utf-8") for file in (_HERE / "address.js", *scripts))
        defaults: dict[str, Any] = {
            "html_template": template,
            "js_on_load": code,
            "apply_default_css": False,
            "padding": False,
        }
        super().__init__(**(defaults | settings))

    def get_block_name(self) -> str:
        return "html"  # the page draws it with gr.HTML's own front end


def radios(
    name: str, legend: str, options: Mapping[str, str], *, chosen: str | None, shape: str = "row", prefix: str = "lab"
) -> str:
    """A group of radio buttons: value → what is read beside it. ``shape`` "row" joins them to one bar, "list" does not."""
    inputs = "".join(
        f'<label><input type="radio" name="{prefix}-{name}" value="{html.escape(value)}"'
        f"{' checked' if value == chosen else ''}>{'<span></span>' if shape == 'list' else ''}{html.escape(text)}</label>"
        for value, text in options.items()
    )
    return f'<div class="radios {shape}" role="radiogroup" aria-label="{html.escape(legend)}">{inputs}</div>'


def lesson(number: str, stem: str) -> str:
    """The line that leads from a tab to its lesson."""
    return (
        f'<p class="further">Lesson {number} takes this apart, step by step: run <code>make lab</code> (or '
        f"<code>python dev.py lab</code>) and open <code>notebooks/{stem}.ipynb</code>.</p>"
    )
