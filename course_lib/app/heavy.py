"""One network at work, whatever the tab: Gradio's own limit counts each function apart."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from course_lib.app.protocol import Busy

# For an event of Gradio's that works for up to seconds: it waits in the queue that all of them share.
HEAVY: dict[str, Any] = {"concurrency_id": "heavy", "concurrency_limit": 1}
# Seconds that a lab's question waits for its turn at most: meanwhile it holds a thread, of which there are 40, and the page
# needs them, too. How many may wait is counted before they have one (limits.py).
PATIENCE = 2.0

_turn = threading.Lock()


@contextmanager
def turn(patience: float = PATIENCE) -> Iterator[None]:
    """The processor's turn, for a heavy event as for one short slice of a live training.

    Args:
        patience: seconds to wait for it, PATIENCE at most; −1: as long as it takes, for events of the queue HEAVY, of
            which one works at a time.

    Raises:
        Busy: it did not come in time.
    """
    if not _turn.acquire(timeout=min(patience, PATIENCE)):
        raise Busy
    try:
        yield
    finally:
        _turn.release()
