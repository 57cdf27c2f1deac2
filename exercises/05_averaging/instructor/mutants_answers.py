"""Exercise 05, wrong: the best answers under squared and absolute errors."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------- best_under_squares

_f = "best_under_squares"
_add(_f, "the median", "is a median: that is best under absolute errors; under squared errors it is the mean")(
    lambda v: v.median(dim=0).values
)
_add(_f, "the median", "is a median (the middle of the two in the middle): under squared errors the mean is best")(
    lambda v: v.quantile(0.5, dim=0)
)
_add(_f, "the most frequent", "is the value that occurs most often; squared errors ask for the mean of all")(
    lambda v: v.mode(dim=0).values
)
_add(_f, "one of the pictures", "is the first of the right pictures: that is what a GAN may do, an average is nearer")(
    lambda v: v[0].clone()
)
_add(
    _f, "one of the pictures", "is the right picture that is nearest to the others; an answer need not be one of them"
)(lambda v: v[(v[:, None] - v[None]).square().flatten(2).mean(dim=2).mean(dim=1).argmin()].clone())
_add(_f, "the middle of the range", "is the middle between the smallest and the largest value; every value counts")(
    lambda v: (v.amin(dim=0) + v.amax(dim=0)) / 2
)
_add(_f, "sum for mean", "is the sum of the pictures; divide it by their number", catalogue=6)(lambda v: v.sum(dim=0))
_add(_f, "divided by N − 1", "is divided by N − 1, as an unbiased variance is; a mean is divided by N")(
    lambda v: v.sum(dim=0) / (len(v) - 1)
)
_add(_f, "root of the mean square", "is the root of the mean square; the error is squared, not the values")(
    lambda v: v.square().mean(dim=0).sqrt()
)
_add(_f, "mean of the squares", "is the mean of the squares; the error is squared, not the values")(
    lambda v: v.square().mean(dim=0)
)
_add(_f, "one number for all", "is one number for the whole picture: each place and channel has its own mean")(
    lambda v: v.mean()
)
_add(_f, "averaged over the channels", "averages over the channels as well, or instead of the pictures")(
    lambda v: v.mean(dim=1)
)
_add(_f, "averaged over the channels", "averages over the channels as well: the answer is grey")(
    lambda v: v.mean(dim=(0, 1), keepdim=True)[0].expand_as(v[0])
)
_add(_f, "averaged over the places", "averages over the places: the answer is one colour")(
    lambda v: v.mean(dim=(0, 2, 3), keepdim=True)[0].expand_as(v[0])
)
_add(_f, "averaged over the places", "averages each picture over its places; average over the pictures, dimension 0")(
    lambda v: v.mean(dim=(2, 3))
)
_add(_f, "a batch of one", "keeps the first dimension, (1, C, H, W); the answer is one picture, (C, H, W)")(
    lambda v: v.mean(dim=0, keepdim=True)
)
_add(_f, "the same answer N times", "is N pictures; one answer has to serve all of them")(
    lambda v: v.mean(dim=0, keepdim=True).expand_as(v).clone()
)
_add(_f, "rounded to black or white", "rounds the mean; under squared errors the grey between is better")(
    lambda v: v.mean(dim=0).round()
)

# ----------------------------------------------------------------------------------------------- best_under_absolutes

_f = "best_under_absolutes"


def _sorted(low, high):
    """The range from two places in the sorted values, which depend on N."""

    def answer(v):
        ordered, n = v.sort(dim=0).values, len(v)
        return ordered[low(n)], ordered[high(n)]

    return answer


_add(_f, "the mean", "is the mean, twice: that is best under squared errors; under absolute errors count, do not add")(
    lambda v: (v.mean(dim=0), v.mean(dim=0))
)
_add(_f, "one median twice", "is the lower of the two in the middle, twice: for an even N the other is as good")(
    lambda v: (v.median(dim=0).values,) * 2
)
_add(_f, "one median twice", "is the upper of the two in the middle, twice: for an even N the other is as good")(
    _sorted(lambda n: n // 2, lambda n: n // 2)
)
_add(
    _f,
    "the middle of the two",
    "is the middle of the two in the middle, twice: for an even N everything between them is as good",
)(lambda v: (v.quantile(0.5, dim=0),) * 2)
_add(_f, "all values", "reaches from the smallest to the largest value; the best are between the two in the middle")(
    lambda v: (v.amin(dim=0), v.amax(dim=0))
)
_add(_f, "the quartiles", "reaches from a quarter to three quarters; the best are between the two in the middle")(
    lambda v: (v.quantile(0.25, dim=0), v.quantile(0.75, dim=0))
)
_add(_f, "returned in the other order", "comes in the other order: the lowest first, then the highest")(
    _sorted(lambda n: n // 2, lambda n: (n - 1) // 2)
)
_add(_f, "even N assumed", "takes the places N/2 − 1 and N/2: for an odd N the one in the middle alone is best")(
    _sorted(lambda n: n // 2 - 1, lambda n: n // 2)
)
_add(_f, "one place too far", "takes the places N/2 and N/2 + 1, as if they were counted from 1")(
    _sorted(lambda n: n // 2, lambda n: n // 2 + 1)
)
_add(_f, "one place too far", "takes the places (N + 1)/2 and N/2 + 1, as if they were counted from 1")(
    _sorted(lambda n: (n + 1) // 2, lambda n: n // 2 + 1)
)
_add(_f, "a neighbour on each side", "takes one value too many on each side of the middle")(
    _sorted(lambda n: (n - 1) // 2 - 1, lambda n: n // 2 + 1)
)
_add(_f, "not sorted", "takes the pictures in the middle of the batch; at each place sort the values first")(
    lambda v: (v[(len(v) - 1) // 2].clone(), v[len(v) // 2].clone())
)


@_add(_f, "whole pictures sorted", "sorts whole pictures by their brightness; each place has its own order")
def _(v):
    order = v.mean(dim=(1, 2, 3)).argsort()
    return v[order[(len(v) - 1) // 2]], v[order[len(v) // 2]]


@_add(_f, "sorted along another axis", "sorts along the channels or along a row; sort the N values of a place")
def _(v):
    ordered = v.sort(dim=1).values
    return ordered[(len(v) - 1) // 2], ordered[len(v) // 2]


@_add(_f, "sorted along another axis", "sorts along the last dimension, where `sort()` sorts; sort the N values, dim=0")
def _(v):
    ordered = v.sort().values
    return ordered[(len(v) - 1) // 2], ordered[len(v) // 2]


@_add(_f, "one number for all", "is one number for the whole picture: each place has its own values")
def _(v):
    ordered = v.flatten().sort().values
    return ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]


_add(_f, "the most frequent", "is the value that occurs most often; that is no median unless it has more than half")(
    lambda v: (v.mode(dim=0).values,) * 2
)
_add(_f, "mean and spread", "is the mean less and plus the standard deviation; a median does not know about either")(
    lambda v: (v.mean(dim=0) - v.std(dim=0), v.mean(dim=0) + v.std(dim=0))
)
_add(_f, "median and mean", "is the median and the mean, in order of size; the mean is best under squared errors")(
    lambda v: (
        torch.minimum(v.quantile(0.5, dim=0), v.mean(dim=0)),
        torch.maximum(v.quantile(0.5, dim=0), v.mean(dim=0)),
    )
)
_add(_f, "a batch of one", "keeps the first dimension, (1, C, H, W); each answer is one picture, (C, H, W)")(
    lambda v: (v.median(dim=0, keepdim=True).values, -(-v).median(dim=0, keepdim=True).values)
)
