"""When two observations are the same, how far apart they are, and the most telling difference in words."""

import math

import numpy as np
from torch import Tensor

from course_lib.grading.observe import Observation

RELATIVE, ABSOLUTE = (
    1e-7,
    1e-8,
)  # right formulas agree to 1e-12 in float64; variants differ by 100 of these units or more


def distance(found: Observation, expected: Observation) -> float:
    """Largest difference in units of the tolerance: ≤ 1 is the same, infinity for another form, error or infinity."""
    if found.error or expected.error:
        return 0.0 if found.error == expected.error else math.inf
    if found.values.keys() != expected.values.keys():
        return math.inf
    return max(
        (_distance(found.values[k], expected.values[k]) for k in expected.values if not k.startswith(SEEN)), default=0.0
    )


PATTERN = "\x1f"  # parts a clause from the regularity found in it
SEEN = "seen: "  # observations that explain a difference and are not one themselves: an extra call of a network is no mistake


def same(found: Observation, expected: Observation) -> bool:
    return distance(found, expected) <= 1


def _distance(a: Tensor, b: Tensor) -> float:
    # float32 against float64 is a difference of its own; whole numbers against floats are not.
    if a.shape != b.shape or _other_float(a, b) or a.is_complex():
        return math.inf
    if a.numel() == 0:
        return 0.0
    x, y = _array(a), _array(b)
    with np.errstate(invalid="ignore"):
        same_special = (x == y) | (np.isnan(x) & np.isnan(y))
        units = np.abs(x - y) / (ABSOLUTE + RELATIVE * np.maximum(np.abs(x), np.abs(y)))
    units = np.where(same_special, 0.0, np.where(np.isfinite(units), units, math.inf))
    return float(units.max())


def _other_float(a: Tensor, b: Tensor) -> bool:
    return a.is_floating_point() and b.is_floating_point() and a.dtype != b.dtype


def _array(t: Tensor) -> np.ndarray:
    return t.double().numpy()


def number(value: float) -> str:
    """A number as a learner wants to read it: five significant digits, no noise."""
    return f"{value:.5g}" if abs(value) < 1e4 else f"{value:.6g}"


def in_words(found: Observation, expected: Observation, *, show: bool, pattern: bool = True) -> str:
    """The most telling difference as a clause: "you return 1.1759 (right: 4.2612)", "no gradient reaches fake_scores".

    Args:
        show: whether the right numbers may be told (only for the inputs that learners may see).
        pattern: whether to look for a factor, a sign or a shift, which helps as long as the mistake has no name.
    """
    if found.error:
        return f"it {found.message}"
    if expected.error:
        return f"it gives an answer where none is possible ({expected.message})"
    compared = [name for name in expected.values if not name.startswith(SEEN)]
    _, clause = min(
        (_clause(name, found.values.get(name), expected.values[name], show) for name in compared),
        key=lambda ranked: ranked[0],
    )
    if not pattern:
        clause = clause.split(PATTERN)[0]
    return clause.replace(PATTERN, "; ") + "".join(
        _seen(name, found.values.get(name), right) for name, right in expected.values.items()
    )


def _seen(name: str, a: Tensor | None, b: Tensor) -> str:
    if not name.startswith(SEEN) or a is None or _distance(a, b) <= 1:
        return ""
    return f" ({name.removeprefix(SEEN)}: {', '.join(map(str, a.tolist()))}; right: {', '.join(map(str, b.tolist()))})"


def _clause(name: str, a: Tensor | None, b: Tensor, show: bool) -> tuple[int, str]:
    """(rank, words): the lower the rank, the more it tells."""
    slope = name.removeprefix("slope for ") if name.startswith("slope for ") else ""
    subject = "your answer" if name == "value" else f"the {name}"
    if a is None:
        return 0, f"{subject} is missing"
    if _distance(a, b) <= 1:
        return 99, f"{subject} is right"
    if a.shape != b.shape:
        return 1, f"{subject} has the shape {tuple(a.shape)}" + (
            f" where {tuple(b.shape)} is right" if show else ", which is not the right one"
        )
    if _other_float(a, b):
        return (
            1,
            f"{subject} is {_dtype(a)} where the inputs are {_dtype(b)}; keep the dtype and device of what you are given",
        )
    if a.is_complex():
        return 1, f"{subject} is complex"
    x, y = _array(a), _array(b)
    if not np.isfinite(x[np.isfinite(y)]).all():
        return 2, f"{subject} is {'NaN' if np.isnan(x).any() else 'infinite'}, where a finite number is right"
    if x.size == 1:
        told = f" (right: {number(y.item())})" if show else ""
        verb = "you return" if name == "value" else f"{subject} is"
        return (3 if name == "value" else 4), f"{verb} {number(x.item())}{told}{_pattern(x, y)}"
    if slope and not x.any():
        return 5, f"no gradient reaches {slope}"
    if slope and not y.any():
        return 5, f"a gradient reaches {slope}, where none should"
    if not x.any():
        return 5, f"{subject} is 0 throughout"
    worst = int(np.abs(x - y).argmax())
    place = "" if x.size == 1 else f" at place {[int(i) for i in np.unravel_index(worst, x.shape)]}"
    told = f" where {number(float(y.flat[worst]))} is right" if show else ", which is not right"
    return 6, f"{subject}{place} is {number(float(x.flat[worst]))}{told}{_pattern(x, y)}"


def _dtype(t: Tensor) -> str:
    return str(t.dtype).removeprefix("torch.")


def _pattern(x: np.ndarray, y: np.ndarray) -> str:
    """A regularity of the difference: the wrong sign, a constant factor, a constant shift; empty if there is none."""
    if y.any() and np.allclose(x, -y, rtol=1e-6, atol=1e-12):
        return f"{PATTERN}it has the right size and the wrong sign"
    some = np.abs(y) > 1e-12
    if some.any() and not np.abs(x[~some]).any():
        ratios = x[some] / y[some]
        ratio = float(ratios.flat[0])
        if np.abs(ratios - ratio).max() < 1e-6 * max(1.0, abs(ratio)) and (x.size > 1 or _telling(ratio)):
            return (
                f"{PATTERN}that is {number(ratio)} times the right {'number' if x.size == 1 else 'numbers, throughout'}"
            )
    if x.size > 1 and np.ptp(x - y) < 1e-9:
        return f"{PATTERN}every number is off by {number(float((x - y).flat[0]))}"
    return ""


def _telling(ratio: float) -> bool:
    """Factors that come from a forgotten ½ or a missing mean, and not by chance."""
    return any(abs(r - round(r)) < 1e-6 and 2 <= abs(round(r)) <= 1000 for r in (ratio, 1 / ratio if ratio else 0.0))
