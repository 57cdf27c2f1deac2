"""Flat → 3-D: a drawing, and what three networks make of it as soon as the pen is lifted."""

import html
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from PIL import Image

from course_lib.app.differences import heat, l1
from course_lib.app.facts import Card, Column, facts
from course_lib.app.inline import data_url, from_data_url
from course_lib.app.protocol import one_of, served, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.flat import markup, measures, words
from course_lib.app.tabs.flat.answers import ADVERSARIAL, CYCLE, MODELS, made, opened, translator, unsure
from course_lib.app.tabs.flat.examples import SIDE, TERMS, examples
from course_lib.app.widgets import CANVAS, Lab, lesson
from course_lib.data.pictures import to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.metrics.spectrum import sharpness_relative

_HERE = Path(__file__).parent
CHOICES = {"view": "side", "left": "drawing", "right": ADVERSARIAL}
# Gradio's slider takes its two pictures from the page, where they are already.
_PAIR = """() => {
    const see = document.querySelector('#flat-see'), picture = (side) => {
        const name = see.querySelector(`[name=flat-${side}]`).value, url = see.querySelector(`[data-shows="${name}"] img`).src;
        return {path: url, url, meta: {_type: 'gradio.FileData'}};
    };
    return [[picture('left'), picture('right')]];
}"""


@served
def translate(asked: dict[str, Any]) -> dict[str, Any]:
    """{"picture": an example's number, or "drawing", and "model"} → {"picture"}: what this model makes of it."""
    name = one_of(asked.get("model"), "model", opened()[0])
    return {"picture": data_url(made(name, _drawing(asked)[0]))}


@served
def compare(asked: dict[str, Any]) -> dict[str, Any]:
    """{"picture" or "drawing"} → the three numbers and what they say, where the network is unsure, and of an example
    the truth and how far each answer is from it."""
    drawing, truth = _drawing(asked)
    working, _ = opened()
    answers = {name: made(name, drawing) for name in working}
    spread = unsure(drawing)
    measured, known = measures.measure(drawing, spread), _known()
    ranges = known.get("ranges", {})
    outside = measures.outside(measured, ranges)
    found: dict[str, Any] = {
        "map": data_url(heat(spread, markup.MAP_TOP)),
        "measured": {
            name: {
                "value": value,
                "text": words.written(name, value),
                "range": ranges.get(name),
                "texts": [words.written(name, end) for end in ranges.get(name, ())],
                "outside": name in outside,
            }
            for name, value in measured.items()
        },
        "verdict": words.verdict(outside, known, truth is not None),
        "errors": {} if truth is None else {name: l1(one, truth) for name, one in answers.items()},
    }
    if truth is not None:
        found["truth"] = data_url(truth)
        found["errors"]["drawing"] = l1(drawing, truth)
    return found


def _known() -> dict[str, Any]:
    """The stored ranges, if they were measured with this very network."""
    return measures.known({ADVERSARIAL: translator(ADVERSARIAL).card["sha256"]})


def _drawing(asked: dict[str, Any]) -> tuple[Image.Image, Image.Image | None]:
    """What is to be translated and, of an example, the truth.

    Raises:
        CourseError: no such example, no picture, one of another size, or an empty one.
    """
    if asked.get("picture") is not None:
        offered = examples()
        one = offered[whole(asked["picture"], "number of the example", 0, len(offered) - 1)]
        return one.flat, one.truth
    drawing = from_data_url(asked.get("drawing"), "Draw again.")
    if drawing.size != (SIDE, SIDE):
        width, height = drawing.size
        raise CourseError(f"The drawing has {width} × {height} pixels; it must have {SIDE} × {SIDE}. Reload the page.")
    if not measures.drawn_on(drawing).any():
        raise CourseError(words.EMPTY)
    return drawing, None


@served
def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """{"guess": a model} → {"text"}: what the guess is worth, and what was measured over the examples."""
    working, _ = opened()
    guess = one_of(asked.get("guess"), "guess", working)
    cards: dict[str, Card] = {name: translator(name).card for name in working}
    return {"text": words.answer(guess, measured(), cards)}


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """How far the answers to the examples are from the truth, and how fine they are beside it, for each model."""
    offered = examples()
    truths = [one.truth for one in offered]
    real = _units(truths)

    def distance(pictures: list[Image.Image]) -> float:
        return sum(map(l1, pictures, truths)) / len(truths)

    found: dict[str, Any] = {"pictures": len(offered), "drawing": {"l1": distance([one.flat for one in offered])}}
    for name in opened()[0]:
        answers = [made(name, one.flat) for one in offered]
        found[name] = {"l1": distance(answers), "detail": sharpness_relative(_units(answers), real)}
    return found


def _units(pictures: list[Image.Image]) -> torch.Tensor:
    return to_unit(torch.cat([to_tensor(one) for one in pictures]))


def build() -> None:
    """Lays out the tab with a finished answer; closed if the network with a discriminator does not work."""
    working, broken = opened()
    asked: dict[str, Any] = {"picture": 0}
    first = {
        "pictures": {name: translate(asked | {"model": name}).get("picture") for name in working},
        "compared": compare(asked),
    }
    if "error" in first["compared"]:
        raise CourseError(first["compared"]["error"])
    columns = [
        Column(words.TITLES[name], translator(name).card, "AtoB" if name == CYCLE else "model") for name in working
    ]
    guesses = {name: title for name, title in words.TITLES.items() if name in working}

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=markup.choose(), label="Flat, drawing", elem_id="flat-choose")
        with gr.Column(scale=7, min_width=320, elem_classes="results", elem_id="flat-answers"):
            Lab(template=markup.see(working, broken), label="Flat, answers", elem_id="flat-see")
            slider = gr.ImageSlider(
                (examples()[0].flat, made(ADVERSARIAL, examples()[0].flat)),
                type="pil",
                format="png",
                show_label=False,
                label="The two pictures chosen",
                interactive=False,
                buttons=[],
                elem_id="flat-slider",
                max_height=512,
            )
            lab = Lab(
                template=markup.like(guesses, _known()),
                scripts=(CANVAS, *(_HERE / file for file in ("bucket.js", "draw.js", "lab.js"))),
                label="Flat to 3-D",
                elem_id="flat-lab",
                server_functions=[translate, compare, explain],
                first=first,
                models=working,
                shown=markup.shown(working),
                title=words.TITLES[ADVERSARIAL],
                choices=CHOICES,
                count=len(examples()),
                white=measures.WHITE,
                empty=words.EMPTY,
            )
            with gr.Accordion("About these models", open=False, elem_id="flat-cards"):
                gr.HTML(facts(columns, words.MEASURED), padding=False)
                gr.HTML(f"<p>Examples: {html.escape(TERMS)}.</p>", padding=False)
            gr.HTML(lesson("06_pix2pix"), padding=False)
    lab.select(None, None, slider, js=_PAIR, api_visibility="private", show_progress="hidden")


TAB = Tab("Flat → 3-D", build, MODELS, any_model=True)
