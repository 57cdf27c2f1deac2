"""Exercise 09, wrong: feature and style reconstruction."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList
from course_lib.grading.tools import WITHOUT_GRAPH

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------ feature_reconstruction_loss

_f = "feature_reconstruction_loss"


def content(made=lambda d: d.square().mean()):
    """A function of the difference."""
    return lambda f, p: made(f - p.detach())


_add(
    _f,
    "Gatys' form",
    "is ½ of the sum of each picture, which is Gatys'; Johnson's is a mean over everything",
    catalogue=87,
)(content(lambda d: d.square().sum(dim=(1, 2, 3)).mean() / 2))
_add(_f, "a sum", "is a sum over everything; take the mean", catalogue=87)(content(lambda d: d.square().sum()))
_add(_f, "a sum", "is half of the sum over everything; take the mean", catalogue=87)(
    content(lambda d: d.square().sum() / 2)
)
_add(_f, "a sum", "is a sum over each picture, averaged over the batch; take the mean of everything", catalogue=87)(
    content(lambda d: d.square().sum(dim=(1, 2, 3)).mean())
)
_add(_f, "a sum over the channels", "adds over the channels; take the mean of everything", catalogue=87)(
    content(lambda d: d.square().sum(dim=1).mean())
)
_add(_f, "a sum over the positions", "adds over the positions; take the mean of everything", catalogue=87)(
    content(lambda d: d.square().sum(dim=(2, 3)).mean())
)
_add(_f, "batch added", "is added over the pictures; take the mean of everything", catalogue=6)(
    content(lambda d: d.square().mean(dim=(1, 2, 3)).sum())
)
_add(_f, "halved", "has a ½, which is Gatys'; here it is the plain mean", catalogue=87)(
    content(lambda d: d.square().mean() / 2)
)
_add(_f, "absolute differences", "takes absolute differences; take squares", catalogue=43)(
    content(lambda d: d.abs().mean())
)
_add(_f, "root of the mean", "is the root of the mean square; leave the squares")(
    content(lambda d: d.square().mean().sqrt())
)
_add(_f, "root of the mean", "is the distance of each picture, a root; leave the squares")(
    content(lambda d: d.square().sum(dim=(1, 2, 3)).sqrt().mean())
)
_add(_f, "square of the mean", "averages before it squares: the differences cancel")(
    content(lambda d: d.mean().square())
)
_add(_f, "positions averaged first", "averages over the positions before it compares: where something is, is lost")(
    content(lambda d: d.mean(dim=(2, 3)).square().mean())
)
_add(_f, "channels averaged first", "averages over the channels before it compares: which is active, is lost")(
    content(lambda d: d.mean(dim=1).square().mean())
)
_add(_f, "scaled to length 1", "scales the features of each position to length 1 first; compare them as they are")(
    lambda f, p: (F.normalize(f, dim=1) - F.normalize(p.detach(), dim=1)).square().mean()
)
_add(_f, "one value a picture", "gives one number a picture; average over the batch too")(
    content(lambda d: d.square().mean(dim=(1, 2, 3)))
)
_add(_f, "first picture only", "compares the first picture alone", catalogue=83)(
    content(lambda d: d[0].square().mean())
)
_add(_f, "target left out", "leaves the target out: it is the size of the features")(lambda f, p: f.square().mean())
_add(_f, "sign turned", "is negative: minimising it would lead away from the photo", catalogue=5)(
    content(lambda d: -d.square().mean())
)
_add(_f, "target not detached", "sends a gradient to the target, which is a constant: `detach()` it", catalogue=88)(
    lambda f, p: (f - p).square().mean()
)
_add(
    _f, "detached the wrong one", "detaches the output's features and not the target: nothing is learnt", catalogue=88
)(lambda f, p: (f.detach() - p).square().mean())
_add(
    _f,
    "all of it detached",
    "is cut off from the features: no gradient reaches them",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(content(lambda d: d.detach().square().mean()))

# -------------------------------------------------------------------------------------------- style_reconstruction_loss

_f = "style_reconstruction_loss"


def product(f):
    return f @ f.transpose(1, 2)


def gram(x):
    return product(x.flatten(2)) / x[0].numel()


def squares(d):
    return d.square().sum(dim=(1, 2)).mean()


def style(matrix=gram, layer=squares, total=sum, kept=torch.detach):
    """The style loss with one of its parts exchanged."""
    return lambda maps, targets: total([layer(matrix(f) - kept(a)) for f, a in zip(maps, targets, strict=True)])


_add(_f, "not divided", "has Gram matrices that are not divided by C·H·W", catalogue=78)(
    style(lambda x: product(x.flatten(2)))
)
_add(_f, "divided by H·W", "has Gram matrices that are divided by H·W alone; C belongs to it", catalogue=79)(
    style(lambda x: product(x.flatten(2)) / x[0, 0].numel())
)
_add(_f, "divided by C", "has Gram matrices that are divided by C alone; H·W belongs to it", catalogue=79)(
    style(lambda x: product(x.flatten(2)) / x.shape[1])
)
_add(_f, "divided by the batch too", "has Gram matrices that are divided by B·C·H·W", catalogue=80)(
    style(lambda x: product(x.flatten(2)) / x.numel())
)
_add(_f, "divided twice", "has Gram matrices that are divided by C·H·W twice", catalogue=86)(
    style(lambda x: gram(x) / x[0].numel())
)
_add(_f, "divided again at the end", "divides each layer's loss by C²: the squares are added", catalogue=86)(
    style(layer=lambda d: d.square().mean())
)
_add(_f, "divided again at the end", "is the mean square of each layer, and their mean; add both", catalogue=86)(
    style(layer=lambda d: d.square().mean(), total=lambda x: sum(x) / len(x))
)
_add(
    _f, "divided again at the end", "divides each layer's loss by 4·C², which would be Gatys' once more", catalogue=86
)(style(layer=lambda d: d.square().mean() / 4))


def one_for_all(numbers):
    def answer(x):
        f = x.reshape(x.shape[1], -1)
        return (f @ f.T / numbers(x))[None]

    return answer


_ONE = "one picture assumed"
_SAYS_ONE = "takes the batch for one picture (`reshape(C, −1)`): with several, the positions of one land in the other's channels"
_add(_f, _ONE, _SAYS_ONE, catalogue=83)(style(one_for_all(lambda x: x[0].numel())))
_add(_f, _ONE, _SAYS_ONE, catalogue=83)(style(one_for_all(lambda x: x.numel())))
_add(_f, "first picture only", "compares the first picture of the batch alone", catalogue=83)(
    style(lambda x: gram(x[:1]))
)
_add(_f, "batch averaged first", "averages the Gram matrices over the batch before it compares", catalogue=82)(
    style(lambda x: gram(x).mean(dim=0, keepdim=True))
)
_add(_f, "batch added first", "adds the Gram matrices of the batch before it compares", catalogue=82)(
    style(lambda x: gram(x).sum(dim=0, keepdim=True))
)
_VIEW = "channels and positions mixed"
_SAYS_VIEW = "reads the numbers as (B, H·W, C) without a transpose: each column holds neighbours and not one channel"
_add(_f, _VIEW, _SAYS_VIEW, catalogue=84)(
    style(lambda x: product(x.reshape(len(x), -1, x.shape[1]).transpose(1, 2)) / x[0].numel())
)
_add(_f, "centred", "takes each channel's mean off first, which makes a covariance of it", catalogue=85)(
    style(lambda x: gram(x - x.mean(dim=(2, 3), keepdim=True)))
)
_add(_f, "centred", "is made of covariances, as `torch.cov` gives them", catalogue=85)(
    style(lambda x: torch.stack([torch.cov(one) for one in x.flatten(2)]))
)
_add(_f, "cosines", "scales each channel to length 1 first: how strongly it is active is part of the style")(
    style(lambda x: product(F.normalize(x.flatten(2), dim=2)))
)
_add(_f, "layers averaged", "is averaged over the layers; a second layer adds to the first", catalogue=89)(
    style(total=lambda x: sum(x) / len(x))
)
_add(_f, "last layer only", "has the last layer alone (is the sum begun anew in the loop?)")(
    style(total=lambda x: x[-1])
)
_add(_f, "first layer only", "has the first layer alone (is a `return` inside the loop?)")(style(total=lambda x: x[0]))
_add(_f, "a quarter", "has the ¼ of Gatys' loss; Johnson's has none", catalogue=7)(style(total=lambda x: sum(x) / 4))
_add(_f, "halved", "is halved; nothing is", catalogue=7)(style(total=lambda x: sum(x) / 2))
_add(_f, "batch added", "is added over the pictures; average over them", catalogue=6)(
    style(layer=lambda d: d.square().sum())
)
_add(_f, "averaged along a row", "is averaged along one axis of the matrix and added along the other", catalogue=87)(
    style(layer=lambda d: d.square().sum(dim=1).mean())
)
_add(_f, "absolute differences", "takes absolute differences; take squares", catalogue=43)(
    style(layer=lambda d: d.abs().sum(dim=(1, 2)).mean())
)
_add(_f, "absolute differences", "is the mean of the absolute differences; take squares, and add them", catalogue=43)(
    style(layer=lambda d: d.abs().mean())
)
_add(_f, "not squared", "is ‖G − A‖, the root of the sum; leave the squares")(
    style(layer=lambda d: d.square().sum(dim=(1, 2)).sqrt().mean())
)
_add(_f, "square of the sum", "adds the differences before it squares them: they cancel")(
    style(layer=lambda d: d.sum(dim=(1, 2)).square().mean())
)
_add(_f, "diagonal only", "compares the diagonals alone: how channels go together is off the diagonal")(
    style(layer=lambda d: d.diagonal(dim1=1, dim2=2).square().sum(dim=1).mean())
)
_add(_f, "target left out", "leaves the target out: it is the size of the Gram matrices")(style(kept=torch.zeros_like))
_add(_f, "one value a picture", "gives one number a picture; average over the batch")(
    style(layer=lambda d: d.square().sum(dim=(1, 2)))
)
_add(_f, "one value a layer", "gives one number a layer; add them")(style(total=torch.stack))
_add(_f, "sign turned", "is negative: minimising it would lead away from the style", catalogue=5)(
    style(layer=lambda d: -squares(d))
)
_add(_f, "target not detached", "sends a gradient to the target, which is a constant: `detach()` it", catalogue=88)(
    style(kept=lambda a: a)
)
_add(
    _f,
    "detached the wrong one",
    "detaches the output's Gram matrices and not the target: nothing is learnt",
    catalogue=88,
)(style(lambda x: gram(x).detach(), kept=lambda a: a))
_add(
    _f,
    "all of it detached",
    "is cut off from the features: no gradient reaches them",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(style(lambda x: gram(x.detach())))
