"""The gate: every request comes through here before Gradio sees it, and every answer on its way out."""

import asyncio
import errno
import json
import logging
from contextlib import suppress
from typing import Any

import gradio as gr
from gradio.routes import App, ORJSONResponse
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course_lib.app.answers import Refused, answer
from course_lib.app.bodies import MAX_BODY, MAX_JSON, LimitBody, Look, check_declared, files_body, json_body
from course_lib.app.events import SESSION, check_event, check_named_inputs, check_server_call
from course_lib.app.limits import Places
from course_lib.app.origins import add_headers, check_origin, without_foreign_names
from course_lib.app.policy import PagePolicy
from course_lib.app.routes import Route, open_route
from course_lib.app.sessions import FewSessions
from course_lib.app.sweep import Sweeper
from course_lib.app.visitors import set_visitor

_log = logging.getLogger(__name__)
_NOT_FOUND = "There is nothing under this name. It may have been fetched already, or the server was started anew."
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
_BODY_SECONDS, _UPLOAD_SECONDS = 10.0, 60.0  # in which a body must be whole


class _JSON(ORJSONResponse):
    """Gradio's JSON, which fails at halves of characters; Python's spells them out."""

    def render(self, content: Any) -> bytes:
        try:
            return super().render(content)
        except TypeError:
            return json.dumps(content, default=str).encode()


class GuardedApp(App):
    """Gradio's server behind the gate; its sessions are few and small, its folder is swept."""

    def __init__(self, page: gr.Blocks, sweeper: Sweeper) -> None:
        super().__init__(
            default_response_class=_JSON,
            openapi_url=None,
            middleware=[Middleware(PagePolicy)],
            exception_handlers={Exception: _failed},
        )
        self.page, self.sweeper = page, sweeper
        self.state_holder = FewSessions()

    def build_middleware_stack(self) -> ASGIApp:
        return Gate(super().build_middleware_stack(), self.page, self.sweeper)


class Gate:
    """ASGI: what is not open, comes from elsewhere, is too much or makes no sense is answered here, with a sentence."""

    def __init__(self, app: ASGIApp, page: gr.Blocks, sweeper: Sweeper) -> None:
        self.app, self.page, self.sweeper, self.places = app, page, sweeper, Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})  # the page has none
            return
        begun = ended = False

        async def out(message: Message) -> None:
            nonlocal begun, ended
            if message["type"] == "http.response.start":
                begun, message = True, add_headers(message)
            elif message["type"] == "http.response.body":
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await self._pass_on(scope, receive, out)
        except Refused as refusal:
            await answer(out, refusal)
        except ClientDisconnect:
            pass  # the visitor left in the middle of his request
        except TimeoutError:  # a visitor who does not read what he asked for; the connection is closed
            if not begun:
                await answer(out, Refused(503, "This took too long. Try again in a moment."))
        except Exception as error:
            if not isinstance(error, HTTPException) and not _is_disk_full(error):
                _log.exception("%s %s failed", scope["method"], scope["path"])
            if not begun:
                await answer(out, Refused(500, _what_failed(error)))
            elif not ended:
                with suppress(Exception):
                    await out({"type": "http.response.body"})

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, named, passed_on = open_route(scope)
        check_origin(scope, always=route.kind == "info")
        scope = without_foreign_names(passed_on)
        with self.places.place(route.kind, set_visitor(scope)) as limit:
            size, seconds = (MAX_BODY, _UPLOAD_SECONDS) if route.kind == "upload" else (MAX_JSON, _BODY_SECONDS)
            check_declared(scope, size)
            app = LimitBody(self.app, size, seconds, await self._look(route, named, scope))
            async with asyncio.timeout(limit.seconds):
                await app(scope, receive, send)

    async def _look(self, route: Route, named: dict[str, str], scope: Scope) -> Look | None:
        """What looks at the body; for a stream, whether what it asks for is there at all."""
        headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
        for name in route.query:
            if name in query and not SESSION.fullmatch(query[name]):
                raise Refused(400, f"{name} is {query[name][:40]!r}; it must be 1 to 64 letters, digits, - or _.")
        if route.kind == "upload":
            look = files_body(headers.get("content-type", ""))
            declared = headers.get("content-length", "")
            await self.sweeper.make_room(int(declared) if declared.isdigit() else MAX_BODY)
            return look
        if route.kind == "stream":
            self._check_stream(named, query)
        if "POST" not in route.methods:
            return None
        if not headers.get("content-type", "").startswith("application/json"):
            raise Refused(415, "This address takes JSON (content-type: application/json) only.")
        if route.kind == "server":
            return json_body(check_server_call(self.page))
        if "named_inputs_of" in named:
            return json_body(check_named_inputs(self.page, named["named_inputs_of"]))
        return json_body(check_event(self.page, named.get("api_name")))

    def _check_stream(self, named: dict[str, str], query: QueryParams) -> None:
        queue = self.page._queue
        if "event_id" in named:
            there = named["event_id"] in queue.event_ids_to_events or any(
                named["event_id"] in events for events in queue.pending_event_ids_session.values()
            )
        elif "upload_id" in query:
            there = True  # it may begin in a moment
        else:
            there = query.get("session_hash") in queue.pending_messages_per_session
        if not there:
            raise Refused(404, _NOT_FOUND)


async def _failed(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": _what_failed(error)}, 507 if _is_disk_full(error) else 500)


def _is_disk_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in _DISK_FULL


def _what_failed(error: BaseException) -> str:
    if _is_disk_full(error):
        return "The server has no room for files just now. Try again in a few minutes."
    return "The server failed at this. Reload the page and try again."
