"""Exercise 04, wrong: the losses of the two players, and the one that knows wrong labels."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------- conditional_discriminator_loss


def bce(scores, target):
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def d_bce(real, fake):
    return bce(real, 1.0) + bce(fake, 0.0)


_f = "conditional_discriminator_loss"


def _conditional(loss=d_bce, real_label=lambda r, f: r, fake_label=lambda r, f: f, fake_scores=None):
    """``real_label`` and ``fake_label`` choose from (reals' labels, fakes' labels)."""

    def conditional(d, real, real_labels, fake, fake_labels):
        of_reals = d(real, real_label(real_labels, fake_labels))
        labels = fake_label(real_labels, fake_labels)
        return loss(of_reals, fake_scores(d, fake, labels) if fake_scores else d(fake.detach(), labels))

    return conditional


_add(
    _f,
    "reals with drawn labels",
    "pairs the real pictures with the labels that were drawn for the fakes: D learns that a real cat is a good dog",
    catalogue=29,
)(_conditional(real_label=lambda r, f: f))
_add(
    _f,
    "fakes with the reals' labels",
    "judges the fakes with the labels of the reals: G made them for others, so G and D speak of different labels",
    catalogue=30,
)(_conditional(fake_label=lambda r, f: r))
_add(
    _f, "labels exchanged", "has the labels exchanged: the reals get those of the fakes, the fakes those of the reals"
)(_conditional(real_label=lambda r, f: f, fake_label=lambda r, f: r))
_add(
    _f,
    "label ignored",
    "shows D the label 0 for every picture: D cannot ask whether a picture belongs to its label",
    catalogue=28,
)(_conditional(real_label=lambda r, f: 0 * r, fake_label=lambda r, f: 0 * f))
_add(_f, "label of the fakes ignored", "shows D the label 0 for every fake", catalogue=28)(
    _conditional(fake_label=lambda r, f: 0 * f)
)
_add(_f, "reals in another order", "pairs the reals with their labels in the wrong order", catalogue=29)(
    _conditional(real_label=lambda r, f: r.flip(0))
)
_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    _conditional(lambda r, f: bce(r, 0.0) + bce(f, 1.0))
)
_add(_f, "fakes called real", "pushes D to call the fakes real, the same way G pushes", catalogue=2)(
    _conditional(lambda r, f: bce(r, 1.0) + bce(f, 1.0))
)
_add(_f, "reals only", "has the real term only", catalogue=3)(_conditional(lambda r, f: bce(r, 1.0)))
_add(_f, "fakes only", "has the fake term only", catalogue=4)(_conditional(lambda r, f: bce(f, 0.0)))
_add(_f, "sign forgotten", "has the sign of the log-likelihood; a loss is minimised", catalogue=5)(
    _conditional(lambda r, f: -d_bce(r, f))
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _conditional(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
)
_add(_f, "halved", "is halved; here it is the plain sum of its two terms", catalogue=7)(
    _conditional(lambda r, f: d_bce(r, f) / 2)
)
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(_conditional(lambda r, f: torch.cat([F.softplus(-r), F.softplus(f)]).mean()))
_add(
    _f, "sigmoid twice", "takes the sigmoid twice: D's answers are logits, and the loss takes it already", catalogue=9
)(_conditional(lambda r, f: d_bce(r.sigmoid(), f.sigmoid())))
_add(_f, "log of the mean probability", "averages the probabilities and then takes the logarithm", catalogue=11)(
    _conditional(lambda r, f: -r.sigmoid().mean().log() - (1 - f.sigmoid()).mean().log())
)
_add(_f, "scores averaged first", "averages the scores before the loss", catalogue=33)(
    _conditional(lambda r, f: d_bce(r.mean(), f.mean()))
)
_add(
    _f,
    "generator not cut off",
    "also sends a gradient to the generator: that costs time, and becomes wrong where G's gradients are not cleared; detach the fake",
    catalogue=15,
)(_conditional(fake_scores=lambda d, fake, labels: d(fake, labels)))
_add(
    _f,
    "D's verdict detached",
    "detaches D's verdict on the fakes, so D learns nothing from them; detach the pictures instead",
    catalogue=16,
)(_conditional(fake_scores=lambda d, fake, labels: d(fake, labels).detach()))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    _conditional(lambda r, f: bce(r, 0.9) + bce(f, 0.0))
)
_add(_f, "least squares", "takes squares where the cross-entropy was asked for")(
    _conditional(lambda r, f: (r - 1).square().mean() + f.square().mean())
)

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
_add(_f, "detached", "is computed on detached fakes: no gradient ever reaches the generator", catalogue=14)(
    _generator(cut=lambda fake: fake.detach())
)
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(
    _generator(lambda s: bce(s, 0.9))
)
_add(_f, "scores averaged first", "averages the scores before the loss", catalogue=33)(
    _generator(lambda s: bce(s.mean(), 1.0))
)
_add(
    _f, "the score itself", "is minus the mean score, which belongs to another loss; take softplus of minus the score"
)(_generator(lambda s: -s.mean()))

# ------------------------------------------------------------------------------------------------ matching_aware_loss

_f = "matching_aware_loss"


def _three(d, real, labels, wrong_labels, fake, fake_labels):
    return d(real, labels), d(real, wrong_labels), d(fake.detach(), fake_labels)


def _matching(combine, scores=_three):
    return lambda *a: combine(*scores(*a))


def _right(r, w, f):
    return bce(r, 1.0) + (bce(w, 0.0) + bce(f, 0.0)) / 2


_add(
    _f,
    "wrong pairs called real",
    "calls a real picture with a wrong label real: then D need not look at the label",
)(_matching(lambda r, w, f: bce(r, 1.0) + (bce(w, 1.0) + bce(f, 0.0)) / 2))
_add(_f, "wrong pairs missing", "leaves out the real pictures with wrong labels: the plain conditional loss")(
    _matching(lambda r, w, f: bce(r, 1.0) + bce(f, 0.0))
)
_add(_f, "wrong pairs missing, fakes halved", "leaves out the real pictures with wrong labels")(
    _matching(lambda r, w, f: bce(r, 1.0) + bce(f, 0.0) / 2)
)
_add(_f, "fakes missing", "leaves out the fakes")(_matching(lambda r, w, f: bce(r, 1.0) + bce(w, 0.0)))
_add(_f, "fakes missing, wrong pairs halved", "leaves out the fakes")(
    _matching(lambda r, w, f: bce(r, 1.0) + bce(w, 0.0) / 2)
)
_add(_f, "reals only", "has the real term only", catalogue=3)(_matching(lambda r, w, f: bce(r, 1.0)))
_add(
    _f,
    "not halved",
    'gives each of the two fake terms the weight 1: "fake" weighs twice as much as "real"',
    catalogue=7,
)(_matching(lambda r, w, f: bce(r, 1.0) + bce(w, 0.0) + bce(f, 0.0)))
_add(_f, "halved as a whole", "is halved as a whole; only the two fake terms get a ½", catalogue=7)(
    _matching(lambda r, w, f: _right(r, w, f) / 2)
)
_add(_f, "three thirds", "is the mean of three terms; the real one has the weight 1, the two others ½ each")(
    _matching(lambda r, w, f: (bce(r, 1.0) + bce(w, 0.0) + bce(f, 0.0)) / 3)
)
_add(_f, "only the wrong pairs halved", "gives the ½ to the wrong pairs only")(
    _matching(lambda r, w, f: bce(r, 1.0) + bce(w, 0.0) / 2 + bce(f, 0.0))
)
_add(_f, "only the fakes halved", "gives the ½ to the fakes only")(
    _matching(lambda r, w, f: bce(r, 1.0) + bce(w, 0.0) + bce(f, 0.0) / 2)
)
_add(
    _f,
    "one mean over both kinds of fake",
    "takes one mean over wrong pairs and fakes together, so the larger batch counts more; take two means",
    catalogue=8,
)(_matching(lambda r, w, f: bce(r, 1.0) + bce(torch.cat([w, f]), 0.0)))
_add(
    _f,
    "fakes with wrong labels",
    "shows D the fakes with the wrong labels; these belong to the real pictures, fakes come with the label they were made for",
    catalogue=30,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f.detach(), w))))
_add(
    _f,
    "wrong labels on the fakes only",
    "pairs the wrong labels with fakes instead of real pictures: D can call these fake without looking at the label",
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(f.detach(), w), d(f.detach(), fl))))
_add(
    _f,
    "right and wrong exchanged",
    "has right and wrong labels exchanged: D learns that matching pairs are fake",
    catalogue=1,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, w), d(r, l), d(f.detach(), fl))))
_add(
    _f,
    "label ignored",
    "shows D the label 0 for every picture: then the same picture is to be real and fake at once",
    catalogue=28,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, 0 * l), d(r, 0 * w), d(f.detach(), 0 * fl))))
_add(
    _f,
    "reals with drawn labels",
    "pairs the real pictures with the labels that were drawn for the fakes",
    catalogue=29,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, fl), d(r, w), d(f.detach(), fl))))
_add(_f, "fakes with the reals' labels", "judges the fakes with the labels of the reals", catalogue=30)(
    _matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f.detach(), l)))
)
_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    _matching(lambda r, w, f: bce(r, 0.0) + (bce(w, 1.0) + bce(f, 1.0)) / 2)
)
_add(_f, "sign forgotten", "has the sign of the log-likelihood; a loss is minimised", catalogue=5)(
    _matching(lambda r, w, f: -_right(r, w, f))
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _matching(lambda r, w, f: F.softplus(-r).sum() + (F.softplus(w).sum() + F.softplus(f).sum()) / 2)
)
_add(
    _f,
    "generator not cut off",
    "also sends a gradient to the generator; detach the fake",
    catalogue=15,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f, fl))))
_add(
    _f,
    "D's verdict detached",
    "detaches D's verdict on the fakes, so D learns nothing from them; detach the pictures instead",
    catalogue=16,
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f, fl).detach())))
_add(
    _f,
    "verdict on wrong pairs detached",
    "detaches D's verdict on the wrong pairs, so D learns nothing from them",
    catalogue=16,
)(_matching(lambda r, w, f: _right(r, w.detach(), f)))
