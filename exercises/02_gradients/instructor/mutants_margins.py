"""Exercise 02, wrong: hinge and Wasserstein."""

import torch
from mutants_losses import to
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

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
_add(
    _f,
    "real term turned",
    "has the real term the wrong way round: reals below +1, which are to be lifted, cost nothing and get no gradient",
    catalogue=5,
)(lambda r, f: relu(r - 1).mean() + relu(1 + f).mean())
_add(
    _f,
    "the other side of the margin",
    "clamps from above, as min(0, …) does; what lies beyond the margin is to cost nothing, so clamp from below",
)(lambda r, f: (1 - r).clamp(max=0).mean() + (1 + f).clamp(max=0).mean())
_add(
    _f,
    "mean over what costs something",
    "takes the means over the scores inside the margin alone; those beyond it count, too, with 0",
)(lambda r, f: (1 - r)[1 - r > 0].mean() + (1 + f)[1 + f > 0].mean())
_add(
    _f,
    "cost clamped to 1",
    "stops the cost of a score at 1: the worse D is wrong, the less it learns",
)(lambda r, f: (1 - r).clamp(0, 1).mean() + (1 + f).clamp(0, 1).mean())
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
    "averages each picture's patches before the relu: every patch counts on its own",
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

_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: relu(1 - r).mean() / 2 + relu(1 + f).mean()
)
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    lambda r, f: relu(1 - r).mean() + relu(1 + f).mean() / 2
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda r, f: 2 * _hinge(r, f))
_add(_f, "summed over the patches", "averages over the pictures and sums over each picture's patches", catalogue=6)(
    lambda r, f: relu(1 - r).sum() / len(r) + relu(1 + f).sum() / len(f)
)
_add(
    _f,
    "one mean over all",
    "takes twice one mean over reals and fakes together; take two means and add them",
    catalogue=8,
)(lambda r, f: 2 * torch.cat([relu(1 - r).flatten(), relu(1 + f).flatten()]).mean())
_add(_f, "real scores detached", "detaches the real scores: that term teaches D nothing", catalogue=16)(
    lambda r, f: relu(1 - r.detach()).mean() + relu(1 + f).mean()
)
_add(
    _f,
    "margin at the wrong side",
    "has the margins turned round, relu(r − 1) and relu(−1 − f): it punishes what is right already",
)(lambda r, f: relu(r - 1).mean() + relu(-1 - f).mean())
_add(_f, "one relu missing", "has a relu on one of the two terms only")(
    lambda r, f: relu(1 - r).mean() + (1 + f).mean()
)
_add(_f, "one relu missing", "has a relu on one of the two terms only")(
    lambda r, f: (1 - r).mean() + relu(1 + f).mean()
)
_add(_f, "margin at the wrong side", "has one margin at the wrong side: fakes belong below −1, so it is relu(1 + f)")(
    lambda r, f: relu(1 - r).mean() + relu(f - 1).mean()
)
_add(_f, "margin at the wrong side", "has one margin at the wrong side: reals belong above 1, so it is relu(1 − r)")(
    lambda r, f: relu(-1 - r).mean() + relu(1 + f).mean()
)
_add(_f, "fake margin at 1", "asks fakes to be below 1, relu(f − 1) with another sign inside; their margin is −1")(
    lambda r, f: relu(1 - r).mean() + relu(-1 - f).mean()
)
for _m in (0.5, 2.0, 10.0):
    _add(_f, "another margin", f"has the margin {_m:g}; here it is 1")(
        lambda r, f, m=_m: relu(m - r).mean() + relu(m + f).mean()
    )
_add(_f, "margin at 0 for the reals", "asks reals to be above 0; their margin is 1")(
    lambda r, f: relu(-r).mean() + relu(1 + f).mean()
)
_add(_f, "softplus for relu", "takes a softplus where a relu belongs: then scores beyond the margin go on paying")(
    lambda r, f: F.softplus(1 - r).mean() + F.softplus(1 + f).mean()
)
_add(_f, "leaky relu", "takes a leaky relu: then scores beyond the margin are paid for; a hinge is 0 there")(
    lambda r, f: F.leaky_relu(1 - r, 0.2).mean() + F.leaky_relu(1 + f, 0.2).mean()
)
_add(_f, "leaky relu", "takes a leaky relu: then scores beyond the margin are paid for; a hinge is 0 there")(
    lambda r, f: F.leaky_relu(1 - r).mean() + F.leaky_relu(1 + f).mean()
)
_add(
    _f,
    "absolute value for relu",
    "takes the absolute value where a relu belongs: scores beyond the margin are punished",
)(lambda r, f: (1 - r).abs().mean() + (1 + f).abs().mean())
_add(
    _f,
    "hinge_embedding_loss",
    "is `F.hinge_embedding_loss`, which means something else: it averages the inputs of target 1 as they are, with no margin",
)(lambda r, f: F.hinge_embedding_loss(r, torch.ones_like(r)) + F.hinge_embedding_loss(f, torch.full_like(f, -1.0)))
_add(
    _f,
    "each real with a fake",
    "puts reals and fakes together number by number, which fails when there are more of one kind; each side has a margin of its own",
    catalogue=17,
)(lambda r, f: relu(1 - (r - f)).mean())
_add(
    _f,
    "margin between the two",
    "asks for a margin between the mean scores of reals and fakes; here each score has a margin of its own",
)(lambda r, f: relu(1 - (r.mean() - f.mean())))
_add(_f, "cross-entropy", "is the cross-entropy of lesson 01; here it is a hinge")(
    lambda r, f: F.softplus(-r).mean() + F.softplus(f).mean()
)
_add(_f, "least squares", "is least squares; here it is a hinge")(lambda r, f: to(r, 1).mean() + to(f, 0).mean())
_add(_f, "Wasserstein", "is a critic's loss, mean f − mean r: the margin and the relu are missing")(
    lambda r, f: f.mean() - r.mean()
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
_add(_f, "G halved", "halves G's loss, which nobody asked for here", catalogue=7)(_w(for_g=lambda f: -f.mean() / 2))
_add(_f, "halved", "halves both losses, which nobody asked for here", catalogue=7)(
    _w(lambda r, f: (f.mean() - r.mean()) / 2, lambda f: -f.mean() / 2)
)
_add(
    _f,
    "sum for difference",
    "adds the mean scores of reals and fakes in the critic's loss: that pushes both down",
    catalogue=2,
)(_w(lambda r, f: f.mean() + r.mean()))
_add(_f, "squared", "squares the difference in the critic's loss: the sign is lost, and with it who should be above")(
    _w(lambda r, f: (f.mean() - r.mean()).square())
)
_add(
    _f,
    "each real with a fake",
    "subtracts the scores pair by pair, which fails when there are more of one kind: take two means first",
    catalogue=17,
)(_w(lambda r, f: (f - r).mean()))
_add(_f, "critic's loss twice", "gives the critic's loss for G's as well; G's is −mean f")(
    lambda r, f: (f.mean() - r.mean(),) * 2
)
_add(
    _f,
    "real scores detached",
    "detaches the real scores in the critic's loss: that term teaches it nothing",
    catalogue=16,
)(_w(lambda r, f: f.mean() - r.detach().mean()))
_add(_f, "with a margin", "has a relu in G's loss; a Wasserstein generator's is −mean f, without end")(
    _w(for_g=lambda f: F.relu(1 - f).mean())
)
_add(_f, "1 − f for G", "has a 1 in G's loss, mean (1 − f): the right slope, but not the number")(
    _w(for_g=lambda f: 1 - f.mean())
)
_add(
    _f,
    "behind a sigmoid",
    "takes a sigmoid of the scores in the critic's loss; a critic's scores have no bounds",
    catalogue=9,
)(_w(lambda r, f: f.sigmoid().mean() - r.sigmoid().mean()))
_add(_f, "behind a tanh", "takes a tanh of the scores; a critic's scores have no bounds")(
    _w(lambda r, f: f.tanh().mean() - r.tanh().mean(), lambda f: -f.tanh().mean())
)
_add(_f, "sum for mean", "sums over the scores in the critic's loss instead of averaging", catalogue=6)(
    _w(lambda r, f: f.sum() - r.sum())
)
_add(_f, "summed over the patches", "averages over the pictures and sums over each picture's patches", catalogue=6)(
    _w(lambda r, f: f.sum() / len(f) - r.sum() / len(r), lambda f: -f.sum() / len(f))
)
_add(_f, "squared", "squares the scores; a critic's are averaged as they are, and their sign counts")(
    _w(lambda r, f: f.square().mean() - r.square().mean(), lambda f: -f.square().mean())
)
