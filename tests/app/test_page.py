"""What the page does where something it wants is not there."""

import dataclasses
import html
import importlib
import sys
from pathlib import Path
from types import ModuleType

import gradio as gr
import pytest

from course_lib.app import page
from course_lib.app.tab import Tab


def said(blocks: gr.Blocks) -> str:
    return html.unescape(" ".join(str(block.value) for block in blocks.blocks.values() if isinstance(block, gr.HTML)))


def test_a_missing_model_is_a_sentence_on_the_page(tmp_path, monkeypatch, fresh_models):
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    told = said(page.build())
    assert "no model 'pix2pix-facades'" in told and "no model 'cgan-quickdraw'" in told
    assert "Losses You Can See" in told and "Eight places to go." in told  # the labs need no model


def test_a_damaged_model_is_a_sentence_on_the_page(in_small_course, monkeypatch, fresh_models):
    weights = in_small_course / "zoo" / "pix2pix-facades-l1" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    try:
        told = said(page.build())
    finally:
        weights.write_bytes(whole)
    assert "pix2pix-facades-l1/model.safetensors" in told and "Traceback" not in told


@pytest.mark.parametrize(
    ("platform", "environment", "terminal", "opens"),
    [
        ("linux", {"DISPLAY": ":0"}, True, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ("linux", {}, True, False),
        ("linux", {"DISPLAY": ":0"}, False, False),
        ("darwin", {}, True, True),
        ("win32", {}, True, True),
        ("win32", {"SPACE_ID": "user/space"}, True, False),
    ],
)
def test_a_browser_opens_only_where_someone_watches(monkeypatch, platform, environment, terminal, opens):
    served = {}
    monkeypatch.setattr(gr.Blocks, "launch", lambda blocks, **settings: served.update(settings))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal, raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with gr.Blocks() as blocks:
        pass
    page.launch(blocks)
    assert served["inbrowser"] is opens
    assert served["show_error"] is False and served["ssr_mode"] is False and "allowed_paths" not in served


def test_a_tab_that_lives_on_some_of_its_models_waits_for_the_first(monkeypatch):
    there = ["cgan-quickdraw", "pix2pix-facades"]
    monkeypatch.setattr(page.zoo, "names", lambda: there)
    assert "cyclegan" not in page.shown() and "pix2pix" in page.shown()
    assert "pix2pix-facades-l1" in page.models()  # of the others every model is asked for
    assert not any(name.startswith("cyclegan") for name in page.models())
    there.append("cyclegan-emoji")
    assert "cyclegan" in page.shown()
    assert [name for name in page.models() if name.startswith("cyclegan")] == ["cyclegan-emoji"]


def test_a_folder_and_a_name_make_a_tab(in_small_course, monkeypatch):
    """What a new paper does: a folder with ``TAB``, and its name in the list."""
    new = ModuleType("course_lib.app.tabs.new.tab")
    new.TAB = Tab("A new paper", lambda: gr.HTML("<p>Here it is.</p>"))
    monkeypatch.setitem(sys.modules, new.__name__, new)
    monkeypatch.setattr(page, "TABS", ("loss", "new"))
    blocks = page.build()
    titles = [block.label for block in blocks.blocks.values() if isinstance(block, gr.Tab)]
    assert titles == ["Loss lab", "A new paper"] and "Here it is." in said(blocks)


def test_every_folder_of_a_tab_is_in_the_list():
    assert {folder.parent.name for folder in Path(page.__file__).parent.glob("tabs/*/tab.py")} == set(page.TABS)


@pytest.mark.parametrize(
    "error", [KeyError("title"), TypeError("<b>none</b>"), ZeroDivisionError(), RecursionError("deep")]
)
def test_whatever_is_wrong_with_a_tab_closes_that_tab_alone(monkeypatch, in_small_course, fresh_models, error):
    """Half of it is laid out already, with an event; none of that is left."""

    def broken() -> None:
        with gr.Row():
            box = gr.Textbox(elem_id="half-a-tab")
        box.change(lambda value: value, box, box, api_name="half")
        raise error

    whole = page.build()
    loss = importlib.import_module("course_lib.app.tabs.loss.tab")
    monkeypatch.setattr(loss, "TAB", dataclasses.replace(loss.TAB, build=broken))
    blocks = page.build()
    told = said(blocks)
    assert (
        "This tab is closed" in told and type(error).__name__ in told and "<b>none" not in str(blocks.config["layout"])
    )
    assert "Eight places to go." in told  # the others are there
    config = blocks.get_config_file()
    assert "half-a-tab" not in str(config["components"]) and "half" not in [
        one["api_name"] for one in config["dependencies"]
    ]
    shown = {part["id"] for part in config["components"]}
    listed = {number for one in config["dependencies"] for number in [*one["inputs"], *one["outputs"]]}
    assert listed <= shown
    assert len(config["dependencies"]) == len(whole.get_config_file()["dependencies"])
