"""A finished run → a model in the zoo's form: the networks of its last checkpoint, its config, and a card."""

import dataclasses
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_lib.data.catalogue import read_spec
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.renamed import modern_settings
from course_lib.tasks import TASKS
from course_lib.tasks.task import C, Task
from course_lib.training.checkpoint import exported_weights, read_checkpoint


def export(run: Path, target: str | Path, **facts: Any) -> Path:
    """Writes what the run trained to ``target`` (a zoo name or a folder); ``facts`` go onto the card.

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
    task = TASKS[record["task"]]
    config = read_config(task, record["config"])
    networks = trained_networks(task, config, state)
    settings, conditions = record["settings"], state["conditions"]
    card = {
        "title": f"{task.name} trained on {read_spec(settings['data']).title}",
        "summary": task.description,
        "task": task.name,
        "command": record["command"],
        "loss": {name: getattr(config, name) for name in task.objective},
        "seed": settings["seed"],
        "data": read_spec(settings["data"]).title,
        "terms": record["terms"],
        **({"examples": conditions["examples"]} if "examples" in conditions else {}),
        "epochs": state["position"]["epoch"],
        "steps": _steps(state, run / "log.jsonl"),
        "seconds": round(state["position"]["seconds"], 1),
        "hardware": _hardware(conditions),
        "versions": {name: importlib.metadata.version(name) for name in ("torch", "accelerate")},
        **({"changes": state["changes"]} if state["changes"] else {}),
        **{name: record[name] for name in ("began_with", "resumed_with", "fast") if name in record},
        **facts,
    }
    described = {"kind": task.kind, "task": task.name, **task.describe(config, settings["data"])}
    return zoo.save(target, networks, described, card)


def trained_networks(task: Task[C], config: C, state: dict[str, Any]) -> dict[str, nn.Module]:
    """The networks that a checkpoint's run exports, by part of the model."""
    networks = {}
    for part, name in task.exported.items():
        networks[part] = task.other_networks.get(part, task.network)(config)
        networks[part].load_state_dict(exported_weights(state, name))
    return networks


def read_config(task: Task[C], stored: dict[str, Any]) -> C:
    """A run's stored config as the task's own, whatever version wrote it."""
    known = {field.name for field in dataclasses.fields(task.config)}
    return task.config(**{name: value for name, value in modern_settings(stored).items() if name in known})


def _steps(state: dict[str, Any], log: Path) -> int | None:
    """The steps of the checkpoint; of one that does not say how many are in an epoch, the last that was logged."""
    conditions, position = state["conditions"], state["position"]
    if "examples" in conditions and "global_batch" in conditions:
        return position["epoch"] * (conditions["examples"] // conditions["global_batch"]) + position["step"]
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    return json.loads(lines[-1])["step"] if lines else None


def _hardware(conditions: dict[str, Any]) -> str:
    device = (
        torch.cuda.get_device_name()
        if conditions["device"] == "cuda" and torch.cuda.is_available()
        else platform.machine()
    )
    threads = "" if conditions["device"] == "cuda" else f", {conditions['threads']} thread(s)"
    return f"{conditions['processes']} process(es) on {conditions['device']} ({device}{threads}), {conditions['precision']}"
