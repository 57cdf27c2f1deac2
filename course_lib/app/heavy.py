"""One network at work, whatever the tab: Gradio's own limit counts each function apart."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# For an event that works for up to seconds: it waits in the queue that all of them share.
HEAVY: dict[str, Any] = {"concurrency_id": "heavy", "concurrency_limit": 1}

_turn = threading.Lock()


@contextmanager
def turn(patience: float = -1) -> Iterator[bool]:
    """The processor's turn, for a heavy event as for one short slice of a live training. Whether it came in time.

    Args:
        patience: seconds to wait for it; −1: as long as it takes.
    """
    came = _turn.acquire(timeout=patience)
    try:
        yield came
    finally:
        if came:
            _turn.release()
