"""Exercise 06, wrong: D's loss on pairs of pictures."""

import torch
from mutants_basics import bce, both, d_bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------- conditional_discriminator_loss

_f = "conditional_discriminator_loss"
WITHOUT_GRAPH = "scored without a graph"


def _pairwise(real_picture, fake_picture, loss=d_bce):
    return lambda d, x, y, fake: loss(d(real_picture(x, y)), d(fake_picture(x, fake.detach())))


_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    _pairwise(both, both, lambda r, f: bce(r, 0.0) + bce(f, 1.0))
)
_add(_f, "real pairs only", "has the real term only", catalogue=3)(_pairwise(both, both, lambda r, f: bce(r, 1.0)))
_add(_f, "fake pairs only", "has the fake term only", catalogue=4)(_pairwise(both, both, lambda r, f: bce(f, 0.0)))
_add(
    _f, "sign forgotten", "has the sign of the log-likelihood; a loss is minimised, so a minus is missing", catalogue=5
)(_pairwise(both, both, lambda r, f: -d_bce(r, f)))
_add(_f, "sum for mean", "sums over the patches instead of averaging", catalogue=6)(
    _pairwise(both, both, lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
)
_add(
    _f,
    "halved",
    "is half of what it should be: a ½ is in it, or one mean is taken over real and fake patches together; the training step does the halving",
    catalogue=7,
)(_pairwise(both, both, lambda r, f: d_bce(r, f) / 2))
_add(
    _f,
    "generator not cut off",
    "also sends a gradient to the generator: that costs time, and becomes wrong where G's gradients are not cleared; detach the fake picture",
    catalogue=15,
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake))))
_add(
    _f,
    "D's verdict detached",
    "detaches D's verdict on the fakes, so D learns nothing from them; detach the fake picture instead",
    catalogue=16,
    evidence={WITHOUT_GRAPH: 0},
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake)).detach()))


@_add(
    _f,
    "fakes under no_grad",
    "runs D on the fakes under no_grad, so D learns nothing from them; only the generator is to be cut off",
    catalogue=16,
    evidence={WITHOUT_GRAPH: 1},
)
def _(d, x, y, fake):
    with torch.no_grad():
        false = d(both(x, fake))
    return d_bce(d(both(x, y)), false)


_add(
    _f,
    "scores averaged first",
    "averages the verdicts before the loss; every patch counts on its own",
    catalogue=33,
)(_pairwise(both, both, lambda r, f: d_bce(r.mean(), f.mean())))
_add(
    _f,
    "unconditional",
    'shows D the output alone: it can ask "is this real?" but not "does it belong to x?"',
    catalogue=39,
)(_pairwise(lambda x, y: y, lambda x, fake: fake))
_add(_f, "fakes without their input", "shows D the fake without its input, and the real one with it", catalogue=39)(
    _pairwise(both, lambda x, fake: fake)
)
_add(_f, "condition is the target", "gives D the target y as the condition instead of the input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(y, y)), d(both(y, fake.detach())))
)
_add(_f, "fakes paired with the target", "pairs the fake with the target y instead of its input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(y, fake.detach())))
)
_add(
    _f,
    "fake pairs the other way round",
    "puts the input first in real pairs and last in fake pairs: D tells them apart by that alone",
    catalogue=41,
)(_pairwise(both, lambda x, fake: both(fake, x)))
_add(
    _f,
    "output before input",
    "puts the output before the input; that would work as well, but here the input comes first in every pair",
    catalogue=41,
)(_pairwise(lambda x, y: both(y, x), lambda x, fake: both(fake, x)))
_add(
    _f,
    "joined along the batch",
    "joins x and the output along the batch axis: D sees twice as many pictures of 3 channels, and no pairs",
    catalogue=27,
)(_pairwise(lambda x, y: torch.cat([x, y], dim=0), lambda x, fake: torch.cat([x, fake], dim=0)))

for _mixed in (lambda x, y: x + y, lambda x, y: y - x, lambda x, y: x * y, lambda x, y: (x + y) / 2):
    _add(
        _f,
        "mixed into one picture",
        "mixes input and output into one picture of 3 channels (a sum, a difference, a product); join them, so that D sees both",
        catalogue=39,
    )(_pairwise(_mixed, _mixed))
_add(
    _f, "reals without their input", "shows D the real output without its input, and the fake one with it", catalogue=39
)(_pairwise(lambda x, y: y, both))
_add(_f, "input alone", "shows D the inputs x alone: what G made of them it never sees", catalogue=39)(
    lambda d, x, y, fake: d_bce(d(x), d(x))
)
_add(_f, "condition is the fake", "gives D the fake as the condition instead of the input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(fake.detach(), y)), d(both(fake.detach(), x)))
)
_add(_f, "condition is the fake", "pairs the real output with the fake instead of its input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(fake.detach(), y)), d(both(x, fake.detach())))
)
_add(
    _f,
    "target called fake",
    "pairs the target with the fake and calls that the fake pair; a fake pair is (x, fake)",
    catalogue=40,
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(fake.detach(), y))))
_add(
    _f,
    "real pairs the other way round",
    "puts the input first in fake pairs and last in real pairs: D tells them apart by that alone",
    catalogue=41,
)(_pairwise(lambda x, y: both(y, x), both))
_add(
    _f,
    "joined along the height",
    "joins x and the output along the height or the width; they become channels of one picture, dimension 1",
    catalogue=27,
)(_pairwise(lambda x, y: torch.cat([x, y], dim=2), lambda x, fake: torch.cat([x, fake], dim=2)))
_add(
    _f,
    "joined along the height",
    "joins x and the output along the height or the width; they become channels of one picture, dimension 1",
    catalogue=27,
)(_pairwise(lambda x, y: torch.cat([x, y], dim=3), lambda x, fake: torch.cat([x, fake], dim=3)))
_add(_f, "fakes called real", "pushes D to call the fake pairs real, as G wishes", catalogue=2)(
    _pairwise(both, both, lambda r, f: bce(r, 1.0) + bce(f, 1.0))
)
_add(
    _f, "difference for sum", "subtracts one term from the other; both are to be made small, so add them", catalogue=5
)(_pairwise(both, both, lambda r, f: bce(r, 1.0) - bce(f, 0.0)))
_add(_f, "doubled", "is twice what it should be", catalogue=7)(_pairwise(both, both, lambda r, f: 2 * d_bce(r, f)))
_add(_f, "sigmoid twice", "takes a sigmoid of D's scores before a loss that takes it already", catalogue=9)(
    _pairwise(both, both, lambda r, f: d_bce(r.sigmoid(), f.sigmoid()))
)
_add(_f, "least squares", "takes squares where the cross-entropy was asked for")(
    _pairwise(both, both, lambda r, f: (r - 1).square().mean() + f.square().mean())
)
_add(_f, "summed over the patches", "sums over each picture's patches and averages over the pictures", catalogue=6)(
    _pairwise(both, both, lambda r, f: F.softplus(-r).sum() / len(r) + F.softplus(f).sum() / len(f))
)
_add(_f, "L1 added", "adds the L1 distance of the fake, which D cannot change and G's loss has already")(
    lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake.detach()))) + (fake.detach() - y).abs().mean()
)


@_add(_f, "reals detached", "detaches D's verdict on the real pairs, so D learns nothing from them", catalogue=16)
def _(d, x, y, fake):
    return d_bce(d(both(x, y)).detach(), d(both(x, fake.detach())))


def _all_joined(d, x, y, fake):
    scores = d(torch.cat([x, y, fake.detach()], dim=1))
    return d_bce(scores, scores)


_add(
    "conditional_discriminator_loss",
    "all three joined",
    "joins input, real and fake picture in one; D is to see one pair at a time, (x, y) and (x, fake)",
)(_all_joined)
