"""The page on a computer where something is in the way: a sentence, or it starts all the same."""

import os
import socket
import socketserver
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import gradio as gr
import gradio.http_server
import httpx
import pytest

from course_lib.app import page, start
from course_lib.app.guard import GuardedBlocks
from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    for name in ("GRADIO_SERVER_PORT", "GRADIO_SERVER_NAME", "GRADIO_NUM_PORTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(start.FOLDER, str(tmp_path))


def refused(call, *arguments):
    with pytest.raises(CourseError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value) and str(caught.value)[-1] in ".y"  # … python app.py
    return str(caught.value)


def small_page():
    with GuardedBlocks(analytics_enabled=False) as blocks:
        gr.Textbox()
    blocks.queue(api_open=False)
    return blocks


# ---- where it is served


@pytest.mark.parametrize("name", ["GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS"])
@pytest.mark.parametrize("value", ["abc", "-1", "0", "70000", "1.5", "９", "9" * 5000])
def test_a_port_that_is_none(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert f"{name} is '{value[:10]}" in refused(start.ports)


@pytest.mark.parametrize("value", ["no such name", "a" * 300, "..", "ex ample"])
def test_a_name_that_is_none(monkeypatch, value):
    monkeypatch.setenv("GRADIO_SERVER_NAME", value)
    assert "no name or address of this computer" in refused(start.ports)


def test_the_ports_that_are_tried(monkeypatch):
    assert start.ports() == range(7860, 7960)
    monkeypatch.setenv("GRADIO_SERVER_PORT", "8001")
    monkeypatch.setenv("GRADIO_NUM_PORTS", "1")
    assert start.ports() == range(8001, 8002)


def test_a_port_that_is_taken_is_a_sentence(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("GRADIO_SERVER_PORT", str(port))
        monkeypatch.setenv("GRADIO_NUM_PORTS", "1")
        # Gradio has read its own when it was imported, above.
        message = refused(lambda: page.launch(small_page(), quiet=True, prevent_thread_lock=True, server_port=port))
    assert f"port {port} cannot be used" in message and "GRADIO_SERVER_PORT=7900" in message


class _Refuses(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("kind", ["http", "socks5"])
def test_behind_a_proxy_the_page_starts(monkeypatch, kind):
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refuses) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"{kind}://127.0.0.1:{proxy.server_address[1]}"
        monkeypatch.setenv("http_proxy", address)
        monkeypatch.setenv("all_proxy", address)
        monkeypatch.setenv("no_proxy", "")  # set back afterwards, as every other
        monkeypatch.setenv("NO_PROXY", "")
        start.ask_no_proxy()
        blocks = small_page()
        _, address, _ = page.launch(blocks, quiet=True, prevent_thread_lock=True)
        assert httpx.get(address).status_code == 200
        blocks.close(verbose=False)
        proxy.shutdown()


# ---- its folder


def test_its_own_folder_below_the_given_one(tmp_path):
    folder = start.own_folder()
    assert folder.parent == tmp_path and os.environ[start.FOLDER] == str(folder)
    assert start.own_folder() == folder  # a child process finds the name in its environment
    if hasattr(os, "getuid"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be(monkeypatch, tmp_path):
    file = tmp_path / "file"
    file.touch()
    for above in (file, file / "below"):
        monkeypatch.setenv(start.FOLDER, str(above))
        assert "GRADIO_TEMP_DIR=/path/to/folder" in refused(start.own_folder)


def test_a_link_that_somebody_laid(monkeypatch, tmp_path):
    name = start.own_folder().name
    other, elsewhere = tmp_path / "other", tmp_path / "elsewhere"
    other.mkdir()
    elsewhere.mkdir()
    (other / name).symlink_to(elsewhere)
    monkeypatch.setenv(start.FOLDER, str(other))
    assert "belongs to somebody else" in refused(start.own_folder)


def test_a_full_disk(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", full)
        assert "No space left on device" in refused(start.own_folder)
    with monkeypatch.context() as patch:
        patch.delenv(start.FOLDER)
        patch.setattr(tempfile, "gettempdir", full)
        assert "no temporary folder" in refused(start.own_folder)


@pytest.mark.skipif(not hasattr(os, "statvfs"), reason="asks the disk as Unix does")
def test_a_disk_that_is_nearly_full(monkeypatch):
    class Nearly:
        f_bavail, f_frsize = 3000, 4096

    monkeypatch.setattr(os, "statvfs", lambda _: Nearly)
    assert "12 MB are free, the page needs 50 MB" in refused(start.own_folder)


@pytest.mark.parametrize("settings", [{"GRADIO_SERVER_PORT": "abc"}, {"GRADIO_TEMP_DIR": os.devnull}], ids=str)
def test_the_program_says_it_before_anything_is_imported(settings, tmp_path):
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and next(iter(settings)) in done.stderr
