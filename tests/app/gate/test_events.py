"""Requests that make no sense, sent to the real server: an answer of 4xx with a sentence, and nothing in its log."""

import io
import json

import pytest
from PIL import Image

JSON = {"content-type": "application/json"}


def join(served, **changes):
    return {"data": [None, "a"], "fn_index": served.event, "session_hash": "abc"} | changes


def sentence(answer, *statuses):
    assert answer.status_code in statuses, answer.text
    told = answer.json()["detail"]
    assert isinstance(told, str) and told.endswith(".") and "Traceback" not in told and "/gradio/" not in told
    return told


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"data": "text"}, 400, "data is 'text'; it must be a list"),
        ({"data": None}, 400, "data"),
        ({"data": {"0": "a"}}, 400, "data"),
        ({"data": 7}, 400, "data"),
        ({"data": [None, "a", "b"]}, 400, "data has 3 entries; the event takes 2"),
        ({"fn_index": -1}, 404, "'-1'"),
        ({"fn_index": 999}, 404, "'999'"),
        ({"fn_index": "4"}, 404, "'4'"),
        ({"fn_index": True}, 404, "'True'"),
        ({"fn_index": None}, 404, "'None'"),
        ({"fn_index": [1]}, 404, "'[1]'"),
        ({"fn_index": 1.5}, 404, "'1.5'"),
        ({"session_hash": None}, 400, "session_hash"),
        ({"session_hash": ""}, 400, "session_hash"),
        ({"session_hash": "a" * 65}, 400, "session_hash"),
        ({"session_hash": "../x"}, 400, "session_hash"),
        ({"session_hash": ["a"]}, 400, "session_hash"),
        ({"session_hash": 7}, 400, "session_hash"),
        ({"trigger_id": "x"}, 400, "trigger_id"),
        ({"trigger_id": 10**6}, 400, "trigger_id"),
        ({"event_id": "a b"}, 400, "event_id"),
        ({"batched": True}, 400, "'batched'"),
        ({"simple_format": True}, 400, "'simple_format'"),
        ({"oauth_token": "x"}, 400, "'oauth_token'"),
    ],
    ids=str,
)
def test_joining_the_queue(served, complaints, changes, status, said):
    assert said in sentence(served.post("queue/join", json=join(served, **changes)), status)


def test_an_event_that_is_a_script_has_nothing_to_run(served, complaints):
    sentence(served.post("queue/join", json=join(served, fn_index=served.script)), 404)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b'"text"', b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe\x00", b"\0" * 100,
     b'{"data": [NaN]}', b'{"data": [Infinity]}', b'{"data": [-1e999]}',
     b'{"data": [' + b"9" * 5000 + b"]}", b'{"data": [' + b"9" * 20 + b"]}"],
    ids=lambda body: body[:24].decode("latin-1"),
)  # fmt: skip
@pytest.mark.parametrize("path", ["queue/join", "call/size", "call/v2/size", "component_server", "component_server/"])
def test_no_json_of_plain_numbers_and_text(served, complaints, path, body):
    sentence(served.post(path, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("path", ["queue/join", "call/size", "component_server"])
def test_another_kind_of_body(served, complaints, path, kind):
    headers = {"content-type": kind} if kind else {}
    sentence(served.post(path, content=b'{"data": []}', headers=headers), 415)


@pytest.mark.parametrize("path", ["queue/join", "call/size", "component_server"])
def test_json_of_more_than_300_kb(served, complaints, path):
    told = sentence(served.post(path, json={"data": ["x" * 300_000]}), 413)
    assert "300 kB" in told


def test_a_number_that_is_none_is_named(served, complaints):
    for text, said in (
        ("NaN", "data.settings.seed is nan"),
        ("-Infinity", "data.settings.seed is -inf"),
        ("1e400", "is inf"),
    ):
        body = b'{"data": {"a": [1], "settings": {"seed": %s}}, "fn_name": "echo"}' % text.encode()
        assert said in sentence(served.post("component_server", content=body, headers=JSON), 400)


def test_halves_of_characters_break_nothing(served, complaints):
    """JSON can hold them, UTF-8 cannot."""
    body = {"component_id": served.lab, "fn_name": "echo", "session_hash": "abc", "data": ["\ud800", {"\udfff": "ü"}]}
    answer = served.post("component_server", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 200 and answer.json()["asked"] == body["data"]
    for changes in ({"session_hash": "\ud800"}, {"fn_name": "\ud800"}, {"\ud800": 1}, {"component_id": "\ud800"}):
        sentence(served.post("component_server", content=json.dumps(body | changes), headers=JSON), 400, 404)
    event = served.post("call/choice", content=json.dumps({"data": ["\ud800"]}), headers=JSON).json()["event_id"]
    assert "ud800" in served.get(f"gradio_api/call/choice/{event}").text
    joined = {"data": ["\ud800"], "fn_index": served.event + 1, "session_hash": "half"}
    assert served.post("queue/join", content=json.dumps(joined), headers=JSON).status_code == 200
    assert "ud800" in served.get("gradio_api/queue/data?session_hash=half").text


def test_a_named_event(served, complaints):
    assert "nope" in sentence(served.post("call/nope", json={"data": []}), 404)
    sentence(served.post("call/hidden", json={"data": []}), 404)
    sentence(served.post("call/size", json={"data": "text"}), 400)
    sentence(served.post("call/size", json={"data": [], "fn_index": 0}), 400)
    sentence(served.post("call/size", json={"data": [None] * 3}), 400)
    sentence(served.post("call/size", json={"data": [], "session_hash": [1]}), 400)
    assert "nope" in sentence(served.post("call/v2/nope", json={}), 404)
    assert "'imagine'" in sentence(served.post("call/v2/size", json={"imagine": 1}), 400)
    assert "text" in sentence(served.post("call/v2/size", json={"image": None}), 400)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"component_id": -1}, 404), ({"component_id": 10**6}, 404), ({"component_id": "1"}, 404),
        ({"component_id": [1]}, 404), ({"component_id": None}, 404), ({"component_id": True}, 404),
        ({"fn_name": "nope"}, 404), ({"fn_name": "__init__"}, 404), ({"fn_name": "preprocess"}, 404),
        ({"fn_name": None}, 404), ({"fn_name": ["echo"]}, 404), ({"fn_name": ""}, 404),
        ({"session_hash": None}, 400), ({"session_hash": {"a": 1}}, 400), ({"session_hash": "x" * 1000}, 400),
        ({"extra": 1}, 400),
    ],
    ids=str,
)  # fmt: skip
def test_a_server_function_that_is_none(served, complaints, changes, status):
    sentence(served.serve("echo", **changes), status)


def test_without_a_question(served, complaints):
    body = {"component_id": served.lab, "fn_name": "echo", "session_hash": "abc"}
    assert "data" in sentence(served.post("component_server", json=body), 400)


def test_a_sensible_question_is_answered(served, complaints):
    assert served.serve("echo", {"a": [1, "ü", None]}).json() == {
        "asked": {"a": [1, "ü", None]},
        "visitor": "127.0.0.1",
    }


def test_answers_that_nobody_has(served, complaints):
    sentence(served.get("gradio_api/queue/data"), 404)
    sentence(served.get("gradio_api/queue/data?session_hash=nobody"), 404)
    sentence(served.get("gradio_api/queue/data?session_hash=a%20b"), 400)
    sentence(served.get("gradio_api/call/size/0123456789abcdef"), 404)


def answered(served, body, path="call/size"):
    """The last event of a stream: (event, data)."""
    event = served.post(path, json=body).json()["event_id"]
    lines = served.get(f"gradio_api/call/size/{event}").text.strip().splitlines()
    return lines[-2].removeprefix("event: "), json.loads(lines[-1].removeprefix("data: "))


def test_an_event_is_answered_by_number_by_name_and_by_the_names_of_its_inputs(served, complaints):
    assert answered(served, {"data": [None, "hello"]}) == ("complete", ["None hello"])
    assert answered(served, {"image": None, "text": "hello"}, "call/v2/size") == ("complete", ["None hello"])
    event = served.post("queue/join", json=join(served, session_hash="mine")).json()["event_id"]
    stream = served.get("gradio_api/queue/data?session_hash=mine").text
    assert event in stream and "None a" in stream


@pytest.mark.parametrize(
    "data",
    [[], [None], [7, "a"], ["/etc/passwd", "a"], [{"path": "/etc/passwd"}, "a"], [[[]], "a"],
     [{"path": 7}, "a"], [{"path": "a\0b", "meta": {"_type": "gradio.FileData"}}, "a"]],
    ids=str,
)  # fmt: skip
def test_inputs_that_are_none_are_a_sentence(served, complaints, data):
    event, told = answered(served, {"data": data})
    assert event == "error" and told["error"].endswith(".") and "/" not in told["error"].replace("&#x27;", "")


def test_what_the_visitor_sent_is_escaped_in_messages(served, complaints):
    event = served.post("call/choice", json={"data": ["<img src=x onerror=alert(1)>"]}).json()["event_id"]
    stream = served.get(f"gradio_api/call/choice/{event}").text
    assert "&lt;img" in stream and "<img" not in stream


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_used_and_the_visitor_is_told(served, complaints, form):
    file, frames = io.BytesIO(), [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    frames[0].save(file, form, save_all=True, append_images=frames[1:], duration=50)
    path = served.post("upload", files={"files": (f"a.{form.lower()}", file.getvalue())}).json()[0]
    picture = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert served.post("queue/join", json=join(served, data=[picture, "a"], session_hash="film")).status_code == 200
    stream = served.get("gradio_api/queue/data?session_hash=film").text
    assert "This file is an animation of 2 frames; its first frame is used." in stream and "(8, 6) a" in stream
