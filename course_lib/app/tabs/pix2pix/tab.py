"""pix2pix on façades: one label map, two answers. One generator had a discriminator to please, its twin had not."""

import html
import time
from functools import lru_cache
from typing import Any

import gradio as gr
import numpy as np
import torch
from PIL import Image

from course_lib.app.facts import Column, facts
from course_lib.app.heavy import HEAVY, turn
from course_lib.app.protocol import MAX_SEED
from course_lib.app.tab import Tab
from course_lib.app.tabs.pix2pix.examples import examples
from course_lib.app.tabs.pix2pix.label_maps import digest, from_picture
from course_lib.app.tabs.pix2pix.painter import Painter
from course_lib.app.tabs.pix2pix.words import ANSWERS, CAPTIONS, EARLIER, HEADLINE, MEASURED, QUESTION
from course_lib.app.widgets import Seed, lesson, step, upload_field
from course_lib.data import palette
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.metrics.spectrum import high_frequency_power
from course_lib.models import zoo
from course_lib.models.translator import Translator

ADVERSARIAL, TWIN = MODELS = ("pix2pix-facades", "pix2pix-facades-l1")
VIEWS = ("Side by side", "Slider", "L1 alone", "L1 + discriminator", "Label map")

# The view is a matter of style sheets alone; the slider measures itself when the window changes.
_SHOW_VIEW = """(view) => {
    document.querySelector('#answers').dataset.view = view;
    window.dispatchEvent(new Event('resize'));
}"""
_NEW_SEED = f"() => Math.floor(Math.random() * {MAX_SEED + 1})"
_SEED_CHANGED = "() => { window.dispatchEvent(new Event('seed-changed')); }"


@lru_cache(maxsize=1)
def translators() -> tuple[Translator, Translator]:
    """The adversarial generator and its twin."""
    return zoo.load_translator(ADVERSARIAL), zoo.load_translator(TWIN)


def translate(
    labels: np.ndarray, seed: int
) -> tuple[Image.Image, Image.Image, Image.Image, tuple[Image.Image, Image.Image], str]:
    """Label map → (label map as the networks see it, twin's photo, adversarial photo, both for the slider, status).

    Args:
        labels: the class of every pixel, (256, 256).
    """
    adversarial, twin = translators()
    with turn(-1):  # Gradio's queue has let this one in already
        start = time.perf_counter()
        shown = adversarial.prepare(palette.paint(labels))
        photo, blurred = (to_picture(one.translate(to_tensor(shown), seed)) for one in (adversarial, twin))
        seconds = time.perf_counter() - start
    return shown, blurred, photo, (blurred, photo), _status(photo, blurred, seconds, labels, seed)


def _status(photo: Image.Image, blurred: Image.Image, seconds: float, labels: np.ndarray, seed: int) -> str:
    """What is said above the answers, with what they are answers to, by which the page sees that it changed since."""
    fine, coarse = (
        high_frequency_power(to_unit(to_tensor(picture)).to(torch.float64)).item() for picture in (photo, blurred)
    )
    ratio = f"{fine / coarse:.1f}" if coarse else "∞"
    return (
        f'<p data-map="{digest(labels)}" data-seed="{seed}">Seed {seed} · both photos in <b>{seconds:.2f} s</b> · '
        f"with the discriminator <b>{ratio} ×</b> the power in details of one to two pixels</p>"
    )


def pick_picture(image: Image.Image | None) -> Any:
    """An uploaded picture onto the canvas, its colours pulled to the twelve."""
    if image is None:
        return gr.skip()
    labels, distance = from_picture(image)
    if distance > 30:
        gr.Warning("This looks like no label map: its colours were pulled to the nearest of the twelve.")
    return labels


def build() -> None:
    """Lays out the tab and wires it. A finished answer is there from the start."""
    maps = examples()
    first = next(iter(maps.values()))
    translate(first, 0)  # the first call is slow; the seconds on the page are those of any other
    label, blurred, photo, pair, status = translate(first, 0)
    cards = [translator.card for translator in translators()]

    gr.HTML(HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            gr.HTML(step(1, "Choose or paint a façade"), padding=False)
            canvas = Painter(first, examples=maps, label="Label map", elem_id="canvas")
            with gr.Accordion("Use your own label map", open=False, elem_id="own"):
                upload = upload_field("upload")
        with gr.Column(scale=7, min_width=320, elem_classes="results"):
            gr.HTML(step(2, "See what each loss makes of it"), padding=False)
            with gr.Row(elem_classes="tight", elem_id="press"):
                go = gr.Button("Translate", variant="primary", elem_id="translate", scale=2, min_width=140)
                seed = Seed(label="Noise seed", elem_id="seed", min_width=110)
                dice = gr.Button("New noise", elem_id="dice", min_width=110)
            with gr.Column(elem_id="told"):
                status_line = gr.HTML(status, elem_id="status", padding=False)
                gr.HTML(EARLIER, elem_id="earlier", padding=False)
            view = gr.Radio(list(VIEWS), value=VIEWS[0], show_label=False, label="How to compare", elem_id="view")
            with gr.Group(elem_id="answers", elem_classes="shown"):
                gr.HTML(
                    f'<div class="sides">{_caption("twin")}{_caption("adversarial")}</div>',
                    padding=False,
                    elem_id="sides",
                )
                slider = gr.ImageSlider(
                    pair,
                    type="pil",
                    format="png",
                    show_label=False,
                    label="L1 alone, L1 + discriminator",
                    interactive=False,
                    buttons=[],
                    elem_id="slider",
                    max_height=640,
                )
                with gr.Row(elem_id="three"):
                    outputs = [
                        _answer(key, picture)
                        for key, picture in (("map", label), ("twin", blurred), ("adversarial", photo))
                    ]
            gr.HTML(QUESTION, padding=False, elem_id="question")
            guess = gr.Radio(list(ANSWERS), show_label=False, label="Your guess", elem_id="guess")
            reply = gr.HTML("", elem_id="reply", padding=False)
            with gr.Accordion("About these two models", open=False, elem_id="cards"):
                gr.HTML(facts([Column(card["name"], card) for card in cards], MEASURED), padding=False)
            gr.HTML(lesson("06_pix2pix"), padding=False)

    heavy = {"fn": translate, "inputs": [canvas, seed], "outputs": [*outputs, slider, status_line], **HEAVY}
    private: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
    at_once = heavy | {"api_visibility": "private", "trigger_mode": "always_last"}
    go.click(**heavy, api_name="translate")
    canvas.select(**at_once)  # an example was chosen; strokes wait for the button
    seed.submit(**at_once)
    seed.change(None, None, None, js=_SEED_CHANGED, **private)
    dice.click(None, None, seed, js=_NEW_SEED, **private).then(**at_once)
    brought = upload.upload(pick_picture, upload, canvas, api_name="label_map", show_progress="hidden")
    brought.success(**at_once)
    view.change(None, view, None, js=_SHOW_VIEW, api_visibility="private")
    guess.change(
        lambda choice: f'<p class="reply">{ANSWERS[choice](*cards)}</p>' if choice else "", guess, reply, **private
    )


def _answer(key: str, picture: Image.Image) -> gr.Image:
    title, _, description = CAPTIONS[key]
    with gr.Column(elem_id=f"{key}-column", elem_classes="answer", min_width=120):
        gr.HTML(_caption(key), padding=False)
        return gr.Image(
            picture,
            format="png",
            type="pil",
            interactive=False,
            show_label=False,
            label=title,
            alt_text=description,
            buttons=[],
            elem_id=key,
        )


def _caption(key: str) -> str:
    title, formula, _ = CAPTIONS[key]
    return f'<p class="caption {key}"><b>{html.escape(title)}</b><span>{formula}</span></p>'


TAB = Tab("pix2pix: façades", build, MODELS)
