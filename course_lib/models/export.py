"""A finished run → a model in the zoo's form: the generator of its last checkpoint, its config, and a card."""

import dataclasses
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import torch

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.tasks import TASKS
from course_lib.training.checkpoint import read_checkpoint


def export(run: Path, target: str | Path, **facts: Any) -> Path:
    """Writes the run's generator to ``target`` (a zoo name or a folder); ``facts`` go onto the card.

    Raises:
        CourseError: the folder holds no run, or one of an unknown task.
    """
    try:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{run} holds no run (no run.json). Train one first, or name its --out folder.") from None
    if record["task"] not in TASKS:
        raise CourseError(f"{run} is a run of {record['task']!r}; this version knows {', '.join(TASKS)}.")
    state = read_checkpoint(run / "checkpoint.pt")
    kind = TASKS[record["task"]]
    known_fields = {field.name for field in dataclasses.fields(kind.config)}
    config = kind.config(**{name: value for name, value in record["config"].items() if name in known_fields})
    networks, model_config = kind.export(config, state)
    settings = record["settings"]
    model_config |= kind.describe(config, settings["data"])
    card = {
        "title": f"{record['task']} trained on {Path(settings['data']).name}",
        "summary": kind.description,
        "task": record["task"],
        "command": record["command"],
        "seed": settings["seed"],
        "data": Path(settings["data"]).name,
        "terms": record["terms"],
        "epochs": state["position"]["epoch"],
        "steps": _steps(run / "log.jsonl"),
        "seconds": round(state["position"]["seconds"], 1),
        "hardware": _hardware(state["environment"]),
        "versions": {name: importlib.metadata.version(name) for name in ("torch", "accelerate")},
        "loss_weights": {name: value for name, value in record["config"].items() if name.endswith("_weight")},
        **{name: record[name] for name in ("began_with", "resumed_with") if name in record},
        **facts,
    }
    return zoo.save(target, networks, model_config, card)


def _steps(log: Path) -> int | None:
    """The last step a run logged; a run stopped early may have logged none."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    return json.loads(lines[-1])["step"] if lines else None


def _hardware(environment: dict[str, Any]) -> str:
    device = (
        torch.cuda.get_device_name()
        if environment["device"] == "cuda" and torch.cuda.is_available()
        else platform.machine()
    )
    threads = "" if environment["device"] == "cuda" else f", {environment['threads']} thread(s)"
    precision = {"no": "fp32"}.get(environment["precision"], environment["precision"])  # "no": accelerate's word
    return f"{environment['processes']} process(es) on {environment['device']} ({device}{threads}), {precision}"
