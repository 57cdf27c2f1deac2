"""Exercise 06, wrong: targets, and the losses as functions of scores."""

import torch
from torch.nn import functional as F

from mutants_basics import bce, d_bce

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------- discriminator_targets

_f = "discriminator_targets"
_add(
    _f,
    "real and fake swapped",
    "has the real and fake targets swapped: here 1 means real and 0 means fake",
    catalogue=1,
)(lambda r, f: (torch.zeros_like(r), torch.ones_like(f)))
_add(
    _f, "returned in the other order", "comes in the other order: first the target of the reals, then that of the fakes"
)(lambda r, f: (torch.zeros_like(f), torch.ones_like(r)))
_add(_f, "fakes called real", "calls the fakes real as well, so D has nothing to tell apart", catalogue=2)(
    lambda r, f: (torch.ones_like(r), torch.ones_like(f))
)
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals; the two batches need not be equal",
    catalogue=17,
)(lambda r, f: (torch.ones_like(r), torch.zeros_like(r)))
_add(_f, "smoothed", "is smoothed to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: (torch.full_like(r, 0.9), torch.zeros_like(f))
)
_add(
    _f, "smoothed on both sides", "is smoothed on both sides, to 0.9 and 0.1, which nobody asked for here", catalogue=18
)(lambda r, f: (torch.full_like(r, 0.9), torch.full_like(f, 0.1)))
_add(_f, "targets ±1", "uses +1 and −1; in this course fakes have the target 0", catalogue=23)(
    lambda r, f: (torch.ones_like(r), -torch.ones_like(f))
)
_add(
    _f,
    "one target a picture",
    "has one number a picture, shape (B, 1): against a map of verdicts it is broadcast without a word",
    catalogue=32,
)(lambda r, f: (r.new_ones(len(r), 1), f.new_zeros(len(f), 1)))
_add(_f, "one target for all", "is one number for the whole batch; give every verdict its own target", catalogue=32)(
    lambda r, f: (r.new_ones(()), f.new_zeros(()))
)
_add(_f, "another dtype", "does not take over dtype and device: on a GPU, or in double precision, it would not fit")(
    lambda r, f: (torch.ones(r.shape, dtype=torch.float32), torch.zeros(f.shape, dtype=torch.float32))
)

# ------------------------------------------------------------------------------------------------- discriminator_loss

_f = "discriminator_loss"
_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    lambda r, f: bce(r, 0.0) + bce(f, 1.0)
)
_add(
    _f,
    "fakes called real",
    "pushes D to call the fakes real, the same way G pushes: then nobody plays against G",
    catalogue=2,
)(lambda r, f: bce(r, 1.0) + bce(f, 1.0))
_add(_f, "reals only", "has the real term only: D would call everything real", catalogue=3)(lambda r, f: bce(r, 1.0))
_add(_f, "fakes only", "has the fake term only: D would call everything fake", catalogue=4)(lambda r, f: bce(f, 0.0))
_add(
    _f,
    "sign forgotten",
    "has the sign of the log-likelihood, which is to be maximised; a loss is minimised, so a minus is missing",
    catalogue=5,
)(lambda r, f: -d_bce(r, f))
_add(
    _f,
    "sum for mean",
    "sums over the scores instead of averaging: twice the batch would be twice the loss",
    catalogue=6,
)(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
_add(
    _f,
    "halved",
    "is halved: here the loss is the plain sum of its two terms, and the training step does the halving",
    catalogue=7,
)(lambda r, f: d_bce(r, f) / 2)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda r, f: 2 * d_bce(r, f))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([F.softplus(-r).flatten(), F.softplus(f).flatten()]).mean())
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: the loss function with `logits` in its name takes it already",
    catalogue=9,
)(lambda r, f: d_bce(r.sigmoid(), f.sigmoid()))
_add(
    _f,
    "naive logarithm",
    "takes log(sigmoid) naively: for a very sure wrong score the logarithm is that of 0",
    catalogue=10,
)(lambda r, f: -r.sigmoid().log().mean() - (1 - f.sigmoid()).log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very sure wrong score no longer counts in full",
    catalogue=10,
)(
    lambda r, f: (
        F.binary_cross_entropy(r.sigmoid(), torch.ones_like(r))
        + F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f))
    )
)
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda r, f: -r.sigmoid().mean().log() - (1 - f.sigmoid()).mean().log())
_add(
    _f,
    "scores averaged first",
    "averages the scores before the loss: a map that swings between very good and very bad looks mediocre",
    catalogue=33,
)(lambda r, f: d_bce(r.mean(), f.mean()))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before the loss: every patch counts on its own",
    catalogue=33,
)(lambda r, f: d_bce(r.mean(dim=(1, 2, 3)), f.mean(dim=(1, 2, 3))))
_add(
    _f,
    "fake scores detached",
    "detaches D's own scores of the fakes: that term no longer teaches D anything (detach the picture instead)",
    catalogue=16,
)(lambda r, f: bce(r, 1.0) + bce(f.detach(), 0.0))
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(lambda r, f: bce(r, 1.0) + F.binary_cross_entropy_with_logits(f, torch.zeros_like(r)))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: bce(r, 0.9) + bce(f, 0.0)
)
_add(_f, "no sigmoid", "treats the scores as probabilities; they are logits, any real number")(
    lambda r, f: F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))
)
_add(_f, "a plain number", "is turned into a plain number (`.item()`, `float`): nothing can be learned from it")(
    lambda r, f: d_bce(r, f).item()
)

# --------------------------------------------------------------------------------------------------- adversarial_loss

_f = "adversarial_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    lambda f: -bce(f, 1.0)
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(lambda f: F.softplus(-f).sum())
_add(_f, "halved", "is halved; only D's loss gets a ½, and that in the training step", catalogue=7)(
    lambda f: bce(f, 1.0) / 2
)
_add(_f, "sigmoid twice", "takes the sigmoid twice: the slope all but vanishes where D is sure", catalogue=9)(
    lambda f: bce(f.sigmoid(), 1.0)
)
_add(
    _f, "naive logarithm", "takes log(sigmoid) naively: for a very sure score the logarithm is that of 0", catalogue=10
)(lambda f: -f.sigmoid().log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very sure score no longer counts in full",
    catalogue=10,
)(lambda f: F.binary_cross_entropy(f.sigmoid(), torch.ones_like(f)))
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda f: -f.sigmoid().mean().log())
_add(
    _f,
    "saturating",
    "is the saturating one, log(1 − σ): where D is sure of a fake its slope is almost 0, just when G needs it most",
    catalogue=12,
)(lambda f: -F.softplus(f).mean())
_add(_f, "fake target", "gives the fakes the target 0: that is D's wish, G wants the opposite", catalogue=13)(
    lambda f: bce(f, 0.0)
)
_add(_f, "detached", "is computed on detached scores: no gradient ever reaches the generator", catalogue=14)(
    lambda f: bce(f.detach(), 1.0)
)
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(lambda f: bce(f, 0.9))
_add(
    _f,
    "scores averaged first",
    "averages the scores before the loss: every patch counts on its own",
    catalogue=33,
)(lambda f: bce(f.mean(), 1.0))

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
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(_ls(lambda r, f: (r - 1).square().mean() + F.mse_loss(f.flatten(), torch.zeros_like(r).flatten())))
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
