"""What goes wrong inside: a sentence for the visitor, without places; the details for whoever runs the server."""

import errno
import json
import logging
import time

import pytest


@pytest.fixture
def log(caplog):
    with caplog.at_level(logging.ERROR):
        yield caplog


def test_a_mistake_in_an_event(served, log):
    event = served.post("call/size", json={"data": [None, "fail"]}).json()["event_id"]
    last = served.get(f"gradio_api/call/size/{event}").text.strip().splitlines()[-1]
    assert (
        json.loads(last.removeprefix("data: "))["error"] == "The server failed at this. Reload the page and try again."
    )
    assert "/secret/place" in log.text


def test_a_mistake_in_a_server_function(served, log):
    answer = served.serve("fail", errno.EPERM)
    assert answer.status_code == 500
    assert answer.json() == {"detail": "The server failed at this. Reload the page and try again."}
    until = time.monotonic() + 10  # the answer goes out before the log is written
    while "/secret/place" not in log.text and time.monotonic() < until:
        time.sleep(0.01)
    assert "/secret/place" in log.text


def test_a_full_disk(served, log):
    answer = served.serve("fail", errno.ENOSPC)
    assert answer.status_code == 507 and "no room" in answer.json()["detail"] and log.text == ""
