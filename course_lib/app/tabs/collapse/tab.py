"""The Collapse lab: a GAN in the plane, trained while one watches, by the course's own step; drawn in the browser."""

import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import gradio as gr

from course_lib.app.heavy import turn
from course_lib.app.protocol import Busy, one_of, page_key, served
from course_lib.app.tab import Tab
from course_lib.app.widgets import Lab, guess, headline, lesson, radios, seed_field, step
from course_lib.plots import colours

_HERE = Path(__file__).parent
RECORDING = _HERE / "recorded.json"

LOSSES = {
    "bce": "Non-saturating",
    "saturating": "Saturating",
    "lsgan": "Least squares",
    "hinge": "Hinge",
    "wasserstein": "Wasserstein",
}
CURES = {
    "none": "none",
    "r1": "R1: D flat at real points",
    "penalty": "Gradient penalty: D’s slope 1",
    "packing": "Packing: D sees two at once",
    "spectral": "Spectral norm in D",
    "noise": "Noise over what D sees",
}
TARGETS = {"ring": "Ring", "grid": "Grid", "spiral": "Spiral", "moons": "Moons", "drawn": "Draw your own"}
SCHEDULES = {
    "patient": "patient: falls after half",
    "short": "short: half rate, half time",
    "huge": "huge: 25 times as high",
}
GUESSES = {
    "all": "All eight, and nearly every sample is good.",
    "smear": "All eight, but many samples lie between them.",
    "some": "Only some of the eight.",
}
ACTIONS = ("reset", "play", "step", "D", "G", "pause")
PATIENCE = 0.6  # seconds a slice waits for the processor's turn
STEPS_A_FRAME = {"slow": 1, "fast": 40}

_HEADLINE = headline(
    "Eight places to go.<br>How many does G find?",
    "A generator learns to put points where the blue ones are; it never sees them, only the "
    "discriminator’s scores of its own points. Watch both train: every frame is the course’s own training step, run "
    "now.",
)
_QUESTION = (
    "The plain non-saturating loss, no cure, a ring of eight, the patient schedule, seed 0. Where are G’s samples "
    "at the end?"
)


def _select(name: str, legend: str, options: dict[str, str], chosen: str) -> str:
    listed = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{text}</option>'
        for value, text in options.items()
    )
    return f'<label class="field"><span>{legend}</span><select name="collapse-{name}">{listed}</select></label>'


def _template(chosen: dict[str, Any]) -> str:
    """The markup; its controls say ``chosen``, the settings of what is shown."""
    return f"""
<div class="lab collapse-lab">
  <section class="first">
    {guess(_QUESTION, GUESSES, "collapse")}
  </section>
  <section class="second">
    {step(2, "Train it yourself")}
    {radios("data", "Target", TARGETS, chosen=chosen["data"], prefix="collapse")}
    <div class="line fields">
      {_select("loss", "Loss", LOSSES, chosen["loss"])}{_select("cure", "Cure", CURES, chosen["cure"])}
      {_select("schedule", "Learning-rate schedule", SCHEDULES, chosen["schedule"])}
      {seed_field("collapse-seed", "Seed", chosen["seed"])}
    </div>
    <div class="line own" hidden><span>Click into the picture to set points, or use arrow keys and Enter there.</span>
      <button type="button" data-do="undo">Undo</button><button type="button" data-do="clear">Clear</button></div>
    <div class="line transport">
      <button type="button" data-do="play" class="main">Play</button>
      <button type="button" data-do="step">One step</button>
      <button type="button" data-do="D">D only</button><button type="button" data-do="G">G only</button>
      <button type="button" data-do="reset">Reset</button>
      <label class="switch"><input type="checkbox" name="collapse-slow"><span></span>slowly</label>
    </div>
    <p class="status" role="status"></p>
    <canvas class="plane" width="720" height="720" tabindex="0" role="img" aria-label="The plane"></canvas>
    <ul class="key"><li class="real">real</li><li class="fake">G’s samples</li>
      <li class="pulled">where G’s loss pulls them</li>
      <li class="says-real">D says real</li><li class="says-fake">D says fake</li></ul>
  </section>
  <section class="third">
    {step(3, "Modes found, and how well")}
    <p class="numbers"><b class="covered">–</b> of <span class="modes">–</span> modes covered ·
    <b class="good">–</b> of the samples good</p>
    <canvas class="history" width="760" height="360" role="img"
      aria-label="Modes covered and good share over the steps"></canvas>
    <ul class="key"><li class="line-covered">modes covered</li><li class="line-good">good share</li></ul>
    <p class="lead small">Good: within three standard deviations of a mode. Covered: a mode that gets at least a tenth
    of its fair share of good samples. Read both together: a cloud over everything covers all modes, samples at one
    single mode are all good.</p>
    <p class="small losses"></p>
  </section>
</div>
"""


_building = threading.Lock()


@lru_cache(maxsize=1)
def sessions() -> Any:
    """The visitors' sessions; what they need is imported when the first comes."""
    with _building:
        from course_lib.app.tabs.collapse.session import Sessions

        return Sessions()


@served
def collapse(asked: dict[str, Any]) -> dict[str, Any]:
    """One request of a page: {"key", "action", "settings", "slow"} → a frame.

    Actions: "reset" begins anew, "play" trains for one slice, "step", "D" and "G" for one step, "pause" gives the place
    to others. It always answers within a second or so: whoever stops asking has stopped.
    """
    kept = sessions()
    from course_lib.app.tabs.collapse.session import read_settings

    key, settings = page_key(asked.get("key")), read_settings(asked.get("settings"))
    action = one_of(asked.get("action"), "action", ACTIONS)
    if action == "pause":
        kept.rest(key)
        return {}
    if action == "play":
        kept.let_train(key)
    try:
        with turn(PATIENCE):
            session = kept.get(key, settings, fresh=action == "reset")
            with session.lock:
                before = session.step
                if action == "play":
                    session.advance(STEPS_A_FRAME["slow" if asked.get("slow") else "fast"])
                elif action != "reset":
                    session.advance(1, "both" if action == "step" else action)
                frame = session.frame()
    except Busy:
        if key not in kept:  # a key without a session holds no place among those that train
            kept.rest(key)
        raise
    if not before or frame.get("diverged"):
        frame["scenery"] = session.scenery()
    if frame.get("diverged") or frame.get("over"):
        kept.rest(key)
    return frame


@served
def recorded(asked: dict[str, Any]) -> dict[str, Any]:
    """The recorded runs: {"runs": [{"settings", "scenery", "frames"}, …]}; without any, {"runs": []}."""
    return _recording()


@lru_cache(maxsize=1)
def _recording() -> dict[str, Any]:
    return json.loads(RECORDING.read_text(encoding="utf-8")) if RECORDING.is_file() else {"runs": []}


def _first() -> dict[str, Any]:
    """What a visitor sees on arrival: the end of a recorded run, but not of the one that the question is about."""
    runs = _recording()["runs"]
    if not runs:
        usual = {"data": "ring", "loss": "bce", "cure": "none", "schedule": "short", "seed": 0, "points": []}
        return {"settings": usual, "scenery": None, "looks": [], "frame": None}
    run = runs[-1]
    looks = [{name: frame[name] for name in ("step", "covered", "good")} for frame in run["frames"][:-1]]
    return {"settings": run["settings"], "scenery": run["scenery"], "looks": looks, "frame": run["frames"][-1]}


def _warm() -> None:
    """One step of a run that nobody sees: it imports what trains, and the first step is slow."""
    sessions()
    from course_lib.app.tabs.collapse.session import Session, Settings

    session = Session(Settings())
    session.advance(1)
    session.frame()


def build() -> None:
    """Lays out the tab with a finished run. Nothing is trained, and nothing for training imported, before the page starts."""
    first = _first()
    gr.HTML(_HEADLINE, padding=False)
    Lab(
        template=_template(first["settings"]),
        scripts=(_HERE / "paint.js", _HERE / "lab.js"),
        label="Collapse lab",
        elem_id="collapse-lab",
        server_functions=[collapse, recorded],
        colours={"real": colours.REAL, "fake": colours.FAKE, "generator": colours.GENERATOR},
        first=first,
    )
    gr.HTML(lesson("03_collapse"), padding=False)


TAB = Tab("Collapse lab", build, warm=_warm)
