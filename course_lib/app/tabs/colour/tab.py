"""Colour: a grey picture, coloured by a network of the squared error and by one that also had to fool a discriminator."""

import html
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from PIL import Image, ImageOps

from course_lib.app.facts import Column, facts
from course_lib.app.heavy import turn
from course_lib.app.inline import data_url, from_data_url
from course_lib.app.protocol import one_of, served, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.colour import words
from course_lib.app.tabs.colour.examples import TERMS, example_pictures
from course_lib.app.usable import usable
from course_lib.app.widgets import Lab, guess, lesson, not_shown, step, upload_field
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.metrics import chroma, chroma_relative
from course_lib.metrics.pairwise import l1
from course_lib.models import zoo
from course_lib.models.translator import Translator

MODELS = words.MODELS
GREY = 0.02  # chroma up to which a visitor's picture counts as grey: JPEG leaves traces of colour


@lru_cache(maxsize=2)
def translator(name: str) -> Translator:
    """One of the two networks, read once."""
    return zoo.load_translator(name)


def opened() -> tuple[list[str], dict[str, str]]:
    """The models that work, and for each that does not, why."""
    return usable(MODELS, translator)


@served
def colour(asked: dict[str, Any]) -> dict[str, Any]:
    """{"picture": an example's number or "own", "own"} → the grey picture, the answers, the truth, and what was measured."""
    if asked.get("picture") == "own":
        picture = from_data_url(asked.get("own"))
    else:
        examples = example_pictures()
        picture = examples[whole(asked.get("picture"), "number of the example", 0, len(examples) - 1)][1]
    with turn():
        return _coloured(picture)


def _coloured(picture: Image.Image) -> dict[str, Any]:
    working, _ = opened()
    start = time.perf_counter()
    made = {name: _answer(name, picture) for name in working}
    seconds = time.perf_counter() - start
    truth = _at_size(picture)
    answer: dict[str, Any] = {
        "pictures": {"grey": translator(working[0]).prepare(picture), **made},
        "measured": {},
        "seconds": seconds,
        "size": truth.width,
    }
    real = to_unit(to_tensor(truth))
    if chroma(real).item() > GREY:
        answer["pictures"]["truth"] = truth
        for name, one in made.items():
            seen = to_unit(to_tensor(one))
            answer["measured"][name] = {"chroma": chroma_relative(seen, real), "l1": 2 * l1(seen, real).item()}
    answer["pictures"] = {name: data_url(one) for name, one in answer["pictures"].items()}
    return answer


def _answer(name: str, picture: Image.Image) -> Image.Image:
    model = translator(name)
    return to_picture(model.translate(to_tensor(model.prepare(picture))))


def _at_size(picture: Image.Image) -> Image.Image:
    """The truth at the size of the answers."""
    size = translator(opened()[0][0]).config["size"]
    return picture if picture.size == (size, size) else picture.resize((size, size), Image.Resampling.BICUBIC)


@served
def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """{"guess"} → {"text"}: what the guess is worth, and what was measured over the examples."""
    chosen = one_of(asked.get("guess"), "guess", words.GUESSES)
    with turn():
        return {"text": words.answer(chosen, measured())}


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """The chroma of each model's answers relative to the truth, over all examples."""
    pictures = [picture for _, picture in example_pictures()]
    real = to_unit(torch.cat([to_tensor(_at_size(one)) for one in pictures]))
    found: dict[str, Any] = {"pictures": len(pictures)}
    for name in opened()[0]:
        made = torch.cat([to_tensor(_answer(name, one)) for one in pictures])
        found[name] = chroma_relative(to_unit(made), real)
    return found


def bring(image: Image.Image | None) -> Any:
    """A visitor's picture, which came through the guard, as the networks will see it: its middle square."""
    if image is None:
        return gr.skip()
    size = translator(opened()[0][0]).config["size"]
    return data_url(ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC))


def _choose() -> str:
    offered = "".join(
        f'<label><input type="radio" name="colour-picture" value="{number}"><img alt="" src="{data_url(picture)}">'
        f"<span>{html.escape(name)}</span></label>"
        for number, (name, picture) in enumerate(example_pictures())
    )
    return f"""
<div class="lab colour-choose">
  <section>
    {guess(words.QUESTION, words.GUESSES, "colour")}
  </section>
  <section>
    {step(2, "Choose a picture")}
    <div class="offered" role="radiogroup" aria-label="Picture">{offered}
      <label class="mine" hidden><input type="radio" name="colour-picture" value="own"><img alt=""><span>Your picture</span>
      </label></div>
  </section>
</div>
"""


def _see(broken: dict[str, str]) -> str:
    figures = "".join(
        f'<figure data-shows="{name}"><div class="frame"></div><figcaption><b>{title}</b><span class="from">{text}</span>'
        '<span class="measured"></span></figcaption></figure>'
        for name, (title, text) in words.SHOWN.items()
    )
    return f"""
<div class="lab colour-see">
  <section>
    {step(3, "Compare the answers")}
    <p class="status" role="status"></p>
    <div class="pictures shown">{figures}</div>{not_shown(words.TITLES, broken)}
    <p class="small grey" hidden>Your picture is grey itself, so its true colours are not known here.</p>
    <p class="small">Chroma: the largest of red, green and blue less the smallest, averaged over the picture; 1.00 is as
    colourful as the truth. L1: mean distance to the truth on the scale from −1 to 1. An answer may be colourful and
    wrong: in grey, the orange shirt and the blue shirt of the first two examples are nearly the same.</p>
  </section>
</div>
"""


def build() -> None:
    """Lays out the tab with a finished answer; closed only if no model works."""
    working, broken = opened()
    asked = {"picture": 0}
    colour(asked)  # the first call is slow; the seconds on the page are those of any other
    first = colour(asked)
    columns = [Column(words.TITLES[name], translator(name).card) for name in working]

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=_choose(), label="Colour, choices", elem_id="colour-choose")
            with gr.Accordion("Use your own picture", open=False, elem_id="colour-own"):
                upload = upload_field("colour-upload")
        with gr.Column(scale=7, min_width=320, elem_classes="results"):
            see = Lab(
                template=_see(broken),
                scripts=(Path(__file__).with_name("lab.js"),),
                label="Colour",
                elem_id="colour-see",
                server_functions=[colour, explain],
                first=first,
            )
            with gr.Accordion("About these models", open=False, elem_id="colour-cards"):
                gr.HTML(facts(columns, words.MEASURED), padding=False)
                gr.HTML(f"<p>Example pictures: {html.escape(TERMS)}.</p>", padding=False)
            gr.HTML(lesson("05_averaging"), padding=False)
    upload.upload(bring, upload, see, api_visibility="private", show_progress="hidden")


TAB = Tab("Colour", build, MODELS, any_model=True)
