"""The guard, first as a function, then as a stranger meets it: over HTTP."""

import asyncio
import contextlib
import html
import io
import json
import socketserver
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from course_lib.app.guard import LimitBody, picture_from, refuse
from course_lib.errors import CourseError


def finish(work) -> None:
    """Runs a coroutine to its end, in a thread of its own: the browser of other tests keeps this one's event loop busy."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result(timeout=60)


def png(image: Image.Image, **settings: object) -> bytes:
    return encoded(image, "PNG", **settings)


def encoded(image: Image.Image, form: str, **settings: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **settings)
    return file.getvalue()


def huge_by_header() -> bytes:
    """A PNG of a few bytes that says it has 50,000 × 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


RED = Image.new("RGB", (40, 20), (200, 10, 10))
BAD = {
    "corrupt": png(RED)[:60],
    "huge by its header": huge_by_header(),
    "no image": b"<script>alert(1)</script>" * 20,
    "empty": b"",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "a format nobody asked for": encoded(RED, "TIFF"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_become_one_plain_sentence(name):
    with pytest.raises(CourseError) as caught:
        picture_from(BAD[name], 1024)
    message = str(caught.value)
    assert message.startswith("This file") and message.endswith(".")
    assert "Traceback" not in message and "<" not in message


def test_messages_are_escaped():
    assert refuse("a <b>bold</b> name").message == "a &lt;b&gt;bold&lt;/b&gt; name"


def test_sixteen_bit_grey_keeps_its_brightness():
    values = np.full((8, 8), 32_896, dtype=np.uint16)  # 128 · 257
    assert np.asarray(picture_from(png(Image.fromarray(values)), 64)).tolist() == np.full((8, 8, 3), 128).tolist()


def test_cmyk_becomes_rgb():
    image = picture_from(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95), 64)
    red, green, blue = image.getpixel((4, 4))
    assert image.mode == "RGB" and red > 200 and green < 60 and blue < 60


def test_transparent_is_white():
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.putpixel((0, 0), (10, 20, 30, 255))
    image = picture_from(png(clear), 64)
    assert image.getpixel((4, 4)) == (255, 255, 255) and image.getpixel((0, 0)) == (10, 20, 30)


def test_exif_is_obeyed():
    exif = Image.Exif()
    exif[274] = 6  # lies on its side: to be turned by 90° clockwise
    image = picture_from(encoded(RED, "JPEG", exif=exif.tobytes()), 64)
    assert image.size == (20, 40)


def test_one_pixel_and_the_cap():
    assert picture_from(png(Image.new("RGB", (1, 1), (7, 8, 9))), 64).getpixel((0, 0)) == (7, 8, 9)
    assert picture_from(png(Image.new("RGB", (400, 100))), 64).size == (64, 16)


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 0, 255))]
    data = encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=50)
    assert picture_from(data, 64).getpixel((0, 0)) == (255, 0, 0)


# Over HTTP


def upload(page: str, data: bytes, name: str = "map.png") -> dict:
    answer = httpx.post(f"{page}gradio_api/upload", files={"files": (name, data)}, timeout=60)
    assert answer.status_code == 200, answer.text
    return {"path": answer.json()[0], "orig_name": name, "meta": {"_type": "gradio.FileData"}}


def call(page: str, name: str, *arguments: object) -> tuple[str, object]:
    """What an endpoint answers, as ("complete", values) or ("error", message)."""
    identity = httpx.post(f"{page}gradio_api/call/{name}", json={"data": list(arguments)}, timeout=60).json()[
        "event_id"
    ]
    event = None
    with httpx.stream("GET", f"{page}gradio_api/call/{name}/{identity}", timeout=120) as stream:
        for line in stream.iter_lines():
            kind, _, content = line.partition(": ")
            if kind == "event":
                event = content
            elif kind == "data" and event in ("complete", "error"):
                return event, json.loads(content)
    raise AssertionError("the stream ended without an answer")


def refused(answer: tuple[str, object]) -> str:
    event, content = answer
    assert event == "error"
    message = content["error"] if isinstance(content, dict) else content
    assert isinstance(message, str) and message.endswith(".")
    return html.unescape(message)


@pytest.mark.parametrize("name", ["corrupt", "huge by its header", "no image"])
def test_a_visitor_with_a_bad_file_is_told_so(page, name):
    assert refused(call(page, "label_map", upload(page, BAD[name]))).startswith("This file")


def test_a_good_file_arrives(page):
    event, (painted,) = call(page, "label_map", upload(page, png(Image.new("RGB", (30, 30), (255, 0, 0)))))
    assert event == "complete" and painted == "256k256"  # pillar is the eleventh class


class _Counting(BaseHTTPRequestHandler):
    hits = 0

    def do_GET(self) -> None:
        type(self).hits += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(png(RED))

    def log_message(self, *_: object) -> None:
        pass


def test_no_address_is_fetched(page):
    with socketserver.TCPServer(("127.0.0.1", 0), _Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/map.png"
        for file in (
            {"path": address, "meta": {"_type": "gradio.FileData"}},
            {"path": "", "url": address, "meta": {"_type": "gradio.FileData"}},
            {"url": address},
        ):
            refused(call(page, "label_map", file))
        server.shutdown()
    assert _Counting.hits == 0


@pytest.mark.parametrize("key", ["url", "path"])
def test_data_addresses_are_refused(page, key):
    address = "data:image/png;base64,iVBORw0KGgo="
    assert refused(call(page, "label_map", {key: address}))
    assert refused(call(page, "label_map", {"path": "", key: address, "meta": {"_type": "gradio.FileData"}}))


def test_files_of_the_server_are_refused(page):
    own = str(Path(__file__).resolve())
    message = refused(call(page, "label_map", {"path": own, "meta": {"_type": "gradio.FileData"}}))
    assert own not in message


def test_large_bodies_get_413(page):
    # Three files that are each small enough for Gradio's own limit, and together are not.
    def chunks():
        for number in range(3):
            head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{number}.png"\r\n\r\n'
            yield head.encode()
            for _ in range(10):
                yield b"x" * 500_000
            yield b"\r\n"
        yield b"--b--\r\n"

    form = {"content-type": "multipart/form-data; boundary=b"}
    assert httpx.post(f"{page}gradio_api/upload", content=b"x" * 10_500_000, timeout=60).status_code == 413
    with contextlib.suppress(httpx.WriteError):  # the server may hang up before the client is done
        answer = httpx.post(f"{page}gradio_api/upload", content=chunks(), headers=form, timeout=60)
        assert answer.status_code == 413 and "10 MB" in answer.text


def test_limit_counts_what_is_streamed():
    """The middleware alone, with a request that declares nothing."""
    sent, seen = [], []

    async def app(scope, receive, send):
        while True:
            message = await receive()
            seen.append(message["type"])
            if message["type"] == "http.disconnect":
                raise RuntimeError("the app's own complaint")

    async def receive():
        return {"type": "http.request", "body": b"x" * 40, "more_body": True}

    async def send(message):
        sent.append(message)

    finish(LimitBody(app, limit=100)({"type": "http", "headers": []}, receive, send))
    assert seen == ["http.request", "http.request", "http.disconnect"]
    assert sent[0]["status"] == 413 and len(sent) == 2


def test_limit_lets_others_pass():
    sent = []

    async def app(scope, receive, send):
        message = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": message["body"]})

    async def receive():
        return {"type": "http.request", "body": b"x" * 100, "more_body": False}

    async def send(message):
        sent.append(message)

    finish(LimitBody(app, limit=100)({"type": "http", "headers": [(b"content-length", b"100")]}, receive, send))
    assert [message.get("status") for message in sent] == [200, None] and sent[1]["body"] == b"x" * 100
