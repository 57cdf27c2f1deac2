"""×4 super-resolution, small enough for tables over seeds: the course's own tasks and loop, kept under ``runs/``."""

import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from safetensors.torch import load_file, save_file

from course_lib.data.crops import PhotoCrops
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import take_weights
from course_lib.tasks.srresnet import SRConfig, build_generator
from course_lib.tasks.task import Task
from course_lib.training.loop import Run, train

RUNS = Path("runs/benchmarks/superres")
NETWORK: dict[str, Any] = {
    "blocks": 4, "width": 24, "norm": "none", "activation": "relu", "ends": 3, "tail": "once", "skip": "bicubic",
}  # fmt: skip


def trained(
    name: str, seed: int, task: Task[Any], config: SRConfig, data: PhotoCrops, begin: SRResNet | None = None
) -> tuple[SRResNet, float]:
    """G of a run, beginning with another's weights if there is one, and the seconds its training took; trains it
    unless ``runs/`` has it of this very setting.
    """
    place = RUNS / name.replace(" ", "_") / str(seed)
    weights, note = place / "generator.safetensors", place / "made.json"
    before = None if begin is None else round(sum(value.double().sum().item() for value in begin.parameters()), 9)
    setting = {"task": task.name, "config": asdict(config), "seed": seed, "data": data.digest(), "began_with": before}
    setting = json.loads(json.dumps(setting))
    if not weights.exists() or not note.exists() or json.loads(note.read_text())["setting"] != setting:
        shutil.rmtree(place, ignore_errors=True)  # an interrupted run would not be the same run
        torch.manual_seed(seed)
        accelerator = Accelerator(cpu=True)
        training = task.build(config, accelerator)
        if begin is not None:
            for network in (training.networks["G"], training.exported("G")):
                take_weights(network, begin)
        started = time.monotonic()
        train(training, data, Run(out=place, epochs=config.epochs, batch=config.batch, seed=seed), accelerator)
        made = {"setting": setting, "seconds": time.monotonic() - started}
        tensors = {part: value.contiguous() for part, value in training.exported("G").state_dict().items()}
        save_file(tensors, weights)
        note.write_text(json.dumps(made))
        (place / "checkpoint.pt").unlink(missing_ok=True)
    network = build_generator(config)
    network.load_state_dict(load_file(weights))
    return network.eval(), json.loads(note.read_text())["seconds"]
