"""Exercise 08, wrong: total variation."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList
from course_lib.grading.tools import WITHOUT_GRAPH

MUTANTS = MutantList()
_add = MUTANTS.add

_f = "total_variation"


def down(p):
    return p[:, :, 1:] - p[:, :, :-1]


def right(p):
    return p[..., 1:] - p[..., :-1]


def variation(made=lambda d: d.abs().mean(), steps=(down, right), total=sum):
    """The total variation with one of its parts exchanged: what is made of the steps, which steps, how they are joined."""
    return lambda p: total([made(step(p)) for step in steps])


_add(_f, "vertical steps only", "has the vertical steps alone: vertical stripes cost nothing", catalogue=90)(
    variation(steps=(down,))
)
_add(_f, "horizontal steps only", "has the horizontal steps alone: horizontal stripes cost nothing", catalogue=90)(
    variation(steps=(right,))
)
_add(_f, "one direction twice", "has the vertical steps twice and the horizontal ones never", catalogue=90)(
    variation(steps=(down, down))
)
_add(_f, "one direction twice", "has the horizontal steps twice and the vertical ones never", catalogue=90)(
    variation(steps=(right, right))
)
_add(
    _f, "diagonal steps", "takes the steps along the diagonal; vertical and horizontal ones are asked for", catalogue=90
)(variation(steps=(lambda p: p[:, :, 1:, 1:] - p[:, :, :-1, :-1],)))

_CHANNELS = "steps over the channels"
_SAYS_CHANNELS = "takes differences of the channels, as if red were a neighbour of green: a colour would cost something"


def channels(p):
    return p[:, 1:] - p[:, :-1]


for _steps in ((channels, down), (channels, right), (channels, down, right), (channels,)):
    _add(_f, _CHANNELS, _SAYS_CHANNELS, catalogue=91)(variation(steps=_steps))
_add(_f, "steps over the batch", "takes differences of the pictures of the batch", catalogue=91)(
    variation(steps=(lambda p: p[1:] - p[:-1], down, right))
)
_add(_f, "steps over the batch", "takes differences of the pictures of the batch and of the channels", catalogue=91)(
    variation(steps=(lambda p: p[1:] - p[:-1], channels))
)

_WRAP = "wrapped around"
_SAYS_WRAP = "makes the last pixel a neighbour of the first (`roll`): a ramp pays for its two ends"


def rolled(axis):
    return lambda p: p - p.roll(1, dims=axis)


_add(_f, _WRAP, _SAYS_WRAP, catalogue=92)(variation(steps=(rolled(2), rolled(3))))
_add(_f, _WRAP, _SAYS_WRAP, catalogue=92)(variation(torch.abs, (rolled(2), rolled(3)), lambda s: sum(s).sum()))
_add(_f, _WRAP, f"{_SAYS_WRAP}; and it has squares", catalogue=92)(
    variation(lambda d: d.square().mean(), (rolled(2), rolled(3)))
)
_add(_f, "zeros around the picture", "puts zeros around the picture: its edges cost something", catalogue=92)(
    variation(steps=(lambda p: down(F.pad(p, (0, 0, 1, 1))), lambda p: right(F.pad(p, (1, 1)))))
)
_add(_f, "zeros around the picture", "puts a zero before each row and column: an edge costs something", catalogue=92)(
    variation(steps=(lambda p: down(F.pad(p, (0, 0, 1, 0))), lambda p: right(F.pad(p, (1, 0)))))
)

_SQUARED = "squared"
_SAYS_SQUARED = "squares the steps: one large step then costs more than many small ones, and edges are blurred"
_add(_f, _SQUARED, _SAYS_SQUARED, catalogue=93)(variation(lambda d: d.square().mean()))
_add(_f, _SQUARED, f"{_SAYS_SQUARED}; and it is a sum", catalogue=93)(variation(lambda d: d.square().sum()))
_add(_f, _SQUARED, f"{_SAYS_SQUARED}; and it is a sum for each picture", catalogue=93)(
    variation(lambda d: d.square().sum() / len(d))
)
_add(_f, _SQUARED, f"{_SAYS_SQUARED}; and it has the root of each mean", catalogue=93)(
    variation(lambda d: d.square().mean().sqrt())
)
_add(_f, _SQUARED, f"{_SAYS_SQUARED}; and it has the root of the sum", catalogue=93)(
    variation(lambda d: d.square().mean(), total=lambda s: sum(s).sqrt())
)
_add(_f, _SQUARED, f"{_SAYS_SQUARED}; and it is halved", catalogue=93)(variation(lambda d: d.square().mean() / 2))
_add(
    _f,
    "length of the slope",
    "takes √(vertical² + horizontal²) at each pixel, the isotropic form; here the two are added",
    catalogue=93,
)(lambda p: (down(p)[..., :-1].square() + right(p)[:, :, :-1].square()).clamp(min=1e-24).sqrt().mean())

_add(_f, "a sum", "is a sum of the steps and not a mean: it grows with the picture", catalogue=6)(
    variation(lambda d: d.abs().sum())
)
_add(_f, "a sum", "is a sum for each picture, averaged over the batch: it grows with the picture", catalogue=6)(
    variation(lambda d: d.abs().sum() / len(d))
)
_add(
    _f,
    "divided by all pixels",
    "divides the sums by the number of pixels; there is one step fewer in each row and column",
)(lambda p: (down(p).abs().sum() + right(p).abs().sum()) / p.numel())
_add(_f, "divided by all pixels", "divides by H·W alone, and adds over the channels and pictures", catalogue=6)(
    lambda p: (down(p).abs().sum() + right(p).abs().sum()) / p[0, 0].numel()
)
_add(_f, "channels added", "is added over the channels and averaged over the rest", catalogue=6)(
    variation(lambda d: d.abs().sum(dim=1).mean())
)
_add(
    _f,
    "one mean of all steps",
    "is one mean over vertical and horizontal steps together; take two means and add them",
    catalogue=8,
)(lambda p: torch.cat([down(p).flatten(), right(p).flatten()]).abs().mean())
_add(_f, "halved", "is halved: the two means are added, not averaged", catalogue=7)(
    variation(total=lambda s: sum(s) / 2)
)
_add(_f, "doubled", "counts every step twice, once from each side", catalogue=7)(variation(total=lambda s: 2 * sum(s)))
_add(_f, "no absolute value", "forgets the absolute value: steps up and down cancel, and it can be negative")(
    variation(torch.mean)
)
_add(_f, "absolute value of the mean", "takes the absolute value of the mean step: steps up and down cancel")(
    variation(lambda d: d.mean().abs())
)
_add(
    _f,
    "steps added before the absolute value",
    "adds vertical and horizontal step of a pixel before the absolute value",
)(lambda p: (down(p)[..., :-1] + right(p)[:, :, :-1]).abs().mean())
_add(_f, "steps of two", "compares each pixel with the next but one")(
    variation(steps=(lambda p: p[:, :, 2:] - p[:, :, :-2], lambda p: p[..., 2:] - p[..., :-2]))
)
_add(_f, "frame cut off", "leaves out the steps of the last row and of the last column")(
    lambda p: down(p)[..., :-1].abs().mean() + right(p)[:, :, :-1].abs().mean()
)
_add(
    _f, "spread of the picture", "is the standard deviation of the pixels: it does not know who is a neighbour of whom"
)(lambda p: p.std())
_add(_f, "product of the two", "multiplies the two means; add them")(variation(total=lambda s: s[0] * s[1]))
_add(_f, "sign turned", "is negative: minimising it would make the picture rougher", catalogue=5)(
    variation(total=lambda s: -sum(s))
)
_add(_f, "largest step", "takes the largest step; take the mean")(variation(lambda d: d.abs().amax()))
_add(_f, "two values", "gives two numbers; add them")(variation(total=torch.stack))
_add(
    _f,
    "cut off from the picture",
    "is cut off from the pictures: no gradient reaches them",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(lambda p: variation()(p.detach()))
