"""Bodies that are too long, too slow, or no upload, sent to the real server."""

import socket
import time
from pathlib import Path

import httpx
import pytest

from course_lib.app import bodies, gate
from course_lib.app.answers import Refused
from course_lib.app.bodies import MAX_FILES, files_body
from course_lib.app.sweep import Keeping, sweep

FORM = {"content-type": "multipart/form-data; boundary=b"}


def part(name='name="files"; filename="a.png"', content=b"x"):
    return b"--b\r\nContent-Disposition: form-data; " + name.encode() + b"\r\n\r\n" + content + b"\r\n"


def upload(served, content, headers=FORM):
    return served.post("upload", content=content, headers=headers)


def test_an_upload_of_a_few_files(served, complaints):
    answer = upload(served, part(content=b"one") * MAX_FILES + b"--b--\r\n")
    assert answer.status_code == 200 and len(answer.json()) == MAX_FILES
    answer = upload(served, part(content=b"one") * (MAX_FILES + 1) + b"--b--\r\n")
    assert answer.status_code == 413 and "4 files" in answer.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [
        part('name="files"') + b"--b--\r\n",
        part('name="other"; filename="a.png"') + b"--b--\r\n",
        part("filename=x") + b"--b--\r\n",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b"nonsense",
        b"--b\r\n" + b"a" * 100_000 + b": b\r\n\r\n",
        b"--b\r\n" + b"A: b\r\n" * 10_000 + b"\r\n",
    ],
    ids=["text for a file", "another field", "no name", "no headers", "no parts", "long header", "many headers"],
)
def test_what_is_no_upload(served, complaints, content):
    answer = upload(served, content)
    assert answer.status_code == 400 and answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=b"]
)
def test_another_kind_of_upload(served, complaints, kind):
    assert upload(served, part() + b"--b--\r\n", {"content-type": kind}).status_code == 400


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../../x",
        "/etc/passwd",
        "a" * 5000,
        "a\0b",
        "ü" * 400,
        "con",
        "-rf",
        "\\..\\x",
        " ",
        "tmp",
        "<b>",
    ],
)
def test_names_of_files(served, complaints, name):
    """Whatever the name: the file lies in its own folder, or is refused."""
    quoted = name.replace("\\", "\\\\")
    answer = upload(served, part(f'name="files"; filename="{quoted}"', b"content of " + name.encode()) + b"--b--\r\n")
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        folder = served.blocks.app.sweeper.folder
        for path in answer.json():
            assert Path(path).resolve().is_relative_to(folder)


def test_the_parts_are_counted_wherever_the_pieces_break():
    body = part(content=b"filename=\r\n--x") * 3 + b"--b--\r\n"
    for size in (1, 2, 7, 1000):
        look = files_body(FORM["content-type"], most=3)
        for at in range(0, len(body), size):
            look(body[at : at + size], at + size >= len(body))
        with pytest.raises(Refused):
            look = files_body(FORM["content-type"], most=2)
            for at in range(0, len(body), size):
                look(body[at : at + size], False)


@pytest.mark.parametrize(("path", "seconds"), [("queue/join", "_BODY_SECONDS"), ("upload", "_UPLOAD_SECONDS")])
def test_a_body_that_does_not_come_is_not_waited_for(served, complaints, monkeypatch, path, seconds):
    monkeypatch.setattr(gate, seconds, 0.5)
    kind = b"application/json" if path == "queue/join" else FORM["content-type"].encode()
    head = b"POST /gradio_api/" + path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + kind
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(head + b"\r\nContent-Length: 100\r\n\r\n" + (part()[:30] if path == "upload" else b"{"))
        time.sleep(0.2)
        connection.sendall(b" " if path != "upload" else part()[30:40])  # a drop now and then does not help
        answer = connection.recv(65_536)
    assert b"408" in answer.split(b"\r\n")[0] and time.monotonic() - begun < 5


def test_an_upload_that_breaks_off_is_swept(served, complaints):
    folder = served.blocks.app.sweeper.folder
    before = set(folder.glob("tmp*"))
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + FORM["content-type"].encode()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(head + b"\r\nContent-Length: 1000000\r\n\r\n" + part(content=b"y" * 200_000))
        until = time.monotonic() + 10
        while not set(folder.glob("tmp*")) - before and time.monotonic() < until:
            time.sleep(0.01)
    left = set(folder.glob("tmp*")) - before
    assert left
    sweep(folder, (), Keeping(), now=time.time() + Keeping().unfinished + 1)
    assert not set(folder.glob("tmp*")) & left


def test_no_upload_when_the_folder_is_full_of_files_in_use(served, complaints, monkeypatch):
    sweeper = served.blocks.app.sweeper
    monkeypatch.setattr(sweeper, "keeping", Keeping(most=50_000))
    body = part(content=b"z" * 30_000) + b"--b--\r\n"
    statuses = [upload(served, body[:-9] + str(n).encode() + body[-9:]).status_code for n in range(4)]
    assert 507 in statuses and statuses[-1] == 507
    monkeypatch.setattr(sweeper, "keeping", Keeping(most=50_000, young=0))
    assert upload(served, body).status_code == 200  # what is not in use makes room


def test_the_progress_of_an_upload_can_be_followed(served, complaints):
    files = {"files": ("a.png", b"0" * 1000)}
    assert served.post("upload?upload_id=mine", files=files).status_code == 200
    with httpx.stream("GET", f"{served.address}gradio_api/upload_progress?upload_id=mine", timeout=30) as stream:
        assert any('"done"' in line for line in stream.iter_lines())
    assert served.get("gradio_api/upload_progress?upload_id=a%20b").status_code == 400
    assert served.get("gradio_api/upload_progress").status_code == 404


def test_limits_are_what_the_page_needs():
    assert bodies.MAX_JSON == 300_000 and bodies.MAX_BODY == 10_000_000
