"""Exercise 07, wrong: the instance norm."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------ instance_norm

_f = "instance_norm"


def _norm(dims=(2, 3), unbiased=False):
    def norm(x, eps=1e-5):
        variance, mean = torch.var_mean(x, dim=dims, unbiased=unbiased, keepdim=True)
        return (x - mean) / (variance + eps).sqrt()

    return norm


_right_norm = _norm()

_add(_f, "another dtype", "gives float64 back whatever it is given; keep the dtype")(
    lambda x, eps=1e-5: _right_norm(x.double(), eps)
)


def _of_moments(formula):
    """``formula(x, mean, variance, eps)`` on right moments."""
    return lambda x, eps=1e-5: formula(
        x, x.mean((2, 3), keepdim=True), x.var((2, 3), unbiased=False, keepdim=True), eps
    )


_add(
    _f,
    "over the batch as well",
    "averages over the batch as well: that is batch norm. At batch 1 nobody would notice; each picture has its own mean",
    catalogue=73,
)(_norm((0, 2, 3)))
_add(
    _f,
    "over the batch only",
    "averages over the batch instead of over height and width",
    catalogue=73,
)(_norm((0,)))
_add(
    _f,
    "over the channels as well",
    "averages over the channels as well: that is layer norm. Each channel has its own mean",
    catalogue=74,
)(_norm((1, 2, 3)))
_add(_f, "over the channels only", "averages over the channels instead of over height and width", catalogue=74)(
    _norm((1,))
)
_add(
    _f, "over everything", "takes one mean and one variance of the whole batch; there are B · C of each", catalogue=74
)(_norm((0, 1, 2, 3)))
_add(_f, "over the height only", "averages over the height only; the width belongs to it")(_norm((2,)))
_add(_f, "over the width only", "averages over the width only; the height belongs to it")(_norm((3,)))
_add(
    _f,
    "unbiased variance",
    "divides the squares by H·W − 1, as `var` and `std` do unless told otherwise; here by H·W (`unbiased=False`)",
    catalogue=75,
)(_norm(unbiased=True))
_add(
    _f,
    "unbiased, ε added to the deviation",
    "has two slips: H·W − 1 in the variance, and ε outside the root (`x.std(…) + eps`)",
    catalogue=75,
)(lambda x, eps=1e-5: (x - x.mean((2, 3), keepdim=True)) / (x.std((2, 3), keepdim=True) + eps))
_add(_f, "ε added to the deviation", "adds ε outside the root; it is √(variance + ε)")(
    _of_moments(lambda x, m, v, eps: (x - m) / (v.sqrt() + eps))
)
_add(_f, "ε added to the deviation", "adds ε outside the root (`x.std(…) + eps`); it is √(variance + ε)")(
    lambda x, eps=1e-5: (x - x.mean((2, 3), keepdim=True)) / (x.std((2, 3), unbiased=False, keepdim=True) + eps)
)
_add(_f, "no ε", "leaves ε out: a channel that does not vary gives 0 / 0")(
    lambda x, eps=1e-5: (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), unbiased=False, keepdim=True)
)
_add(_f, "no ε", "leaves ε out: a channel that does not vary gives 0 / 0")(
    _of_moments(lambda x, m, v, eps: (x - m) / v.sqrt())
)
_add(_f, "ε of its own", "takes 1e-5 for ε whatever it is given")(lambda x, eps=1e-5: _right_norm(x))
_add(_f, "variance at least ε", "takes the larger of variance and ε; it is their sum")(
    _of_moments(lambda x, m, v, eps: (x - m) / v.clamp(min=eps).sqrt())
)
_add(_f, "divided by the variance", "divides by the variance; take its root first")(
    _of_moments(lambda x, m, v, eps: (x - m) / (v + eps))
)
_add(_f, "mean not subtracted", "does not subtract the mean")(_of_moments(lambda x, m, v, eps: x / (v + eps).sqrt()))
_add(_f, "not divided", "subtracts the mean and does not divide")(_of_moments(lambda x, m, v, eps: x - m))
_add(_f, "mean subtracted last", "divides first and then subtracts the mean of before; subtract, then divide")(
    _of_moments(lambda x, m, v, eps: x / (v + eps).sqrt() - m)
)
_add(_f, "multiplied", "multiplies by the deviation; divide by it")(
    _of_moments(lambda x, m, v, eps: (x - m) * (v + eps).sqrt())
)
_add(_f, "to the range from 0 to 1", "stretches each channel from 0 to 1; it is mean 0 and variance 1")(
    lambda x, eps=1e-5: (
        (x - x.amin((2, 3), keepdim=True)) / (x.amax((2, 3), keepdim=True) - x.amin((2, 3), keepdim=True) + eps)
    )
)
_add(
    _f,
    "statistics detached",
    "detaches mean and variance: the numbers are right, but the gradient no longer knows that they depend on x",
)(_of_moments(lambda x, m, v, eps: (x - m.detach()) / (v.detach() + eps).sqrt()))


@_add(_f, "in place", "overwrites the features that it was given")
def _(x, eps=1e-5):
    out = _right_norm(x)
    x.data.copy_(out.data)
    return out


_add(_f, "in place", "overwrites the features that it was given (`-=`, `/=`), which the gradient still needs")(
    lambda x, eps=1e-5: x.sub_(x.mean((2, 3), keepdim=True)).div((x.square().mean((2, 3), keepdim=True) + eps).sqrt())
)
_add(
    _f,
    "keepdim forgotten",
    "leaves the axes out that it averages over (`keepdim=True` is missing), so that the means do not fit",
)(lambda x, eps=1e-5: (x - x.mean((2, 3))) / (x.var((2, 3), unbiased=False) + eps).sqrt())
_add(_f, "unbiased variance", "divides the squares by H·W − 1, and leaves ε out", catalogue=75)(
    lambda x, eps=1e-5: (x - x.mean((2, 3), keepdim=True)) / x.std((2, 3), keepdim=True)
)
_add(
    _f,
    "over the batch as well",
    "averages over the batch as well, and divides by one less than their number: that is batch norm",
    catalogue=73,
)(_norm((0, 2, 3), unbiased=True))
_add(_f, "ε squared", "adds ε² under the root; it is √(variance + ε)")(
    _of_moments(lambda x, m, v, eps: (x - m) / (v + eps * eps).sqrt())
)
_add(_f, "ε before the mean", "adds ε above the line as well, or there alone")(
    _of_moments(lambda x, m, v, eps: (x - m + eps) / v.sqrt())
)
_add(
    _f,
    "mean square for the variance",
    "takes the mean square without subtracting the mean; the variance is that of what is left",
)(lambda x, eps=1e-5: (x - x.mean((2, 3), keepdim=True)) / (x.square().mean((2, 3), keepdim=True) + eps).sqrt())
_add(_f, "sum for the variance", "sums the squares instead of averaging them")(
    lambda x, eps=1e-5: (
        (x - x.mean((2, 3), keepdim=True))
        / ((x - x.mean((2, 3), keepdim=True)).square().sum((2, 3), keepdim=True) + eps).sqrt()
    )
)
_add(
    _f,
    "mean distance for the deviation",
    "divides by the mean distance from the mean; it is the root of the mean square",
)(
    lambda x, eps=1e-5: (
        (x - x.mean((2, 3), keepdim=True)) / ((x - x.mean((2, 3), keepdim=True)).abs().mean((2, 3), keepdim=True) + eps)
    )
)
_add(_f, "to the range from −1 to 1", "stretches each channel to its largest size; it is mean 0 and variance 1")(
    lambda x, eps=1e-5: x / (x.abs().amax((2, 3), keepdim=True) + eps)
)
_add(_f, "clamped", "clamps what it gives; a norm has no bounds")(lambda x, eps=1e-5: _right_norm(x, eps).clamp(-1, 1))
_add(_f, "ReLU behind", "has a ReLU behind the norm; that comes in the block")(
    lambda x, eps=1e-5: _right_norm(x, eps).relu()
)
_add(
    _f,
    "over the channels as well",
    "averages over the channels as well (layer norm), and divides by one less",
    catalogue=74,
)(_norm((1, 2, 3), unbiased=True))
