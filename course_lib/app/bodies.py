"""What comes in the body of a request: counted, timed, and looked at before Gradio, which would answer nonsense with a traceback."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course_lib.app.answers import Refused, answer

MAX_BODY = 10_000_000  # bytes of an upload: an 8 MB file and what multipart wraps around it
MAX_JSON = 300_000  # bytes of any other request
MAX_FILES = 4  # of an upload; the page sends one

_LONGEST_NUMBER = 19  # digits of a whole number: what fits into 64 bits

# Sees a body piece by piece, and whether this was the last one. Raises Refused.
Look = Callable[[bytes, bool], None]


class LimitBody:
    """ASGI middleware: a body over ``limit`` bytes is answered with 413, declared or merely streamed; one that does not
    come within ``seconds`` with 408; and one that ``look`` refuses as it says.
    """

    def __init__(
        self, app: ASGIApp, limit: int = MAX_BODY, seconds: float | None = None, look: Look | None = None
    ) -> None:
        self.app, self.limit, self.seconds, self.look = app, limit, seconds, look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            check_declared(scope, self.limit)
        except Refused as refusal:
            await answer(send, refusal)
            return
        seen, whole, refused, answered = 0, False, False, False
        until = None if self.seconds is None else time.monotonic() + self.seconds

        async def looked_at() -> Message:
            nonlocal seen, whole, refused
            if refused:
                return {"type": "http.disconnect"}
            try:
                left = None if until is None or whole else until - time.monotonic()
                message = await asyncio.wait_for(receive(), left)
                if message["type"] != "http.request" or whole:
                    return message
                piece, whole = message.get("body", b""), not message.get("more_body", False)
                seen += len(piece)
                if seen > self.limit:
                    raise _too_large(self.limit)
                if self.look is not None:
                    self.look(piece, whole)
                return message
            except TimeoutError:
                refusal = Refused(
                    408, "The request did not arrive in time. Try again, with a smaller file or a faster network."
                )
            except Refused as error:
                refusal = error
            refused = True
            if not answered:
                await answer(send, refusal)
            return {"type": "http.disconnect"}

        async def unless_refused(message: Message) -> None:
            nonlocal answered
            if not refused:
                answered = True
                await send(message)

        try:
            await self.app(scope, looked_at, unless_refused)
        except Exception:
            if not refused:  # else it is the app's complaint that its visitor is gone
                raise


def check_declared(scope: Scope, limit: int) -> None:
    """The length that a request says it has.

    Raises:
        Refused: 413, it is over the limit.
    """
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> Refused:
    if limit >= 1_000_000:
        return Refused(413, f"At most {limit // 1_000_000} MB are taken. Make the picture smaller.")
    return Refused(413, f"At most {limit // 1000} kB are taken in one request of this kind.")


def json_body(check: Callable[[dict[str, Any]], None]) -> Look:
    """A body that must be a JSON object which passes ``check``."""
    pieces: list[bytes] = []

    def look(piece: bytes, whole: bool) -> None:
        pieces.append(piece)
        if whole:
            check(read_json(b"".join(pieces)))

    return look


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object of numbers that are numbers. Python reads NaN, Infinity and 1e999, which no JSON has.

    Raises:
        Refused: 400, whatever it is instead; a number that is none is named.
    """
    try:
        found = json.loads(body, parse_int=_whole_number)
        wrong = _no_number(found)
    except (ValueError, RecursionError):
        raise Refused(400, "The request is no JSON that can be read here.") from None
    if wrong is not None:
        raise Refused(400, f"In the request, {wrong[0] or 'the body'} is {wrong[1]}; it must be a number.")
    if not isinstance(found, dict):
        raise Refused(400, "The request is no JSON object.")
    return found


def _no_number(value: Any, place: str = "") -> tuple[str, float] | None:
    """Where in a JSON value there is NaN or infinity, and which."""
    if isinstance(value, float) and not math.isfinite(value):
        return place, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        if isinstance(one, float | dict | list):
            found = _no_number(one, f"{place}.{str(key)[:40]}" if place else str(key)[:40])
            if found is not None:
                return found
    return None


def _whole_number(digits: str) -> int:
    if len(digits.lstrip("-")) > _LONGEST_NUMBER:
        raise ValueError("too long")
    return int(digits)


def files_body(content_type: str, most: int = MAX_FILES) -> Look:
    """A multipart body of a few files and nothing else.

    Raises:
        Refused: 400, it is none.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Refused(400, "An upload is multipart/form-data with its boundary.")
    parts, name, value = 0, b"", b""
    is_file = False

    def begin() -> None:
        nonlocal parts, is_file
        parts, is_file = parts + 1, False
        if parts > most:
            raise Refused(413, f"At most {most} files are taken at once.")

    def in_name(data: bytes, start: int, end: int) -> None:
        nonlocal name
        name += data[start:end]

    def in_value(data: bytes, start: int, end: int) -> None:
        nonlocal value
        value += data[start:end]

    def header() -> None:
        nonlocal name, value, is_file
        if name.lower() == b"content-disposition":
            told = parse_options_header(value)[1]
            is_file = told.get(b"name") == b"files" and b"filename" in told
        name = value = b""

    def headers() -> None:
        if not is_file:
            raise Refused(400, "An upload holds files and nothing else.")

    parser = MultipartParser(
        options[b"boundary"],
        {
            "on_part_begin": begin, "on_header_field": in_name, "on_header_value": in_value, "on_header_end": header,
            "on_headers_finished": headers,
        },
    )  # fmt: skip

    def look(piece: bytes, whole: bool) -> None:
        try:
            parser.write(piece)
        except MultipartParseError:
            raise Refused(400, "The upload is no multipart/form-data. Try again.") from None

    return look
