"""Exercise 07, wrong: what the discriminators minimise."""

import torch
from torch.nn import functional as ops

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add


def want(scores, target=1.0):
    return (scores - target).square().mean()


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
    evidence={"scored without a graph": 0},
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
_add(_f, "not squared", "leaves out the squares: errors of both signs cancel")(
    _on_scores(lambda r, f: ((r - 1).mean() + f.mean()) / 2)
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
    "lets D_X score the pictures of Y and D_Y those of X",
    catalogue=60,
)(lambda D_X, D_Y, *rest: _discriminators()(D_Y, D_X, *rest))
_add(
    _f,
    "both scored by D_X",
    "lets D_X score both domains, so D_Y learns nothing",
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
_add(_f, "one term halved", "halves one of its two terms; the ½ is on their sum", catalogue=7)(
    _on_scores(lambda r, f: want(r) / 2 + want(f, 0.0))
)
_add(_f, "one term halved", "halves one of its two terms; the ½ is on their sum", catalogue=7)(
    _on_scores(lambda r, f: want(r) + want(f, 0.0) / 2)
)
_add(_f, "a quarter", "is halved twice", catalogue=7)(_on_scores(lambda r, f: (want(r) + want(f, 0.0)) / 4))
_add(_f, "doubled", "is doubled; it is half the sum of the two means", catalogue=7)(
    _on_scores(lambda r, f: 2 * (want(r) + want(f, 0.0)))
)
_add(_f, "one discriminator halved", "halves the loss of one discriminator only", catalogue=7)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, history_x.query(fake_x.detach())),
        2 * _half(D_Y, y, history_y.query(fake_y.detach())),
    )
)
_add(_f, "difference for sum", "subtracts the fakes' term; both are to be made small")(
    _on_scores(lambda r, f: (want(r) - want(f, 0.0)) / 2)
)
_add(_f, "sign forgotten", "has the sign turned: the discriminators would learn the contrary")(
    _on_scores(lambda r, f: -(want(r) + want(f, 0.0)) / 2)
)
_add(
    _f,
    "scores of the reals detached",
    "detaches the scores of the reals, so the discriminators learn nothing from them",
    catalogue=16,
)(_on_scores(lambda r, f: (want(r.detach()) + want(f, 0.0)) / 2))
for _t in (0.8, 0.95):
    _add(_f, "smoothed", f"smooths the real target to {_t:g}, which nobody asked for here", catalogue=18)(
        _on_scores(lambda r, f, t=_t: (want(r, t) + want(f, 0.0)) / 2)
    )
_add(_f, "smoothed", "smooths the targets on both sides, which nobody asked for here", catalogue=18)(
    _on_scores(lambda r, f: (want(r, 0.9) + want(f, 0.1)) / 2)
)
_add(_f, "hinge", "is the hinge loss; CycleGAN takes squares")(
    _on_scores(lambda r, f: (ops.relu(1 - r).mean() + ops.relu(1 + f).mean()) / 2)
)
_add(_f, "absolute scores", "takes absolute distances of the scores; least squares squares them")(
    _on_scores(lambda r, f: ((r - 1).abs().mean() + f.abs().mean()) / 2)
)
_add(
    _f,
    "fakes exchanged",
    "asks the history of X about fake y's and that of Y about fake x's: each discriminator is shown fakes of the other domain",
    catalogue=60,
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, history_x.query(fake_y.detach())),
        _half(D_Y, y, history_y.query(fake_x.detach())),
    )
)
_add(
    _f,
    "reals exchanged",
    "shows each discriminator the reals of the other domain",
    catalogue=60,
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, y, history_x.query(fake_x.detach())),
        _half(D_Y, x, history_y.query(fake_y.detach())),
    )
)
_add(
    _f,
    "newest and history's fakes",
    "shows the discriminators the newest fakes and what the histories give back; only the latter",
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, torch.cat([fake_x.detach(), history_x.query(fake_x.detach())])),
        _half(D_Y, y, torch.cat([fake_y.detach(), history_y.query(fake_y.detach())])),
    )
)
_add(
    _f,
    "newest and history's fakes",
    "has a term for the newest fakes and one for those of the histories; only the latter",
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        _half(D_X, x, history_x.query(fake_x.detach())) + want(D_X(fake_x.detach()), 0.0) / 2,
        _half(D_Y, y, history_y.query(fake_y.detach())) + want(D_Y(fake_y.detach()), 0.0) / 2,
    )
)
_add(
    _f,
    "histories of scores",
    "asks the histories with scores; they keep pictures, and D scores what they give back",
)(
    lambda D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y: (
        (want(D_X(x)) + want(history_x.query(D_X(fake_x.detach())), 0.0)) / 2,
        (want(D_Y(y)) + want(history_y.query(D_Y(fake_y.detach())), 0.0)) / 2,
    )
)


@_add(
    _f,
    "fakes under no_grad",
    "runs the discriminators on the fakes under no_grad, so they learn nothing from them; only the generators are to be cut off",
    catalogue=16,
    evidence={"scored without a graph": 2},
)
def _(D_X, D_Y, x, y, fake_x, fake_y, history_x, history_y):
    with torch.no_grad():
        of_x, of_y = D_X(history_x.query(fake_x)), D_Y(history_y.query(fake_y))
    return (want(D_X(x)) + want(of_x, 0.0)) / 2, (want(D_Y(y)) + want(of_y, 0.0)) / 2
