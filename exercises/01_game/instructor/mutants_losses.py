"""Exercise 01, wrong: D's loss, and the generator's two."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def bce(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


def d_bce(real, fake):
    return bce(real, 1.0) + bce(fake, 0.0)


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
_add(_f, "sign forgotten", "is V itself, which D maximises; a loss is minimised, so a minus is missing", catalogue=5)(
    lambda r, f: -d_bce(r, f)
)
_add(
    _f,
    "sum for mean",
    "sums over the logits instead of averaging: twice the batch would be twice the loss",
    catalogue=6,
)(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
_add(_f, "halved", "is halved: here the loss is the plain sum of its two terms", catalogue=7)(
    lambda r, f: d_bce(r, f) / 2
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda r, f: 2 * d_bce(r, f))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([F.softplus(-r), F.softplus(f)]).mean())
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: the loss function with `logits` in its name takes it already",
    catalogue=9,
)(lambda r, f: d_bce(r.sigmoid(), f.sigmoid()))
_add(
    _f,
    "naive logarithm",
    "takes log(sigmoid) naively: for a very sure wrong logit the logarithm is that of 0",
    catalogue=10,
)(lambda r, f: -r.sigmoid().log().mean() - (1 - f.sigmoid()).log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very sure wrong logit no longer counts in full",
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
_add(_f, "logits averaged first", "averages the logits before the loss: a right and a wrong verdict do not cancel")(
    lambda r, f: d_bce(r.mean(), f.mean())
)
_add(
    _f,
    "fake logits detached",
    "detaches D's own logits of the fakes: that term no longer teaches D anything (detach the samples instead)",
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
_add(_f, "smoothed on both sides", "smooths the targets to 0.9 and 0.1, which nobody asked for here", catalogue=18)(
    lambda r, f: bce(r, 0.9) + bce(f, 0.1)
)
_add(_f, "no sigmoid", "treats the logits as probabilities; they are any real number")(
    lambda r, f: F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))
)
_add(_f, "a plain number", "is turned into a plain number (`.item()`, `float`): nothing can be learned from it")(
    lambda r, f: d_bce(r, f).item()
)

# ---------------------------------------------------------------------------- saturating_loss and non_saturating_loss

_f = "saturating_loss"
_add(
    _f,
    "made positive",
    "is turned positive, and so it is D's own term: G would help D to find the fakes. log(1 − σ) is negative by nature",
    catalogue=13,
)(lambda f: F.softplus(f).mean())
_add(
    _f,
    "non-saturating",
    "is the non-saturating one, −log σ: a good idea, and another function; here the game's own loss is asked for",
    catalogue=12,
)(lambda f: F.softplus(-f).mean())
_add(_f, "log σ", "is mean log σ(f): minimising it would make the fakes worse. It is log(1 − σ)", catalogue=2)(
    lambda f: -F.softplus(-f).mean()
)
_add(_f, "sum for mean", "sums over the logits instead of averaging", catalogue=6)(lambda f: -F.softplus(f).sum())
_add(_f, "halved", "is halved", catalogue=7)(lambda f: -F.softplus(f).mean() / 2)
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: F.logsigmoid and the losses `with_logits` take it already",
    catalogue=9,
)(lambda f: -F.softplus(f.sigmoid()).mean())
_add(
    _f,
    "naive logarithm",
    "takes log(1 − sigmoid) naively: for a very high logit the logarithm is that of 0",
    catalogue=10,
)(lambda f: (1 - f.sigmoid()).log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very high logit no longer counts in full",
    catalogue=10,
)(lambda f: -F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f)))
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda f: (1 - f.sigmoid()).mean().log())
_add(_f, "detached", "is computed on detached logits: no gradient ever reaches the generator", catalogue=14)(
    lambda f: -F.softplus(f.detach()).mean()
)
_add(_f, "smoothed", "smooths the target to 0.1, which nobody asked for here", catalogue=18)(lambda f: -bce(f, 0.1))
_add(_f, "no logarithm", "leaves out the logarithm: it is the mean of 1 − σ(f)")(lambda f: (1 - f.sigmoid()).mean())
_add(_f, "logits averaged first", "averages the logits before the loss: a good and a bad fake do not cancel")(
    lambda f: -F.softplus(f.mean())
)

_f = "non_saturating_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    lambda f: -F.softplus(-f).mean()
)
_add(_f, "sum for mean", "sums over the logits instead of averaging", catalogue=6)(lambda f: F.softplus(-f).sum())
_add(_f, "halved", "is halved", catalogue=7)(lambda f: bce(f, 1.0) / 2)
_add(_f, "sigmoid twice", "takes the sigmoid twice: the slope all but vanishes where D is sure", catalogue=9)(
    lambda f: bce(f.sigmoid(), 1.0)
)
_add(
    _f, "naive logarithm", "takes log(sigmoid) naively: for a very low logit the logarithm is that of 0", catalogue=10
)(lambda f: -f.sigmoid().log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very low logit no longer counts in full",
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
_add(
    _f,
    "fake target",
    "gives the fakes the target 0: that is D's wish, G wants the opposite",
    catalogue=13,
)(lambda f: bce(f, 0.0))
_add(_f, "detached", "is computed on detached logits: no gradient ever reaches the generator", catalogue=14)(
    lambda f: bce(f.detach(), 1.0)
)
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(lambda f: bce(f, 0.9))
_add(_f, "no logarithm", "leaves out the logarithm: it is the mean of 1 − σ(f), which saturates again")(
    lambda f: (1 - f.sigmoid()).mean()
)
_add(_f, "logits averaged first", "averages the logits before the loss: a good and a bad fake do not cancel")(
    lambda f: F.softplus(-f.mean())
)
