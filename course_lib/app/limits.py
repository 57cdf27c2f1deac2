"""How much strangers may hold at once. Who asks for more is told to come back (503) before a thread or a file is his."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from course_lib.app.answers import Refused


@dataclass(frozen=True)
class Limit:
    """Of one kind of request: how many at once, how many of one visitor, and how long one may take."""

    total: int
    each: int
    seconds: float


# A class behind one router has one address, so one visitor's share is more than half of all places.
LIMITS = {
    "page": Limit(128, 80, 60),
    "info": Limit(16, 10, 60),
    "file": Limit(512, 320, 60),
    "event": Limit(64, 40, 30),
    "stream": Limit(256, 160, 900),
    "server": Limit(8, 6, 60),  # each takes one of 40 threads, which the page itself needs, too
    "upload": Limit(16, 10, 90),
}


class Places:
    """Counts who is inside. Used from the event loop alone, so it needs no lock."""

    def __init__(self, limits: dict[str, Limit] | None = None) -> None:
        self.limits = limits or LIMITS
        self._inside: dict[str, Counter[str]] = {kind: Counter() for kind in self.limits}

    @contextmanager
    def place(self, kind: str, who: str) -> Iterator[Limit]:
        """A place for one request.

        Raises:
            Refused: 503, none is free, or this visitor has his share.
        """
        limit, inside = self.limits[kind], self._inside[kind]
        if inside.total() >= limit.total or inside[who] >= limit.each:
            raise Refused(503, "The server is busy. Try again in a moment.")
        inside[who] += 1
        try:
            yield limit
        finally:
            inside[who] -= 1
            if not inside[who]:
                del inside[who]
