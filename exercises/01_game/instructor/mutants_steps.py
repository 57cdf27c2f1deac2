"""Exercise 01, wrong: the two steps and the game of two numbers."""

import torch
from torch.nn import functional as F

from mutants_losses import bce, d_bce

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------- discriminator_step

_f = "discriminator_step"


def _d_step(loss=d_bce, *, cut=True, first="D", steps="D", last=""):
    """D's step with parts exchanged: whose gradients are cleared `first` and `last`, whose optimiser `steps` ("GD": both)."""

    def answer(generator, discriminator, optimizer_g, optimizer_d, real, noise):
        optimizers = {"G": optimizer_g, "D": optimizer_d}
        fake = generator(noise)
        for who in first:
            optimizers[who].zero_grad()
        loss(discriminator(real), discriminator(fake.detach() if cut else fake)).backward()
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
_add(
    _f,
    "reals only",
    "shows D the reals only: it would call everything real",
    catalogue=3,
    same_as=("D's verdict detached",),
)(_d_step(lambda r, f: bce(r, 1.0)))
_add(_f, "fakes only", "shows D the fakes only: it would call everything fake", catalogue=4)(
    _d_step(lambda r, f: bce(f, 0.0))
)
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
    same_as=("reals only",),
)(_d_step(lambda r, f: bce(r, 1.0) + bce(f.detach(), 0.0)))
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(_d_step(lambda r, f: bce(r, 1.0) + F.binary_cross_entropy_with_logits(f, torch.zeros_like(r))))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    _d_step(lambda r, f: bce(r, 0.9) + bce(f, 0.0))
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
    same_as=("G's optimiser, fakes detached",),
)(lambda g, d, og, od, real, noise: _cleared_too_late(g, d, od, real, noise))


def _cleared_too_late(generator, discriminator, optimizer_d, real, noise):
    d_bce(discriminator(real), discriminator(generator(noise).detach())).backward()
    optimizer_d.zero_grad()
    optimizer_d.step()


_add(
    _f,
    "G's optimiser, fakes detached",
    "lets G's optimiser step in D's place, so nothing moves: G has no gradient, and D no optimiser",
    catalogue=20,
    same_as=("cleared before the step",),
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

# ----------------------------------------------------------------------------------------------------- generator_step

_f = "generator_step"


def _g_step(loss=lambda f: bce(f, 1.0), *, cut=False, first="GD", steps="G", last=""):
    """G's step with parts exchanged, as above."""

    def answer(generator, discriminator, optimizer_g, optimizer_d, noise):
        optimizers = {"G": optimizer_g, "D": optimizer_d}
        fake = generator(noise)
        for who in first:
            optimizers[who].zero_grad()
        loss(discriminator(fake.detach() if cut else fake)).backward()
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
_add(_f, "sign forgotten", "moves G up its loss instead of down", catalogue=5)(_g_step(lambda f: -bce(f, 1.0)))
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
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(
    _g_step(lambda f: bce(f, 0.9))
)
_add(
    _f,
    "fake detached",
    "cuts the fakes off from G (detach, no_grad): its own loss never reaches it. Only D's step detaches",
    catalogue=14,
    same_as=("cleared before the step",),
)(_g_step(cut=True))
_add(
    _f,
    "fake detached, old gradients kept",
    "cuts the fakes off from G and does not clear what was there: G moves by an old gradient, and never by its own loss",
    catalogue=14,
)(_g_step(cut=True, first=""))
_add(
    _f,
    "cleared before the step",
    "clears the gradients between backward and step, so nothing moves",
    catalogue=19,
    same_as=("fake detached",),
)(lambda g, d, og, od, noise: _g_cleared_too_late(g, d, og, noise))


def _g_cleared_too_late(generator, discriminator, optimizer_g, noise):
    bce(discriminator(generator(noise)), 1.0).backward()
    optimizer_g.zero_grad()
    optimizer_g.step()


_add(
    _f,
    "D's verdict detached",
    "cuts the graph at D's verdict (detach, no_grad); the gradient must pass through D to reach G",
    catalogue=16,
)(_g_step(lambda f: bce(f.detach(), 1.0)))
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
    "D's optimiser",
    "lets D's optimiser step: G stays, and D learns to call the fakes real",
    catalogue=20,
)(_g_step(steps="D"))
_add(
    _f,
    "both optimisers",
    "lets both optimisers step down G's loss: D learns to call the fakes real, and gives way without a fight",
    catalogue=20,
)(_g_step(steps="GD"))

# -------------------------------------------------------------------------------------------------------- point_round

_f = "point_round"


def _s(t):
    return torch.sigmoid(t)


def _game(for_psi, for_theta):
    """A round from two slopes: ψ first, then θ with the new ψ."""

    def answer(theta, psi, rate):
        psi = psi - rate * for_psi(theta, psi)
        return theta - rate * for_theta(theta, psi), psi

    return answer


def _right_psi(t, p):
    return _s(p * t) * t


def _right_theta(t, p):
    return -_s(p * t) * p


_add(
    _f,
    "both at once",
    "moves both from where they stood: θ should already see the new ψ",
)(lambda t, p, rate: (t - rate * _right_theta(t, p), p - rate * _right_psi(t, p)))


@_add(_f, "G first", "moves θ first; the round begins with D's ψ")
def _(theta, psi, rate):
    theta = theta - rate * _right_theta(theta, psi)
    return theta, psi - rate * _right_psi(theta, psi)


_add(_f, "returned in the other order", "comes in the other order: theta first, then psi")(
    lambda t, p, rate: _game(_right_psi, _right_theta)(t, p, rate)[::-1]
)
_add(
    _f,
    "θ's sign turned",
    "moves θ the other way: the slope is −σ(ψθ)·ψ, and down means minus the slope, so the two minus signs cancel",
    catalogue=13,
)(_game(_right_psi, lambda t, p: -_right_theta(t, p)))
_add(_f, "ψ's sign turned", "moves ψ up its loss: D learns to call the fakes real", catalogue=1)(
    _game(lambda t, p: -_right_psi(t, p), _right_theta)
)
_add(_f, "both signs turned", "moves both up their losses instead of down", catalogue=5)(
    _game(lambda t, p: -_right_psi(t, p), lambda t, p: -_right_theta(t, p))
)
_add(
    _f,
    "fakes called real",
    "lets D minimise softplus(−ψθ): D and G then want the same",
    catalogue=2,
)(_game(lambda t, p: -_s(-p * t) * t, _right_theta))
_add(
    _f,
    "non-saturating",
    "uses the non-saturating slope for θ, −σ(−ψθ)·ψ; this game is played with the saturating loss",
    catalogue=12,
)(_game(_right_psi, lambda t, p: -_s(-p * t) * p))
_add(
    _f,
    "real term pulls",
    "adds −½ for the reals to ψ's slope; they lie at x = 0, so their logit ψ·0 does not depend on ψ",
)(_game(lambda t, p: _right_psi(t, p) - 0.5, _right_theta))
_add(_f, "no inner slope for ψ", "forgets the chain rule for ψ: σ(ψθ) times the slope of ψθ in ψ, which is θ")(
    _game(lambda t, p: _s(p * t), _right_theta)
)
_add(_f, "no inner slope for θ", "forgets the chain rule for θ: −σ(ψθ) times the slope of ψθ in θ, which is ψ")(
    _game(_right_psi, lambda t, p: -_s(p * t))
)
_add(_f, "inner slopes exchanged", "multiplies ψ's slope with ψ and θ's with θ: the slope of ψθ in ψ is θ")(
    _game(lambda t, p: _s(p * t) * p, lambda t, p: -_s(p * t) * t)
)
_add(_f, "no sigmoid", "leaves out the sigmoids: that is the game of a Wasserstein critic")(
    _game(lambda t, p: t, lambda t, p: -p)
)
_add(_f, "halved", "takes half a step for ψ", catalogue=7)(_game(lambda t, p: _right_psi(t, p) / 2, _right_theta))
_add(_f, "no rate", "takes the whole slope as a step and leaves out the rate")(
    lambda t, p, rate: _game(_right_psi, _right_theta)(t, p, 1.0)
)
_add(_f, "changed in place", "changes the tensors it was given (`-=`, `+=`); make new ones")(
    lambda t, p, rate: _in_place(t, p, rate)
)


def _in_place(theta, psi, rate):
    psi -= rate * torch.sigmoid(psi * theta) * theta
    theta += rate * torch.sigmoid(psi * theta) * psi
    return theta, psi
