"""The random numbers of a process: kept in checkpoints, and set aside while a picture is drawn."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


def random_state(device: torch.device) -> dict[str, Any]:
    """Python's, torch's and the device's own generator, as plain values and tensors."""
    version, words, gauss = random.getstate()
    state: dict[str, Any] = {"torch": torch.get_rng_state(), "python": [version, list(words), gauss]}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(state: dict[str, Any], device: torch.device) -> None:
    """The inverse of ``random_state``; another kind of device keeps its own."""
    torch.set_rng_state(state["torch"])
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Within it torch's numbers, on the CPU and on ``device``, begin at ``seed``; after it they go on as before."""
    before = random_state(device)
    torch.manual_seed(seed)
    try:
        yield
    finally:
        set_random_state(before, device)
