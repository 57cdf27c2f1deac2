"""The routes that the page needs. Gradio has three times as many; what is not in the list is not there.

A test compares the list with the routes of the installed Gradio, so that a new one is looked at before it is served.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.routing import compile_path
from starlette.types import Scope

from course_lib.app.answers import Refused


@dataclass(frozen=True)
class Route:
    """One of Gradio's routes, by its own template.

    Args:
        kind: what its request holds while it lasts; ``limits.LIMITS`` has a bound for each kind.
        query: what of the query goes on to Gradio, which knows switches that nobody here needs.
    """

    template: str
    kind: str
    methods: tuple[str, ...] = ("GET",)
    query: tuple[str, ...] = ()

    def match(self, path: str) -> dict[str, str] | None:
        found = compile_path(self.template)[0].match(path)
        return found and found.groupdict()


API = "/gradio_api"
OPEN = (
    Route("/", "page", ("GET", "HEAD")),
    Route("/config", "page"),
    Route(f"{API}/info", "info"),
    Route("/theme.css", "file"),
    Route("/assets/{path:path}", "file"),
    Route("/static/{path:path}", "file"),
    Route("/favicon.ico", "file"),
    Route("/manifest.json", "file"),
    Route("/robots.txt", "file"),
    Route(f"{API}/file={{path_or_url:path}}", "file", ("GET", "HEAD")),
    Route(f"{API}/startup-events", "event"),
    Route(f"{API}/app_id", "event"),
    Route(f"{API}/queue/join", "event", ("POST",)),
    Route(f"{API}/queue/data", "stream", query=("session_hash",)),
    Route(f"{API}/call/{{api_name}}", "event", ("POST",)),
    Route(f"{API}/call/v2/{{named_inputs_of}}", "event", ("POST",)),  # as the page's list of its events has it
    Route(f"{API}/call/{{api_name}}/{{event_id}}", "stream"),
    Route(f"{API}/component_server", "server", ("POST",)),
    Route(f"{API}/component_server/", "server", ("POST",)),
    Route(f"{API}/upload", "upload", ("POST",), query=("upload_id",)),
    Route(f"{API}/upload_progress", "stream", query=("upload_id",)),
)

_RANGE = re.compile(r"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*", re.ASCII)
# Range: Gradio's answer to it repeats every header of the request. Origin: looked at here; Gradio's own check would let
# any site read. x-gradio-server: what Gradio would think its own name is.
_NOT_PASSED_ON = (b"range", b"if-range", b"origin", b"x-gradio-server")
_LONGEST_NAME = 255  # bytes of a file's name, on every system


def open_route(scope: Scope) -> tuple[Route, dict[str, str], Scope]:
    """The open route of a request, what its path names, and the request as it goes on to Gradio.

    Raises:
        Refused: 404 for whatever is not open, 405 for another method, 416 for a Range that is none.
    """
    path, method = scope["path"], scope["method"]
    if not path.isprintable() or any(len(name.encode()) > _LONGEST_NAME for name in path.split("/")):
        raise Refused(404, "There is no such page here.")
    matched = [(route, found) for route in OPEN if (found := route.match(path)) is not None]
    if not matched:
        raise Refused(404, "There is no such page here.")
    route, named = next(((route, found) for route, found in matched if method in route.methods), (None, {}))
    if route is None:
        raise Refused(405, f"This address takes {' or '.join(matched[0][0].methods)} only.")
    if named.get("path_or_url", "").lower().startswith(("http:", "https:")):
        raise Refused(404, "There is no such page here.")  # Gradio would fetch it: the server is nobody's proxy
    asked = Headers(scope=scope).get("range")
    if asked is not None and not _RANGE.fullmatch(asked):
        raise Refused(416, "The Range of this request is none. Leave it out.")
    return route, named, _as_passed_on(scope, route)


def _as_passed_on(scope: Scope, route: Route) -> Scope:
    query = (
        parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=100)
        if route.query
        else []
    )
    kept = urlencode([(name, value) for name, value in query if name in route.query])
    headers = [(name, value) for name, value in scope["headers"] if name not in _NOT_PASSED_ON]
    return {**scope, "query_string": kept.encode(), "headers": headers}
