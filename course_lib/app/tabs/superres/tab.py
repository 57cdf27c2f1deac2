"""Super-resolution: one crop, four times larger by a formula, by regression, by an adversary, and by weights in between."""

import html
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from course_lib.app.facts import Column, facts
from course_lib.app.heavy import HEAVY, turn
from course_lib.app.inline import data_url, overview_url
from course_lib.app.protocol import one_of, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.superres import crops, markup, words
from course_lib.app.tabs.superres.examples import EXAMPLES, picture
from course_lib.app.tabs.superres.whole import check, enlarge
from course_lib.app.widgets import DictLab, Lab, lesson, step, upload_field
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.networks.vgg import BSDS_NAME

_HERE = Path(__file__).parent
FIRST: dict[str, Any] = {
    "picture": 0,
    "own": 0,
    "reduce": True,
    "x": EXAMPLES[0].place[0],
    "y": EXAMPLES[0].place[1],
    "share": 5,
}
_WAITING = "() => '<p role=\"status\">Waiting for its turn …</p>'"
_LARGEST = 16_000_000  # no picture that the guard lets in is longer: it is not made smaller


def answers(asked: dict[str, Any], own: Image.Image | None) -> tuple[dict[str, Any], Any]:
    """{"picture": an example's number or "own", "reduce", "x", "y", "share", "guess"} → the answers to this, and two of
    them for the slider; or a sentence.

    What was asked comes back with them, by which the page sees whether it changed since: {"own"}, too, which counts the
    visitor's own pictures.
    """
    try:
        shown, reduce, share = _chosen(asked, own)
        x, y = (whole(asked.get(name), f"place {name}", 0, 1000) for name in "xy")
        guess = asked.get("guess")
        if guess is not None:
            one_of(guess, "answer", words.GUESSES)
        with turn(-1):  # Gradio's queue has let this one in already
            return _answered(asked, crops.cut(shown, reduce, x, y), share, guess)
    except CourseError as error:
        return {"asked": asked, "error": str(error)}, gr.skip()


def _chosen(asked: dict[str, Any], own: Image.Image | None) -> tuple[Image.Image, bool, int]:
    """The picture, whether it is reduced first, and the share of SRGAN's weights, in tenths."""
    reduce, number = asked.get("reduce"), asked.get("picture")
    if not isinstance(reduce, bool):
        raise CourseError("It was not said whether the picture is to be reduced first. Reload the page.")
    share = whole(asked.get("share"), "share of SRGAN", 0, crops.STEPS)
    if number != "own":
        return picture(whole(number, "number of the example", 0, len(EXAMPLES) - 1)), reduce, share
    if own is None:
        raise CourseError("Your picture is no longer here. Upload it again.")
    return own, reduce, share


def _answered(asked: dict[str, Any], crop: crops.Crop, share: int, guess: str | None) -> tuple[dict[str, Any], Any]:
    made, seconds = crops.answers(crop, share)
    truth = crop.true()
    pictures = {"small": crop.small(), **made} | ({} if truth is None else {"truth": truth})
    found: dict[str, Any] = {
        "asked": asked,
        "pictures": {name: data_url(one) for name, one in pictures.items()},
        "size": made["srgan"].size,
        "seconds": seconds,
    }
    if guess is not None and truth is not None:
        measured = crops.figures(crop, share)
        found["measured"] = {
            name: f"{words.psnr(one)}, VGG distance {one['distance']:.3f}" for name, one in measured.items()
        }
        found["reply"] = words.reply(guess, measured)
    return found, (made["srresnet"], made["srgan"])


def bring(own: Image.Image | None) -> Any:
    """A visitor's picture, which came through the guard: what the page needs to find a place in it."""
    if own is None:
        return gr.skip()
    return {"own": {"src": overview_url(own, 2 * markup.OVERVIEW), "size": own.size}}


def enlarged(asked: dict[str, Any], own: Image.Image | None) -> Iterator[tuple[Any, Any]]:
    """The whole picture by the weights in between: how far it is, and in the end the picture; or a sentence."""
    start = time.perf_counter()
    try:
        shown, reduce, share = _chosen(asked, own)
        across, down = check(*shown.size, reduce)
        steps = enlarge(shown, reduce, share)
        while True:
            done, count = next(steps)
            yield _told(f"Tile {done} of {count} is done.", done / count), gr.skip()
    except StopIteration as end:
        sizes = f"{across:,} × {down:,} → {end.value.width:,} × {end.value.height:,}"
        yield _told(f"{sizes} pixels in {time.perf_counter() - start:.1f} s."), gr.update(value=end.value, visible=True)
    except CourseError as error:
        yield _told(str(error)), gr.skip()


def _told(sentence: str, share: float | None = None) -> str:
    bar = "" if share is None else f'<progress value="{share:.3f}" aria-label="How much is done"></progress>'
    return f'<p role="status">{html.escape(sentence)}</p>{bar}'


def build() -> None:
    """Lays out the tab with a finished answer."""
    columns = [Column(words.TITLES[name], zoo.card_of(name)) for name in crops.MODELS]
    warm = crops.cut(picture(FIRST["picture"]), FIRST["reduce"], FIRST["x"], FIRST["y"])
    crops.answers(warm, FIRST["share"])  # the first call is slow; the seconds on the page are those of any other
    crops.answer.cache_clear()
    first, pair = answers(FIRST, None)
    if "error" in first:
        raise CourseError(first["error"])

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=markup.choose(), label="Super-resolution, choices", elem_id="superres-choose")
            with gr.Accordion("Use your own picture", open=False, elem_id="superres-own"):
                upload = upload_field("superres-upload", _LARGEST)
        with gr.Column(scale=7, min_width=320, elem_classes="results", elem_id="superres-answers"):
            Lab(template=markup.see(), label="Super-resolution, answers", elem_id="superres-see")
            slider = gr.ImageSlider(
                pair,
                type="pil",
                format="png",
                show_label=False,
                label="SRResNet, SRGAN",
                interactive=False,
                buttons=[],
                elem_id="superres-slider",
                max_height=640,
            )
            found = DictLab(scripts=(_HERE / "found.js",), label="Super-resolution, found", elem_id="superres-found")
            choices = DictLab(
                FIRST,
                template=markup.ask(),
                scripts=(_HERE / "lab.js",),
                label="Super-resolution, question",
                elem_id="superres-ask",
                first=first,
                start=FIRST,
                sizes=[picture(number).size for number in range(len(EXAMPLES))],
                places=[one.place for one in EXAMPLES],
                side=crops.SIDE,
                factor=crops.SCALE,
                steps=crops.STEPS,
            )
            gr.HTML(step(5, "Enlarge the whole picture"), padding=False, elem_id="superres-all")
            go = gr.Button("Enlarge all of it", variant="primary", elem_id="superres-go")
            told = gr.HTML(_told(words.WHOLE), elem_id="superres-told", padding=False)
            everything = gr.Image(
                None,
                format="png",
                type="pil",
                interactive=False,
                show_label=False,
                label="The whole picture, enlarged",
                alt_text="The whole picture, enlarged",
                buttons=["download", "fullscreen"],
                visible=False,
                elem_id="superres-everything",
            )
            with gr.Accordion("About these models", open=False, elem_id="superres-cards"):
                gr.HTML(facts(columns, words.MEASURED), padding=False)
                gr.HTML(words.EXAMPLE_TERMS, padding=False)
            gr.HTML(lesson("05_averaging"), padding=False)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    inputs = [choices, upload]
    choices.select(answers, inputs, [found, slider], trigger_mode="always_last", **private, **HEAVY)
    brought = upload.upload(bring, upload, found, **private)
    # Else it would be sent with every question, and the page would offer a picture that is no longer there.
    brought.failure(lambda: (None, {"lost": True}), None, [upload, found], **private)
    # A queue of its own: it waits for its turn at every tile, so that others' short questions are answered meanwhile.
    waiting = go.click(None, None, told, js=_WAITING, **private)
    waiting.then(enlarged, inputs, [told, everything], **private, concurrency_id="whole", concurrency_limit=1)


TAB = Tab("Super-resolution", build, crops.MODELS, any_model=True, beside=(BSDS_NAME,))
