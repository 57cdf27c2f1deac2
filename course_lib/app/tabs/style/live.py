"""Style transfer by moving pixels, while a visitor looks: the task's own loop, slowed by nothing but other visitors."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from typing import Any

from PIL import Image

from course_lib.app.heavy import turn
from course_lib.app.protocol import one_of, page_key, whole
from course_lib.app.protocol import seed as checked_seed
from course_lib.tasks.descent import Step
from course_lib.tasks.gatys import PRESETS, GatysConfig, paint

SIZES = {"128": "128", "192": "192", "256": "256"}  # pixels, longer side
STARTS = {"content": "the photo", "noise": "noise"}
SHORTEST, LONGEST = 5, 60  # seconds of one run
SHARES = 10  # the slider's steps, from content to style
TV_WEIGHT = 4.0  # pixel noise is smoothed away, strokes are not (looked at from 128 to 256 pixels)

_running: dict[str, threading.Event] = {}


def config_of(asked: dict[str, Any]) -> GatysConfig:
    """{"share", "size", "seconds", "seed", "start"} → the run's settings; the middle of the slider is β = 10.

    Raises:
        CourseError: one of them is not what can be chosen.
    """
    share = whole(asked.get("share"), "share of style", 0, SHARES)
    size = int(one_of(asked.get("size"), "size", SIZES))
    start: Any = one_of(asked.get("start"), "start", STARTS)
    return dataclasses.replace(
        PRESETS["good"],
        size=size,
        smallest=size // 2,
        steps=60,
        later_steps=60,
        start=start,
        lr=0.04,
        style_weight=10 ** (share / 5),
        tv_weight=TV_WEIGHT,
        seconds=whole(asked.get("seconds"), "time in seconds", SHORTEST, LONGEST),
        seed=checked_seed(asked.get("seed")),
    )


def run(asked: dict[str, Any], photo: Image.Image, style: Image.Image) -> Iterator[tuple[Step, float]]:
    """(step, seconds since the start), one after another; the last is the best picture. ``stop`` ends it.

    Raises:
        CourseError: wrong settings, or a painting too small.
    """
    key, config = page_key(asked.get("key")), config_of(asked)
    stopped = _running[key] = threading.Event()
    begun = time.monotonic()
    try:
        steps = paint(photo, style, config, stop=stopped.is_set)
        while True:
            with turn(-1):  # one step, then others have theirs
                step = next(steps, None)
            if step is None:
                return
            yield step, time.monotonic() - begun
    finally:
        if _running.get(key) is stopped:
            del _running[key]


def stop(key: Any) -> bool:
    """Ends a visitor's run at its next step; whether there was one."""
    event = _running.get(page_key(key))
    if event is not None:
        event.set()
    return event is not None
