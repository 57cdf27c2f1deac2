"""Is a drawing like the emoji that the networks know? Three numbers, each beside its range on the validation pairs.

``python -m benchmarks.flat_ranges`` measures the ranges and writes them beside this file.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

WHITE = 250  # from here on a channel counts as white: the emoji's white is not always 255
PERCENTILES = (5, 95)
NUMBERS = ("covered", "changed", "apart")
RANGES = Path(__file__).with_name("ranges.json")


def drawn_on(drawing: Image.Image) -> np.ndarray:
    """Which pixels are not white, (H, W)."""
    return np.asarray(drawing).min(-1) < WHITE


def measure(drawing: Image.Image, adversarial: Image.Image, twin: Image.Image | None) -> dict[str, float]:
    """The three numbers of a drawing that is not empty.

    Args:
        adversarial, twin: what the two networks that were trained on pairs made of it; the twin may be missing.

    Returns:
        "covered": share of the canvas that is drawn on; "changed": mean of |answer − drawing| there, on [−1, 1];
        "apart": mean of |answer − twin's answer| there, if there is a twin.
    """
    where = drawn_on(drawing)
    found = {"covered": float(where.mean()), "changed": _distance(adversarial, drawing, where)}
    return found if twin is None else found | {"apart": _distance(adversarial, twin, where)}


def _distance(a: Image.Image, b: Image.Image, where: np.ndarray) -> float:
    apart = np.abs(np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)).mean(-1) / 127.5
    return float(apart[where].mean())


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
