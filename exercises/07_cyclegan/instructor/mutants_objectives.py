"""Exercise 07, wrong: what the generators minimise."""

import torch
from mutants_losses import cycle as wrong_cycle
from mutants_losses import l1, right_cycle, right_same
from torch.nn import functional as ops

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------ generator_objective

_f = "generator_objective"


def want(scores, target=1.0):
    return (scores - target).square().mean()


def _adversarial(score=want):
    return lambda G, F, D_X, D_Y, x, y: score(D_Y(G(x))) + score(D_X(F(y)))


def _objective(adversarial=_adversarial(), cycle=right_cycle, same=right_same, join=None):
    join = join or (lambda a, c, s, lam, w: a + lam * (c + w * s))

    def objective(G, F, D_X, D_Y, x, y, cycle_weight, identity_weight):
        terms = adversarial(G, F, D_X, D_Y, x, y), cycle(G, F, x, y), same(G, F, x, y)
        return join(*terms, cycle_weight, identity_weight)

    return objective


_add(
    _f,
    "identity weight not times λ",
    "multiplies the identity loss by w alone; it is λ · w, so that it keeps its share when λ changes",
    catalogue=58,
)(_objective(join=lambda a, c, s, lam, w: a + lam * c + w * s))
_add(_f, "identity weight left out", "leaves w out: the identity loss gets the full λ", catalogue=58)(
    _objective(join=lambda a, c, s, lam, w: a + lam * (c + s))
)
_add(_f, "identity loss missing", "leaves the identity loss out")(_objective(join=lambda a, c, s, lam, w: a + lam * c))
_add(_f, "λ twice on the identity loss", "multiplies the identity loss by λ twice; it is λ · w once", catalogue=58)(
    _objective(join=lambda a, c, s, lam, w: a + lam * (c + lam * w * s))
)
_add(_f, "w on the cycle loss", "puts w on the cycle loss as well; it belongs to the identity loss alone")(
    _objective(join=lambda a, c, s, lam, w: a + lam * w * (c + s))
)
_add(_f, "weights fixed", "takes λ = 10 and w = 0.5 whatever it is given")(
    _objective(join=lambda a, c, s, lam, w: a + 10 * (c + 0.5 * s))
)
_add(
    _f,
    "λ on the forward way only",
    "puts λ on the forward way only: the backward way of the cycle is left without it",
    catalogue=59,
)(
    lambda G, F, D_X, D_Y, x, y, lam, w: (
        _adversarial()(G, F, D_X, D_Y, x, y) + lam * l1(F(G(x)), x) + l1(G(F(y)), y) + lam * w * right_same(G, F, x, y)
    )
)
_add(
    _f,
    "λ on the backward way only",
    "puts λ on the backward way only: the forward way of the cycle is left without it",
    catalogue=59,
)(
    lambda G, F, D_X, D_Y, x, y, lam, w: (
        _adversarial()(G, F, D_X, D_Y, x, y) + l1(F(G(x)), x) + lam * l1(G(F(y)), y) + lam * w * right_same(G, F, x, y)
    )
)
_add(_f, "λ missing", "leaves λ out", catalogue=42)(_objective(join=lambda a, c, s, lam, w: a + c + w * s))
_add(_f, "λ on everything", "puts λ on the adversarial terms too; they have the weight 1", catalogue=42)(
    _objective(join=lambda a, c, s, lam, w: lam * (a + c + w * s))
)
_add(
    _f,
    "λ on the adversarial terms",
    "puts λ on the adversarial terms and not on the cycle; it is the other way round",
    catalogue=42,
)(_objective(join=lambda a, c, s, lam, w: lam * a + c + w * s))
_add(
    _f,
    "discriminators exchanged",
    "has the discriminators exchanged: D_X scores the fake y and D_Y the fake x. G makes y's, which D_Y knows",
    catalogue=60,
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_X(G(x))) + want(D_Y(F(y)))))
_add(
    _f,
    "both scored by D_Y",
    "scores both fakes with D_Y, as some lecture notes print it; F(y) is a fake x and it is D_X that knows x's",
    catalogue=60,
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(G(x))) + want(D_Y(F(y)))))
_add(
    _f,
    "both scored by D_X",
    "scores both fakes with D_X, as some lecture notes print it; G(x) is a fake y and it is D_Y that knows y's",
    catalogue=60,
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_X(G(x))) + want(D_X(F(y)))))
_add(
    _f,
    "1 subtracted from the picture",
    "subtracts the 1 inside, D(G(x) − 1)², as some lecture notes print it: the 1 is a score, not a colour, so it is (D(G(x)) − 1)²",
)(_objective(lambda G, F, D_X, D_Y, x, y: D_Y(G(x) - 1).square().mean() + D_X(F(y) - 1).square().mean()))
_add(_f, "fakes pulled to 0", "pulls the fakes' scores to 0: that is the discriminators' wish", catalogue=24)(
    _objective(_adversarial(lambda s: want(s, 0.0)))
)
_add(
    _f,
    "real pictures scored",
    "scores the real pictures, D_Y(y) and D_X(x), where the fakes G(x) and F(y) should be",
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(y)) + want(D_X(x))))
_add(
    _f,
    "identity pictures scored",
    "scores D_Y(G(y)) and D_X(F(x)); the discriminators are to be fooled by the translations G(x) and F(y)",
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(G(y))) + want(D_X(F(x)))))
_add(
    _f,
    "reconstructions scored",
    "scores the reconstructions, D_X(F(G(x))) and D_Y(G(F(y))); the translations themselves have to convince",
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_X(F(G(x)))) + want(D_Y(G(F(y))))))
_add(
    _f,
    "discriminators' terms added",
    "adds the real terms (D(real) − 1)² too; the generators cannot change those",
)(
    _objective(
        lambda G, F, D_X, D_Y, x, y: _adversarial()(G, F, D_X, D_Y, x, y) + want(D_Y(y)) + want(D_X(x)),
    )
)
_add(_f, "no adversarial terms", "has no adversarial terms: nothing asks the fakes to look like the other domain")(
    _objective(lambda *a: 0.0)
)
_add(_f, "only G against its discriminator", "lets only G face its discriminator; F has one too", catalogue=51)(
    _objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(G(x))))
)
_add(_f, "only F against its discriminator", "lets only F face its discriminator; G has one too", catalogue=51)(
    _objective(lambda G, F, D_X, D_Y, x, y: want(D_X(F(y))))
)
_add(
    _f,
    "fakes detached for the discriminators",
    "detaches the fakes before the discriminators see them: the adversarial terms teach the generators nothing",
    catalogue=14,
    evidence={"scored without a graph": 0},
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(G(x).detach())) + want(D_X(F(y).detach()))))
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the squares, as if patch scores had to lie between 0 and 1: under least squares they are free numbers",
    catalogue=22,
)(_objective(_adversarial(lambda s: want(s.sigmoid()))))
_add(
    _f,
    "cross-entropy",
    "takes the cross-entropy; CycleGAN puts least squares in its place",
)(_objective(_adversarial(lambda s: ops.softplus(-s).mean())))
_add(
    _f,
    "saturating cross-entropy",
    "minimises log(1 − σ(D)), the formula of the paper's equation (1); what is trained is least squares, (D − 1)²",
    catalogue=12,
)(_objective(_adversarial(lambda s: -ops.softplus(s).mean())))
_add(_f, "square of the mean", "averages the scores before squaring; every patch counts on its own", catalogue=21)(
    _objective(_adversarial(lambda s: (s.mean() - 1).square()))
)
_add(_f, "absolute scores", "takes the absolute distance of the scores from 1; least squares squares it")(
    _objective(_adversarial(lambda s: (s - 1).abs().mean()))
)
_add(_f, "adversarial terms summed", "sums the adversarial terms over the patches instead of averaging", catalogue=6)(
    _objective(_adversarial(lambda s: (s - 1).square().sum()))
)
_add(
    _f,
    "adversarial terms halved",
    "has a ½ on the adversarial terms; only the discriminators' losses get one",
    catalogue=7,
)(_objective(_adversarial(lambda s: want(s) / 2)))
_add(_f, "L2 cycle", "squares the cycle's differences; it is L1", catalogue=52)(
    _objective(cycle=wrong_cycle(lambda a, b: (a - b).square().mean()))
)
_add(_f, "cycle forward only", "has the cycle of x only", catalogue=51)(
    _objective(cycle=lambda G, F, x, y: l1(F(G(x)), x))
)
_add(
    _f,
    "cycle detached",
    "detaches the fakes before the way back: no cycle gradient reaches the generator that made them",
    catalogue=55,
)(_objective(cycle=wrong_cycle(forward=lambda G, F, x: F(G(x).detach()), backward=lambda G, F, y: G(F(y).detach()))))
_add(_f, "cycle composed the wrong way round", "composes the cycles in the wrong order", catalogue=53)(
    _objective(cycle=lambda G, F, x, y: l1(G(F(x)), x) + l1(F(G(y)), y))
)
_add(_f, "identity through the wrong generator", "asks G to leave x alone, and F y", catalogue=56)(
    _objective(same=lambda G, F, x, y: l1(G(x), x) + l1(F(y), y))
)
_add(_f, "cycle backward only", "has the cycle of y only", catalogue=51)(
    _objective(cycle=lambda G, F, x, y: l1(G(F(y)), y))
)
_add(_f, "identity of one generator only", "has the identity term of one generator only", catalogue=51)(
    _objective(same=lambda G, F, x, y: l1(G(y), y))
)
_add(_f, "identity of one generator only", "has the identity term of one generator only", catalogue=51)(
    _objective(same=lambda G, F, x, y: l1(F(x), x))
)
_add(_f, "cycle loss missing", "leaves the cycle loss out")(_objective(join=lambda a, c, s, lam, w: a + lam * w * s))
_add(_f, "L2 cycle", "squares the identity loss's differences; it is L1", catalogue=52)(
    _objective(same=lambda G, F, x, y: (G(y) - y).square().mean() + (F(x) - x).square().mean())
)
_add(_f, "adversarial terms' sign", "has the sign of the adversarial terms turned", catalogue=24)(
    _objective(_adversarial(lambda s: -want(s)))
)
_add(_f, "cycle subtracted", "subtracts the cycle and identity losses; add them")(
    _objective(join=lambda a, c, s, lam, w: a - lam * (c + w * s))
)
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here")(
    _objective(_adversarial(lambda s: want(s, 0.9)))
)
_add(_f, "fakes pulled to −1", "pulls the fakes' scores to −1; the generators want 1", catalogue=24)(
    _objective(_adversarial(lambda s: want(s, -1.0)))
)
_add(
    _f,
    "the score itself",
    "takes minus the mean score, as hinge and Wasserstein do; least squares squares the distance from 1",
)(_objective(_adversarial(lambda s: -s.mean())))
_add(_f, "identity weight squared", "has w twice on the identity loss", catalogue=58)(
    _objective(join=lambda a, c, s, lam, w: a + lam * (c + w * w * s))
)
_add(_f, "identity weight left out", "gives the identity loss the weight 1, without λ and without w", catalogue=58)(
    _objective(join=lambda a, c, s, lam, w: a + lam * c + s)
)
_add(_f, "weights exchanged", "has λ and w exchanged", catalogue=58)(
    _objective(join=lambda a, c, s, lam, w: a + w * (c + lam * s))
)
_add(
    _f,
    "identity weight in place of λ's share",
    "weighs the cycle with λ and the identity with λ + w; it is λ · w",
    catalogue=58,
)(_objective(join=lambda a, c, s, lam, w: a + lam * c + (lam + w) * s))
_add(
    _f,
    "identity share taken from the cycle",
    "mixes cycle and identity loss with 1 − w and w; the cycle keeps its full λ",
    catalogue=58,
)(_objective(join=lambda a, c, s, lam, w: a + lam * ((1 - w) * c + w * s)))
_add(_f, "halved as a whole", "is halved as a whole; only the discriminators' losses get a ½", catalogue=7)(
    _objective(join=lambda a, c, s, lam, w: (a + lam * (c + w * s)) / 2)
)
_add(_f, "λ missing", "leaves both λ and w out", catalogue=42)(_objective(join=lambda a, c, s, lam, w: a + c + s))


@_add(
    _f,
    "discriminators under no_grad",
    "runs the discriminators under no_grad: the adversarial terms have a number, and teach the generators nothing",
    catalogue=14,
    evidence={"scored without a graph": 6},
)
def _(G, F, D_X, D_Y, x, y, lam, w):
    with torch.no_grad():
        adversarial = _adversarial()(G, F, D_X, D_Y, x, y)
    return adversarial + lam * (right_cycle(G, F, x, y) + w * right_same(G, F, x, y))


@_add(
    _f,
    "discriminators left frozen",
    "freezes the discriminators and does not wake them again: they could not learn in their own next step",
)
def _(G, F, D_X, D_Y, x, y, lam, w):
    D_X.requires_grad_(False)
    D_Y.requires_grad_(False)
    return _objective()(G, F, D_X, D_Y, x, y, lam, w)
