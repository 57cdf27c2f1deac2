"""The page under load, as its visitors meet it: a server of its own, asked over HTTP. ``python -m benchmarks.load``.

Thirty translations at once, each of another map and seed: how long they take, and whether each visitor gets his own
answer, pixel for pixel. Then 300 mixed requests, good and bad, ten at a time, twice: what they leave on the disk, and in
memory the second time (the first fills the allocator's pools, which stay).
"""

import asyncio
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
from PIL import Image

from benchmarks.provenance import store

ROOT = Path(__file__).resolve().parent.parent
MODEL = "pix2pix-facades"
AT_ONCE, MIXED, BESIDE = 30, 300, 10
SWEEP = 12.0  # seconds after which the measured server throws files away; a page waits an hour
P95 = 5.0  # seconds, on two idle cores


def main() -> dict[str, dict[str, Any]]:
    """Measures, prints a line each, and gives the figures by name.

    Raises:
        SystemExit: a floor that no machine excuses: a crossed answer, a failure, files that stay.
    """
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (address, process):
        asyncio.run(_warm(address))
        measured = asyncio.run(_crowd(address, process)) | asyncio.run(_mixed(address, process, Path(folder)))
    broken = []
    for name, figure in measured.items():
        kept = figure["limit"] is None or figure["value"] <= figure["limit"]
        if not kept and figure["hard"]:
            broken.append(name)
        limit = "" if figure["limit"] is None else f"   (limit {figure['limit']:g})"
        print(
            f"{name:48} {figure['value']:>8.6g} {figure['unit']}{limit}{'' if kept else '   ← over the limit'}",
            flush=True,
        )
    if broken:
        sys.exit(f"The page does not hold under load: {', '.join(broken)}.")
    return {
        name: {"value": round(figure["value"], 4), "unit": figure["unit"], "limit": figure["limit"]}
        for name, figure in measured.items()
    }


def measure() -> None:
    """Measures and stores."""
    begun = time.perf_counter()
    figures = main()
    store(
        "load",
        command="python -m benchmarks.load",
        seeds=[0],
        seconds=time.perf_counter() - begun,
        result={"figures": figures},
    )


def _figure(value: float, unit: str, limit: float | None = None, hard: bool = True) -> dict[str, Any]:
    return {"value": value, "unit": unit, "limit": limit, "hard": hard}


# ---- thirty at once


async def _crowd(address: str, process: psutil.Process) -> dict[str, dict[str, Any]]:
    from course_lib.data.synthetic.facade_blocks import facade_blocks
    from course_lib.models import zoo

    maps = [facade_blocks(number, size=256)[0] for number in range(AT_ONCE)]
    async with _client(address) as client:
        canvases = [(await _event(client, "label_map", await _uploaded(client, _png(one))))[1][0] for one in maps]

        async def visit(number: int) -> tuple[int, float, Any]:
            begun = time.perf_counter()
            status, data = await _event(client, "translate", canvases[number], number)
            return status, time.perf_counter() - begun, data

        before = sum(process.cpu_times()[:2])
        visits = await asyncio.gather(*(visit(number) for number in range(AT_ONCE)))
        worked = sum(process.cpu_times()[:2]) - before
        pictures = [await _pictures(client, data) if status == 200 else None for status, _, data in visits]
    model = zoo.load(MODEL)
    own = [np.asarray(model(one, seed=number)) for number, one in enumerate(maps)]
    crossed = sum(
        found is not None and not any(np.array_equal(one, own[number]) for one in found)
        for number, found in enumerate(pictures)
    )
    seconds = [taken for status, taken, _ in visits if status == 200]
    statuses = Counter(status for status, _, _ in visits)
    words = f"{AT_ONCE} translations at once"
    return {
        f"{words}: answered": _figure(statuses[200], ""),
        f"{words}: sent away (503)": _figure(statuses[503], "", AT_ONCE / 2),
        f"{words}: failed": _figure(AT_ONCE - statuses[200] - statuses[503], "", 0),
        f"{words}: crossed answers": _figure(crossed, "", 0),
        f"{words}: median": _figure(statistics.median(seconds), "s"),
        f"{words}: 95 of 100 within": _figure(float(np.percentile(seconds, 95)), "s", P95, hard=False),
        f"{words}: processor time each": _figure(worked / max(1, statuses[200]), "s"),  # whatever else the machine does
    }


async def _pictures(client: httpx.AsyncClient, data: Any) -> list[np.ndarray]:
    """All pictures in what an event answered, decoded."""
    if isinstance(data, dict) and data.get("url"):
        content = (await client.get(data["url"])).content
        return [np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [one for part in inner for one in await _pictures(client, part)]


# ---- what it leaves behind


async def _mixed(address: str, process: psutil.Process, folder: Path) -> dict[str, dict[str, Any]]:
    await asyncio.sleep(2 * SWEEP)  # what the crowd left is gone
    before, statuses = _files(folder), Counter()
    async with _client(address) as client:
        acts, rng = await _acts(client), np.random.default_rng(0)

        async def visitor(waiting: Iterator[int]) -> None:
            for number in waiting:
                statuses[await acts[rng.integers(len(acts))](number)] += 1

        memory, begun = [], time.perf_counter()
        for _ in range(2):
            waiting = iter(range(MIXED))
            await asyncio.gather(*(visitor(waiting) for _ in range(BESIDE)))
            memory.append(process.memory_info().rss / 1e6)
        taken, left = (time.perf_counter() - begun) / 2, _files(folder) - before
        until = time.monotonic() + 3 * SWEEP
        while _files(folder) - before and time.monotonic() < until:
            await asyncio.sleep(0.5)
        page = (await client.get("")).status_code
    words = f"{MIXED} mixed requests, twice"
    bad = sum(many for status, many in statuses.items() if status >= 500 and status != 503)
    return {
        f"{words}: time": _figure(taken, "s"),
        f"{words}: answered 2xx": _figure(sum(many for status, many in statuses.items() if status < 300), ""),
        f"{words}: refused 4xx": _figure(sum(many for status, many in statuses.items() if 400 <= status < 500), ""),
        f"{words}: sent away (503)": _figure(statuses[503], ""),
        f"{words}: other 5xx": _figure(bad + (page != 200), "", 0),
        f"{words}: memory grew by": _figure(memory[1] - memory[0], "MB", 100, hard=False),
        f"{words}: files left": _figure(len(left), ""),
        f"{words}: files left after the sweep": _figure(len(_files(folder) - before), "", 0),
    }


async def _acts(client: httpx.AsyncClient) -> list[Callable[[int], Awaitable[int]]]:
    """What visitors and strangers do; each gives the status of its answer."""
    parts = (await client.get("config")).json()["components"]
    served = {name: part for part in parts for name in part["props"].get("server_fns") or ()}
    settings = {"loss": "bce", "cure": "none", "data": "ring", "schedule": "patient", "seed": 0}
    asked = {
        "collapse": lambda number: {"key": f"{number % 7:032x}", "action": "step", "settings": settings},
        "draw": lambda number: {"what": "digits", "seed": number, "other": number + 1},
        "cyclegan": lambda number: {"model": "cyclegan-emoji", "way": "AtoB", "picture": 0, "strength": 1 + number % 5},
    }
    picture = Image.effect_noise((500, 400), 80).convert("RGB")
    canvas = (await _event(client, "label_map", await _uploaded(client, _png(picture))))[1][0]

    async def get(path: str) -> int:
        return (await client.get(path)).status_code

    async def post(path: str, **settings: Any) -> int:
        return (await client.post(f"gradio_api/{path}", **settings)).status_code

    async def serve(name: str, number: int) -> int:
        body = {"data": asked[name](number), "component_id": served[name]["id"], "fn_name": name}
        answer = await client.post("gradio_api/component_server", json=body | {"session_hash": f"visitor{number}"})
        told = answer.json() if answer.status_code == 200 else {}
        return 503 if told.get("busy") else 422 if told.get("error") else answer.status_code

    async def upload(number: int) -> int:
        file = await _uploaded(client, _png(picture.rotate(number)))
        return (await _event(client, "label_map", file))[0]

    async def broken_upload(number: int) -> int:
        return (await _event(client, "label_map", await _uploaded(client, _png(picture)[: 1000 + number])))[0]

    async def translate(number: int) -> int:
        return (await _event(client, "translate", canvas, number))[0]

    def at(act: Callable[..., Awaitable[int]], *arguments: Any, **settings: Any) -> Callable[[int], Awaitable[int]]:
        return lambda _: act(*arguments, **settings)

    nonsense = {"content": b'{"data": [NaN]}', "headers": {"content-type": "application/json"}}
    return [
        at(get, ""), at(get, "config"), at(get, "theme.css"), at(get, "gradio_api/info"), at(get, "nothing/here"),
        at(get, "gradio_api/file=/etc/passwd"), at(get, "gradio_api/queue/data?session_hash=nobody"),
        at(post, "run/predict", json={"data": []}), at(post, "queue/join", **nonsense),
        at(post, "upload", content=b"nonsense", headers={"content-type": "multipart/form-data; boundary=b"}),
        at(post, "component_server", json={"data": None}), upload, broken_upload, translate, translate,
        *(lambda number, name=name: serve(name, number) for name in asked if name in served),
    ]  # fmt: skip


def _files(folder: Path) -> set[str]:
    return {os.path.join(above, name) for above, below, names in os.walk(folder) for name in [*names, *below]}


# ---- the server, and how it is asked


def serve() -> None:
    """The page as it is, but for the age of files."""
    from course_lib.app.page import launch
    from course_lib.app.sweep import Keeping

    launch(keeping=Keeping(age=SWEEP, unfinished=SWEEP, young=SWEEP / 2, every=SWEEP / 2), inbrowser=False, quiet=True,
           prevent_thread_lock=True)  # fmt: skip
    sys.stdin.read()  # until the one who measures is gone


@contextmanager
def _server(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", "from benchmarks.load import serve; serve()"]
    log = folder.parent / f"{folder.name}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=errors, stderr=errors
        )
    try:
        address, until = f"http://127.0.0.1:{port}/", time.monotonic() + 240
        while time.monotonic() < until and process.poll() is None:
            try:
                httpx.get(address, timeout=5).raise_for_status()
                yield address, psutil.Process(process.pid)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            raise RuntimeError(f"The page did not start: {log.read_text()[-500:]}")
        if "Traceback" in (said := log.read_text()):
            sys.exit(f"The server met something it did not expect:\n{said[-3000:]}")
    finally:
        process.terminate()
        process.wait(20)
        log.unlink()


def _client(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=120, limits=httpx.Limits(max_connections=200), trust_env=False)


async def _warm(address: str) -> None:
    """The first of everything is slow, and stays in memory."""
    async with _client(address) as client:
        for number, act in enumerate(await _acts(client)):
            await act(number)


async def _uploaded(client: httpx.AsyncClient, content: bytes) -> dict[str, Any]:
    answer = await client.post("gradio_api/upload", files={"files": ("map.png", content)})
    return {"path": answer.raise_for_status().json()[0], "meta": {"_type": "gradio.FileData"}}


async def _event(client: httpx.AsyncClient, name: str, *data: Any) -> tuple[int, Any]:
    """An event of the page: the status of its first refusal, or 200 and what it answers (422: an error with a sentence)."""
    answer = await client.post(f"gradio_api/call/{name}", json={"data": data})
    if answer.status_code != 200:
        return answer.status_code, None
    stream = await client.get(f"gradio_api/call/{name}/{answer.json()['event_id']}")
    last = stream.text.strip().splitlines()[-2:]
    if stream.status_code != 200 or len(last) < 2:
        return 500, None
    found = json.loads(last[1].removeprefix("data: "))
    if last[0] == "event: complete":
        return 200, found
    return (422 if isinstance(found, dict) and found.get("error") else 500), None


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    measure()
