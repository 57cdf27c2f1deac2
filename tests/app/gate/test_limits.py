"""How much a stranger may hold, against the real server."""

import asyncio
import time
from collections import Counter

import httpx
import pytest

from course_lib.app import heavy
from course_lib.app.answers import Refused
from course_lib.app.heavy import turn
from course_lib.app.limits import LIMITS, Limit, Places
from course_lib.app.protocol import Busy
from course_lib.app.sessions import MOST, BareSession, forget_unfetched, forget_uploads
from course_lib.app.visitors import address_of


def test_places_are_counted_by_kind_and_by_visitor():
    places = Places({"a": Limit(3, 2, 1), "b": Limit(1, 1, 1)})
    with places.place("a", "X"), places.place("a", "X"), places.place("b", "X"):
        for kind, who in (("a", "X"), ("b", "Y")):
            with pytest.raises(Refused) as refused, places.place(kind, who):
                pass
            assert refused.value.status == 503
        with places.place("a", "Y"), pytest.raises(Refused), places.place("a", "Z"):
            pass
        with pytest.raises(ZeroDivisionError), places.place("a", "Y"):
            _ = 1 / 0
    assert not any(places._inside.values())  # whoever leaves, however he leaves, gives his place back


def test_no_visitor_can_have_all_places_and_a_class_behind_one_address_has_most():
    for limit in LIMITS.values():
        assert limit.total / 2 < limit.each < limit.total


@pytest.mark.parametrize(
    ("peer", "told", "on_a_space", "address"),
    [
        ("1.2.3.4", "", False, "1.2.3.4"),
        ("1.2.3.4", "9.9.9.9", False, "1.2.3.4"),
        ("10.0.0.1", "9.9.9.9", True, "9.9.9.9"),
        ("10.0.0.1", "8.8.8.8, 9.9.9.9", True, "9.9.9.9"),  # the first is what the visitor says of himself
        ("10.0.0.1", "9.9.9.9, 10.0.0.2", True, "9.9.9.9"),
        ("10.0.0.1", "nonsense, ", True, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", False, "2001:db8:1:2::/64"),
        ("::ffff:1.2.3.4", "", False, "1.2.3.4"),
        ("testclient", "", False, "testclient"),
    ],
)
def test_who_asks(monkeypatch, peer, told, on_a_space, address):
    monkeypatch.delenv("SPACE_ID", raising=False)
    if on_a_space:
        monkeypatch.setenv("SPACE_ID", "user/space")
    assert (
        address_of({"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", told.encode())]}) == address
    )


def test_patience_has_an_end():
    assert heavy.PATIENCE <= 2
    with turn():
        begun = time.monotonic()
        with pytest.raises(Busy), turn(60):
            pass
        assert time.monotonic() - begun < heavy.PATIENCE + 1
    with turn(0):
        pass


async def _many(served, number: int, headers=lambda index: {}) -> tuple[list[httpx.Response], list[float]]:
    """So many heavy calls at once, and how long the page takes meanwhile."""
    limits = httpx.Limits(max_connections=number + 10)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        body = {"data": None, "component_id": served.lab, "fn_name": "work", "session_hash": "abc"}
        address = f"{served.address}gradio_api/component_server"
        calls = [
            asyncio.create_task(client.post(address, json=body, headers=headers(index))) for index in range(number)
        ]
        await asyncio.sleep(0.3)
        taken = []
        for _ in range(3):
            begun = time.monotonic()
            assert (await client.get(served.address)).status_code == 200
            taken.append(time.monotonic() - begun)
        return await asyncio.gather(*calls), taken


def test_150_heavy_calls_at_once_leave_the_page_free(served, complaints):
    with turn():  # so that every call waits as long as one ever does
        begun = time.monotonic()
        answers, taken = asyncio.run(_many(served, 150))
        assert time.monotonic() - begun < 15
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[503] >= 150 - LIMITS["server"].total and set(statuses) <= {200, 503}, statuses
    assert min(taken) < 1, taken  # of three: this machine may have more to do
    print(f"GET / beside 150 heavy calls: {', '.join(f'{seconds:.3f}' for seconds in taken)} s")


def test_one_visitor_leaves_places_to_others(served, complaints):
    first = LIMITS["server"].total + 5
    with turn():
        answers, _ = asyncio.run(
            _many(served, first + 1, lambda index: {"x-forwarded-for": "10.1.1.1" if index < first else "10.2.2.2"})
        )
    admitted = [answer.status_code != 503 for answer in answers]
    assert sum(admitted[:first]) == LIMITS["server"].each and admitted[-1]


def test_sessions_are_few(served, complaints, monkeypatch):
    holder = served.blocks.app.state_holder
    assert holder.capacity == MOST
    monkeypatch.setattr(holder, "capacity", 5)
    for number in range(12):
        assert served.serve("echo", session_hash=f"visitor-{number}").status_code == 200
    while len(holder.session_data) > 5:  # what was there before goes one at a time
        served.serve("echo", session_hash="visitor-11")
    assert list(holder.session_data)[-5:] == [f"visitor-{number}" for number in range(7, 12)]
    assert len(holder.time_last_used) == 5


def test_a_bare_session_has_all_that_a_session_of_gradio_has(served):
    from gradio.state_holder import SessionState

    whole, bare = SessionState(served.blocks), BareSession(served.blocks)
    assert vars(whole).keys() == vars(bare).keys()
    assert bare.config_values == {} and len(whole.config_values) > 3
    assert {**vars(whole), "config_values": {}, "blocks_config": None} == {**vars(bare), "blocks_config": None}
    assert bare.blocks_config.fns.keys() == whole.blocks_config.fns.keys()


def test_a_session_does_not_keep_what_its_visitor_sent(served, complaints):
    sent = "a long text that nobody needs afterwards"
    body = {"data": [None, sent], "fn_index": served.event, "session_hash": "keeps"}
    assert served.post("queue/join", json=body).status_code == 200
    assert sent in served.get("gradio_api/queue/data?session_hash=keeps").text
    assert sent not in str(vars(served.blocks.app.state_holder["keeps"]))


def test_what_nobody_fetches_is_forgotten(served):
    from gradio.routes import file_upload_statuses

    queue = served.blocks._queue
    queue.pending_event_ids_session.update({f"gone-{number}": {f"event-{number}"} for number in range(10)})
    queue.event_ids_to_events["event-0"] = object()
    try:
        forget_unfetched(queue, most=4)
        left = [name for name in queue.pending_event_ids_session if name.startswith("gone-")]
        assert left == ["gone-0", "gone-6", "gone-7", "gone-8", "gone-9"]  # the first is still at work
    finally:
        del queue.event_ids_to_events["event-0"]
        for number in range(10):
            queue.pending_event_ids_session.pop(f"gone-{number}", None)
    for number in range(10):
        file_upload_statuses.track(f"upload-{number}")
    forget_uploads(most=3)
    assert len(file_upload_statuses._statuses) == 3 == len(file_upload_statuses._signals)
    assert "upload-9" in file_upload_statuses._statuses


def test_the_queue_is_short_and_says_so(served, complaints):
    """30 at once: what does not fit is 503, the others are answered, each with its own."""

    async def ask(client: httpx.AsyncClient, number: int) -> tuple[int, str]:
        answer = await client.post(f"{served.address}gradio_api/call/size", json={"data": [None, f"number {number}"]})
        if answer.status_code != 200:
            return answer.status_code, answer.text
        stream = await client.get(f"{served.address}gradio_api/call/size/{answer.json()['event_id']}")
        return 200, stream.text

    async def all_at_once() -> list[tuple[int, str]]:
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=80)) as client:
            return await asyncio.gather(*(ask(client, number) for number in range(30)))

    for number, (status, text) in enumerate(asyncio.run(all_at_once())):
        assert status in (200, 503)
        assert status == 503 or f'"None number {number}"' in text
