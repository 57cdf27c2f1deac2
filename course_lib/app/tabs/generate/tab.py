"""Generate: a class and a seed become drawings; the training drawings nearest to them; a walk from seed to seed."""

import html
import math
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from torch import Tensor

from course_lib.app.facts import Card, Column, facts, kid, number
from course_lib.app.heavy import turn
from course_lib.app.inline import data_url
from course_lib.app.protocol import one_of, seed, served
from course_lib.app.tab import Tab
from course_lib.app.widgets import Lab, guess, headline, lesson, radios, seed_field, step
from course_lib.data.pictures import to_picture
from course_lib.errors import CourseError
from course_lib.metrics.neighbours import TrainingPictures, nearest
from course_lib.models import zoo
from course_lib.models.sampler import Sampler

DRAWINGS, DIGITS = MODELS = ("cgan-quickdraw", "gan-digits")
SHOWN, COMPARED, NEIGHBOURS = 12, 4, 3  # drawings; how many of them beside training drawings; of how many each
STOPS = 25  # of a walk from one seed to another

GUESSES = {
    "copies": "Copies of training drawings, or nearly.",
    "new": "About as far from them as a new drawing by a person is.",
    "far": "Much further from them than any person’s drawing.",
}

MEASURED = (
    number("drawings that a classifier calls the class that was asked for", "class_accuracy", ".0%"),
    number("distance to the nearest training drawing", "nearest"),
    number("the same of drawings by people that were held out", "nearest_real"),
    kid("KID-VGG", "kid_vgg"),
    kid("KID-VGG, real against real", "kid_vgg_real"),
)


@lru_cache(maxsize=2)
def sampler(name: str) -> Sampler:
    """One of the two generators, read once."""
    return zoo.load_sampler(name)


def choices() -> dict[str, tuple[str, str | None]]:
    """What can be asked for: word → model and class. Digits have no classes."""
    return {one: (DRAWINGS, one) for one in sampler(DRAWINGS).classes} | {"digits": (DIGITS, None)}


def walk(start: Tensor, end: Tensor, stops: int) -> Tensor:
    """(stops, latent) along the great circle from one z to another, (latent,) each; lengths in proportion.

    The straight line would pass nearer to 0 than normal numbers ever lie. White 2016, "Sampling Generative Networks".
    """
    share = torch.linspace(0, 1, stops)[:, None]
    cosine = torch.dot(start, end) / (start.norm() * end.norm()).clamp_min(1e-12)
    angle = torch.acos(cosine.clamp(-1, 1))
    if angle.sin() < 1e-4:
        return (1 - share) * start + share * end
    return (torch.sin((1 - share) * angle) * start + torch.sin(share * angle) * end) / angle.sin()


@lru_cache(maxsize=16)
def _known(name: str, label: str | None) -> TrainingPictures:
    """The training pictures of one class."""
    model = sampler(name)
    stored = model.training_pictures()
    if label is None:
        return stored
    mine = stored.labels == model.classes.index(label)
    return TrainingPictures(stored.levels[mine], stored.labels[mine], stored.bits)


@served
def draw(asked: dict[str, Any]) -> dict[str, Any]:
    """{"what", "seed", "other": the seed to walk to} → drawings, neighbours and a walk."""
    offered = choices()
    what = one_of(asked.get("what"), "class", offered)
    start, end = seed(asked.get("seed")), seed(asked.get("other"), "second seed")
    with turn():
        return _drawn(*offered[what], start, end)


@lru_cache(maxsize=64)
def _drawn(name: str, label: str | None, start: int, end: int) -> dict[str, Any]:
    model, begun = sampler(name), time.perf_counter()
    latents = model.latent(SHOWN, start)
    made = model.generate(latents, label)
    seconds = time.perf_counter() - begun
    way = model.generate(walk(latents[0], model.latent(1, end)[0], STOPS), label)
    return {
        "size": model.config["size"],
        "drawings": [_inline(picture) for picture in made],
        "walk": [_inline(picture) for picture in way],
        "neighbours": _neighbours(name, label, made[:COMPARED]),
        "seconds": round(seconds, 3),
    }


def _neighbours(name: str, label: str | None, made: Tensor) -> list[list[dict[str, Any]]]:
    """For each drawing its nearest training drawings; empty if none are shipped."""
    try:
        known = _known(name, label)
    except CourseError:
        return []
    distances, numbers = nearest(made, known, min(NEIGHBOURS, len(known)))
    return [
        [
            {"picture": _inline(picture), "distance": round(float(apart), 3)}
            for picture, apart in zip(found, row, strict=True)
        ]
        for found, row in ((known.pictures(one), row) for one, row in zip(numbers, distances, strict=True))
    ]


def _inline(picture: Tensor) -> str:
    return data_url(to_picture(picture.expand(3, -1, -1)).convert("L"))


def answer(card: Card) -> str:
    """What was measured about copies, if the card says; else how one can look."""
    found = card.get("validation", {})
    near, real = found.get("nearest"), found.get("nearest_real")
    if not near or not real or not math.isfinite(near / real):
        return "Look at the drawings beside their nearest neighbours: this model's card does not say yet."
    right = right_guess(card)
    accuracy = found.get("class_accuracy")
    told = (
        f"Measured over {found.get('samples', '–')} drawings: the nearest training drawing lies {near:.3f} away; from "
        f"a person’s drawing that was not used in training it lies {real:.3f} away ({near / real:.2f} ×)."
    )
    if accuracy:
        told += f" An independent classifier sees the class that was asked for in {accuracy:.0%} of them."
    meaning = {
        "copies": " So these are close to copies.",
        "new": " So these are no copies. That alone does not make them good drawings.",
        "far": " So these are no copies, and not like a person’s drawings either.",
    }
    return told + meaning[right]


def right_guess(card: Card) -> str:
    """Which of the guesses the card bears out. "copies": nearer to a training drawing than two thirds of the distance
    of a person's drawing; "far": further than one and a half of it.
    """
    found = card.get("validation", {})
    if not found.get("nearest") or not found.get("nearest_real"):
        return ""
    ratio = found["nearest"] / found["nearest_real"]
    return "copies" if ratio < 2 / 3 else "far" if ratio > 3 / 2 else "new"


def _template(words: list[str]) -> str:
    return f"""
<div class="lab generate-lab">
  <section class="first">
    {guess("What are the drawings of this network?", GUESSES, "generate")}
  </section>
  <section class="second">
    {step(2, "Ask for something")}
    {radios("what", "What to draw", {word: word for word in words}, chosen=words[0], prefix="generate")}
    <div class="line fields">
      {seed_field("generate-seed", "Seed", 0)}
      <button type="button" data-do="dice" class="main">New noise</button>
    </div>
    <p class="status" role="status"></p>
    <div class="sheet shown" role="list" aria-label="Drawings"></div>
    {step(3, "Beside the nearest training drawings")}
    <p class="lead">Left the network’s, then the three nearest of the same class that its discriminator saw, and how
    far they are.</p>
    <div class="beside shown"></div>
  </section>
  <section class="third">
    {step(4, "Walk from one seed to another")}
    {seed_field("generate-other", "To seed", 1)}
    <div class="walk shown"></div>
    <label class="score"><span class="at">Start</span>
      <input type="range" name="generate-stop" min="0" max="{STOPS - 1}" step="1" value="0"></label>
    <p class="lead small">Between two seeds the drawing should change a little at every stop: the network is a
    continuous function of its noise. A jump is a place where a small change of the noise changes the drawing a lot.</p>
  </section>
</div>
"""


def build() -> None:
    """Lays out the tab; a missing or damaged model closes it. Drawing begins when a visitor comes."""
    words, card = list(choices()), sampler(DRAWINGS).card
    told = headline(
        "Did it learn to draw,<br>or learn drawings by heart?",
        f"{sampler(DRAWINGS).config['z_dim']} numbers of noise and the name of a class go in, a drawing comes out. "
        "This network was never given a drawing: it learned from a discriminator that had seen thousands.",
    )
    gr.HTML(told, padding=False)
    Lab(
        template=_template(words),
        scripts=(Path(__file__).with_name("lab.js"),),
        label="Generate",
        elem_id="generate-lab",
        server_functions=[draw],
        told={"text": html.escape(answer(card)), "right": right_guess(card)},
    )
    with gr.Accordion("About these two models", open=False, elem_id="generate-cards"):
        gr.HTML(facts([Column(name, sampler(name).card) for name in MODELS], MEASURED), padding=False)
    gr.HTML(lesson("04_conditioning"), padding=False)


TAB = Tab("Generate", build, MODELS)
