"""Exercise 01, wrong: the two steps. Where several leave the networks alike, facts tell them apart: who was asked, who stepped."""

import torch
from mutants_losses import bce, d_bce
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------- discriminator_step

_f = "discriminator_step"


def _d_step(loss=d_bce, *, cut=True, first="D", steps="D", last="", middle=""):
    """D's step with parts exchanged: whose gradients are cleared `first`, in the `middle` and `last`, whose optimiser `steps`."""

    def answer(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        optimizers = {"G": optimizer_g, "D": optimizer_d}
        fake = generator(noise)
        for who in first:
            optimizers[who].zero_grad()
        loss(discriminator(real), discriminator(fake.detach() if cut else fake)).backward()
        for who in middle:
            optimizers[who].zero_grad()
        for who in steps:
            optimizers[who].step()
        for who in last:
            optimizers[who].zero_grad()

    return answer


_add(_f, "real and fake swapped", "has the real and fake targets swapped: D learns to call fakes real", catalogue=1)(
    _d_step(lambda r, f: bce(r, 0.0) + bce(f, 1.0))
)
_add(
    _f, "fakes called real", "teaches D to call the fakes real, as G wishes: then nobody plays against G", catalogue=2
)(_d_step(lambda r, f: bce(r, 1.0) + bce(f, 1.0)))


@_add(
    _f,
    "reals only",
    "shows D the reals only: it would call everything real",
    catalogue=3,
    evidence={"scored of fakes": 0, "scored of reals": 2},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    optimizer_d.zero_grad()
    bce(discriminator(real), 1.0).backward()
    optimizer_d.step()


_add(
    _f,
    "fakes only",
    "shows D the fakes only: it would call everything fake",
    catalogue=4,
    evidence={"gradients that came back to the scores of reals": 0},
)(_d_step(lambda r, f: bce(f, 0.0)))
_add(_f, "sign forgotten", "moves D up its loss instead of down: a minus is missing or one too many", catalogue=5)(
    _d_step(lambda r, f: -d_bce(r, f))
)
_add(_f, "sum for mean", "sums over the samples instead of averaging", catalogue=6)(
    _d_step(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
)
_add(_f, "halved", "halves D's loss, which nobody asked for here", catalogue=7)(_d_step(lambda r, f: d_bce(r, f) / 2))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(_d_step(lambda r, f: torch.cat([F.softplus(-r), F.softplus(f)]).mean()))
_add(_f, "sigmoid twice", "takes a sigmoid of D's logits before a loss that takes it already", catalogue=9)(
    _d_step(lambda r, f: d_bce(r.sigmoid(), f.sigmoid()))
)
_add(_f, "logits averaged first", "averages D's logits before the loss: a right and a wrong verdict do not cancel")(
    _d_step(lambda r, f: d_bce(r.mean(), f.mean()))
)
_add(
    _f,
    "fake not detached",
    "does not cut the fakes off (`generator(noise).detach()`), so this loss travels back through G. "
    "G does not move, so it is no more than lost time as long as G's gradients are cleared before its own step",
    catalogue=15,
)(_d_step(cut=False))
_add(
    _f,
    "D's verdict detached",
    "detaches D's logits of the fakes: that term no longer teaches D anything (detach the fakes instead)",
    catalogue=16,
    evidence={
        "scored of fakes": 2,
        "scored without a graph of fakes": 0,
        "gradients that came back to the scores of fakes": 0,
    },
)(_d_step(lambda r, f: bce(r, 1.0) + bce(f.detach(), 0.0)))


@_add(
    _f,
    "D under no_grad",
    "runs D on the fakes under no_grad: that term no longer teaches D anything (only G is to be cut off)",
    catalogue=16,
    evidence={"scored without a graph of fakes": 2},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    optimizer_d.zero_grad()
    with torch.no_grad():
        of_fakes = discriminator(generator(noise))
    d_bce(discriminator(real), of_fakes).backward()
    optimizer_d.step()


_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(_d_step(lambda r, f: bce(r, 1.0) + F.binary_cross_entropy_with_logits(f, torch.zeros_like(r))))
for _t in (0.8, 0.9, 0.95):
    _add(_f, "smoothed", f"smooths the real target to {_t:g}, which nobody asked for here", catalogue=18)(
        _d_step(lambda r, f, t=_t: bce(r, t) + bce(f, 0.0))
    )
_add(_f, "gradients never cleared", "never clears D's gradients, so each step adds all those before it", catalogue=19)(
    _d_step(first="")
)
_add(
    _f,
    "cleared after the step",
    "clears D's gradients after its step instead of before: what lay there when it began is added",
    catalogue=19,
)(_d_step(first="", last="D"))
_add(
    _f,
    "cleared before the step",
    "clears the gradients between backward and step, so nothing moves",
    catalogue=19,
    evidence={"gradients of D cleared before a step used them": 2},
)(_d_step(first="", middle="D"))


@_add(
    _f,
    "cleared between the two backwards",
    "clears D's gradients once more between the reals' backward and the fakes': the reals teach it nothing",
    catalogue=19,
    evidence={"gradients that came back to the scores of reals": 2},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    optimizer_d.zero_grad()
    bce(discriminator(real), 1.0).backward()
    optimizer_d.zero_grad()
    bce(discriminator(generator(noise).detach()), 0.0).backward()
    optimizer_d.step()


_add(
    _f, "G's loss", "lets D step down G's loss: D learns to call the fakes real, and sees no real at all", catalogue=2
)(_d_step(lambda r, f: bce(f, 1.0)))


@_add(
    _f,
    "a step after each backward",
    "lets the optimiser step after the reals' backward and again after the fakes': it is one step, down the sum of both terms",
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    for score, target in ((lambda: discriminator(real), 1.0), (lambda: discriminator(generator(noise).detach()), 0.0)):
        optimizer_d.zero_grad()
        bce(score(), target).backward()
        optimizer_d.step()


_add(
    _f,
    "backward forgotten",
    "never calls backward: the loss is computed, and no gradient comes of it",
    evidence={"backward passes": 0, "steps of D's optimiser": 2},
)(lambda g, d, og, od, real, noise: (od.zero_grad(), d_bce(d(real), d(g(noise).detach())), od.step()))


@_add(
    _f,
    "backward forgotten",
    "never calls backward, and does not clear either: D moves by an old gradient",
    evidence={"backward passes": 0},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    d_bce(discriminator(real), discriminator(generator(noise).detach()))
    optimizer_d.step()


_add(
    _f,
    "step forgotten",
    "never lets an optimiser step: the gradients are there, and nobody uses them",
    evidence={"backward passes": 2, "steps of D's optimiser": 0, "steps of G's optimiser": 0},
)(_d_step(steps=""))
_add(
    _f,
    "step forgotten",
    "never lets an optimiser step: the gradients are there, and nobody uses them",
    evidence={"backward passes": 4, "steps of D's optimiser": 0, "steps of G's optimiser": 0},
)(
    lambda g, d, og, od, real, noise: (
        od.zero_grad(),
        bce(d(real), 1.0).backward(),
        bce(d(g(noise).detach()), 0.0).backward(),
    )
)
_add(
    _f,
    "neither backward nor step",
    "computes the loss and leaves it at that: neither backward nor step is called",
    evidence={"backward passes": 0, "steps of D's optimiser": 0, "steps of G's optimiser": 0, "scored of fakes": 2},
)(lambda g, d, og, od, real, noise: (od.zero_grad(), d_bce(d(real), d(g(noise).detach()))))
_add(_f, "nothing done", "does nothing: D is never asked", evidence={"scored of fakes": 0, "scored of reals": 0})(
    lambda *a: None
)


@_add(
    _f,
    "step before backward",
    "lets the optimiser step before backward: it finds no gradient, and the next call clears the one that comes then",
    evidence={"gradients of D cleared before a step used them": 1, "steps of D's optimiser": 2},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    optimizer_d.zero_grad()
    loss = d_bce(discriminator(real), discriminator(generator(noise).detach()))
    optimizer_d.step()
    loss.backward()


@_add(
    _f,
    "loss cut off",
    "cuts the loss off from its graph (`.detach()`, `.item()`, a new tensor) before backward: no gradient reaches D",
    evidence={"backward passes": 2, "gradients that reached D": 0, "gradients that reached G": 0},
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    optimizer_d.zero_grad()
    d_bce(discriminator(real), discriminator(generator(noise).detach())).detach().requires_grad_().backward()
    optimizer_d.step()


_add(
    _f,
    "G's optimiser, fakes detached",
    "lets G's optimiser step in D's place, so nothing moves: G has no gradient, and D no optimiser",
    catalogue=20,
    evidence={"steps of D's optimiser": 0, "steps of G's optimiser": 2, "backward passes": 2},
)(_d_step(steps="G"))
_add(
    _f,
    "G's optimiser",
    "lets G's optimiser step down D's loss: D stays, and G learns to be found out",
    catalogue=20,
)(_d_step(cut=False, first="GD", steps="G"))
_add(
    _f,
    "both optimisers",
    "lets both optimisers step down D's loss: G is pushed to help D (detach the fakes; D's optimiser alone steps)",
    catalogue=15,
)(_d_step(cut=False, first="GD", steps="GD"))
_add(_f, "stepped twice", "lets D's optimiser step twice on one gradient")(_d_step(steps="DD"))


@_add(
    _f,
    "moved by hand",
    "moves the parameters by hand, with a rate of its own; the optimiser that is given has the rate, let it step",
    evidence={"moved by hand": 1},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    parameters = list(discriminator.parameters())
    loss = d_bce(discriminator(real), discriminator(generator(noise).detach()))
    for p, slope in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
        p.data -= 0.01 * slope


@_add(
    _f,
    "noise drawn anew",
    "draws noise of its own instead of taking the noise that is given",
    evidence={"random numbers drawn": 1},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    _d_step()(generator, discriminator, optimizer_g, optimizer_d, real, torch.randn_like(noise))


@_add(
    _f,
    "G left frozen",
    "freezes a network (`requires_grad_(False)`) and does not wake it again: its own next step then has no gradient",
    evidence={"parameters left frozen": 1},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, real, noise):
    generator.requires_grad_(False)
    _d_step()(generator, discriminator, optimizer_g, optimizer_d, real, noise)


# ----------------------------------------------------------------------------------------------------- generator_step

_f = "generator_step"


def _g_step(loss=lambda f: bce(f, 1.0), *, cut=False, first="GD", steps="G", last="", middle=""):
    """G's step with parts exchanged, as above."""

    def answer(generator, discriminator, optimizer_g, optimizer_d, noise):
        optimizers = {"G": optimizer_g, "D": optimizer_d}
        fake = generator(noise)
        for who in first:
            optimizers[who].zero_grad()
        loss(discriminator(fake.detach() if cut else fake)).backward()
        for who in middle:
            optimizers[who].zero_grad()
        for who in steps:
            optimizers[who].step()
        for who in last:
            optimizers[who].zero_grad()

    return answer


_add(
    _f,
    "fake target",
    "gives the fakes the target 0: that is D's loss, and G learns to be found out",
    catalogue=13,
)(_g_step(lambda f: bce(f, 0.0)))
_add(
    _f,
    "saturating",
    "uses the saturating loss, log(1 − σ): right for the theory, but here the other one is asked for",
    catalogue=12,
)(_g_step(lambda f: -F.softplus(f).mean()))
_add(_f, "sign forgotten", "moves G up its loss instead of down: a minus is missing or one too many", catalogue=5)(
    _g_step(lambda f: -bce(f, 1.0))
)
_add(_f, "sum for mean", "sums over the samples instead of averaging", catalogue=6)(
    _g_step(lambda f: F.softplus(-f).sum())
)
_add(_f, "halved", "halves G's loss, which nobody asked for here", catalogue=7)(_g_step(lambda f: bce(f, 1.0) / 2))
_add(_f, "sigmoid twice", "takes a sigmoid of D's logits before a loss that takes it already", catalogue=9)(
    _g_step(lambda f: bce(f.sigmoid(), 1.0))
)
_add(_f, "log of the mean probability", "averages D's probabilities and then takes the logarithm", catalogue=11)(
    _g_step(lambda f: -f.sigmoid().mean().log())
)
_add(_f, "logits averaged first", "averages D's logits before the loss: a good and a bad fake do not cancel")(
    _g_step(lambda f: F.softplus(-f.mean()))
)
_add(_f, "D's score itself", "lets G raise the mean of D's logits, as with hinge and Wasserstein; here it is −log σ")(
    _g_step(lambda f: -f.mean())
)
_add(_f, "least squares", "squares the distance of D's logits from 1; here it is −log σ")(
    _g_step(lambda f: (f - 1).square().mean())
)
for _t in (0.8, 0.9, 0.95):
    _add(_f, "smoothed", f"smooths the target to {_t:g}, which nobody asked for here", catalogue=18)(
        _g_step(lambda f, t=_t: bce(f, t))
    )
_add(
    _f,
    "fake detached",
    "cuts the fakes off from G (detach, no_grad): its own loss never reaches it. Only D's step detaches",
    catalogue=14,
    evidence={"gradients that reached D": 1, "gradients that reached G": 0, "steps of G's optimiser": 2},
)(_g_step(cut=True))
_add(
    _f,
    "fake detached",
    "cuts the fakes off from G and does not clear what was there: G moves by an old gradient, and never by its own loss",
    catalogue=14,
    evidence={"gradients that reached D": 1, "gradients that reached G": 0},
)(_g_step(cut=True, first=""))
_add(
    _f,
    "cleared before the step",
    "clears the gradients between backward and step, so nothing moves",
    catalogue=19,
    evidence={"gradients of G cleared before a step used them": 2},
)(_g_step(first="", middle="G"))
_add(
    _f,
    "D's verdict detached",
    "cuts the graph at D's verdict (`.detach()`): the gradient must pass through D to reach G",
    catalogue=16,
    evidence={"scored without a graph of fakes": 0},
)(_g_step(lambda f: bce(f.detach(), 1.0)))


@_add(
    _f,
    "D under no_grad",
    "runs D under no_grad: the gradient must pass through D to reach G, also where D is not to move",
    catalogue=16,
    evidence={"scored without a graph of fakes": 1},
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    optimizer_g.zero_grad()
    with torch.no_grad():
        scores = discriminator(generator(noise))
    bce(scores, 1.0).backward()
    optimizer_g.step()


_add(
    _f,
    "gradients never cleared",
    "never clears G's gradients (clearing D's does not help), so each step adds all those before it",
    catalogue=19,
)(_g_step(first=""))
_add(
    _f,
    "cleared after the step",
    "clears G's gradients after its step instead of before: what lay there when it began is added",
    catalogue=19,
)(_g_step(first="", last="G"))
_add(
    _f,
    "backward forgotten",
    "never calls backward: the loss is computed, and no gradient comes of it",
    evidence={"backward passes": 0, "steps of G's optimiser": 2},
)(lambda g, d, og, od, noise: (og.zero_grad(), bce(d(g(noise)), 1.0), og.step()))
_add(
    _f,
    "backward forgotten",
    "never calls backward, and does not clear either: G moves by an old gradient",
    evidence={"backward passes": 0},
)(lambda g, d, og, od, noise: (bce(d(g(noise)), 1.0), og.step()))
_add(
    _f,
    "step forgotten",
    "never lets an optimiser step: the gradients are there, and nobody uses them",
    evidence={"backward passes": 2, "steps of G's optimiser": 0, "steps of D's optimiser": 0},
)(_g_step(steps=""))
_add(
    _f,
    "neither backward nor step",
    "computes the loss and leaves it at that: neither backward nor step is called",
    evidence={"backward passes": 0, "steps of G's optimiser": 0, "steps of D's optimiser": 0, "scored of fakes": 2},
)(lambda g, d, og, od, noise: (og.zero_grad(), bce(d(g(noise)), 1.0)))
_add(_f, "nothing done", "does nothing: D is never asked", evidence={"scored of fakes": 0})(lambda *a: None)


@_add(
    _f,
    "step before backward",
    "lets the optimiser step before backward: it finds no gradient, and the next call clears the one that comes then",
    evidence={"gradients of G cleared before a step used them": 1, "steps of G's optimiser": 2},
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    optimizer_g.zero_grad()
    loss = bce(discriminator(generator(noise)), 1.0)
    optimizer_g.step()
    loss.backward()


@_add(
    _f,
    "loss cut off",
    "cuts the loss off from its graph (`.detach()`, `.item()`, a new tensor) before backward: no gradient reaches G",
    catalogue=14,
    evidence={"backward passes": 2, "gradients that reached D": 0, "gradients that reached G": 0},
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    optimizer_g.zero_grad()
    bce(discriminator(generator(noise)), 1.0).detach().requires_grad_().backward()
    optimizer_g.step()


_add(
    _f,
    "D's optimiser",
    "lets D's optimiser step: G stays, and D learns to call the fakes real",
    catalogue=20,
)(_g_step(steps="D"))
_add(
    _f,
    "D's optimiser",
    "lets D's optimiser step, and clears G's gradients alone: G stays, and D learns to call the fakes real",
    catalogue=20,
)(_g_step(first="G", steps="D"))
_add(
    _f,
    "both optimisers",
    "lets both optimisers step down G's loss: D learns to call the fakes real, and gives way without a fight",
    catalogue=20,
)(_g_step(steps="GD"))
_add(
    _f,
    "both optimisers",
    "lets both optimisers step down G's loss: D learns to call the fakes real, and gives way without a fight",
    catalogue=20,
)(_g_step(first="G", steps="GD"))
_add(_f, "stepped twice", "lets G's optimiser step twice on one gradient")(_g_step(steps="GG"))


@_add(
    _f,
    "moved by hand",
    "moves the parameters by hand, with a rate of its own; the optimiser that is given has the rate, let it step",
    evidence={"moved by hand": 1},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    parameters = list(generator.parameters())
    slopes = torch.autograd.grad(bce(discriminator(generator(noise)), 1.0), parameters)
    for p, slope in zip(parameters, slopes, strict=True):
        p.data -= 0.01 * slope


@_add(
    _f,
    "noise drawn anew",
    "draws noise of its own instead of taking the noise that is given",
    evidence={"random numbers drawn": 1},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    _g_step()(generator, discriminator, optimizer_g, optimizer_d, torch.randn_like(noise))


@_add(
    _f,
    "D left frozen",
    "freezes D's parameters (`requires_grad_(False)`) and does not wake them again: D could not learn in its own next step",
    evidence={"parameters left frozen": 2},
    decisive=True,
)
def _(generator, discriminator, optimizer_g, optimizer_d, noise):
    discriminator.requires_grad_(False)
    _g_step()(generator, discriminator, optimizer_g, optimizer_d, noise)


for _who, _wins in (("discriminator_step", "D"), ("generator_step", "G")):
    _add(
        _who,
        "more than one step",
        f"lets {_wins}'s optimiser step more than once; a turn is one step",
        evidence={f"steps of {_wins}'s optimiser": 4},
        decisive=True,
    )(
        (lambda *a: [_d_step()(*a) for _ in range(2)])
        if _wins == "D"
        else (lambda *a: [_g_step()(*a) for _ in range(2)])
    )
