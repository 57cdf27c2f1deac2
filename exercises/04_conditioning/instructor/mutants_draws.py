"""Exercise 04, wrong: draws of wrong labels."""

import random

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# -------------------------------------------------------------------------------------------------- mismatched_labels

_f = "mismatched_labels"
ASKED = "the generator was asked"


def _draw(low, high, labels, generator):
    return torch.randint(low, high, labels.shape, generator=generator)


_add(
    _f,
    "any label",
    "draws any label (or a step of zero or more), so that once in a while it is the right one",
    evidence={"the labels themselves in another order": 0},
)(lambda labels, n, g: _draw(0, n, labels, g))
_add(
    _f,
    "labels shuffled",
    "shuffles the labels of the batch: some pictures get their own class again",
    evidence={"the labels themselves in another order": 1, ASKED: 1},
)(lambda labels, n, g: labels[torch.randperm(len(labels), generator=g)])
_add(
    _f,
    "last step left out",
    "never takes the longest step: `randint` leaves its upper end out already, so one of the wrong classes never comes",
    catalogue=26,
)(lambda labels, n, g: (labels + _draw(1, n - 1, labels, g)) % n)
_add(
    _f,
    "steps from zero, last left out",
    "draws steps from 0 to classes − 2 instead of 1 to classes − 1",
    catalogue=26,
)(lambda labels, n, g: (labels + _draw(0, n - 1, labels, g)) % n)
_add(
    _f,
    "always the next class",
    "always takes the next class: D would learn that pair alone to be wrong",
    evidence={ASKED: 0},
)(lambda labels, n, g: (labels + 1) % n)
_add(
    _f,
    "always the class before",
    "always takes the class before: D would learn that pair alone to be wrong",
    evidence={ASKED: 0},
)(lambda labels, n, g: (labels - 1) % n)
_add(
    _f,
    "one step for the whole batch",
    "draws one step and takes it for the whole batch; each label has a step of its own",
    evidence={ASKED: 1, "one step for all": 1},
    decisive=True,
)(lambda labels, n, g: (labels + int(_draw(1, n, labels[:1], g))) % n)
_add(
    _f,
    "counted from the other end",
    "takes classes − 1 − label, always the same, and with an odd number of classes one stays right",
)(lambda labels, n, g: n - 1 - labels)
_add(_f, "remainder forgotten", "runs out at the upper end: the remainder by `classes` is missing")(
    lambda labels, n, g: labels + _draw(1, n, labels, g)
)
_add(
    _f,
    "stopped at the last class",
    "stops at the last class instead of going on at 0: that class comes too often, and stays right",
)(lambda labels, n, g: (labels + _draw(1, n, labels, g)).clamp(max=n - 1))


@_add(
    _f,
    "hits moved on by one",
    "moves a label that happens to be right on to the next class, which therefore comes twice as often",
)
def _(labels, n, g):
    drawn = _draw(0, n, labels, g)
    return torch.where(drawn == labels, (drawn + 1) % n, drawn)


_add(_f, "never class 0", "draws from the classes 1 and up, whatever the label is")(
    lambda labels, n, g: _draw(1, n, labels, g)
)
_add(
    _f,
    "generator ignored",
    "does not draw with the generator that it is given, so a run cannot be repeated",
    evidence={"random numbers drawn": 1},
    decisive=True,
)(lambda labels, n, g: (labels + torch.randint(1, n, labels.shape)) % n)
_add(
    _f,
    "generator ignored",
    "does not draw with the generator that it is given, so a run cannot be repeated",
    evidence={ASKED: 0},
)(lambda labels, n, g: (labels + torch.tensor(random.choices(range(1, n), k=len(labels)))) % n)  # noqa: S311
_add(
    _f,
    "generator seeded again",
    "seeds the generator that it is given, so that every batch gets the same draws; only whoever made it seeds it",
)(lambda labels, n, g: (labels + _draw(1, n, labels, g.manual_seed(0))) % n)


@_add(
    _f,
    "hits moved on by one",
    "moves a label that happens to be right back to the class before, which therefore comes twice as often",
)
def _(labels, n, g):
    drawn = _draw(0, n, labels, g)
    return torch.where(drawn == labels, (drawn - 1) % n, drawn)


@_add(
    _f,
    "hits set to 0",
    "sets a label that happens to be right to class 0, which therefore comes too often, and stays right for 0",
)
def _(labels, n, g):
    drawn = _draw(0, n, labels, g)
    return torch.where(drawn == labels, 0, drawn)


@_add(
    _f,
    "hits drawn once more",
    "draws a label that happens to be right once more and leaves it at that: now and then it is right again",
)
def _(labels, n, g):
    drawn = _draw(0, n, labels, g)
    return torch.where(drawn == labels, _draw(0, n, labels, g), drawn)


for _moved in (lambda labels: labels.roll(1), lambda labels: labels.flip(0)):
    _add(
        _f,
        "labels moved on in the batch",
        "gives each picture the label of another one of the batch, always in the same way, and often that is the same class",
        evidence={"the labels themselves in another order": 1, ASKED: 0},
    )(lambda labels, n, g, moved=_moved: moved(labels))
_add(_f, "one class for all", "draws one class for the whole batch, which is the right one for some")(
    lambda labels, n, g: torch.zeros_like(labels)
)
_add(_f, "one class for all", "draws one class for the whole batch, which is the right one for some")(
    lambda labels, n, g: torch.full_like(labels, n - 1)
)
_add(_f, "one class for all", "draws one class for the whole batch, which is the right one for some")(
    lambda labels, n, g: torch.ones_like(labels)
)
_add(_f, "one class for all", "draws one class for the whole batch, which is the right one for some")(
    lambda labels, n, g: torch.full_like(labels, 2)
)
_add(_f, "never the last class", "draws from the classes below the last, whatever the label is", catalogue=26)(
    lambda labels, n, g: _draw(0, n - 1, labels, g)
)
_add(
    _f,
    "remainder forgotten",
    "runs out at both ends: it adds a step down or up, and the remainder by `classes` is missing",
)(lambda labels, n, g: labels - _draw(1, n, labels, g))
_add(_f, "labels unchanged", "is the right label still")(lambda labels, n, g: labels.clone())
_add(_f, "as floats", "comes as floats; labels are whole numbers")(
    lambda labels, n, g: ((labels + _draw(1, n, labels, g)) % n).float()
)
