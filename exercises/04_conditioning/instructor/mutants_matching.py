"""Exercise 04, wrong: the loss that knows wrong labels."""

import torch
from mutants_losses import bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

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
_add(_f, "fakes with the reals' labels", "scores the fakes with the labels of the reals", catalogue=30)(
    _matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f.detach(), l)))
)
_add(_f, "fakes with the reals' labels", "scores the fakes with the labels of the first reals", catalogue=30)(
    _matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f.detach(), l[: len(f)])))
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
    evidence={"scored without a graph": 0},
)(_matching(_right, lambda d, r, l, w, f, fl: (d(r, l), d(r, w), d(f, fl).detach())))
_add(
    _f,
    "verdict on wrong pairs detached",
    "detaches D's verdict on the wrong pairs, so D learns nothing from them",
    catalogue=16,
)(_matching(lambda r, w, f: _right(r, w.detach(), f)))
_add(_f, "halved as a whole", "halves the real term as well; only the two fake terms get a ½", catalogue=7)(
    _matching(lambda r, w, f: (bce(r, 1.0) + bce(w, 0.0) + bce(f, 0.0)) / 2)
)
_add(_f, "quarter for half", "gives the two fake terms ¼ each; they get ½ each", catalogue=7)(
    _matching(lambda r, w, f: bce(r, 1.0) + (bce(w, 0.0) + bce(f, 0.0)) / 4)
)
_add(
    _f,
    "real term doubled",
    "gives the real term the weight 2 and the fake terms 1 each: that is twice what it should be",
    catalogue=7,
)(_matching(lambda r, w, f: 2 * bce(r, 1.0) + bce(w, 0.0) + bce(f, 0.0)))
_add(_f, "wrong pairs subtracted", "subtracts the wrong pairs' term; all three are to be made small", catalogue=5)(
    _matching(lambda r, w, f: bce(r, 1.0) + (-bce(w, 0.0) + bce(f, 0.0)) / 2)
)
_add(_f, "fakes called real", "calls the fakes real, as G wishes", catalogue=2)(
    _matching(lambda r, w, f: bce(r, 1.0) + (bce(w, 0.0) + bce(f, 1.0)) / 2)
)
_add(_f, "wrong labels on the fakes only", "shows D the fakes with the wrong labels, and no real picture with one")(
    _matching(lambda r, f: bce(r, 1.0) + bce(f, 0.0), lambda d, r, l, w, f, fl: (d(r, l), d(f.detach(), w[: len(f)])))
)
_add(
    _f, "sigmoid twice", "takes the sigmoid twice: D's answers are logits, and the loss takes it already", catalogue=9
)(_matching(lambda r, w, f: _right(r.sigmoid(), w.sigmoid(), f.sigmoid())))
_add(_f, "scores averaged first", "averages the scores before the loss", catalogue=33)(
    _matching(lambda r, w, f: _right(r.mean(), w.mean(), f.mean()))
)
_add(
    _f,
    "one mean over both kinds of fake",
    "takes half of one mean over wrong pairs and fakes together; take two means, half of each",
    catalogue=8,
)(_matching(lambda r, w, f: bce(r, 1.0) + bce(torch.cat([w, f]), 0.0) / 2))


@_add(
    _f,
    "fakes under no_grad",
    "runs D on the fakes under no_grad, so D learns nothing from them; only the generator is to be cut off",
    catalogue=16,
    evidence={"scored without a graph": 1},
)
def _(d, real, labels, wrong_labels, fake, fake_labels):
    with torch.no_grad():
        of_fakes = d(fake, fake_labels)
    return _right(d(real, labels), d(real, wrong_labels), of_fakes)
