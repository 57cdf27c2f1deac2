"""Exercise 07, wrong: the residual block."""

import torch
from mutants_norm import _norm, _right_norm
from torch.nn import functional as ops

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

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


@_add(_f, "sum in place", "adds into the tensor that it was given (`x += …`), which the gradient still needs")
def _(x, first, second):
    x += _block()(x, first, second) - x
    return x


_add(
    _f,
    "padded after the convolution",
    "pads after each convolution instead of before it: the edge is mirrored, and not computed",
)(lambda x, first, second: x + mirror(_right_norm(second(mirror(_right_norm(first(x)).relu())))))
_add(
    _f,
    "padded after the convolution",
    "pads after each convolution instead of before it: the edge is mirrored, and not computed",
)(lambda x, first, second: x + _right_norm(mirror(second(_right_norm(mirror(first(x))).relu()))))
for _act in (torch.tanh, torch.sigmoid, ops.gelu, ops.elu, ops.silu, ops.softplus):
    _add(_f, "another activation", f"has {_act.__name__} between the convolutions; the generator has a plain ReLU")(
        _block(act=_act)
    )
_add(_f, "ReLU after the sum", "has a ReLU before the sum and one after it: the sum is the end", catalogue=76)(
    _block(join=lambda x, h: (x + h.relu()).relu())
)
_add(_f, "x scaled", "scales what it adds; it is a plain sum")(_block(join=lambda x, h: x + 0.1 * h))
_add(_f, "multiplied", "multiplies x with the rest; it is their sum")(_block(join=lambda x, h: x * h))
_add(_f, "x after its norm", "adds the normed x; x itself passes unchanged")(
    _block(join=lambda x, h: _right_norm(x) + h)
)
_add(_f, "one convolution alone", "stops after the first convolution; there are two")(
    lambda x, first, second: x + _right_norm(first(mirror(x))).relu()
)
_add(_f, "one convolution alone", "stops after the first convolution; there are two")(
    lambda x, first, second: x + _right_norm(first(mirror(x)))
)
_add(_f, "one convolution twice", "uses the second convolution twice")(
    lambda x, first, second: _block()(x, second, second)
)
_add(_f, "no norm, no ReLU", "has neither norm nor ReLU between the convolutions")(
    _block(norm_1=same, norm_2=same, act=same)
)
_add(_f, "layer norm", "averages over the channels as well: that is layer norm", catalogue=73)(
    _block(norm_1=_norm((1, 2, 3)), norm_2=_norm((1, 2, 3)))
)
_add(
    _f,
    "unbiased variance",
    "has the variance divided by H·W − 1 in its norms (`var` without `unbiased=False`)",
    catalogue=73,
)(_block(norm_1=_norm(unbiased=True), norm_2=_norm(unbiased=True)))
_add(_f, "inner edges cut off x", "cuts x to what the unpadded convolutions leave; pad instead, so that sizes stay")(
    lambda x, first, second: x[:, :, 2:-2, 2:-2] + _right_norm(second(_right_norm(first(x)).relu()))
)
_add(_f, "padded with zeros", "pads one of the two with zeros; CycleGAN mirrors the edge both times")(
    _block(pad_2=lambda h: ops.pad(h, (1, 1, 1, 1)))
)
_add(_f, "padded with zeros", "pads one of the two with zeros; CycleGAN mirrors the edge both times")(
    _block(pad_1=lambda h: ops.pad(h, (1, 1, 1, 1)))
)
_add(_f, "padded along one axis", "pads two edges only (`pad=(1, 1)`); all four lose a pixel")(
    _block(
        pad_1=lambda h: ops.pad(h, (1, 1, 0, 0), mode="reflect"),
        pad_2=lambda h: ops.pad(h, (1, 1, 0, 0), mode="reflect"),
    )
)
_add(_f, "x not padded, not added", "adds the padded x, so that the sizes do not fit")(
    lambda x, first, second: mirror(x) + _block(join=lambda x, h: h)(x, first, second)
)


@_add(_f, "norm before the convolution", "norms before each convolution; here the norm comes after it")
def _(x, first, second):
    h = torch.relu(first(mirror(_right_norm(x))))
    return x + second(mirror(_right_norm(h)))


_add(_f, "difference", "takes what the convolutions give off x; it is added")(_block(join=torch.sub))
