"""A canvas to paint label maps on: rectangles and a brush in the twelve classes, by pointer or by keyboard.

Gradio's ImageEditor is not used: it mixes colours at edges where a label map has none, needs WebGL, which many a
classroom computer or browser lacks, and cannot be worked from the keyboard. Here a pixel is a class, not a colour, and
what travels is one character a pixel: nothing that has to be decoded as a picture.
"""

import base64
import html
import io
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from course_lib.app.guard import refuse
from course_lib.data import palette

SIZE = 256
_DIGITS = np.frombuffer(b"0123456789ab", dtype=np.uint8)
_SCRIPT = Path(__file__).with_name("painter.js")


class Painter(gr.HTML):
    """A label map of 256 × 256. To functions it is a PIL picture in the twelve colours, on the wire 65,536 hex digits.

    Args:
        value: what is on the canvas at first.
        examples: name → label map, offered above the canvas.
    """

    def __init__(
        self,
        value: Image.Image | str | None = None,
        *,
        examples: dict[str, Image.Image] | None = None,
        **settings: Any,
    ) -> None:
        defaults: dict[str, Any] = {
            "html_template": _template(examples or {}),
            "js_on_load": _SCRIPT.read_text(encoding="utf-8"),
            "apply_default_css": False,
            "colours": [list(colour) for _, colour in palette.FACADES],
            "size": SIZE,
        }
        super().__init__(value, **(defaults | settings))

    def preprocess(self, payload: str | None) -> Image.Image | None:  # type: ignore[override]
        if not payload:
            return None
        try:
            return decode(payload)
        except ValueError as error:
            raise refuse(str(error)) from error

    def postprocess(self, value: Image.Image | str | None) -> str | None:  # type: ignore[override]
        return encode(value) if isinstance(value, Image.Image) else value


def encode(image: Image.Image) -> str:
    """Label map of any size → the digits of its classes at 256 × 256, row by row."""
    return _DIGITS[palette.classes(palette.snap(image, (SIZE, SIZE)))].tobytes().decode("ascii")


def decode(digits: str) -> Image.Image:
    """The way back.

    Raises:
        ValueError: another number of characters, or others than 0…9, a, b.
    """
    if not isinstance(digits, str) or len(digits) != SIZE * SIZE or not digits.isascii():
        raise ValueError(f"A label map is {SIZE * SIZE} digits, one a pixel. Reload the page and paint again.")
    found = np.frombuffer(digits.encode("ascii"), dtype=np.uint8)
    labels = np.searchsorted(_DIGITS, found)
    if labels.max() >= len(_DIGITS) or (_DIGITS[labels] != found).any():
        raise ValueError(
            "A label map has the digits 0…9, a and b, one for each class. Reload the page and paint again."
        )
    return palette.paint(labels.reshape(SIZE, SIZE))


def _template(examples: dict[str, Image.Image]) -> str:
    offered = "".join(
        f'<button type="button"><img src="{_inline(image)}" alt=""><span>{html.escape(name)}</span></button>'
        for name, image in examples.items()
    )
    swatches = "".join(
        f'<label><input type="radio" name="painter-class" value="{index}"{" checked" if name == "window" else ""}>'
        f'<i style="background: rgb{colour}"></i>{name}</label>'
        for index, (name, colour) in enumerate(palette.FACADES)
    )
    return f"""
<div class="painter">
  <div class="examples" role="group" aria-label="Example label maps">{offered}</div>
  <canvas width="{SIZE}" height="{SIZE}" tabindex="0" role="application" aria-label="Label map. Arrow keys move the cross,
    with Shift further; Enter sets one corner of a rectangle, then the other; Escape gives it up."></canvas>
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


def _inline(image: Image.Image) -> str:
    """A picture of ours inside the page's text: flat colours make a PNG of one or two kilobytes."""
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
