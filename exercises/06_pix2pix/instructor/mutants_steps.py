"""Exercise 06, wrong: the training step. Where several leave the networks alike, facts tell them apart: who stepped, and when."""

import torch
from mutants_basics import bce, both, d_bce, with_l1

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------ training_step

_f = "training_step"
BACKWARD, D_STEPS, G_STEPS = "backward passes", "steps of D's optimiser", "steps of G's optimiser"
D_ON_NOTHING, G_ON_NOTHING = f"{D_STEPS} without a gradient", f"{G_STEPS} without a gradient"


def _d_loss(d, x, y, fake):
    return d_bce(d(both(x, y)), d(both(x, fake.detach())))


def _step(half=0.5, g_loss=with_l1, clear="DG", middle="", d_steps="D", g_steps="G", d_loss=_d_loss, backward="DG"):
    """Both players' turns with parts exchanged: who is cleared before and (in the ``middle``) after backward, who goes
    backward, and whose optimiser steps in which turn."""

    def answer(g, d, og, od, x, y, weight):
        optimizers, fake = {"G": og, "D": od}, g(x)
        turns = {
            "D": (lambda: half * d_loss(d, x, y, fake), d_steps),
            "G": (lambda: g_loss(d, x, y, fake, weight), g_steps),
        }
        for who, (loss, steps) in turns.items():
            if who in clear:
                optimizers[who].zero_grad()
            of_this_turn = loss()
            if who in backward:
                of_this_turn.backward()
            if who in middle:
                optimizers[who].zero_grad()
            for other in steps:
                optimizers[other].step()

    return answer


_add(_f, "x and y exchanged", "has x and y exchanged: G learns to go from the photo to the map")(
    lambda g, d, og, od, x, y, weight: _step()(g, d, og, od, y, x, weight)
)
_add(_f, "D's loss not halved", "leaves out the ½ on D's loss", catalogue=7)(_step(half=1.0))
_add(_f, "both losses halved", "halves G's loss as well; only D's gets a ½", catalogue=7)(
    _step(g_loss=lambda *a: with_l1(*a) / 2)
)
_add(_f, "G's loss halved for D's", "halves G's loss in place of D's", catalogue=7)(
    _step(half=1.0, g_loss=lambda *a: with_l1(*a) / 2)
)
_add(_f, "a quarter for D", "halves D's loss twice", catalogue=7)(_step(half=0.25))
_add(_f, "D's sign", "has the sign of D's loss turned: D learns to call the fakes real")(_step(half=-0.5))
_add(
    _f,
    "gradients of D not cleared",
    "does not clear D's gradients, so the last step's (and G's part of it) are added",
    catalogue=19,
)(_step(clear="G"))
_add(_f, "gradients of G not cleared", "does not clear G's gradients, so the last step's are added", catalogue=19)(
    _step(clear="D")
)
_add(_f, "gradients never cleared", "never clears a gradient: each step adds all those before it", catalogue=19)(
    _step(clear="")
)
_add(
    _f, "optimisers exchanged", "has the optimisers exchanged: each holds the other network's parameters", catalogue=20
)(_step(d_steps="G", g_steps="D"))
_add(_f, "D's optimiser twice", "lets D's optimiser step twice and G's never, so G does not learn", catalogue=20)(
    _step(g_steps="D")
)
_add(
    _f,
    "G's optimiser twice",
    "lets G's optimiser step in D's turn too, and D's never, so D does not learn",
    catalogue=20,
    evidence={D_STEPS: 0},
)(_step(d_steps="G"))
_add(
    _f,
    "both optimisers in both turns",
    "lets both optimisers step in both turns",
    catalogue=20,
    evidence={D_STEPS: 3, G_STEPS: 3},
)(_step(d_steps="DG", g_steps="DG"))
_add(
    _f,
    "both optimisers in G's turn",
    "lets D's optimiser step down G's loss as well: D gives way without a fight",
    catalogue=20,
)(_step(g_steps="DG"))
_add(_f, "two steps of D", "lets D's optimiser step twice on one gradient", evidence={D_STEPS: 4})(_step(d_steps="DD"))
_add(_f, "two steps of G", "lets G's optimiser step twice on one gradient", evidence={G_STEPS: 4})(_step(g_steps="GG"))
_add(
    _f,
    "G's turn missing",
    "has no turn of G: its loss is never computed, and its optimiser never steps",
    evidence={G_STEPS: 0, BACKWARD: 2, "gradients that reached G": 0},
)(lambda g, d, og, od, x, y, w: _only_d(g, d, od, x, y))


def _only_d(g, d, od, x, y):
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, g(x))).backward()
    od.step()


_add(
    _f,
    "D's turn missing",
    "has no turn of D: its loss is never computed, and its optimiser never steps",
    evidence={D_STEPS: 0, BACKWARD: 2},
)(lambda g, d, og, od, x, y, w: (og.zero_grad(), with_l1(d, x, y, g(x), w).backward(), og.step()))
_add(
    _f,
    "G's step forgotten",
    "goes backward from G's loss and never lets G's optimiser step: G does not learn",
    evidence={G_STEPS: 0, "gradients that reached G": 1},
)(_step(g_steps=""))
_add(
    _f,
    "D's step forgotten",
    "goes backward from D's loss and never lets D's optimiser step: D does not learn",
    evidence={D_STEPS: 0, BACKWARD: 4},
)(_step(d_steps=""))
_add(
    _f,
    "both steps forgotten",
    "never lets an optimiser step: the gradients are there, and nobody uses them",
    evidence={D_STEPS: 0, G_STEPS: 0, BACKWARD: 4},
)(_step(d_steps="", g_steps=""))
_add(
    _f,
    "G's backward forgotten",
    "computes G's loss and never goes backward from it: G's optimiser steps and finds no gradient",
    evidence={G_ON_NOTHING: 2, BACKWARD: 2},
)(_step(backward="D"))
_add(
    _f,
    "D's backward forgotten",
    "computes D's loss and never goes backward from it: D's optimiser steps and finds no gradient",
    evidence={D_ON_NOTHING: 2, BACKWARD: 2},
)(_step(backward="G"))
_add(
    _f,
    "both backwards forgotten",
    "never goes backward: the losses are computed, and no gradient comes of them",
    evidence={BACKWARD: 0, "scored": 6},
)(_step(backward=""))
_add(_f, "nothing done", "does nothing: D is never asked", evidence={"scored": 0})(lambda *a: None)
_add(
    _f,
    "cleared before the step",
    "clears the gradients between backward and step, so nothing moves",
    catalogue=19,
    evidence={D_ON_NOTHING: 2, G_ON_NOTHING: 2, BACKWARD: 4},
)(_step(clear="", middle="DG"))
_add(
    _f,
    "D cleared before its step",
    "clears D's gradients between backward and its step, so D never moves",
    catalogue=19,
    evidence={D_ON_NOTHING: 2, G_ON_NOTHING: 0, BACKWARD: 4},
)(_step(middle="D"))
_add(
    _f,
    "G cleared before its step",
    "clears G's gradients between backward and its step, so G never moves",
    catalogue=19,
    evidence={D_ON_NOTHING: 0, G_ON_NOTHING: 2, BACKWARD: 4, "gradients that reached G": 1},
)(_step(middle="G"))


@_add(
    _f,
    "G before D",
    "trains G before D; the paper trains D first, and G then learns from what the new D says",
    evidence={"D stepped first": 0},
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
    evidence={"D stepped first": 1},
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
    "both steps at the end",
    "goes backward from both losses and lets both optimisers step at the end: D also steps down what G's loss left in its gradients",
    catalogue=19,
    evidence={BACKWARD: 4},
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    og.zero_grad()
    (0.5 * _d_loss(d, x, y, fake)).backward()
    with_l1(d, x, y, fake, w).backward()
    od.step()
    og.step()


@_add(
    _f,
    "the losses added",
    "adds both losses and goes backward once: D then steps down G's loss as well",
    evidence={BACKWARD: 2},
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    og.zero_grad()
    (0.5 * _d_loss(d, x, y, fake) + with_l1(d, x, y, fake, w)).backward()
    od.step()
    og.step()


@_add(
    _f,
    "the losses added",
    "adds both losses and goes backward once: D and G then step down the same sum",
    evidence={BACKWARD: 2},
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    og.zero_grad()
    (0.5 * d_bce(d(both(x, y)), d(both(x, fake))) + with_l1(d, x, y, fake, w)).backward()
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


_add(
    _f,
    "G on a detached fake",
    "computes G's loss on a detached fake (or one made under no_grad), so G never learns",
    catalogue=14,
    evidence={G_STEPS: 2, BACKWARD: 4, "gradients that reached G": 0},
)(_step(g_loss=lambda d, x, y, fake, w: with_l1(d, x, y, fake.detach(), w)))
_add(
    _f,
    "G's adversarial term on a detached fake",
    "detaches the fake before D scores it in G's turn (or runs D under no_grad): only the L1 term teaches G",
    catalogue=14,
    evidence={"scored": 6},
)(_step(g_loss=lambda d, x, y, fake, w: bce(d(both(x, fake.detach())), 1.0) + w * (fake - y).abs().mean()))
_add(_f, "no L1 term", "has no L1 term in G's loss")(_step(g_loss=lambda d, x, y, fake, w: with_l1(d, x, y, fake, 0.0)))
_add(_f, "no adversarial term", "has no adversarial term in G's loss", evidence={"scored": 4})(
    _step(g_loss=lambda d, x, y, fake, w: w * (fake - y).abs().mean())
)
for _w in (1.0, 100.0):
    _add(_f, "λ of its own", f"takes {_w:g} for λ whatever `weight` is", catalogue=42)(
        _step(g_loss=lambda d, x, y, fake, w, own=_w: with_l1(d, x, y, fake, own))
    )
_add(_f, "G helps D", "gives the fakes the target 0 in G's turn: G learns to be found out", catalogue=13)(
    _step(g_loss=lambda d, x, y, fake, w: bce(d(both(x, fake)), 0.0) + w * (fake - y).abs().mean())
)
_add(_f, "x and y exchanged", "has x and y exchanged in D's loss", catalogue=40)(
    _step(d_loss=lambda d, x, y, fake: _d_loss(d, y, x, fake))
)
_add(_f, "x and y exchanged", "has x and y exchanged in G's loss", catalogue=40)(
    _step(g_loss=lambda d, x, y, fake, w: with_l1(d, y, x, fake, w))
)
_add(_f, "D without conditions", "shows D the pictures without their inputs", catalogue=39)(
    _step(d_loss=lambda d, x, y, fake: d_bce(d(y), d(fake.detach())))
)


@_add(
    _f,
    "a network left frozen",
    "freezes a network (`requires_grad_(False)`) and does not wake it again: in the next step it has no gradient, and cannot learn",
    evidence={"parameters left frozen": 1},
    decisive=True,
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, fake)).backward()
    od.step()
    og.zero_grad()
    d.requires_grad_(False)
    with_l1(d, x, y, fake, w).backward()
    og.step()


@_add(
    _f,
    "moved by hand",
    "moves the parameters by hand, with a rate of its own; the optimisers that are given have the rates, let them step",
    evidence={"moved by hand": 1},
    decisive=True,
)
def _(g, d, og, od, x, y, w):
    fake, parameters = g(x), list(d.parameters())
    for p, slope in zip(parameters, torch.autograd.grad(0.5 * _d_loss(d, x, y, fake), parameters), strict=True):
        p.data -= 0.01 * slope
    parameters = list(g.parameters())
    for p, slope in zip(parameters, torch.autograd.grad(with_l1(d, x, y, fake, w), parameters), strict=True):
        p.data -= 0.01 * slope
