"""Is a drawing like the emoji that the networks know? Three numbers, each beside its range on the validation pairs.

``python -m benchmarks.flat_ranges`` measures the ranges and writes them beside this file.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WHITE = 250  # from here on a channel counts as white: the emoji's white is not always 255
PERCENTILES = (5, 95)
NUMBERS = ("covered", "margin", "spread")
RANGES = Path(__file__).with_name("ranges.json")


def drawn_on(drawing: Image.Image) -> np.ndarray:
    """Which pixels are not white, (H, W)."""
    return np.asarray(drawing).min(-1) < WHITE


def spread(answers: Sequence[Image.Image]) -> np.ndarray:
    """(H, W): the standard deviation over a network's answers to one drawing, mean of the channels, on [−1, 1].

    Each is the answer to the drawing changed in a way that should not matter, changed back; Wang et al. 2019 take the
    spread of such answers for the network's uncertainty ("test-time augmentation").
    """
    return np.std([np.asarray(one, dtype=np.float64) / 127.5 for one in answers], axis=0).mean(-1)


def measure(drawing: Image.Image, unsure: np.ndarray) -> dict[str, float]:
    """The three numbers of a drawing that is not empty.

    Args:
        unsure: ``spread`` of the answers to it.

    Returns:
        "covered": share of the canvas that is drawn on; "margin": the same of its outermost pixels, which emoji leave
        white; "spread": mean spread where it is drawn on.
    """
    where = drawn_on(drawing)
    edge = np.ones_like(where)
    edge[1:-1, 1:-1] = False
    return {
        "covered": float(where.mean()),
        "margin": float(where[edge].mean()),
        "spread": float(unsure[where].mean()),
    }


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """What the benchmark found; empty before it was run."""
    return json.loads(RANGES.read_text(encoding="utf-8")) if RANGES.is_file() else {}


def known(weights: Mapping[str, Any]) -> dict[str, Any]:
    """What the benchmark found with these very weights; empty if it was measured with others.

    Args:
        weights: name of a model → the hashes of its files, as its card has them.
    """
    record = stored()
    return record if all(record.get("weights", {}).get(name) == hashes for name, hashes in weights.items()) else {}


def outside(measured: Mapping[str, float], ranges: Mapping[str, tuple[float, float]]) -> list[str]:
    """The numbers that lie outside of their ranges."""
    return [
        name for name, value in measured.items() if name in ranges and not ranges[name][0] <= value <= ranges[name][1]
    ]
