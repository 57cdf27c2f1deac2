"""Exercise 08, wrong: what VGG is shown, and which features are taken."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------------------- vgg_input

_f = "vgg_input"
MEAN = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).reshape(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).reshape(3, 1, 1)


def unit(p):
    return (p + 1) / 2


def scaled(made=unit, mean=MEAN, std=STD):
    """(x − mean) / std with one of its parts exchanged."""
    return lambda p: (made(p) - mean) / std


_add(_f, "mean and spread missing", "stops at [0, 1]: mean and spread of the backbone are missing", catalogue=97)(unit)
_add(_f, "mean missing", "does not take off the mean", catalogue=97)(scaled(mean=0))
_add(_f, "spread missing", "does not divide by the spread", catalogue=97)(scaled(std=1))
_add(
    _f, "nothing done", "hands the pictures on as they are, or takes mean and spread ½, which is the same", catalogue=97
)(lambda p: p.clone())
_add(
    _f,
    "Caffe's numbers",
    "gives BGR in 0…255 minus a mean, as Caffe's VGG wants it; this one is torchvision's",
    catalogue=97,
)(lambda p: 255 * unit(p).flip(1) - torch.tensor([104.00699, 116.66877, 122.67892]).double().reshape(3, 1, 1))
_add(
    _f,
    "Caffe's numbers",
    "gives BGR in 0…255 minus a mean, as Caffe's VGG wants it; this one is torchvision's",
    catalogue=97,
)(lambda p: 255 * unit(p).flip(1) - torch.tensor([103.939, 116.779, 123.68]).double().reshape(3, 1, 1))
_add(_f, "one mean for all", "takes one mean and spread for the three channels; each has its own", catalogue=97)(
    scaled(mean=MEAN.mean(), std=STD.mean())
)
_add(
    _f,
    "the pictures' own mean",
    "takes off the mean of these pictures and divides by their spread; those of the training set are asked for",
    catalogue=97,
)(lambda p: (unit(p) - unit(p).mean(dim=(0, 2, 3), keepdim=True)) / unit(p).std(dim=(0, 2, 3), keepdim=True))
_add(
    _f,
    "the pictures' own mean",
    "takes off the mean of each picture and divides by its spread; those of the training set are asked for",
    catalogue=97,
)(lambda p: (unit(p) - unit(p).mean(dim=(2, 3), keepdim=True)) / unit(p).std(dim=(2, 3), keepdim=True))
_add(
    _f,
    "channels exchanged",
    "exchanges red and blue before mean and spread; torchvision's networks take RGB",
    catalogue=97,
)(scaled(lambda p: unit(p).flip(1)))
_add(_f, "channels exchanged", "gives BGR; torchvision's networks take RGB", catalogue=97)(
    lambda p: scaled()(p).flip(1)
)
_add(_f, "mean in the other order", "has the means in the order of blue, green, red", catalogue=97)(
    scaled(mean=MEAN.flip(0), std=STD.flip(0))
)
_add(_f, "mean in the other order", "has the means in the order of blue, green, red", catalogue=97)(
    scaled(mean=MEAN.flip(0))
)
_add(_f, "mean and spread exchanged", "takes off the spread and divides by the mean", catalogue=97)(
    scaled(mean=STD, std=MEAN)
)
_add(_f, "multiplied by the spread", "multiplies by the spread; divide by it", catalogue=97)(scaled(std=1 / STD))
_add(_f, "divided by the variance", "divides by the square of the spread", catalogue=97)(scaled(std=STD**2))
_add(_f, "divided by the variance", "divides by the root of the spread", catalogue=97)(scaled(std=STD**0.5))
_add(_f, "mean added", "adds the mean; take it off", catalogue=97)(scaled(mean=-MEAN))
_add(_f, "divided first", "divides by the spread before it takes off the mean", catalogue=97)(
    lambda p: unit(p) / STD - MEAN
)
_add(
    _f,
    "not brought to [0, 1]",
    "takes mean and spread of [0, 1] off pictures in [−1, 1]: black does not become −mean / spread",
    catalogue=98,
)(scaled(lambda p: p))
_add(_f, "not brought to [0, 1]", "brings the pictures to 0…255; the mean is that of [0, 1]", catalogue=98)(
    scaled(lambda p: 255 * unit(p))
)
_add(_f, "not brought to [0, 1]", "divides pictures in [−1, 1] by 255", catalogue=98)(scaled(lambda p: p / 255))
_add(
    _f,
    "halved only",
    "halves the pictures and does not shift them, or takes 2·mean off: [−½, ½] and not [0, 1]",
    catalogue=98,
)(scaled(lambda p: p / 2))
_add(_f, "shifted by a half", "adds ½ without halving: [−½, 1½] and not [0, 1]", catalogue=98)(
    scaled(lambda p: p + 0.5)
)
_add(_f, "halved, then shifted by 1", "halves and then adds 1: [½, 1½] and not [0, 1]", catalogue=98)(
    scaled(lambda p: p / 2 + 1)
)
_add(_f, "shifted the wrong way", "takes 1 off before it halves: [−1, 0] and not [0, 1]", catalogue=98)(
    scaled(lambda p: (p - 1) / 2)
)
_add(_f, "the other way", "goes from [0, 1] to [−1, 1] once more (2x − 1)", catalogue=98)(scaled(lambda p: 2 * p - 1))
_add(
    _f,
    "mean − 1 for 2·mean − 1",
    "takes mean − 1 off pictures in [−1, 1]; the mean of a channel is 2·mean − 1 there",
    catalogue=99,
)(scaled(lambda p: p, mean=MEAN - 1, std=2 * STD))
_add(
    _f,
    "mean − 1 for 2·mean − 1",
    "takes mean − 1 off pictures in [−1, 1], and leaves the spread (or shifts them by 1 without halving)",
    catalogue=99,
)(scaled(lambda p: p, mean=MEAN - 1))
_add(
    _f,
    "spread not doubled",
    "takes 2·mean − 1 off, and divides by the spread of [0, 1]; it is twice that in [−1, 1]",
    catalogue=99,
)(scaled(lambda p: p, mean=2 * MEAN - 1))
_add(_f, "mean along another axis", "lays mean and spread along the width: give them the shape (1, 3, 1, 1)")(
    lambda p: (unit(p) - MEAN.flatten()) / STD.flatten()
)
_add(_f, "clipped", "clips to [0, 1]: where a picture overshoots, no gradient comes back")(
    scaled(lambda p: unit(p).clamp(0, 1))
)
_add(_f, "clipped", "clips to [−1, 1]: where a picture overshoots, no gradient comes back")(
    scaled(lambda p: unit(p.clamp(-1, 1).detach() + 0 * p))
)
_add(_f, "rounded to 8 bits", "rounds to 255 levels: no gradient comes back through that")(
    scaled(lambda p: (unit(p) * 255).round() / 255)
)
_add(
    _f,
    "cut off from the picture",
    "is cut off from the pictures (`detach`, `no_grad`): no pixel could be moved",
    catalogue=96,
)(lambda p: scaled()(p.detach()))


def _in_place(*steps):
    def answer(p):
        for step in steps:
            step(p)
        return p

    return answer


_SAYS_PLACE = "works in place (`add_`, `/=` or `[:] =`), so the caller's pictures are changed: work on a new tensor"
_add(_f, "pictures changed", _SAYS_PLACE, catalogue=100)(
    _in_place(lambda p: p.add_(1).div_(2), lambda p: p.sub_(MEAN).div_(STD))
)

# ------------------------------------------------------------------------------------------------------ features_after

_f = "features_after"


def features(
    before=lambda x: x, kept=F.relu, handed=F.relu, order=lambda taken: taken, until=lambda taken: max(taken) + 1
):
    """The features with one of their parts exchanged: what is kept of a convolution's output, what goes into the next."""

    def answer(pictures, convolutions, taken):
        x, found = before(pictures), {}
        for number, convolution in enumerate(convolutions[: until(taken)]):
            out = convolution(x)
            found[number], x = kept(out), handed(out)
        return [found[n] for n in order(taken)]

    return answer


_add(_f, "taken before the ReLU", "takes the features before the ReLU: they are negative in places", catalogue=101)(
    features(kept=lambda out: out)
)
_add(_f, "no ReLU", "has no ReLU at all: four convolutions in a row are one", catalogue=101)(
    features(kept=lambda out: out, handed=lambda out: out)
)
_add(
    _f,
    "ReLU only on what is taken",
    "puts a ReLU on what is taken only; the next convolution needs it as well",
    catalogue=101,
)(features(handed=lambda out: out))
_add(_f, "ReLU before the convolution", "puts the ReLU before each convolution, on the picture as well", catalogue=101)(
    features(before=F.relu, kept=lambda out: out)
)
_add(
    _f,
    "another activation",
    "takes the absolute value, a leaky ReLU or another activation; VGG has ReLUs",
    catalogue=101,
)(features(kept=torch.abs, handed=torch.abs))
_add(_f, "another activation", "takes a leaky ReLU; VGG has ReLUs", catalogue=101)(
    features(kept=lambda x: F.leaky_relu(x, 0.2), handed=lambda x: F.leaky_relu(x, 0.2))
)
_add(_f, "another activation", "takes a leaky ReLU; VGG has ReLUs", catalogue=101)(
    features(kept=F.leaky_relu, handed=F.leaky_relu)
)
_add(_f, "in order of depth", "is in order of depth; put it in the order of `taken`")(features(order=sorted))
_add(_f, "all of them", "has the features after every convolution; keep those in `taken`")(
    features(order=lambda taken: range(4), until=lambda taken: 4)
)
_add(_f, "all of them", "has the features after every convolution up to the deepest; keep those in `taken`")(
    features(order=lambda taken: range(max(taken) + 1))
)
_add(_f, "the deepest only", "has the features of one convolution alone; keep all in `taken`")(
    features(order=lambda taken: [max(taken)])
)
_add(_f, "the deepest only", "has the last convolution's features alone; keep all in `taken`")(
    features(order=lambda taken: [3], until=lambda taken: 4)
)
_add(_f, "counted from 1", "counts the convolutions from 1; the first has the number 0")(
    features(order=lambda taken: [max(n - 1, 0) for n in taken])
)
_add(_f, "one too deep", "takes what comes out of the next convolution")(
    features(order=lambda taken: [n + 1 for n in taken], until=lambda taken: max(taken) + 2)
)
_add(_f, "each from the picture", "shows the picture to every convolution; each gets what the one before gives")(
    lambda p, c, taken: [F.relu(c[n](p)) for n in taken]
)
_add(_f, "only the taken ones", "leaves out the convolutions that are not taken")(
    lambda p, c, taken: (first := F.relu(c[min(taken)](p)), [F.relu(c[max(taken)](first)), first])[1]
)
_add(_f, "pooled", "averages over the positions; the maps are asked for")(
    features(kept=lambda out: F.relu(out).mean(dim=(2, 3)))
)
_add(
    _f,
    "cut off from the picture",
    "takes the features without a gradient (`no_grad`, `detach`): the picture cannot be moved",
    catalogue=96,
)(lambda p, c, taken: features()(p.detach(), c, taken))
_add(
    _f,
    "cut off between",
    "detaches what goes into the next convolution: the deeper features move nothing",
    catalogue=96,
)(features(handed=lambda out: F.relu(out).detach()))
_add(_f, "all computed", "computes the convolutions behind the deepest one that is taken, in vain")(
    features(until=lambda taken: 4)
)
_add(_f, "computed again for each", "begins from the picture again for each number in `taken`")(
    lambda p, c, taken: [features()(p, c, [n])[0] for n in taken]
)
_add(_f, "a dictionary", "is a dictionary; return a list in the order of `taken`")(
    lambda p, c, taken: dict(zip(taken, features()(p, c, taken), strict=True))
)
