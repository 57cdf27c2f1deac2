"""Which of Gradio's routes are there, over HTTP."""

import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler

import gradio as gr
import pytest
from gradio.routes import App

from course_lib.app.routes import OPEN

API = "/gradio_api"
# Looked at and left closed. A route that is in neither list is new in the installed Gradio: decide, then write it down.
CLOSED = {
    "POST /login", "POST /login/", "GET /logout", f"GET {API}/user", f"GET {API}/user/", f"GET {API}/login_check",
    f"GET {API}/login_check/", f"GET {API}/token", f"GET {API}/token/",  # nobody logs in
    "GET /svelte/{path:path}", "GET /config/", f"GET {API}/info/", f"GET {API}/theme.css", f"GET {API}/openapi.json",
    f"GET {API}/app_id/", f"GET {API}/file/{{path:path}}", f"POST {API}/call/{{api_name}}/",
    f"POST {API}/call/v2/{{api_name}}/", f"GET {API}/call/v2/{{api_name}}/{{event_id}}",  # other ways to what is open
    f"POST {API}/run/{{api_name}}", f"POST {API}/run/{{api_name}}/", f"POST {API}/api/{{api_name}}",
    f"POST {API}/api/{{api_name}}/",  # around the queue
    f"POST {API}/reset", f"POST {API}/reset/", f"POST {API}/cancel", f"GET {API}/queue/status",  # nothing is cancelled
    f"GET {API}/heartbeat/{{session_hash}}",  # no event waits for a visitor to leave
    f"GET {API}/deep_link", f"GET {API}/runs", f"GET {API}/runs/", f"POST {API}/process_recording",
    "GET /pwa_icon", "GET /pwa_icon/{size}", "GET /monitoring", "GET /monitoring/summary", "GET /monitoring/{key}",
    f"GET {API}/dev/reload", f"GET {API}/custom_component/{{id}}/{{environment}}/{{type}}/{{file_name}}",
    f"GET {API}/proxy={{url_path:path}}", f"HEAD {API}/proxy={{url_path:path}}",
    f"POST {API}/stream/{{event_id}}", f"POST {API}/stream/{{event_id}}/close",
    f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/playlist.m3u8",
    f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/playlist-file",
    f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/{{segment_id}}.{{ext}}",
    f"POST {API}/vibe-edit", f"POST {API}/vibe-edit/", f"POST {API}/undo-vibe-edit", f"POST {API}/undo-vibe-edit/",
    f"GET {API}/vibe-code", f"GET {API}/vibe-code/", f"POST {API}/vibe-code", f"POST {API}/vibe-code/",
    f"POST {API}/vibe-starter-queries", f"POST {API}/vibe-starter-queries/",
}  # fmt: skip


def routes_of(app) -> set[str]:
    found, waiting = set(), list(app.routes)
    while waiting:
        route = waiting.pop()
        inner = getattr(route, "original_router", None)
        if inner is not None:
            waiting += inner.routes
        else:
            found |= {f"{method} {route.path}" for method in route.methods}
    return found


@pytest.fixture
def installed() -> set[str]:
    with gr.Blocks() as blocks:
        gr.Textbox()
    blocks.run_history, blocks.enable_monitoring, blocks.max_file_size, blocks.theme_css = False, False, None, ""
    blocks.config = blocks.get_config_file()
    return routes_of(App.create_app(blocks, app_kwargs={"openapi_url": None}))


def test_every_route_of_the_installed_gradio_is_open_or_closed_on_purpose(installed):
    named = {route.template.replace("{named_inputs_of}", "{api_name}"): route.methods for route in OPEN}
    opened = {f"{method} {template}" for template, methods in named.items() for method in methods}
    assert opened <= installed, "the list names routes that this Gradio has not"
    assert installed - opened == CLOSED, "a route of this Gradio is in neither list"


@pytest.mark.parametrize("route", sorted(CLOSED))
def test_what_is_closed_is_not_there(served, complaints, route):
    method, template = route.split(" ")
    path = re.sub(r"\{[^}]*\}", "1", template)
    answer = httpx_request(served, method, path)
    assert answer.status_code in (404, 405)
    assert method == "HEAD" or set(answer.json()) == {"detail"}


def httpx_request(served, method, path, **settings):
    import httpx

    return httpx.request(method, served.address.rstrip("/") + path, timeout=30, **settings)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_no_other_method(served, complaints, method):
    for path in ("/", "/gradio_api/upload", "/gradio_api/queue/join"):
        assert httpx_request(served, method, path).status_code == 405


def test_the_page_is_there_whatever_its_query_says(served, complaints):
    whole = served.get("").text
    for query in (
        "?page=nonsense",
        "?deep_link=../../etc",
        "?page=&page=x",
        "?" + "a&" * 3000,
        "?%00",
        "?all_endpoints=1",
    ):
        answer = served.get(query)
        assert answer.status_code == 200 and len(answer.text) == len(whole)
    assert "hidden" not in str(served.get("gradio_api/info?all_endpoints=true").json()["named_endpoints"])


@pytest.mark.parametrize(
    "path",
    ["assets/%00", "assets/" + "a" * 300, "static/%0a", "gradio_api/file=%00", "a" * 9000, "%2e%2e/%2e%2e/etc/passwd"],
)
def test_paths_that_are_none(served, complaints, path):
    assert served.get(path).status_code == 404


class _Counting(BaseHTTPRequestHandler):
    hits = 0

    def do_GET(self) -> None:
        type(self).hits += 1
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_server_fetches_nothing_for_others(served, complaints):
    with socketserver.TCPServer(("127.0.0.1", 0), _Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_address[1]}/a.png"
        for scheme in ("http://", "https://", "HTTP://", "hTTps://", "//", "ftp://", "file:///"):
            assert served.get(f"gradio_api/file={scheme}{address}").status_code in (403, 404)
        server.shutdown()
    assert _Counting.hits == 0


def test_files_elsewhere_are_not_there(served, complaints):
    for path in ("/etc/passwd", "../../etc/passwd", __file__, "/", ""):
        assert served.get(f"gradio_api/file={path}").status_code in (403, 404)


@pytest.fixture
def own_file(served):
    answer = served.post("upload", files={"files": ("a.png", b"0123456789" * 10)})
    return f"gradio_api/file={answer.json()[0]}"


@pytest.mark.parametrize(
    "value",
    ["bytes=0-1-2", "bytes=²-3", "bytes=a-b", "bytes=", "bytes", "", "-", "lines=0-1", "bytes=1-2,x", "bytes=--1"],
)
def test_a_range_that_is_none(served, complaints, own_file, value):
    assert served.get(own_file, headers={"range": value.encode("latin-1")}).status_code == 416


@pytest.mark.parametrize("value", ["bytes=0-9", "bytes=5-", "bytes=-5", "bytes=900-901", "bytes=0-1, 4-5", "bytes=9-2"])
def test_a_range_gets_the_file_and_none_of_the_requests_headers(served, complaints, own_file, value):
    sent = {"range": value, "x-mine": "secret", "cookie": "name=secret"}
    answer = served.get(own_file, headers=sent)
    assert answer.status_code == 200 and answer.content == b"0123456789" * 10
    assert "secret" not in str(answer.headers) and "x-mine" not in answer.headers
