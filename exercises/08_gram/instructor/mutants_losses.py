"""Exercise 08, wrong: style loss and content loss."""

import torch

from course_lib.grading.checks import MutantList
from course_lib.grading.tools import WITHOUT_GRAPH

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------------------- style_loss

_f = "style_loss"


def squares(g, a):
    """Sum of squared differences of each picture, their mean."""
    return (g - a).square().sum(dim=(1, 2)).mean()


def weighted(layers, weights):
    return sum(w * x for w, x in zip(weights, layers, strict=True))


def style(layer=lambda g, a: squares(g, a) / 4, total=weighted, kept=torch.detach):
    """The style loss with one of its parts exchanged."""
    return lambda grams, targets, weights: total(
        [layer(g, kept(a)) for g, a in zip(grams, targets, strict=True)], weights
    )


_add(_f, "layers averaged", "is averaged over the layers; a second layer adds to the first", catalogue=89)(
    style(total=lambda x, w: weighted(x, w) / len(x))
)
_add(_f, "divided by the weights", "is divided by the sum of the weights: they are no shares", catalogue=89)(
    style(total=lambda x, w: weighted(x, w) / sum(w))
)
_add(_f, "weights left out", "leaves the weights out", catalogue=89)(style(total=lambda x, w: sum(x)))
_add(_f, "weights left out", "leaves the weights out and is averaged over the layers", catalogue=89)(
    style(total=lambda x, w: sum(x) / len(x))
)
_add(_f, "weights on the matrices", "multiplies the matrices by the weights, so the weights are squared")(
    lambda G, A, W: sum(squares(w * g, w * a.detach()) / 4 for g, a, w in zip(G, A, W, strict=True))
)
_add(_f, "first layer only", "has the first layer alone (is a `return` inside the loop?)")(
    style(total=lambda x, w: w[0] * x[0])
)
_add(_f, "last layer only", "has the last layer alone (is the sum begun anew in the loop?)")(
    style(total=lambda x, w: w[-1] * x[-1])
)
_add(_f, "weights in the other order", "gives the first layer the last one's weight")(
    style(total=lambda x, w: weighted(x, w[::-1]))
)
_add(_f, "one weight for all", "multiplies the sum by the first weight; each layer has its own")(
    style(total=lambda x, w: w[0] * sum(x))
)
_add(_f, "without the quarter", "leaves out the ¼ (Johnson's style loss has none; here it is Gatys')", catalogue=7)(
    style(squares)
)
_add(_f, "half for a quarter", "has ½ where ¼ belongs", catalogue=7)(style(lambda g, a: squares(g, a) / 2))
_add(_f, "quarter twice", "has the ¼ twice", catalogue=7)(style(lambda g, a: squares(g, a) / 16))
_add(
    _f,
    "averaged over the entries",
    "is averaged over the C² entries; add them: the ‖·‖² of a matrix is a sum",
    catalogue=87,
)(style(lambda g, a: (g - a).square().mean() / 4))
_add(
    _f,
    "averaged over the entries",
    "is the mean square (`mse_loss`): the entries are to be added, and the ¼ is missing",
    catalogue=87,
)(style(lambda g, a: (g - a).square().mean()))
_add(_f, "averaged along a row", "is averaged along one axis of the matrix and added along the other", catalogue=87)(
    style(lambda g, a: (g - a).square().sum(dim=1).mean() / 4)
)
_add(_f, "batch added", "is added over the pictures of the batch; average over them", catalogue=6)(
    style(lambda g, a: (g - a).square().sum() / 4)
)
_add(_f, "batch added", "is added over the pictures of the batch, and the ¼ is missing", catalogue=6)(
    style(lambda g, a: (g - a).square().sum())
)
_add(_f, "absolute differences", "takes absolute differences; take squares", catalogue=43)(
    style(lambda g, a: (g - a).abs().sum(dim=(1, 2)).mean() / 4)
)
_add(_f, "absolute differences", "is the mean of the absolute differences; take squares, and add them", catalogue=43)(
    style(lambda g, a: (g - a).abs().mean())
)
_add(_f, "not squared", "is ‖G − A‖, the root of the sum; leave the squares")(
    style(lambda g, a: (g - a).square().sum(dim=(1, 2)).sqrt().mean() / 4)
)
_add(_f, "square of the sum", "adds the differences before it squares them: they cancel")(
    style(lambda g, a: (g - a).sum(dim=(1, 2)).square().mean() / 4)
)
_add(_f, "diagonal only", "compares the diagonals alone: how channels go together is off the diagonal")(
    style(lambda g, a: (g - a).diagonal(dim1=1, dim2=2).square().sum(dim=1).mean() / 4)
)
_add(_f, "upper half only", "compares the upper halves; each pair of channels counts twice in ‖·‖²")(
    style(lambda g, a: (g - a).triu().square().sum(dim=(1, 2)).mean() / 4)
)
_add(
    _f,
    "batch averaged first",
    "averages the matrices over the batch before it compares them; compare picture by picture",
)(style(lambda g, a: (g.mean(dim=0) - a.mean(dim=0)).square().sum() / 4))
_add(_f, "first target for all", "compares every picture with the first picture's target; each has its own")(
    style(lambda g, a: squares(g, a[:1]) / 4)
)
_add(_f, "first picture only", "compares the first picture alone; average over the batch", catalogue=83)(
    style(lambda g, a: (g[0] - a[0]).square().sum() / 4)
)
_add(_f, "first picture only", "compares the first picture alone, and divides by the size of the batch", catalogue=83)(
    style(lambda g, a: (g[0] - a[0]).square().sum() / 4 / len(g))
)
_add(_f, "distance to nothing", "leaves the target out: it is the size of the Gram matrices")(
    style(lambda g, a: g.square().sum(dim=(1, 2)).mean() / 4)
)
_add(_f, "added for subtracted", "adds the target; take the difference")(style(lambda g, a: squares(g, -a) / 4))
_add(_f, "difference of the squares", "takes the difference of the sizes; take the size of the difference")(
    style(lambda g, a: (g.square() - a.square()).sum(dim=(1, 2)).mean() / 4)
)
_add(_f, "sign turned", "is negative: minimising it would lead away from the style", catalogue=5)(
    style(lambda g, a: -squares(g, a) / 4)
)
_add(_f, "target not detached", "sends a gradient to the target, which is a constant: `detach()` it", catalogue=88)(
    style(kept=lambda a: a)
)
_add(
    _f,
    "detached the wrong one",
    "detaches the picture's matrices and not the target: nothing moves the picture",
    catalogue=88,
)(style(lambda g, a: squares(g.detach(), a) / 4, kept=lambda a: a))
_add(
    _f,
    "all of it detached",
    "is cut off from the Gram matrices: no gradient reaches them",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(style(lambda g, a: squares(g.detach(), a) / 4))
_add(_f, "one value a layer", "gives one number a layer; add them")(
    style(total=lambda x, w: torch.stack([one * weight for one, weight in zip(x, w, strict=True)]))
)
_add(_f, "one value a picture", "gives one number a picture; average over the batch")(
    style(lambda g, a: (g - a).square().sum(dim=(1, 2)) / 4)
)

# -------------------------------------------------------------------------------------------------------- content_loss

_f = "content_loss"


def content(made=lambda d: d.square().sum(dim=(1, 2, 3)).mean() / 2):
    """A function of the difference."""
    return lambda f, p: made(f - p.detach())


_add(
    _f,
    "averaged over everything",
    "is a mean over everything (`mse_loss`), which is Johnson's; Gatys adds over C, H and W and takes the half",
    catalogue=87,
)(content(lambda d: d.square().mean()))
_add(_f, "averaged over everything", "is half of a mean over everything; Gatys adds over C, H and W", catalogue=87)(
    content(lambda d: d.square().mean() / 2)
)
_add(_f, "half left out", "leaves out the ½", catalogue=87)(content(lambda d: d.square().sum(dim=(1, 2, 3)).mean()))
_add(_f, "batch added", "is added over the pictures of the batch; average over them", catalogue=6)(
    content(lambda d: d.square().sum() / 2)
)
_add(
    _f,
    "batch added, half left out",
    "is the sum over everything: average over the batch, and take the half",
    catalogue=6,
)(content(lambda d: d.square().sum()))
_add(_f, "averaged over the positions", "is averaged over the positions; add them", catalogue=87)(
    content(lambda d: d.square().sum(dim=1).mean() / 2)
)
_add(_f, "averaged over the channels", "is averaged over the channels; add them", catalogue=87)(
    content(lambda d: d.square().mean(dim=1).sum(dim=(1, 2)).mean() / 2)
)
_add(_f, "quarter for a half", "has ¼ where ½ belongs: the ¼ is the style loss's", catalogue=87)(
    content(lambda d: d.square().sum(dim=(1, 2, 3)).mean() / 4)
)
_add(_f, "absolute differences", "takes absolute differences; take squares", catalogue=43)(
    content(lambda d: d.abs().sum(dim=(1, 2, 3)).mean() / 2)
)
_add(_f, "absolute differences", "is the mean of the absolute differences; take squares, and add them", catalogue=43)(
    content(lambda d: d.abs().mean())
)
_add(_f, "not squared", "is the root of the sum of squares; leave the squares")(
    content(lambda d: d.square().sum(dim=(1, 2, 3)).sqrt().mean() / 2)
)
_add(_f, "square of the sum", "adds the differences before it squares them: they cancel")(
    content(lambda d: d.sum(dim=(1, 2, 3)).square().mean() / 2)
)
_add(_f, "channels added first", "adds the channels before it compares: which of them is active is lost")(
    content(lambda d: d.sum(dim=1).square().sum(dim=(1, 2)).mean() / 2)
)
_add(_f, "positions averaged first", "averages over the positions before it compares: where something is, is lost")(
    content(lambda d: d.mean(dim=(2, 3)).square().sum(dim=1).mean() / 2)
)


def matrices(f):
    f = f.flatten(2)
    return f @ f.transpose(1, 2) / f[0].numel()


_add(_f, "Gram matrices", "compares Gram matrices, which do not know where things are; compare the features")(
    lambda f, p: squares(matrices(f), matrices(p.detach())) / 2
)
_add(_f, "first picture only", "compares the first picture alone; average over the batch", catalogue=83)(
    content(lambda d: d[0].square().sum() / 2)
)
_add(_f, "one value a picture", "gives one number a picture; average over the batch")(
    content(lambda d: d.square().sum(dim=(1, 2, 3)) / 2)
)
_add(_f, "target left out", "leaves the target out: it is the size of the features")(
    lambda f, p: f.square().sum(dim=(1, 2, 3)).mean() / 2
)
_add(_f, "added for subtracted", "adds the target; take the difference")(
    lambda f, p: (f + p.detach()).square().sum(dim=(1, 2, 3)).mean() / 2
)
_add(_f, "sign turned", "is negative: minimising it would lead away from the photo", catalogue=5)(
    content(lambda d: -d.square().sum(dim=(1, 2, 3)).mean() / 2)
)
_add(_f, "target not detached", "sends a gradient to the target, which is a constant: `detach()` it", catalogue=88)(
    lambda f, p: (f - p).square().sum(dim=(1, 2, 3)).mean() / 2
)
_add(
    _f,
    "detached the wrong one",
    "detaches the picture's features and not the target: nothing moves the picture",
    catalogue=88,
)(lambda f, p: (f.detach() - p).square().sum(dim=(1, 2, 3)).mean() / 2)
_add(
    _f,
    "all of it detached",
    "is cut off from the features: no gradient reaches them",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(content(lambda d: d.detach().square().sum(dim=(1, 2, 3)).mean() / 2))
_add(
    _f,
    "averaged over everything",
    "is the mean square, and the target is not detached: Gatys adds over C, H and W",
    catalogue=87,
)(lambda f, p: (f - p).square().mean())
_add(_f, "half left out", "leaves out the ½, and the target is not detached", catalogue=87)(
    lambda f, p: (f - p).square().sum(dim=(1, 2, 3)).mean()
)
