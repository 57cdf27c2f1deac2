"""Exercise 06, wrong: the adversarial loss of the generator."""

import torch
from mutants_basics import bce
from mutants_losses import EPSILONS, LIMITS, log_from, log_with, soft, soft_over_all
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# --------------------------------------------------------------------------------------------------- adversarial_loss

_f = "adversarial_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    lambda f: -F.softplus(-f).mean()
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(lambda f: F.softplus(-f).sum())
_add(_f, "halved", "is halved; only D's loss gets a ½, and that in the training step", catalogue=7)(
    lambda f: bce(f, 1.0) / 2
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda f: 2 * bce(f, 1.0))
_add(_f, "sigmoid twice", "takes the sigmoid twice: the slope all but vanishes where D is sure", catalogue=9)(
    lambda f: bce(f.sigmoid(), 1.0)
)
_add(
    _f,
    "naive logarithm",
    "takes log(sigmoid) naively: for a very low score the logarithm is that of 0",
    catalogue=10,
    evidence={"sigmoid": 1},
)(lambda f: -f.sigmoid().log().mean())
_add(
    _f,
    "exponential overflows",
    "computes exp(−f) as it is written, in log(1 + exp(−f)): for a very low score it is too large for a number (softplus is not)",
    catalogue=10,
    evidence={"sigmoid": 0},
)(lambda f: torch.log1p(torch.exp(-f)).mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very low score no longer counts in full",
    catalogue=10,
    evidence={"sigmoid": 1},
)(lambda f: F.binary_cross_entropy(f.sigmoid(), torch.ones_like(f)))
for _e in EPSILONS:
    for _log in (log_with(_e), log_from(_e)):
        _add(
            _f,
            "logarithm kept from 0",
            f"keeps the logarithm from 0 by {_e:g}, added to the probability or as a clamp: for a very low score the loss stops "
            "growing, and G has no slope any more (softplus needs no such number)",
            catalogue=10,
        )(lambda f, log=_log: -log(f.sigmoid()).mean())
for _k in LIMITS:
    _add(
        _f,
        "scores clamped",
        f"clamps the scores at ±{_k}: beyond that there is no slope any more",
        catalogue=10,
        evidence={"sigmoid": 0},
    )(lambda f, k=_k: bce(f.clamp(-k, k), 1.0))
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
_add(
    _f,
    "detached",
    "is computed on detached scores: no gradient ever reaches the generator",
    catalogue=14,
    evidence={"kind of the loss": 1},
)(lambda f: bce(f.detach(), 1.0))
for _t in (0.7, 0.8, 0.9, 0.95, 0.99):
    _add(_f, "smoothed", f"smooths the target to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda f, t=_t: bce(f, t)
    )
_add(_f, "no logarithm", "leaves out the logarithm: it is the mean of 1 − σ(f), which saturates again")(
    lambda f: (1 - f.sigmoid()).mean()
)
_add(_f, "no logarithm", "leaves out the logarithm: it is minus the mean of σ(f), which saturates again")(
    lambda f: -f.sigmoid().mean()
)
_add(_f, "scores averaged first", "averages the scores before the loss: every patch counts on its own", catalogue=33)(
    lambda f: bce(f.mean(), 1.0)
)
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before the loss: every patch counts on its own",
    catalogue=33,
)(lambda f: bce(f.flatten(1).mean(dim=1) if f.ndim > 1 else f, 1.0))
_add(_f, "summed over the patches", "sums over each picture's patches and averages over the pictures", catalogue=6)(
    lambda f: F.softplus(-f).sum() / len(f)
)
_add(_f, "no sigmoid", "is −log f: the scores are taken for probabilities, the sigmoid is missing")(
    lambda f: -f.log().mean()
)
_add(_f, "no sigmoid", "treats the scores as probabilities; they are logits, any real number")(
    lambda f: F.binary_cross_entropy(f, torch.ones_like(f))
)
_add(
    _f,
    "D's score itself",
    "is minus the mean of the scores, as hinge and Wasserstein have it; here it is −log σ(f), softplus(−f)",
)(lambda f: -f.mean())
_add(_f, "hinge", "is a hinge, relu(1 − f) or relu(−f); here it is −log σ(f), softplus(−f)")(
    lambda f: F.relu(1 - f).mean()
)
_add(_f, "hinge", "is a hinge, relu(1 − f) or relu(−f); here it is −log σ(f), softplus(−f)")(
    lambda f: F.relu(-f).mean()
)
_add(_f, "least squares", "squares the distance of the score from 1; that is the next piece, here it is −log σ(f)")(
    lambda f: (f - 1).square().mean()
)
_add(_f, "squares of the probabilities", "squares the distance of σ from 1 instead of taking a logarithm")(
    lambda f: (f.sigmoid() - 1).square().mean()
)
_add(_f, "1 outside the logarithm", "is 1 − log σ(f): the 1 is too many")(lambda f: (1 - F.logsigmoid(f)).mean())
for _soft in (soft, soft_over_all):
    _add(_f, "softmax for sigmoid", "takes a softmax over the patches: the scores of different patches then compete")(
        lambda f, soft=_soft: -soft(f if f.ndim > 1 else f[None]).log().mean()
    )
_add(
    _f,
    "logits and targets exchanged",
    "hands the loss function target and logits in the wrong order: the logits come first",
)(lambda f: F.binary_cross_entropy_with_logits(torch.ones_like(f), f))
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(
    lambda f: F.softplus(-f).mean() / torch.log(torch.tensor(2.0, dtype=f.dtype))
)
