"""Exercise 03, wrong: variation over the inputs, the share that returns home, the way back."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------- variation_over_inputs

_f = "variation_over_inputs"
_add(
    _f,
    "variance of everything",
    "takes the variance over pixels and inputs together: one colourful answer for all inputs looks varied",
)(lambda y: y.var(correction=0))
_add(_f, "variance of everything", "takes the standard deviation over pixels and inputs together")(lambda y: y.std())
_add(_f, "variance of everything", "takes the variance over pixels and inputs together, and divides by N − 1 besides")(
    lambda y: y.var()
)
_add(
    _f,
    "variance within each picture",
    "takes the variance within each picture: that is its contrast, and says nothing about the inputs",
)(lambda y: y.flatten(1).var(dim=1, correction=0).mean())
_add(_f, "variance over the channels", "takes the variance over the channels: that is how colourful the answers are")(
    lambda y: y.var(dim=1, correction=0).mean()
)
_add(_f, "deviation for variance", "takes the standard deviation of each pixel; the variance is its square")(
    lambda y: y.std(dim=0, correction=0).mean()
)
_add(_f, "divided by N − 1", "divides by N − 1 (the default of `var`); here it is divided by N", catalogue=None)(
    lambda y: y.var(dim=0).mean()
)
_add(_f, "root of the result", "takes a root at the end")(lambda y: y.var(dim=0, correction=0).mean().sqrt())
_add(_f, "summed over the pixels", "sums over the pixels instead of averaging", catalogue=6)(
    lambda y: y.var(dim=0, correction=0).sum()
)
_add(
    _f,
    "pictures averaged first",
    "averages each picture before it compares them: answers that differ in form but not in brightness look alike",
)(lambda y: y.mean(dim=(1, 2, 3)).var(correction=0))
_add(_f, "colours averaged first", "averages the channels before it compares: answers that differ in hue look alike")(
    lambda y: y.mean(dim=1).var(dim=0, correction=0).mean()
)
_add(_f, "mean not subtracted", "averages the squares without subtracting the mean: a bright answer looks varied")(
    lambda y: y.square().mean()
)
_add(_f, "sizes for squares", "takes the mean distance from the mean picture; square it")(
    lambda y: (y - y.mean(dim=0)).abs().mean()
)
_add(_f, "all pairs", "averages the squared difference over all pairs, which is twice the variance", catalogue=7)(
    lambda y: (y[:, None] - y[None]).square().mean()
)
_add(_f, "largest minus smallest", "takes the range of each pixel, the largest minus the smallest value")(
    lambda y: (y.amax(dim=0) - y.amin(dim=0)).mean()
)
_add(_f, "neighbours only", "compares each answer with the next one only")(lambda y: y.diff(dim=0).square().mean())
_add(_f, "not averaged", "is one number for each pixel; average them")(lambda y: y.var(dim=0, correction=0))

_add(
    _f,
    "over the pixels of a channel",
    "takes the variance over inputs and pixels together, channel by channel: a picture with contrast looks varied",
)(lambda y: y.var(dim=(0, 2, 3), correction=0).mean())
_add(_f, "over the pixels of a channel", "takes the variance over the pixels of each channel: that is its contrast")(
    lambda y: y.var(dim=(2, 3), correction=0).mean()
)
_add(
    _f, "over the pixels of a channel", "takes the variance over inputs and channels together; each channel has its own"
)(lambda y: y.var(dim=(0, 1), correction=0).mean())
_add(_f, "compared with the first", "compares each answer with the first one; compare it with their mean")(
    lambda y: (y - y[0]).square().mean()
)
_add(
    _f,
    "variance of everything",
    "takes the variance over pixels and inputs together, and divides by one less than their number",
)(lambda y: y.var())
_add(
    _f,
    "deviation for variance",
    "takes the standard deviation of each pixel, divided by N − 1; the variance is its square",
)(lambda y: y.std(dim=0).mean())
_add(_f, "summed over the inputs", "sums the squares over the inputs instead of averaging them", catalogue=6)(
    lambda y: (y - y.mean(dim=0)).square().sum(dim=0).mean()
)
_add(
    _f,
    "pictures averaged first",
    "averages each picture first, and divides by N − 1: answers that differ in form look alike",
)(lambda y: y.mean(dim=(1, 2, 3)).var())
_add(_f, "mean differences cancel", "averages the differences from the mean without a square: they cancel")(
    lambda y: (y - y.mean(dim=0)).mean()
)

# ------------------------------------------------------------------------------------------------------- returns_home

_f = "returns_home"


def _home(back, of):
    return (back == torch.arange(len(back))).double().sum() / of


_add(
    _f,
    "share of the answers",
    "divides by the number of answers (going back first and then forward does the same); the share is one of the inputs",
    catalogue=53,
)(lambda f, b: _home(b[f], len(b)))
_add(
    _f,
    "compared with the answer",
    "compares the picture that came back with the answer on the way; compare it with the input",
    catalogue=54,
)(lambda f, b: (b[f] == f).double().mean())
_add(_f, "forward only", "asks whether forward leads to i itself; go forward and then back")(
    lambda f, b: (f == torch.arange(len(f))).double().mean()
)
_add(_f, "forward twice", "goes forward twice; the second step is the way back")(
    lambda f, b: _home(f[f.clamp(max=len(f) - 1)], len(f))
)
_add(_f, "number for share", "is the number of those that return; divide by the number of inputs", catalogue=6)(
    lambda f, b: _home(b[f], 1)
)
_add(_f, "share that is lost", "is the share that does not return")(lambda f, b: 1 - _home(b[f], len(f)))
_add(_f, "all or nothing", "is only 1 or 0: all return, or not; the share is wanted")(
    lambda f, b: torch.equal(b[f], torch.arange(len(f)))
)
_add(
    _f,
    "distance of the numbers",
    "averages how far the numbers lie apart; they are names, and drawing 3 is not nearer to 4 than to 9",
)(lambda f, b: (b[f] - torch.arange(len(f))).abs().double().mean())
_add(
    _f,
    "different arrivals",
    "counts how many different inputs are arrived at; each must arrive at itself",
)(lambda f, b: len(b[f].unique()) / len(f))
_add(_f, "not averaged", "is true or false for each input; their mean is wanted")(
    lambda f, b: (b[f] == torch.arange(len(f))).double()
)
_add(_f, "tables compared", "compares the two tables with each other; put one into the other")(
    lambda f, b: (b == f).double().mean()
)
_add(_f, "tables compared", "compares the two tables with each other; put one into the other")(
    lambda f, b: (f[: len(b)] == b[: len(f)]).double().mean()
)
_add(_f, "backward alone", "asks whether the way back leads to j itself; go forward and then back")(
    lambda f, b: (b == torch.arange(len(b))).double().mean()
)
_add(
    _f,
    "number for share",
    "is the number of those that do not return; the share of those that do is wanted",
    catalogue=6,
)(lambda f, b: (b[f] != torch.arange(len(f))).sum())
_add(_f, "in percent", "is in percent; a share lies between 0 and 1")(lambda f, b: 100 * _home(b[f], len(f)))
_add(_f, "counted from 1", "counts the inputs from 1; the first one has the number 0")(
    lambda f, b: (b[f] == torch.arange(1, len(f) + 1)).double().mean()
)
_add(_f, "any comes home", "is true as soon as one returns; the share is wanted")(
    lambda f, b: (b[f] == torch.arange(len(f))).any()
)

# --------------------------------------------------------------------------------------------------------------- undo

_f = "undo"
_add(_f, "the same table", "is the same table again: that is the way back only where two drawings swap places")(
    lambda order: order.clone()
)
_add(_f, "from the end", "runs through the table from its end; going back is not the same as counting back")(
    lambda order: order.flip(0)
)
_add(_f, "identity", "leaves every number where it is; from order[i] it does not lead to i")(
    lambda order: torch.arange(len(order))
)
_add(_f, "twice", "goes forward twice; that leads home only where two drawings swap places")(lambda order: order[order])
_add(_f, "mirrored numbers", "takes n − 1 − order: it mirrors the numbers instead of exchanging place and number")(
    lambda order: len(order) - 1 - order
)
_add(_f, "descending", "is sorted the wrong way round, from the largest to the smallest")(
    lambda order: torch.argsort(order, descending=True)
)
_add(_f, "counted from 1", "counts from 1; the first drawing has the number 0")(lambda order: torch.argsort(order) + 1)
