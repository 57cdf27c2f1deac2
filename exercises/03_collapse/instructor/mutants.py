"""Exercise 03, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop.
"""

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
)(lambda *a: (_coverage()(*a)[0] / len(a[1]), _coverage()(*a)[1]))
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


# ------------------------------------------------------------------------------------------------------------- packed

_f = "packed"


def _groups(samples, m):
    return [samples[i::m] for i in range(m)]


_add(
    _f,
    "each sample repeated",
    "joins each sample with itself: D still sees one sample, m times, and cannot see that they are all alike",
)(lambda s, m: torch.cat([s] * m, dim=1))
_add(
    _f,
    "first of each group repeated",
    "joins the first sample of each group with itself and drops the others",
)(lambda s, m: torch.cat([s[::m]] * m, dim=1))
_add(_f, "not neighbours", "joins sample i with sample i + B/m; here neighbours are joined")(
    lambda s, m: torch.cat(s.chunk(m), dim=1)
)
_add(
    _f,
    "channels interleaved",
    "interleaves the channels of the samples; they come sample after sample",
)(lambda s, m: torch.stack(_groups(s, m), dim=2).flatten(1, 2))
_add(
    _f,
    "joined along the width",
    "joins along the last dimension: pictures end up side by side, not channel over channel",
)(lambda s, m: torch.cat(_groups(s, m), dim=-1))
_add(_f, "joined along the batch", "joins along the batch: it only reorders the samples, and D sees them one by one")(
    lambda s, m: torch.cat(_groups(s, m), dim=0)
)
_add(_f, "m groups", "makes m groups; groups of m are wanted")(
    lambda s, m: s.reshape(m, len(s) // m * s.shape[1], *s.shape[2:])
)
_add(_f, "overlapping groups", "starts a group at every sample; the groups do not overlap")(
    lambda s, m: torch.cat([s[i : len(s) - m + 1 + i] for i in range(m)], dim=1)
)
_add(_f, "averaged", "averages the samples of a group: what differs between them is lost")(
    lambda s, m: s.unflatten(0, (-1, m)).mean(dim=1)
)
_add(
    _f, "a dimension of its own", "gives the samples of a group a dimension of their own; join them along dimension 1"
)(lambda s, m: s.unflatten(0, (-1, m)))
_add(_f, "everything flattened", "flattens the pictures as well; rows and columns stay")(
    lambda s, m: s.reshape(len(s) // m, -1)
)
_add(_f, "group in reverse", "joins the samples of a group in the reverse order")(
    lambda s, m: torch.cat(_groups(s, m)[::-1], dim=1)
)
_add(_f, "not packed", "leaves the samples as they are", same_as=())(lambda s, m: s.clone())

# --------------------------------------------------------------------------------------------------------- r1_penalty


def gradient_at(discriminator, samples, graph=True, of=torch.sum):
    samples = samples.detach().requires_grad_()
    return torch.autograd.grad(of(discriminator(samples)), samples, create_graph=graph)[0]


_f = "r1_penalty"


def _r1(measure, **options):
    return lambda d, real: measure(gradient_at(d, real, **options))


def _squared_length(g):
    return g.flatten(1).square().sum(dim=1).mean()


_add(
    _f,
    "length not squared",
    "takes the length of the gradient; its square is wanted, the sum of the squares without a root",
)(_r1(lambda g: g.flatten(1).norm(dim=1).mean()))
_add(
    _f,
    "mean over the entries",
    "averages the squares over the entries of a sample as well; the squared length is their sum",
)(_r1(lambda g: g.square().mean()))
_add(
    _f,
    "summed over the channels only",
    "sums over the channels only and averages over the pixels; a picture's gradient is one long vector",
)(_r1(lambda g: g.square().sum(dim=1).mean()))
_add(
    _f,
    "summed over the batch",
    "sums over the samples instead of averaging: twice the batch would be twice the penalty",
    catalogue=6,
)(_r1(lambda g: g.square().sum()))
_add(
    _f,
    "gradient of the mean score",
    "takes the gradient of the mean score: each sample's gradient is then divided by the batch size, and its square by the square of that",
)(_r1(_squared_length, of=torch.mean))
_add(
    _f,
    "no graph",
    "has no gradient of its own: without `create_graph=True` it is a constant, and D learns nothing from it",
)(_r1(_squared_length, graph=False))
_add(_f, "asked to be 1", "asks for the length 1, as another penalty does; this one asks for 0")(
    _r1(lambda g: (g.flatten(1).norm(dim=1) - 1).square().mean())
)
_add(_f, "halved", "has the ½ of γ/2 in it; whoever weighs the penalty puts that in front", catalogue=7)(
    _r1(lambda g: _squared_length(g) / 2)
)
_add(
    _f,
    "mean gradient first",
    "averages the gradients of the samples before squaring: opposite slopes cancel",
)(_r1(lambda g: g.mean(dim=0).square().sum()))
_add(_f, "sizes for squares", "adds the sizes of the entries instead of their squares")(
    _r1(lambda g: g.flatten(1).abs().sum(dim=1).mean())
)
_add(_f, "square of the mean length", "averages the lengths before squaring; square each, then average")(
    _r1(lambda g: g.flatten(1).norm(dim=1).mean().square())
)
_add(
    _f,
    "the score itself",
    "makes large scores expensive; the slope of the score is what should be small",
)(lambda d, real: d(real).square().mean())
_add(
    _f,
    "gradient of D's weights",
    "takes the gradient with respect to D's weights; the one with respect to the samples is wanted",
)(
    lambda d, real: sum(
        g.square().sum() for g in torch.autograd.grad(d(real).mean(), list(d.parameters()), create_graph=True)
    )
)
_add(_f, "behind a sigmoid", "takes the slope of the probability; the slope of the score is wanted, no sigmoid")(
    _r1(_squared_length, of=lambda scores: scores.sigmoid().sum())
)

# --------------------------------------------------------------------------------------------------- gradient_penalty

_f = "gradient_penalty"


def between(real, fake, mix):
    return mix * real + (1 - mix) * fake


def _lengths(g):
    return g.flatten(1).norm(dim=1)


def _one(g):
    return (_lengths(g) - 1).square().mean()


def _penalty(measure=_one, where=between, **options):
    return lambda d, real, fake, mix: measure(gradient_at(d, where(real, fake, mix), **options))


_add(_f, "asked to be 0", "asks for the length 0, as R1 does; here every length should be 1")(
    _penalty(lambda g: _lengths(g).square().mean())
)
_add(_f, "not squared", "does not square the difference from 1: too steep and too flat cancel each other")(
    _penalty(lambda g: (_lengths(g) - 1).mean())
)
_add(_f, "sizes for squares", "takes the size of the difference from 1 instead of its square")(
    _penalty(lambda g: (_lengths(g) - 1).abs().mean())
)
_add(_f, "one-sided", "lets gradients shorter than 1 go unpunished; here both sides count")(
    _penalty(lambda g: (_lengths(g) - 1).relu().square().mean())
)
_add(_f, "root forgotten", "compares the squared length with 1; take the root first")(
    _penalty(lambda g: (g.flatten(1).square().sum(dim=1) - 1).square().mean())
)
_add(_f, "at the reals", "looks at the real samples only; look between real and fake")(
    _penalty(where=lambda real, fake, mix: real)
)
_add(_f, "at the fakes", "looks at the fake samples only; look between real and fake")(
    _penalty(where=lambda real, fake, mix: fake)
)
_add(_f, "mixed the other way", "mixes the other way round: `mix` is the share of the real sample")(
    _penalty(where=lambda real, fake, mix: (1 - mix) * real + mix * fake)
)
_add(_f, "always half way", "always looks half way between; use the `mix` that is given")(
    _penalty(where=lambda real, fake, mix: (real + fake) / 2)
)
_add(_f, "one mix for all", "uses the first sample's mix for the whole batch; each has its own")(
    _penalty(where=lambda real, fake, mix: between(real, fake, mix[0]))
)
_add(_f, "shares that do not add up", "gives the fake the weight `mix` as well: the two shares must add up to 1")(
    _penalty(where=lambda real, fake, mix: mix * real + mix * fake)
)
_add(_f, "mix drawn anew", "draws a mix of its own, another one at each call; use the one that is given")(
    _penalty(where=lambda real, fake, mix: between(real, fake, torch.rand_like(mix)))
)
_add(
    _f,
    "norm over the channels only",
    "takes a length at every pixel, over the channels only (`norm(dim=1)` on a picture); flatten first, one length a sample",
)(_penalty(lambda g: (g.norm(dim=1) - 1).square().mean()))
_add(_f, "one length for the batch", "takes one length for the whole batch; each sample has its own")(
    _penalty(lambda g: (g.norm() - 1).square())
)
_add(_f, "mean length first", "averages the lengths before it compares them with 1: long and short cancel")(
    _penalty(lambda g: (_lengths(g).mean() - 1).square())
)
_add(_f, "every entry to 1", "asks for 1 in every entry of the gradient; its length should be 1")(
    _penalty(lambda g: (g - 1).square().mean())
)
_add(
    _f,
    "gradient of the mean score",
    "takes the gradient of the mean score: each sample's gradient is divided by the batch size; take that of the sum",
)(_penalty(of=torch.mean))
_add(
    _f,
    "no graph",
    "has no gradient of its own: without `create_graph=True` it is a constant, and D learns nothing from it",
)(_penalty(graph=False))
_add(_f, "summed over the batch", "sums over the samples instead of averaging", catalogue=6)(
    _penalty(lambda g: (_lengths(g) - 1).square().sum())
)
_add(_f, "λ = 10 in it", "has the paper's λ = 10 in it; whoever weighs the penalty puts that in front")(
    _penalty(lambda g: 10 * _one(g))
)
_add(_f, "halved", "is half of what it should be", catalogue=7)(_penalty(lambda g: _one(g) / 2))


@_add(
    _f,
    "generator not cut off",
    "also sends a gradient to the generator: this loss is D's alone; detach the fake",
    catalogue=15,
)
def _(d, real, fake, mix):
    points = between(real, fake, mix)
    (g,) = torch.autograd.grad(d(points).sum(), points, create_graph=True)
    return _one(g)


# ---------------------------------------------------------------------------------------------- variation_over_inputs

_f = "variation_over_inputs"
_add(
    _f,
    "variance of everything",
    "takes the variance over pixels and inputs together: one colourful answer for all inputs looks varied",
)(lambda y: y.var(correction=0))
_add(
    _f,
    "variance within each picture",
    "takes the variance within each picture: that is its contrast, and says nothing about the inputs",
)(lambda y: y.flatten(1).var(dim=1, correction=0).mean())
_add(_f, "variance over the channels", "takes the variance over the channels: that is how colourful the answers are")(
    lambda y: y.var(dim=1, correction=0).mean()
)
_add(_f, "deviation for variance", "takes the standard deviation of each pixel; the variance is its square")(
    lambda y: y.std(dim=0, correction=0).mean()
)
_add(_f, "divided by N − 1", "divides by N − 1 (the default of `var`); here it is divided by N", catalogue=None)(
    lambda y: y.var(dim=0).mean()
)
_add(_f, "root of the result", "takes a root at the end")(lambda y: y.var(dim=0, correction=0).mean().sqrt())
_add(_f, "summed over the pixels", "sums over the pixels instead of averaging", catalogue=6)(
    lambda y: y.var(dim=0, correction=0).sum()
)
_add(
    _f,
    "pictures averaged first",
    "averages each picture before it compares them: answers that differ in form but not in brightness look alike",
)(lambda y: y.mean(dim=(1, 2, 3)).var(correction=0))
_add(_f, "colours averaged first", "averages the channels before it compares: answers that differ in hue look alike")(
    lambda y: y.mean(dim=1).var(dim=0, correction=0).mean()
)
_add(_f, "mean not subtracted", "averages the squares without subtracting the mean: a bright answer looks varied")(
    lambda y: y.square().mean()
)
_add(_f, "sizes for squares", "takes the mean distance from the mean picture; square it")(
    lambda y: (y - y.mean(dim=0)).abs().mean()
)
_add(_f, "all pairs", "averages the squared difference over all pairs, which is twice the variance", catalogue=7)(
    lambda y: (y[:, None] - y[None]).square().mean()
)
_add(_f, "largest minus smallest", "takes the range of each pixel, the largest minus the smallest value")(
    lambda y: (y.amax(dim=0) - y.amin(dim=0)).mean()
)
_add(_f, "neighbours only", "compares each answer with the next one only")(lambda y: y.diff(dim=0).square().mean())
_add(_f, "not averaged", "is one number for each pixel; average them")(lambda y: y.var(dim=0, correction=0))

# ------------------------------------------------------------------------------------------------------- returns_home

_f = "returns_home"


def _home(back, of):
    return (back == torch.arange(len(back))).double().sum() / of


_add(
    _f,
    "the other way round",
    "goes back first and then forward: that starts from the answers, not from the inputs",
    catalogue=53,
    same_as=("divided by the answers",),
)(lambda f, b: _home(f[b], len(b)))
_add(
    _f,
    "divided by the answers",
    "divides by the number of answers; the share is one of the inputs",
    same_as=("the other way round",),
)(lambda f, b: _home(b[f], len(b)))
_add(
    _f,
    "compared with the answer",
    "compares the picture that came back with the answer on the way; compare it with the input",
    catalogue=54,
)(lambda f, b: (b[f] == f).double().mean())
_add(_f, "forward only", "asks whether forward leads to i itself; go forward and then back")(
    lambda f, b: (f == torch.arange(len(f))).double().mean()
)
_add(_f, "forward twice", "goes forward twice; the second step is the way back")(
    lambda f, b: _home(f[f.clamp(max=len(f) - 1)], len(f))
)
_add(_f, "number for share", "is the number of those that return; divide by the number of inputs", catalogue=6)(
    lambda f, b: _home(b[f], 1)
)
_add(_f, "share that is lost", "is the share that does not return")(lambda f, b: 1 - _home(b[f], len(f)))
_add(_f, "all or nothing", "is only 1 or 0: all return, or not; the share is wanted")(
    lambda f, b: torch.equal(b[f], torch.arange(len(f)))
)
_add(
    _f,
    "distance of the numbers",
    "averages how far the numbers lie apart; they are names, and drawing 3 is not nearer to 4 than to 9",
)(lambda f, b: (b[f] - torch.arange(len(f))).abs().double().mean())
_add(
    _f,
    "different arrivals",
    "counts how many different inputs are arrived at; each must arrive at itself",
)(lambda f, b: len(b[f].unique()) / len(f))
_add(_f, "not averaged", "is true or false for each input; their mean is wanted")(
    lambda f, b: (b[f] == torch.arange(len(f))).double()
)
_add(_f, "tables compared", "compares the two tables with each other; put one into the other")(
    lambda f, b: (b == f).double().mean()
)

# --------------------------------------------------------------------------------------------------------------- undo

_f = "undo"
_add(_f, "the same table", "is the same table again: that is the way back only where two drawings swap places")(
    lambda order: order.clone()
)
_add(_f, "from the end", "runs through the table from its end; going back is not the same as counting back")(
    lambda order: order.flip(0)
)
_add(_f, "identity", "leaves every number where it is; from order[i] it does not lead to i")(
    lambda order: torch.arange(len(order))
)
_add(_f, "twice", "goes forward twice; that leads home only where two drawings swap places")(lambda order: order[order])
_add(_f, "mirrored numbers", "takes n − 1 − order: it mirrors the numbers instead of exchanging place and number")(
    lambda order: len(order) - 1 - order
)
_add(_f, "descending", "is sorted the wrong way round, from the largest to the smallest")(
    lambda order: torch.argsort(order, descending=True)
)
_add(_f, "counted from 1", "counts from 1; the first drawing has the number 0")(lambda order: torch.argsort(order) + 1)
