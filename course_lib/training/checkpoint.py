"""Checkpoints: everything a run needs to go on as if it had never stopped, in one file written whole."""

import warnings
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from course_lib.errors import CourseError
from course_lib.files import read_tensors, write_whole
from course_lib.training.order import Examples, Stream
from course_lib.training.randomness import random_state, set_random_state
from course_lib.training.training_task import TrainingTask

FORMAT = 2
PARTS = {"position", "conditions", "changes", "networks", "averages", "optimizers", "scaler", "processes"}
# What a run was fed and how: with another of these it would be another run.
REFUSED = {
    "digest": "the data",
    "examples": "the number of examples",
    "global_batch": "the global batch (batch × processes)",
    "processes": "the number of processes",
    "precision": "the precision",
    "seed": "the seed",
    "shards": "the list of shards",  # of a stream
    "datasets": "the version of datasets",  # which puts a stream in order
}
_PRECISION = {"no": "fp32"}  # Accelerate's word, ours
Conditions = dict[str, Any]


def conditions(data: Examples | Stream, batch: int, seed: int, accelerator: Accelerator) -> Conditions:
    """All that comes from outside and changes a run's numbers, as it really is: compared when a run is resumed.

    torch, threads and device change the last digits; everything in ``REFUSED`` changes the run.
    """
    return {
        "digest": data.digest(),
        "examples": len(data),
        "global_batch": batch * accelerator.num_processes,
        "processes": accelerator.num_processes,
        "precision": _PRECISION.get(accelerator.mixed_precision, accelerator.mixed_precision),
        "seed": seed,
        "torch": torch.__version__.split("+")[0],
        "threads": torch.get_num_threads(),
        "device": accelerator.device.type,
        **(data.conditions() if isinstance(data, Stream) else {}),
    }


def save_checkpoint(
    path: Path,
    task: TrainingTask[Any],
    accelerator: Accelerator,
    position: dict[str, Any],
    now: Conditions,
    changes: list[str],
) -> None:
    """Writes networks, averages, optimisers, the scaler, every process's own state and random numbers, the position.

    Args:
        now: the conditions the run is under; changes: which harmless ones differed when it was resumed.
    """
    # Every process has its own dropout noise and its own history of images.
    own = {
        "random": random_state(accelerator.device),
        "extra": {name: part.state_dict() for name, part in task.extra.items()},
    }
    processes = gather_object([own])
    if accelerator.is_main_process:
        state = {
            "format": FORMAT,
            "position": position,
            "conditions": now,
            "changes": changes,
            "networks": {
                name: accelerator.unwrap_model(network).state_dict() for name, network in task.networks.items()
            },
            "averages": {name: average.state_dict() for name, average in task.averages.items()},
            "optimizers": {name: optimizer.state_dict() for name, optimizer in task.optimizers.items()},
            "scaler": accelerator.scaler.state_dict() if accelerator.scaler else None,
            "processes": processes,
        }
        write_whole(path, lambda temporary: torch.save(state, temporary))
    accelerator.wait_for_everyone()


def load_checkpoint(
    path: Path, task: TrainingTask[Any], accelerator: Accelerator, now: Conditions
) -> tuple[dict[str, Any], list[str]]:
    """Puts a run's state back; returns its position and the changes on record.

    A harmless difference in the conditions is warned of, by name, and put on record.

    Raises:
        CourseError: missing, damaged, of another task or configuration, or under other conditions, by name.
    """
    state = read_checkpoint(path)
    then = state["conditions"]
    different = [name for name in now if name in then and then[name] != now[name]]
    if "shards" in different:  # says the same as the digest, and which
        different = [name for name in different if name != "digest"]
    refused = [_was_is(name, then[name], now[name]) for name in different if name in REFUSED]
    if refused:
        raise CourseError(
            f"The run in {path.parent} went under other conditions: {'; '.join(refused)}. "
            "Resume it as it was, or choose another --out."
        )
    harmless = [f"{name} was {then[name]}, is {now[name]}" for name in different]
    if harmless:
        warnings.warn(f"{path}: {'; '.join(harmless)}; the resumed run may differ in its last digits.", stacklevel=2)
    place = f"from epoch {state['position']['epoch']}, step {state['position']['step']} on"
    changes = [*state["changes"], *(f"{words} {place}" for words in harmless)]
    try:
        for name, network in task.networks.items():
            accelerator.unwrap_model(network).load_state_dict(state["networks"][name])
        for name, average in task.averages.items():
            average.load_state_dict(state["averages"][name])
        for name, optimizer in task.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        own = state["processes"][accelerator.process_index]
        for name, part in task.extra.items():
            part.load_state_dict(own["extra"][name])
    except (KeyError, IndexError, RuntimeError, ValueError) as error:
        raise CourseError(
            f"{path} belongs to another configuration ({_first_line(error)}). "
            "Resume with the run's own settings or choose another --out."
        ) from error
    if accelerator.scaler and state["scaler"]:
        accelerator.scaler.load_state_dict(state["scaler"])
    set_random_state(own["random"], accelerator.device)
    return state["position"], changes


def _was_is(name: str, then: Any, now: Any) -> str:
    """What is another, and of a list of shards which of them: each has a name and a size."""
    if name != "shards":
        return f"{REFUSED[name]} was {then}, is {now}"
    before, after = (dict(one) for one in (then, now))
    parts = {
        "without": [shard for shard in before if shard not in after],
        "with": [shard for shard in after if shard not in before],
        "of another size:": [shard for shard in before if shard in after and before[shard] != after[shard]],
    }
    found = [
        f"{words} {', '.join(shards[:3])}{' …' if len(shards) > 3 else ''}" for words, shards in parts.items() if shards
    ]
    return f"{REFUSED[name]} is another: {', '.join(found) or 'in another order'}"


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint as saved, on the CPU: tensors and plain values only.

    Raises:
        CourseError: missing, damaged, or no checkpoint of this course.
    """
    if not path.is_file():
        raise CourseError(f"There is no checkpoint {path} to resume from. Leave out --resume to start anew.")
    state = read_tensors(path)
    if isinstance(state, dict) and state.get("format") == 1 and "environment" in state:
        state = _from_format_1(state)
    if not isinstance(state, dict) or state.get("format") != FORMAT or not state.keys() >= PARTS:
        raise CourseError(f"{path} is no checkpoint of this course (format {FORMAT}). Start anew without --resume.")
    return state


def exported_weights(state: dict[str, Any], name: str) -> dict[str, torch.Tensor]:
    """The weights that a finished run exports as the named network: its average's if one was kept."""
    if name not in state["averages"]:
        return state["networks"][name]
    average = state["averages"][name]
    return {key.removeprefix("module."): value for key, value in average.items() if key.startswith("module.")}


def _from_format_1(state: dict[str, Any]) -> dict[str, Any]:
    """Version 0.1 kept the averages with every process's own state, as "average" (of G) or "average_NAME"."""
    averages = {}
    for process in state["processes"]:
        for key in [key for key in process["extra"] if key == "average" or key.startswith("average_")]:
            averages[key.removeprefix("average").removeprefix("_") or "G"] = process["extra"].pop(key)
    rest = {key: value for key, value in state.items() if key != "environment"}
    precision = state["environment"]["precision"]
    known = state["environment"] | {"precision": _PRECISION.get(precision, precision)}
    return {**rest, "format": FORMAT, "conditions": known, "changes": [], "averages": averages}


def _first_line(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[min(1, len(lines) - 1)] if lines else type(error).__name__
