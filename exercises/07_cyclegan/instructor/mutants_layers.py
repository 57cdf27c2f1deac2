"""Exercise 07, wrong: the schedule, the norm and the residual block."""

import math

import torch
from torch.nn import functional as ops

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------- linear_decay

_f = "linear_decay"
_add(_f, "never decays", "never falls: G and D keep jumping about at the end", catalogue=70)(lambda e, flat, decay: 1.0)
_add(
    _f,
    "last epoch at 0",
    "is 0 in the last epoch, as in the official code's older rule: that epoch is trained for nothing. Divide by decay + 1",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / decay))
_add(
    _f,
    "one epoch late",
    "begins to fall one epoch late: epoch `flat` (counted from 0) is the first one below 1",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e - flat) / (decay + 1)))
_add(
    _f,
    "one epoch late, by decay",
    "is still 1 in epoch `flat` and falls by 1/decay from there: both ends are off by one",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e - flat) / decay))
_add(
    _f,
    "one epoch early",
    "begins to fall one epoch early, as the official code does today, which steps its schedule before the epoch: the last one runs at 0",
    catalogue=71,
)(lambda e, flat, decay: max(0.0, 1 - max(0, e + 2 - flat) / (decay + 1)))
_add(_f, "negative past the end", "is negative past the end: the optimiser would climb. Stop at 0", catalogue=72)(
    lambda e, flat, decay: 1 - max(0, e + 1 - flat) / (decay + 1)
)
_add(_f, "above 1 at the start", "is above 1 at the start: the line is followed in the flat part too")(
    lambda e, flat, decay: max(0.0, 1 - (e + 1 - flat) / (decay + 1))
)
_add(_f, "falls from the start", "falls from the first epoch on; the first `flat` epochs run at 1")(
    lambda e, flat, decay: max(0.0, 1 - (e + 1) / (flat + decay + 1))
)
_add(_f, "spread over all epochs", "divides by all the epochs; only the `decay` ones share the fall")(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - flat) / (flat + decay + 1))
)
_add(_f, "drops to 0", "drops to 0 after the flat part; it should go down in a line")(
    lambda e, flat, decay: 1.0 if e < flat else 0.0
)
_add(_f, "whole-number division", "divides in whole numbers (//), so it stays 1 and then drops")(
    lambda e, flat, decay: max(0, 1 - max(0, e + 1 - flat) // (decay + 1))
)
_add(_f, "cosine", "follows half a cosine; CycleGAN goes down in a line")(
    lambda e, flat, decay: (1 + math.cos(math.pi * min(1.0, max(0, e + 1 - flat) / (decay + 1)))) / 2
)
_add(_f, "halved again and again", "falls by a constant factor each epoch; CycleGAN goes down in equal steps")(
    lambda e, flat, decay: (1 - 1 / (decay + 1)) ** max(0, e + 1 - flat)
)
_add(_f, "rate instead of factor", "is the learning rate itself, with Adam's 2e-4 inside; return the factor on it")(
    lambda e, flat, decay: 2e-4 * max(0.0, 1 - max(0, e + 1 - flat) / (decay + 1))
)
_add(_f, "flat and decay exchanged", "has `flat` and `decay` exchanged")(
    lambda e, flat, decay: max(0.0, 1 - max(0, e + 1 - decay) / (flat + 1))
)
_add(_f, "rises", "grows where it should fall: subtract it from 1")(
    lambda e, flat, decay: min(1.0, max(0, e + 1 - flat) / (decay + 1))
)

# ------------------------------------------------------------------------------------------------------ instance_norm

_f = "instance_norm"


def _norm(dims=(2, 3), unbiased=False):
    def norm(x, eps=1e-5):
        variance, mean = torch.var_mean(x, dim=dims, unbiased=unbiased, keepdim=True)
        return (x - mean) / (variance + eps).sqrt()

    return norm


_right_norm = _norm()


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


# ----------------------------------------------------------------------------------------------------- residual_block

_f = "residual_block"


def mirror(h, by=1):
    return ops.pad(h, (by, by, by, by), mode="reflect")


def same(h):
    return h


def _block(
    pad_1=mirror, norm_1=_right_norm, act=torch.relu, pad_2=mirror, norm_2=_right_norm, join=torch.add, exchange=False
):
    def block(x, first, second):
        if exchange:
            first, second = second, first
        h = act(norm_1(first(pad_1(x))))
        return join(x, norm_2(second(pad_2(h))))

    return block


_add(
    _f,
    "ReLU after the sum",
    "has a ReLU after the sum: then nothing below 0 ever passes, and block after block can only add. The sum is the end",
    catalogue=76,
)(_block(join=lambda x, h: (x + h).relu()))
_add(
    _f,
    "ReLU before the sum",
    "has a second ReLU before the sum: the block could then only add to x, never take away",
    catalogue=76,
)(_block(join=lambda x, h: x + h.relu()))
_add(
    _f,
    "padded by the number of channels",
    "pads by the number of channels (is it the first argument of `ReflectionPad2d`?): the padding is 1, whatever the channels",
    catalogue=77,
)(_block(pad_1=lambda h: mirror(h, h.shape[1]), pad_2=lambda h: mirror(h, h.shape[1])))
_add(_f, "not padded", "does not pad: each 3×3 convolution eats one pixel at every edge")(_block(same, pad_2=same))
_add(_f, "padded before the first only", "pads before the first convolution only")(_block(pad_2=same))
_add(_f, "padded before the second only", "pads before the second convolution only")(_block(pad_1=same))
_add(
    _f,
    "padded by 2 at once",
    "pads by 2 before the first convolution and not before the second: the size fits, but what is mirrored is not what the layer made",
)(_block(pad_1=lambda h: mirror(h, 2), pad_2=same))
_add(_f, "padded with zeros", "pads with zeros, which draws a frame around the picture; CycleGAN mirrors the edge")(
    _block(lambda h: ops.pad(h, (1, 1, 1, 1)), pad_2=lambda h: ops.pad(h, (1, 1, 1, 1)))
)
_add(_f, "edge repeated", "repeats the edge (replicate); mirroring (reflect) leaves the edge itself out")(
    _block(
        lambda h: ops.pad(h, (1, 1, 1, 1), mode="replicate"), pad_2=lambda h: ops.pad(h, (1, 1, 1, 1), mode="replicate")
    )
)
_add(_f, "padded around", "takes the padding from the opposite edge (circular); mirror it")(
    _block(
        lambda h: ops.pad(h, (1, 1, 1, 1), mode="circular"), pad_2=lambda h: ops.pad(h, (1, 1, 1, 1), mode="circular")
    )
)
_add(_f, "x not added", "does not add x: that is two layers and no residual block")(_block(join=lambda x, h: h))
_add(
    _f,
    "joined as in a U-Net",
    "joins x along the channels, as a U-Net does with its skips; CycleGAN's generator is no U-Net: its blocks add",
    catalogue=46,
)(_block(join=lambda x, h: torch.cat([x, h], dim=1)))
_add(_f, "x subtracted", "subtracts x; add it")(_block(join=lambda x, h: h - x))
_add(_f, "x halved", "averages x and the rest; it is their plain sum")(_block(join=lambda x, h: (x + h) / 2))
_add(_f, "x detached", "detaches x: no gradient takes the short way, for which the block was built")(
    _block(join=lambda x, h: x.detach() + h)
)
_add(_f, "x after its ReLU", "adds the ReLU of x (does an in-place ReLU overwrite it?)")(
    _block(join=lambda x, h: x.relu() + h)
)
_add(_f, "no ReLU", "has no ReLU between the convolutions")(_block(act=same))
_add(_f, "leaky ReLU", "has a leaky ReLU; that is the discriminators', the generator has a plain one")(
    _block(act=lambda h: ops.leaky_relu(h, 0.2))
)
_add(_f, "ReLU before the norm", "takes the ReLU before the instance norm; it comes after")(
    _block(norm_1=lambda h: _right_norm(h.relu()), act=same)
)
_add(_f, "no norm", "has no instance norm")(_block(norm_1=same, norm_2=same))
_add(_f, "first norm missing", "has no instance norm after the first convolution")(_block(norm_1=same))
_add(_f, "second norm missing", "has no instance norm after the second convolution")(_block(norm_2=same))
_add(_f, "norm after the sum", "takes the second instance norm after the sum, so x does not pass unchanged")(
    _block(norm_2=same, join=lambda x, h: _right_norm(x + h))
)
_add(_f, "batch norm", "averages over the batch as well: that is batch norm", catalogue=73)(
    _block(norm_1=_norm((0, 2, 3)), norm_2=_norm((0, 2, 3)))
)
_add(_f, "convolutions exchanged", "takes the second convolution first")(_block(exchange=True))
_add(_f, "one convolution twice", "uses the first convolution twice")(
    lambda x, first, second: _block()(x, first, first)
)
_add(
    _f,
    "norm and ReLU first",
    "norms and activates before each convolution, as later residual networks do; in CycleGAN the convolution comes first",
)(lambda x, first, second: x + second(mirror(_right_norm(first(mirror(_right_norm(x).relu()))).relu())))


@_add(_f, "sum in place", "adds into the tensor that it was given (`x += …`), which the layer before may still need")
def _(x, first, second):
    x.data.add_(_block()(x, first, second).data - x.data)
    return _block()(x, first, second)
