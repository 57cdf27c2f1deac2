"""Exercise 02, wrong: least squares, hinge and Wasserstein."""

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
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(lambda r, f: to(r, 1).mean() + F.mse_loss(f.flatten(), torch.zeros_like(r).flatten()))
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
    "averages each picture's patches before squaring: every patch should be judged on its own",
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
_add(_f, "detached", "is computed on detached scores: no gradient ever reaches the generator", catalogue=14)(
    lambda f: to(f.detach(), 1).mean()
)
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
    "averages each picture's patches before squaring: every patch should be judged on its own",
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

# ------------------------------------------------------------------------------------------- hinge_discriminator_loss

_f = "hinge_discriminator_loss"
relu = F.relu


def _hinge(r, f):
    return relu(1 - r).mean() + relu(1 + f).mean()


_add(_f, "real and fake swapped", "has real and fake swapped: reals belong above +1, fakes below −1", catalogue=1)(
    lambda r, f: relu(1 + r).mean() + relu(1 - f).mean()
)
_add(_f, "fakes called real", "lifts the fakes above +1 as well: D and G then push the same way", catalogue=2)(
    lambda r, f: relu(1 - r).mean() + relu(1 - f).mean()
)
_add(_f, "reals only", "has the real term only", catalogue=3)(lambda r, f: relu(1 - r).mean())
_add(_f, "fakes only", "has the fake term only", catalogue=4)(lambda r, f: relu(1 + f).mean())
_add(
    _f,
    "sign forgotten",
    "is what the paper maximises, min(0, r − 1) and min(0, −f − 1); a loss is minimised, so a minus is missing",
    catalogue=5,
)(lambda r, f: -_hinge(r, f))
_add(_f, "difference for sum", "subtracts the fake term; both are to be made small", catalogue=5)(
    lambda r, f: relu(1 - r).mean() - relu(1 + f).mean()
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    lambda r, f: relu(1 - r).sum() + relu(1 + f).sum()
)
_add(_f, "halved", "is halved: here the loss is the plain sum of its two terms", catalogue=7)(
    lambda r, f: _hinge(r, f) / 2
)
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([relu(1 - r).flatten(), relu(1 + f).flatten()]).mean())
_add(
    _f,
    "behind a sigmoid",
    "takes a sigmoid of the scores: then none ever reaches the margin of ±1",
    catalogue=9,
)(lambda r, f: _hinge(r.sigmoid(), f.sigmoid()))
_add(_f, "behind a tanh", "takes a tanh of the scores: then none ever reaches the margin of ±1")(
    lambda r, f: _hinge(r.tanh(), f.tanh())
)
_add(_f, "fake scores detached", "detaches the fake scores: that term teaches D nothing", catalogue=16)(
    lambda r, f: relu(1 - r).mean() + relu(1 + f.detach()).mean()
)
_add(_f, "smoothed", "puts the reals' margin at 0.9, a smoothing that nobody asked for here", catalogue=18)(
    lambda r, f: relu(0.9 - r).mean() + relu(1 + f).mean()
)
_add(
    _f,
    "relu of the mean",
    "averages before the relu: a score far beyond the margin makes up for one on the wrong side",
    catalogue=21,
)(lambda r, f: relu(1 - r.mean()) + relu(1 + f.mean()))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before the relu: every patch should be judged on its own",
    catalogue=21,
)(lambda r, f: _hinge(r.flatten(1).mean(dim=1), f.flatten(1).mean(dim=1)))
_add(_f, "fake margin at 0", "asks fakes to be below 0; their margin is −1", catalogue=23)(
    lambda r, f: relu(1 - r).mean() + relu(f).mean()
)
_add(_f, "no margin", "has no margin: it asks only for the right sign, reals above 0 and fakes below")(
    lambda r, f: relu(-r).mean() + relu(f).mean()
)
_add(_f, "no relu", "has no relu: scores beyond the margin would go on paying, as with a Wasserstein critic")(
    lambda r, f: (1 - r).mean() + (1 + f).mean()
)
_add(_f, "relu of the scores", "takes the relu of the scores instead of their distance to the margin")(
    lambda r, f: (1 - relu(r)).mean() + (1 + relu(f)).mean()
)
_add(_f, "squared", "squares what the relu leaves")(
    lambda r, f: relu(1 - r).square().mean() + relu(1 + f).square().mean()
)

# ------------------------------------------------------------------------------------------------- wasserstein_losses

_f = "wasserstein_losses"


def _w(for_d=lambda r, f: f.mean() - r.mean(), for_g=lambda f: -f.mean()):
    return lambda r, f: (for_d(r, f), for_g(f))


_add(
    _f,
    "the critic's sign",
    "has the critic's sign turned: that is what it maximises. As a loss it must push reals up and fakes down",
    catalogue=1,
)(_w(lambda r, f: r.mean() - f.mean()))
_add(_f, "both pull the fakes up", "pushes the fakes up in the critic's loss, as G does", catalogue=2)(
    _w(lambda r, f: -f.mean() - r.mean())
)
_add(_f, "reals only", "has only the real term in the critic's loss", catalogue=3)(_w(lambda r, f: -r.mean()))
_add(_f, "fakes only", "has only the fake term in the critic's loss", catalogue=4)(_w(lambda r, f: f.mean()))
_add(
    _f,
    "both signs",
    "has both signs turned: these are what critic and G maximise, and losses are minimised",
    catalogue=5,
)(_w(lambda r, f: r.mean() - f.mean(), lambda f: f.mean()))
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _w(lambda r, f: f.sum() - r.sum(), lambda f: -f.sum())
)
_add(_f, "halved", "halves the critic's loss, which nobody asked for here", catalogue=7)(
    _w(lambda r, f: (f.mean() - r.mean()) / 2)
)
_add(
    _f,
    "one mean over all",
    "divides both of the critic's sums by the number of all scores; take two means",
    catalogue=8,
)(_w(lambda r, f: torch.cat([-r.flatten(), f.flatten()]).mean()))
_add(_f, "behind a sigmoid", "takes a sigmoid of the scores; a critic's scores have no bounds", catalogue=9)(
    _w(lambda r, f: f.sigmoid().mean() - r.sigmoid().mean(), lambda f: -f.sigmoid().mean())
)
_add(_f, "with logarithms", "still takes log σ: that is cross-entropy; here the scores are averaged as they are")(
    _w(lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean(), lambda f: F.softplus(-f).mean())
)
_add(_f, "G's sign", "has G's sign turned: minimising it would push its own fakes down", catalogue=13)(
    _w(for_g=lambda f: f.mean())
)
_add(
    _f, "G on detached scores", "computes G's loss on detached scores: no gradient reaches the generator", catalogue=14
)(_w(for_g=lambda f: -f.detach().mean()))
_add(
    _f,
    "fake scores detached",
    "detaches the fake scores in the critic's loss: that term teaches it nothing",
    catalogue=16,
)(_w(lambda r, f: f.detach().mean() - r.mean()))
_add(
    _f,
    "absolute difference",
    "takes the absolute difference: then the critic could not tell which side should be up",
)(_w(lambda r, f: -(f.mean() - r.mean()).abs()))
_add(_f, "positive difference", "takes the absolute difference and minimises it: a critic that cannot tell would win")(
    _w(lambda r, f: (f.mean() - r.mean()).abs())
)
_add(_f, "least squares", "is least squares; here there is no target and no square")(
    _w(lambda r, f: to(r, 1).mean() + to(f, 0).mean(), lambda f: to(f, 1).mean())
)
_add(_f, "hinge", "has hinge's margin in the critic's loss; a Wasserstein critic has none")(_w(_hinge))
_add(
    _f,
    "G's with the reals",
    "has the reals in G's loss: the right slope, but not the number; G's loss is −mean f alone",
)(lambda r, f: (f.mean() - r.mean(), r.mean() - f.mean()))
_add(_f, "returned in the other order", "comes in the other order: the critic's loss first, then G's")(
    lambda r, f: (-f.mean(), f.mean() - r.mean())
)
