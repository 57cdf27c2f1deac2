"""A small page behind the gate, served for real, and what its server complains about."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import httpx
import pytest

from course_lib.app import page
from course_lib.app.guard import GuardedBlocks, GuardedImage
from course_lib.app.heavy import turn
from course_lib.app.protocol import served as answers
from course_lib.app.start import own_folder
from course_lib.app.visitors import visitor
from course_lib.app.widgets import Lab


@dataclass
class Served:
    """A page that is served: its address, its blocks, and the numbers of its parts."""

    address: str
    blocks: Any
    lab: int
    event: int
    script: int

    @property
    def port(self) -> int:
        return httpx.URL(self.address).port or 80

    @property
    def gate(self) -> Any:
        return self.blocks.app.middleware_stack

    def get(self, path: str, **settings: Any) -> httpx.Response:
        return httpx.get(self.address + path, timeout=30, **settings)

    def post(self, path: str, **settings: Any) -> httpx.Response:
        return httpx.post(f"{self.address}gradio_api/{path}", timeout=30, **settings)

    def serve(self, name: str, data: Any = None, **changes: Any) -> httpx.Response:
        """One call of a server function."""
        body = {"data": data, "component_id": self.lab, "fn_name": name, "session_hash": "abc"} | changes
        return self.post("component_server", json=body)

    def raw(self, request: bytes) -> bytes:
        """What comes back for these very bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(request)
            pieces = []
            while piece := connection.recv(65_536):
                pieces.append(piece)
        return b"".join(pieces)


def made() -> tuple[gr.Blocks, int, int, int]:
    """A page with a server function, an event and one that is a script alone."""
    own_folder()  # as the page does before it is built: its blocks ask at once where files go

    def echo(asked: Any) -> dict[str, Any]:
        return {"asked": asked, "visitor": visitor()}

    @answers
    def work(asked: dict[str, Any]) -> dict[str, Any]:
        with turn():
            return {"done": True}

    def fail(asked: Any) -> None:
        raise OSError(asked, "it went wrong at /secret/place")

    def size(image: Any, text: str) -> str:
        if text == "fail":
            raise RuntimeError("it went wrong at /secret/place")
        return f"{image.size if image else None} {text}"

    with GuardedBlocks(analytics_enabled=False) as blocks:
        lab = Lab(template="<p></p>", server_functions=[echo, work, fail])
        image, text, choice, out = GuardedImage(), gr.Textbox(), gr.Radio(["a", "b"]), gr.Textbox()
        text.submit(size, [image, text], out, api_name="size")
        choice.change(lambda value: value, choice, out, api_name="choice")
        text.change(None, None, None, js="() => {}", api_visibility="private")
        text.blur(lambda: "", None, out, api_visibility="private", queue=False, api_name="hidden")
    blocks.queue(api_open=False, max_size=20, default_concurrency_limit=1)
    numbers = {fn.api_name: number for number, fn in blocks.fns.items()}
    script = next(number for number, fn in blocks.fns.items() if fn.fn is None)
    return blocks, lab._id, numbers["size"], script


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    blocks, lab, event, script = made()
    _, address, _ = page.launch(blocks, prevent_thread_lock=True, quiet=True, inbrowser=False)
    yield Served(address, blocks, lab, event, script)
    blocks.close(verbose=False)


@pytest.fixture
def complaints(capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What the server logged or printed meanwhile."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(self.format(record))

    ear = Ear()
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "uvicorn", "asyncio", "course_lib.app")]
    for logger in loggers:
        logger.addHandler(ear)
    yield heard
    for logger in loggers:
        logger.removeHandler(ear)
    printed = capfd.readouterr()
    heard += [printed.out + printed.err]
    assert not any("Traceback" in one for one in heard), heard
