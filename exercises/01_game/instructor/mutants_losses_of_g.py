"""Exercise 01, wrong: the generator's two losses."""

import torch
from mutants_losses import EPSILONS, LIMITS, bce, log_from, log_with
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------------- saturating_loss

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
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda f: -2 * F.softplus(f).mean())
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: F.logsigmoid and the losses `with_logits` take it already",
    catalogue=9,
)(lambda f: -F.softplus(f.sigmoid()).mean())
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: F.logsigmoid and the losses `with_logits` take it already",
    catalogue=9,
)(lambda f: F.logsigmoid(1 - f.sigmoid()).mean())
_add(
    _f,
    "naive logarithm",
    "takes log(1 − sigmoid) naively: for a very high logit the logarithm is that of 0",
    catalogue=10,
)(lambda f: (1 - f.sigmoid()).log().mean())
_add(
    _f,
    "exponential overflows",
    "computes −log(1 + exp(f)) as it is written: for a very high logit the exponential is too large for a number (softplus is not)",
    catalogue=10,
)(lambda f: -torch.log1p(torch.exp(f)).mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very high logit no longer counts in full",
    catalogue=10,
)(lambda f: -F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f)))
for _e in EPSILONS:
    for _log in (log_with(_e), log_from(_e)):
        _add(
            _f,
            "logarithm kept from 0",
            f"keeps the logarithm from 0 by {_e:g}, added to the probability or as a clamp: for a very high logit the loss stops "
            "falling, and its slope is gone (logsigmoid needs no such number)",
            catalogue=10,
        )(lambda f, log=_log: log(1 - f.sigmoid()).mean())
for _k in LIMITS:
    _add(_f, "logits clamped", f"clamps the logits at ±{_k}: beyond that there is no slope any more", catalogue=10)(
        lambda f, k=_k: -F.softplus(f.clamp(-k, k)).mean()
    )
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda f: (1 - f.sigmoid()).mean().log())
_add(
    _f,
    "detached",
    "is computed on detached logits: no gradient ever reaches the generator",
    catalogue=14,
    evidence={"kind of the loss": 1},
)(lambda f: -F.softplus(f.detach()).mean())
for _t in (0.1, 0.05, 0.2, 0.9):
    _add(_f, "smoothed", f"smooths the target to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda f, t=_t: -bce(f, t)
    )
_add(_f, "no logarithm", "leaves out the logarithm: it is the mean of 1 − σ(f)")(lambda f: (1 - f.sigmoid()).mean())
_add(_f, "no logarithm", "leaves out the logarithm: it is minus the mean of σ(f)")(lambda f: -f.sigmoid().mean())
_add(_f, "logits averaged first", "averages the logits before the loss: a good and a bad fake do not cancel")(
    lambda f: -F.softplus(f.mean())
)
_add(_f, "no sigmoid", "is log(1 − f): the logits are taken for probabilities, the sigmoid is missing")(
    lambda f: (1 - f).log().mean()
)
_add(
    _f,
    "1 outside the logarithm",
    "is 1 − log σ(f): the 1 belongs inside the logarithm, log(1 − σ(f))",
)(lambda f: (1 - F.logsigmoid(f)).mean())
_add(_f, "1 inside the sigmoid", "is log σ(1 − f): the 1 belongs outside the sigmoid, log(1 − σ(f))")(
    lambda f: F.logsigmoid(1 - f).mean()
)
_add(
    _f,
    "D's score itself",
    "is the mean of the logits, with or without a minus: a critic's loss; the logarithm and the sigmoid are missing",
)(lambda f: f.mean())
_add(
    _f,
    "D's score itself",
    "is the mean of the logits, with or without a minus: a critic's loss; the logarithm and the sigmoid are missing",
)(lambda f: -f.mean())
_add(_f, "least squares", "is a least-squares loss; here it is log(1 − σ(f))")(lambda f: (f - 1).square().mean())
_add(_f, "least squares", "is a least-squares loss; here it is log(1 − σ(f))")(
    lambda f: (f.sigmoid() - 1).square().mean()
)
_add(_f, "softmax for sigmoid", "takes a softmax over the batch: the logits of different samples then compete")(
    lambda f: (1 - f.softmax(0)).log().mean()
)
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(
    lambda f: -F.softplus(f).mean() / torch.log(torch.tensor(2.0, dtype=f.dtype))
)

# ------------------------------------------------------------------------------------------------ non_saturating_loss

_f = "non_saturating_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    lambda f: -F.softplus(-f).mean()
)
_add(_f, "sum for mean", "sums over the logits instead of averaging", catalogue=6)(lambda f: F.softplus(-f).sum())
_add(_f, "halved", "is halved", catalogue=7)(lambda f: bce(f, 1.0) / 2)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda f: 2 * bce(f, 1.0))
_add(_f, "sigmoid twice", "takes the sigmoid twice: the slope all but vanishes where D is sure", catalogue=9)(
    lambda f: bce(f.sigmoid(), 1.0)
)
_add(
    _f,
    "naive logarithm",
    "takes log(sigmoid) naively: for a very low logit the logarithm is that of 0",
    catalogue=10,
    evidence={"sigmoid": 1},
)(lambda f: -f.sigmoid().log().mean())
_add(
    _f,
    "exponential overflows",
    "computes exp(−f) as it is written, in log(1 + exp(−f)): for a very low logit it is too large for a number (softplus is not)",
    catalogue=10,
    evidence={"sigmoid": 0},
)(lambda f: torch.log1p(torch.exp(-f)).mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very low logit no longer counts in full",
    catalogue=10,
    evidence={"sigmoid": 1},
)(lambda f: F.binary_cross_entropy(f.sigmoid(), torch.ones_like(f)))
for _e in EPSILONS:
    for _log in (log_with(_e), log_from(_e)):
        _add(
            _f,
            "logarithm kept from 0",
            f"keeps the logarithm from 0 by {_e:g}, added to the probability or as a clamp: for a very low logit the loss stops "
            "growing, and G has no slope any more (softplus needs no such number)",
            catalogue=10,
        )(lambda f, log=_log: -log(f.sigmoid()).mean())
for _k in LIMITS:
    _add(
        _f,
        "logits clamped",
        f"clamps the logits at ±{_k}: beyond that there is no slope any more",
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
    "is computed on detached logits: no gradient ever reaches the generator",
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
_add(_f, "logits averaged first", "averages the logits before the loss: a good and a bad fake do not cancel")(
    lambda f: F.softplus(-f.mean())
)
_add(_f, "no sigmoid", "is −log f: the logits are taken for probabilities, the sigmoid is missing")(
    lambda f: -f.log().mean()
)
_add(_f, "no sigmoid", "treats the logits as probabilities; they are any real number")(
    lambda f: F.binary_cross_entropy(f, torch.ones_like(f))
)
_add(
    _f,
    "D's score itself",
    "is minus the mean of the logits, as hinge and Wasserstein have it; here it is −log σ(f), softplus(−f)",
)(lambda f: -f.mean())
_add(_f, "hinge", "is a hinge, relu(1 − f) or relu(−f); here it is −log σ(f), softplus(−f)")(
    lambda f: F.relu(1 - f).mean()
)
_add(_f, "hinge", "is a hinge, relu(1 − f) or relu(−f); here it is −log σ(f), softplus(−f)")(
    lambda f: F.relu(-f).mean()
)
_add(_f, "least squares", "squares the distance of the logit from 1; that is lesson 02's, here it is −log σ(f)")(
    lambda f: (f - 1).square().mean()
)
_add(_f, "squares of the probabilities", "squares the distance of σ from 1 instead of taking a logarithm")(
    lambda f: (f.sigmoid() - 1).square().mean()
)
_add(_f, "1 outside the logarithm", "is 1 − log σ(f): the 1 is too many")(lambda f: (1 - F.logsigmoid(f)).mean())
_add(_f, "softmax for sigmoid", "takes a softmax over the batch: the logits of different samples then compete")(
    lambda f: -f.log_softmax(0).mean()
)
_add(
    _f,
    "logits and targets exchanged",
    "hands the loss function target and logits in the wrong order: the logits come first",
)(lambda f: F.binary_cross_entropy_with_logits(torch.ones_like(f), f))
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(
    lambda f: F.softplus(-f).mean() / torch.log(torch.tensor(2.0, dtype=f.dtype))
)
