"""A canvas to paint label maps on: rectangles and a brush in the twelve classes, by pointer or by keyboard.

Gradio's ImageEditor is not used: it mixes colours at edges where a label map has none, needs WebGL, which many a
classroom computer or browser lacks, and cannot be worked from the keyboard. Here a pixel is a class, not a colour.
"""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.app.inline import data_url
from course_lib.app.tabs.pix2pix.label_maps import LETTERS, SIZE, from_text, to_text
from course_lib.app.widgets import CANVAS, Lab
from course_lib.data import palette


class Painter(Lab):
    """A label map of 256 × 256. To functions it is the class of every pixel, to the page and to programs runs of letters.

    Args:
        value: what is on the canvas at first.
        examples: name → label map, offered above the canvas.
    """

    def __init__(
        self, value: np.ndarray | None = None, *, examples: Mapping[str, np.ndarray] | None = None, **settings: Any
    ) -> None:
        offered = examples or {}
        defaults: dict[str, Any] = {
            "template": _template(offered),
            "scripts": (CANVAS, Path(__file__).with_name("painter.js")),
            "examples": {name: to_text(labels) for name, labels in offered.items()},
            "colours": [list(colour) for _, colour in palette.FACADES],
            "letters": LETTERS,
            "size": SIZE,
        }
        super().__init__(value, **(defaults | settings))

    def api_info(self) -> dict[str, Any]:
        return {"type": "string", "description": "runs of a label map's rows, as /label_map gives them for a picture"}

    def example_payload(self) -> str:
        return f"{SIZE}b{SIZE}"

    def preprocess(self, payload: str | None) -> np.ndarray:  # type: ignore[override]
        return from_text(payload)

    def postprocess(self, value: np.ndarray | None) -> str | None:  # type: ignore[override]
        return None if value is None else to_text(value)


def _template(examples: Mapping[str, np.ndarray]) -> str:
    offered = "".join(
        f'<button type="button" data-example="{html.escape(name)}"><img src="{data_url(palette.paint(labels))}" alt="">'
        f"<span>{html.escape(name)}</span></button>"
        for name, labels in examples.items()
    )
    swatches = "".join(
        f'<label><input type="radio" name="painter-class" value="{index}"{" checked" if name == "window" else ""}>'
        f'<i style="background: rgb{colour}"></i>{name}</label>'
        for index, (name, colour) in enumerate(palette.FACADES)
    )
    return f"""
<div class="painter">
  <div class="examples" role="group" aria-label="Example label maps">{offered}</div>
  <canvas width="{SIZE}" height="{SIZE}" tabindex="0" role="application" aria-label="Label map. Arrow keys move the
    cross, with Shift further; Enter sets one corner of a rectangle, then the other; Escape gives it up."></canvas>
  <div class="tools">
    <div class="choice" role="radiogroup" aria-label="Tool">
      <label><input type="radio" name="painter-tool" value="rectangle" checked>Rectangle</label>
      <label><input type="radio" name="painter-tool" value="brush">Brush</label>
    </div>
    <button type="button" data-do="undo">Undo</button>
    <button type="button" data-do="clear">Empty wall</button>
  </div>
  <div class="classes" role="radiogroup" aria-label="Class to paint: what each colour means">{swatches}</div>
</div>
"""
