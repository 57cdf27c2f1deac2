"""The markup of the super-resolution tab: what is chosen left, what is seen right."""

import html

from course_lib.app.inline import overview_url
from course_lib.app.tabs.superres import words
from course_lib.app.tabs.superres.crops import SCALE, STEPS
from course_lib.app.tabs.superres.examples import EXAMPLES, picture
from course_lib.app.widgets import radios, step

OVERVIEW = 380  # CSS pixels of the picture in which a place is chosen; twice as many are sent


def choose() -> str:
    """Left: which picture, where in it, and whether it is the truth."""
    offered = "".join(
        f'<label><input type="radio" name="superres-picture" value="{number}"><img alt="" '
        f'src="{overview_url(picture(number), 2 * OVERVIEW)}"><span>{html.escape(one.name)}</span></label>'
        for number, one in enumerate(EXAMPLES)
    )
    return f"""
<div class="lab superres-choose">
  <section>
    {step(1, "Choose a picture")}
    <div class="offered" role="radiogroup" aria-label="Picture">{offered}
      <label class="mine" hidden><input type="radio" name="superres-picture" value="own"><img alt=""><span>Your
      picture</span></label></div>
    <label class="switch"><input type="checkbox" name="superres-reduce"><span></span>First reduce it by {SCALE}, so that
    the truth is known</label>
  </section>
  <section>
    {step(2, "Choose where to look")}
    <div class="overview"><img alt="" draggable="false"><div class="frame" tabindex="0" role="application"
      aria-label="Where to look. The arrow keys move the frame; with Shift they move it further."></div></div>
    <p class="small where"></p>
  </section>
</div>
"""


def see() -> str:
    """Right, above: the answers."""
    figures = "".join(
        f'<figure data-shows="{name}"><div class="frame"></div><figcaption><b>{title}</b><span class="from">{text}</span>'
        f'<span class="measured"></span><a class="save" download="{name}.png">Save as PNG</a></figcaption></figure>'
        for name, (title, text) in words.SHOWN.items()
    )
    return f"""
<div class="lab superres-see">
  <section>
    {step(3, "Compare the answers")}
    <p class="status" role="status"></p>
    {radios("view", "What is shown", words.VIEWS, chosen="side", prefix="superres")}
    <p class="small">The arrow keys lead from one picture to the next in the same place.</p>
    <div class="pictures shown">{figures}</div>
    <p class="sides shown"><b>SRResNet</b><b>SRGAN</b></p>
  </section>
</div>
"""


def ask() -> str:
    """Right, below: the way from faithful to sharp, and the question."""
    return f"""
<div class="lab superres-ask">
  <section>
    <label class="share"><span class="ends"><span>faithful: SRResNet</span><span>sharp: SRGAN</span></span>
      <input type="range" name="superres-share" min="0" max="{STEPS}" step="1"
        aria-label="In between: from faithful to sharp"></label>
    <p class="small">“In between” is neither of the two pictures nor their mixture, but the answer of a third network whose
    weights lie between theirs: <span class="at"></span></p>
  </section>
  <section>
    {step(4, "Which one looks better to you?")}
    <p class="lead question">{words.QUESTION}</p>
    <div class="guesses">{radios("guess", "Your answer", words.GUESSES, chosen=None, shape="list", prefix="superres")}</div>
    <p class="lead unknown" hidden>{words.NO_TRUTH}</p>
    <div class="answer-text" role="status"></div>
    <p class="small legend" hidden>PSNR: of luma, higher is nearer. VGG distance: in the features of a network that was trained
    to see edges, lower is nearer; it is not LPIPS. Both of this crop, without its outermost {SCALE} pixels.</p>
  </section>
</div>
"""
