"""Foreign sites: whose scripts may ask this server for work, and what a browser is told about the page."""

import ipaddress
import os
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope

from course_lib.app.answers import Refused

HOSTS = "COURSE_HOSTS"  # environment: further names under which the page is served, with commas between them
_HUGGING_FACE = (
    "huggingface.co",
    ".huggingface.co",
    ".hf.space",
)  # a dot at the beginning: and whatever stands before it
_FRAMED_BY = "frame-ancestors 'self' https://huggingface.co https://*.huggingface.co https://*.hf.space"

# What Gradio bears: its front end compiles the page's scripts (eval) and sets styles, some pictures are data or blobs.
# Script that stands in the markup runs only if its hash is named: what somebody smuggles into the markup does not.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; media-src 'self' data: blob:; "
    f"manifest-src 'self'; worker-src 'none'; base-uri 'self'; form-action 'none'; {_FRAMED_BY}"
)
_FILE_POLICY = f"default-src 'none'; {_FRAMED_BY}"


def check_origin(scope: Scope, always: bool = False) -> None:
    """Whether a request may ask for work: sent to a name of ours, by a page of ours or by no page (a program).

    A name of ours: a page of another site could otherwise call itself our host (DNS rebinding).

    Args:
        always: for an answer that is remembered with the name it was asked under; else reading is free.

    Raises:
        Refused: 403, with the name.
    """
    if scope["method"] in ("GET", "HEAD") and not always:
        return
    headers = Headers(scope=scope)
    host, origins = headers.get("host", ""), headers.getlist("origin")
    if not is_ours(_name(f"//{host}")):
        raise Refused(
            403, f"This page is not served as {host[:100]!r}. If it should be, start it with {HOSTS} set to that name."
        )
    for origin in origins:
        same = origin in (f"http://{host}", f"https://{host}")
        if len(origins) > 1 or not (same or _is_public(_name(origin))):
            raise Refused(
                403,
                f"Another site ({origin[:100]}) may not use this page. If it is served there, start it with {HOSTS} set "
                "to that name.",
            )


def is_ours(name: str) -> bool:
    """Whether the page may be reached under a name: this computer's, an address, Hugging Face's, a configured one."""
    if name in _own_names() or _is_public(name):
        return True
    try:
        ipaddress.ip_address(name)  # nobody can point an address elsewhere
        return True
    except ValueError:
        return False


def _is_public(name: str) -> bool:
    known = (*_HUGGING_FACE, *_configured())
    return bool(name) and any(name.endswith(one) if one.startswith(".") else name == one for one in known)


def _configured() -> tuple[str, ...]:
    told = [*os.environ.get(HOSTS, "").split(","), os.environ.get("SPACE_HOST", "")]
    names = [_name(one if "//" in one else f"//{one}") for one in map(str.strip, told)]
    return tuple(filter(None, [*names, _name(os.environ.get("GRADIO_ROOT_PATH", ""))]))


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    here = socket.gethostname().lower()
    return frozenset({"localhost", here, f"{here}.local"})


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def without_foreign_names(scope: Scope) -> Scope:
    """Without x-forwarded-host where it names no host of ours: Gradio builds the addresses of an answer with it."""
    headers = [
        (key, value)
        for key, value in scope["headers"]
        if key != b"x-forwarded-host" or is_ours(_name(f"//{value.decode('latin-1').split(',')[0].strip()}"))
    ]
    return {**scope, "headers": headers}


def add_headers(message: Message) -> Message:
    """The beginning of an answer with what a browser should know about it."""
    message = {**message, "headers": list(message.get("headers", []))}
    headers = MutableHeaders(scope=message)
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "same-origin"
    headers.setdefault("content-security-policy", _FILE_POLICY)
    return message
