"""Exercise 04, wrong: a label as a row of numbers, and as maps."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def hot(labels, classes):
    return F.one_hot(labels, classes).double()


def maps(labels, classes, height, width):
    return hot(labels, classes)[:, :, None, None].expand(-1, -1, height, width)


# ------------------------------------------------------------------------------------------------------------ one_hot

_f = "one_hot"
_add(
    _f,
    "transposed",
    "lies along the wrong axis: one row a class and one column a label; each label needs a row of its own",
    catalogue=25,
)(lambda labels, n: hot(labels, n).T)


@_add(
    _f,
    "written along the wrong axis",
    "has the right shape, but its ones are written along the wrong axis (`scatter_` along dimension 0)",
    catalogue=25,
)
def _(labels, n):
    rows = torch.zeros(len(labels), n)
    for i, label in enumerate(labels.tolist()):
        rows[label % len(labels), i % n] = 1
    return rows


_add(
    _f,
    "written along the wrong axis",
    "writes its ones along the wrong axis (`scatter_` along dimension 0): a label then counts rows, and there may be too few",
    catalogue=25,
)(lambda labels, n: torch.zeros(len(labels), n).scatter_(0, labels[None], 1.0))
_add(
    _f,
    "classes counted from 1",
    "counts the classes from 1: every one sits a column too far to the left, and class 0 lands in the last column",
    catalogue=26,
)(lambda labels, n: torch.eye(n)[labels - 1])
_add(
    _f,
    "last class without a column",
    "has no column for the last class (off by one): there are `classes` columns, 0 to classes − 1",
    catalogue=26,
)(lambda labels, n: hot(labels, n)[:, :-1])
_add(
    _f,
    "last class called the one before",
    "gives the last class the column of the one before (off by one)",
    catalogue=26,
)(lambda labels, n: hot(labels.clamp(max=n - 2), n))
_add(_f, "first class without a column", "has no column for class 0, which becomes a row of zeros")(
    lambda labels, n: hot(labels, n)[:, 1:]
)
_add(_f, "a column too many", "has a column too many, as if classes were counted from 1", catalogue=26)(
    lambda labels, n: hot(labels, n + 1)
)
_add(
    _f,
    "as many columns as occur",
    "has only as many columns as classes occur in this batch (`one_hot` without `classes`): the next batch may have another width",
)(lambda labels, n: F.one_hot(labels))
_add(_f, "the number itself", "is the label as a number: as if class 2 were twice class 1")(
    lambda labels, n: labels[:, None].double()
)
_add(_f, "the number in its column", "has the label's number in its column instead of a one: class 0 disappears")(
    lambda labels, n: hot(labels, n) * labels[:, None]
)
_add(_f, "ones up to the label", "has ones in all columns up to the label, as if classes had an order")(
    lambda labels, n: hot(labels, n).flip(1).cumsum(1).flip(1)
)
_add(_f, "one row for the batch", "is one row for the whole batch: which picture has which label is lost")(
    lambda labels, n: hot(labels, n).amax(dim=0)
)
_add(_f, "columns reversed", "counts the columns from the right")(lambda labels, n: hot(labels, n).flip(1))
_add(_f, "zeros and ones exchanged", "has zeros and ones exchanged")(lambda labels, n: 1 - hot(labels, n))
_add(_f, "minus ones", "has −1 where a 0 belongs")(lambda labels, n: 2 * hot(labels, n) - 1)
_add(_f, "smoothed", "is smoothed, which nobody asked for here", catalogue=18)(
    lambda labels, n: 0.9 * hot(labels, n) + 0.1 / n
)

_add(_f, "divided by the classes", "is the label divided by the number of classes: as if class 2 were twice class 1")(
    lambda labels, n: (labels / n)[:, None].expand(-1, n)
)
_add(_f, "divided by the classes", "is the label divided by the number of classes: as if class 2 were twice class 1")(
    lambda labels, n: (labels / n)[:, None]
)
_add(_f, "divided by the classes", "is the label divided by the number of classes: as if class 2 were twice class 1")(
    lambda labels, n: (labels / (n - 1))[:, None]
)
_add(_f, "the number itself", "has the label's number in every column: as if class 2 were twice class 1")(
    lambda labels, n: labels[:, None].double().expand(-1, n)
)


@_add(
    _f,
    "every label in every row",
    "sets the columns of all the labels in every row (`out[:, labels] = 1`): each row has a label of its own",
)
def _(labels, n):
    rows = torch.zeros(len(labels), n)
    rows[:, labels] = 1
    return rows


_add(_f, "ones up to the label", "has ones in all columns below the label, as if classes had an order")(
    lambda labels, n: (torch.arange(n)[None] < labels[:, None]).double()
)
_add(_f, "ones up to the label", "has ones in all columns from the label on, as if classes had an order")(
    lambda labels, n: (torch.arange(n)[None] >= labels[:, None]).double()
)
_add(
    _f,
    "classes counted from 1",
    "counts the classes from 1: every one sits a column too far to the right",
    catalogue=26,
)(lambda labels, n: torch.eye(n)[(labels + 1) % n])
_add(_f, "softmax of it", "is a softmax of the one-hot row; the row itself has one 1 and zeros")(
    lambda labels, n: hot(labels, n).softmax(dim=1)
)
_add(_f, "divided by the batch", "divides by the number of labels; each row has a full 1")(
    lambda labels, n: hot(labels, n) / len(labels)
)

# --------------------------------------------------------------------------------------------------------- label_maps

_f = "label_maps"
_add(
    _f,
    "repeated in the wrong order",
    "varies over space: `repeat` lays the row out pixel after pixel, and `view` then cuts it into channels that are no longer constant",
    catalogue=31,
)(lambda labels, n, h, w: hot(labels, n).repeat(1, h * w).view(len(labels), n, h, w))
_add(
    _f,
    "expanded at the front",
    "varies over space: the new dimensions were put in front, and `reshape` mixes them with batch and channels",
    catalogue=31,
)(lambda labels, n, h, w: hot(labels, n).expand(h, w, len(labels), n).reshape(len(labels), n, h, w))
_add(
    _f,
    "one pixel only",
    "says its label in one pixel only; each channel must be constant, or the other places never hear of it",
    catalogue=31,
)(lambda labels, n, h, w: F.pad(hot(labels, n)[:, :, None, None], (0, w - 1, 0, h - 1)))
_add(
    _f,
    "fades over the picture",
    "fades from left to right; each channel must be constant",
    catalogue=31,
)(lambda labels, n, h, w: maps(labels, n, h, w) * torch.linspace(0, 1, w))
_add(
    _f,
    "shares that add up to one",
    "divides the one by the number of pixels; every pixel of the channel is a full one",
)(lambda labels, n, h, w: maps(labels, n, h, w) / (h * w))
_add(_f, "not spread", "stays 1×1: it does not cover height and width")(
    lambda labels, n, h, w: hot(labels, n)[:, :, None, None]
)
_add(_f, "height and width exchanged", "has height and width exchanged")(lambda labels, n, h, w: maps(labels, n, w, h))
_add(_f, "channels last", "has its channels last; here they come second, (B, classes, height, width)")(
    lambda labels, n, h, w: maps(labels, n, h, w).permute(0, 2, 3, 1)
)
_add(
    _f,
    "classes and labels exchanged",
    "has batch and classes exchanged: the first dimension runs over the labels",
    catalogue=25,
)(lambda labels, n, h, w: maps(labels, n, h, w).transpose(0, 1))
_add(
    _f,
    "one channel with the number",
    "is one channel filled with the label's number: as if class 2 were twice class 1",
)(lambda labels, n, h, w: labels.double()[:, None, None, None].expand(-1, 1, h, w))
_add(_f, "classes counted from 1", "counts the classes from 1: class 0 lands in the last channel", catalogue=26)(
    lambda labels, n, h, w: maps((labels - 1) % n, n, h, w)
)
_add(_f, "last class without a channel", "has no channel for the last class (off by one)", catalogue=26)(
    lambda labels, n, h, w: maps(labels, n, h, w)[:, :-1]
)
_add(_f, "first label for all", "takes the first picture's label for the whole batch")(
    lambda labels, n, h, w: maps(labels[:1].expand(len(labels)), n, h, w)
)
_add(_f, "batch forgotten", "has no batch dimension")(lambda labels, n, h, w: maps(labels, n, h, w)[0])


@_add(
    _f,
    "every label in every picture",
    "sets the channels of all the labels in every picture (`out[:, labels] = 1`): each picture has a label of its own",
)
def _(labels, n, h, w):
    maps_ = torch.zeros(len(labels), n, h, w)
    maps_[:, labels] = 1
    return maps_


_add(
    _f, "one channel with the number", "fills every channel with the label's number: as if class 2 were twice class 1"
)(lambda labels, n, h, w: labels.double()[:, None, None, None].expand(-1, n, h, w))
_add(_f, "one channel with the number", "is one channel filled with the label divided by the number of classes")(
    lambda labels, n, h, w: (labels / n)[:, None, None, None].expand(-1, 1, h, w)
)
_add(_f, "−1 for 0", "has −1 where a 0 belongs")(lambda labels, n, h, w: 2 * maps(labels, n, h, w) - 1)
_add(_f, "the number in its channel", "has the label's number in its channel instead of a one: class 0 disappears")(
    lambda labels, n, h, w: maps(labels, n, h, w) * labels[:, None, None, None]
)
_add(_f, "not spread over the height", "covers the width and not the height, or the height and not the width")(
    lambda labels, n, h, w: maps(labels, n, 1, w)
)
_add(_f, "not spread over the height", "covers the width and not the height, or the height and not the width")(
    lambda labels, n, h, w: maps(labels, n, h, 1)
)
_add(_f, "spread in front", "has height and width in front of batch and classes; they come last")(
    lambda labels, n, h, w: hot(labels, n).expand(h, w, -1, -1)
)
_add(
    _f,
    "one pixel only",
    "says its label in one row or one column of pixels only; each channel must be constant",
    catalogue=31,
)(lambda labels, n, h, w: maps(labels, n, h, w) * (torch.arange(h) == 0)[:, None])
