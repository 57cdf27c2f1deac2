"""Gram explorer: two channels of a feature map, their product, their entry of the Gram matrix, and what shuffling does."""

import html
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image
from torch import Tensor

from course_lib.app.heavy import turn
from course_lib.app.inline import data_url, from_data_url
from course_lib.app.protocol import one_of, seed, served, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.gram import measure, words
from course_lib.app.tabs.gram.pictures import NAMES, middle, picture
from course_lib.app.widgets import Lab, guess, lesson, radios, seed_field, step, upload_field
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.networks.vgg import BSDS_NAME

FIRST: dict[str, Any] = {"picture": "crosshatch", "layer": "relu1_2", "shuffle": "none", "i": 0, "j": 1, "seed": 0}


@served
def gram(asked: dict[str, Any]) -> dict[str, Any]:
    """{"picture": a name or "own", "own", "layer", "shuffle", "seed", "i", "j"} → the two maps, their product, the matrix
    of the strongest channels and what the shuffle changed. i and j: places among those channels."""
    layer = one_of(asked.get("layer"), "layer", measure.LAYERS)
    shuffle = one_of(asked.get("shuffle"), "shuffle", measure.SHUFFLES)
    places = [whole(asked.get(name), f"channel {name}", 0, measure.CHANNELS - 1) for name in "ij"]
    order = seed(asked.get("seed"))
    with turn():
        shown = _picture(asked)
        found = measure.see(shown, layer, shuffle, order)
        plain = found if shuffle == "none" else measure.see(shown, layer, "none", order)
    one, other = (found.maps[at] for at in places)
    tops = [plain.maps[at].max().item() for at in places]
    return {
        "pictures": {
            "seen": data_url(to_picture(found.picture * 2 - 1)),
            "i": data_url(_grey(one, tops[0])),
            "j": data_url(_grey(other, tops[1])),
            "both": data_url(_grey(one * other, (plain.maps[places[0]] * plain.maps[places[1]]).max().item())),
        },
        "channels": found.channels,
        "matrix": [[float(f"{value:.4g}") for value in row] for row in found.gram.tolist()],
        "entry": found.gram[places[0], places[1]].item(),
        "before": plain.gram[places[0], places[1]].item(),
        "moved": found.moved,
        "size": [found.maps.shape[-1], found.maps.shape[-2]],
        "of": found.of,
    }


def _picture(asked: dict[str, Any]) -> Tensor:
    """(1, 3, 128, 128) in [0, 1]."""
    if asked.get("picture") == "own":
        return to_unit(to_tensor(middle(from_data_url(asked.get("own")))))
    return to_unit(to_tensor(picture(one_of(asked.get("picture"), "picture", NAMES))))


def _grey(values: Tensor, top: float) -> Image.Image:
    """A map as a picture: black is 0, white is ``top`` and beyond."""
    scaled = (values / max(top, 1e-12)).clamp(0, 1).numpy() * 255
    return Image.fromarray(scaled.round().astype(np.uint8))


@served
def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """{"guess"} → {"text"}: what the guess is worth, and what was measured of every example and layer."""
    chosen = one_of(asked.get("guess"), "guess", words.GUESSES)
    with turn():
        return {"text": words.answer(chosen, words.measured())}


def bring(image: Image.Image | None) -> Any:
    """A visitor's picture, which came through the guard, as the network will see it: its middle square."""
    return gr.skip() if image is None else data_url(middle(image))


def _choose() -> str:
    offered = "".join(
        f'<label><input type="radio" name="gram-picture" value="{name}"><img alt="" src="{data_url(picture(name))}">'
        f"<span>{html.escape(title)}</span></label>"
        for name, title in NAMES.items()
    )
    return f"""
<div class="lab gram-choose">
  <section>
    {guess(words.QUESTION, words.GUESSES, "gram")}
  </section>
  <section>
    {step(2, "Choose a picture and a layer")}
    <div class="offered" role="radiogroup" aria-label="Picture">{offered}
      <label class="mine" hidden><input type="radio" name="gram-picture" value="own"><img alt=""><span>Your picture</span>
      </label></div>
    {radios("layer", "Layer", {name: name for name in measure.LAYERS}, chosen=None, prefix="gram")}
  </section>
  <section>
    {step(3, "Shuffle, and see what the matrix forgets")}
    {radios("shuffle", "Shuffle", words.SHUFFLES, chosen=None, shape="list", prefix="gram")}
    <div class="line fields">{seed_field("gram-seed", "Seed of the order", 0)}</div>
  </section>
</div>
"""


def _see() -> str:
    figures = "".join(
        f'<figure data-shows="{name}"><div class="frame"></div><figcaption><b>{title}</b><span class="from">{text}</span>'
        "</figcaption></figure>"
        for name, (title, text) in words.SHOWN.items()
    )
    options = "".join(f'<option value="{at}"></option>' for at in range(measure.CHANNELS))
    return f"""
<div class="lab gram-see">
  <section>
    {step(4, "Choose two channels, and see where both answer")}
    <p class="status" role="status"></p>
    <div class="line fields">
      <label class="field"><span>Channel i</span><select name="gram-i">{options}</select></label>
      <label class="field"><span>Channel j</span><select name="gram-j">{options}</select></label>
    </div>
    <div class="pictures">{figures}</div>
    <p class="entry"><i>G<sub>ij</sub></i> = <b class="value"></b><span class="how"></span></p>
    <p class="lead changed" role="status"></p>
    <canvas class="matrix" width="480" height="480" tabindex="0" role="application"
      aria-label="The Gram matrix of the strongest channels. The arrow keys choose an entry."></canvas>
    <p class="small">{words.MATRIX}</p>
  </section>
</div>
"""


def build() -> None:
    """Lays out the tab with a finished answer."""
    first = gram(FIRST)
    if "error" in first:
        raise CourseError(first["error"])
    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=_choose(), label="Gram explorer, choices", elem_id="gram-choose")
            with gr.Accordion("Use your own picture", open=False, elem_id="gram-own"):
                upload = upload_field("gram-upload")
        with gr.Column(scale=7, min_width=320, elem_classes="results"):
            see = Lab(
                template=_see(),
                scripts=(Path(__file__).with_name("lab.js"),),
                label="Gram explorer",
                elem_id="gram-see",
                server_functions=[gram, explain],
                first=first,
                start=FIRST,
            )
            gr.HTML(words.NETWORK, padding=False)
            gr.HTML(lesson("08_gram"), padding=False)
    upload.upload(bring, upload, see, api_visibility="private", show_progress="hidden")


def _warm() -> None:
    words.measured()


TAB = Tab("Gram explorer", build, (BSDS_NAME,), any_model=True, warm=_warm)
