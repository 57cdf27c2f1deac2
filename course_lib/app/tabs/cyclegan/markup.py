"""The markup of the CycleGAN tab: what is chosen left, what is seen right."""

import html

from course_lib.app.differences import legend
from course_lib.app.inline import data_url
from course_lib.app.tabs.cyclegan import words
from course_lib.app.tabs.cyclegan.examples import SHEETS, example_pictures
from course_lib.app.tabs.cyclegan.measures import RADII, STRENGTH
from course_lib.app.widgets import guess, radios, step


def _examples(model: str) -> str:
    """Both domains' pictures as radio buttons, of which the script shows one domain's."""
    groups = ""
    for domain, way in zip("AB", words.ways(model), strict=True):
        offered = "".join(
            f'<label><input type="radio" name="cyclegan-{model}-{domain}" value="{number}"><img alt="" '
            f'src="{data_url(picture)}"><span>{html.escape(name)}</span></label>'
            for number, (name, picture) in enumerate(example_pictures(model)[domain])
        )
        groups += (
            f'<div class="offered" role="radiogroup" data-model="{model}" data-way="{way}" hidden '
            f'aria-label="Example pictures: {html.escape(words.KINDS[model][domain])}">{offered}</div>'
        )
    return groups


def choose(working: list[str], broken: dict[str, str]) -> str:
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
    {guess(words.QUESTION, words.GUESSES, "cyclegan")}
  </section>
  <section>
    {step(2, "Choose a picture")}
    {radios("model", "Model", models, chosen=working[0], prefix="cyclegan")}{told}
    {ways}
    {"".join(_examples(model) for model in working)}
    <label class="mine" hidden><input type="radio" name="cyclegan-own" value="own"><img alt=""><span>Your picture</span>
    </label>
  </section>
</div>
"""


def see() -> str:
    def figure(name: str) -> str:
        return f'<figure data-shows="{name}"><div class="frame"></div><figcaption></figcaption></figure>'

    rows = "".join(
        f'<tr data-middle="{name}"><th scope="row">{text}</th><td class="changed"></td><td class="error"></td>'
        '<td class="bar"><i></i></td></tr>'
        for name, text in words.MIDDLES.items()
    )
    return f"""
<div class="lab cyclegan-see">
  <section>
    {step(3, "There and back")}
    <p class="status" role="status"></p>
    <div class="pictures shown">{"".join(figure(name) for name in ("x", "middle", "back", "map"))}</div>
    {legend()}
    <p class="lead">Perturb the middle before <em>F</em> gets it. If the way back then misses by more, <em>F</em> used
    what the perturbation removed.</p>
    <div class="line">
      {radios("middle", "The picture in the middle", words.MIDDLES, chosen="left", prefix="cyclegan")}
      <label class="strength"><span>Strength</span>
        <input type="range" name="cyclegan-strength" min="1" max="{len(RADII)}" step="1" value="{STRENGTH}"></label>
    </div>
    <table class="middles shown"><thead><tr><th scope="col">Middle</th><th scope="col">moved by</th>
      <th scope="col">way back misses by</th><td></td></tr></thead><tbody>{rows}</tbody></table>
    <p class="truth small shown" hidden></p>
  </section>
  <section>
    {step(4, "Nothing to do")}
    <p class="lead nothing"></p>
    <div class="pictures shown">{"".join(figure(name) for name in ("x", "same", "sameError"))}</div>
    <table class="kept shown"><thead><tr><td></td><th scope="col">L1 to the picture</th>
      <th scope="col">red, green, blue on average, of 255</th></tr></thead><tbody><tr data-who="moved"><th
        scope="row"></th><td class="l1"></td><td class="shift"></td></tr>
      <tr data-who="kept"><th scope="row"></th><td class="l1"></td><td class="shift"></td></tr></tbody></table>
    <p class="small">The identity term of the loss asks for exactly this: a network that is given what it should make
    returns it unchanged. Zhu et al. 2017 added it for paintings, where daylight had turned into sunset.</p>
  </section>
</div>
"""


def terms(working: list[str]) -> str:
    """Under which terms the example pictures are shown."""
    return "".join(
        f"<p>Example pictures of {words.KINDS[model]['title'].lower()}: {html.escape(SHEETS[model].terms)}.</p>"
        for model in working
    )
