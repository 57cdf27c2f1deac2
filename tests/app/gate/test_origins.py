"""Foreign sites, as their scripts would ask: by Origin and Host, over HTTP."""

import socket

import pytest

from course_lib.app.origins import add_headers
from course_lib.app.policy import page_policy

OURS = [
    {},  # no browser
    {"origin": "http://{host}"},
    {"host": "localhost:{port}", "origin": "http://localhost:{port}"},
    {"host": "[::1]:{port}"},
    {"host": "192.168.1.7:7860", "origin": "http://192.168.1.7:7860"},
    {"host": socket.gethostname()},
    {"host": "somebody-losses.hf.space", "origin": "https://somebody-losses.hf.space"},
    {"origin": "https://huggingface.co"},
]
FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "http://localhost"},
    {"origin": "https://evil-hf.space"},
    {"origin": "https://huggingface.co.evil.example"},
    {"origin": "https://evil.example/huggingface.co"},
    {"origin": "http://{host}@evil.example"},
    {"origin": "http://[::1"},
    {"origin": "file://"},
    {"origin": "http://{host}, http://evil.example"},
    {"host": "evil.example", "origin": "http://evil.example"},  # rebound to this computer
    {"host": "evil.example:{port}"},
    {"host": "127.0.0.1.evil.example"},
    {"host": "localhost.evil.example"},
    {"host": "x@evil.example"},
]


def asked(served, headers):
    filled = {key: value.format(host=f"127.0.0.1:{served.port}", port=served.port) for key, value in headers.items()}
    return served.post("component_server", headers=filled, json={
        "data": 1, "component_id": served.lab, "fn_name": "echo", "session_hash": "abc",
    })  # fmt: skip


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_pages_of_ours_may_ask(served, complaints, headers):
    assert asked(served, headers).status_code == 200


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_pages_of_others_may_not(served, complaints, headers):
    answer = asked(served, headers)
    assert answer.status_code == 403 and "COURSE_HOSTS" in answer.json()["detail"]
    assert "access-control-allow-origin" not in answer.headers


def test_a_configured_name_may(served, complaints, monkeypatch):
    headers = {"host": "lab.school.example", "origin": "https://lab.school.example"}
    assert asked(served, headers).status_code == 403
    monkeypatch.setenv("COURSE_HOSTS", "other.example, https://LAB.school.example:8443/x")
    assert asked(served, headers).status_code == 200
    assert asked(served, {"origin": "https://lab.school.example"}).status_code == 200  # behind a proxy of that name
    monkeypatch.delenv("COURSE_HOSTS")
    monkeypatch.setenv("GRADIO_ROOT_PATH", "https://lab.school.example/losses")
    assert asked(served, headers).status_code == 200


def test_no_preflight_is_granted(served, complaints):
    import httpx

    answer = httpx.options(
        f"{served.address}gradio_api/queue/join",
        headers={"origin": "https://evil.example", "access-control-request-method": "POST"},
    )
    assert answer.status_code == 405 and "access-control-allow-origin" not in answer.headers


def test_requests_without_a_host(served, complaints):
    answer = served.raw(
        b"POST /gradio_api/queue/join HTTP/1.0\r\nOrigin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert b" 403 " in answer.split(b"\r\n")[0]
    assert b" 200 " in served.raw(b"GET / HTTP/1.0\r\nOrigin: http://127.0.0.1\r\n\r\n").split(b"\r\n")[0]


def test_nobody_gives_the_page_another_name(served, complaints):
    """Gradio remembers the first name that its list of events is asked under."""
    for headers in (
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example"},
        {"x-gradio-server": "http://evil.example"},
    ):
        assert "evil.example" not in served.get("gradio_api/info", headers=headers).text.replace("'evil.example'", "")
    assert "evil.example" not in served.get("gradio_api/info").text
    assert "evil.example" not in served.get("", headers={"x-forwarded-host": "evil.example"}).text
    spaces = served.get("config", headers={"x-forwarded-host": "a.hf.space", "x-forwarded-proto": "https"}).json()
    assert spaces["root"] == "https://a.hf.space"


@pytest.mark.parametrize("path", ["", "config", "theme.css", "gradio_api/info", "nope", "gradio_api/queue/data"])
def test_every_answer_tells_the_browser(served, complaints, path):
    headers = served.get(path).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self' https://huggingface.co https://*.huggingface.co https://*.hf.space"
    if path == "":
        assert "'unsafe-inline'" not in policy["script-src"] and policy["script-src"].count("'sha256-") >= 4
        assert "http" not in policy["script-src"] + policy["connect-src"] + policy["img-src"]


def test_the_policy_names_the_scripts_of_the_page_and_no_others():
    # echo -n 'alert(1)' | openssl dgst -sha256 -binary | base64
    policy = page_policy(
        b"<html><script>alert(1)</script><script src='a.js'></script><SCRIPT type=module>alert(1)</SCRIPT >"
    )
    assert policy.count("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='") == 1
    assert policy.count("sha256") == 1


def test_headers_are_added_and_none_is_lost():
    message = {"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"a"), (b"set-cookie", b"b")]}
    names = [name for name, _ in add_headers(message)["headers"]]
    assert names.count(b"set-cookie") == 2 and len(message["headers"]) == 2
