"""Style: a photo by one pass of each of four networks, and by moving pixels while the visitor looks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from course_lib.app.facts import Column, facts
from course_lib.app.heavy import HEAVY, turn
from course_lib.app.inline import data_url, jpeg_url, overview_url
from course_lib.app.protocol import one_of, page_key, served, whole
from course_lib.app.tab import Tab
from course_lib.app.tabs.style import fast, live, markup, words
from course_lib.app.tabs.style.photos import PHOTOS, photo
from course_lib.app.widgets import DictLab, Lab, lesson, upload_field
from course_lib.data.pictures import to_picture
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.networks.vgg import BSDS_NAME
from course_lib.tasks.descent import Step

_HERE = Path(__file__).parent
LONGEST = 1024  # pixels, longer side of a photo that the networks are shown
QUALITY = 92  # of the JPEGs of one pass, which are up to a megapixel each
PICTURES_A_SECOND = 2  # of moved pixels, at most
FIRST: dict[str, Any] = {"photo": 0, "own": 0}
FIRST_LIVE: dict[str, Any] = {"share": 5, "size": "128", "start": "content", "seconds": 20, "seed": 0}
RUNS = 2  # at once; others wait in the queue


def answers(asked: dict[str, Any], own: Image.Image | None) -> Iterator[dict[str, Any]]:
    """{"photo": an example's number or "own"} → the picture of one network after another; or a sentence.

    What was asked comes back with them, by which the page sees whether it changed since.
    """
    pictures: dict[str, str] = {}
    times: dict[str, float] = {}
    try:
        shown = _photo(asked, own)
        passes = fast.passes(shown)
        while True:
            with turn(-1):  # Gradio's queue has let this one in already
                found = next(passes, None)
            if found is None:
                break
            name, picture, times[found[0]] = found
            pictures[name] = jpeg_url(picture, QUALITY)
            yield {
                "asked": asked,
                "pictures": dict(pictures),
                "seconds": dict(times),
                "size": picture.size,
                "of": len(fast.opened()[0]),
            }
    except CourseError as error:
        yield {"asked": asked, "error": str(error)}


def moved(asked: dict[str, Any], own: Image.Image | None, painting: Image.Image | None) -> Iterator[dict[str, Any]]:
    """{"photo", "painting": a model or "own", and ``live.config_of``'s} → the picture as it forms; or a sentence."""
    try:
        shown, style = _photo(asked, own), _painting(asked, painting)
        losses: list[float] = []
        sent = float("-inf")
        last: tuple[Step, float] | None = None
        for last in live.run(asked, shown, style):
            step, seconds = last
            losses.append(step.losses["total"])
            if seconds - sent >= 1 / PICTURES_A_SECOND:
                sent = seconds
                yield _told(asked, step, seconds, losses, done=False)
                losses = []
        if last is not None:
            yield _told(asked, *last, losses, done=True)
    except CourseError as error:
        yield {"key": asked.get("key"), "error": str(error)}


def _told(asked: dict[str, Any], step: Step, seconds: float, losses: list[float], done: bool) -> dict[str, Any]:
    picture = to_picture(step.picture)
    return {
        "key": asked["key"],
        "picture": data_url(picture) if done else jpeg_url(picture, QUALITY),
        "losses": [float(f"{loss:.4g}") for loss in losses],  # of the steps since the last picture
        "terms": {name: float(f"{value:.4g}") for name, value in step.losses.items()},
        "step": step.step,
        "size": picture.size,
        "at": step.size,
        "seconds": round(seconds, 1),
        "done": done,
    }


@served
def stop(asked: dict[str, Any]) -> dict[str, Any]:
    """{"key"} → {"stopped"}: the run of this page ends at its next step, with the best picture so far."""
    return {"stopped": live.stop(asked.get("key"))}


@served
def explain(asked: dict[str, Any]) -> dict[str, Any]:
    """{"guess"} → {"text"}: what the guess is worth."""
    chosen = one_of(asked.get("guess"), "guess", words.GUESSES)
    return {"text": words.answer(chosen, [zoo.card_of(name) for name in fast.opened()[0]])}


def _photo(asked: dict[str, Any], own: Image.Image | None) -> Image.Image:
    if asked.get("photo") == "own":
        if own is None:
            raise CourseError("Your photo is no longer here. Upload it again.")
        return own
    return photo(whole(asked.get("photo"), "number of the photo", 0, len(PHOTOS) - 1))


def _painting(asked: dict[str, Any], own: Image.Image | None) -> Image.Image:
    page_key(asked.get("key"))
    if asked.get("painting") == "own":
        if own is None:
            raise CourseError("Your painting is no longer here. Upload it again.")
        return own
    return fast.painting(one_of(asked.get("painting"), "painting", fast.opened()[0]))


def _bring(name: str) -> Any:
    def bring(own: Image.Image | None) -> Any:
        """A visitor's picture, which came through the guard: what the page shows of it."""
        return gr.skip() if own is None else {"own": {"what": name, "src": overview_url(own, markup.THUMB)}}

    return bring


def _lost(name: str) -> Callable[[], Any]:
    """An empty field, and to the page that a picture of the visitor's is gone: a file that was none took its place."""
    return lambda: (None, {"lost": name})


def build() -> None:
    """Lays out the tab with a finished answer; closed only if no model works."""
    working, broken = fast.opened()
    for _ in fast.passes(photo(FIRST["photo"]).resize((64, 64))):
        pass  # the first call is slow; the seconds on the page are those of any other
    (*_, first) = answers(FIRST, None)
    if "error" in first:
        raise CourseError(first["error"])
    start = FIRST_LIVE | {"painting": working[0]}
    columns = [Column(words.TITLES[name], zoo.card_of(name)) for name in working]

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="two-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="choices"):
            Lab(template=markup.choose(), label="Style, choices", elem_id="style-choose")
            with gr.Accordion("Use your own photo", open=False, elem_id="style-own-photo"):
                upload = upload_field("style-upload-photo", LONGEST)
        with gr.Column(scale=7, min_width=320, elem_classes="results"):
            Lab(template=markup.see(working, broken), label="Style, answers", elem_id="style-see")
            found = DictLab(scripts=(_HERE / "found.js",), label="Style, found", elem_id="style-found")
            ask = DictLab(
                FIRST,
                scripts=(_HERE / "lab.js",),
                label="Style, question",
                elem_id="style-ask",
                server_functions=[explain],
                first=first,
                start=FIRST,
                count=len(PHOTOS),
            )
            run = DictLab(
                template=markup.move(working),
                scripts=(_HERE / "live.js",),
                label="Style, moved pixels",
                elem_id="style-live",
                server_functions=[stop],
                start=start,
            )
            with gr.Accordion("Use your own painting", open=False, elem_id="style-own-painting"):
                upload_painting = upload_field("style-upload-painting", LONGEST)
            with gr.Accordion("About these models", open=False, elem_id="style-cards"):
                gr.HTML(facts(columns, words.MEASURED), padding=False)
                gr.HTML(words.TERMS, padding=False)
            gr.HTML(lesson("09_perceptual"), padding=False)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    ask.select(answers, [ask, upload], found, trigger_mode="always_last", **private, **HEAVY)
    # A queue of its own: it takes the processor's turn anew at every step, so that short questions are answered meanwhile.
    run.select(moved, [run, upload, upload_painting], found, **private, concurrency_id="moved", concurrency_limit=RUNS)
    for field, name in ((upload, "photo"), (upload_painting, "painting")):
        brought = field.upload(_bring(name), field, found, **private)
        # Else it would be sent with every question, and the page would offer a picture that is no longer there.
        brought.failure(_lost(name), None, [field, found], **private)


TAB = Tab("Style", build, fast.MODELS, any_model=True, beside=(BSDS_NAME,))
