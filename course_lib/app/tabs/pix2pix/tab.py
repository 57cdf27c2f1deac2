"""pix2pix on façades: one label map, two answers. One generator had a discriminator to please, its twin had not."""

import html
import secrets
import time
from functools import lru_cache
from typing import Any

import gradio as gr
import torch
from PIL import Image

from course_lib.app.guard import GuardedImage, refuse
from course_lib.app.heavy import HEAVY, turn
from course_lib.app.tabs.pix2pix.examples import examples
from course_lib.app.tabs.pix2pix.label_maps import as_label_map
from course_lib.app.tabs.pix2pix.painter import SIZE, Painter
from course_lib.app.tabs.pix2pix.words import ANSWERS, CAPTIONS, HEADLINE, LESSON, QUESTION, facts
from course_lib.data.pictures import to_tensor, to_unit
from course_lib.metrics.spectrum import high_frequency_power
from course_lib.models import zoo
from course_lib.models.translator import Translator

TITLE = "pix2pix: façades"
ADDRESS = "pix2pix"
ADVERSARIAL, TWIN = MODELS = ("pix2pix-facades", "pix2pix-facades-l1")
MAX_SEED = 9999
VIEWS = ("Side by side", "Slider", "L1 alone", "L1 + discriminator", "Label map")

# The view is a matter of style sheets alone; the slider measures itself when the window changes.
_SHOW_VIEW = """(view) => {
    document.querySelector('#answers').dataset.view = view;
    window.dispatchEvent(new Event('resize'));
}"""


@lru_cache(maxsize=1)
def translators() -> tuple[Translator, Translator]:
    """The adversarial generator and its twin."""
    return zoo.load_translator(ADVERSARIAL), zoo.load_translator(TWIN)


def translate(
    canvas: Image.Image | None, seed: float | None
) -> tuple[Image.Image, Image.Image, Image.Image, tuple[Image.Image, Image.Image], str]:
    """Label map → (label map as the networks see it, twin's photo, adversarial photo, both for the slider, status)."""
    if canvas is None:
        raise refuse("There is no label map yet. Choose an example or paint one.")
    if seed is None or not 0 <= seed <= MAX_SEED:
        raise refuse(f"The seed is {seed}; it must be a whole number from 0 to {MAX_SEED}.")
    adversarial, twin = translators()
    with turn():
        start = time.perf_counter()
        photo, blurred = adversarial(canvas, seed=int(seed)), twin(canvas, seed=int(seed))
        seconds = time.perf_counter() - start
    return adversarial.prepare(canvas), blurred, photo, (blurred, photo), _status(photo, blurred, seconds, int(seed))


def _status(photo: Image.Image, blurred: Image.Image, seconds: float, seed: int) -> str:
    fine, coarse = (
        high_frequency_power(to_unit(to_tensor(picture)).to(torch.float64)).item() for picture in (photo, blurred)
    )
    ratio = f"{fine / coarse:.1f}" if coarse else "∞"
    return (
        f"Seed {seed} · both photos in <b>{seconds:.2f} s</b> · "
        f"with the discriminator <b>{ratio} ×</b> the power in details of one to two pixels"
    )


def pick_picture(image: Image.Image | None) -> Any:
    """An uploaded picture onto the canvas, its colours pulled to the twelve."""
    if image is None:
        return gr.skip()
    label_map, distance = as_label_map(image, SIZE)
    if distance > 30:
        gr.Warning("This looks like no label map: its colours were pulled to the nearest of the twelve.")
    return label_map


def build_tab() -> None:
    """Lays out the tab and wires it. A finished answer is there from the start."""
    maps = examples()
    first = next(iter(maps.values()))
    translate(first, 0)  # the first call is slow; the seconds on the page are those of any other
    label, blurred, photo, pair, status = translate(first, 0)

    gr.HTML(HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_id="make"):
            gr.HTML('<h2><span class="step">1</span>Choose or paint a façade</h2>', padding=False)
            canvas = Painter(first, examples=maps, label="Label map", elem_id="canvas")
            with gr.Accordion("Use your own label map", open=False, elem_id="own"):
                upload = GuardedImage(
                    label="PNG, JPEG or WebP, up to 8 MB", longest_side=1024, height=160, elem_id="upload", buttons=[]
                )
        with gr.Column(scale=7, min_width=320, elem_id="see"):
            gr.HTML('<h2><span class="step">2</span>See what each loss makes of it</h2>', padding=False)
            with gr.Row(elem_classes="tight", elem_id="press"):
                go = gr.Button("Translate", variant="primary", elem_id="translate", scale=2, min_width=140)
                seed = gr.Number(
                    0, label="Noise seed", precision=0, minimum=0, maximum=MAX_SEED, elem_id="seed", min_width=110
                )
                dice = gr.Button("New noise", elem_id="dice", min_width=110)
            status_line = gr.HTML(status, elem_id="status", padding=False)
            view = gr.Radio(list(VIEWS), value=VIEWS[0], show_label=False, label="How to compare", elem_id="view")
            with gr.Group(elem_id="answers"):
                gr.HTML(
                    f'<div class="sides">{_caption("twin")}{_caption("adversarial")}</div>',
                    padding=False,
                    elem_id="sides",
                )
                slider = gr.ImageSlider(
                    pair, type="pil", format="png", show_label=False, label="L1 alone, L1 + discriminator",
                    interactive=False, buttons=[], elem_id="slider", max_height=640,
                )  # fmt: skip
                with gr.Row(elem_id="three"):
                    outputs = [
                        _answer(key, picture)
                        for key, picture in (("map", label), ("twin", blurred), ("adversarial", photo))
                    ]
            gr.HTML(QUESTION, padding=False, elem_id="question")
            guess = gr.Radio(list(ANSWERS), show_label=False, label="Your guess", elem_id="guess")
            reply = gr.HTML("", elem_id="reply", padding=False)
            with gr.Accordion("About these two models", open=False, elem_id="cards"):
                gr.HTML(facts([translator.card for translator in translators()]), padding=False)
            gr.HTML(LESSON, padding=False)

    heavy = {"fn": translate, "inputs": [canvas, seed], "outputs": [*outputs, slider, status_line], **HEAVY}
    private: dict[str, Any] = {"api_visibility": "private", "queue": False, "show_progress": "hidden"}
    go.click(**heavy, api_name="translate")
    dice.click(lambda: secrets.randbelow(MAX_SEED + 1), None, seed, **private).then(**heavy, api_visibility="private")
    upload.upload(pick_picture, upload, canvas, api_name="label_map", show_progress="hidden")
    view.change(None, view, None, js=_SHOW_VIEW, api_visibility="private")
    cards = [translator.card for translator in translators()]
    guess.change(
        lambda choice: f'<p class="reply">{ANSWERS[choice](*cards)}</p>' if choice else "", guess, reply, **private
    )


def _answer(key: str, picture: Image.Image) -> gr.Image:
    title, _, description = CAPTIONS[key]
    with gr.Column(elem_id=f"{key}-column", elem_classes="answer", min_width=120):
        gr.HTML(_caption(key), padding=False)
        return gr.Image(
            picture, format="png", type="pil", interactive=False, show_label=False, label=title, alt_text=description,
            buttons=[], elem_id=key,
        )  # fmt: skip


def _caption(key: str) -> str:
    title, formula, _ = CAPTIONS[key]
    return f'<p class="caption {key}"><b>{html.escape(title)}</b><span>{formula}</span></p>'
