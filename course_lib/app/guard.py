"""The input guard: every picture a visitor brings comes through here, as does every byte they upload.

Gradio's own components are none (see the tests): a damaged file becomes ``{"error": null}``, a ``data:`` URL passes the
limit on files, an ``http:`` URL makes the server fetch it, transparency turns black and 16-bit grey turns white.
"""

import html
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import component_meta
from gradio.data_classes import ImageData
from PIL import Image
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

# Gradio writes a .pyi beside the source of every component class when it is defined. In an installed package that is no
# place to write to, and a type checker would read the stub instead of the source.
component_meta.create_or_modify_pyi = lambda *_: None

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BODY = 10_000_000  # bytes of one request: an 8 MB file and what multipart wraps around it

_NOT_LOCAL = "Only picture files can be opened here, no addresses. Save the picture and upload the file."
_UNREADABLE = "This input cannot be read. Reload the page and try again with a file from your disk."


def refuse(sentence: str) -> gr.Error:
    """A plain message for the visitor. The page renders messages as HTML, so whatever came from a file is escaped."""
    return gr.Error(html.escape(sentence), print_exception=False)


def picture_from(source: str | Path | bytes, longest_side: int) -> Image.Image:
    """A visitor's file as an upright 8-bit RGB picture whose longer side is at most ``longest_side``.

    Raises:
        CourseError: with one sentence, whatever is wrong with the file.
    """
    image = open_picture(source, name="This file", formats=FORMATS)
    image.thumbnail((longest_side, longest_side))
    return image


def _refuse_address(path: str | Path | None) -> None:
    if isinstance(path, str) and path.lower().startswith(("http:", "https:", "data:", "ftp:", "//")):
        raise refuse(_NOT_LOCAL)


class _LocalFiles:
    """For components: a file is what was uploaded here, never something the server is asked to fetch."""

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        _refuse_address(url_or_file_path)
        return await super().async_move_resource_to_block_cache(url_or_file_path)  # type: ignore[misc]


class GuardedImage(_LocalFiles, gr.Image):
    """``gr.Image`` whose value reaches a function as a PIL RGB picture, or not at all."""

    def __init__(self, value: Any = None, *, longest_side: int = 1024, **settings: Any) -> None:
        self.longest_side = longest_side
        super().__init__(value, type="pil", sources=["upload", "clipboard"], **settings)

    def get_block_name(self) -> str:
        return "image"  # the page draws it with gr.Image's own front end

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        return super().get_config(gr.Image) | super().get_config(cls)  # Gradio reads the settings' names off __init__

    def preprocess(self, payload: ImageData | None) -> Image.Image | None:  # type: ignore[override]
        if payload is None:
            return None
        _refuse_address(payload.url if (payload.url or "").startswith("data:") else None)
        _refuse_address(payload.path)
        if not payload.path:
            raise refuse("No picture arrived. Choose a file and try again.")
        return picture_from(payload.path, self.longest_side)


class GuardedBlocks(gr.Blocks):
    """``gr.Blocks`` in which a ``CourseError`` of a component or of an event reaches the visitor as its sentence.

    An input that no component can read (a foreign path, say) is answered with a sentence, too.
    """

    async def preprocess_data(self, *arguments: Any, **settings: Any) -> Any:
        try:
            return await super().preprocess_data(*arguments, **settings)
        except gr.Error:
            raise
        except Exception as error:
            told = error.__cause__  # Gradio wraps what a component raises
            raise refuse(str(told) if isinstance(told, CourseError) else _UNREADABLE) from error

    async def call_function(self, *arguments: Any, **settings: Any) -> Any:
        try:
            return await super().call_function(*arguments, **settings)
        except CourseError as error:
            raise refuse(str(error)) from error


class LimitBody:
    """ASGI middleware: a request body over ``limit`` bytes is answered with 413, declared or merely streamed."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            await self._refuse(send)
            return
        seen, refused, answered = 0, False, False

        async def counted() -> Message:
            nonlocal seen, refused
            message = await receive()
            seen += len(message.get("body", b""))
            if seen <= self.limit:
                return message
            if not refused and not answered:
                refused = True
                await self._refuse(send)
            return {"type": "http.disconnect"}

        async def unless_refused(message: Message) -> None:
            nonlocal answered
            if not refused:
                answered = True
                await send(message)

        try:
            await self.app(scope, counted, unless_refused)
        except Exception:
            if not refused:  # else it is the app's complaint that its visitor is gone
                raise

    async def _refuse(self, send: Send) -> None:
        sentence = f"At most {self.limit // 1_000_000} MB are taken. Make the picture smaller.".encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": sentence})
