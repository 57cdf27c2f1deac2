"""Fingers on a phone: one paints, sets a point or drags; two zoom, and change nothing."""

import pytest


class Phone:
    """A visitor's phone with the page on it.

    Args:
        canvas: where the fingers go.
    """

    def __init__(self, context, address: str, canvas: str) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(120_000)
        self.page.goto(address)
        self.canvas = self.page.locator(canvas)
        self.canvas.wait_for()
        self.page.wait_for_timeout(1000)
        self.canvas.evaluate("(one) => one.scrollIntoView({block: 'center'})")
        self.page.wait_for_timeout(300)
        self.session = context.new_cdp_session(self.page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def middle(self) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def pinch(self, first: float = 0) -> None:
        """Two fingers go apart.

        Args:
            first: how far the first finger has gone before the second comes.
        """
        x, y = self.middle()
        here, there = (x - 30, y - 30), (x + 30, y + 30)
        self.touch("touchStart", here)
        if first:
            self.touch("touchMove", (here[0] - first, here[1]))
            here = (here[0] - first, here[1])
        self.touch("touchStart", here, there)
        for step in range(1, 10):
            self.touch(
                "touchMove", (here[0] - 5 * step, here[1] - 5 * step), (there[0] + 5 * step, there[1] + 5 * step)
            )
        self.touch("touchEnd")
        self.page.wait_for_timeout(500)

    @property
    def zoom(self) -> float:
        return self.page.evaluate("visualViewport.scale")


@pytest.fixture
def phone(chromium, page):
    contexts = []

    def opened(query: str, canvas: str) -> Phone:
        contexts.append(chromium.new_context(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True))
        return Phone(contexts[-1], page + query, canvas)

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("tool", "first"),
    [
        ("rectangle", 2),
        pytest.param("brush", 0, marks=pytest.mark.bench),
        pytest.param("brush", 2, marks=pytest.mark.bench),
        pytest.param("rectangle", 0, marks=pytest.mark.bench),
    ],
)
def test_a_pinch_paints_nothing_and_zooms(phone, tool, first):
    seen = phone("?tab=pix2pix", ".painter canvas")
    seen.page.locator(f"[name=painter-tool][value={tool}]").check(force=True)
    seen.canvas.evaluate("(one) => one.scrollIntoView({block: 'center'})")
    pixels = "document.querySelector('.painter canvas').toDataURL()"
    before = seen.page.evaluate(pixels)
    seen.pinch(first)
    assert seen.page.evaluate(pixels) == before and seen.zoom > 1.1
    assert seen.page.locator(".results.stale").count() == 0


@pytest.mark.bench
def test_a_finger_alone_paints_also_after_a_pinch(phone):
    seen = phone("?tab=pix2pix", ".painter canvas")
    pixels = "document.querySelector('.painter canvas').toDataURL()"
    before = seen.page.evaluate(pixels)
    x, y = seen.middle()
    for _ in range(2):  # two fingers that do not zoom, and go one after the other
        seen.touch("touchStart", (x, y))
        seen.touch("touchStart", (x, y), (x + 40, y + 40))
        seen.touch("touchEnd")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate(pixels) == before
    seen.touch("touchStart", (x, y))
    seen.touch("touchMove", (x + 60, y + 60))
    seen.touch("touchEnd")
    seen.page.wait_for_function(f"(before) => {pixels} !== before", arg=before)


@pytest.mark.bench
def test_a_pinch_moves_no_score(phone):
    seen = phone("?tab=loss&logit=2.0", ".loss-lab svg")
    seen.pinch()
    assert seen.page.locator(".number-logit").inner_text() == "2.0" and seen.zoom > 1.1


@pytest.mark.bench
def test_a_pinch_sets_no_point(phone):
    seen = phone("?tab=collapse", ".collapse-lab .plane")
    seen.page.locator("[name=collapse-data][value=drawn]").check(force=True)
    seen.canvas.evaluate("(one) => one.scrollIntoView({block: 'center'})")
    seen.pinch()
    assert "points=&" in seen.page.url + "&" and seen.zoom > 1.1
    assert "at least two points" in seen.page.locator(".collapse-lab .status").inner_text()
