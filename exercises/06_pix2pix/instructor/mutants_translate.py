"""Exercise 06, wrong: translating with the result of the training."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------------------- translate

_f = "translate"


@_add(
    _f,
    "eval mode",
    "switches dropout off with eval(): the only noise pix2pix has is gone, and two translations are the same",
    catalogue=50,
)
def _(generator, x):
    generator.eval()
    with torch.no_grad():
        return generator(x)


@_add(
    _f,
    "mode left as found",
    "leaves the network in the mode it was found in; after an evaluation dropout would stay off",
    catalogue=50,
)
def _(generator, x):
    with torch.no_grad():
        return generator(x)


_add(_f, "graph kept", "keeps the graph for a gradient that nobody will ask for")(
    lambda generator, x: generator.train()(x)
)
_add(
    _f,
    "called as it is",
    "calls the network as it is found, and keeps the graph: dropout has to be switched on (`train()`), the graph off (`no_grad`)",
    catalogue=50,
)(lambda generator, x: generator(x))
_add(_f, "eval mode", "switches dropout off with eval(), and keeps the graph besides", catalogue=50)(
    lambda generator, x: generator.eval()(x)
)


@_add(
    _f,
    "seed fixed",
    "seeds the random numbers itself, so that two translations are the same: the noise is gone again",
    catalogue=50,
)
def _(generator, x):
    torch.manual_seed(0)
    generator.train()
    with torch.no_grad():
        return generator(x)


@_add(_f, "averaged", "averages several translations: what dropout varies is averaged away", catalogue=50)
def _(generator, x):
    generator.train()
    with torch.no_grad():
        return torch.stack([generator(x) for _ in range(2)]).mean(dim=0)


@_add(_f, "rescaled", "brings the picture to the range from 0 to 1; the generator's own picture is asked for")
def _(generator, x):
    generator.train()
    with torch.no_grad():
        return (generator(x) + 1) / 2


@_add(_f, "clamped", "clamps the picture to 0 … 1; the generator's own picture is asked for, and its range is −1 … 1")
def _(generator, x):
    generator.train()
    with torch.no_grad():
        return generator(x).clamp(0, 1)
