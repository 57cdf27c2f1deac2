"""Checkpoints: everything a run needs to go on as if it had never stopped, in one file written whole."""

import random
import warnings
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from course_lib.errors import CourseError
from course_lib.files import read_tensors, write_whole

FORMAT = 1
PARTS = {"position", "environment", "networks", "optimizers", "scaler", "processes"}


def environment(accelerator: Accelerator) -> dict[str, Any]:
    """What can change the last digits of a result: recorded, compared on resume, named when different."""
    return {
        "torch": torch.__version__.split("+")[0],
        "threads": torch.get_num_threads(),
        "processes": accelerator.num_processes,
        "device": accelerator.device.type,
        "precision": str(accelerator.mixed_precision),
    }


def save_checkpoint(path: Path, task: Any, accelerator: Accelerator, position: dict[str, Any]) -> None:
    """Writes networks, optimisers, the task's extra state, the scaler, every process's random numbers, the position."""
    # Every process has its own dropout noise and its own history of images.
    own = {
        "random": _random_state(accelerator),
        "extra": {name: part.state_dict() for name, part in task.extra.items()},
    }
    processes = gather_object([own])
    if accelerator.is_main_process:
        state = {
            "format": FORMAT,
            "position": position,
            "environment": environment(accelerator),
            "networks": {
                name: accelerator.unwrap_model(network).state_dict() for name, network in task.networks.items()
            },
            "optimizers": {name: optimizer.state_dict() for name, optimizer in task.optimizers.items()},
            "scaler": accelerator.scaler.state_dict() if accelerator.scaler else None,
            "processes": processes,
        }
        write_whole(path, lambda temporary: torch.save(state, temporary))
    accelerator.wait_for_everyone()


def load_checkpoint(path: Path, task: Any, accelerator: Accelerator) -> dict[str, Any]:
    """Puts a run's state back and returns its position. A difference in the environment is warned of, by name.

    Raises:
        CourseError: missing, damaged, of another task or of another configuration.
    """
    state = read_checkpoint(path)
    for difference in _differences(state["environment"], environment(accelerator)):
        warnings.warn(f"{path}: {difference}; the resumed run may differ in its last digits.", stacklevel=2)
    try:
        for name, network in task.networks.items():
            accelerator.unwrap_model(network).load_state_dict(state["networks"][name])
        for name, optimizer in task.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        own = state["processes"][min(accelerator.process_index, len(state["processes"]) - 1)]
        for name, part in task.extra.items():
            part.load_state_dict(own["extra"][name])
    except (KeyError, RuntimeError, ValueError) as error:
        raise CourseError(
            f"{path} belongs to another configuration ({_first_line(error)}). Resume with the run's own settings or choose another --out."
        ) from error
    if accelerator.scaler and state["scaler"]:
        accelerator.scaler.load_state_dict(state["scaler"])
    _set_random_state(own["random"])
    return state["position"]


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A checkpoint as saved, on the CPU: tensors and plain values only.

    Raises:
        CourseError: missing, damaged, or no checkpoint of this course.
    """
    if not path.is_file():
        raise CourseError(f"There is no checkpoint {path} to resume from. Leave out --resume to start anew.")
    state = read_tensors(path)
    if not isinstance(state, dict) or state.get("format") != FORMAT or not state.keys() >= PARTS:
        raise CourseError(f"{path} is no checkpoint of this course (format {FORMAT}). Start anew without --resume.")
    return state


def _differences(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    return [f"{name} was {then.get(name)}, is {now[name]}" for name in now if then.get(name) != now[name]]


def _first_line(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[min(1, len(lines) - 1)] if lines else type(error).__name__


def _random_state(accelerator: Accelerator) -> dict[str, Any]:
    version, words, gauss = random.getstate()
    state: dict[str, Any] = {"torch": torch.get_rng_state(), "python": [version, list(words), gauss]}
    if accelerator.device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def _set_random_state(state: dict[str, Any]) -> None:
    torch.set_rng_state(state["torch"])
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
