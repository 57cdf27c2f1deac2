"""Exercise 06, wrong: the generator's loss on pairs of pictures."""

import torch
from mutants_basics import bce, both, d_bce, with_l1
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------------- generator_loss

_f = "generator_loss"


_add(_f, "λ missing", "leaves λ out", catalogue=42)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + (fake - y).abs().mean()
)
_add(_f, "λ on the adversarial term", "puts λ on the adversarial term; it belongs to the L1 term", catalogue=42)(
    lambda d, x, y, fake, weight: weight * bce(d(both(x, fake)), 1.0) + (fake - y).abs().mean()
)
_add(_f, "λ on both terms", "puts λ on both terms; it belongs to the L1 term alone", catalogue=42)(
    lambda d, x, y, fake, weight: weight * with_l1(d, x, y, fake, 1.0)
)
_add(_f, "λ fixed at 100", "takes 100 for λ whatever it is given", catalogue=42)(
    lambda d, x, y, fake, weight: with_l1(d, x, y, fake, 100.0)
)
_add(
    _f,
    "λ as a mixing share",
    "mixes the terms with λ and 1 − λ; the paper adds λ·L1 to the whole adversarial term",
    catalogue=42,
)(lambda d, x, y, fake, weight: (1 - weight) * bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().mean())
_add(
    _f,
    "L2 for L1",
    "squares the difference: that is L2, which blurs even more; the paper takes the absolute value",
    catalogue=43,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).square().mean())
_add(
    _f,
    "L1 against the input",
    "compares the fake with the input x: G would learn to copy. Compare with the target y",
    catalogue=44,
)(lambda d, x, y, fake, weight: with_l1(d, x, x, fake, weight))
_add(
    _f,
    "L1 summed",
    "sums the absolute differences instead of averaging: a larger picture would weigh more",
    catalogue=45,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().sum())
_add(
    _f,
    "L1 summed over each picture",
    "sums over each picture and averages over the batch; take one mean over everything",
    catalogue=45,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().sum() / len(fake))
_add(_f, "absolute value of the mean", "takes the absolute value after the mean: errors of both signs would cancel")(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).mean().abs()
)
_add(_f, "no adversarial term", "has the L1 term alone")(lambda d, x, y, fake, weight: weight * (fake - y).abs().mean())
_add(_f, "no L1 term", "has the adversarial term alone")(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0))
_add(_f, "D's loss added", "adds D's own loss on the real pair, which G cannot change")(
    lambda d, x, y, fake, weight: with_l1(d, x, y, fake, weight) + bce(d(both(x, y)), 1.0)
)
_add(_f, "sum for mean", "sums the adversarial term over the patches instead of averaging", catalogue=6)(
    lambda d, x, y, fake, weight: F.softplus(-d(both(x, fake))).sum() + weight * (fake - y).abs().mean()
)
_add(_f, "halved", "has a ½ on the adversarial term; only D's loss gets one", catalogue=7)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) / 2 + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "saturating",
    "uses the saturating adversarial term, log(1 − σ), whose slope vanishes where D is sure",
    catalogue=12,
)(lambda d, x, y, fake, weight: -bce(d(both(x, fake)), 0.0) + weight * (fake - y).abs().mean())
_add(_f, "fake target", "gives the fakes the target 0 in the adversarial term: that is D's wish", catalogue=13)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 0.0) + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "fake detached",
    "detaches the fake before D sees it: the adversarial term no longer reaches the generator",
    catalogue=14,
    evidence={"scored without a graph": 0},
)(lambda d, x, y, fake, weight: bce(d(both(x, fake.detach())), 1.0) + weight * (fake - y).abs().mean())
_add(_f, "unconditional", "shows D the fake alone, without its input", catalogue=39)(
    lambda d, x, y, fake, weight: bce(d(fake), 1.0) + weight * (fake - y).abs().mean()
)
_add(_f, "condition is the target", "shows D the fake with the target y instead of the input x", catalogue=40)(
    lambda d, x, y, fake, weight: bce(d(both(y, fake)), 1.0) + weight * (fake - y).abs().mean()
)
_add(_f, "output before input", "puts the output before the input, unlike the pairs D learned from", catalogue=41)(
    lambda d, x, y, fake, weight: bce(d(both(fake, x)), 1.0) + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "D's loss",
    "takes D's own loss for the adversarial term: it rewards D for finding the fakes, and the fakes in it are detached",
    catalogue=13,
)(lambda d, x, y, fake, weight: d_bce(d(both(x, y)), d(both(x, fake.detach()))) + weight * (fake - y).abs().mean())
_add(_f, "D's loss", "takes D's own loss for the adversarial term: it rewards D for finding the fakes", catalogue=13)(
    lambda d, x, y, fake, weight: d_bce(d(both(x, y)), d(both(x, fake))) + weight * (fake - y).abs().mean()
)
_add(_f, "D's loss", "takes minus D's loss for the adversarial term: the saturating game, and the real pairs in it")(
    lambda d, x, y, fake, weight: -d_bce(d(both(x, y)), d(both(x, fake))) + weight * (fake - y).abs().mean()
)
_add(_f, "L1 subtracted", "subtracts the L1 term: G would move away from the target")(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) - weight * (fake - y).abs().mean()
)
_add(
    _f,
    "sign forgotten",
    "has the sign of the adversarial term turned: minimising it would make the fakes worse",
    catalogue=13,
)(lambda d, x, y, fake, weight: -bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().mean())
_add(_f, "L1 detached", "detaches the fake in the L1 term: only the adversarial term is left to teach G", catalogue=14)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake.detach() - y).abs().mean()
)
_add(
    _f,
    "fake detached",
    "detaches the fake in both terms: nothing reaches the generator",
    catalogue=14,
    evidence={"kind of the loss": 0},
)(lambda d, x, y, fake, weight: bce(d(both(x, fake.detach())), 1.0) + weight * (fake.detach() - y).abs().mean())
_add(_f, "divided by λ", "divides by λ; it is a factor of the L1 term", catalogue=42)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + (fake - y).abs().mean() / max(weight, 1e-8)
)
_add(_f, "λ squared", "has λ twice on the L1 term", catalogue=42)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * weight * (fake - y).abs().mean()
)
_add(
    _f,
    "root of the L2 distance",
    "takes the root of the squares: that is L2; the paper takes the absolute value",
    catalogue=43,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).square().mean().sqrt())
_add(
    _f,
    "root of the L2 distance",
    "takes the length of the difference: that is L2; the paper takes the absolute value",
    catalogue=43,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).norm())
_add(_f, "smooth L1", "takes the smooth L1 (Huber) distance; the paper takes the absolute value", catalogue=43)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * F.smooth_l1_loss(fake, y)
)
_add(_f, "no absolute value", "leaves the absolute value out: errors of both signs cancel")(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).mean()
)
_add(_f, "L1 between input and target", "compares the input x with the target y: G cannot change either", catalogue=44)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (x - y).abs().mean()
)
_add(
    _f,
    "real pair scored",
    "shows D the real pair (x, y) in the adversarial term, where the fake should be",
    catalogue=40,
)(lambda d, x, y, fake, weight: bce(d(both(x, y)), 1.0) + weight * (fake - y).abs().mean())
_add(_f, "halved", "is halved as a whole; only D's loss gets a ½", catalogue=7)(
    lambda d, x, y, fake, weight: with_l1(d, x, y, fake, weight) / 2
)
_add(_f, "least squares", "takes squares for the adversarial term; here it is cross-entropy")(
    lambda d, x, y, fake, weight: (d(both(x, fake)) - 1).square().mean() + weight * (fake - y).abs().mean()
)
_add(_f, "D's score itself", "takes minus D's mean score for the adversarial term; here it is cross-entropy")(
    lambda d, x, y, fake, weight: -d(both(x, fake)).mean() + weight * (fake - y).abs().mean()
)
_add(_f, "scores averaged first", "averages D's scores before the loss; every patch counts on its own", catalogue=6)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)).mean(), 1.0) + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "joined along the batch",
    "joins x and the fake along the batch axis: D sees pictures of 3 channels, and no pairs",
    catalogue=39,
)(lambda d, x, y, fake, weight: bce(d(torch.cat([x, fake], dim=0)), 1.0) + weight * (fake - y).abs().mean())
_add(
    _f,
    "mixed into one picture",
    "adds x and the fake to one picture of 3 channels; join them, so that D sees both",
    catalogue=39,
)(lambda d, x, y, fake, weight: bce(d(x + fake), 1.0) + weight * (fake - y).abs().mean())


@_add(
    _f,
    "D under no_grad",
    "runs D under no_grad: the adversarial term has a number, and no gradient that reaches G",
    catalogue=14,
    evidence={"scored without a graph": 3},
)
def _(d, x, y, fake, weight):
    with torch.no_grad():
        scores = d(both(x, fake))
    return bce(scores, 1.0) + weight * (fake - y).abs().mean()


@_add(
    _f, "D left frozen", "freezes D's parameters and does not wake them again: D could not learn in its own next step"
)
def _(d, x, y, fake, weight):
    d.requires_grad_(False)
    return with_l1(d, x, y, fake, weight)
