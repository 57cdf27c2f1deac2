"""Exercise 02, wrong: slopes of losses, and the scores where a loss is least."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------------------- slope_of

_f = "slope_of"


def grad(function, at):
    at = at.detach().clone().requires_grad_()
    return torch.autograd.grad(function(at), at)[0]


def right_slopes(loss, scores):
    return grad(loss, scores) * len(scores)


_add(
    _f,
    "divided by N",
    "leaves the mean's 1/N in: the scores go into the loss together, so each slope is too small; take each alone",
    catalogue=6,
)(grad)
_add(_f, "multiplied by N twice", "multiplies by N once too often")(lambda loss, s: right_slopes(loss, s) * len(s))
_add(_f, "sign turned", "has the sign turned: it is the slope that is asked for, not the step down")(
    lambda loss, s: -right_slopes(loss, s)
)
_add(_f, "sizes only", "is the size of each slope; keep the signs, they say which way G is sent")(
    lambda loss, s: right_slopes(loss, s).abs()
)
_add(_f, "the losses", "is the loss at each score, not its slope")(
    lambda loss, s: torch.stack([loss(one.reshape(1)) for one in s])
)
_add(_f, "mean of the slopes", "is one mean slope for all; give each score its own")(
    lambda loss, s: right_slopes(loss, s).mean().expand(len(s))
)
_add(
    _f,
    "slope at the mean",
    "is the slope at the mean of the scores; give each score its own",
    catalogue=21,
)(lambda loss, s: grad(loss, s.mean().reshape(1)).expand(len(s)))
_add(_f, "behind a sigmoid", "takes a sigmoid of the scores before the loss", catalogue=22)(
    lambda loss, s: grad(lambda t: loss(t.sigmoid()), s) * len(s)
)
_add(_f, "at the sigmoid", "takes the slope at σ(s) in place of s", catalogue=22)(
    lambda loss, s: right_slopes(loss, s.sigmoid())
)
_add(
    _f,
    "detached",
    "detaches the scores from the loss, so that every slope comes out as 0",
    catalogue=14,
)(lambda loss, s: torch.zeros_like(s))
_add(_f, "slope times score", "multiplies each slope with its score")(lambda loss, s: right_slopes(loss, s) * s)
_add(_f, "second derivative", "differentiates twice: how fast the slope changes, not the slope")(
    lambda loss, s: _second(loss, s)
)


def _second(loss, scores):
    scores = scores.detach().clone().requires_grad_()
    first = torch.autograd.grad(loss(scores) * len(scores), scores, create_graph=True)[0]
    return torch.autograd.grad(first.sum(), scores)[0]


def _quotient(loss, scores, step, back=0.0):
    """Difference quotients over a step, begun ``back`` of it before each score."""
    return torch.stack(
        [(loss((t + (1 - back) * step).reshape(1)) - loss((t - back * step).reshape(1))) / step for t in scores]
    )


for _h in (1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5):
    for _back in (0.0, 0.5, 1.0) if _h > 0.01 else (0.0, 1.0):
        _add(
            _f,
            "difference quotient",
            f"is the difference quotient over a step of {_h:g}: near, but not the derivative; autograd is exact",
        )(lambda loss, s, h=_h, back=_back: _quotient(loss, s, h, back))
_add(
    _f,
    "slopes between the scores",
    "takes differences between one score and the next: that is the slope of a line through two of them, not at one",
)(lambda loss, s: torch.gradient(torch.stack([loss(t.reshape(1)) for t in s]), spacing=(s,))[0])
_add(_f, "slopes between the scores", "takes differences between one score and the next, as if they lay 1 apart")(
    lambda loss, s: torch.gradient(torch.stack([loss(t.reshape(1)) for t in s]))[0]
)
_add(_f, "slopes between the scores", "takes differences between one score and the next, so there is one too few")(
    lambda loss, s: torch.stack([loss(t.reshape(1)) for t in s]).diff() / s.diff()
)
_add(
    _f,
    "accumulated",
    "lets the gradients of all scores add up (`.grad` is never cleared): each slope has those before it in it",
)(lambda loss, s: right_slopes(loss, s).cumsum(0))
_add(_f, "summed to one number", "is one number, the sum of all slopes; give each score its own", catalogue=6)(
    lambda loss, s: right_slopes(loss, s).sum()
)
_add(_f, "summed to one number", "is one number, the mean of all slopes; give each score its own", catalogue=6)(
    lambda loss, s: right_slopes(loss, s).mean()
)
_add(_f, "loss divided by the score", "divides the loss by the score; a slope is how fast the loss changes")(
    lambda loss, s: torch.stack([loss(t.reshape(1)) / t for t in s])
)

# --------------------------------------------------------------------------------------------------- generator_slopes

_f = "generator_slopes"
SATURATING, NON_SATURATING, SQUARES, SQUASHED, HINGE = (
    "saturating", "non-saturating", "least squares", "least squares behind a sigmoid", "hinge",
)  # fmt: skip


def _table(f):
    p = torch.sigmoid(f)
    return {
        SATURATING: -p, NON_SATURATING: p - 1, SQUARES: 2 * (f - 1), SQUASHED: 2 * (p - 1) * p * (1 - p), HINGE: -torch.ones_like(f),
    }  # fmt: skip


def _but(**changed):
    """The right table with some rows exchanged; the keywords stand for the names."""
    names = {"s": SATURATING, "n": NON_SATURATING, "q": SQUARES, "b": SQUASHED, "h": HINGE}

    def answer(f):
        return _table(f) | {names[key]: rule(f, torch.sigmoid(f)) for key, rule in changed.items()}

    return answer


_add(
    _f,
    "saturating and not exchanged",
    "has the saturating and the non-saturating slope exchanged: it is log(1 − σ) that is flat where D says −8",
    catalogue=12,
)(_but(s=lambda f, p: p - 1, n=lambda f, p: -p))
_add(
    _f,
    "saturating with the other's slope",
    "gives the saturating loss the slope of the non-saturating one; −σ(f) vanishes where D is sure of a fake",
    catalogue=12,
)(_but(s=lambda f, p: p - 1))
_add(
    _f,
    "non-saturating with the other's slope",
    "gives the non-saturating loss the slope of the saturating one; σ(f) − 1 is near −1 where D is sure of a fake",
    catalogue=12,
)(_but(n=lambda f, p: -p))
_add(_f, "saturating sign", "has the saturating slope's sign turned: log(1 − σ) falls", catalogue=13)(
    _but(s=lambda f, p: p)
)
_add(_f, "non-saturating sign", "has the non-saturating slope's sign turned: −log σ falls", catalogue=13)(
    _but(n=lambda f, p: 1 - p)
)
_add(
    _f,
    "logarithm's slope alone",
    "stops at the logarithm, −1/(1 − σ) and −1/σ: the chain rule's second factor σ(1 − σ) is missing",
)(_but(s=lambda f, p: -1 / (1 - p), n=lambda f, p: -1 / p))
_add(_f, "saturating: the chain cut", "stops at −1/(1 − σ) in the saturating slope: the factor σ(1 − σ) is missing")(
    _but(s=lambda f, p: -1 / (1 - p))
)
_add(_f, "non-saturating: the chain cut", "stops at −1/σ in the non-saturating slope: the factor σ(1 − σ) is missing")(
    _but(n=lambda f, p: -1 / p)
)
_add(_f, "σ′ for both logarithms", "gives the sigmoid's own slope for the logarithms, −σ(1 − σ): their 1/σ is missing")(
    _but(s=lambda f, p: -p * (1 - p), n=lambda f, p: -p * (1 - p))
)
_add(_f, "squares without 2", "lacks the 2 of least squares: the slope of t² is 2t", catalogue=7)(
    _but(q=lambda f, p: f - 1)
)
_add(_f, "both squares without 2", "lacks the 2 in both least-squares slopes: the slope of t² is 2t", catalogue=7)(
    _but(q=lambda f, p: f - 1, b=lambda f, p: (p - 1) * p * (1 - p))
)
_add(_f, "squashed without 2", "lacks the 2 in the slope behind a sigmoid: the slope of t² is 2t", catalogue=7)(
    _but(b=lambda f, p: (p - 1) * p * (1 - p))
)
_add(_f, "squares towards 0", "has least squares pulled to 0, 2 f: G wants 1", catalogue=24)(_but(q=lambda f, p: 2 * f))
_add(_f, "squares' sign", "has the sign of least squares turned", catalogue=13)(_but(q=lambda f, p: 2 * (1 - f)))
_add(_f, "squares' value", "gives the value of least squares, (f − 1)², for its slope")(
    _but(q=lambda f, p: (f - 1).square())
)
_add(
    _f,
    "squashed: the chain cut",
    "stops at 2 (σ − 1) behind the sigmoid: the factor σ(1 − σ) is missing, and it is what makes the slope vanish",
    catalogue=22,
)(_but(b=lambda f, p: 2 * (p - 1)))
_add(
    _f,
    "squashed: the chain cut",
    "stops at σ − 1 behind the sigmoid: the 2 is missing, and the factor σ(1 − σ), which is what makes the slope vanish",
    catalogue=22,
)(_but(b=lambda f, p: p - 1))
_add(
    _f,
    "squashed sign",
    "has the sign turned behind the sigmoid: (σ − 1)² falls, so its slope is negative",
    catalogue=13,
)(_but(b=lambda f, p: 2 * (1 - p) * p * (1 - p)))
_add(_f, "squashed: σ′ as σ", "takes σ for σ′ behind the sigmoid; σ′ is σ(1 − σ)", catalogue=22)(
    _but(b=lambda f, p: 2 * (p - 1) * p)
)
_add(_f, "squashed: σ′ at the score", "takes f (1 − f) for σ′ behind the sigmoid; σ′ is σ(1 − σ)", catalogue=22)(
    _but(b=lambda f, p: 2 * (p - 1) * f * (1 - f))
)
_add(
    _f,
    "squares squashed as well",
    "puts a sigmoid before plain least squares too, which is what vanishes; there it is 2 (f − 1)",
    catalogue=22,
)(_but(q=lambda f, p: 2 * (p - 1) * p * (1 - p)))
_add(_f, "hinge sign", "has hinge's sign turned: −f falls, its slope is −1", catalogue=13)(
    _but(h=lambda f, p: torch.ones_like(f))
)
_add(
    _f,
    "hinge of D",
    "gives hinge a margin, as in D's loss; G's loss is −f, and its slope −1 everywhere",
)(_but(h=lambda f, p: -(f < 1).double()))
_add(_f, "hinge's value", "gives the value −f of hinge for its slope")(_but(h=lambda f, p: -f))
_add(_f, "one number for hinge", "has one number for hinge; give every score its own, shape (N,)")(
    _but(h=lambda f, p: torch.tensor(-1.0, dtype=f.dtype))
)
_add(_f, "all signs turned", "has every sign turned: these are steps down, and slopes are asked for", catalogue=5)(
    lambda f: {name: -slope for name, slope in _table(f).items()}
)
_add(_f, "sizes only", "is the size of each slope; keep the signs, they say which way G is sent")(
    lambda f: {name: slope.abs() for name, slope in _table(f).items()}
)
_add(_f, "all divided by N", "divides by the number of scores: each is one fake alone", catalogue=6)(
    lambda f: {name: slope / len(f) for name, slope in _table(f).items()}
)

_add(_f, "values for slopes", "gives the values of the losses; their slopes are asked for")(
    lambda f: {
        SATURATING: torch.nn.functional.logsigmoid(-f), NON_SATURATING: -torch.nn.functional.logsigmoid(f),
        SQUARES: (f - 1).square(), SQUASHED: (f.sigmoid() - 1).square(), HINGE: -f,
    }
)  # fmt: skip
_add(
    _f,
    "squashed: σ for the square",
    "takes 2 (f − 1) σ′ behind the sigmoid: what is squared there is σ − 1, not f − 1",
    catalogue=22,
)(_but(b=lambda f, p: 2 * (f - 1) * p * (1 - p)))
_add(_f, "squashed: σ′ as σ", "takes 1 − σ for σ′ behind the sigmoid; σ′ is σ(1 − σ)", catalogue=22)(
    _but(b=lambda f, p: 2 * (p - 1) * (1 - p))
)
_add(_f, "squashed towards 0", "has the target 0 behind the sigmoid, 2 σ σ′: G wants 1", catalogue=24)(
    _but(b=lambda f, p: 2 * p * p * (1 - p))
)
_add(_f, "σ′ for both logarithms", "gives σ(1 − σ) for one of the logarithms: its 1/σ is missing")(
    _but(s=lambda f, p: -p * (1 - p))
)
_add(_f, "σ′ for both logarithms", "gives σ(1 − σ) for one of the logarithms: its 1/σ is missing")(
    _but(n=lambda f, p: -p * (1 - p))
)
_add(_f, "both signs of the logarithms", "has the signs of both logarithms turned", catalogue=13)(
    _but(s=lambda f, p: p, n=lambda f, p: 1 - p)
)
_add(_f, "hinge 0", "gives hinge the slope 0; −f falls, its slope is −1")(_but(h=lambda f, p: 0 * f))
_add(_f, "hinge of D", "gives hinge the margin of D's loss; G's loss is −f, and its slope −1 everywhere")(
    _but(h=lambda f, p: -(f < -1).double())
)
_add(_f, "hinge of D", "gives hinge the slope of D's loss, relu(1 + f): G's loss is −f, and its slope −1 everywhere")(
    _but(h=lambda f, p: (f > -1).double())
)
_add(_f, "squares' sign", "has the signs of both least-squares slopes turned", catalogue=13)(
    _but(q=lambda f, p: 2 * (1 - f), b=lambda f, p: 2 * (1 - p) * p * (1 - p))
)

# -------------------------------------------------------------------------------------------------------- best_scores

_f = "best_scores"
_add(_f, "real and fake swapped", "has real and fake swapped in both: high scores mean real", catalogue=1)(
    lambda p, q: ((q / p).log(), q / (p + q))
)
_add(_f, "logit swapped", "is log(q/p) under cross-entropy: high scores mean real", catalogue=1)(
    lambda p, q: ((q / p).log(), p / (p + q))
)
_add(
    _f, "least squares swapped", "is q/(p + q) under least squares: its targets are 1 for real, 0 for fake", catalogue=1
)(lambda p, q: ((p / q).log(), q / (p + q)))
_add(
    _f,
    "probability for both",
    "gives the probability under cross-entropy too; a score becomes one only behind σ, so it is log(p/q)",
)(lambda p, q: (p / (p + q), p / (p + q)))
_add(
    _f,
    "logit for both",
    "gives log(p/q) under least squares too; there the score itself is compared with 1 and 0",
)(lambda p, q: ((p / q).log(), (p / q).log()))
_add(_f, "logarithm of the probability", "is log(p/(p + q)) under cross-entropy; the logit is log(p/q)")(
    lambda p, q: ((p / (p + q)).log(), p / (p + q))
)
_add(_f, "ratio for the logit", "is the ratio p/q under cross-entropy; its logarithm is missing")(
    lambda p, q: (p / q, p / (p + q))
)
_add(_f, "binary logarithm", "takes the logarithm to base 2; here it is the natural one")(
    lambda p, q: ((p / q).log2(), p / (p + q))
)
_add(_f, "σ of the probability", "takes σ of the probability under cross-entropy; turn σ round instead", catalogue=9)(
    lambda p, q: (torch.sigmoid(p / (p + q)), p / (p + q))
)
_add(
    _f,
    "targets ±1",
    "is (p − q)/(p + q) under least squares, the best for targets ±1; in this course fakes have the target 0",
    catalogue=23,
)(lambda p, q: ((p / q).log(), (p - q) / (p + q)))
_add(_f, "hard targets", "says only 1 or 0 under least squares; where both kinds lie, the best score lies between")(
    lambda p, q: ((p / q).log(), (p > q).double())
)
_add(
    _f,
    "behind a sigmoid",
    "takes σ of p/(p + q) under least squares; its score is compared as it is",
    catalogue=22,
)(lambda p, q: ((p / q).log(), torch.sigmoid(p / (p + q))))
_add(_f, "smoothed", "has the real target smoothed to 0.9 under least squares", catalogue=18)(
    lambda p, q: ((p / q).log(), 0.9 * p / (p + q))
)
_add(
    _f, "returned in the other order", "comes in the other order: first under cross-entropy, then under least squares"
)(lambda p, q: (p / (p + q), (p / q).log()))
_add(_f, "logarithm of one density", "is log p under cross-entropy; the logit compares p with q, log(p/q)")(
    lambda p, q: (p.log(), p / (p + q))
)
_add(_f, "quotient of the logarithms", "is log p / log q under cross-entropy; the logit is log(p/q) = log p − log q")(
    lambda p, q: (p.log() / q.log(), p / (p + q))
)
_add(_f, "difference of the densities", "is p − q under cross-entropy; the logit is log p − log q")(
    lambda p, q: (p - q, p / (p + q))
)
_add(_f, "difference of the densities", "is p − q under least squares; it is p/(p + q)")(
    lambda p, q: ((p / q).log(), p - q)
)
_add(_f, "ratio for least squares", "is p/q under least squares; it is p/(p + q)")(lambda p, q: ((p / q).log(), p / q))
_add(_f, "density for least squares", "is p under least squares; it is p/(p + q)")(lambda p, q: ((p / q).log(), p + 0))
_add(_f, "logit of p", "takes p for the probability, log(p/(1 − p)); the best D's is p/(p + q)")(
    lambda p, q: (p.logit(), p / (p + q))
)
_add(
    _f, "1 for least squares", "says 1 everywhere under least squares; where fakes lie as well, the best score is less"
)(lambda p, q: ((p / q).log(), torch.ones_like(p)))
_add(_f, "decadic logarithm", "takes the logarithm to base 10; here it is the natural one")(
    lambda p, q: ((p / q).log10(), p / (p + q))
)
_add(_f, "halved", "halves the score under least squares: the mean of p and q stands below the line", catalogue=7)(
    lambda p, q: ((p / q).log(), p / (p + q) / 2)
)
_add(_f, "behind a sigmoid", "takes σ(p/q) under cross-entropy; the score comes before σ, and is log(p/q)")(
    lambda p, q: ((p / q).sigmoid(), p / (p + q))
)
