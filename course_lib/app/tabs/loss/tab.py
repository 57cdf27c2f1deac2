"""The Loss lab: D's score is dragged; loss, slope and formula follow. Pure mathematics, all of it in the browser."""

from pathlib import Path

import gradio as gr

from course_lib.app.tab import Tab
from course_lib.app.widgets import Lab, guess, headline, lesson, radios, step

# Names as in course_lib.tasks; what a learner reads.
LOSSES = {
    "saturating": "Saturating",
    "bce": "Non-saturating",
    "lsgan": "Least squares",
    "hinge": "Hinge",
    "wasserstein": "Wasserstein",
}
SIDES = {"generator": "G", "real": "D, real sample", "fake": "D, fake sample"}

_HEADLINE = headline(
    "D is sure it is a fake.<br>Which gradient is left for G?",
    "A discriminator gives every sample a score, its logit: high for real, low for fake. All that the loss passes "
    "back is its <em>slope</em> at that score. Where the curve is flat, nothing can be learned, however wrong the "
    "sample is.",
)

_QUESTION = "D is sure that a sample is fake: its logit is −8. Under which loss is there almost no gradient for G?"

_LOSS_ROWS = "".join(
    f'<tr data-loss="{key}"><th scope="row">{name}</th><td class="slope"></td>'
    '<td class="bar" aria-hidden="true"><i></i></td></tr>'
    for key, name in LOSSES.items()
)

_TEMPLATE = f"""
<div class="lab loss-lab">
  <section class="first">
    {guess(_QUESTION, LOSSES, "loss")}
  </section>
  <section class="third">
    {step(3, "All five at this score")}
    <p class="lead">Slope for <b class="whose">G</b>; bars in powers of ten.</p>
    <table class="compare"><thead class="unseen"><tr><th>Loss</th><th>Slope</th><th>Size</th></tr></thead>
      <tbody>{_LOSS_ROWS}</tbody></table>
  </section>
  <section class="second">
    {step(2, "Drag the score, watch the slope")}
    {radios("loss", "Loss", LOSSES, chosen="saturating", prefix="loss")}
    <div class="line">
      {radios("side", "Whose loss", SIDES, chosen="generator", prefix="loss")}
      <label class="switch"><input type="checkbox" name="loss-sigmoid"><span></span>behind a sigmoid</label>
    </div>
    <svg viewBox="0 0 640 408" class="curves">
      <g class="of-value"><g class="axes"></g><text class="title" x="54" y="12">loss</text>
        <path class="tangent"/><path class="curve"/></g>
      <g class="of-slope"><g class="axes"></g><text class="title" x="54" y="258">slope</text>
        <path class="curve"/><circle r="6"/></g>
      <path class="here"/>
      <g class="scores"></g>
      <circle class="handle" r="10" tabindex="0" role="slider" aria-label="D's score, on the curve"
        aria-valuemin="-8" aria-valuemax="8"/>
    </svg>
    <label class="score"><span><span>D’s logit <i>s</i> = <b class="number-logit"></b></span>
      <span class="aside">D calls it real with probability
        σ(<i>s</i>) = <span class="number-probability"></span></span></span>
      <input type="range" min="-8" max="8" step="0.1" value="0" name="loss-logit"></label>
    <table class="sums"><colgroup><col><col><col><col></colgroup>
      <thead class="unseen"><tr><th>What</th><th>Formula</th><th>With this score</th><th>Number</th></tr></thead><tbody>
      <tr><th scope="row">loss</th><td class="formula-value"></td><td class="filled-value"></td>
        <td class="number-value"></td></tr>
      <tr><th scope="row">slope</th><td class="formula-slope"></td><td class="filled-slope"></td>
        <td class="number-slope"></td></tr>
    </tbody></table>
    <p class="remark reply"></p>
    <p class="further">The gradient that reaches G is this slope <em>times</em> D’s own Jacobian, and a D that tells
    all samples apart may be flat itself: lesson 02 measures both factors.</p>
  </section>
</div>
"""


def build() -> None:
    """Lays out the tab. Nothing here asks the server for anything."""
    gr.HTML(_HEADLINE, padding=False)
    Lab(template=_TEMPLATE, scripts=(Path(__file__).with_name("lab.js"),), label="Loss lab", elem_id="loss-lab")
    gr.HTML(lesson("02_gradients"), padding=False)


TAB = Tab("Loss lab", build)
