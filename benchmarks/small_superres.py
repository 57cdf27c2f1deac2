"""×4 super-resolution, small enough for tables over seeds: the course's own tasks and loop, kept under ``runs/``."""

from pathlib import Path
from typing import Any

from accelerate import Accelerator

from benchmarks.kept_runs import filled, kept
from course_lib.data.crops import PhotoCrops
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import take_weights
from course_lib.tasks.srresnet import SRConfig, build_generator
from course_lib.tasks.task import Task

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
    before = None if begin is None else round(sum(value.double().sum().item() for value in begin.parameters()), 9)

    def build(accelerator: Accelerator) -> Any:
        training = task.build(config, accelerator)
        if begin is not None:
            for network in (training.networks["G"], training.exported("G")):
                take_weights(network, begin)
        return training

    seconds = kept(place, build, config, seed, data, {"generator": "G"}, task=task.name, began_with=before)
    return filled(build_generator(config), place / "generator.safetensors"), seconds
