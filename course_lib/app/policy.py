"""The page's content policy: which scripts run. Those that Gradio writes into the page, by their hashes, and its files."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course_lib.app.origins import PAGE_POLICY

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def page_policy(page: bytes) -> str:
    """The policy under which a page's own scripts run, and none that came into its markup later."""
    hashes = (hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(page))
    return PAGE_POLICY.format(scripts=" ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes))


class PagePolicy:
    """ASGI middleware: an HTML page is held back until it is whole, and goes out with its policy.

    It stands inside of Gradio's compression, which would leave it nothing to read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None
        pieces: list[bytes] = []

        async def with_policy(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                pieces.append(message.get("body", b""))
                if not message.get("more_body", False):
                    page = b"".join(pieces)
                    MutableHeaders(scope=start)["content-security-policy"] = page_policy(page)
                    await send(start)
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, with_policy)


def _is_page(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/html")
