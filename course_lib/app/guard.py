"""The input guard: every picture a visitor brings comes through here, as does every byte they upload.

Gradio's own components are none (see the tests): a damaged file becomes ``{"error": null}``, a ``data:`` URL passes the
limit on files, an ``http:`` URL makes the server fetch it, transparency turns black and 16-bit grey turns white.
"""

import html
import logging
from pathlib import Path
from typing import Any

import gradio as gr
from gradio import component_meta
from gradio.context import LocalContext
from gradio.data_classes import ImageData
from PIL import Image

from course_lib.app.bodies import MAX_BODY, LimitBody
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

__all__ = ["MAX_BODY", "GuardedBlocks", "GuardedImage", "LimitBody", "picture_from", "refuse"]
_log = logging.getLogger(__name__)

# Gradio writes a .pyi beside the source of every component class when it is defined. In an installed package that is no
# place to write to, and a type checker would read the stub instead of the source.
component_meta.create_or_modify_pyi = lambda *_: None

FORMATS = ("PNG", "JPEG", "WEBP")

_NOT_LOCAL = "Only picture files can be opened here, no addresses. Save the picture and upload the file."
_UNREADABLE = "This input cannot be read. Reload the page and try again with a file from your disk."


class _Refusal(gr.Error):
    """A message that is escaped already."""


def refuse(sentence: str) -> gr.Error:
    """A plain message for the visitor. The page renders messages as HTML, so whatever came from a file is escaped; and
    halves of characters, which JSON may hold and UTF-8 may not, are spelled out."""
    return _Refusal(html.escape(sentence.encode(errors="backslashreplace").decode()), print_exception=False)


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
        picture = picture_from(payload.path, self.longest_side)
        frames = picture.info.get("frames", 1)
        if frames > 1:
            gr.Info(f"This file is an animation of {frames} frames; its first frame is used.")
        return picture


class GuardedBlocks(gr.Blocks):
    """``gr.Blocks`` whose events answer with a sentence, whatever goes wrong: a ``CourseError`` of a component or of an
    event with its own; an input that no component can read (a foreign path, say), a full disk or a mistake of ours, too.

    Every event goes through the queue, so that the route around it can be closed.
    """

    def queue(self, *arguments: Any, **settings: Any) -> "GuardedBlocks":
        for event in self.fns.values():
            event.queue = event.queue or event.fn is not None
        super().queue(*arguments, **settings)
        return self

    async def process_api(self, *arguments: Any, **settings: Any) -> dict[str, Any]:
        LocalContext.event_id.set(settings.get("event_id"))  # whom a component's gr.Info is meant for
        try:
            return await super().process_api(*arguments, **settings)
        except _Refusal:
            raise
        except gr.Error as error:  # Gradio's components put what they were given into their messages
            raise refuse(error.message) from error
        except CourseError as error:
            raise refuse(str(error)) from error
        except Exception as error:
            _log.exception("An event failed.")
            raise refuse("The server failed at this. Reload the page and try again.") from error

    async def preprocess_data(self, *arguments: Any, **settings: Any) -> Any:
        try:
            return await super().preprocess_data(*arguments, **settings)
        except gr.Error:
            raise
        except Exception as error:
            told = error.__cause__  # Gradio wraps what a component raises
            raise refuse(str(told) if isinstance(told, CourseError) else _UNREADABLE) from error
