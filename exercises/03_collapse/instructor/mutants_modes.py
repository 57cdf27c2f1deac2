"""Exercise 03, wrong: how far is near, which mode is nearest, which modes are covered."""

import math

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------- share_within

_f = "share_within"
_add(
    _f,
    "one dimension",
    "is the one-dimensional share (99.7 % within 3 deviations); in two dimensions it is less, 98.9 %, because there is more room further out",
    catalogue=116,
)(lambda k: torch.erf(k / math.sqrt(2)))
_add(
    _f,
    "a square for a disc",
    "asks each coordinate on its own: that is the share in a square of half side k, not in a disc of radius k",
)(lambda k: torch.erf(k / math.sqrt(2)) ** 2)
_add(_f, "three dimensions", "is the share in a ball in three dimensions; points of the plane have two")(
    lambda k: torch.erf(k / math.sqrt(2)) - math.sqrt(2 / math.pi) * k * torch.exp(-(k**2) / 2)
)
_add(_f, "the share outside", "is the share outside the radius")(lambda k: torch.exp(-(k**2) / 2))
_add(_f, "the ½ forgotten", "leaves out the ½ in the exponent")(lambda k: 1 - torch.exp(-(k**2)))
_add(_f, "k not squared", "does not square k in the exponent")(lambda k: 1 - torch.exp(-k / 2))
_add(_f, "the density", "is the density at the distance k; integrate it from 0 to k")(
    lambda k: k * torch.exp(-(k**2) / 2)
)
_add(_f, "in percent", "is in percent; a share lies between 0 and 1")(lambda k: 100 * (1 - torch.exp(-(k**2) / 2)))
_add(_f, "a constant", "is the same number whatever k is")(lambda k: 0.9889)
_add(_f, "the remembered 0.997", "is the number remembered for three deviations in one dimension", catalogue=116)(
    lambda k: 0.9973
)

_add(
    _f, "sign of the exponent", "has the exponent positive: (−k)² is k², the minus stands before the square, e^(−k²/2)"
)(lambda k: 1 - torch.exp(k**2 / 2))
_add(_f, "the r forgotten", "leaves out the r: that is the integral of e^(−r²/2) alone")(
    lambda k: math.sqrt(math.pi / 2) * torch.erf(k / math.sqrt(2))
)
_add(_f, "one dimension", "is the share below k in one dimension, Φ(k); it is that within k, in two", catalogue=116)(
    lambda k: (1 + torch.erf(k / math.sqrt(2))) / 2
)
_add(
    _f,
    "one dimension",
    "is erf(k): an error function belongs to one dimension; in two it is 1 − e^(−k²/2)",
    catalogue=116,
)(lambda k: torch.erf(k))
_add(_f, "one dimension", "is the density of one dimension", catalogue=116)(
    lambda k: torch.exp(-(k**2) / 2) / math.sqrt(2 * math.pi)
)
_add(_f, "in percent", "is in percent, and of one dimension; a share lies between 0 and 1")(
    lambda k: 100 * torch.erf(k / math.sqrt(2))
)
_add(_f, "quarter for half", "has k²/4 in the exponent; it is k²/2")(lambda k: 1 - torch.exp(-(k**2) / 4))
_add(_f, "k for k²/2", "has −k in the exponent; it is −k²/2")(lambda k: 1 - torch.exp(-k))
_add(_f, "integral not begun at 0", "stops at −e^(−k²/2): the value at 0, which is −1, has to be subtracted")(
    lambda k: -torch.exp(-(k**2) / 2)
)

# ------------------------------------------------------------------------------------------------------- nearest_mode


def distances(samples, centres):
    return (samples[:, None] - centres[None]).square().sum(dim=2).sqrt()


_f = "nearest_mode"


def _nearest(length, pick=lambda table: table.min(dim=1)):
    def nearest(samples, centres):
        distance, index = pick(length(samples[:, None] - centres[None]))
        return index, distance

    return nearest


def _euclid(difference):
    return difference.square().sum(dim=2).sqrt()


_add(
    _f,
    "nearest sample of each centre",
    "looks along the other dimension: it finds the nearest sample of each centre, K numbers instead of N",
)(_nearest(_euclid, lambda table: table.min(dim=0)))
_add(_f, "returned in the other order", "comes in the other order: first the index, then the distance")(
    lambda s, c: tuple(distances(s, c).min(dim=1))
)
_add(_f, "squared distance", "leaves out the root: the distance is squared")(_nearest(lambda d: d.square().sum(dim=2)))
_add(_f, "sum of the differences' sizes", "adds |Δx| and |Δy|; a straight line is shorter")(
    _nearest(lambda d: d.abs().sum(dim=2))
)
_add(_f, "larger of the two differences", "takes the larger of |Δx| and |Δy|, whose circles are squares")(
    _nearest(lambda d: d.abs().amax(dim=2))
)
_add(_f, "first coordinate only", "compares the first coordinate only")(_nearest(lambda d: d[..., 0].abs()))
_add(_f, "mean for sum", "averages the squared differences of the two coordinates; add them under the root")(
    _nearest(lambda d: d.square().mean(dim=2).sqrt())
)
_add(_f, "farthest", "takes the farthest centre")(_nearest(_euclid, lambda table: table.max(dim=1)))
_add(_f, "signed differences", "adds the signed differences, so that left and up can cancel each other")(
    _nearest(lambda d: d.sum(dim=2))
)
_add(
    _f,
    "inner product",
    "finds the centre with the largest inner product: that depends on the direction from the origin",
)(lambda s, c: ((s @ c.T).argmax(dim=1), distances(s, c).gather(1, (s @ c.T).argmax(dim=1)[:, None])[:, 0]))
_add(_f, "inner product", "takes inner products for distances: they depend on the direction from the origin")(
    lambda s, c: ((s @ c.T).argmax(dim=1), (s @ c.T).amax(dim=1))
)
_add(_f, "counted from 1", "counts the centres from 1; indices start at 0")(
    lambda s, c: (distances(s, c).argmin(dim=1) + 1, distances(s, c).amin(dim=1))
)
_add(_f, "nearest of all", "takes the minimum over the whole table: one number for all the samples")(
    lambda s, c: (distances(s, c).argmin(), distances(s, c).min())
)
_add(_f, "all distances", "gives the distances to all centres; only that to the nearest is wanted")(
    lambda s, c: (distances(s, c).argmin(dim=1), distances(s, c))
)
_add(_f, "columns", "comes as columns, (N, 1); one number a sample, (N,), is wanted")(
    lambda s, c: (distances(s, c).argmin(dim=1, keepdim=True), distances(s, c).amin(dim=1, keepdim=True))
)

_add(_f, "norm along the centres", "takes the length along the wrong dimension: over the centres, not over x and y")(
    lambda s, c: tuple((s[:, None] - c[None]).norm(dim=1).min(dim=1))[::-1]
)
_add(_f, "squared distance", "leaves out the root, and averages besides: the distance is √(Δx² + Δy²)")(
    _nearest(lambda d: d.square().mean(dim=2))
)
_add(_f, "second coordinate only", "compares the second coordinate only")(_nearest(lambda d: d[..., 1].abs()))
_add(_f, "farthest", "takes the farthest centre for the index, and the distance to the nearest")(
    lambda s, c: (distances(s, c).argmax(dim=1), distances(s, c).amin(dim=1))
)
_add(_f, "mean distance", "gives the mean distance to all centres; that to the nearest is wanted")(
    lambda s, c: (distances(s, c).argmin(dim=1), distances(s, c).mean(dim=1))
)

# ------------------------------------------------------------------------------------------------------ mode_coverage

_f = "mode_coverage"


def _near(samples, centres):
    distance, index = distances(samples, centres).min(dim=1)
    return index, distance


def _counts(index, count):
    return torch.bincount(index, minlength=count)


def _coverage(covered=None, share=None, good=lambda distance, radius: distance <= radius):
    """``covered(counts, min_count)`` and ``share(good, counts, covered modes)`` replace the right ones."""

    def coverage(samples, centres, radius, min_count):
        index, distance = _near(samples, centres)
        mask = good(distance, radius)
        counts = _counts(index[mask], len(centres))
        enough = (covered or (lambda c, m: c >= m))(counts, min_count)
        return enough.sum(), (share or (lambda g, c, e: g.double().mean()))(mask, counts, enough)

    return coverage


_add(
    _f,
    "no radius",
    "counts every sample for its nearest mode, however far away it is: noise over the whole plane covers every mode",
    catalogue=114,
)(_coverage(good=lambda distance, radius: distance < math.inf))


@_add(
    _f,
    "no radius for the modes",
    "asks for the radius in the good share only; for the modes it counts every sample, however far away it is",
    catalogue=114,
)
def _(samples, centres, radius, min_count):
    index, distance = _near(samples, centres)
    return (_counts(index, len(centres)) >= min_count).sum(), (distance <= radius).double().mean()


_add(
    _f,
    "no minimum count",
    "calls a mode covered as soon as one good sample falls on it; chance does that",
    catalogue=115,
)(_coverage(covered=lambda counts, minimum: counts > 0))


@_add(
    _f,
    "neither radius nor minimum",
    "calls every mode covered that is nearest to some sample: neither the radius nor the count is asked for",
    catalogue=114,
)
def _(samples, centres, radius, min_count):
    index, distance = _near(samples, centres)
    return len(index.unique()), (distance <= radius).double().mean()


_add(
    _f,
    "coverage alone",
    "comes without the share of good samples: a cloud over everything covers every mode, so coverage alone says little",
    catalogue=117,
)(lambda *a: _coverage()(*a)[0])
_add(
    _f,
    "share of the modes for share of the samples",
    "gives the share of covered modes as its second number; that is coverage again, and quality is left out",
    catalogue=117,
)(_coverage(share=lambda good, counts, enough: enough.double().mean()))
_add(_f, "more than the minimum", "asks for more than `min_count` samples; at least `min_count` is enough")(
    _coverage(covered=lambda counts, minimum: counts > minimum)
)
_add(_f, "number for share", "gives the number of good samples; divide by the number of all samples")(
    _coverage(share=lambda good, counts, enough: good.sum())
)
_add(_f, "share of the bad", "gives the share of samples that are too far away")(
    _coverage(share=lambda good, counts, enough: (~good).double().mean())
)
_add(
    _f,
    "good ones of covered modes",
    "counts as good only the samples of covered modes; a good sample is good wherever it is",
)(_coverage(share=lambda good, counts, enough: counts[enough].sum() / len(good)))
_add(
    _f,
    "covered as a share",
    "gives the covered modes as a share of all modes; their number is asked for",
)(lambda *a: (_coverage()(*a)[0].double() / len(a[1]), _coverage()(*a)[1]))
_add(_f, "good means per mode", "divides the good samples by the number of modes; divide by the number of all samples")(
    _coverage(share=lambda good, counts, enough: counts.double().mean())
)
_add(
    _f,
    "squared distance against the radius",
    "compares the squared distance with the radius: below 1 a square is smaller, so too much is called good",
)(_coverage(good=lambda distance, radius: distance**2 <= radius))
_add(
    _f,
    "three times the radius",
    "takes three radii; the radius is already the limit, whoever chose it has multiplied by three",
)(_coverage(good=lambda distance, radius: distance <= 3 * radius))
_add(_f, "half the radius", "takes the radius for a diameter")(
    _coverage(good=lambda distance, radius: distance <= radius / 2)
)
_add(_f, "returned in the other order", "comes in the other order: first the covered modes, then the share")(
    lambda *a: _coverage()(*a)[::-1]
)
_add(_f, "modes that were missed", "gives the number of modes that were missed")(
    _coverage(covered=lambda counts, minimum: counts < minimum)
)


@_add(
    _f,
    "a square for a disc",
    "asks each coordinate on its own: that is a square around each centre, and its corners are too far away",
)
def _(samples, centres, radius, min_count):
    distance, index = (samples[:, None] - centres).abs().amax(dim=2).min(dim=1)
    counts = _counts(index[distance <= radius], len(centres))
    return (counts >= min_count).sum(), (distance <= radius).double().mean()


@_add(
    _f,
    "counted for two modes",
    "counts a sample for every mode within reach; where discs overlap it belongs to the nearest alone",
)
def _(samples, centres, radius, min_count):
    inside = distances(samples, centres) <= radius
    return (inside.sum(dim=0) >= min_count).sum(), inside.any(dim=1).double().mean()


@_add(
    _f,
    "counted twice in the share",
    "counts a sample for every mode within reach, and in the share once for each of them",
)
def _(samples, centres, radius, min_count):
    inside = distances(samples, centres) <= radius
    return (inside.sum(dim=0) >= min_count).sum(), inside.double().sum() / len(samples)


@_add(
    _f,
    "one sample a mode",
    "asks each mode for its nearest sample and ignores the count, so one sample a mode is enough; its share is one of modes",
    catalogue=115,
)
def _(samples, centres, radius, min_count):
    near = distances(samples, centres).amin(dim=0) <= radius
    return near.sum(), near.double().mean()


_add(_f, "strictly within", "leaves out a sample exactly at the radius: no further than `radius` means ≤")(
    _coverage(good=lambda distance, radius: distance < radius)
)
_add(_f, "the squared radius", "compares the distance with the squared radius; compare it with the radius")(
    _coverage(good=lambda distance, radius: distance <= radius**2)
)
_add(
    _f,
    "more than the minimum",
    "asks for more than `min_count` samples, and for less than the radius; both ends belong to it",
)(_coverage(covered=lambda counts, minimum: counts > minimum, good=lambda distance, radius: distance < radius))
_add(
    _f,
    "good ones per covered mode",
    "divides the good samples by the covered modes; divide by the number of all samples",
)(_coverage(share=lambda good, counts, enough: good.sum() / enough.sum().clamp(min=1)))
_add(
    _f,
    "share of the modes for share of the samples",
    "gives the share of modes with a good sample; that is coverage again",
    catalogue=117,
)(_coverage(share=lambda good, counts, enough: (counts > 0).double().mean()))
_add(_f, "all good", "calls every sample good, so its share is always 1", catalogue=114)(
    _coverage(share=lambda good, counts, enough: torch.ones(()))
)
_add(_f, "in percent", "gives the good share in percent; a share lies between 0 and 1")(
    _coverage(share=lambda good, counts, enough: 100 * good.double().mean())
)
