"""Exercise 03, wrong: packing and the two gradient penalties."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add
GRAPH = "gradient with a graph of its own"

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
_add(_f, "not packed", "leaves the samples as they are")(lambda s, m: s.clone())


def _for_points(samples, m):
    count, channels = samples.shape
    return samples.view(count // m, m * channels)


_add(
    _f,
    "written for points only",
    "takes the shape apart into two numbers, so it works for points and stops at pictures",
)(_for_points)
_add(_f, "summed", "adds the samples of a group up: what differs between them is lost")(
    lambda s, m: s.unflatten(0, (-1, m)).sum(dim=1)
)
_add(
    _f,
    "joined along the height",
    "joins along dimension 2: pictures end up one under the other, not channel over channel",
)(lambda s, m: torch.cat(_groups(s, m), dim=2 if s.ndim > 2 else 1))
_add(_f, "first of each group only", "keeps the first sample of each group and drops the others")(
    lambda s, m: s[::m].clone()
)

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
    evidence={"kind of the penalty": 1, GRAPH: 0},
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
_add(
    _f,
    "gradient of D's weights",
    "takes the gradient with respect to D's weights; the one with respect to the samples is wanted",
)(
    lambda d, real: sum(
        g.square().sum() for g in torch.autograd.grad(d(real).sum(), list(d.parameters()), create_graph=True)
    )
)
_add(_f, "behind a sigmoid", "takes the slope of the probability; the slope of the score is wanted, no sigmoid")(
    _r1(_squared_length, of=lambda scores: scores.sigmoid().sum())
)

_add(
    _f,
    "gradient detached",
    "detaches the gradient (or the penalty), so that its graph is lost again: D learns nothing from it",
    evidence={"kind of the penalty": 1, GRAPH: 1},
)(_r1(lambda g: _squared_length(g.detach())))
_add(_f, "γ in it", "has γ/2 with γ = 10 in it; whoever weighs the penalty puts that in front")(
    _r1(lambda g: 5 * _squared_length(g))
)
_add(_f, "γ in it", "has γ = 10 in it; whoever weighs the penalty puts that in front")(
    _r1(lambda g: 10 * _squared_length(g))
)
_add(_f, "length not squared", "takes one length for the whole batch, and no square; each sample has its own")(
    _r1(lambda g: g.norm())
)
_add(_f, "length not squared", "takes one length for the whole batch, and no square; each sample has its own")(
    _r1(lambda g: g.norm() / len(g))
)
_add(_f, "largest", "takes the largest entry of each gradient; all of them count")(
    _r1(lambda g: g.flatten(1).abs().amax(dim=1).square().mean())
)
_add(_f, "sum squared", "squares the sum of the entries, where plus and minus cancel; sum the squares")(
    _r1(lambda g: g.flatten(1).sum(dim=1).square().mean())
)
_add(_f, "the picture taken along", "multiplies the gradient with the sample first; the gradient alone is meant")(
    lambda d, real: _squared_length(gradient_at(d, real) * real)
)
_add(_f, "behind a log σ", "takes the slope of log σ of the score; the slope of the score is wanted")(
    _r1(_squared_length, of=lambda scores: torch.nn.functional.logsigmoid(scores).sum())
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
_add(
    _f,
    "mix drawn anew",
    "draws random numbers of its own, others at each call; use the `mix` that is given",
    evidence={"random numbers drawn": 1},
    decisive=True,
)(_penalty(where=lambda real, fake, mix: between(real, fake, torch.rand_like(mix))))
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
    evidence={"kind of the penalty": 1, GRAPH: 0},
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


_add(
    _f,
    "gradient detached",
    "detaches the gradient (or the penalty), so that its graph is lost again: D learns nothing from it",
    evidence={"kind of the penalty": 1, GRAPH: 1},
)(_penalty(lambda g: _one(g.detach())))
_add(
    _f,
    "with respect to the real samples",
    "takes the gradient with respect to the real samples: it is that at the mix, x̂",
)(lambda d, real, fake, mix: _one(mix * gradient_at(d, between(real, fake, mix))))
_add(_f, "with respect to the fakes", "takes the gradient with respect to the fakes: it is that at the mix, x̂")(
    lambda d, real, fake, mix: _one((1 - mix) * gradient_at(d, between(real, fake, mix)))
)
_add(
    _f,
    "mean over the entries",
    "averages the squares over the entries of a gradient; its length is the root of their sum",
)(_penalty(lambda g: (g.flatten(1).square().mean(dim=1).sqrt() - 1).square().mean()))
_add(
    _f, "sizes of the entries", "adds the sizes of a gradient's entries; its length is the root of the sum of squares"
)(_penalty(lambda g: (g.flatten(1).abs().sum(dim=1) - 1).square().mean()))
_add(_f, "behind a sigmoid", "takes the slope of the probability; the slope of the score is wanted, no sigmoid")(
    _penalty(of=lambda scores: scores.sigmoid().sum())
)
_add(_f, "length alone", "is the mean length; it is the squared distance of each length from 1")(
    _penalty(lambda g: _lengths(g).mean())
)
_add(_f, "one-sided", "punishes gradients shorter than 1 only; here both sides count")(
    _penalty(lambda g: (1 - _lengths(g)).relu().square().mean())
)
_add(
    _f, "shares that do not add up", "adds real and fake with the full weight of one: the two shares must add up to 1"
)(_penalty(where=lambda real, fake, mix: real + mix * fake))
_add(
    _f,
    "shares that do not add up",
    "goes from the fake past the real: fake + mix · real in place of fake + mix · (real − fake)",
)(_penalty(where=lambda real, fake, mix: fake + mix * real))
_add(_f, "beyond the real", "goes on beyond the real by `mix`; the mix lies between the fake and the real")(
    _penalty(where=lambda real, fake, mix: real + mix * (real - fake))
)


def _along_the_mix(d, real, fake, mix):
    mix = mix.detach().requires_grad_()
    slope = torch.autograd.grad(d(between(real, fake.detach(), mix)).sum(), mix, create_graph=True)[0]
    return _one(slope)


_add(
    "gradient_penalty",
    "gradient for the mix",
    "takes the gradient for `mix`: how the score changes along one line; it is that for the points themselves",
)(_along_the_mix)
