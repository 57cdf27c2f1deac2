"""The markup of the style tab."""

import html
from collections.abc import Mapping, Sequence

from course_lib.app.inline import overview_url
from course_lib.app.tabs.style import live, words
from course_lib.app.tabs.style.fast import painting
from course_lib.app.tabs.style.photos import PHOTOS, photo
from course_lib.app.widgets import guess, radios, seed_field, step

THUMB = 240  # pixels


def _offered(name: str, legend: str, pictures: Sequence[tuple[str, str, str]], own: str) -> str:
    listed = "".join(
        f'<label><input type="radio" name="style-{name}" value="{value}"><img alt="" src="{source}">'
        f"<span>{html.escape(title)}</span></label>"
        for value, title, source in pictures
    )
    return (
        f'<div class="offered" role="radiogroup" aria-label="{legend}">{listed}<label class="mine" hidden>'
        f'<input type="radio" name="style-{name}" value="own"><img alt=""><span>{own}</span></label></div>'
    )


def choose() -> str:
    """Left: the question, and which photo."""
    photos = [(str(at), title, overview_url(photo(at), THUMB)) for at, (title, _) in enumerate(PHOTOS)]
    return f"""
<div class="lab style-choose">
  <section>
    {guess(words.QUESTION, words.GUESSES, "style")}
  </section>
  <section>
    {step(2, "Choose a photo")}
    {_offered("photo", "Photo", photos, "Your photo")}
  </section>
</div>
"""


def see(working: Sequence[str], broken: Mapping[str, str]) -> str:
    """Right, above: the photo in every painting's style, by one pass each."""
    figures = "".join(
        f'<figure data-shows="{name}"><div class="frame"></div><figcaption><img class="painting" alt="" '
        f'src="{overview_url(painting(name), THUMB)}"><span><b>{words.TITLES[name]}</b><span class="from">'
        f'{words.PAINTERS[name]}</span><span class="measured"></span><a class="save" download="{name}.jpg">Save</a>'
        "</span></figcaption></figure>"
        for name in working
    )
    told = "".join(
        f'<p class="small">{words.TITLES[name]} cannot be shown: {html.escape(why)}</p>' for name, why in broken.items()
    )
    return f"""
<div class="lab style-see">
  <section>
    {step(3, "One pass of each network")}
    <p class="status" role="status"></p>
    <div class="pictures shown">{figures}</div>{told}
  </section>
</div>
"""


def move(working: Sequence[str]) -> str:
    """Right, below: pixels that are moved while one looks."""
    paintings = [(name, words.TITLES[name], overview_url(painting(name), THUMB)) for name in working]
    return f"""
<div class="lab style-live">
  <section>
    {step(4, "Or move the pixels yourself")}
    <p class="lead">No network is trained here: the picture itself is changed, a step at a time, until its features are near
    the photo’s and its Gram matrices near the painting’s. Any photo, any painting.</p>
    {_offered("painting", "Painting", paintings, "Your painting")}
    <label class="share"><span class="ends"><span>content: the photo</span><span>style: the painting</span></span>
      <input type="range" name="style-share" min="0" max="{live.SHARES}" step="1" aria-label="From content to style"></label>
    <div class="line fields">
      <span class="field"><span>Begin with</span>{radios("start", "Begin with", live.STARTS, chosen=None, prefix="style")}</span>
      <span class="field"><span>Longer side, pixels</span>{radios("size", "Longer side", live.SIZES, chosen=None, prefix="style")}</span>
      <label class="field"><span>Time, seconds</span><input type="number" name="style-seconds" min="{live.SHORTEST}"
        max="{live.LONGEST}" step="1"></label>
      {seed_field("style-seed", "Seed of the noise", 0)}
    </div>
    <div class="line"><button type="button" data-do="go" class="main">Start</button>
      <a class="save" download="moved-pixels.png" hidden>Save as PNG</a></div>
    <p class="status" role="status"></p>
    <div class="moved"><div class="frame"></div>
      <canvas class="curve" width="640" height="320" role="img" aria-label="The loss over the steps"></canvas></div>
    <p class="small terms"></p>
  </section>
</div>
"""
