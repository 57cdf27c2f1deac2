"""Mistakes that every function can have, told by their form: they need no wrong answer to compare with.

Each says only what was measured: a plain number where a graph was wanted, a factor, another shape, a gradient that is
missing. The mistakes of one function alone are its mutants, and those are asked first.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_lib.grading.checks import Check
from course_lib.grading.compare import apart, as_array, compared, facts, number, other_dtype, same
from course_lib.grading.reference import VISIBLE_SEED, Found
from course_lib.grading.stops import Form, of_stop
from course_lib.grading.tools import PLAIN_NUMBER, WITH_GRAPH

HAIR = 2e-4  # a relative difference as small as this comes from rounding or from a tiny number that was added


@dataclass(frozen=True)
class Pair:
    """One observation that was found and what is right, of one case and seed."""

    case: str
    name: str
    found: Tensor
    right: Tensor

    @property
    def differs(self) -> bool:
        return apart(self.found, self.right) > 1

    @property
    def is_slope(self) -> bool:
        return self.name.startswith("slope for ")

    @property
    def is_quantity(self) -> bool:
        """Whether twice as much of it has a meaning: not so for yes and no."""
        return not self.name.startswith("answer to ")


def forms(check: Check, found: Found, expected: Found, seeds: tuple[int, ...]) -> list[Form]:
    """The one form that fits best, or none."""
    keys = [(case.name, seed) for seed in seeds for case in check.cases]
    wrong = [key for key in keys if not same(found[key], expected[key])]
    if wrong[0][1] != VISIBLE_SEED and not found[wrong[0]].error:
        return [Form("right on the visible numbers only", "is right on the numbers you can see and wrong on others")]
    stopped = next((found[key] for key in wrong if found[key].error), None)
    if stopped is not None:
        return [of_stop(stopped)]
    pairs = [
        Pair(key[0], name, compared(found[key])[name], right)
        for key in keys
        if not found[key].error and not expected[key].error
        for name, right in compared(expected[key]).items()
        if name in compared(found[key])
    ]
    return next(_numeric(pairs, found, expected), [])


def _numeric(pairs: list[Pair], found: Found, expected: Found) -> Iterator[list[Form]]:
    wrong = [pair for pair in pairs if pair.differs]
    if all(p.is_slope for p in wrong):
        yield _without_gradient(wrong, found, expected)
    if any(p.found.shape != p.right.shape for p in wrong):
        yield _shape(next(p for p in wrong if p.found.shape != p.right.shape))
    if any(other_dtype(p.found, p.right) for p in wrong):
        odd = next(p for p in wrong if other_dtype(p.found, p.right))
        dtype = str(odd.found.dtype).removeprefix("torch.")
        yield [Form("another dtype", f"comes as {dtype}; keep the dtype of what you are given")]
    if not all(torch.isfinite(p.found.double()).all() for p in wrong if torch.isfinite(p.right.double()).all()):
        nan = any(p.found.isnan().any() for p in wrong)
        yield [Form("not finite", f"becomes {'NaN' if nan else 'infinite'} where a finite number is right", 10)]
    moves = [p for p in wrong if p.name.startswith("change of ")]
    if moves and not any(p.found.any() for p in moves):
        yield [Form("nothing moves", "moves nothing")]
    quantities = [p for p in pairs if p.is_quantity]
    for some in (quantities, [p for p in quantities if p.case == wrong[0].case]) if wrong[0].is_quantity else ():
        factor = _factor(some)
        if factor:
            yield [factor]
    if (
        not any(p.is_slope for p in wrong)
        and all(p.is_quantity for p in wrong)
        and len({round(float((p.found - p.right).double().mean()), 9) for p in wrong}) == 1
    ):
        shift = (wrong[0].found - wrong[0].right).double()
        if float(shift.max() - shift.min()) < 1e-9:
            yield [Form("off by a constant", f"is off by {number(float(shift.flatten()[0]))}, always")]
    if all(_hair(p) for p in wrong):
        text = (
            "is off by a hair, as when a tiny number is added inside a logarithm or a root, a slope or an integral is "
            "taken in steps, or something is rounded to float32"
        )
        yield [Form("off by a hair", text)]
    heard = {p.name for p in pairs if p.is_slope and p.found.any()}
    deaf = [p for p in wrong if p.is_slope and p.right.any() and p.name not in heard]
    if deaf:
        whom = deaf[0].name.removeprefix("slope for ")
        text = f"sends no gradient to {whom}: it does not use it, is cut off from it, or lies on the flat side of a relu or a clamp"
        yield [Form("a part plays no role", text)]
    unwanted = [p for p in wrong if p.is_slope and p.found.any() and not p.right.any()]
    if unwanted:
        whom = unwanted[0].name.removeprefix("slope for ")
        yield [Form("a gradient too many", f"sends a gradient to {whom}, which should get none", 15)]
    if all(p.found.shape == p.right.shape and _same_numbers(p) for p in wrong):
        yield [Form("another order", "has the right numbers in another order")]
    if not any(p.found.any() for p in wrong) and any(p.is_quantity for p in wrong):
        yield [Form("nothing but zeros", "is 0 throughout")]


def _without_gradient(wrong: list[Pair], found: Found, expected: Found) -> list[Form]:
    """The values are right, and what is missing is a gradient: a plain number, a graph cut off, or a part of it."""
    kinds = [
        facts(found[key])[fact]
        for key, right in expected.items()
        for fact, kind in facts(right).items()
        if fact.startswith("kind of ") and kind == WITH_GRAPH and facts(found[key]).get(fact, WITH_GRAPH) != WITH_GRAPH
    ]
    if kinds and not any(p.found.any() for p in wrong):
        if kinds[0] == PLAIN_NUMBER:
            return [
                Form(
                    "a plain number",
                    "is turned into a plain number (`.item()`, `float`): the number is right, and nothing can be learned from it",
                )
            ]
        text = "is cut off from its graph (`detach`, `no_grad`, a new tensor of its numbers): the number is right, and nothing can be learned from it"
        return [Form("no graph", text)]
    cut = [p for p in wrong if not p.found.any() and p.right.any()]
    if cut:
        whom = cut[0].name.removeprefix("slope for ")
        return [
            Form("a part detached", f"has the right value, and {whom} is cut off from the gradient on the way to it")
        ]
    if all(p.found.any() and not p.right.any() for p in wrong):
        whom = wrong[0].name.removeprefix("slope for ")
        return [Form("a gradient too many", f"sends a gradient to {whom}, which should get none", 15)]
    return [Form("another gradient", "has the right value and not the right gradient")]


def _shape(pair: Pair) -> list[Form]:
    subject = "" if pair.name == "value" else f" (the {pair.name})"
    shape, right = tuple(pair.found.shape), tuple(pair.right.shape)
    if pair.found.numel() == pair.right.numel():
        flat = apart(pair.found.reshape(-1).double(), pair.right.reshape(-1).double()) <= 1
        if flat:
            return [
                Form(
                    "another shape", f"has the right numbers in another shape{subject}, {shape} where {right} is right"
                )
            ]
        if _same_numbers(pair):
            return [
                Form("axes exchanged", f"has its axes exchanged{subject}: the shape {shape} where {right} is right")
            ]
    return [Form("another shape", f"comes in another shape{subject}, {shape} where {right} is right")]


def _same_numbers(pair: Pair) -> bool:
    a, b = (np.sort(as_array(t), axis=None) for t in (pair.found, pair.right))
    return a.shape == b.shape and a.size > 1 and bool(np.allclose(a, b, rtol=1e-7, atol=1e-9))


def _factor(pairs: list[Pair]) -> Form | None:
    """One factor on everything, or one for each case, as a sum for a mean gives. Cases that are right say nothing."""
    factors = {case: _ratio([p for p in pairs if p.case == case]) for case in {p.case for p in pairs if p.differs}}
    each = [factor for factor in factors.values() if factor is not None]
    if len(each) < len(factors) or not each:
        return None
    if max(each) - min(each) > 1e-6 * max(map(abs, each)):
        whole = all(r > 1.5 and abs(r - round(r)) < 1e-6 for r in each) or all(
            0 < r < 0.7 and abs(1 / r - round(1 / r)) < 1e-6 for r in each
        )
        text = "is the right answer times a number that depends on how many there are: a sum for a mean, or a mean for a sum"
        return Form("sum for mean", text, 6) if whole else None
    for factor, form in (
        (-1, Form("sign turned", "has the wrong sign, and is right but for that", 5)),
        (0.5, Form("halved", "is half of what it should be", 7)),
        (2, Form("doubled", "is twice what it should be", 7)),
    ):
        if math.isclose(each[0], factor, rel_tol=1e-6):
            return form
    if not each[0] or abs(each[0] - 1) < HAIR:
        return None
    partly = any(not p.differs and p.right.any() for p in pairs)
    where = "where it is wrong" if partly else "everywhere"
    return Form("a factor too many", f"is {number(each[0])} times what it should be, {where}")


def _ratio(pairs: list[Pair]) -> float | None:
    """The one number by which all values of a case are too large, if there are two at least that say so."""
    ratios: list[float] = []
    for pair in pairs:
        x, y = as_array(pair.found), as_array(pair.right)
        some = np.abs(y) > 1e-9
        if x.shape != y.shape or not np.isfinite(x).all() or np.abs(x[~some]).any():
            return None
        ratios.extend((x[some] / y[some]).tolist())
    if len(ratios) < 2 or max(ratios) - min(ratios) > 1e-6 * max(map(abs, ratios)):
        return None
    return ratios[0]


def _hair(pair: Pair) -> bool:
    if pair.found.shape != pair.right.shape:
        return False
    x, y = as_array(pair.found), as_array(pair.right)
    with np.errstate(invalid="ignore"):  # ∞ − ∞, where both are the same infinity
        return bool(((x == y) | (np.abs(x - y) <= HAIR * np.maximum(np.abs(y), 1e-3))).all())
