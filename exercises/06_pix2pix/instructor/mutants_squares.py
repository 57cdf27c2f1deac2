"""Exercise 06, wrong: least squares."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------- least_squares_losses


def _ls(for_d, for_g=lambda f: (f - 1).square().mean()):
    return lambda r, f: (for_d(r, f), for_g(f))


def _ls_d(r, f):
    return (r - 1).square().mean() + f.square().mean()


_f = "least_squares_losses"
_add(_f, "real and fake swapped", "has real and fake swapped in D's loss", catalogue=1)(
    _ls(lambda r, f: r.square().mean() + (f - 1).square().mean())
)
_add(_f, "fakes called real", "pulls the fakes to 1 in both losses: D and G push the same way", catalogue=2)(
    _ls(lambda r, f: (r - 1).square().mean() + (f - 1).square().mean())
)
_add(_f, "reals only", "has only the real term in D's loss", catalogue=3)(_ls(lambda r, f: (r - 1).square().mean()))
_add(_f, "fakes only", "has only the fake term in D's loss", catalogue=4)(_ls(lambda r, f: f.square().mean()))
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _ls(lambda r, f: (r - 1).square().sum() + f.square().sum(), lambda f: (f - 1).square().sum())
)
_add(
    _f,
    "D halved",
    "has a ½ on D's loss: here the losses are plain, and the training step does the halving",
    catalogue=7,
)(_ls(lambda r, f: _ls_d(r, f) / 2))
_add(
    _f,
    "both halved",
    "has a ½ on both losses, as one paper prints them; in this course they are plain means",
    catalogue=7,
)(_ls(lambda r, f: _ls_d(r, f) / 2, lambda f: (f - 1).square().mean() / 2))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together in D's loss; take two means and add them",
    catalogue=8,
)(_ls(lambda r, f: torch.cat([(r - 1).square().flatten(), f.square().flatten()]).mean()))
_add(
    _f, "G on detached scores", "computes G's loss on detached scores: no gradient reaches the generator", catalogue=14
)(_ls(_ls_d, lambda f: (f.detach() - 1).square().mean()))
_add(
    _f,
    "fake scores detached in D's loss",
    "detaches the fake scores in D's loss: that term teaches D nothing",
    catalogue=16,
)(_ls(lambda r, f: (r - 1).square().mean() + f.detach().square().mean()))
_add(
    _f,
    "fake target sized like the reals",
    "puts the fakes against something in the shape of the reals (a target, or the reals themselves), which fails when the batches differ",
    catalogue=17,
)(_ls(lambda r, f: (r - 1).square().mean() + F.mse_loss(f.flatten(), torch.zeros_like(r).flatten())))
_add(
    _f,
    "fake target sized like the reals",
    "puts the fakes against something in the shape of the reals (a target, or the reals themselves), which fails when the batches differ",
    catalogue=17,
)(_ls(lambda r, f: (r - 1).square().mean() + F.mse_loss(f, torch.zeros_like(r))))
_add(_f, "smoothed", "smooths D's real target to 0.9, which nobody asked for here", catalogue=18)(
    _ls(lambda r, f: (r - 0.9).square().mean() + f.square().mean())
)
_add(
    _f,
    "square of the mean",
    "squares the mean: scores with mean 1 and a wild spread would cost nothing. Square first, then average",
    catalogue=21,
)(_ls(lambda r, f: (r.mean() - 1).square() + f.mean().square(), lambda f: (f.mean() - 1).square()))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before squaring: every patch counts on its own",
    catalogue=33,
)(
    _ls(
        lambda r, f: (r.mean(dim=(1, 2, 3)) - 1).square().mean() + f.mean(dim=(1, 2, 3)).square().mean(),
        lambda f: (f.flatten(1).mean(dim=1) - 1).square().mean(),
    )
)
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the squares: then the slope vanishes again where D is sure, which least squares was to cure",
    catalogue=22,
)(_ls(lambda r, f: _ls_d(r.sigmoid(), f.sigmoid()), lambda f: (f.sigmoid() - 1).square().mean()))
_add(_f, "targets ±1", "pulls the fakes to −1 in D's loss; in this course their target is 0", catalogue=23)(
    _ls(lambda r, f: (r - 1).square().mean() + (f + 1).square().mean())
)
_add(_f, "G pulled to 0", "pulls the fakes to 0 in G's loss: that is D's wish, G wants them at 1", catalogue=24)(
    _ls(_ls_d, lambda f: f.square().mean())
)
_add(_f, "returned in the other order", "comes in the other order: D's loss first, then G's")(
    lambda r, f: ((f - 1).square().mean(), _ls_d(r, f))
)
_add(_f, "absolute differences", "takes absolute differences instead of squares")(
    _ls(lambda r, f: (r - 1).abs().mean() + f.abs().mean(), lambda f: (f - 1).abs().mean())
)
_add(_f, "G halved", "has a ½ on G's loss; in this course the losses are plain means", catalogue=7)(
    _ls(_ls_d, lambda f: (f - 1).square().mean() / 2)
)
_add(_f, "one term halved", "halves one of the two terms of D's loss; both have the weight 1", catalogue=7)(
    _ls(lambda r, f: (r - 1).square().mean() / 2 + f.square().mean())
)
_add(_f, "one term halved", "halves one of the two terms of D's loss; both have the weight 1", catalogue=7)(
    _ls(lambda r, f: (r - 1).square().mean() + f.square().mean() / 2)
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(
    _ls(lambda r, f: 2 * _ls_d(r, f), lambda f: 2 * (f - 1).square().mean())
)
_add(_f, "sum for mean", "sums over the scores in D's loss instead of averaging", catalogue=6)(
    _ls(lambda r, f: (r - 1).square().sum() + f.square().sum())
)
_add(_f, "summed over the patches", "sums over each picture's patches and averages over the pictures", catalogue=6)(
    _ls(
        lambda r, f: (r - 1).square().sum() / len(r) + f.square().sum() / len(f),
        lambda f: (f - 1).square().sum() / len(f),
    )
)
_add(
    _f,
    "real scores detached in D's loss",
    "detaches the real scores in D's loss: that term teaches D nothing",
    catalogue=16,
)(_ls(lambda r, f: (r.detach() - 1).square().mean() + f.square().mean()))
_add(
    _f,
    "both on detached scores",
    "detaches the fake scores in both losses: neither D nor G learns from them",
    catalogue=14,
)(lambda r, f: ((r - 1).square().mean() + f.detach().square().mean(), (f.detach() - 1).square().mean()))
_add(_f, "difference for sum", "subtracts the fake term in D's loss; both are to be made small", catalogue=4)(
    _ls(lambda r, f: (r - 1).square().mean() - f.square().mean())
)
_add(_f, "not squared", "leaves out the squares: errors of both signs cancel")(
    _ls(lambda r, f: (r - 1).mean() + f.mean(), lambda f: (f - 1).mean())
)
_add(_f, "square of the mean", "squares the mean in D's loss. Square first, then average", catalogue=21)(
    _ls(lambda r, f: (r.mean() - 1).square() + f.mean().square())
)
_add(_f, "square of the mean", "squares the mean in G's loss. Square first, then average", catalogue=21)(
    _ls(_ls_d, lambda f: (f.mean() - 1).square())
)
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before D's squares: its slope vanishes where it is surely wrong",
    catalogue=22,
)(_ls(lambda r, f: _ls_d(r.sigmoid(), f.sigmoid())))
_add(_f, "root of the mean square", "takes a root of each mean square; leave it out")(
    _ls(
        lambda r, f: (r - 1).square().mean().sqrt() + f.square().mean().sqrt(),
        lambda f: (f - 1).square().mean().sqrt(),
    )
)
_add(_f, "cross-entropy", "is the cross-entropy of the pieces before; here squares take the place of the logarithms")(
    _ls(lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean(), lambda f: F.softplus(-f).mean())
)
_add(_f, "G's sign", "has the sign of G's loss turned: minimising it would drive the scores away from 1", catalogue=24)(
    _ls(_ls_d, lambda f: -(f - 1).square().mean())
)
_add(
    _f,
    "G's sign",
    "is minus D's loss for G, the same game with the sign turned; G's loss is mean (f − 1)²",
    catalogue=24,
)(lambda r, f: (_ls_d(r, f), -_ls_d(r, f)))
_add(_f, "G pulled to −1", "pulls the fakes to −1 in G's loss; G wants them at 1", catalogue=23)(
    _ls(_ls_d, lambda f: (f + 1).square().mean())
)
_add(_f, "smoothed", "smooths the targets of both losses to 0.9, which nobody asked for here", catalogue=18)(
    _ls(lambda r, f: (r - 0.9).square().mean() + f.square().mean(), lambda f: (f - 0.9).square().mean())
)
_add(_f, "smoothed", "smooths G's target to 0.9, which nobody asked for here", catalogue=18)(
    _ls(_ls_d, lambda f: (f - 0.9).square().mean())
)
_add(_f, "D's loss twice", "gives D's loss for G's as well; G's is mean (f − 1)²")(lambda r, f: (_ls_d(r, f),) * 2)
_add(_f, "G pulled to the reals' scores", "pulls the fakes to the scores of the reals in G's loss; G wants them at 1")(
    lambda r, f: (_ls_d(r, f), (f - r.mean()).square().mean())
)
_add(_f, "G pulled to the reals' scores", "pulls the mean score to that of the reals in G's loss; G wants all at 1")(
    lambda r, f: (_ls_d(r, f), (f.mean() - r.mean()).square())
)
