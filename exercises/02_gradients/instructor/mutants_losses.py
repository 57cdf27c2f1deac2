"""Exercise 02, wrong: least squares."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def to(scores, target):
    return (scores - target).square()


# ----------------------------------------------------------------------------------- least_squares_discriminator_loss

_f = "least_squares_discriminator_loss"


def _ls(real, fake):
    return to(real, 1).mean() + to(fake, 0).mean()


_add(_f, "real and fake swapped", "has real and fake swapped: reals go to 1, fakes to 0", catalogue=1)(
    lambda r, f: to(r, 0).mean() + to(f, 1).mean()
)
_add(_f, "fakes called real", "pulls the fakes to 1: then D and G push the same way", catalogue=2)(
    lambda r, f: to(r, 1).mean() + to(f, 1).mean()
)
_add(_f, "reals only", "has only the real term: D would score everything 1", catalogue=3)(lambda r, f: to(r, 1).mean())
_add(_f, "fakes only", "has only the fake term: D would score everything 0", catalogue=4)(lambda r, f: to(f, 0).mean())
_add(_f, "sign forgotten", "has a minus too many: squares are minimised as they are", catalogue=5)(
    lambda r, f: -_ls(r, f)
)
_add(_f, "difference for sum", "subtracts the fake term; both are to be made small", catalogue=5)(
    lambda r, f: to(r, 1).mean() - to(f, 0).mean()
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    lambda r, f: to(r, 1).sum() + to(f, 0).sum()
)
_add(
    _f,
    "halved",
    "has a ½, as one paper prints it: here the loss is plain, and the training step does the halving",
    catalogue=7,
)(lambda r, f: _ls(r, f) / 2)
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([to(r, 1).flatten(), to(f, 0).flatten()]).mean())
_add(
    _f,
    "fake scores detached",
    "detaches the fake scores: that term teaches D nothing (detach the pictures instead)",
    catalogue=16,
)(lambda r, f: to(r, 1).mean() + to(f.detach(), 0).mean())
_add(
    _f,
    "fake target sized like the reals",
    "puts the fakes against something in the shape of the reals (a target, or the reals themselves), which fails when the batches differ",
    catalogue=17,
)(lambda r, f: to(r, 1).mean() + F.mse_loss(f.flatten(), torch.zeros_like(r).flatten()))
_add(
    _f,
    "fake target sized like the reals",
    "puts the fakes against something in the shape of the reals (a target, or the reals themselves), which fails when the batches differ",
    catalogue=17,
)(lambda r, f: to(r, 1).mean() + F.mse_loss(f, torch.zeros_like(r)))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: to(r, 0.9).mean() + to(f, 0).mean()
)
_add(_f, "smoothed on both sides", "smooths the targets to 0.9 and 0.1, which nobody asked for here", catalogue=18)(
    lambda r, f: to(r, 0.9).mean() + to(f, 0.1).mean()
)
_add(
    _f,
    "square of the mean",
    "squares the mean: scores with mean 1 and a wild spread would cost nothing. Square first, then average",
    catalogue=21,
)(lambda r, f: to(r.mean(), 1) + to(f.mean(), 0))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before squaring: every patch counts on its own",
    catalogue=21,
)(lambda r, f: to(r.flatten(1).mean(dim=1), 1).mean() + to(f.flatten(1).mean(dim=1), 0).mean())
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the squares: then D's slopes vanish again where it is surely wrong",
    catalogue=22,
)(lambda r, f: _ls(r.sigmoid(), f.sigmoid()))
_add(_f, "targets ±1", "pulls the fakes to −1; in this course their target is 0", catalogue=23)(
    lambda r, f: to(r, 1).mean() + to(f, -1).mean()
)
_add(_f, "absolute differences", "takes absolute differences instead of squares")(
    lambda r, f: (r - 1).abs().mean() + f.abs().mean()
)
_add(_f, "root of the mean square", "takes a root of each mean square; leave it out")(
    lambda r, f: to(r, 1).mean().sqrt() + to(f, 0).mean().sqrt()
)
_add(_f, "cross-entropy", "is the cross-entropy of lesson 01; here squares take the place of the logarithms")(
    lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean()
)

_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: to(r, 1).mean() / 2 + to(f, 0).mean()
)
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: to(r, 1).mean() + to(f, 0).mean() / 2
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda r, f: 2 * _ls(r, f))
_add(
    _f,
    "summed over the patches",
    "averages over the pictures and sums over each picture's patches; every score counts alike, in one mean",
    catalogue=6,
)(lambda r, f: to(r, 1).sum() / len(r) + to(f, 0).sum() / len(f))
_add(
    _f,
    "one mean over all",
    "takes twice one mean over reals and fakes together; take two means and add them",
    catalogue=8,
)(lambda r, f: 2 * torch.cat([to(r, 1).flatten(), to(f, 0).flatten()]).mean())
_add(_f, "real scores detached", "detaches the real scores: that term teaches D nothing", catalogue=16)(
    lambda r, f: to(r.detach(), 1).mean() + to(f, 0).mean()
)
_add(_f, "reals pulled to 0", "pulls the reals to 0, like the fakes: D has nothing to tell apart", catalogue=2)(
    lambda r, f: to(r, 0).mean() + to(f, 0).mean()
)
_add(_f, "targets ±1", "pulls the reals to −1 or the fakes to −1; the targets are 1 and 0", catalogue=23)(
    lambda r, f: to(r, -1).mean() + to(f, 0).mean()
)
_add(_f, "targets ±1", "pulls the reals to −1 and the fakes to 1; the targets are 1 and 0", catalogue=23)(
    lambda r, f: to(r, -1).mean() + to(f, 1).mean()
)
for _t in (0.7, 0.8, 0.95):
    _add(_f, "smoothed", f"smooths the real target to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda r, f, t=_t: to(r, t).mean() + to(f, 0).mean()
    )
_add(_f, "not squared", "leaves out the square: errors of both signs cancel")(lambda r, f: (r - 1).mean() + f.mean())
_add(
    _f,
    "compared with each other",
    "compares the mean scores of reals and fakes with each other; each score has a target of its own, 1 and 0",
)(lambda r, f: (r.mean() - f.mean()).square())
_add(
    _f,
    "compared with each other",
    "compares each side with the other's mean (relativistic); here each score has a target of its own, 1 and 0",
)(lambda r, f: (r - f.mean() - 1).square().mean() + (f - r.mean() + 1).square().mean())
_add(_f, "variances", "takes the variance of the scores, their distance from their own mean; it is that from 1 and 0")(
    lambda r, f: r.var(correction=0) + f.var(correction=0)
)
_add(
    _f, "square of the score alone", "squares the score and takes 1 off; it is the square of the difference, (r − 1)²"
)(lambda r, f: (r.square() - 1).mean() + f.square().mean())
_add(_f, "scores clamped", "clamps the scores to 0…1 first: then no slope is left where D is most wrong")(
    lambda r, f: _ls(r.clamp(0, 1), f.clamp(0, 1))
)
_add(_f, "hinge", "is the hinge loss; here it is squares")(lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean())
_add(_f, "Wasserstein", "is a critic's loss, mean f − mean r; here it is squares")(lambda r, f: f.mean() - r.mean())
_add(_f, "smooth L1", "is the smooth L1 (Huber) loss; here it is plain squares")(
    lambda r, f: F.smooth_l1_loss(r, torch.ones_like(r)) + F.smooth_l1_loss(f, torch.zeros_like(f))
)
_add(_f, "behind a tanh", "puts a tanh before the squares: then D's slopes vanish where it is surely wrong")(
    lambda r, f: _ls(r.tanh(), f.tanh())
)

for _t in (0.1, 0.2, 0.3, 0.5):
    _add(_f, "fake target smoothed", f"pulls the fakes to {_t:g}; their target is 0", catalogue=18)(
        lambda r, f, t=_t: to(r, 1).mean() + to(f, t).mean()
    )
_add(_f, "one term not squared", "takes absolute differences in one of its two terms; both are squares")(
    lambda r, f: (r - 1).abs().mean() + to(f, 0).mean()
)
_add(_f, "one term not squared", "takes absolute differences in one of its two terms; both are squares")(
    lambda r, f: to(r, 1).mean() + f.abs().mean()
)
_add(_f, "one term not squared", "leaves out the square in one of its two terms: errors of both signs cancel in it")(
    lambda r, f: (r - 1).mean() + to(f, 0).mean()
)
_add(_f, "one term not squared", "leaves out the square in one of its two terms: errors of both signs cancel in it")(
    lambda r, f: to(r, 1).mean() + f.mean()
)
for _k in (3, 4):
    _add(_f, "another power", f"takes the power {_k} where the square belongs")(
        lambda r, f, k=_k: (r - 1).pow(k).mean() + f.pow(k).mean()
    )

# --------------------------------------------------------------------------------------- least_squares_generator_loss

_f = "least_squares_generator_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would drive the scores away from 1", catalogue=5)(
    lambda f: -to(f, 1).mean()
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(lambda f: to(f, 1).sum())
_add(_f, "halved", "has a ½, as one paper prints it; in this course it is the plain mean", catalogue=7)(
    lambda f: to(f, 1).mean() / 2
)
_add(_f, "sigmoid and cross-entropy", "is the non-saturating cross-entropy; here squares take its place")(
    lambda f: F.softplus(-f).mean()
)
_add(
    _f,
    "detached",
    "is computed on detached scores: no gradient ever reaches the generator",
    catalogue=14,
    evidence={"kind of the loss": 1},
)(lambda f: to(f.detach(), 1).mean())
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(
    lambda f: to(f, 0.9).mean()
)
_add(
    _f,
    "square of the mean",
    "squares the mean: scores with mean 1 and a wild spread would cost nothing. Square first, then average",
    catalogue=21,
)(lambda f: to(f.mean(), 1))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before squaring: every patch counts on its own",
    catalogue=21,
)(lambda f: to(f.flatten(1).mean(dim=1), 1).mean())
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the square: at −8 the slope is −0.00067 where it should be −18, so it vanishes again",
    catalogue=22,
)(lambda f: to(f.sigmoid(), 1).mean())
_add(_f, "pulled to 0", "pulls the fakes to 0: that is D's wish, G wants them at 1", catalogue=24)(
    lambda f: to(f, 0).mean()
)
_add(_f, "pulled to −1", "pulls the fakes to −1; G wants them at 1", catalogue=23)(lambda f: to(f, -1).mean())
_add(
    _f, "pushed from 0", "drives the fakes away from 0, to either side; G wants them at 1, and no further", catalogue=24
)(lambda f: -to(f, 0).mean())
_add(_f, "absolute differences", "takes absolute differences instead of squares: its slope is ±1, however far off")(
    lambda f: (f - 1).abs().mean()
)
_add(_f, "root of the mean square", "takes a root of the mean square; leave it out")(lambda f: to(f, 1).mean().sqrt())

_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda f: 2 * to(f, 1).mean())
_add(_f, "summed over the patches", "averages over the pictures and sums over each picture's patches", catalogue=6)(
    lambda f: to(f, 1).sum() / len(f)
)
_add(_f, "not squared", "leaves out the square: errors of both signs cancel")(lambda f: (f - 1).mean())
_add(_f, "not squared", "leaves out the square: errors of both signs cancel")(lambda f: (1 - f).mean())
_add(_f, "D's score itself", "is minus the mean score, as with hinge and Wasserstein; here it is squares")(
    lambda f: -f.mean()
)
_add(
    _f,
    "square of the score alone",
    "squares the score and takes it from 1; it is the square of the difference, (f − 1)²",
)(lambda f: (1 - f.square()).mean())
_add(_f, "scores clamped", "clamps the scores to 0…1 first: then no slope is left where D is surest")(
    lambda f: to(f.clamp(0, 1), 1).mean()
)
_add(_f, "hinge", "is a hinge, relu(1 − f): scores above 1 would cost nothing; here it is squares")(
    lambda f: F.relu(1 - f).mean()
)
_add(_f, "smooth L1", "is the smooth L1 (Huber) loss; here it is plain squares")(
    lambda f: F.smooth_l1_loss(f, torch.ones_like(f))
)
_add(_f, "variances", "takes the variance of the scores, their distance from their own mean; it is that from 1")(
    lambda f: f.var(correction=0)
)
_add(_f, "behind a tanh", "puts a tanh before the square: the slope vanishes again")(lambda f: to(f.tanh(), 1).mean())
for _t in (0.7, 0.8, 0.95):
    _add(_f, "smoothed", f"smooths the target to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda f, t=_t: to(f, t).mean()
    )
for _k in (3, 4):
    _add(_f, "another power", f"takes the power {_k} where the square belongs")(lambda f, k=_k: (f - 1).pow(k).mean())
for _name, _one in (("median", torch.median), ("largest", torch.max), ("smallest", torch.min)):
    _add(_f, f"{_name} for mean", f"takes the {_name} of the squares where their mean belongs")(
        lambda f, one=_one: one(to(f, 1))
    )
    _add(
        "least_squares_discriminator_loss",
        f"{_name} for mean",
        f"takes the {_name} of the squares where their mean belongs",
    )(lambda r, f, one=_one: one(to(r, 1)) + one(to(f, 0)))
