"""Exercise 07, wrong: the cycle and identity losses."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def l1(a, b):
    return (a - b).abs().mean()


# --------------------------------------------------------------------------------------------------------- cycle_loss

_f = "cycle_loss"


def cycle(distance=l1, forward=lambda G, F, x: F(G(x)), backward=lambda G, F, y: G(F(y))):
    return lambda G, F, x, y: distance(forward(G, F, x), x) + distance(backward(G, F, y), y)


right_cycle = cycle()
_add(_f, "forward only", "goes x → y → x only: nothing asks y → x → y to come back", catalogue=51)(
    lambda G, F, x, y: l1(F(G(x)), x)
)
_add(_f, "backward only", "goes y → x → y only: nothing asks x → y → x to come back", catalogue=51)(
    lambda G, F, x, y: l1(G(F(y)), y)
)
_add(
    _f, "L2 for L1", "squares the difference: that is L2; the paper's cycle loss takes the absolute value", catalogue=52
)(cycle(lambda a, b: (a - b).square().mean()))
_add(_f, "root mean square", "takes the root of the mean square; the paper averages the absolute value", catalogue=52)(
    cycle(lambda a, b: (a - b).square().mean().sqrt())
)
_add(
    _f,
    "both ways composed the wrong way round",
    "composes in the wrong order: F(G(x)) means G first and then F, but here x goes through F first and y through G first",
    catalogue=53,
)(lambda G, F, x, y: l1(G(F(x)), x) + l1(F(G(y)), y))
_add(
    _f,
    "forward way composed the wrong way round",
    "compares G(F(x)) with x: F expects a picture of Y. The way of x is F(G(x)), inside first",
    catalogue=53,
)(lambda G, F, x, y: l1(G(F(x)), x) + l1(G(F(y)), y))
_add(
    _f,
    "backward way composed the wrong way round",
    "compares F(G(y)) with y: G expects a picture of X. The way of y is G(F(y)), inside first",
    catalogue=53,
)(lambda G, F, x, y: l1(F(G(x)), x) + l1(F(G(y)), y))
_add(
    _f,
    "backward way with x",
    "writes the backward way as G(F(x)) compared with x, as some lecture notes print it: x is of the wrong domain there, and y never appears",
    catalogue=53,
)(lambda G, F, x, y: l1(F(G(x)), x) + l1(G(F(x)), x))
_add(
    _f,
    "backward way compared with x",
    "compares G(F(y)) with x: what comes back is to be the y that was sent",
)(lambda G, F, x, y: l1(F(G(x)), x) + l1(G(F(y)), x))
_add(
    _f,
    "compared with each other's picture",
    "compares each reconstruction with a picture of the other domain; it has to come back to where it started",
)(lambda G, F, x, y: l1(F(G(x)), y) + l1(G(F(y)), x))
_add(
    _f,
    "compared with the fake",
    "compares the reconstruction with the fake in the middle, F(G(x)) with G(x); compare it with x itself",
    catalogue=54,
)(lambda G, F, x, y: l1(F(G(x)), G(x)) + l1(G(F(y)), F(y)))
_add(
    _f,
    "fake compared with its input",
    "compares G(x) with x: that forbids any translation. The way back is missing",
    catalogue=54,
)(lambda G, F, x, y: l1(G(x), x) + l1(F(y), y))
_add(_f, "one generator twice", "sends x through G twice and y through F twice; the way back is the other generator's")(
    cycle(forward=lambda G, F, x: G(G(x)), backward=lambda G, F, y: F(F(y)))
)
_add(
    _f,
    "fakes detached",
    "detaches the fakes before the way back: no cycle gradient reaches the generator that made them",
    catalogue=55,
)(cycle(forward=lambda G, F, x: F(G(x).detach()), backward=lambda G, F, y: G(F(y).detach())))
_add(
    _f,
    "fake y detached",
    "detaches G(x) before F takes it back: the way of x no longer teaches G anything",
    catalogue=55,
)(cycle(forward=lambda G, F, x: F(G(x).detach())))
_add(
    _f,
    "fake x detached",
    "detaches F(y) before G takes it back: the way of y no longer teaches F anything",
    catalogue=55,
)(cycle(backward=lambda G, F, y: G(F(y).detach())))
_add(
    _f,
    "reconstructions detached",
    "is computed on detached reconstructions (or under no_grad): no generator learns from it",
    evidence={"kind of the loss": 1},
)(cycle(lambda a, b: l1(a.detach(), b)))
_add(_f, "sum for mean", "sums the absolute differences instead of averaging", catalogue=6)(
    cycle(lambda a, b: (a - b).abs().sum())
)
_add(
    _f,
    "summed over each picture",
    "sums over each picture and averages over the batch; take one mean over everything",
    catalogue=6,
)(cycle(lambda a, b: (a - b).abs().sum() / len(b)))
_add(_f, "halved", "is halved: it is the plain sum of the two means", catalogue=7)(lambda *a: right_cycle(*a) / 2)
_add(
    _f,
    "one mean over all",
    "takes one mean over both domains together, so the domain with more pictures counts more; take two means and add them",
    catalogue=8,
)(lambda G, F, x, y: torch.cat([(F(G(x)) - x).flatten(), (G(F(y)) - y).flatten()]).abs().mean())
_add(_f, "λ inside", "has the λ of 10 inside; it belongs to the objective, the loss is the plain sum")(
    lambda *a: 10 * right_cycle(*a)
)
_add(_f, "absolute value of the mean", "takes the absolute value after the mean: errors of both signs would cancel")(
    cycle(lambda a, b: (a - b).mean().abs())
)
_add(_f, "no absolute value", "leaves the absolute value out: errors of both signs cancel")(
    cycle(lambda a, b: (a - b).mean())
)
_add(_f, "one way minus the other", "subtracts one way from the other; add them")(
    lambda G, F, x, y: l1(F(G(x)), x) - l1(G(F(y)), y)
)

_add(
    _f,
    "fake against real",
    "compares the fake G(x) with some y, and F(y) with some x: nothing makes those two a pair. Send each fake back instead",
    catalogue=54,
)(lambda G, F, x, y: l1(G(x), y) + l1(F(y), x))
_add(
    _f,
    "length of the difference",
    "takes the length of the whole difference (`norm`); it is the mean absolute difference",
    catalogue=52,
)(cycle(lambda a, b: (a - b).norm()))
_add(
    _f,
    "length of the difference",
    "takes the length of the whole difference (`norm`), divided by the batch; it is the mean absolute difference",
    catalogue=52,
)(cycle(lambda a, b: (a - b).norm() / len(b)))
_add(
    _f,
    "length of the difference",
    "takes the length of each picture's difference (`norm`); it is the mean absolute difference",
    catalogue=52,
)(cycle(lambda a, b: (a - b).flatten(1).norm(dim=1).mean()))
_add(_f, "sum for mean", "sums the squared differences; the paper averages the absolute ones", catalogue=6)(
    cycle(lambda a, b: (a - b).square().sum())
)
_add(_f, "smooth L1", "takes the smooth L1 (Huber) distance; the paper takes the absolute value", catalogue=52)(
    cycle(torch.nn.functional.smooth_l1_loss)
)
_add(_f, "one way halved", "halves one of the two ways; both have the weight 1", catalogue=7)(
    lambda G, F, x, y: l1(F(G(x)), x) / 2 + l1(G(F(y)), y)
)
_add(_f, "one way halved", "halves one of the two ways; both have the weight 1", catalogue=7)(
    lambda G, F, x, y: l1(F(G(x)), x) + l1(G(F(y)), y) / 2
)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda *a: 2 * right_cycle(*a))
for _lam in (5, 0.1, 100):
    _add(_f, "λ inside", f"has a weight of {_lam:g} inside; it belongs to the objective, the loss is the plain sum")(
        lambda *a, lam=_lam: lam * right_cycle(*a)
    )
_add(
    _f,
    "reconstructions compared",
    "compares the two reconstructions with each other; each has to come back to its own picture",
)(lambda G, F, x, y: l1(F(G(x)), G(F(y))))
_add(
    _f,
    "inputs detached from the way",
    "compares with the fake's detached reconstruction: only the second generator learns",
    catalogue=55,
)(cycle(forward=lambda G, F, x: F(G(x).detach()), backward=lambda G, F, y: G(F(y)).detach()))
_add(_f, "there only", "compares G(x) with x and the way back besides: that forbids any translation", catalogue=54)(
    lambda G, F, x, y: l1(F(G(x)), x) + l1(G(F(y)), y) + l1(G(x), x) + l1(F(y), y)
)
_add(_f, "largest difference", "takes the largest difference; it is the mean absolute one")(
    cycle(lambda a, b: (a - b).abs().max())
)
_add(_f, "sign forgotten", "has the wrong sign: minimising it would drive the pictures apart")(
    lambda *a: -right_cycle(*a)
)
_add(_f, "one generator for both ways", "uses one generator for a whole way: G there and G back", catalogue=53)(
    cycle(forward=lambda G, F, x: G(G(x)))
)

# ------------------------------------------------------------------------------------------------------ identity_loss

_f = "identity_loss"


def same(distance=l1):
    return lambda G, F, x, y: distance(G(y), y) + distance(F(x), x)


right_same = same()
_add(_f, "G only", "has the term of G only: F may still change what is in X already", catalogue=51)(
    lambda G, F, x, y: l1(G(y), y)
)
_add(_f, "F only", "has the term of F only: G may still change what is in Y already", catalogue=51)(
    lambda G, F, x, y: l1(F(x), x)
)
_add(_f, "L2 for L1", "squares the difference: that is L2; the paper takes the absolute value", catalogue=52)(
    same(lambda a, b: (a - b).square().mean())
)
_add(
    _f,
    "through the wrong generator",
    "asks G to leave x alone and F to leave y alone: those they are to translate. G gets a y, F gets an x",
    catalogue=56,
)(lambda G, F, x, y: l1(G(x), x) + l1(F(y), y))
_add(
    _f, "G asked to leave x alone", "asks G to leave x alone, which it is to translate; G gets a y here", catalogue=56
)(lambda G, F, x, y: l1(G(x), x) + l1(F(x), x))
_add(
    _f, "F asked to leave y alone", "asks F to leave y alone, which it is to translate; F gets an x here", catalogue=56
)(lambda G, F, x, y: l1(G(y), y) + l1(F(y), y))
_add(
    _f,
    "fake against real",
    "compares the fake G(x) with some y: nothing makes those two a pair. Hand G the y itself",
    catalogue=57,
)(lambda G, F, x, y: l1(G(x), y) + l1(F(y), x))
_add(
    _f,
    "the right pictures against the wrong ones",
    "compares G(y) with x and F(x) with y; what goes in is to come out",
    catalogue=57,
)(lambda G, F, x, y: l1(G(y), x) + l1(F(x), y))
_add(_f, "the cycle again", "is the cycle loss: here each picture goes through one generator only, its own domain's")(
    right_cycle
)
_add(_f, "cycled within the domain", "sends y through F and G and x through G and F; here one generator is enough")(
    lambda G, F, x, y: l1(F(G(y)), y) + l1(G(F(x)), x)
)
_add(
    _f,
    "outputs detached",
    "is computed on detached pictures (or under no_grad): no generator learns from it",
    evidence={"kind of the loss": 1},
)(same(lambda a, b: l1(a.detach(), b)))
_add(_f, "sum for mean", "sums the absolute differences instead of averaging", catalogue=6)(
    same(lambda a, b: (a - b).abs().sum())
)
_add(_f, "halved", "is halved: the ½ belongs to the objective (w = 0.5), the loss is the plain sum", catalogue=7)(
    lambda *a: right_same(*a) / 2
)
_add(_f, "λ inside", "has λ · 0.5 = 5 inside; both belong to the objective, the loss is the plain sum")(
    lambda *a: 5 * right_same(*a)
)
_add(
    _f,
    "one mean over all",
    "takes one mean over both domains together; take two means and add them",
    catalogue=8,
)(lambda G, F, x, y: torch.cat([(G(y) - y).flatten(), (F(x) - x).flatten()]).abs().mean())
_add(_f, "absolute value of the mean", "takes the absolute value after the mean: errors of both signs would cancel")(
    same(lambda a, b: (a - b).mean().abs())
)

_add(_f, "root mean square", "takes the root of the mean square; the paper averages the absolute value", catalogue=52)(
    same(lambda a, b: (a - b).square().mean().sqrt())
)
_add(
    _f,
    "length of the difference",
    "takes the length of the whole difference (`norm`); it is the mean absolute difference",
    catalogue=52,
)(same(lambda a, b: (a - b).norm()))
_add(
    _f,
    "length of the difference",
    "takes the length of the whole difference (`norm`), divided by the batch; it is the mean absolute difference",
    catalogue=52,
)(same(lambda a, b: (a - b).norm() / len(b)))
_add(_f, "smooth L1", "takes the smooth L1 (Huber) distance; the paper takes the absolute value", catalogue=52)(
    same(torch.nn.functional.smooth_l1_loss)
)
_add(
    _f,
    "summed over each picture",
    "sums over each picture and averages over the batch; take one mean over everything",
    catalogue=6,
)(same(lambda a, b: (a - b).abs().sum() / len(b)))
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda *a: 2 * right_same(*a))
_add(_f, "λ inside", "has λ = 10 inside; it belongs to the objective, the loss is the plain sum")(
    lambda *a: 10 * right_same(*a)
)
_add(_f, "one term halved", "halves one of the two terms; both have the weight 1", catalogue=7)(
    lambda G, F, x, y: l1(G(y), y) / 2 + l1(F(x), x)
)
_add(_f, "one term halved", "halves one of the two terms; both have the weight 1", catalogue=7)(
    lambda G, F, x, y: l1(G(y), y) + l1(F(x), x) / 2
)
_add(_f, "no absolute value", "leaves the absolute value out: errors of both signs cancel")(
    same(lambda a, b: (a - b).mean())
)
_add(_f, "one term minus the other", "subtracts one term from the other; add them")(
    lambda G, F, x, y: l1(G(y), y) - l1(F(x), x)
)
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the generators change what is right")(
    lambda *a: -right_same(*a)
)
_add(_f, "the generators compared", "compares G(y) with F(x); each has to leave its own picture alone", catalogue=57)(
    lambda G, F, x, y: l1(G(y), F(x))
)
_add(
    _f, "all four", "asks G and F to leave x and y alone, both of both: translations are then forbidden", catalogue=56
)(lambda G, F, x, y: l1(G(y), y) + l1(F(x), x) + l1(G(x), x) + l1(F(y), y))
_add(_f, "one generator for both", "uses G for both; F is to leave x alone", catalogue=56)(
    lambda G, F, x, y: l1(G(y), y) + l1(G(x), x)
)
