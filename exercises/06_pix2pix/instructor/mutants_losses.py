"""Exercise 06, wrong: D's loss as a function of scores."""

import torch
from mutants_basics import bce, d_bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add
EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16, 1e-20, 1e-30)
LIMITS = (5, 8, 10, 12, 15, 16, 20, 25, 30, 40, 50, 60, 64, 80, 88, 100, 500)


def log_with(epsilon):
    return lambda p: (p + epsilon).log()


def log_from(epsilon):
    return lambda p: p.clamp(min=epsilon).log()


# ------------------------------------------------------------------------------------------------- discriminator_loss

_f = "discriminator_loss"


def soft(scores):
    return scores.flatten(1).softmax(dim=1)


def soft_over_all(scores):
    return scores.flatten().softmax(dim=0)


def _of_logs(log):
    return lambda r, f: -log(r.sigmoid()).mean() - log(1 - f.sigmoid()).mean()


_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    lambda r, f: bce(r, 0.0) + bce(f, 1.0)
)
_add(
    _f,
    "fakes called real",
    "pushes D to call the fakes real, the same way G pushes: then nobody plays against G",
    catalogue=2,
)(lambda r, f: bce(r, 1.0) + bce(f, 1.0))
_add(
    _f, "reals called fake", "pushes D to call the reals fake, like the fakes: D has nothing to tell apart", catalogue=2
)(lambda r, f: bce(r, 0.0) + bce(f, 0.0))
_add(_f, "reals only", "has the real term only: D would call everything real", catalogue=3)(lambda r, f: bce(r, 1.0))
_add(_f, "fakes only", "has the fake term only: D would call everything fake", catalogue=4)(lambda r, f: bce(f, 0.0))
_add(
    _f,
    "sign forgotten",
    "has the sign of the log-likelihood, which is to be maximised; a loss is minimised, so a minus is missing",
    catalogue=5,
)(lambda r, f: -d_bce(r, f))
_add(
    _f, "difference for sum", "subtracts one term from the other; both are to be made small, so add them", catalogue=5
)(lambda r, f: bce(r, 1.0) - bce(f, 0.0))
_add(
    _f, "difference for sum", "subtracts one term from the other; both are to be made small, so add them", catalogue=5
)(lambda r, f: bce(f, 0.0) - bce(r, 1.0))
_add(_f, "sum in one term", "sums over the fakes and averages over the reals; both are means")(
    lambda r, f: F.softplus(-r).mean() + F.softplus(f).sum()
)
_add(_f, "sum in one term", "sums over the reals and averages over the fakes; both are means")(
    lambda r, f: F.softplus(-r).sum() + F.softplus(f).mean()
)
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
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: bce(r, 1.0) / 2 + bce(f, 0.0)
)
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: bce(r, 1.0) + bce(f, 0.0) / 2
)
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([F.softplus(-r).flatten(), F.softplus(f).flatten()]).mean())
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: 2 * torch.cat([F.softplus(-r).flatten(), F.softplus(f).flatten()]).mean())
_add(
    _f,
    "both divided by one number",
    "divides both sums by the number of reals, or both by that of the fakes; each has its own mean",
    catalogue=8,
)(lambda r, f: (F.softplus(-r).sum() + F.softplus(f).sum()) / r.numel())
_add(
    _f,
    "both divided by one number",
    "divides both sums by the number of reals, or both by that of the fakes; each has its own mean",
    catalogue=8,
)(lambda r, f: (F.softplus(-r).sum() + F.softplus(f).sum()) / f.numel())
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
)(_of_logs(torch.log))
_add(
    _f,
    "exponential overflows",
    "computes log(1 + exp(…)) as it is written: for a very sure wrong score the exponential is too large for a number (softplus is not)",
    catalogue=10,
)(lambda r, f: torch.log1p(torch.exp(-r)).mean() + torch.log1p(torch.exp(f)).mean())
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
for _e in EPSILONS:
    for _log in (log_with(_e), log_from(_e)):
        _add(
            _f,
            "logarithm kept from 0",
            f"keeps the logarithm from 0 by {_e:g}, added to the probability or as a clamp: where D is very sure and wrong the loss "
            "stops growing, and its slope is gone (softplus and logsigmoid need no such number)",
            catalogue=10,
        )(_of_logs(_log))
for _k in LIMITS:
    _add(
        _f,
        "scores clamped",
        f"clamps the scores at ±{_k}: beyond that D learns nothing more, however wrong it is",
        catalogue=10,
    )(lambda r, f, k=_k: d_bce(r.clamp(-k, k), f.clamp(-k, k)))
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
    "summed over the patches",
    "sums over each picture's patches and averages over the pictures; take one mean over everything",
    catalogue=6,
)(lambda r, f: F.softplus(-r).sum() / len(r) + F.softplus(f).sum() / len(f))
_add(
    _f,
    "fake scores detached",
    "detaches D's own scores of the fakes: that term no longer teaches D anything (detach the picture instead)",
    catalogue=16,
)(lambda r, f: bce(r, 1.0) + bce(f.detach(), 0.0))
_add(
    _f, "real scores detached", "detaches the scores of the reals: that term no longer teaches D anything", catalogue=16
)(lambda r, f: bce(r.detach(), 1.0) + bce(f, 0.0))
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(lambda r, f: bce(r, 1.0) + F.binary_cross_entropy_with_logits(f, torch.zeros_like(r)))
_add(
    _f,
    "real target sized like the fakes",
    "makes the target of the reals in the shape of the fakes, which fails when the batches differ",
    catalogue=17,
)(lambda r, f: F.binary_cross_entropy_with_logits(r, torch.ones_like(f)) + bce(f, 0.0))
for _t in (0.7, 0.8, 0.9, 0.95, 0.99):
    _add(_f, "smoothed", f"smooths the real target to {_t:g}, which nobody asked for here", catalogue=18)(
        lambda r, f, t=_t: bce(r, t) + bce(f, 0.0)
    )
    _add(
        _f,
        "smoothed on both sides",
        f"smooths the targets to {_t:g} and {1 - _t:g}, which nobody asked for here",
        catalogue=18,
    )(lambda r, f, t=_t: bce(r, t) + bce(f, 1 - t))
_add(_f, "fake target smoothed", "smooths the fake target to 0.1, which nobody asked for here", catalogue=18)(
    lambda r, f: bce(r, 1.0) + bce(f, 0.1)
)
_add(_f, "no sigmoid", "treats the scores as probabilities; they are logits, any real number")(
    lambda r, f: F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))
)
_add(_f, "no sigmoid", "treats the scores as probabilities; they are logits, any real number")(
    lambda r, f: -r.log().mean() - (1 - f).log().mean()
)
for _soft in (soft, soft_over_all):
    _add(
        _f,
        "softmax for sigmoid",
        "takes a softmax over the patches: the scores of different patches then compete, and each probability depends on its neighbours",
    )(
        lambda r, f, soft=_soft: (
            F.binary_cross_entropy(soft(r), torch.ones_like(soft(r)))
            + F.binary_cross_entropy(soft(f), torch.zeros_like(soft(f)))
        )
    )
    _add(_f, "softmax for sigmoid", "takes a softmax over the patches: the scores of different patches then compete")(
        lambda r, f, soft=_soft: -soft(r).log().mean() - (1 - soft(f)).log().mean()
    )
_add(_f, "tanh for sigmoid", "takes a tanh where a sigmoid belongs: its values go from −1 to 1")(
    lambda r, f: -((r.tanh() + 1) / 2).log().mean() - (1 - (f.tanh() + 1) / 2).log().mean()
)
_add(_f, "no logarithm", "leaves out the logarithm: it averages 1 − σ and σ, which go flat where D is sure and wrong")(
    lambda r, f: (1 - r.sigmoid()).mean() + f.sigmoid().mean()
)
_add(_f, "no logarithm", "leaves out the logarithm: it averages 1 − σ and σ, which go flat where D is sure and wrong")(
    lambda r, f: f.sigmoid().mean() - r.sigmoid().mean()
)
_add(
    _f,
    "squares of the probabilities",
    "squares the distance of σ from 1 and 0 instead of taking logarithms: its slope vanishes where D is sure and wrong",
)(lambda r, f: (r.sigmoid() - 1).square().mean() + f.sigmoid().square().mean())
_add(_f, "least squares", "is least squares on the scores, the piece after next; here it is cross-entropy")(
    lambda r, f: (r - 1).square().mean() + f.square().mean()
)
_add(
    _f,
    "hinge",
    "is the hinge loss, relu(1 − r) and relu(1 + f); here it is cross-entropy, softplus(−r) and softplus(f)",
)(lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean())
_add(_f, "hinge", "is a hinge, relu(−r) and relu(f); here it is cross-entropy, softplus(−r) and softplus(f)")(
    lambda r, f: F.relu(-r).mean() + F.relu(f).mean()
)
_add(_f, "Wasserstein", "is a critic's loss, mean f − mean r; here it is cross-entropy")(
    lambda r, f: f.mean() - r.mean()
)
_add(
    _f,
    "relativistic",
    "compares the scores of reals and fakes with each other, as a relativistic D does; here each has a target of its own",
)(lambda r, f: F.softplus(f.mean() - r).mean() + F.softplus(f - r.mean()).mean())
_add(_f, "relativistic", "compares the scores of reals and fakes with each other, as a relativistic D does")(
    lambda r, f: F.softplus(f.mean() - r.mean())
)
_add(
    _f,
    "logits and targets exchanged",
    "hands the loss function target and logits in the wrong order: the logits come first",
)(
    lambda r, f: (
        F.binary_cross_entropy_with_logits(torch.ones_like(r), r)
        + F.binary_cross_entropy_with_logits(torch.zeros_like(f), f)
    )
)
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(
    lambda r, f: d_bce(r, f) / torch.log(torch.tensor(2.0, dtype=r.dtype))
)
_add(
    _f,
    "a plain number",
    "is turned into a plain number (`.item()`, `float`): nothing can be learned from it",
    evidence={"kind of the loss": 2},
)(lambda r, f: d_bce(r, f).item())
_add(
    _f,
    "both detached",
    "detaches the scores of reals and fakes (or the loss itself): it has a number and no graph, so D learns nothing",
    catalogue=16,
    evidence={"kind of the loss": 1},
)(lambda r, f: d_bce(r, f).detach())
for _name, _one in (("median", torch.median), ("largest", torch.max), ("smallest", torch.min)):
    _add(_f, f"{_name} for mean", f"takes the {_name} of the terms where their mean belongs")(
        lambda r, f, one=_one: one(F.softplus(-r)) + one(F.softplus(f))
    )
