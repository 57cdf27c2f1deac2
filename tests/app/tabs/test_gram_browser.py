"""The Gram explorer in a real browser."""

from collections.abc import Iterator

import httpx
import pytest
from PIL import Image

from ..conftest import served_alone


@pytest.fixture(scope="module")
def served(style_course) -> Iterator[str]:
    with served_alone(style_course, "gram") as address:
        yield address


def after(visit, act) -> None:
    """Does something that asks for another answer, and waits for it."""
    before = visit.page.locator(".gram-see").inner_text()
    act()
    visit.page.wait_for_function(
        "(before) => document.querySelector('.gram-see').innerText !== before && !document.querySelector('.stale')",
        arg=before,
    )


def test_two_channels_and_two_shuffles(visitor, served, tmp_path):
    visit = visitor(f"{served}?tab=gram", wait=".gram-see .frame img")
    page = visit.page
    visit.says("64 channels of 128 × 128 places.")
    assert not [url for url in visit.requests if "component_server" in url]  # the answer was there on load
    box = page.locator(".matrix").bounding_box()
    place = {"x": box["width"] * 4.5 / 12, "y": box["height"] * 2.5 / 12}
    after(visit, lambda: page.locator(".matrix").click(position=place))
    assert "i=2&j=4" in page.url.replace("shuffle=none&", "")
    value = page.locator(".entry .value").inner_text()
    after(visit, page.locator(".gram-choose label", has_text="The positions of the feature map").click)
    assert page.locator(".entry .value").inner_text() == value and "rounding" in page.locator(".changed").inner_text()
    after(visit, page.locator(".gram-choose label", has_text="The pixels of the picture").click)
    assert page.locator(".entry .value").inner_text() != value and "%" in page.locator(".changed").inner_text()
    page.locator(".gram-choose label", has_text="Only shuffling the feature map").click()
    page.locator(".answer-text", has_text="Yes.").wait_for()
    page.locator(".matrix").focus()
    after(visit, lambda: page.keyboard.press("ArrowDown"))
    assert "i=3" in page.url
    visit.inspect(tmp_path / "wide.png")
    visit.end()


@pytest.mark.bench
def test_an_address_and_a_picture_of_ones_own(visitor, served, tmp_path):
    visit = visitor(
        f"{served}?tab=gram&picture=cat&layer=relu2_2&shuffle=map&i=3&j=99&seed=7",
        wait=".gram-see .frame img",
        width=375,
        scheme="dark",
    )
    page = visit.page
    visit.says("128 channels of 64 × 64 places.")
    assert page.locator("[name=gram-picture][value=cat]").is_checked()
    Image.new("RGBA", (90, 60), (10, 120, 30, 255)).save(tmp_path / "green.png")
    page.locator("#gram-own button").first.click()
    page.locator("#gram-upload input[type=file]").set_input_files(tmp_path / "green.png")
    page.locator(".mine input:checked").wait_for(state="attached")
    page.wait_for_function("() => !document.querySelector('.stale')")
    assert "picture=" not in page.url and "layer=relu2_2" in page.url
    page.locator("[name=gram-seed]").fill("-3")
    page.keyboard.press("Tab")
    visit.says("The seed is -3")
    visit.inspect(tmp_path / "narrow.png")
    assert httpx.get(f"{served}gradio_api/info", timeout=60).json()["named_endpoints"] == {}
    visit.end()
