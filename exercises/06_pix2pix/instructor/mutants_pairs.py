"""Exercise 06, wrong: the losses of D and G on pairs of pictures."""

import torch
from torch.nn import functional as F

from mutants_basics import bce, both, d_bce, with_l1

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------- conditional_discriminator_loss

_f = "conditional_discriminator_loss"


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
_add(_f, "halved", "is halved already; the training step does that", catalogue=7, same_as=("one mean over all",))(
    _pairwise(both, both, lambda r, f: d_bce(r, f) / 2)
)
_add(
    _f,
    "one mean over all",
    "takes one mean over real and fake patches together, which is half the sum of the two means",
    catalogue=8,
    same_as=("halved",),
)(_pairwise(both, both, lambda r, f: torch.cat([F.softplus(-r), F.softplus(f)]).mean()))
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
    same_as=("fakes under no_grad",),
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake)).detach()))


@_add(
    _f,
    "fakes under no_grad",
    "runs D on the fakes under no_grad, so D learns nothing from them; only the generator is to be cut off",
    catalogue=16,
    same_as=("D's verdict detached",),
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
