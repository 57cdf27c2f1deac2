"""Exercise 09, wrong: what the loss network is shown."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

_f = "network_input"
MEAN = torch.tensor([104.00699, 116.66877, 122.67892], dtype=torch.float64).reshape(3, 1, 1)
OF_TORCHVISION = (
    torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64).reshape(3, 1, 1),
    torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64).reshape(3, 1, 1),
)


def levels(p):
    return (p + 1) / 2 * 255


def shifted(made=lambda p: levels(p).flip(1), mean=MEAN):
    """BGR minus the mean, with one of its parts exchanged."""
    return lambda p: made(p) - mean


_add(_f, "means missing", "does not take off the means", catalogue=97)(shifted(mean=0))
_add(_f, "nothing done", "hands the pictures on as they are", catalogue=97)(lambda p: p.clone())
_add(_f, "RGB", "leaves the channels in the order RGB; this network wants BGR", catalogue=97)(shifted(levels))
_add(
    _f,
    "means on the wrong channels",
    "takes the mean of blue off red, and that of red off blue, and turns the channels afterwards",
    catalogue=97,
)(lambda p: (levels(p) - MEAN).flip(1))
_add(_f, "means on the wrong channels", "turns the channels and has the means in the order of RGB", catalogue=97)(
    shifted(mean=MEAN.flip(0))
)
_add(_f, "RGB throughout", "takes the means off the right channels and leaves the order RGB", catalogue=97)(
    lambda p: levels(p) - MEAN.flip(0)
)
_add(_f, "torchvision's numbers", "gives what torchvision's networks want, mean and spread of [0, 1]", catalogue=97)(
    lambda p: ((p + 1) / 2 - OF_TORCHVISION[0]) / OF_TORCHVISION[1]
)
_add(_f, "torchvision's numbers", "gives BGR with mean and spread of torchvision's networks", catalogue=97)(
    lambda p: (((p + 1) / 2 - OF_TORCHVISION[0]) / OF_TORCHVISION[1]).flip(1)
)
_add(_f, "one mean for all", "takes one mean for the three channels; each has its own", catalogue=97)(
    shifted(mean=MEAN.mean())
)
_add(_f, "one mean for all", "takes 127.5 or 128 for the three channels; each has its own", catalogue=97)(
    shifted(mean=127.5)
)
_add(_f, "one mean for all", "takes 127.5 or 128 for the three channels; each has its own", catalogue=97)(
    shifted(mean=128)
)
_add(_f, "another mean", "takes 103.939, 116.779 and 123.68, another VGG's means; the task's are others", catalogue=97)(
    shifted(mean=torch.tensor([103.939, 116.779, 123.68]).double().reshape(3, 1, 1))
)
_add(
    _f,
    "the pictures' own mean",
    "takes off the mean of these pictures; that of the training set is asked for",
    catalogue=97,
)(lambda p: (x := levels(p).flip(1)) - x.mean(dim=(0, 2, 3), keepdim=True))
_add(
    _f,
    "the pictures' own mean",
    "takes off the mean of each picture; that of the training set is asked for",
    catalogue=97,
)(lambda p: (x := levels(p).flip(1)) - x.mean(dim=(2, 3), keepdim=True))
_add(_f, "mean added", "adds the means; take them off", catalogue=97)(shifted(mean=-MEAN))
_add(_f, "divided by 255", "is in [0, 1], the means divided by 255 too; this network wants 0…255", catalogue=97)(
    lambda p: shifted()(p) / 255
)
_add(_f, "divided by a spread", "divides by a spread; nothing is divided here", catalogue=97)(
    lambda p: shifted()(p) / (255 * OF_TORCHVISION[1])
)
_add(_f, "divided by a spread", "divides by a spread; nothing is divided here", catalogue=97)(
    lambda p: shifted()(p) / (255 * OF_TORCHVISION[1].flip(0))
)

_add(
    _f,
    "not brought to 0…255",
    "takes the means of 0…255 off pictures in [−1, 1]: all of them are nearly black for the network",
    catalogue=98,
)(shifted(lambda p: p.flip(1)))
_add(
    _f, "not brought to 0…255", "takes the means of 0…255 off pictures in [0, 1]: multiply by 255 first", catalogue=98
)(shifted(lambda p: (p.flip(1) + 1) / 2))
_add(
    _f,
    "times 255 only",
    "multiplies pictures in [−1, 1] by 255 and does not shift them: black becomes −255",
    catalogue=98,
)(shifted(lambda p: 255 * p.flip(1)))
_add(_f, "times 127.5 only", "multiplies by 127.5 and does not shift: black becomes −127.5 and not 0", catalogue=98)(
    shifted(lambda p: 127.5 * p.flip(1))
)
_add(_f, "shifted and not halved", "shifts by 1 and does not halve: white becomes 510", catalogue=98)(
    shifted(lambda p: 255 * (p.flip(1) + 1))
)
_add(_f, "shifted the wrong way", "takes 1 off before it halves: black becomes −255", catalogue=98)(
    shifted(lambda p: 255 * (p.flip(1) - 1) / 2)
)
_add(
    _f,
    "means brought to [−1, 1] wrongly",
    "takes mean / 255 − 1 off pictures in [−1, 1]; it is 2·mean / 255 − 1 there",
    catalogue=99,
)(lambda p: p.flip(1) - (MEAN / 255 - 1))
_add(
    _f,
    "means brought to [−1, 1] wrongly",
    "takes mean / 255 − 1 off pictures in [−1, 1]; it is 2·mean / 255 − 1 there",
    catalogue=99,
)(lambda p: 127.5 * (p.flip(1) - (MEAN / 255 - 1)))
_add(
    _f,
    "means brought to [−1, 1] wrongly",
    "is (p − (2·mean / 255 − 1)), and not multiplied by 127.5 after that",
    catalogue=99,
)(lambda p: p.flip(1) - (2 * MEAN / 255 - 1))
_add(_f, "clipped", "clips to 0…255: where a picture overshoots, no gradient comes back")(
    shifted(lambda p: levels(p).clamp(0, 255).flip(1))
)
_add(_f, "rounded to 8 bits", "rounds to 255 levels: no gradient comes back through that")(
    shifted(lambda p: levels(p).round().flip(1))
)
_add(_f, "turned upside down", "flips the height or the width; the channels are dimension 1")(
    shifted(lambda p: levels(p).flip(2))
)
_add(_f, "turned upside down", "flips the height or the width; the channels are dimension 1")(
    shifted(lambda p: levels(p).flip(3))
)
_add(_f, "batch turned", "flips the batch; the channels are dimension 1")(shifted(lambda p: levels(p).flip(0)))
_add(
    _f,
    "cut off from the picture",
    "is cut off from the pictures (`detach`, `no_grad`): no network could learn from it",
    catalogue=96,
)(lambda p: shifted()(p.detach()))


@_add(
    _f,
    "pictures changed",
    "works in place (`add_`, `*=` or `[:] =`), so the caller's pictures are changed: work on a new tensor",
    catalogue=100,
)
def _(p):
    return p.add_(1).mul_(127.5).flip(1) - MEAN
