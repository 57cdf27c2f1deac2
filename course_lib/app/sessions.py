"""What Gradio keeps of each visitor, made small and few: anyone can name a thousand sessions."""

from copy import copy
from typing import Any

from gradio.blocks import Blocks
from gradio.queueing import Queue
from gradio.routes import file_upload_statuses
from gradio.state_holder import SessionState, StateHolder

MOST = 200  # sessions; the one that was used longest ago goes first, and is made again when it is asked for
MOST_WAITING = 2000  # sessions with answers that nobody has fetched: as many as Gradio itself keeps the messages of
MOST_UPLOADS = 200  # whose progress is noted


class BareSession(SessionState):
    """A session without a copy of the page's settings, which Gradio makes for deep links (there are none here): it takes
    40 ms of the one thread that answers everybody, and then holds all that the visitor has sent."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks_config = copy(blocks.default_config)
        self.config_values: dict[int, Any] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = 3600

    def _update_config(self, key: int) -> None: ...

    def _update_value_in_config(self, key: int, value: object) -> None: ...


class FewSessions(StateHolder):
    """Gradio's sessions, each of them bare."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = BareSession(self.blocks)
        return super().__getitem__(session_id)


def forget_unfetched(queue: Queue, most: int = MOST_WAITING) -> None:
    """Drops the oldest notes on answers that nobody has fetched; Gradio bounds the messages, not these notes."""
    waiting = queue.pending_event_ids_session
    for name in list(waiting)[: max(0, len(waiting) - most)]:
        if not any(event in queue.event_ids_to_events for event in waiting[name]):
            del waiting[name]


def forget_uploads(most: int = MOST_UPLOADS) -> None:
    """Drops the oldest notes on the progress of uploads; Gradio keeps those that nobody asked for, and every name asked for."""
    for noted in (file_upload_statuses._statuses, file_upload_statuses._signals):
        for name in list(noted)[: max(0, len(noted) - most)]:
            noted.pop(name, None)
