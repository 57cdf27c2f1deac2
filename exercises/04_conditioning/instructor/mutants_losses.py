"""Exercise 04, wrong: the discriminator's loss."""

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
WITHOUT_GRAPH = "scored without a graph"


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
    "scores the fakes with the labels of the reals: G made them for others, so G and D speak of different labels",
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
    evidence={WITHOUT_GRAPH: 0},
)(_conditional(fake_scores=lambda d, fake, labels: d(fake, labels).detach()))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    _conditional(lambda r, f: bce(r, 0.9) + bce(f, 0.0))
)
_add(_f, "least squares", "takes squares where the cross-entropy was asked for")(
    _conditional(lambda r, f: (r - 1).square().mean() + f.square().mean())
)


@_add(
    _f,
    "fakes under no_grad",
    "runs D on the fakes under no_grad, so D learns nothing from them; only the generator is to be cut off",
    catalogue=16,
    evidence={WITHOUT_GRAPH: 1},
)
def _(d, real, real_labels, fake, fake_labels):
    with torch.no_grad():
        of_fakes = d(fake, fake_labels)
    return d_bce(d(real, real_labels), of_fakes)


@_add(_f, "reals detached", "detaches D's verdict on the reals, so D learns nothing from them", catalogue=16)
def _(d, real, real_labels, fake, fake_labels):
    return d_bce(d(real, real_labels).detach(), d(fake.detach(), fake_labels))


@_add(
    _f,
    "labels for targets",
    "takes the labels for the targets of the cross-entropy: the label says what a picture shows, the target is 1 for real and 0 for fake",
)
def _(d, real, real_labels, fake, fake_labels):
    of_reals = d(real, real_labels)
    return F.binary_cross_entropy_with_logits(of_reals, real_labels[:, None].to(of_reals)) + bce(
        d(fake.detach(), fake_labels), 0.0
    )


@_add(
    _f,
    "labels for targets",
    "takes the labels for the targets of the cross-entropy: the label says what a picture shows, the target is 1 for real and 0 for fake",
)
def _(d, real, real_labels, fake, fake_labels):
    of_reals, of_fakes = d(real, real_labels), d(fake.detach(), fake_labels)
    return F.binary_cross_entropy_with_logits(
        of_reals, real_labels[:, None].to(of_reals)
    ) + F.binary_cross_entropy_with_logits(of_fakes, fake_labels[:, None].to(of_fakes))


_add(_f, "reals called fake", "pushes D to call the reals fake, like the fakes", catalogue=2)(
    _conditional(lambda r, f: bce(r, 0.0) + bce(f, 0.0))
)
_add(
    _f, "difference for sum", "subtracts one term from the other; both are to be made small, so add them", catalogue=5
)(_conditional(lambda r, f: bce(r, 1.0) - bce(f, 0.0)))
_add(_f, "doubled", "is twice what it should be", catalogue=7)(_conditional(lambda r, f: 2 * d_bce(r, f)))
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    _conditional(lambda r, f: bce(r, 1.0) / 2 + bce(f, 0.0))
)
_add(_f, "one term halved", "halves one of its two terms; both have the weight 1", catalogue=7)(
    _conditional(lambda r, f: bce(r, 1.0) + bce(f, 0.0) / 2)
)
for _t in (0.8, 0.95):
    _add(_f, "smoothed", f"smooths the real target to {_t:g}, which nobody asked for here", catalogue=18)(
        _conditional(lambda r, f, t=_t: bce(r, t) + bce(f, 0.0))
    )
_add(_f, "smoothed", "smooths the targets on both sides, which nobody asked for here", catalogue=18)(
    _conditional(lambda r, f: bce(r, 0.9) + bce(f, 0.1))
)
_add(_f, "hinge", "is a hinge loss; here it is cross-entropy")(
    _conditional(lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean())
)
_add(_f, "Wasserstein", "is a critic's loss, mean fake − mean real; here it is cross-entropy")(
    _conditional(lambda r, f: f.mean() - r.mean())
)
_add(_f, "no logarithm", "leaves out the logarithm: it averages 1 − σ and σ")(
    _conditional(lambda r, f: (1 - r.sigmoid()).mean() + f.sigmoid().mean())
)
_add(
    _f,
    "one mean over all",
    "takes twice one mean over reals and fakes together; take two means and add them",
    catalogue=8,
)(_conditional(lambda r, f: 2 * torch.cat([F.softplus(-r), F.softplus(f)]).mean()))
_add(_f, "label of the reals ignored", "shows D the label 0 for every real picture", catalogue=28)(
    _conditional(real_label=lambda r, f: 0 * r)
)


@_add(
    _f,
    "picture and label exchanged",
    "calls D with label and picture in the wrong order: it is `discriminator(pictures, labels)`",
)
def _(d, real, real_labels, fake, fake_labels):
    return d_bce(d(real_labels, real), d(fake_labels, fake.detach()))
