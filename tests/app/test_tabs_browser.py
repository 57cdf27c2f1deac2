"""What all tabs share, in a real browser: one row of tabs that wraps, keys, edges, and the mark of the focus."""

import io

import numpy as np
import pytest
from PIL import Image

HEADLINES = {"loss": "D is sure", "collapse": "Eight places", "generate": "Did it learn", "pix2pix": "Same network"}
# A radio button of each kind that the page has, by tab.
RADIOS = {
    "loss": ("[name=loss-guess]", "[name=loss-loss]"),
    "collapse": ("[name=collapse-data]",),
    "generate": ("[name=generate-what]",),
    "pix2pix": ("[name=painter-tool]", "#view input", "#guess input"),
}
RING = """() => {
  const input = document.activeElement, label = input.closest('label'), box = label.getBoundingClientRect();
  label.scrollIntoView({block: 'center'});
  const {outlineColor, outlineStyle} = getComputedStyle(label), {x, y, width, height} = label.getBoundingClientRect();
  return {colour: outlineColor.match(/\\d+/g).slice(0, 3).map(Number), outlineStyle, x, y, width, height};
}"""


def headline(tab: str) -> str:
    return f".headline:visible >> text={HEADLINES[tab]}"


def test_on_a_phone_every_tab_is_in_sight(open_page):
    page = open_page("?tab=loss", wait=headline("loss"), width=375).page
    page.wait_for_timeout(500)
    tabs = page.locator("[role=tablist] [role=tab]")
    assert tabs.count() == 4 and page.locator("[aria-label='More tabs']:visible").count() == 0
    for tab in tabs.all():
        box = tab.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 375
    tabs.last.click()
    page.locator(headline("pix2pix")).wait_for()


def test_arrow_keys_lead_from_tab_to_tab(open_page):
    page = open_page("?tab=loss", wait=headline("loss")).page
    page.locator("[role=tab]", has_text="Loss lab").focus()
    keys = (("ArrowRight", "collapse"), ("ArrowRight", "generate"), ("End", "pix2pix"), ("ArrowRight", "loss"),
            ("ArrowLeft", "pix2pix"), ("Home", "loss"))  # fmt: skip
    for key, tab in keys:
        page.keyboard.press(key)
        page.locator(headline(tab)).wait_for()
        page.wait_for_function("(tab) => document.activeElement.id === `tab-${tab}-button`", arg=tab)
        page.wait_for_function("(tab) => new URLSearchParams(location.search).get('tab') === tab", arg=tab)
        # Tab leads out of the row, and back to the chosen one
        reached = page.locator("[role=tab]").evaluate_all(
            "(all) => all.filter((one) => one.tabIndex === 0).map((one) => one.id)"
        )
        assert reached == [f"tab-{tab}-button"]


@pytest.mark.bench
@pytest.mark.parametrize("width", [375, 1600, 1280, 900])
def test_every_tab_has_the_same_edges(open_page, width):
    visit = open_page("?tab=loss", wait=headline("loss"), width=width)
    edges = set()
    for tab in HEADLINES:
        visit.open(visit.page.url.split("?")[0] + f"?tab={tab}", headline(tab))
        box = visit.page.locator(".headline:visible").bounding_box()
        edges.add((round(box["x"]), round(box["x"] + box["width"])))
    assert len(edges) == 1
    left, right = edges.pop()
    assert right - left >= min(width, 1360) - 2 * 24 - 15  # a scroll bar


def contrast(a: np.ndarray, b: np.ndarray) -> float:
    """By WCAG 2."""
    share = np.array([a, b]) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.bench
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_of_a_radio_button_is_a_whole_ring(open_page, scheme):
    visit = open_page("?tab=loss", wait=headline("loss"), scheme=scheme)
    page = visit.page
    for tab, radios in RADIOS.items():
        visit.open(page.url.split("?")[0] + f"?tab={tab}", headline(tab))
        for radio in radios:
            page.locator(radio).first.focus()
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")  # by keyboard, so the focus is to be seen
            page.wait_for_timeout(300)
            ring = page.evaluate(RING)
            assert ring["outlineStyle"] == "solid", radio
            left, top, around = int(ring["x"]) - 8, int(ring["y"]) - 8, 8
            picture = page.screenshot(
                clip={"x": left, "y": top, "width": int(ring["width"]) + 17, "height": int(ring["height"]) + 17}
            )
            shown = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
            marked = np.abs(shown - ring["colour"]).max(-1) <= 2
            middle = marked.shape[0] // 2, marked.shape[1] // 2
            sides = (
                marked[middle[0], :around],
                marked[middle[0], -around:],
                marked[:around, middle[1]],
                marked[-around:, middle[1]],
            )
            assert all(side.sum() >= 2 for side in sides), (tab, radio)  # nothing cuts it off
            assert contrast(np.array(ring["colour"]), shown[0, 0]) >= 3, (tab, radio)
