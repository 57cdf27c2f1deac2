"""A finished run → a model in the zoo's form: the generator of its last checkpoint, its config, and a card."""

import dataclasses
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import torch

from course_lib import zoo
from course_lib.data.catalogue import known_set
from course_lib.errors import CourseError
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
    state = read_checkpoint(run / "checkpoint.pt")
    kind = TASKS[record["task"]]
    known_fields = {field.name for field in dataclasses.fields(kind.config)}
    config = kind.config(**{name: value for name, value in record["config"].items() if name in known_fields})
    networks, model_config = kind.export(config, state)
    settings = record["settings"]
    known = known_set(settings["data"])
    if known and model_config.get("palette") is None and config.palette is None:
        model_config["palette"] = known.palette
    card = {
        "title": f"{record['task']} trained on {Path(settings['data']).name}",
        "summary": kind.description,
        "task": record["task"],
        "command": record["command"],
        "seed": settings["seed"],
        "data": Path(settings["data"]).name,
        "terms": record["terms"],
        "epochs": state["position"]["epoch"],
        "steps": json.loads((run / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1])["step"],
        "seconds": round(state["position"]["seconds"], 1),
        "hardware": _hardware(state["environment"]),
        "versions": {name: importlib.metadata.version(name) for name in ("torch", "accelerate")},
        "loss_weights": {name: value for name, value in record["config"].items() if name.endswith("_weight")},
        **facts,
    }
    return zoo.save(target, networks, model_config, card)


def _hardware(environment: dict[str, Any]) -> str:
    device = (
        torch.cuda.get_device_name()
        if environment["device"] == "cuda" and torch.cuda.is_available()
        else platform.machine()
    )
    threads = "" if environment["device"] == "cuda" else f", {environment['threads']} thread(s)"
    return f"{environment['processes']} process(es) on {environment['device']} ({device}{threads}), {environment['precision']}"
