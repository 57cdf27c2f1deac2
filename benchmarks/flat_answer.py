"""How soon the answer follows the pen in the tab “Flat → 3-D”: ``python -m benchmarks.flat_answer``.

A page of its own with the tab alone, in Chromium. Strokes are drawn; measured in the page is the time from lifting the
pen until the answer of the network with a discriminator can be seen. Once a stroke comes every 2.5 s, when all answers to
the one before are there; once the next comes at once, while the other networks still work on the one before.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from benchmarks.provenance import store

LIMIT = 300.0  # milliseconds, on two idle cores
STROKES = 20
QUICK = 250.0  # milliseconds between two strokes where nobody waits
_CANVAS = ".flat-choose canvas"
# Notes when the pen is lifted and when another answer can be seen.
_WATCH = f"""() => {{
    const image = document.querySelector('[data-shows=pix2pix-fluent] img');
    window.waited = [];
    let lifted = null;
    document.querySelector('{_CANVAS}').addEventListener('pointerup', () => {{ lifted = performance.now(); }}, {{capture: true}});
    new MutationObserver(() => {{
        const since = lifted;
        lifted = null;
        if (since !== null) image.decode().then(() => window.waited.push(performance.now() - since));
    }}).observe(image, {{attributeFilter: ['src']}});
}}"""


@contextmanager
def _opened() -> Iterator[Any]:
    """The tab in a browser, with a first answer."""
    from playwright.sync_api import sync_playwright

    from course_lib.app import page
    from tests.conftest import FLAGS, find_chromium

    page.TABS = ("flat",)
    blocks = page.build()
    _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=find_chromium(engine.chromium.executable_path), args=FLAGS)
        seen = browser.new_page(viewport={"width": 1280, "height": 1400})
        seen.goto(f"{address}?tab=flat", timeout=120_000)
        seen.locator("[data-shows=pix2pix-fluent] img[src]").wait_for()
        seen.wait_for_timeout(2000)
        yield seen
        browser.close()
    blocks.close(verbose=False)


def _stroke(seen: Any, number: int) -> None:
    box = seen.locator(_CANVAS).bounding_box()
    for at, (x, y) in enumerate(np.random.default_rng(number).uniform(0.1, 0.9, (4, 2))):
        seen.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if at == 0:
            seen.mouse.down()
    seen.mouse.up()


def _measure(seen: Any, pause: Callable[[], None]) -> list[float]:
    seen.evaluate("window.waited = []")
    for number in range(STROKES):
        _stroke(seen, number)
        pause()
    seen.wait_for_timeout(3000)
    return seen.evaluate("window.waited")


def main() -> None:
    """Measures, prints, stores."""
    begun = time.monotonic()
    with _opened() as seen:
        seen.evaluate(_WATCH)
        found = {
            "one after the other": _measure(seen, lambda: seen.wait_for_timeout(2500)),
            "quick strokes": _measure(seen, lambda: seen.wait_for_timeout(QUICK)),
        }
    figures = {}
    for name, waited in found.items():
        if not waited:
            sys.exit("No answer came. Open the page (python dev.py demo) and look at what it says.")
        median, most = float(np.median(waited)), max(waited)
        figures[name] = {"strokes": STROKES, "answers": len(waited), "median_ms": median, "max_ms": most}
        print(
            f"{name:20} {len(waited)} of {STROKES} answered, median {median:.0f} ms, slowest {most:.0f} ms (limit {LIMIT:.0f})"
        )
    print(
        store(
            "flat_answer",
            command="python -m benchmarks.flat_answer",
            seeds=list(range(STROKES)),
            seconds=time.monotonic() - begun,
            result={"limit_ms": LIMIT, "figures": figures},
        )
    )


if __name__ == "__main__":
    main()
