"""Exercise 04, wrong: the generator's loss."""

import torch
from mutants_losses import bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------- conditional_generator_loss

_f = "conditional_generator_loss"


def _generator(loss=lambda scores: bce(scores, 1.0), for_d=lambda labels: labels, cut=lambda fake: fake):
    def generator_loss(g, d, noise, draw):
        labels = draw(len(noise))
        return loss(d(cut(g(noise, labels)), for_d(labels)))

    return generator_loss


@_add(
    _f,
    "labels drawn twice",
    "draws labels twice: G makes a cat and D is asked whether it is a good dog. Draw once and keep them",
    catalogue=30,
)
def _(g, d, noise, draw):
    return bce(d(g(noise, draw(len(noise))), draw(len(noise))), 1.0)


@_add(
    _f, "labels drawn twice, for D first", "draws other labels for D than for G; draw once and keep them", catalogue=30
)
def _(g, d, noise, draw):
    for_d = draw(len(noise))
    return bce(d(g(noise, draw(len(noise))), for_d), 1.0)


_add(_f, "D does not see the label", "shows D the label 0 for every fake: then G need not obey", catalogue=28)(
    _generator(for_d=lambda labels: 0 * labels)
)
_add(_f, "labels in another order", "shows D the labels in another order than G", catalogue=30)(
    _generator(for_d=lambda labels: labels.flip(0))
)


@_add(_f, "G does not see the label", "gives G the label 0 for every noise: it cannot know what D is asked")
def _(g, d, noise, draw):
    labels = draw(len(noise))
    return bce(d(g(noise, 0 * labels), labels), 1.0)


@_add(_f, "one label for the batch", "draws one label for the whole batch; each noise gets its own")
def _(g, d, noise, draw):
    labels = draw(1).expand(len(noise))
    return bce(d(g(noise, labels), labels), 1.0)


@_add(_f, "one label drawn", "draws one label only; draw as many as there are noises")
def _(g, d, noise, draw):
    labels = draw(1)
    return bce(d(g(noise, labels), labels), 1.0)


_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    _generator(lambda s: -bce(s, 1.0))
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _generator(lambda s: F.softplus(-s).sum())
)
_add(_f, "halved", "is halved", catalogue=7)(_generator(lambda s: bce(s, 1.0) / 2))
_add(_f, "sigmoid twice", "takes the sigmoid twice", catalogue=9)(_generator(lambda s: bce(s.sigmoid(), 1.0)))
_add(_f, "log of the mean probability", "averages the probabilities and then takes the logarithm", catalogue=11)(
    _generator(lambda s: -s.sigmoid().mean().log())
)
_add(
    _f, "saturating", "is the saturating one, log(1 − σ): where D is sure of a fake its slope is almost 0", catalogue=12
)(_generator(lambda s: -F.softplus(s).mean()))
_add(_f, "fake target", "gives the fakes the target 0: that is D's wish, G wants the opposite", catalogue=13)(
    _generator(lambda s: bce(s, 0.0))
)
_add(
    _f,
    "detached",
    "is computed on fakes that are cut off from G (detach, no_grad): no gradient ever reaches the generator",
    catalogue=14,
    evidence={"kind of the loss": 0},
)(_generator(cut=lambda fake: fake.detach()))


@_add(
    _f,
    "D under no_grad",
    "runs D under no_grad: the gradient must pass through D to reach G",
    catalogue=16,
    evidence={"scored without a graph": 1},
)
def _(g, d, noise, draw):
    labels = draw(len(noise))
    with torch.no_grad():
        scores = d(g(noise, labels), labels)
    return bce(scores, 1.0)


@_add(
    _f,
    "D's verdict detached",
    "cuts the graph at D's verdict or at the loss (`.detach()`): the gradient must pass through D to reach G",
    catalogue=16,
    evidence={"kind of the loss": 1, "scored without a graph": 0},
)
def _(g, d, noise, draw):
    labels = draw(len(noise))
    return bce(d(g(noise, labels), labels).detach(), 1.0)


@_add(
    _f,
    "labels of its own",
    "draws random numbers of its own; `draw_labels` draws the labels, and the noise is given",
    evidence={"random numbers drawn": 1},
    decisive=True,
)
def _(g, d, noise, draw):
    labels = torch.randint(0, 4, (len(noise),))
    return bce(d(g(noise, labels), labels), 1.0)


_add(_f, "least squares", "takes squares where the cross-entropy was asked for")(
    _generator(lambda s: (s - 1).square().mean())
)
_add(_f, "hinge", "is a hinge, relu(1 − score); it is softplus of minus the score")(
    _generator(lambda s: F.relu(1 - s).mean())
)
_add(_f, "no logarithm", "leaves out the logarithm: it averages 1 − σ, which saturates")(
    _generator(lambda s: (1 - s.sigmoid()).mean())
)
_add(_f, "no logarithm", "leaves out the logarithm: it averages −σ, which saturates")(
    _generator(lambda s: -s.sigmoid().mean())
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(_generator(lambda s: 2 * bce(s, 1.0)))
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(
    _generator(lambda s: bce(s, 0.9))
)
_add(_f, "scores averaged first", "averages the scores before the loss", catalogue=33)(
    _generator(lambda s: bce(s.mean(), 1.0))
)
_add(
    _f, "the score itself", "is minus the mean score, which belongs to another loss; take softplus of minus the score"
)(_generator(lambda s: -s.mean()))
