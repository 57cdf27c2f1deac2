"""Exercise 07, wrong: what the generators minimise, and what the discriminators do."""

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
    "scores both fakes with D_Y, as some lecture notes print it; F(y) is a fake x and D_X has to judge it",
    catalogue=60,
)(_objective(lambda G, F, D_X, D_Y, x, y: want(D_Y(G(x))) + want(D_Y(F(y)))))
_add(
    _f,
    "both scored by D_X",
    "scores both fakes with D_X, as some lecture notes print it; G(x) is a fake y and D_Y has to judge it",
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

# ----------------------------------------------------------------------------------------------- discriminator_losses

_f = "discriminator_losses"


def _half(D, real, fake):
    return (want(D(real)) + want(D(fake), 0.0)) / 2


def _discriminators(loss=_half, detach=True):
    def losses(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
        if detach:
            fake_x, fake_y = fake_x.detach(), fake_y.detach()
        return loss(D_X, x, history_x.query(fake_x)), loss(D_Y, y, history_y.query(fake_y))

    return losses


def _on_scores(of_scores):
    return _discriminators(lambda D, real, fake: of_scores(D(real), D(fake)))


_add(
    _f,
    "real and fake swapped",
    "has real and fake exchanged: the reals are pulled to 0 and the fakes to 1",
    catalogue=1,
)(_on_scores(lambda r, f: (want(r, 0.0) + want(f)) / 2))
_add(
    _f,
    "exchanged inside the logarithms",
    "has real and fake exchanged inside the logarithms, log(1 − D(real)) and log D(fake), as some lecture notes print it; "
    "and CycleGAN takes squares, not logarithms",
    catalogue=1,
)(_on_scores(lambda r, f: (ops.softplus(r).mean() + ops.softplus(-f).mean()) / 2))
_add(_f, "fakes called real", "pulls reals and fakes to 1: then nobody plays against the generators", catalogue=2)(
    _on_scores(lambda r, f: (want(r) + want(f)) / 2)
)
_add(_f, "reals only", "has the real term only", catalogue=3)(_on_scores(lambda r, f: want(r) / 2))
_add(_f, "fakes only", "has the fake term only", catalogue=4)(_on_scores(lambda r, f: want(f, 0.0) / 2))
_add(_f, "sum for mean", "sums over the patches instead of averaging", catalogue=6)(
    _on_scores(lambda r, f: ((r - 1).square().sum() + f.square().sum()) / 2)
)
_add(_f, "not halved", "leaves out the ½, which slows the discriminators against the generators", catalogue=7)(
    _on_scores(lambda r, f: want(r) + want(f, 0.0))
)
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together; take two means, and half their sum",
    catalogue=8,
)(_on_scores(lambda r, f: torch.cat([(r - 1).flatten(), f.flatten()]).square().mean()))
_add(
    _f,
    "fakes not detached",
    "sends a gradient into the generators, which pushes them to be found out; detach the fakes",
    catalogue=15,
)(_discriminators(detach=False))
_add(
    _f,
    "scores of the fakes detached",
    "detaches the scores of the fakes, so the discriminators learn nothing from them; detach the pictures",
    catalogue=16,
)(_on_scores(lambda r, f: (want(r) + want(f.detach(), 0.0)) / 2))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    _on_scores(lambda r, f: (want(r, 0.9) + want(f, 0.0)) / 2)
)
_add(_f, "square of the mean", "averages the scores before squaring; every patch counts on its own", catalogue=21)(
    _on_scores(lambda r, f: ((r.mean() - 1).square() + f.mean().square()) / 2)
)
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the squares, as if patch scores had to lie between 0 and 1: under least squares they are free numbers",
    catalogue=22,
)(_on_scores(lambda r, f: (want(r.sigmoid()) + want(f.sigmoid(), 0.0)) / 2))
_add(_f, "targets ±1", "pulls the fakes to −1; in this course their target is 0", catalogue=23)(
    _on_scores(lambda r, f: (want(r) + want(f, -1.0)) / 2)
)
_add(_f, "cross-entropy", "takes the cross-entropy; CycleGAN puts least squares in its place")(
    _on_scores(lambda r, f: (ops.softplus(-r).mean() + ops.softplus(f).mean()) / 2)
)
_add(
    _f,
    "1 subtracted from the picture",
    "subtracts the 1 inside, D(x − 1)², as some lecture notes print it: the 1 is a score, not a colour, so it is (D(x) − 1)²",
)(_discriminators(lambda D, real, fake: (D(real - 1).square().mean() + want(D(fake), 0.0)) / 2))
_add(
    _f,
    "discriminators exchanged",
    "lets D_X judge the pictures of Y and D_Y those of X",
    catalogue=60,
)(lambda D_X, D_Y, *rest: _discriminators()(D_Y, D_X, *rest))
_add(
    _f,
    "both judged by D_X",
    "lets D_X judge both domains, so D_Y learns nothing",
    catalogue=60,
)(lambda D_X, D_Y, *rest: _discriminators()(D_X, D_X, *rest))
_add(
    _f,
    "fakes of the other domain",
    "shows each discriminator the fakes of the other domain: D_X could tell x's from fake y's by their domain alone",
    catalogue=60,
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, history_y.query(fake_y.detach())),
        _half(D_Y, y, history_x.query(fake_x.detach())),
    )
)
_add(
    _f,
    "histories exchanged",
    "asks the history of Y about fake x's and that of X about fake y's, so pictures of the wrong domain come back",
    catalogue=68,
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: _discriminators()(
        D_X, D_Y, x, y, fake_x, fake_y, history_y, history_x
    )
)
_add(
    _f,
    "one history for both",
    "uses the history of X for both domains, so fake x's come back as fake y's",
    catalogue=68,
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: _discriminators()(
        D_X, D_Y, x, y, fake_x, fake_y, history_x, history_x
    )
)
_add(
    _f,
    "no history",
    "shows the discriminators only the newest fakes; ask each history first",
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, fake_x.detach()),
        _half(D_Y, y, fake_y.detach()),
    )
)


@_add(_f, "histories asked twice", "asks the histories twice for each fake; each fake goes in once")
def _(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    fake_x, fake_y = history_x.query(fake_x.detach()), history_y.query(fake_y.detach())
    return _discriminators()(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y)


@_add(_f, "reals from the history", "sends the real pictures through the histories instead of the fakes")
def _(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    return _half(D_X, history_x.query(x), fake_x.detach()), _half(D_Y, history_y.query(y), fake_y.detach())


_add(_f, "returned in the other order", "comes in the other order: first D_X's loss, then D_Y's")(
    lambda *a: _discriminators()(*a)[::-1]
)
_add(_f, "added up", "is one number; return two, so that each discriminator's own optimiser can use its own")(
    lambda *a: sum(_discriminators()(*a))
)
