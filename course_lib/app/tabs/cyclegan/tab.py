"""CycleGAN: a picture there and back, the middle spoiled on the way, and a picture that needs no translation."""

import base64
import binascii
import html
import io
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any

import gradio as gr
from PIL import Image, ImageOps

from course_lib.app.guard import GuardedImage
from course_lib.app.heavy import turn
from course_lib.app.tabs.cyclegan import words
from course_lib.app.tabs.cyclegan.examples import SHEETS, example_pictures
from course_lib.app.tabs.cyclegan.measures import LEVELS, MIDDLES, RADII, TOP, colour_shift, error_map, l1, scale, trip
from course_lib.app.widgets import Lab, lesson, radios
from course_lib.data.pictures import open_picture, to_tensor
from course_lib.errors import CourseError
from course_lib.metrics.pairwise import ssim_y
from course_lib.models import zoo
from course_lib.models.translator import Translator

TITLE = "CycleGAN"
ADDRESS = "cyclegan"
MODELS = tuple(SHEETS)
ANY_MODEL = True  # the tab works with either of them
WAYS = ("AtoB", "BtoA")
STRENGTH = 2  # at first, and where the answer is measured
LONGEST = 200_000  # characters of a visitor's prepared picture
PATIENCE = 8.0


@lru_cache(maxsize=2)
def translators(model: str) -> dict[str, Translator]:
    """Both directions of a model, read once."""
    return {way: zoo.load_translator(model, way) for way in WAYS}


def opened() -> tuple[list[str], dict[str, str]]:
    """The models that work, and for each that does not, why.

    Raises:
        CourseError: none works.
    """
    working, broken = [], {}
    for model in MODELS:
        try:
            translators(model)
            example_pictures(model)
            working.append(model)
        except CourseError as error:
            broken[model] = str(error)
    if not working:
        raise CourseError(" ".join(broken.values()))
    return working, broken


def cyclegan(asked: Any) -> dict[str, Any]:
    """{"model", "way", "picture": number of an example or "own", "own", "strength"} → pictures as PNGs in base64, and what
    was measured on them; or {"error": a sentence}."""
    try:
        asked = asked if isinstance(asked, dict) else {}
        model, way = _chosen(asked)
        picture, truth = _picture(asked, model, way)
        strength = asked.get("strength")
        if isinstance(strength, bool) or strength not in range(1, len(RADII) + 1):
            raise CourseError(
                f"The strength is {str(strength)[:40]}; it must be a whole number from 1 to {len(RADII)}."
            )
        with turn(PATIENCE) as came:
            if not came:
                raise CourseError("The server is busy. Try again in a moment.")
            return _travelled(model, way, picture, truth, int(strength))
    except CourseError as error:
        return {"error": str(error)}


def explain(asked: Any) -> dict[str, Any]:
    """{"model", "way", "guess"} → {"text"}: what the guess is worth, measured over the examples; or {"error"}."""
    try:
        asked = asked if isinstance(asked, dict) else {}
        model, way = _chosen(asked)
        guess = asked.get("guess")
        if not isinstance(guess, str) or guess not in words.GUESSES:
            raise CourseError(f"There is no guess {str(guess)[:40]!r}.")
        with turn(PATIENCE) as came:
            if not came:
                raise CourseError("The server is busy. Try again in a moment.")
            return {"text": words.answer(guess, measured(model, way))}
    except CourseError as error:
        return {"error": str(error)}


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
    """A visitor's picture, which came through the guard, as the networks will see it: its middle square, in base64."""
    if image is None:
        return gr.skip()
    size = max(translators(model)["AtoB"].config["size"] for model in opened()[0])
    return _png(ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC))


def _chosen(asked: dict[str, Any]) -> tuple[str, str]:
    model, way = asked.get("model"), asked.get("way")
    if not isinstance(model, str) or model not in MODELS:
        raise CourseError(f"There is no model {str(model)[:40]!r} here; there is {', '.join(MODELS)}.")
    if not isinstance(way, str) or way not in WAYS:
        raise CourseError(f"The direction is {str(way)[:40]!r}; it must be AtoB or BtoA.")
    return model, way


def _picture(asked: dict[str, Any], model: str, way: str) -> tuple[Image.Image, Image.Image | None]:
    """The picture asked for, and where it is known, its true counterpart."""
    number = asked.get("picture")
    if number == "own":
        return _own(asked.get("own")), None
    pictures = example_pictures(model)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(pictures[way[0]]):
        raise CourseError(f"There is no example {str(number)[:40]!r}; there are 0 to {len(pictures[way[0]]) - 1}.")
    truth = pictures[way[-1]][number][1] if SHEETS[model].paired else None
    return pictures[way[0]][number][1], truth


def _own(text: Any) -> Image.Image:
    # What comes here should be what `bring` gave, but anyone can send anything.
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
        raise CourseError("Your picture did not arrive. Bring it again.")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise CourseError("Your picture did not arrive whole. Bring it again.") from None
    return open_picture(data, name="This picture", formats=("PNG",), max_pixels=512 * 512)


def _travelled(model: str, way: str, picture: Image.Image, truth: Image.Image | None, strength: int) -> dict[str, Any]:
    ways = translators(model)
    one = trip(ways[way], ways[_other(way)], picture, strength)
    answer: dict[str, Any] = {
        "x": _png(one.x),
        "made": _png(one.made),
        "same": _png(one.same),
        "sameError": _png(error_map(one.x, one.same)),
        "middles": {
            name: {
                "middle": _png(one.middles[name]),
                "back": _png(one.back[name]),
                "map": _png(error_map(one.x, one.back[name])),
                "changed": l1(one.middles[name], one.made),
                "error": l1(one.x, one.back[name]),
            }
            for name in MIDDLES
        },
        "moved": {"l1": l1(one.x, one.made), "shift": colour_shift(one.x, one.made)},
        "kept": {"l1": l1(one.x, one.same), "shift": colour_shift(one.x, one.same)},
        "spoiled": {"blur": RADII[strength - 1], "levels": LEVELS[strength - 1]},
        "seconds": one.seconds,
        "size": one.x.width,
    }
    if truth is not None:
        truth = ways[way].prepare(truth)
        answer["truth"] = {
            "png": _png(truth),
            "made": {"l1": l1(one.made, truth), "ssim": _ssim(one.made, truth)},
            "nothing": {"l1": l1(one.x, truth), "ssim": _ssim(one.x, truth)},
        }
    return answer


def _ssim(a: Image.Image, b: Image.Image) -> float:
    return ssim_y((to_tensor(a) + 1) / 2, (to_tensor(b) + 1) / 2, border=0).mean().item()


def _other(way: str) -> str:
    return WAYS[1 - WAYS.index(way)]


def _png(picture: Image.Image) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode("ascii")


def _examples(model: str) -> str:
    """Both domains' pictures as radio buttons, of which the script shows one domain's."""
    groups = ""
    for domain, way in zip("AB", WAYS, strict=True):
        offered = "".join(
            f'<label><input type="radio" name="cyclegan-{model}-{domain}" value="{number}"><img alt="" '
            f'src="data:image/png;base64,{_png(picture)}"><span>{html.escape(name)}</span></label>'
            for number, (name, picture) in enumerate(example_pictures(model)[domain])
        )
        groups += (
            f'<div class="offered" role="radiogroup" data-model="{model}" data-way="{way}" hidden '
            f'aria-label="Example pictures: {html.escape(words.KINDS[model][domain])}">{offered}</div>'
        )
    return groups


def _choose(working: list[str], broken: dict[str, str]) -> str:
    models = {model: words.KINDS[model]["title"] for model in working}
    told = "".join(
        f'<p class="small">{words.KINDS[model]["title"]} cannot be shown: {html.escape(why)}</p>'
        for model, why in broken.items()
    )
    ways = "".join(
        f'<div class="way" data-model="{model}" hidden>'
        f"{radios(f'way-{model}', 'Direction', words.ways(model), chosen='AtoB', prefix='cyclegan')}</div>"
        for model in working
    )
    return f"""
<div class="lab cyclegan-choose">
  <section>
    <h2><span class="step">1</span>Guess first</h2>
    <p class="lead"><em>F</em> is given nothing but the picture in the middle. How does it know what the first one looked like?</p>
    {radios("guess", "Your guess", words.GUESSES, chosen=None, shape="list", prefix="cyclegan")}
    <div class="answer-text" role="status"></div>
  </section>
  <section>
    <h2><span class="step">2</span>Choose a picture</h2>
    {radios("model", "Model", models, chosen=working[0], prefix="cyclegan")}{told}
    {ways}
    {"".join(_examples(model) for model in working)}
    <label class="mine" hidden><input type="radio" name="cyclegan-own" value="own"><img alt=""><span>Your picture</span></label>
  </section>
</div>
"""


def _see() -> str:
    colours = [f"rgb({red}, {green}, {blue})" for red, green, blue in scale()[::32].tolist() + scale()[-1:].tolist()]

    def figure(name: str) -> str:
        return f'<figure data-shows="{name}"><div class="frame"></div><figcaption></figcaption></figure>'

    bar = (
        f'<div class="scale"><i style="background: linear-gradient(90deg, {", ".join(colours)})"></i>'
        f"<span>0</span><span>{TOP / 2:g}</span><span>≥ {TOP:g}</span></div>"
    )
    rows = "".join(
        f'<tr data-middle="{name}"><th scope="row">{text}</th><td class="changed"></td><td class="error"></td>'
        '<td class="bar"><i></i></td></tr>'
        for name, text in words.MIDDLES.items()
    )
    return f"""
<div class="lab cyclegan-see">
  <section>
    <h2><span class="step">3</span>There and back</h2>
    <p class="status" role="status"></p>
    <div class="pictures">{"".join(figure(name) for name in ("x", "middle", "back", "map"))}</div>
    {bar}
    <p class="lead">Spoil the middle before <em>F</em> sees it. If the way back breaks, <em>F</em> was reading what you just wiped out.</p>
    <div class="line">
      {radios("middle", "The picture in the middle", words.MIDDLES, chosen="left", prefix="cyclegan")}
      <label class="strength"><span>Strength</span><input type="range" name="cyclegan-strength" min="1" max="{len(RADII)}" step="1"
        value="{STRENGTH}"></label>
    </div>
    <table class="middles"><thead><tr><th scope="col">Middle</th><th scope="col">moved by</th><th scope="col">way back misses by</th>
      <td></td></tr></thead><tbody>{rows}</tbody></table>
    <p class="truth small" hidden></p>
  </section>
  <section>
    <h2><span class="step">4</span>Nothing to do</h2>
    <p class="lead nothing"></p>
    <div class="pictures">{"".join(figure(name) for name in ("x", "same", "sameError"))}</div>
    <table class="kept"><thead><tr><td></td><th scope="col">L1 to the picture</th><th scope="col">red, green, blue on average, of 255</th>
      </tr></thead><tbody><tr data-who="moved"><th scope="row"></th><td class="l1"></td><td class="shift"></td></tr>
      <tr data-who="kept"><th scope="row"></th><td class="l1"></td><td class="shift"></td></tr></tbody></table>
    <p class="small">The identity term of the loss asks for exactly this: whoever is handed what it should make leaves it alone.
    Zhu et al. 2017 added it for paintings, where daylight had turned into sunset.</p>
  </section>
</div>
"""


def build_tab() -> None:
    """Lays out the tab with a finished trip; closed only if no model works."""
    working, broken = opened()
    asked = {"model": working[0], "way": "AtoB", "picture": 0, "strength": STRENGTH}
    cyclegan(asked)  # the first call is slow; the seconds on the page are those of any other
    first = cyclegan(asked)

    gr.HTML(words.HEADLINE, padding=False)
    with gr.Row(elem_classes="cyclegan-sides"):
        with gr.Column(scale=5, min_width=320, elem_classes="cyclegan-left"):
            Lab(_choose(working, broken), label="CycleGAN, choices", elem_id="cyclegan-choose")
            with gr.Accordion("Use your own picture", open=False, elem_id="cyclegan-own"):
                upload = GuardedImage(
                    label="PNG, JPEG or WebP, up to 8 MB",
                    longest_side=1024,
                    height=160,
                    elem_id="cyclegan-upload",
                    buttons=[],
                )
        with gr.Column(scale=7, min_width=320, elem_classes="cyclegan-right"):
            see = Lab(
                _see(),
                scripts=(Path(__file__).with_name("lab.js"),),
                label="CycleGAN",
                elem_id="cyclegan-see",
                server_functions=[cyclegan, explain],
                first=first,
                asked=asked,
                kinds={model: words.KINDS[model] for model in working},
            )
            with gr.Accordion("About these models", open=False, elem_id="cyclegan-cards"):
                gr.HTML(words.facts({model: translators(model)["AtoB"].card for model in working}), padding=False)
                gr.HTML(_terms(working), padding=False)
            gr.HTML(lesson("07", "07_cyclegan"), padding=False)
    upload.upload(bring, upload, see, api_visibility="private", show_progress="hidden")


def _terms(working: list[str]) -> str:
    return "".join(
        f"<p>Example pictures of {words.KINDS[model]['title'].lower()}: {html.escape(SHEETS[model].terms)}.</p>"
        for model in working
    )
