"""Exercise 01, wrong: another number than the mean of the logits' terms, and other signs and functions in the losses."""

import torch
from mutants_losses import bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add
OTHERS = (
    (
        "median for mean",
        "takes the median where the mean belongs: most of the batch then gets no gradient",
        torch.median,
    ),
    ("largest for mean", "takes the largest term where the mean belongs: the others get no gradient", torch.max),
    ("smallest for mean", "takes the smallest term where the mean belongs: the others get no gradient", torch.min),
    ("standard deviation for mean", "takes the standard deviation of the terms where their mean belongs", torch.std),
)

for _name, _sentence, _one in OTHERS:
    _add("discriminator_loss", _name, _sentence)(lambda r, f, one=_one: one(F.softplus(-r)) + one(F.softplus(f)))
    _add("saturating_loss", _name, _sentence)(lambda f, one=_one: -one(F.softplus(f)))
    _add("non_saturating_loss", _name, _sentence)(lambda f, one=_one: one(F.softplus(-f)))
_add("saturating_loss", "smallest for mean", OTHERS[2][1])(lambda f: F.logsigmoid(-f).max())

_add(
    "discriminator_loss",
    "difference for sum",
    "subtracts one term from the other, and takes the target 1 in both; the two are to be made small, so add them",
    catalogue=5,
)(lambda r, f: bce(r, 1.0) - bce(f, 1.0))
_add(
    "discriminator_loss",
    "difference for sum",
    "subtracts one term from the other, and takes the target 0 in both; the two are to be made small, so add them",
    catalogue=5,
)(lambda r, f: bce(f, 0.0) - bce(r, 0.0))
for _t in (0.05, 0.2, 0.3, 0.5):
    _add(
        "discriminator_loss",
        "fake target smoothed",
        f"smooths the fake target to {_t:g}, which nobody asked for here",
        catalogue=18,
    )(lambda r, f, t=_t: bce(r, 1.0) + bce(f, t))
_add("saturating_loss", "tanh for sigmoid", "takes a tanh where a sigmoid belongs: its values go from −1 to 1")(
    lambda f: (1 - f.tanh()).log().mean()
)
_add("saturating_loss", "tanh for sigmoid", "takes a tanh where a sigmoid belongs: its values go from −1 to 1")(
    lambda f: (1 - (f.tanh() + 1) / 2).log().mean()
)
_add("non_saturating_loss", "tanh for sigmoid", "takes a tanh where a sigmoid belongs: its values go from −1 to 1")(
    lambda f: -f.tanh().log().mean()
)
_add("non_saturating_loss", "tanh for sigmoid", "takes a tanh where a sigmoid belongs: its values go from −1 to 1")(
    lambda f: -((f.tanh() + 1) / 2).log().mean()
)
_add(
    "non_saturating_loss",
    "exponential for the logarithm",
    "is the mean of exp(−f), or of 1/σ(f): the logarithm is missing, log(1 + exp(−f))",
)(lambda f: (-f).exp().mean())
_add(
    "non_saturating_loss",
    "exponential for the logarithm",
    "is the mean of exp(−f), or of 1/σ(f): the logarithm is missing, log(1 + exp(−f))",
)(lambda f: (1 / f.sigmoid()).mean())
