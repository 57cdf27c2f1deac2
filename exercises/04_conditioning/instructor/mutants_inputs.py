"""Exercise 04, wrong: what G and D are given, and the projection."""

import torch
from mutants_encodings import hot, maps
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

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
_add(
    _f,
    "fresh noise",
    "draws its own noise, another one at each call; use the one that is given",
    evidence={"random numbers drawn": 1},
    decisive=True,
)(lambda z, labels, n: torch.cat([torch.randn_like(z), hot(labels, n)], dim=1))
_add(_f, "−1 for 0", "has −1 where a 0 of the one-hot row belongs")(
    lambda z, labels, n: torch.cat([z, 2 * hot(labels, n) - 1], dim=1)
)
_add(_f, "the number behind", "has the label divided by the number of classes behind the noise; one-hot it")(
    lambda z, labels, n: torch.cat([z, (labels / n)[:, None].to(z)], dim=1)
)
_add(
    _f,
    "as a third dimension",
    "lays noise and label on top of each other, in a dimension of their own; join them along dimension 1",
)(lambda z, labels, n: torch.stack([z, hot(labels, n)], dim=1))
_add(_f, "in single precision", "comes as float32; keep the dtype of the noise")(
    lambda z, labels, n: torch.cat([z.float(), hot(labels, n).float()], dim=1)
)
_add(_f, "label in front", "has the label's number in front; one-hot it, and put it behind the noise")(
    lambda z, labels, n: torch.cat([labels[:, None].to(z), z], dim=1)
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
_add(_f, "−1 for 0", "has −1 where a 0 of the maps belongs")(
    lambda pictures, labels, n: torch.cat([pictures, 2 * maps(labels, n, *pictures.shape[2:]) - 1], dim=1)
)
_add(_f, "the number as one channel", "has the label divided by the number of classes as one channel; one-hot it")(
    lambda pictures, labels, n: torch.cat(
        [pictures, (labels / n)[:, None, None, None].to(pictures).expand(-1, 1, *pictures.shape[2:])], dim=1
    )
)
_add(_f, "the number as one channel", "has the label's number as one channel in front; one-hot it, and put it behind")(
    lambda pictures, labels, n: torch.cat(
        [labels[:, None, None, None].to(pictures).expand(-1, 1, *pictures.shape[2:]), pictures], dim=1
    )
)
_add(_f, "in single precision", "comes as float32; keep the dtype of the pictures")(
    lambda pictures, labels, n: torch.cat([pictures, maps(labels, n, *pictures.shape[2:])], dim=1).float()
)
_add(_f, "height and width exchanged", "makes the maps with height and width exchanged, so that they do not fit")(
    lambda pictures, labels, n: torch.cat([pictures, maps(labels, n, *pictures.shape[:1:-1])], dim=1)
)
_add(
    _f,
    "as a fifth dimension",
    "lays picture and maps on top of each other, in a dimension of their own; join them along dimension 1",
)(lambda pictures, labels, n: torch.stack(_joined(pictures, labels, n), dim=1))

# --------------------------------------------------------------------------------------------------- projection_score

_f = "projection_score"


def _inner(features, labels, embedding):
    return (features * embedding[labels]).sum(dim=1, keepdim=True)


_add(_f, "a distance", "adds the squared distance of features and embedding; it is their inner product")(
    lambda unconditional, features, labels, embedding: (
        unconditional + (features - embedding[labels]).square().sum(1, keepdim=True)
    )
)
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
_add(_f, "scores multiplied", "multiplies the unconditional score with the inner product; add them")(
    lambda u, x, labels, e: u * _inner(x, labels, e)
)
_add(
    _f,
    "first vectors for labels",
    "takes the first vectors of the embedding, one a picture, and not those of the labels (`embedding[:B]`)",
)(lambda u, x, labels, e: u + (x * e[: len(x)]).sum(dim=1, keepdim=True))
_add(
    _f,
    "largest over the classes",
    "takes the largest inner product over the classes; it is that with the label's vector",
)(lambda u, x, labels, e: u + (x @ e.T).amax(dim=1, keepdim=True))
_add(_f, "softmax over the classes", "takes a softmax over the classes; the inner product itself is added")(
    lambda u, x, labels, e: u + (x @ e.T).softmax(dim=1).gather(1, labels[:, None])
)
_add(_f, "distance", "takes the distance between features and vector; it is their inner product")(
    lambda u, x, labels, e: u - (x - e[labels]).square().sum(dim=1, keepdim=True)
)
_add(_f, "distance", "takes the distance between features and vector; it is their inner product")(
    lambda u, x, labels, e: u + (x - e[labels]).norm(dim=1, keepdim=True)
)
_add(_f, "sum of features and vector", "adds features and vector; multiply them number by number, then sum")(
    lambda u, x, labels, e: u + (x + e[labels]).sum(dim=1, keepdim=True)
)
_add(_f, "features detached", "detaches the features: D's body does not learn from the label")(
    lambda u, x, labels, e: u + _inner(x.detach(), labels, e)
)
_add(_f, "unconditional part detached", "detaches the unconditional score: that part of D does not learn")(
    lambda u, x, labels, e: u.detach() + _inner(x, labels, e)
)
_add(_f, "not summed", "leaves out the sum over the features: (B, F) numbers, where one a picture is wanted")(
    lambda u, x, labels, e: u + x * e[labels]
)
_add(_f, "one-hot number for the vector", "multiplies with the label's number instead of its vector")(
    lambda u, x, labels, e: u + (x * labels[:, None]).sum(dim=1, keepdim=True)
)
_add(
    _f,
    "divided by √F",
    "divides by the root of the number of features, as attention does; a plain inner product is meant",
)(lambda u, x, labels, e: u + _inner(x, labels, e) / x.shape[1] ** 0.5)
