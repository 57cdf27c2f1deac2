"""``zoo push`` and ``zoo pull`` by the real client against a server of our own: the few endpoints that it asks.

The client reads HF_ENDPOINT when it is imported, so all of it happens in one process beside this one.
"""

import base64
import hashlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from course_lib.models import zoo
from course_lib.networks import DCGANGenerator

GOOD, DROPPED, DROPPED_ONCE, DAMAGED, MISSING, ABSENT = (digit * 40 for digit in "abcdef")
CLIENT = f"""
import json, sys
from course_lib.errors import CourseError
from course_lib.models import zoo
from huggingface_hub import constants, file_download
file_download.time.sleep = lambda seconds: None  # between two tries
said = {{"push": zoo.push("tiny", "me/tiny", private=True)}}
for revision in {(GOOD, DROPPED, DROPPED_ONCE, DAMAGED, MISSING, ABSENT)!r}:
    try:
        said[revision[0]] = zoo.pull("me/tiny", revision, "pulled-" + revision[0]).name
    except CourseError as error:
        said[revision[0]] = str(error)
print(json.dumps(said))
"""


class Hub(BaseHTTPRequestHandler):
    """A repository whose files are whatever was committed; what is wrong with an answer is in the revision asked for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, headers=None, head=False):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": len(content), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if not head:
            self.wfile.write(content)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        files, calls = self.server.files, self.server.calls
        calls.append(("POST", self.path, self.headers.get("Authorization")))
        if self.path == "/api/repos/create":
            self.server.created = json.loads(body)
            self.answer({"url": self.server.address + "/me/tiny", "id": "me/tiny", "name": "me/tiny"})
        elif self.path == "/api/validate-yaml":
            self.answer({"warnings": [], "errors": []})
        elif "/preupload/" in self.path:
            asked = json.loads(body)["files"]
            self.answer({"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked]})
        elif "/commit/" in self.path:
            for line in body.splitlines():
                entry = json.loads(line)
                if entry["key"] == "file":
                    files[entry["value"]["path"]] = base64.b64decode(entry["value"]["content"])
            self.answer(
                {"commitUrl": f"{self.server.address}/me/tiny/commit/{GOOD}", "commitOid": GOOD, "success": True}
            )
        else:
            self.answer({"error": "unknown"}, 404)

    def do_HEAD(self):
        self.do_GET(head=True)

    def do_GET(self, head=False):
        path, _, _ = self.path.partition("?")
        self.server.calls.append(("HEAD" if head else "GET", path, None))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            revision = parts[-1]
            if revision == ABSENT:
                self.answer({"error": "no such revision"}, 404, {"X-Error-Code": "RevisionNotFound"}, head)
            elif "tree" in parts:
                self.answer([{"type": "file", "path": name, "size": len(self.content(name, revision)), "oid": self.etag(name, revision)}
                             for name in self.names(revision)], head=head)  # fmt: skip
            else:
                siblings = [{"rfilename": name} for name in self.names(revision)]
                self.answer({"id": "me/tiny", "sha": revision if len(revision) == 40 else GOOD, "siblings": siblings,
                             "tags": [], "private": True}, head=head)  # fmt: skip
        elif "resolve" in parts:
            revision, name = parts[parts.index("resolve") + 1], parts[-1]
            if name not in self.names(revision):
                self.answer(b"", 404, {"X-Error-Code": "EntryNotFound"}, head)
                return
            self.file(name, revision, head)
        else:
            self.answer({"error": "unknown"}, 404, head=head)

    def file(self, name, revision, head):
        content = self.content(name, revision)
        headers = {"ETag": f'"{self.etag(name, revision)}"', "X-Repo-Commit": revision, "Accept-Ranges": "bytes"}
        start = 0
        if self.headers.get("Range"):
            start = int(self.headers["Range"].removeprefix("bytes=").split("-")[0])
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        tries = self.server.tries[revision] = self.server.tries.get(revision, 0) + (
            name == "model.safetensors" and not head
        )
        if (
            not head
            and name == "model.safetensors"
            and (revision == DROPPED or (revision == DROPPED_ONCE and tries == 1))
        ):
            self.send_response(206 if start else 200)
            for key, value in {"Content-Length": len(content) - start, **headers}.items():
                self.send_header(key, str(value))
            self.end_headers()
            self.wfile.write(content[start : start + 200])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self.answer(content[start:], 206 if start else 200, headers, head)

    def names(self, revision):
        return [name for name in self.server.files if revision != MISSING or name != "model.safetensors"]

    def content(self, name, revision):
        content = self.server.files[name]
        if revision == DAMAGED and name == "model.safetensors":
            content = content[:-1] + bytes([content[-1] ^ 1])  # one bit, the size is right
        return content

    def etag(self, name, revision):
        return hashlib.sha1(self.content(name, revision)).hexdigest()


@pytest.fixture
def hub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads, server.address = True, f"http://127.0.0.1:{server.server_address[1]}"
    server.files, server.calls, server.tries, server.created = {}, [], {}, None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.bench
def test_there_and_back_and_what_can_go_wrong_on_the_way(hub, tmp_path, monkeypatch):
    (tmp_path / "zoo").mkdir()
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path))
    torch.manual_seed(0)
    network = DCGANGenerator(size=8, channels=1, z_dim=4, width=4)
    arguments = {"size": 8, "channels": 1, "z_dim": 4, "width": 4}
    config = {
        "kind": "sampler",
        "network": "DCGANGenerator",
        "arguments": arguments,
        "size": 8,
        "z_dim": 4,
        "classes": [],
    }
    sent = zoo.save("tiny", {"model": network}, config, {"title": "Tiny"})
    kept = {file.name: file.read_bytes() for file in sent.iterdir()}
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()} | {
        "HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "hf"), "HF_TOKEN": "hf_of_this_test", "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "0", "NO_PROXY": "*",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", CLIENT], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])

    assert said["push"] == f"{hub.address}/me/tiny/commit/{GOOD}"
    assert hub.files == kept  # every file, byte for byte
    assert hub.created["visibility"] == "private" and hub.created["name"] == "tiny"
    assert {key for kind, _, key in hub.calls if kind == "POST"} == {"Bearer hf_of_this_test"}

    folder = tmp_path / "zoo"
    assert said["a"] == "pulled-a"
    assert {file.name: file.read_bytes() for file in (folder / "pulled-a").iterdir()} == kept
    assert said["b"].startswith("me/tiny could not be fetched (") and "Check the name and the network." in said["b"]
    assert hub.tries[DROPPED] > 1  # the client tried again
    assert (
        said["c"] == "pulled-c"
        and (folder / "pulled-c" / "model.safetensors").read_bytes() == kept["model.safetensors"]
    )
    assert "sha256 differs" in said["d"]
    assert "model.safetensors" in said["e"]
    assert said["f"].startswith("me/tiny could not be fetched (RevisionNotFoundError)")
    assert {path.name for path in folder.iterdir()} == {"tiny", "pulled-a", "pulled-c"}  # nothing half-fetched
    assert not list(Path(tmp_path / "hf").rglob("*.safetensors"))  # a damaged file is not kept for the next time
