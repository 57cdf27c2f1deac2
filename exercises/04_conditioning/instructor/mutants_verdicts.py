"""Exercise 04, wrong: the accuracy by class, and the best answer under L1."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------------- class_accuracy

_f = "class_accuracy"


def _by_class(right, groups, count):
    return torch.stack([right[groups == k].double().mean() for k in range(count)])


def _accuracy(recognised, overall=None, by_class=None):
    """``recognised(logits)``; ``overall(right, by_class)`` and ``by_class(right, wanted, recognised, count)``."""

    def accuracy(logits, wanted):
        found, count = recognised(logits), logits.shape[1]
        right = (found == wanted).double()
        each = (by_class or (lambda r, w, f, c: _by_class(r, w, c)))(right, wanted, found, count)
        return (overall or (lambda r, e: r.mean()))(right, each), each

    return accuracy


def _top(logits):
    return logits.argmax(dim=1)


_add(
    _f,
    "by recognised class",
    "groups by the recognised class: of what looks like a cat, how much was to be one. Group by what was wanted",
)(_accuracy(_top, by_class=lambda right, wanted, found, count: _by_class(right, found, count)))
_add(
    _f,
    "mean of the classes",
    "averages the classes' shares, so that rare classes count more; overall means over all samples",
)(_accuracy(_top, overall=lambda right, each: each.mean()))
_add(_f, "lowest score", "takes the class with the lowest score")(_accuracy(lambda logits: logits.argmin(dim=1)))
_add(
    _f,
    "along the wrong dimension",
    "looks for the highest score among the samples of a class instead of among the classes of a sample",
)(lambda logits, wanted: (logits.argmax(dim=0) == wanted).double().mean())
_add(_f, "counts by class", "gives numbers where shares are wanted: divide each class by how often it was asked for")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: torch.bincount(wanted, right, minlength=count))
)
_add(
    _f,
    "shares of all samples",
    "divides each class by the number of all samples; divide by how often that class was asked for",
)(
    _accuracy(
        _top,
        by_class=lambda right, wanted, found, count: torch.bincount(wanted, right, minlength=count) / len(wanted),
    )
)
_add(_f, "how often recognised", "counts how often each class was recognised, rightly or wrongly")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: torch.bincount(found, minlength=count) / len(found))
)
_add(_f, "number overall", "gives the number of recognised samples; divide by all samples", catalogue=6)(
    _accuracy(_top, overall=lambda right, each: right.sum())
)
_add(_f, "in percent", "is in percent; a share lies between 0 and 1")(
    lambda logits, wanted: tuple(100 * share for share in _accuracy(_top)(logits, wanted))
)
_add(_f, "share of mistakes", "gives the share of mistakes")(
    lambda logits, wanted: tuple(1 - share for share in _accuracy(_top)(logits, wanted))
)
_add(_f, "overall alone", "comes without the shares of the classes: a good average can hide a class that never works")(
    lambda logits, wanted: _accuracy(_top)(logits, wanted)[0]
)
_add(_f, "returned in the other order", "comes in the other order: first the share overall, then the classes")(
    lambda logits, wanted: _accuracy(_top)(logits, wanted)[::-1]
)
_add(
    _f,
    "classes counted from 1",
    "counts the classes from 1: no sample is what it was to be, or by chance",
    catalogue=26,
)(_accuracy(lambda logits: logits.argmax(dim=1) + 1))
_add(
    _f,
    "confidence for accuracy",
    "averages the probability of the wanted class; a sample counts as recognised or not",
)(
    lambda logits, wanted: (
        logits.softmax(dim=1).gather(1, wanted[:, None]).mean(),
        _by_class(logits.softmax(dim=1).gather(1, wanted[:, None])[:, 0], wanted, logits.shape[1]),
    )
)
_add(
    _f,
    "positive for highest",
    "counts a sample as recognised if its wanted class has a positive score; it must be the highest",
)(
    lambda logits, wanted: (
        (logits.gather(1, wanted[:, None]) > 0).double().mean(),
        _by_class((logits.gather(1, wanted[:, None]) > 0)[:, 0], wanted, logits.shape[1]),
    )
)
_add(_f, "one of the best two", "counts a sample as recognised if its class is among the best two")(
    lambda logits, wanted: (
        (logits.topk(2, dim=1).indices == wanted[:, None]).any(dim=1).double().mean(),
        _by_class((logits.topk(2, dim=1).indices == wanted[:, None]).any(dim=1), wanted, logits.shape[1]),
    )
)
_add(_f, "last class left out", "has no share for the last class", catalogue=26)(
    _accuracy(_top, by_class=lambda right, wanted, found, count: _by_class(right, wanted, count - 1))
)

_add(
    _f,
    "shares of the recognised",
    "divides each class by the number of all recognised samples; divide by how often it was asked for",
)(
    _accuracy(
        _top,
        by_class=lambda right, wanted, found, count: torch.bincount(wanted, right, minlength=count) / right.sum(),
    )
)
_add(_f, "share of mistakes", "gives the classes' shares of mistakes; the shares of recognised ones are wanted")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: 1 - _by_class(right, wanted, count))
)
_add(_f, "in percent", "is in percent where the classes are; a share lies between 0 and 1")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: 100 * _by_class(right, wanted, count))
)
_add(_f, "how often wanted", "gives how often each class was wanted, and not how much of that was recognised")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: torch.bincount(wanted, minlength=count) / len(wanted))
)
_add(_f, "classes divided by their number", "divides each class's share by the number of classes")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: _by_class(right, wanted, count) / count)
)

# ---------------------------------------------------------------------------------------------------------- l1_answer

_f = "l1_answer"
_add(
    _f,
    "mean",
    "is the mean: that is what squares would ask for, and it is grey where lines only sometimes run",
    catalogue=43,
)(lambda x: x.mean(dim=0))
_add(_f, "middle of the range", "is the middle between the largest and the smallest value")(
    lambda x: (x.amax(dim=0) + x.amin(dim=0)) / 2
)
_add(_f, "all lines at once", "takes the darkest value of each pixel: all the lines at once")(lambda x: x.amin(dim=0))
_add(_f, "lightest", "takes the lightest value of each pixel: no line at all")(lambda x: x.amax(dim=0))
_add(_f, "one number for the picture", "is one number for all pixels; each pixel has its own median")(
    lambda x: x.median()
)
_add(_f, "one number spread", "gives all pixels the same number; each pixel has its own median")(
    lambda x: x.median().expand_as(x[0]).clone()
)
_add(_f, "median within each drawing", "takes the median within each drawing; take it over the drawings")(
    lambda x: x.flatten(1).median(dim=1).values
)
_add(_f, "along the height", "takes the median along the height; dimension 0 runs over the drawings")(
    lambda x: x.median(dim=1).values
)
_add(_f, "values and indices", "is the pair (values, indices) that `median(dim=0)` returns; take `.values`")(
    lambda x: x.median(dim=0)
)
_add(_f, "indices", "gives the numbers of the drawings in which the median sits; take `.values`")(
    lambda x: x.median(dim=0).indices
)
_add(_f, "most central drawing", "picks one whole drawing; each pixel is free to take its own value")(
    lambda x: x[(x[:, None] - x[None]).abs().mean(dim=(1, 2, 3)).argmin()].clone()
)
_add(_f, "first drawing", "is simply the first drawing")(lambda x: x[0].clone())
_add(_f, "most frequent value", "takes the most frequent value; where all differ that is any one of them")(
    lambda x: x.mode(dim=0).values
)
_add(_f, "sign of the mean", "rounds the mean to black or white; with grey drawings that is no longer the best")(
    lambda x: x.mean(dim=0).sign()
)
_add(_f, "sum", "adds the drawings up; each pixel has its own median")(lambda x: x.sum(dim=0))
_add(_f, "sum", "adds the drawings up and clamps the sum; each pixel has its own median")(
    lambda x: x.sum(dim=0).clamp(-1, 1)
)
_add(
    _f,
    "mean without the extremes",
    "drops the smallest and the largest value and averages the others; it is the middle one",
)(lambda x: x.sort(dim=0).values[1:-1].mean(dim=0))
_add(_f, "lower quartile", "takes the lower quartile: it splits one quarter from three")(
    lambda x: x.quantile(0.25, dim=0)
)
_add(
    _f,
    "median of a median",
    "takes the median over everything but the last dimension; dimension 0 alone runs over the drawings",
)(lambda x: x.flatten(0, 1).median(dim=0).values)
_add(_f, "along the width", "takes the median along the width; dimension 0 runs over the drawings")(
    lambda x: x.median(dim=-1).values
)
_add(_f, "upper quartile", "takes the upper quartile: it splits three quarters from one")(
    lambda x: x.quantile(0.75, dim=0)
)
_add(_f, "mean", "is the mean of all drawings and pixels, one number: each pixel has its own answer", catalogue=43)(
    lambda x: x.mean()
)
_add(_f, "rounded mean", "rounds the mean to a whole number; with grey drawings that is no longer the best")(
    lambda x: x.mean(dim=0).round()
)
_add(_f, "root mean square", "takes the root of the mean square", catalogue=43)(lambda x: x.square().mean(dim=0).sqrt())
_add(_f, "a dimension too many", "keeps the dimension of the drawings (`keepdim`); the answer is one picture")(
    lambda x: x.median(dim=0, keepdim=True).values
)
_add(_f, "last drawing", "is simply the last drawing")(lambda x: x[-1].clone())
_add(_f, "middle drawing", "takes the drawing in the middle without sorting the values of each pixel first")(
    lambda x: x[len(x) // 2].clone()
)
_add(_f, "distance for the number", "is the least mean distance itself; the number that has it is wanted")(
    lambda x: (x - x.median(dim=0).values).abs().mean(dim=0)
)
