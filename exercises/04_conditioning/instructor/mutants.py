"""Exercise 04, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop.
"""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def hot(labels, classes):
    return F.one_hot(labels, classes).double()


def maps(labels, classes, height, width):
    return hot(labels, classes)[:, :, None, None].expand(-1, -1, height, width)


# ------------------------------------------------------------------------------------------------------------ one_hot

_f = "one_hot"
_add(
    _f,
    "transposed",
    "lies along the wrong axis: one row a class and one column a label; each label needs a row of its own",
    catalogue=25,
)(lambda labels, n: hot(labels, n).T)


@_add(
    _f,
    "written along the wrong axis",
    "has the right shape, but its ones are written along the wrong axis (`scatter_` along dimension 0)",
    catalogue=25,
)
def _(labels, n):
    rows = torch.zeros(len(labels), n)
    for i, label in enumerate(labels.tolist()):
        rows[label % len(labels), i % n] = 1
    return rows


_add(
    _f,
    "classes counted from 1",
    "counts the classes from 1: every one sits a column too far to the left, and class 0 lands in the last column",
    catalogue=26,
)(lambda labels, n: torch.eye(n)[labels - 1])
_add(
    _f,
    "last class without a column",
    "has no column for the last class (off by one): there are `classes` columns, 0 to classes − 1",
    catalogue=26,
)(lambda labels, n: hot(labels, n)[:, :-1])
_add(
    _f,
    "last class called the one before",
    "gives the last class the column of the one before (off by one)",
    catalogue=26,
)(lambda labels, n: hot(labels.clamp(max=n - 2), n))
_add(_f, "first class without a column", "has no column for class 0, which becomes a row of zeros")(
    lambda labels, n: hot(labels, n)[:, 1:]
)
_add(_f, "a column too many", "has a column too many, as if classes were counted from 1", catalogue=26)(
    lambda labels, n: hot(labels, n + 1)
)
_add(
    _f,
    "as many columns as occur",
    "has only as many columns as classes occur in this batch (`one_hot` without `classes`): the next batch may have another width",
)(lambda labels, n: F.one_hot(labels))
_add(_f, "the number itself", "is the label as a number: as if class 2 were twice class 1")(
    lambda labels, n: labels[:, None].double()
)
_add(_f, "the number in its column", "has the label's number in its column instead of a one: class 0 disappears")(
    lambda labels, n: hot(labels, n) * labels[:, None]
)
_add(_f, "ones up to the label", "has ones in all columns up to the label, as if classes had an order")(
    lambda labels, n: hot(labels, n).flip(1).cumsum(1).flip(1)
)
_add(_f, "one row for the batch", "is one row for the whole batch: which picture has which label is lost")(
    lambda labels, n: hot(labels, n).amax(dim=0)
)
_add(_f, "columns reversed", "counts the columns from the right")(lambda labels, n: hot(labels, n).flip(1))
_add(_f, "zeros and ones exchanged", "has zeros and ones exchanged")(lambda labels, n: 1 - hot(labels, n))
_add(_f, "minus ones", "has −1 where a 0 belongs")(lambda labels, n: 2 * hot(labels, n) - 1)
_add(_f, "smoothed", "is smoothed, which nobody asked for here", catalogue=18)(
    lambda labels, n: 0.9 * hot(labels, n) + 0.1 / n
)

# --------------------------------------------------------------------------------------------------------- label_maps

_f = "label_maps"
_add(
    _f,
    "repeated in the wrong order",
    "varies over space: `repeat` lays the row out pixel after pixel, and `view` then cuts it into channels that are no longer constant",
    catalogue=31,
)(lambda labels, n, h, w: hot(labels, n).repeat(1, h * w).view(len(labels), n, h, w))
_add(
    _f,
    "expanded at the front",
    "varies over space: the new dimensions were put in front, and `reshape` mixes them with batch and channels",
    catalogue=31,
)(lambda labels, n, h, w: hot(labels, n).expand(h, w, len(labels), n).reshape(len(labels), n, h, w))
_add(
    _f,
    "one pixel only",
    "says its label in one pixel only; each channel must be constant, or the other places never hear of it",
    catalogue=31,
)(lambda labels, n, h, w: F.pad(hot(labels, n)[:, :, None, None], (0, w - 1, 0, h - 1)))
_add(
    _f,
    "fades over the picture",
    "fades from left to right; each channel must be constant",
    catalogue=31,
)(lambda labels, n, h, w: maps(labels, n, h, w) * torch.linspace(0, 1, w))
_add(
    _f,
    "shares that add up to one",
    "divides the one by the number of pixels; every pixel of the channel is a full one",
)(lambda labels, n, h, w: maps(labels, n, h, w) / (h * w))
_add(_f, "not spread", "stays 1×1: it does not cover height and width")(
    lambda labels, n, h, w: hot(labels, n)[:, :, None, None]
)
_add(_f, "height and width exchanged", "has height and width exchanged")(lambda labels, n, h, w: maps(labels, n, w, h))
_add(_f, "channels last", "has its channels last; here they come second, (B, classes, height, width)")(
    lambda labels, n, h, w: maps(labels, n, h, w).permute(0, 2, 3, 1)
)
_add(
    _f,
    "classes and labels exchanged",
    "has batch and classes exchanged: the first dimension runs over the labels",
    catalogue=25,
)(lambda labels, n, h, w: maps(labels, n, h, w).transpose(0, 1))
_add(
    _f,
    "one channel with the number",
    "is one channel filled with the label's number: as if class 2 were twice class 1",
)(lambda labels, n, h, w: labels.double()[:, None, None, None].expand(-1, 1, h, w))
_add(_f, "classes counted from 1", "counts the classes from 1: class 0 lands in the last channel", catalogue=26)(
    lambda labels, n, h, w: maps((labels - 1) % n, n, h, w)
)
_add(_f, "last class without a channel", "has no channel for the last class (off by one)", catalogue=26)(
    lambda labels, n, h, w: maps(labels, n, h, w)[:, :-1]
)
_add(_f, "first label for all", "takes the first picture's label for the whole batch")(
    lambda labels, n, h, w: maps(labels[:1].expand(len(labels)), n, h, w)
)
_add(_f, "batch forgotten", "has no batch dimension")(lambda labels, n, h, w: maps(labels, n, h, w)[0])

# ---------------------------------------------------------------------------------------------------- generator_input

_f = "generator_input"
_add(_f, "label in front", "has the label in front; here the condition comes behind the noise")(
    lambda z, labels, n: torch.cat([hot(labels, n), z], dim=1)
)
_add(
    _f,
    "joined along the batch",
    "is joined along the batch: the labels become samples of their own, and no noise has a label",
    catalogue=27,
)(lambda z, labels, n: torch.cat([z, hot(labels, n)], dim=0))
_add(_f, "added", "adds the one-hot row to the noise; join them")(lambda z, labels, n: z + hot(labels, n))
_add(_f, "multiplied", "multiplies the noise by the one-hot row: most of the noise is gone")(
    lambda z, labels, n: z * hot(labels, n)
)
_add(_f, "the number behind", "has the label's number behind the noise; one-hot it")(
    lambda z, labels, n: torch.cat([z, labels[:, None].to(z)], dim=1)
)
_add(_f, "labels as they come", "joins the labels as they come, (B,), to the noise, (B, d); one-hot them first")(
    lambda z, labels, n: torch.cat([z, labels], dim=1)
)
_add(_f, "label alone", "has no noise: there would be one picture a class")(lambda z, labels, n: hot(labels, n))
_add(_f, "noise alone", "has no label: G cannot know what is wanted", catalogue=28)(lambda z, labels, n: z.clone())
_add(_f, "noise set to zero", "has zeros where the noise belongs")(
    lambda z, labels, n: torch.cat([torch.zeros_like(z), hot(labels, n)], dim=1)
)
_add(_f, "fresh noise", "draws its own noise, another one at each call; use the one that is given")(
    lambda z, labels, n: torch.cat([torch.randn_like(z), hot(labels, n)], dim=1)
)
_add(_f, "classes counted from 1", "counts the classes from 1", catalogue=26)(
    lambda z, labels, n: torch.cat([z, hot((labels - 1) % n, n)], dim=1)
)
_add(_f, "first label for all", "takes the first label for the whole batch")(
    lambda z, labels, n: torch.cat([z, hot(labels[:1].expand(len(z)), n)], dim=1)
)

# ------------------------------------------------------------------------------------------------ discriminator_input

_f = "discriminator_input"


def _joined(pictures, labels, n):
    return pictures, maps(labels, n, *pictures.shape[2:])


_add(
    _f,
    "joined along the batch",
    "is joined along the batch: the maps become pictures of their own, and no picture has a label",
    catalogue=27,
)(lambda *a: torch.cat(_joined(*a), dim=0))
_add(_f, "maps in front", "has the label's maps in front; here the condition comes behind the picture")(
    lambda *a: torch.cat(_joined(*a)[::-1], dim=1)
)
_add(_f, "joined along the height", "puts the maps under the picture instead of behind its channels")(
    lambda *a: torch.cat(_joined(*a), dim=2)
)
_add(_f, "joined along the width", "puts the maps beside the picture instead of behind its channels")(
    lambda *a: torch.cat(_joined(*a), dim=3)
)
_add(_f, "added", "adds the maps to the picture; join them")(lambda *a: sum(_joined(*a)))
_add(_f, "multiplied", "multiplies the picture by the maps")(lambda *a: _joined(*a)[0] * _joined(*a)[1])
_add(_f, "picture alone", "has no label: D cannot ask whether the picture belongs to it", catalogue=28)(
    lambda pictures, labels, n: pictures.clone()
)
_add(
    _f, "zeros for the label", "has zeros where the label's maps belong: D cannot tell the classes apart", catalogue=28
)(lambda pictures, labels, n: torch.cat([pictures, 0 * maps(labels, n, *pictures.shape[2:])], dim=1))
_add(
    _f,
    "one pixel only",
    "says its label in one pixel only; each map must be constant",
    catalogue=31,
)(
    lambda pictures, labels, n: torch.cat(
        [pictures, F.pad(hot(labels, n)[..., None, None], (0, pictures.shape[3] - 1, 0, pictures.shape[2] - 1))], dim=1
    )
)
_add(
    _f,
    "maps that vary",
    "has maps that vary over space: `repeat` and `view` mix channels and pixels",
    catalogue=31,
)(
    lambda pictures, labels, n: torch.cat(
        [
            pictures,
            hot(labels, n).repeat(1, pictures[0, 0].numel()).view(len(pictures), n, *pictures.shape[2:]),
        ],
        dim=1,
    )
)
_add(_f, "the number as one channel", "has the label's number as one channel; one-hot it")(
    lambda pictures, labels, n: torch.cat(
        [pictures, labels[:, None, None, None].to(pictures).expand(-1, 1, *pictures.shape[2:])], dim=1
    )
)
_add(_f, "classes counted from 1", "counts the classes from 1", catalogue=26)(
    lambda pictures, labels, n: torch.cat(_joined(pictures, (labels - 1) % n, n), dim=1)
)
_add(_f, "first label for all", "takes the first picture's label for the whole batch")(
    lambda pictures, labels, n: torch.cat(_joined(pictures, labels[:1].expand(len(pictures)), n), dim=1)
)
_add(_f, "maps alone", "has lost the picture")(lambda *a: _joined(*a)[1].clone())

# --------------------------------------------------------------------------------------------------- projection_score

_f = "projection_score"


def _inner(features, labels, embedding):
    return (features * embedding[labels]).sum(dim=1, keepdim=True)


_add(_f, "label ignored", "ignores the label: the unconditional score alone", catalogue=28)(
    lambda u, x, labels, e: u.clone()
)
_add(
    _f, "one vector for all", "uses the vector of class 0 for every picture, so the label plays no part", catalogue=28
)(lambda u, x, labels, e: u + _inner(x, torch.zeros_like(labels), e))
_add(_f, "mean vector", "uses the mean of all vectors, so the label plays no part", catalogue=28)(
    lambda u, x, labels, e: u + (x * e.mean(dim=0)).sum(dim=1, keepdim=True)
)
_add(_f, "unconditional part missing", "leaves out the unconditional score: whether the picture is good at all")(
    lambda u, x, labels, e: _inner(x, labels, e)
)
_add(_f, "mean for sum", "averages over the features; an inner product is a sum")(
    lambda u, x, labels, e: u + (x * e[labels]).mean(dim=1, keepdim=True)
)
_add(_f, "summed over the batch", "sums over the pictures instead of the features")(
    lambda u, x, labels, e: u + (x * e[labels]).sum(dim=0, keepdim=True)
)
_add(_f, "summed over everything", "sums over pictures and features: all pictures get the same")(
    lambda u, x, labels, e: u + (x * e[labels]).sum()
)
_add(
    _f,
    "every picture with every label",
    "multiplies every picture with every picture's vector (`@`): a table (B, B), of which only the diagonal was wanted",
)(lambda u, x, labels, e: u + x @ e[labels].T)
_add(
    _f,
    "broadcast to a table",
    "adds (B, 1) and (B,), which broadcasts to a table (B, B) without a word; keep the dimension",
)(lambda u, x, labels, e: u + (x * e[labels]).sum(dim=1))
_add(_f, "all classes", "gives a score for every class; only that of the label is wanted")(
    lambda u, x, labels, e: u + x @ e.T
)
_add(_f, "without the last dimension", "has the shape (B,); (B, 1) is wanted")(
    lambda u, x, labels, e: (u + _inner(x, labels, e)).squeeze(1)
)
_add(
    _f, "summed over all classes", "adds the inner products with all classes, so the label plays no part", catalogue=28
)(lambda u, x, labels, e: u + (x @ e.T).sum(dim=1, keepdim=True))
_add(_f, "not multiplied", "adds the numbers of the label's vector and forgets the features")(
    lambda u, x, labels, e: u + e[labels].sum(dim=1, keepdim=True)
)
_add(_f, "cosine", "divides by both lengths: that is the cosine, not the inner product")(
    lambda u, x, labels, e: u + F.cosine_similarity(x, e[labels], dim=1)[:, None]
)
_add(_f, "subtracted", "subtracts the inner product; add it")(lambda u, x, labels, e: u - _inner(x, labels, e))
_add(_f, "vectors detached", "detaches the label vectors: they never learn what their class looks like")(
    lambda u, x, labels, e: u + _inner(x, labels, e.detach())
)
_add(_f, "classes counted from 1", "counts the classes from 1", catalogue=26)(
    lambda u, x, labels, e: u + _inner(x, labels - 1, e)
)
_add(_f, "behind a sigmoid", "is squashed by a sigmoid; a score is any real number", catalogue=9)(
    lambda u, x, labels, e: (u + _inner(x, labels, e)).sigmoid()
)

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

# -------------------------------------------------------------------------------------------------- mismatched_labels

_f = "mismatched_labels"


def _draw(low, high, labels, generator):
    return torch.randint(low, high, labels.shape, generator=generator)


_add(
    _f,
    "any label",
    "draws any label, so that once in a while it is the right one",
    same_as=("labels shuffled", "a step of zero or more"),
)(lambda labels, n, g: _draw(0, n, labels, g))
_add(
    _f,
    "labels shuffled",
    "shuffles the labels of the batch: some pictures get their own class again",
    same_as=("any label", "a step of zero or more"),
)(lambda labels, n, g: labels[torch.randperm(len(labels), generator=g)])
_add(
    _f,
    "a step of zero or more",
    "also draws the step 0, which leaves the label as it was",
    same_as=("any label", "labels shuffled"),
)(lambda labels, n, g: (labels + _draw(0, n, labels, g)) % n)
_add(
    _f,
    "last step left out",
    "never takes the longest step: `randint` leaves its upper end out already, so one of the wrong classes never comes",
    catalogue=26,
)(lambda labels, n, g: (labels + _draw(1, n - 1, labels, g)) % n)
_add(
    _f,
    "steps from zero, last left out",
    "draws steps from 0 to classes − 2 instead of 1 to classes − 1",
    catalogue=26,
)(lambda labels, n, g: (labels + _draw(0, n - 1, labels, g)) % n)
_add(_f, "always the next class", "always takes the next class: D would learn that pair alone to be wrong")(
    lambda labels, n, g: (labels + 1) % n
)
_add(_f, "always the class before", "always takes the class before: D would learn that pair alone to be wrong")(
    lambda labels, n, g: (labels - 1) % n
)
_add(
    _f,
    "counted from the other end",
    "takes classes − 1 − label, always the same, and with an odd number of classes one stays right",
)(lambda labels, n, g: n - 1 - labels)
_add(_f, "remainder forgotten", "runs out at the upper end: the remainder by `classes` is missing")(
    lambda labels, n, g: labels + _draw(1, n, labels, g)
)
_add(
    _f,
    "stopped at the last class",
    "stops at the last class instead of going on at 0: that class comes too often, and stays right",
)(lambda labels, n, g: (labels + _draw(1, n, labels, g)).clamp(max=n - 1))


@_add(
    _f,
    "hits moved on by one",
    "moves a label that happens to be right on to the next class, which therefore comes twice as often",
)
def _(labels, n, g):
    drawn = _draw(0, n, labels, g)
    return torch.where(drawn == labels, (drawn + 1) % n, drawn)


_add(_f, "never class 0", "draws from the classes 1 and up, whatever the label is")(
    lambda labels, n, g: _draw(1, n, labels, g)
)
_add(_f, "generator ignored", "does not draw with the generator that it is given, so a run cannot be repeated")(
    lambda labels, n, g: (labels + torch.randint(1, n, labels.shape)) % n
)
_add(_f, "labels unchanged", "is the right label still")(lambda labels, n, g: labels.clone())
_add(_f, "as floats", "comes as floats; labels are whole numbers")(
    lambda labels, n, g: ((labels + _draw(1, n, labels, g)) % n).float()
)

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

# ----------------------------------------------------------------------------------------------------- class_accuracy

_f = "class_accuracy"


def _by_class(right, groups, count):
    return torch.stack([right[groups == k].double().mean() for k in range(count)])


def _accuracy(recognised, overall=None, by_class=None):
    """``recognised(logits)``; ``overall(right, by_class)`` and ``by_class(right, wanted, recognised, count)``."""

    def accuracy(logits, wanted):
        found, count = recognised(logits), logits.shape[1]
        right = (found == wanted).double()
        each = (by_class or (lambda r, w, f, c: _by_class(r, w, c)))(right, wanted, found, count)
        return (overall or (lambda r, e: r.mean()))(right, each), each

    return accuracy


def _top(logits):
    return logits.argmax(dim=1)


_add(
    _f,
    "by recognised class",
    "groups by the recognised class: of what looks like a cat, how much was to be one. Group by what was wanted",
)(_accuracy(_top, by_class=lambda right, wanted, found, count: _by_class(right, found, count)))
_add(
    _f,
    "mean of the classes",
    "averages the classes' shares, so that rare classes count more; overall means over all samples",
)(_accuracy(_top, overall=lambda right, each: each.mean()))
_add(_f, "lowest score", "takes the class with the lowest score")(_accuracy(lambda logits: logits.argmin(dim=1)))
_add(
    _f,
    "along the wrong dimension",
    "looks for the highest score among the samples of a class instead of among the classes of a sample",
)(lambda logits, wanted: (logits.argmax(dim=0) == wanted).double().mean())
_add(_f, "counts by class", "gives numbers where shares are wanted: divide each class by how often it was asked for")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: torch.bincount(wanted, right, minlength=count))
)
_add(
    _f,
    "shares of all samples",
    "divides each class by the number of all samples; divide by how often that class was asked for",
)(
    _accuracy(
        _top,
        by_class=lambda right, wanted, found, count: torch.bincount(wanted, right, minlength=count) / len(wanted),
    )
)
_add(_f, "how often recognised", "counts how often each class was recognised, rightly or wrongly")(
    _accuracy(_top, by_class=lambda right, wanted, found, count: torch.bincount(found, minlength=count) / len(found))
)
_add(_f, "number overall", "gives the number of recognised samples; divide by all samples", catalogue=6)(
    _accuracy(_top, overall=lambda right, each: right.sum())
)
_add(_f, "in percent", "is in percent; a share lies between 0 and 1")(
    lambda logits, wanted: tuple(100 * share for share in _accuracy(_top)(logits, wanted))
)
_add(_f, "share of mistakes", "gives the share of mistakes")(
    lambda logits, wanted: tuple(1 - share for share in _accuracy(_top)(logits, wanted))
)
_add(_f, "overall alone", "comes without the shares of the classes: a good average can hide a class that never works")(
    lambda logits, wanted: _accuracy(_top)(logits, wanted)[0]
)
_add(_f, "returned in the other order", "comes in the other order: first the share overall, then the classes")(
    lambda logits, wanted: _accuracy(_top)(logits, wanted)[::-1]
)
_add(
    _f,
    "classes counted from 1",
    "counts the classes from 1: no sample is what it was to be, or by chance",
    catalogue=26,
)(_accuracy(lambda logits: logits.argmax(dim=1) + 1))
_add(
    _f,
    "confidence for accuracy",
    "averages the probability of the wanted class; a sample counts as recognised or not",
)(
    lambda logits, wanted: (
        logits.softmax(dim=1).gather(1, wanted[:, None]).mean(),
        _by_class(logits.softmax(dim=1).gather(1, wanted[:, None])[:, 0], wanted, logits.shape[1]),
    )
)
_add(
    _f,
    "positive for highest",
    "counts a sample as recognised if its wanted class has a positive score; it must be the highest",
)(
    lambda logits, wanted: (
        (logits.gather(1, wanted[:, None]) > 0).double().mean(),
        _by_class((logits.gather(1, wanted[:, None]) > 0)[:, 0], wanted, logits.shape[1]),
    )
)
_add(_f, "one of the best two", "counts a sample as recognised if its class is among the best two")(
    lambda logits, wanted: (
        (logits.topk(2, dim=1).indices == wanted[:, None]).any(dim=1).double().mean(),
        _by_class((logits.topk(2, dim=1).indices == wanted[:, None]).any(dim=1), wanted, logits.shape[1]),
    )
)
_add(_f, "last class left out", "has no share for the last class", catalogue=26)(
    _accuracy(_top, by_class=lambda right, wanted, found, count: _by_class(right, wanted, count - 1))
)

# ---------------------------------------------------------------------------------------------------------- l1_answer

_f = "l1_answer"
_add(
    _f,
    "mean",
    "is the mean: that is what squares would ask for, and it is grey where lines only sometimes run",
    catalogue=43,
)(lambda x: x.mean(dim=0))
_add(_f, "middle of the range", "is the middle between the largest and the smallest value")(
    lambda x: (x.amax(dim=0) + x.amin(dim=0)) / 2
)
_add(_f, "all lines at once", "takes the darkest value of each pixel: all the lines at once")(lambda x: x.amin(dim=0))
_add(_f, "lightest", "takes the lightest value of each pixel: no line at all")(lambda x: x.amax(dim=0))
_add(_f, "one number for the picture", "is one number for all pixels; each pixel has its own median")(
    lambda x: x.median()
)
_add(_f, "one number spread", "gives all pixels the same number; each pixel has its own median")(
    lambda x: x.median().expand_as(x[0]).clone()
)
_add(_f, "median within each drawing", "takes the median within each drawing; take it over the drawings")(
    lambda x: x.flatten(1).median(dim=1).values
)
_add(_f, "along the height", "takes the median along the height; dimension 0 runs over the drawings")(
    lambda x: x.median(dim=1).values
)
_add(_f, "values and indices", "is the pair (values, indices) that `median(dim=0)` returns; take `.values`")(
    lambda x: x.median(dim=0)
)
_add(_f, "indices", "gives the numbers of the drawings in which the median sits; take `.values`")(
    lambda x: x.median(dim=0).indices
)
_add(_f, "most central drawing", "picks one whole drawing; each pixel is free to take its own value")(
    lambda x: x[(x[:, None] - x[None]).abs().mean(dim=(1, 2, 3)).argmin()].clone()
)
_add(_f, "first drawing", "is simply the first drawing")(lambda x: x[0].clone())
_add(_f, "most frequent value", "takes the most frequent value; where all differ that is any one of them")(
    lambda x: x.mode(dim=0).values
)
_add(_f, "sign of the mean", "rounds the mean to black or white; with grey drawings that is no longer the best")(
    lambda x: x.mean(dim=0).sign()
)
_add(_f, "lower quartile", "takes the lower quartile: it splits one quarter from three")(
    lambda x: x.quantile(0.25, dim=0)
)
