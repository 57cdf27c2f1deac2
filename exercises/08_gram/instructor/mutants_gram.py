"""Exercise 08, wrong: the Gram matrix."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

_f = "gram_matrix"


def rows(x):
    """(B, C, H·W), as it should be."""
    return x.flatten(2)


def product(f):
    return f @ f.transpose(1, 2)


def gram(made=rows, divided=lambda g, x: g / x[0].numel()):
    """The Gram matrix with one of its parts exchanged: what is multiplied by its transpose, and by what it is divided."""
    return lambda x: divided(product(made(x)), x)


_add(
    _f,
    "not divided",
    "is not divided by C·H·W: a larger picture, or a deeper layer, would have a larger one",
    catalogue=78,
)(gram(divided=lambda g, x: g))
_add(_f, "divided by H·W", "is divided by H·W alone; C belongs to it", catalogue=79)(
    gram(divided=lambda g, x: g / x[0, 0].numel())
)
_add(
    _f,
    "divided by the batch too",
    "is divided by B·C·H·W: what a picture gives then depends on how many others are beside it",
    catalogue=80,
)(gram(divided=lambda g, x: g / x.numel()))
_add(_f, "divided by C", "is divided by C alone; H·W belongs to it", catalogue=79)(
    gram(divided=lambda g, x: g / x.shape[1])
)
_add(_f, "divided by C²", "is divided by C², the number of its entries; divide by C·H·W")(
    gram(divided=lambda g, x: g / x.shape[1] ** 2)
)
_add(_f, "divided by the root", "is divided by the root of C·H·W", catalogue=78)(
    gram(divided=lambda g, x: g / x[0].numel() ** 0.5)
)
_add(_f, "divided by a side", "is divided by C and by one side of the map; C·H·W has both", catalogue=79)(
    gram(divided=lambda g, x: g / (x.shape[1] * x.shape[2]))
)
_add(_f, "divided by a side", "is divided by C and by one side of the map; C·H·W has both", catalogue=79)(
    gram(divided=lambda g, x: g / (x.shape[1] * x.shape[3]))
)
_add(_f, "divided twice", "is divided by C·H·W twice", catalogue=86)(gram(divided=lambda g, x: g / x[0].numel() ** 2))
_add(
    _f,
    "divided twice",
    "is divided by C·H·W twice: the features once each, which is a square in the product",
    catalogue=86,
)(lambda x: product(rows(x) / x[0].numel()) / x[0].numel())
_add(_f, "divided by H·W again", "is divided by H·W once more", catalogue=86)(
    gram(divided=lambda g, x: g / x[0].numel() / x[0, 0].numel())
)
_add(_f, "divided by C again", "is divided by C once more", catalogue=86)(
    gram(divided=lambda g, x: g / x[0].numel() / x.shape[1])
)
_add(_f, "divided by the half", "is twice as large: the ½ or ¼ of the losses does not belong here", catalogue=7)(
    gram(divided=lambda g, x: 2 * g / x[0].numel())
)
_add(_f, "halved", "is halved; the ¼ of the style loss does not belong here", catalogue=7)(
    gram(divided=lambda g, x: g / x[0].numel() / 2)
)
_add(_f, "halved", "has a quarter; that of the style loss does not belong here", catalogue=7)(
    gram(divided=lambda g, x: g / x[0].numel() / 4)
)

# ------------------------------------------------------------------------------------------------ which axes are which

_HW = "positions by positions"
_SAYS_HW = "is a matrix of H·W × H·W: it compares positions over the channels. Compare channels over the positions"
_add(_f, _HW, _SAYS_HW, catalogue=81)(gram(lambda x: rows(x).transpose(1, 2)))
_add(_f, _HW, _SAYS_HW, catalogue=81)(gram(lambda x: rows(x).transpose(1, 2), divided=lambda g, x: g))
_add(_f, _HW, _SAYS_HW, catalogue=81)(gram(lambda x: rows(x).transpose(1, 2), divided=lambda g, x: g / x[0, 0].numel()))
_add(_f, _HW, "is a matrix of W × W, or H × H, for each channel: make one axis of H and W first", catalogue=81)(
    lambda x: x.transpose(2, 3) @ x / x[0].numel()
)
_add(_f, _HW, "is a matrix of H × H, or W × W, for each channel: make one axis of H and W first", catalogue=81)(
    lambda x: x @ x.transpose(2, 3) / x[0].numel()
)


def merged(x):
    """(B·C, H·W)."""
    f = x.reshape(x.shape[0] * x.shape[1], -1)
    return f @ f.T


_BATCH = "batch in the channels"
_SAYS_BATCH = (
    "is a matrix of (B·C) × (B·C): the channels of one picture are multiplied by another's. Keep the batch apart"
)
for _numbers in (lambda x: x[0].numel(), lambda x: x.numel(), lambda x: x[0, 0].numel(), lambda x: 1):
    _add(_f, _BATCH, _SAYS_BATCH, catalogue=82)(lambda x, n=_numbers: merged(x) / n(x))


def one_for_all(reshaped=lambda x: x.reshape(x.shape[1], -1), numbers=lambda x: x[0].numel()):
    """(C, C) whatever the batch."""

    def answer(x):
        f = reshaped(x)
        return f @ f.T / numbers(x)

    return answer


_ONE = "one picture assumed"
_SAYS_ONE = "takes the batch for one picture (`reshape(C, −1)`): with two, the positions of one land in the other's channels. Keep B"
for _numbers in (lambda x: x[0].numel(), lambda x: x.numel(), lambda x: x[0, 0].numel(), lambda x: 1):
    _add(_f, _ONE, _SAYS_ONE, catalogue=83)(one_for_all(numbers=_numbers))
for _numbers in (lambda x: x[0].numel(), lambda x: x.numel()):
    _add(_f, _ONE, _SAYS_ONE, catalogue=83)(
        lambda x, n=_numbers: one_for_all(numbers=n)(x).expand(len(x), -1, -1).clone()
    )
    _add(_f, _ONE, _SAYS_ONE, catalogue=83)(lambda x, n=_numbers: one_for_all(numbers=n)(x)[None])
_add(_f, "first picture only", "looks at the first picture of the batch alone", catalogue=83)(
    lambda x: one_for_all(lambda x: x[0].flatten(1))(x)
)
_add(_f, "first picture only", "looks at the first picture of the batch alone", catalogue=83)(
    lambda x: one_for_all(lambda x: x[0].flatten(1))(x)[None]
)
_add(_f, "first picture only", "looks at the first picture of the batch alone", catalogue=83)(
    lambda x: one_for_all(lambda x: x[0].flatten(1))(x).expand(len(x), -1, -1).clone()
)
_add(_f, "last picture only", "keeps the matrix of the last picture of the batch alone", catalogue=83)(
    lambda x: one_for_all(lambda x: x[-1].flatten(1))(x)
)
_add(
    _f,
    "averaged over the batch",
    "is one matrix for the whole batch, the mean of all; each picture has its own",
    catalogue=82,
)(lambda x: gram()(x).mean(dim=0))
_add(
    _f,
    "added over the batch",
    "is one matrix for the whole batch, the sum of all; each picture has its own",
    catalogue=82,
)(lambda x: torch.einsum("bchw,bdhw->cd", x, x) / x[0].numel())

_VIEW = "channels and positions mixed"
_SAYS_VIEW = (
    "reads the numbers as (B, H·W, C) without a transpose: the shape is right, and each column holds neighbouring "
    "positions and not one channel"
)
_add(_f, _VIEW, _SAYS_VIEW, catalogue=84)(gram(lambda x: x.reshape(len(x), -1, x.shape[1]).transpose(1, 2)))
_add(_f, _VIEW, _SAYS_VIEW, catalogue=84)(
    gram(lambda x: x.reshape(len(x), -1, x.shape[1]).transpose(1, 2), divided=lambda g, x: g / x.numel())
)
_add(_f, _VIEW, _SAYS_VIEW, catalogue=84)(
    gram(lambda x: x.reshape(len(x), -1, x.shape[1]).transpose(1, 2), divided=lambda g, x: g)
)
_add(
    _f,
    "channels last, then read as rows",
    "permutes the channels to the end and then reads (B, C, H·W) from that: the rows are no channels any more",
    catalogue=84,
)(gram(lambda x: x.permute(0, 2, 3, 1).reshape(len(x), x.shape[1], -1)))

# ------------------------------------------------------------------------------------------------------ what is multiplied

_add(
    _f,
    "centred",
    "takes each channel's mean off first, which makes a covariance of it; a constant added to the features must change a Gram matrix",
    catalogue=85,
)(gram(lambda x: rows(x) - rows(x).mean(dim=2, keepdim=True)))
_add(_f, "centred", "takes the mean of all features of a picture off first", catalogue=85)(
    gram(lambda x: rows(x) - rows(x).mean(dim=(1, 2), keepdim=True))
)
_add(_f, "centred", "takes the mean over the channels off at each position", catalogue=85)(
    gram(lambda x: rows(x) - rows(x).mean(dim=1, keepdim=True))
)
_add(_f, "centred", "is a covariance, as `torch.cov` gives it", catalogue=85)(
    lambda x: torch.stack([torch.cov(one) for one in rows(x)])
)
_add(_f, "centred", "takes each channel's mean off, and is divided by H·W", catalogue=85)(
    gram(lambda x: rows(x) - rows(x).mean(dim=2, keepdim=True), divided=lambda g, x: g / x[0, 0].numel())
)
_add(_f, "correlation", "is a correlation: neither means nor sizes are left. A Gram matrix has both", catalogue=85)(
    lambda x: torch.stack([torch.corrcoef(one) for one in rows(x)])
)
_add(_f, "cosines", "scales each channel to length 1 first: how strongly a channel is active is part of the style")(
    lambda x: product(F.normalize(rows(x), dim=2))
)
_add(_f, "cosines", "scales each channel to length 1 first: how strongly a channel is active is part of the style")(
    lambda x: product(F.normalize(rows(x), dim=2)) / x[0].numel()
)
_add(_f, "scaled at each position", "scales the features of each position to length 1 first")(
    gram(lambda x: F.normalize(rows(x), dim=1))
)
_add(
    _f,
    "means multiplied",
    "averages over the positions before it multiplies: whether two channels are active at the same place is lost",
)(lambda x: (m := x.mean(dim=(2, 3)))[:, :, None] * m[:, None, :])
_add(
    _f,
    "means multiplied",
    "averages over the positions before it multiplies: whether two channels are active at the same place is lost",
)(lambda x: (m := x.mean(dim=(2, 3)))[:, :, None] * m[:, None, :] / x.shape[1])
_add(_f, "sums multiplied", "adds over the positions before it multiplies: every place meets every other one")(
    lambda x: (m := x.sum(dim=(2, 3)))[:, :, None] * m[:, None, :] / x[0].numel()
)
_add(_f, "squares only", "has the squares of the channels alone; how two channels go together is off the diagonal")(
    lambda x: torch.diag_embed(x.square().sum(dim=(2, 3))) / x[0].numel()
)
_add(_f, "squares only", "has one number a channel, its square; how two channels go together is missing")(
    lambda x: x.square().sum(dim=(2, 3)) / x[0].numel()
)
_add(_f, "upper half", "keeps the upper half alone; the matrix is symmetric")(lambda x: gram()(x).triu())
_add(_f, "product by entries", "multiplies entry by entry (`*`) where a matrix product (`@`) is asked for")(
    lambda x: rows(x) * rows(x) / x[0].numel()
)
_add(
    _f,
    "gradient cut off",
    "is cut off from the features (`detach`, `no_grad`, `.data`): no pixel would be moved by it",
    catalogue=96,
)(lambda x: gram()(x.detach()))
_add(_f, "root of the squares", "has the root of each entry")(lambda x: gram()(x).clamp(min=1e-30).sqrt())


@_add(
    _f,
    "features changed",
    "divides, shifts or scales the features in place, so the caller's tensor changes",
    catalogue=100,
)
def _(x):
    x /= x[0].numel() ** 0.5
    return product(rows(x))
