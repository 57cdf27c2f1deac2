"""One page of a run, ``run.html``: losses, learning rate, sheets over time, settings, versions. It opens from the disk.

Everything is inside the file (SVG and JPEG), nothing comes from a network. While the run goes on the page asks its browser
to read it anew.
"""

import base64
import functools
import html
import importlib.metadata
import io
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from course_lib.files import write_text
from course_lib.training.log import read_log

POINTS = 300  # of a curve
SHEETS = 8  # of samples
SHEET_WIDTH = 900  # pixels
WIDTH, HEIGHT = 420, 150
OTHER = {"step", "epoch", "seconds", "warnings", "best"}  # in a line of the log, beside losses and lr
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 920px; padding: 0 1rem; color: #1b1b1b; background: #fff }
.curves { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0 } svg { background: #f6f6f4; max-width: 100% }
table { border-collapse: collapse } td, th { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top }
img { max-width: 100%; display: block; margin-bottom: 1rem } .warning { color: #a03000 } code { overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } svg { background: #242424 } .warning { color: #ff9d6b } }
"""


def write_page(out: Path, running: bool, seconds: float = 30.0) -> Path:
    """Makes ``out/run.html`` of what lies in ``out``: run.json, log.jsonl and samples/.

    Args:
        running: the page then reads itself anew every ``seconds``.
    """
    record, log = _record(out / "run.json"), read_log(out / "log.jsonl")
    curves = {name: [(line["step"], line[name]) for line in log if name in line] for line in log for name in line}
    told = [(line["step"], text) for line in log for text in line.get("warnings", [])]
    last = log[-1] if log else {}
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f'<meta http-equiv="refresh" content="{seconds:.0f}">' if running else "",
        f"<title>{_text(record.get('task', 'A run'))}: {_text(out.resolve().name)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{_text(record.get('task', 'A run'))} on {_text(record.get('data', 'its data'))}</h1>",
        f"<p>{'Training' if running else 'Finished'}: step {last.get('step', 0):,}, epoch {last.get('epoch', 0)}, "
        f"{last.get('seconds', 0):,.0f} seconds of training.</p>",
        *(f'<p class="warning">From step {step:,}: {_text(text)}</p>' for step, text in told),
        *_validation(log, curves),
        '<h2>Losses and learning rate</h2><div class="curves">',
        *(curve(name, points) for name, points in curves.items() if name not in OTHER and not name.startswith("val ")),
        "</div>",
        "<h2>Samples</h2>",
        *(_sheet(file) for file in _some(sorted((out / "samples").glob("*.png")), SHEETS)),
        f"<h2>Settings</h2><p><code>{_text(record.get('command', ''))}</code></p>",
        _table({**record.get("settings", {}), **record.get("config", {})}),
        "<h2>Versions</h2>",
        _table({name: importlib.metadata.version(name) for name in ("torch", "accelerate", "numpy", "pillow")}
               | {"Python": platform.python_version(), "system": platform.platform()}),
        "</body></html>",
    ]  # fmt: skip
    write_text(out / "run.html", "\n".join(part for part in parts if part) + "\n")
    return out / "run.html"


def _validation(log: list[dict[str, Any]], curves: dict[str, Any]) -> list[str]:
    """Figures of held-out examples, if they were asked for, and when they were best."""
    validated = [line for line in log if "best" in line]
    if not validated:
        return []
    best = [line for line in validated if line["best"]][-1]
    since = validated[-1]["epoch"] - best["epoch"]
    figures = ", ".join(f"{name} {value:.4g}" for name, value in best.items() if name.startswith("val "))
    return [
        "<h2>On held-out examples</h2>",
        f"<p>Best after epoch {best['epoch']}: {_text(figures)}; that model is in <code>model-best</code>. "
        + (f"{since} epochs have gone by since." if since else "It is the last that was measured.")
        + '</p><div class="curves">',
        *(curve(name, points) for name, points in curves.items() if name.startswith("val ")),
        "</div>",
    ]


def curve(name: str, points: Sequence[tuple[float, float]]) -> str:
    """A figure of (step, value): one line, thinned to means, with the range of both axes in words."""
    size = -(-len(points) // POINTS)
    groups = [points[at : at + size] for at in range(0, len(points), size)]
    steps = [group[-1][0] for group in groups]
    values = [sum(value for _, value in group) / len(group) for group in groups]
    low, high = min(values), max(values)
    wide, tall = max(steps) - min(steps) or 1, high - low or 1
    places = " ".join(
        f"{8 + (step - steps[0]) / wide * (WIDTH - 16):.1f},{HEIGHT - 8 - (value - low) / tall * (HEIGHT - 16):.1f}"
        for step, value in zip(steps, values, strict=True)
    )
    label = f"{name}: now {values[-1]:.4g}, from {low:.4g} to {high:.4g}, steps {steps[0]:,} to {steps[-1]:,}"
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{_text(label)}"><polyline fill="none" stroke="#0072B2" stroke-width="1.5" points="{places}"/></svg>'
        f"<figcaption>{_text(label)}</figcaption></figure>"
    )


def _sheet(file: Path) -> str:
    name = file.stem.replace("_", " ")
    data = _encoded(file, file.stat().st_mtime_ns)
    return f'<h3>{_text(name)}</h3><img alt="Samples of {_text(name)}" src="data:image/jpeg;base64,{data}">'


@functools.lru_cache(maxsize=4 * SHEETS)  # the page is made again and again, of the same sheets and one more
def _encoded(file: Path, written: int) -> str:
    with Image.open(file) as image:
        picture = image.convert("RGB")
    picture.thumbnail((SHEET_WIDTH, 4 * SHEET_WIDTH))
    stream = io.BytesIO()
    picture.save(stream, format="JPEG", quality=88)
    return base64.b64encode(stream.getvalue()).decode()


def _some(files: Sequence[Path], most: int) -> list[Path]:
    """The first, the last, and some between."""
    if len(files) <= most:
        return list(files)
    return [files[round(at * (len(files) - 1) / (most - 1))] for at in range(most)]


def _table(rows: dict[str, Any]) -> str:
    cells = (f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows.items())
    return f"<table>{''.join(cells)}</table>"


def _text(value: object) -> str:
    return html.escape(str(value))


def _record(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
