"""Exercise 07: how the history of images is looked at.

Right histories draw their random numbers in different ways, so what is kept of a long run are shares, rounded so
coarsely that chance cannot move them (a right share lies seven standard deviations from the next step), and whether
something ever happened.
"""

import itertools
from collections import deque

import torch
from torch import Tensor

from course_lib.grading.tools import Complaint, leaf, note, picture_like, random_tensor

_fresh = itertools.count(1)


def history_given(seed: int) -> dict[str, Tensor]:
    return {"pattern": random_tensor(seed + 70, 2, 3, 4), "seed": torch.tensor(seed + 3)}


def pictures(given, first: int, count: int) -> Tensor:
    """Pictures number ``first``, ``first`` + 1 …: the number is added to a pattern, so that each can be recognised."""
    return torch.stack([given["pattern"] + first + i for i in range(count)])


def asked(history, images: Tensor) -> Tensor:
    out = history.query(images)
    if out is None or isinstance(out, list | tuple):
        note("gave nothing" if out is None else "gave a list", 1)
    out = picture_like(out, "the pictures for D")
    if out.shape != images.shape:
        raise Complaint(f"returns the shape {tuple(out.shape)} for pictures of the shape {tuple(images.shape)}.")
    return out


def numbers_of(given, images: Tensor) -> list[int]:
    """Which pictures they are; −1 for what was never given."""
    shift = images.detach() - given["pattern"]
    number = shift[:, :1, :1, :1].round()
    same = (shift - number).abs().amax((1, 2, 3)) < 1e-6
    return torch.where(same, number.flatten(), -1.0).int().tolist()


def kept(thing, depth: int = 0) -> list[Tensor]:
    """The tensors that an object keeps, looked for in its attributes and in what these contain; arrays count as
    tensors."""
    if isinstance(thing, Tensor):
        return [thing.detach()]
    if type(thing).__module__ == "numpy":
        return [torch.as_tensor(thing)] if getattr(thing, "ndim", 0) and thing.dtype != object else []
    if isinstance(thing, dict):
        thing = list(thing.values())
    elif hasattr(thing, "query") and hasattr(thing, "__dict__"):
        thing = list(vars(thing).values())
    inside = thing if isinstance(thing, list | tuple | set | deque) and depth < 6 else ()
    return [tensor for part in inside for tensor in kept(part, depth + 1)]


def pictures_kept(given, history) -> list[int]:
    """The numbers of the pictures that it keeps."""
    size = given["pattern"].numel()
    found = [t for t in kept(history) if t.numel() and t.numel() % size == 0]
    return numbers_of(given, torch.cat([t.reshape(-1, *given["pattern"].shape) for t in found])) if found else []


def run_filling(answer, given):
    history = answer(5, int(given["seed"]))
    out = torch.cat([asked(history, pictures(given, first, count)) for first, count in ((0, 2), (2, 1), (3, 2))])
    note("old pictures while it fills", numbers_of(given, out) != [0, 1, 2, 3, 4])
    # Another one, made afterwards, knows nothing of the pictures that were given to others, here or in an earlier run.
    another, first = answer(5, int(given["seed"])), 1000 * next(_fresh)
    own = range(first, first + 40)
    strangers = [n for i in own for n in numbers_of(given, asked(another, pictures(given, i, 1))) if n not in own]
    note("pictures of another history", bool(strangers))
    return {
        "pictures that come back while it fills": out,
        "answer to “does a new history give back pictures of another one?” (1: yes)": bool(strangers),
    }


def run_size_0(answer, given):
    out, stopped = torch.zeros_like(pictures(given, 0, 3)), False
    answer(5, int(given["seed"]))  # what cannot be made at all does not stop because of the 0
    try:
        out = asked(answer(0, int(given["seed"])), pictures(given, 0, 3))
    except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, NotImplementedError):
            raise
        stopped = True  # by whichever error: an empty list, an empty range …
    note("stops at size 0", stopped)
    return {"answer to “does it stop with an error?” (1: yes)": stopped, "pictures that come back": out}


def run_exchange(answer, given):
    """400 pairs of pictures through a history of 8. ``store`` is what a right history holds, oldest first."""
    history, new_ones = answer(8, int(given["seed"])), pictures(given, 0, 800)
    returned = []
    for i, pair in enumerate(new_ones.split(2)):
        returned.append(asked(history, pair).clone())
        if i == 3:
            when_full = pictures_kept(given, history)
    tags = numbers_of(given, torch.cat(returned))
    note("stored pictures change", sorted(when_full) != sorted(pictures_kept(given, history)))
    note("pictures kept in one tensor", any(t.ndim == 4 and len(t) == 8 for t in kept(history)))
    store: list[int] = []
    passed, back = set(), set()
    fresh = oldest = newest = mixed = again = strange = 0
    for first in range(0, 800, 2):
        out = tags[first : first + 2]
        mixed += (out[0] == first) != (out[1] == first + 1)
        for new, tag in enumerate(out, start=first):
            if len(store) < 8:
                store.append(new)
            elif tag == new:
                fresh += 1
                passed.add(new)
            elif tag in store:
                oldest, newest = oldest + (tag == store[0]), newest + (tag == store[-1])
                store.remove(tag)
                store.append(new)
                back.add(tag)
            else:
                again, strange = again + (tag in back), strange + (tag in passed)
    counted = len(back) if len(back) > 100 and not again and not strange else 0  # else the order has no meaning
    room = sum(t.numel() for t in kept(history)) // given["pattern"].numel()
    for_good = bool(counted) and min(store) < 400  # of some hundred exchanges each is right with one of eight
    note("a picture stays for good", for_good)
    note("the newest never comes back", bool(counted) and not newest)
    note("keeps more than its size", room > 8)
    note("an old picture came back", bool(back))
    note("a new picture passed once it was full", bool(passed))
    return {
        "answer to “does a picture stay in its place for good?” (1: yes)": for_good,
        "answer to “does the one that was stored last never come back next?” (1: yes)": bool(counted) and not newest,
        "share of new pictures among those returned once it is full, to the nearest quarter": _rounded(fresh, 792, 4),
        "share of exchanges that bring back the oldest one, to the nearest half": _rounded(oldest, counted, 2),
        "share of exchanges that bring back the newest one, to the nearest half": _rounded(newest, counted, 2),
        "share of pairs in which one is new and one is old, to the nearest half": _rounded(mixed, 400, 2),
        "answer to “does a picture come back a second time, though it was exchanged?” (1: yes)": again > 0,
        "answer to “does a picture come back that had been passed on and not stored?” (1: yes)": strange > 0,
        "answer to “does it keep more pictures than its size?” (1: yes)": room > 8,
    }


def _rounded(count: int, among: int, steps: int) -> float:
    return round(count / among * steps) / steps if among else 0.0


def run_aftermath(answer, given):
    """60 pictures one by one, each part of a graph, and overwritten after the history was asked with −1000 − its
    number."""
    history, attached = answer(3, int(given["seed"])), False
    changed: set[bool] = set()
    for number in range(60):
        image = leaf(pictures(given, number, 1)) * 1
        out = asked(history, image)
        if numbers_of(given, out) != [number]:
            attached = attached or out.requires_grad
            if float(out.detach().max()) < -999:
                changed.add(round(-1000 - float(out.detach().max())) < 3)
        image.data.fill_(-1000.0 - number)
    note("filled without a copy", True in changed)
    note("exchanged without a copy", False in changed)
    note("graph kept", attached)
    overwritten = "when the one given is overwritten?” (1: yes)"
    return {
        f"answer to “does a picture that was stored while it filled change {overwritten}": True in changed,
        f"answer to “does a picture that was stored in exchange change {overwritten}": False in changed,
        "answer to “does a stored picture still hang on the generator's graph?” (1: yes)": attached,
    }


def run_seeds(answer, given):
    """The draws of two histories with one seed, asked in turn; of a third with that seed; of one with another."""

    images = pictures(given, 0, 80).split(1)

    def draws(*seeds: int) -> list[list[bool]]:
        made = [answer(4, seed) for seed in seeds]
        out = [[bool((asked(history, image) == image).all()) for history in made] for image in images]
        return [list(row) for row in zip(*out, strict=True)]

    with torch.random.fork_rng(devices=[]):  # an answer may seed the global generator, which is not its to seed
        seed = int(given["seed"])
        (first, second), (alone,), (again,), (other,) = draws(seed, seed), draws(seed), draws(seed), draws(seed + 1)
    note("one seed other draws in turn", first != second)
    note("one seed other draws", alone != again)
    if len(set(alone[4:])) > 1:  # what, once full, always gives the new one back, or never, says nothing about its seed
        note("two seeds the same draws", alone == other)
    return {
        "answer to “do two histories with one seed differ, asked in turn?” (1: yes)": first != second,
        "answer to “do two histories with one seed differ, asked one after the other?” (1: yes)": alone != again,
        "answer to “do two seeds give the same draws?” (1: yes)": alone == other,
    }
