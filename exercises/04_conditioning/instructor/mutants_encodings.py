"""Exercise 04, wrong: a label as numbers, for G, for D, and as a projection."""

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
