"""When two observations are the same, how far apart they are, and the most telling difference in words."""

import math
from collections.abc import Mapping

import numpy as np
from torch import Tensor

from course_lib.grading.observe import FACT, Observation

# Right formulas agree to 1e-12 in float64, and to 6e-8 of the largest value where a constant was a float32 on its way
# (`torch.tensor([0.485, …])`, `torch.arange(4) + 0.5`); variants differ by 100 of these units or more.
RELATIVE, ABSOLUTE = 1e-7, 1e-8
PATTERN = "\x1f"  # parts a clause from the regularity found in it
SEEN = "seen: "  # observations that explain a difference and are not one themselves: an extra call of a network is no mistake


def compared(seen: Observation) -> dict[str, Tensor]:
    """The values that decide whether an answer is right: without facts and what only explains."""
    return {name: value for name, value in seen.values.items() if not name.startswith((SEEN, FACT))}


def facts(seen: Observation) -> dict[str, float]:
    """How the answer came about."""
    return {n.removeprefix(FACT): float(v) for n, v in seen.values.items() if n.startswith(FACT) and v.numel() == 1}


def distance(found: Observation, expected: Observation) -> float:
    """Largest difference in units of the tolerance: ≤ 1 is the same, infinity for another form, error or infinity."""
    if found.error or expected.error:
        return 0.0 if found.error == expected.error else math.inf
    a, b = compared(found), compared(expected)
    if a.keys() != b.keys():
        return math.inf
    return max((apart(a[name], b[name]) for name in b), default=0.0)


def same(found: Observation, expected: Observation) -> bool:
    return distance(found, expected) <= 1


def alike(found: Observation, mistake: Observation) -> bool:
    """As :func:`same`, for naming: what is not finite is alike, because NaN and ∞ depend on how a formula is written down."""
    if found.error or mistake.error:
        return found.error == mistake.error
    a, b = compared(found), compared(mistake)
    return a.keys() == b.keys() and all(apart(_finite(a[name]), _finite(b[name])) <= 1 for name in b)


def _finite(t: Tensor) -> Tensor:
    return t.nan_to_num(math.inf, math.inf, math.inf) if t.is_floating_point() else t


def apart(a: Tensor, b: Tensor) -> float:
    """The largest difference of two tensors in units of the tolerance; infinity for another shape or kind of float."""
    # float32 against float64 is a difference of its own, and so are whole numbers where floats are right.
    if a.shape != b.shape or other_dtype(a, b) or a.is_complex():
        return math.inf
    if a.numel() == 0:
        return 0.0
    x, y = as_array(a), as_array(b)
    largest = np.abs(y[np.isfinite(y)]).max(initial=0.0)
    with np.errstate(invalid="ignore"):
        same_special = (x == y) | (np.isnan(x) & np.isnan(y))
        units = np.abs(x - y) / (ABSOLUTE + RELATIVE * np.maximum(largest, np.abs(x)))
    units = np.where(same_special, 0.0, np.where(np.isfinite(units), units, math.inf))
    return float(units.max())


def other_dtype(a: Tensor, b: Tensor) -> bool:
    return b.is_floating_point() and a.dtype != b.dtype


def as_array(t: Tensor) -> np.ndarray:
    return t.double().numpy()


def number(value: float, other: float = math.nan) -> str:
    """A number as a learner wants to read it: five significant digits, and more only where ``other`` looks the same."""
    for digits in range(5, 16):
        if f"{value:.{digits}g}" != f"{other:.{digits}g}" or value == other:
            break
    return f"{value:.{max(digits, 6 if abs(value) >= 1e4 else 5)}g}"


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
    values = compared(found)
    _, clause = min(
        (_clause(name, values.get(name), right, show) for name, right in compared(expected).items()),
        key=lambda ranked: ranked[0],
    )
    if not pattern:
        clause = clause.split(PATTERN)[0]
    return clause.replace(PATTERN, "; ") + _seen(found.values, expected.values)


def _seen(found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> str:
    return "".join(
        f" ({name.removeprefix(SEEN)}: {', '.join(map(str, found[name].tolist()))}; right: {', '.join(map(str, right.tolist()))})"
        for name, right in expected.items()
        if name.startswith(SEEN) and name in found and apart(found[name], right) > 1
    )


def _clause(name: str, a: Tensor | None, b: Tensor, show: bool) -> tuple[int, str]:
    """(rank, words): the lower the rank, the more it tells."""
    slope = name.removeprefix("slope for ") if name.startswith("slope for ") else ""
    subject = "your answer" if name == "value" else f"the {name}"
    if a is None:
        return 7, f"{subject} is missing"
    if apart(a, b) <= 1:
        return 99, f"{subject} is right"
    if a.shape != b.shape:
        right = f" where {tuple(b.shape)} is right" if show else ", which is not the right one"
        return 1, f"{subject} has the shape {tuple(a.shape)}{right}"
    if a.is_complex():
        return 1, f"{subject} is complex"
    if other_dtype(a, b):
        dtypes = f"is {_dtype(a)} where the inputs are {_dtype(b)}"
        return 1, f"{subject} {dtypes}; keep the dtype and device of what you are given"
    x, y = as_array(a), as_array(b)
    if not np.isfinite(x[np.isfinite(y)]).all():
        return 2, f"{subject} is {'NaN' if np.isnan(x).any() else 'infinite'}, where a finite number is right"
    if x.size == 1:
        told = f" (right: {number(y.item(), x.item())}{_hair(x.item(), y.item())})" if show else ""
        begin = "you return" if name == "value" else f"{subject} is"
        return (3 if name == "value" else 4), f"{begin} {number(x.item(), y.item())}{told}{_pattern(x, y)}"
    if slope and not x.any():
        return 5, f"no gradient reaches {slope}"
    if slope and not y.any():
        return 5, f"a gradient reaches {slope}, where none should"
    if not x.any():
        return 5, f"{subject} is 0 throughout"
    with np.errstate(invalid="ignore"):  # ∞ − ∞, where both are the same infinity
        worst = int(np.nan_to_num(np.abs(x - y), nan=0.0).argmax())
    here, there = float(x.flat[worst]), float(y.flat[worst])
    place = f" at place {[int(i) for i in np.unravel_index(worst, x.shape)]}"
    told = f" where {number(there, here)} is right{_hair(here, there)}" if show else ", which is not right"
    return 6, f"{subject}{place} is {number(here, there)}{told}{_pattern(x, y)}"


def _hair(x: float, y: float) -> str:
    """By how much two numbers differ that look alike at first sight."""
    return f", it differs by {abs(x - y):.0e}" if f"{x:.5g}" == f"{y:.5g}" else ""


def _dtype(t: Tensor) -> str:
    return str(t.dtype).removeprefix("torch.")


def _pattern(x: np.ndarray, y: np.ndarray) -> str:
    """A regularity of the difference: the wrong sign, a constant factor, a constant shift; empty if there is none."""
    if not (np.isfinite(x).all() and np.isfinite(y).all()):  # infinity times a factor is infinity
        return ""
    if y.any() and np.allclose(x, -y, rtol=1e-6, atol=1e-12):
        return f"{PATTERN}it has the right size and the wrong sign"
    some = np.abs(y) > 1e-12
    if some.any() and not np.abs(x[~some]).any():
        ratios = x[some] / y[some]
        ratio = float(ratios.flat[0])
        alike = np.abs(ratios - ratio).max() < 1e-6 * max(1.0, abs(ratio))
        if alike and abs(ratio - 1) > 1e-5 and (x.size > 1 or _telling(ratio)):
            return (
                f"{PATTERN}that is {number(ratio)} times the right {'number' if x.size == 1 else 'numbers, throughout'}"
            )
    if x.size > 1 and np.ptp(x - y) < 1e-9:
        return f"{PATTERN}every number is off by {number(float((x - y).flat[0]))}"
    return ""


def _telling(ratio: float) -> bool:
    """Factors that come from a forgotten ½ or a missing mean, and not by chance."""
    return any(abs(r - round(r)) < 1e-6 and 2 <= abs(round(r)) <= 1000 for r in (ratio, 1 / ratio if ratio else 0.0))
