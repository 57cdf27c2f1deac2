"""A training of a table over seeds, kept under ``runs/``: what this very setting has trained is not trained again."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file
from torch import nn

from course_lib.training.loop import Run, train

Network = TypeVar("Network", bound=nn.Module)


def kept(
    place: Path,
    build: Callable[[Accelerator], Any],
    config: Any,
    seed: int,
    data: Any,
    exported: Mapping[str, str],
    **more: Any,
) -> float:
    """The seconds that a run took. Its networks lie in ``place`` as NAME.safetensors; if they are not there, or were
    made otherwise, it is trained.

    Args:
        build: gives the task; its weights are drawn under the seed.
        exported: NAME → the name of the task's network.
        more: whatever else the numbers depend on.
    """
    note = place / "made.json"
    setting = json.loads(json.dumps({"config": asdict(config), "seed": seed, "data": data.digest()} | more))
    files = {name: place / f"{name}.safetensors" for name in exported}
    there = note.exists() and all(file.exists() for file in files.values())
    if not there or _completed(json.loads(note.read_text())["setting"], config) != setting:
        shutil.rmtree(place, ignore_errors=True)  # an interrupted run would not be the same run
        torch.manual_seed(seed)
        accelerator = Accelerator(cpu=True)
        task = build(accelerator)
        started = time.monotonic()
        train(task, data, Run(out=place, epochs=config.epochs, batch=config.batch, seed=seed), accelerator)
        made = {"setting": setting, "seconds": time.monotonic() - started}
        for name, network in exported.items():
            weights = task.exported(network).state_dict()
            save_file({key: tensor.contiguous() for key, tensor in weights.items()}, files[name])
        note.write_text(json.dumps(made))
        (place / "checkpoint.pt").unlink(missing_ok=True)
    return float(json.loads(note.read_text())["seconds"])


def _completed(setting: dict[str, Any], config: Any) -> dict[str, Any]:
    """A stored setting with what the config has got since: a new option's default is to change nothing."""
    return setting | {"config": json.loads(json.dumps(asdict(type(config)()))) | setting["config"]}


def filled(network: Network, weights: Path) -> Network:
    """The network with a run's weights, for measuring."""
    network.load_state_dict(load_file(weights))
    return network.eval()
