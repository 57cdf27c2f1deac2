"""Generate: a class and a seed become drawings; the training drawings nearest to them; the way from one seed to another."""

import base64
import html
import io
import math
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr
import torch
from PIL import Image
from torch import Tensor

from course_lib.app.heavy import turn
from course_lib.app.tabs.pix2pix.words import facts
from course_lib.app.widgets import Lab, lesson, radios
from course_lib.data.pictures import to_picture
from course_lib.errors import CourseError
from course_lib.metrics.neighbours import TrainingPictures, nearest
from course_lib.models import zoo
from course_lib.models.sampler import Sampler

TITLE = "Generate"
ADDRESS = "generate"
DRAWINGS, DIGITS = MODELS = ("cgan-quickdraw", "gan-digits")
MAX_SEED = 9999
SHOWN, COMPARED, NEIGHBOURS, STOPS = (
    12,
    4,
    3,
    25,
)  # drawings; of them held against training; neighbours; stops of a walk
PATIENCE = 8.0

GUESSES = {
    "copies": "Copies of training drawings, or nearly.",
    "new": "About as far from them as a new drawing by a person is.",
    "far": "Much further from them than any person’s drawing.",
}

_HEADLINE = """
<div class="headline">
  <h1>Did it learn to draw,<br>or learn drawings by heart?</h1>
  <p>{} numbers of noise and the name of a class go in, a drawing comes out. No drawing was ever shown to this
  network: it only heard from a discriminator that had seen thousands.</p>
</div>
"""


@lru_cache(maxsize=2)
def sampler(name: str) -> Sampler:
    """One of the two generators, read once."""
    return zoo.load_sampler(name)  # type: ignore[return-value]


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


def _number(asked: dict[str, Any], name: str) -> int:
    seed = asked.get(name)
    if isinstance(seed, bool) or not isinstance(seed, int | float) or not 0 <= seed <= MAX_SEED or seed != int(seed):
        raise CourseError(f"The seed is {str(seed)[:40]}; it must be a whole number from 0 to {MAX_SEED}.")
    return int(seed)


def draw(asked: Any) -> dict[str, Any]:
    """{"what", "seed", "other"} → drawings, neighbours and a walk, as small PNGs in base64; or {"error": a sentence}."""
    try:
        asked = asked if isinstance(asked, dict) else {}
        what, offered = asked.get("what"), choices()
        if not isinstance(what, str) or what not in offered:
            raise CourseError(f"{str(what)[:40]!r} cannot be drawn; there is {', '.join(offered)}.")
        seed, other = _number(asked, "seed"), _number(asked, "other")
        with turn(PATIENCE) as came:
            if not came:
                raise CourseError("The server is busy. Try again in a moment.")
            return _drawn(*offered[what], seed, other)
    except CourseError as error:
        return {"error": str(error)}


@lru_cache(maxsize=64)
def _drawn(name: str, label: str | None, seed: int, other: int) -> dict[str, Any]:
    model, begun = sampler(name), time.perf_counter()
    latents = model.latent(SHOWN, seed)
    made = model.generate(latents, label)
    seconds = time.perf_counter() - begun
    way = model.generate(walk(latents[0], model.latent(1, other)[0], STOPS), label)
    return {
        "size": model.config["size"],
        "drawings": [_png(picture) for picture in made],
        "walk": [_png(picture) for picture in way],
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
        [{"png": _png(picture), "distance": round(float(apart), 3)} for picture, apart in zip(found, row, strict=True)]
        for found, row in ((known.pictures(one), row) for one, row in zip(numbers, distances, strict=True))
    ]


def _png(picture: Tensor) -> str:
    file = io.BytesIO()
    image: Image.Image = to_picture(picture.expand(3, -1, -1)).convert("L")
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def answer(card: dict[str, Any]) -> str:
    """What was measured about copies, if the card says; else how one can look."""
    found = card.get("validation", {})
    near, real = found.get("nearest"), found.get("nearest_real")
    if not near or not real or not math.isfinite(near / real):
        return "Look at the drawings beside their nearest neighbours: this model's card does not say yet."
    kind = _kind(card)
    accuracy = found.get("class_accuracy")
    told = (
        f"Measured over {found.get('samples', '–')} drawings: the nearest training drawing lies {near:.3f} away; from a person’s "
        f"drawing that was not used in training it lies {real:.3f} away ({near / real:.2f} ×)."
    )
    if accuracy:
        told += f" An independent classifier sees the class that was asked for in {accuracy:.0%} of them."
    meaning = {
        "copies": " So it leans on what it has seen.",
        "new": " So these are no copies. That alone does not make them good drawings.",
        "far": " So these are no copies, and no person’s drawings either.",
    }
    return told + meaning[kind]


def _kind(card: dict[str, Any]) -> str:
    """Which of the guesses the card bears out: nearer than two thirds of a person's distance is a copy, further than one and a half is far."""
    found = card.get("validation", {})
    if not found.get("nearest") or not found.get("nearest_real"):
        return ""
    ratio = found["nearest"] / found["nearest_real"]
    return "copies" if ratio < 2 / 3 else "far" if ratio > 3 / 2 else "new"


def _template(words: list[str]) -> str:
    return f"""
<div class="lab generate-lab">
  <section class="first">
    <h2><span class="step">1</span>Guess first</h2>
    <p class="lead">What are the drawings of this network?</p>
    {radios("guess", "Your guess", GUESSES, chosen=None, shape="list", prefix="generate")}
    <div class="answer-text" role="status"></div>
  </section>
  <section class="second">
    <h2><span class="step">2</span>Ask for something</h2>
    {radios("what", "What to draw", {word: word for word in words}, chosen=words[0], prefix="generate")}
    <div class="line fields">
      <label class="field"><span>Seed</span><input type="number" name="generate-seed" min="0" max="{MAX_SEED}" step="1" value="0"></label>
      <button type="button" data-do="dice" class="main">New noise</button>
    </div>
    <p class="status" role="status"></p>
    <div class="sheet" role="list" aria-label="Drawings"></div>
    <h2><span class="step">3</span>Beside the nearest training drawings</h2>
    <p class="lead">Left the network’s, then the three nearest of the same class that its discriminator saw, and how far they are.</p>
    <div class="beside"></div>
  </section>
  <section class="third">
    <h2><span class="step">4</span>Walk from one seed to another</h2>
    <label class="field"><span>To seed</span><input type="number" name="generate-other" min="0" max="{MAX_SEED}" step="1" value="1"></label>
    <div class="walk"></div>
    <label class="score"><span class="at">Start</span><input type="range" name="generate-stop" min="0" max="{STOPS - 1}" step="1" value="0"></label>
    <p class="lead small">Between two seeds lie drawings as well: the network has learned a map of them. A jump would be a place
    where it has learned none.</p>
  </section>
</div>
"""


def build_tab() -> None:
    """Lays out the tab; a missing or damaged model closes it. Drawing begins when a visitor comes."""
    words = list(choices())
    card, config = sampler(DRAWINGS).card, sampler(DRAWINGS).config
    gr.HTML(_HEADLINE.format(config["z_dim"]), padding=False)
    Lab(
        _template(words),
        scripts=(Path(__file__).with_name("lab.js"),),
        label="Generate",
        elem_id="generate-lab",
        server_functions=[draw],
        told={"text": html.escape(answer(card)), "kind": _kind(card)},
    )
    with gr.Accordion("About these two models", open=False, elem_id="generate-cards"):
        gr.HTML(facts([sampler(name).card for name in MODELS]), padding=False)
    gr.HTML(lesson("04", "04_conditioning"), padding=False)
