"""Exercise 06, wrong: the training step, and translating with the result."""

import torch

from mutants_basics import both, d_bce, with_l1

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------ training_step

_f = "training_step"


def _d_loss(d, x, y, fake):
    return d_bce(d(both(x, y)), d(both(x, fake.detach())))


def _step(g, d, og, od, x, y, weight, *, half=0.5, clear_d=True, clear_g=True, first=None, second=None):
    fake = g(x)
    if clear_d:
        od.zero_grad()
    (half * _d_loss(d, x, y, fake)).backward()
    (first or od).step()
    if clear_g:
        og.zero_grad()
    with_l1(d, x, y, fake, weight).backward()
    (second or og).step()


_add(_f, "D's loss not halved", "leaves out the ½ on D's loss", catalogue=7)(lambda *a: _step(*a, half=1.0))
_add(
    _f,
    "gradients of D not cleared",
    "does not clear D's gradients, so the last step's (and G's part of it) are added",
    catalogue=19,
)(lambda *a: _step(*a, clear_d=False))
_add(_f, "gradients of G not cleared", "does not clear G's gradients, so the last step's are added", catalogue=19)(
    lambda *a: _step(*a, clear_g=False)
)
_add(_f, "gradients never cleared", "never clears a gradient: each step adds all those before it", catalogue=19)(
    lambda *a: _step(*a, clear_d=False, clear_g=False)
)
_add(
    _f, "optimisers exchanged", "has the optimisers exchanged: each holds the other network's parameters", catalogue=20
)(lambda g, d, og, od, x, y, w: _step(g, d, og, od, x, y, w, first=og, second=od))
_add(_f, "D's optimiser twice", "lets D's optimiser step twice and G's never, so G does not learn", catalogue=20)(
    lambda g, d, og, od, x, y, w: _step(g, d, og, od, x, y, w, second=od)
)
_add(_f, "G not trained", "never steps G", same_as=("G on a detached fake",))(
    lambda g, d, og, od, x, y, w: _only_d(g, d, od, x, y)
)


def _only_d(g, d, od, x, y):
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, g(x))).backward()
    od.step()


@_add(_f, "D not trained", "never steps D")
def _(g, d, og, od, x, y, w):
    og.zero_grad()
    with_l1(d, x, y, g(x), w).backward()
    og.step()


@_add(_f, "cleared before the step", "clears the gradients between backward and step, so nothing moves")
def _(g, d, og, od, x, y, w):
    fake = g(x)
    (0.5 * _d_loss(d, x, y, fake)).backward()
    od.zero_grad()
    od.step()
    with_l1(d, x, y, fake, w).backward()
    og.zero_grad()
    og.step()


@_add(
    _f,
    "G before D",
    "trains G before D; the paper trains D first, and G then learns from what the new D says",
    same_as=("G learns from the old D",),
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    og.zero_grad()
    with_l1(d, x, y, fake, w).backward()
    og.step()
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, fake)).backward()
    od.step()


@_add(
    _f,
    "G learns from the old D",
    "computes both losses before either step, so G learns from the D of before",
    same_as=("G before D",),
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    parameters_d, parameters_g = list(d.parameters()), list(g.parameters())
    of_d = torch.autograd.grad(0.5 * _d_loss(d, x, y, fake), parameters_d)
    of_g = torch.autograd.grad(with_l1(d, x, y, fake, w), parameters_g)
    for p, gradient in zip(parameters_d + parameters_g, of_d + of_g, strict=True):
        p.grad = gradient
    od.step()
    og.step()


@_add(
    _f,
    "D's loss flows into G",
    "lets D's loss send a gradient into G and then does not clear it: G is pushed to help D",
    catalogue=15,
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    og.zero_grad()
    (0.5 * d_bce(d(both(x, y)), d(both(x, fake)))).backward(retain_graph=True)
    od.step()
    with_l1(d, x, y, fake, w).backward()
    og.step()


@_add(
    _f,
    "D's loss flows through G, cleared",
    "sends D's gradient through G although it is thrown away afterwards: right, but slower; detach the fake",
    catalogue=15,
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    (0.5 * d_bce(d(both(x, y)), d(both(x, fake)))).backward(retain_graph=True)
    od.step()
    og.zero_grad()
    with_l1(d, x, y, fake, w).backward()
    og.step()


@_add(
    _f,
    "G on a detached fake",
    "computes G's loss on a detached fake, so G never learns",
    catalogue=14,
    same_as=("G not trained",),
)
def _(g, d, og, od, x, y, w):
    _only_d(g, d, od, x, y)
    og.zero_grad()
    with_l1(d, x, y, g(x).detach(), w).backward()
    og.step()


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
