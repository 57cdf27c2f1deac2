"""CycleGAN: a picture there and back, the middle perturbed on the way, and a picture that needs no translation."""

from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from course_lib.app.differences import colour_shift, error_map, l1
from course_lib.app.facts import Column, facts
from course_lib.app.heavy import turn
from course_lib.app.inline import data_url, from_data_url
from course_lib.app.protocol import one_of, served, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.cyclegan import markup, words
from course_lib.app.tabs.cyclegan.examples import SHEETS, example_pictures
from course_lib.app.tabs.cyclegan.measures import LEVELS, MIDDLES, RADII, STRENGTH, trip
from course_lib.app.usable import usable
from course_lib.app.widgets import Lab, lesson, upload_field
from course_lib.data.pictures import to_tensor
from course_lib.metrics.pairwise import ssim_y
from course_lib.models import zoo
from course_lib.models.translator import Translator

MODELS = tuple(SHEETS)
WAYS = ("AtoB", "BtoA")


@lru_cache(maxsize=2)
def translators(model: str) -> dict[str, Translator]:
    """Both directions of a model, read once."""
    return {way: zoo.load_translator(model, way) for way in WAYS}


def opened() -> tuple[list[str], dict[str, str]]:
    """The models that work with their examples, and for each that does not, why."""
    return usable(MODELS, lambda model: (translators(model), example_pictures(model)))


@served
def cyclegan(asked: dict[str, Any]) -> dict[str, Any]:
    """{"model", "way", "picture": an example's number or "own", "own", "strength"} → pictures and what was measured."""
    model, way = _chosen(asked)
    picture, truth = _picture(asked, model, way)
    strength = whole(asked.get("strength"), "strength", 1, len(RADII))
    with turn():
        return _travelled(model, way, picture, truth, strength)


@served
def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """{"model", "way", "guess"} → {"text"}: what the guess is worth, measured over the examples."""
    model, way = _chosen(asked)
    guess = one_of(asked.get("guess"), "guess", words.GUESSES)
    with turn():
        return {"text": words.answer(guess, measured(model, way))}


@lru_cache(maxsize=4)
def measured(model: str, way: str) -> dict[str, Any]:
    """How far the way back misses over all examples of one kind, by what was done to the middle."""
    ways, pictures = translators(model), example_pictures(model)[way[0]]
    trips = [trip(ways[way], ways[_other(way)], picture, STRENGTH) for _, picture in pictures]
    found: dict[str, Any] = {
        middle: {
            "changed": fmean(l1(one.middles[middle], one.made) for one in trips),
            "error": fmean(l1(one.x, one.back[middle]) for one in trips),
        }
        for middle in MIDDLES
    }
    return found | {"pictures": len(trips), "radius": RADII[STRENGTH - 1], "count": LEVELS[STRENGTH - 1]}


def bring(image: Image.Image | None) -> Any:
    """A visitor's picture, which came through the guard, as the networks will see it: its middle square."""
    if image is None:
        return gr.skip()
    size = max(translators(model)["AtoB"].config["size"] for model in opened()[0])
    return data_url(ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC))


def _chosen(asked: dict[str, Any]) -> tuple[str, str]:
    return one_of(asked.get("model"), "model", MODELS), one_of(asked.get("way"), "direction", WAYS)


def _picture(asked: dict[str, Any], model: str, way: str) -> tuple[Image.Image, Image.Image | None]:
    """The picture asked for, and where it is known, its true counterpart."""
    if asked.get("picture") == "own":
        return from_data_url(asked.get("own")), None
    pictures = example_pictures(model)
    number = whole(asked.get("picture"), "number of the example", 0, len(pictures[way[0]]) - 1)
    truth = pictures[way[-1]][number][1] if SHEETS[model].paired else None
    return pictures[way[0]][number][1], truth


def _travelled(model: str, way: str, picture: Image.Image, truth: Image.Image | None, strength: int) -> dict[str, Any]:
    ways = translators(model)
    one = trip(ways[way], ways[_other(way)], picture, strength)
    answer: dict[str, Any] = {
        "x": data_url(one.x),
        "made": data_url(one.made),
        "same": data_url(one.same),
        "sameError": data_url(error_map(one.x, one.same)),
        "middles": {
            name: {
                "middle": data_url(one.middles[name]),
                "back": data_url(one.back[name]),
                "map": data_url(error_map(one.x, one.back[name])),
                "changed": l1(one.middles[name], one.made),
                "error": l1(one.x, one.back[name]),
            }
            for name in MIDDLES
        },
        "moved": {"l1": l1(one.x, one.made), "shift": colour_shift(one.x, one.made)},
        "kept": {"l1": l1(one.x, one.same), "shift": colour_shift(one.x, one.same)},
        "perturbed": {"blur": RADII[strength - 1], "levels": LEVELS[strength - 1]},
        "seconds": one.seconds,
        "size": one.x.width,
    }
    if truth is not None:
        truth = ways[way].prepare(truth)
        answer["truth"] = {
            "picture": data_url(truth),
            "made": {"l1": l1(one.made, truth), "ssim": _ssim(one.made, truth)},
            "nothing": {"l1": l1(one.x, truth), "ssim": _ssim(one.x, truth)},
        }
    return answer


def _ssim(a: Image.Image, b: Image.Image) -> float:
    return ssim_y((to_tensor(a) + 1) / 2, (to_tensor(b) + 1) / 2, border=0).mean().item()


def _other(way: str) -> str:
    return WAYS[1 - WAYS.index(way)]


def build() -> None:
    """Lays out the tab with a finished trip; closed only if no model works."""
    working, broken = opened()
    asked = {"model": working[0], "way": "AtoB", "picture": 0, "strength": STRENGTH}
    cyclegan(asked)  # the first call is slow; the seconds on the page are those of any other
    first = cyclegan(asked)
    columns = [
        Column(words.ways(model)[way], translator.card, way)
        for model in working
        for way, translator in translators(model).items()
    ]

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=markup.choose(working, broken), label="CycleGAN, choices", elem_id="cyclegan-choose")
            with gr.Accordion("Use your own picture", open=False, elem_id="cyclegan-own"):
                upload = upload_field("cyclegan-upload")
        with gr.Column(scale=7, min_width=320, elem_classes="results"):
            see = Lab(
                template=markup.see(),
                scripts=(Path(__file__).with_name("lab.js"),),
                label="CycleGAN",
                elem_id="cyclegan-see",
                server_functions=[cyclegan, explain],
                first=first,
                asked=asked,
                kinds={model: words.KINDS[model] for model in working},
            )
            with gr.Accordion("About these models", open=False, elem_id="cyclegan-cards"):
                gr.HTML(facts(columns, words.MEASURED), padding=False)
                gr.HTML(markup.terms(working), padding=False)
            gr.HTML(lesson("07_cyclegan"), padding=False)
    upload.upload(bring, upload, see, api_visibility="private", show_progress="hidden")


TAB = Tab("CycleGAN", build, MODELS, any_model=True)
