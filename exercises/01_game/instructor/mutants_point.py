"""Exercise 01, wrong: the game of two numbers."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

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


# ----------------------------------------------------------------------------------------- one of the two, and sums

_add(_f, "no rate", "leaves out the rate in ψ's step")(
    lambda t, p, rate: _game(lambda t, p: _right_psi(t, p) / rate, _right_theta)(t, p, rate)
)
_add(_f, "no rate", "leaves out the rate in θ's step")(
    lambda t, p, rate: _game(_right_psi, lambda t, p: _right_theta(t, p) / rate)(t, p, rate)
)
_add(_f, "halved", "takes half a step for θ", catalogue=7)(_game(_right_psi, lambda t, p: _right_theta(t, p) / 2))
_add(_f, "ψ stays", "never moves ψ: D does not learn")(_game(lambda t, p: 0 * t, _right_theta))
_add(_f, "θ stays", "never moves θ: G does not learn")(_game(_right_psi, lambda t, p: 0 * t))
_add(_f, "one step for all the games", "adds the slopes of all the games up; each game goes its own way", catalogue=6)(
    _game(lambda t, p: _right_psi(t, p).sum(), lambda t, p: _right_theta(t, p).sum())
)
_add(
    _f, "one step for all the games", "averages the slopes over all the games; each game goes its own way", catalogue=6
)(_game(lambda t, p: _right_psi(t, p).mean(), lambda t, p: _right_theta(t, p).mean()))
_add(_f, "σ of the negative", "takes σ(−ψθ) in ψ's slope; softplus(t) has the slope σ(t)")(
    _game(lambda t, p: _s(-p * t) * t, _right_theta)
)
_add(_f, "σ′ for σ", "takes σ(1 − σ), the slope of σ; softplus(t) has the slope σ(t)")(
    _game(lambda t, p: _s(p * t) * (1 - _s(p * t)) * t, lambda t, p: -_s(p * t) * (1 - _s(p * t)) * p)
)
_add(_f, "tanh for σ", "takes a tanh where σ belongs")(
    _game(lambda t, p: torch.tanh(p * t) * t, lambda t, p: -torch.tanh(p * t) * p)
)
_add(_f, "softplus for its slope", "takes softplus(ψθ) itself for its slope, σ(ψθ)")(
    _game(lambda t, p: torch.nn.functional.softplus(p * t) * t, lambda t, p: -torch.nn.functional.softplus(p * t) * p)
)


@_add(_f, "σ from before", "takes σ(ψθ) of D's turn for G's turn, too; there ψ is the new one")
def _(theta, psi, rate):
    s = _s(psi * theta)
    psi = psi - rate * s * theta
    return theta + rate * s * psi, psi


@_add(_f, "ψ from before as the factor", "moves θ by the old ψ, and by σ of the new one; both are of the new ψ")
def _(theta, psi, rate):
    new = psi - rate * _s(psi * theta) * theta
    return theta + rate * _s(new * theta) * psi, new


@_add(_f, "two turns of D", "moves ψ twice in a round")
def _(theta, psi, rate):
    for _turn in range(2):
        psi = psi - rate * _s(psi * theta) * theta
    return theta + rate * _s(psi * theta) * psi, psi


_add(
    _f, "factor forgotten", "leaves out the inner derivative: the slope of σ's argument ψθ is θ (for ψ) and ψ (for θ)"
)(_game(lambda t, p: _s(p * t), lambda t, p: -_s(p * t)))
_add(_f, "half the rate", "moves both by half of the rate; no ½ belongs to this game")(
    _game(lambda t, p: _right_psi(t, p) / 2, lambda t, p: _right_theta(t, p) / 2)
)
