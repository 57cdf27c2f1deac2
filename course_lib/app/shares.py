"""Places that a visitor keeps by asking again: a few for all, and nobody has two while another has none."""

import threading
import time
from collections import Counter
from dataclasses import dataclass


@dataclass
class _Held:
    who: str
    until: float


class Shares:
    """Places held under keys. A visitor may make up as many keys as he likes: what counts is who he is.

    A second place is lent to whoever asks, as long as nobody else does: a class behind one address uses them all.

    Args:
        places: how many.
        seconds: after which a place is free again that nobody asked for.
    """

    def __init__(self, places: int, seconds: float) -> None:
        self.places, self.seconds = places, seconds
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def ask(self, key: str, who: str, now: float | None = None) -> bool:
        """Whether this key has a place, for ``seconds`` from here."""
        now = time.monotonic() if now is None else now
        with self._lock:
            self._held = {name: one for name, one in self._held.items() if one.until > now}
            if key in self._held:
                self._held[key].until = now + self.seconds
                return True
            if len(self._held) >= self.places and not self._take_back(who):
                return False
            self._held[key] = _Held(who, now + self.seconds)
            return True

    def leave(self, key: str) -> None:
        """The place is free for others."""
        with self._lock:
            self._held.pop(key, None)

    def _take_back(self, who: str) -> bool:
        """Frees a place for somebody who has none: the last one of whoever has most, if that is more than one."""
        counts = Counter(one.who for one in self._held.values())
        most = max(counts.values(), default=0)
        if most < 2 or counts[who]:
            return False
        lent = [key for key, one in self._held.items() if counts[one.who] == most]
        del self._held[lent[-1]]  # they stand in the order in which they were taken
        return True
