"""Exercise 04, wrong: draws of wrong labels."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# -------------------------------------------------------------------------------------------------- mismatched_labels

_f = "mismatched_labels"


def _draw(low, high, labels, generator):
    return torch.randint(low, high, labels.shape, generator=generator)


_add(
    _f,
    "any label",
    "draws any label, so that once in a while it is the right one",
    same_as=("labels shuffled", "a step of zero or more"),
)(lambda labels, n, g: _draw(0, n, labels, g))
_add(
    _f,
    "labels shuffled",
    "shuffles the labels of the batch: some pictures get their own class again",
    same_as=("any label", "a step of zero or more"),
)(lambda labels, n, g: labels[torch.randperm(len(labels), generator=g)])
_add(
    _f,
    "a step of zero or more",
    "also draws the step 0, which leaves the label as it was",
    same_as=("any label", "labels shuffled"),
)(lambda labels, n, g: (labels + _draw(0, n, labels, g)) % n)
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
_add(_f, "always the next class", "always takes the next class: D would learn that pair alone to be wrong")(
    lambda labels, n, g: (labels + 1) % n
)
_add(_f, "always the class before", "always takes the class before: D would learn that pair alone to be wrong")(
    lambda labels, n, g: (labels - 1) % n
)
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
_add(_f, "generator ignored", "does not draw with the generator that it is given, so a run cannot be repeated")(
    lambda labels, n, g: (labels + torch.randint(1, n, labels.shape)) % n
)
_add(_f, "labels unchanged", "is the right label still")(lambda labels, n, g: labels.clone())
_add(_f, "as floats", "comes as floats; labels are whole numbers")(
    lambda labels, n, g: ((labels + _draw(1, n, labels, g)) % n).float()
)
