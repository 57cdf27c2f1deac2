"""Exercise 01, wrong: the best discriminator, the value of the game, the Jensen–Shannon divergence."""

import math

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ---------------------------------------------------------------------------------------------- optimal_discriminator

_f = "optimal_discriminator"


def _bins(rule, empty=0.5):
    """A rule for p and q as an answer for counts; `empty` is what it says of bins where nothing lies."""

    def answer(real, fake):
        p, q = real / real.sum(), fake / fake.sum()
        return torch.where(p + q == 0, empty, rule(p, q))

    return answer


_add(_f, "real and fake swapped", "is that of a D which says 1 for fake: here 1 means real, p/(p + q)", catalogue=1)(
    _bins(lambda p, q: q / (p + q))
)
_add(
    _f,
    "counts not made distributions",
    "compares counts: with more samples of one kind D would seem to prefer it; divide each histogram by its own sum",
    catalogue=8,
)(lambda real, fake: torch.where(real + fake == 0, 0.5, real / (real + fake)))
_add(
    _f,
    "counts not made distributions, empty bins NaN",
    "compares counts instead of distributions, and divides 0 by 0 where a bin is empty",
    catalogue=8,
)(lambda real, fake: real / (real + fake))
_add(
    _f,
    "counts not made distributions, empty bins 0",
    "compares counts instead of distributions, and says 0 where a bin is empty; divide each histogram by its own sum",
    catalogue=8,
)(lambda real, fake: torch.where(real + fake == 0, 0.0, real / (real + fake)))
_add(_f, "divided by the largest", "divides each histogram by its largest bin; a distribution sums to 1")(
    lambda real, fake: torch.where(real + fake == 0, 0.5, (real / real.max()) / (real / real.max() + fake / fake.max()))
)
_add(_f, "ratio p/q", "is the ratio p/q, which has no upper end; a probability is p/(p + q)")(_bins(lambda p, q: p / q))
_add(_f, "ratio p/q", "is the ratio p/q, which has no upper end; a probability is p/(p + q)")(
    lambda real, fake: ((real / real.sum()) / (fake / fake.sum())).nan_to_num(0.5)
)
_add(_f, "its logit", "is log(p/q), the logit of the right answer; here the verdict is a probability")(
    _bins(lambda p, q: (p / q).log())
)
_add(_f, "difference p − q", "is the difference p − q; what counts is p's share in p + q")(_bins(lambda p, q: p - q))
_add(_f, "hard verdict", "says only 0 or 1; where both kinds lie, the best D is as unsure as the odds are")(
    _bins(lambda p, q: (p > q).double())
)
_add(
    _f,
    "smoothed counts",
    "adds one to every count, which nobody asked for here: an unseen kind of sample gets a share",
    catalogue=18,
)(lambda real, fake: _bins(lambda p, q: p / (p + q))(real + 1, fake + 1))
_add(
    _f,
    "½ where one side is empty",
    "says ½ wherever one of the two histograms is empty; there D can be certain, only where both are empty it cannot",
)(_bins(lambda p, q: torch.where((p == 0) | (q == 0), 0.5, p / (p + q))))
_add(
    _f,
    "density of the mixture",
    "is (p + q)/2, how many samples lie there at all; D is asked which share of them is real",
)(_bins(lambda p, q: (p + q) / 2, empty=0.0))
_add(_f, "NaN in empty bins", "divides 0 by 0 where both histograms are empty", catalogue=10)(
    lambda real, fake: (p := real / real.sum()) / (p + fake / fake.sum())
)
_add(
    _f,
    "0 in empty bins",
    "says 0, surely fake, where neither a real nor a fake lies (a tiny number added below the line does that); we say ½",
)(_bins(lambda p, q: p / (p + q), empty=0.0))

for _e in (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
    _add(
        _f,
        "0 in empty bins",
        f"adds {_e:g} below the line: every share is a little too small, and an empty bin gets 0 in place of ½",
    )(lambda real, fake, e=_e: (p := real / real.sum()) / (p + fake / fake.sum() + e))
_add(
    _f,
    "one histogram made a distribution",
    "divides one histogram by its sum and not the other; both need it",
    catalogue=8,
)(lambda real, fake: _bins(lambda p, q: p / (p + fake))(real, fake))
_add(
    _f,
    "one histogram made a distribution",
    "divides one histogram by its sum and not the other; both need it",
    catalogue=8,
)(lambda real, fake: _bins(lambda p, q: real / (real + q))(real, fake))
_add(_f, "hard verdict", "says only 0 or 1; where both kinds lie, the best D is as unsure as the odds are")(
    lambda real, fake: torch.where(real + fake == 0, 0.5, (real > fake).double())
)
_add(_f, "p alone", "is p, how many of the reals lie there; D is asked which share of what lies there is real")(
    lambda real, fake: real / real.sum()
)
_add(_f, "½ everywhere", "says ½ everywhere; that is the best D only where p = q")(
    lambda real, fake: torch.full_like(real, 0.5)
)
_add(_f, "softmax of the counts", "takes a softmax of the counts; a distribution is the counts divided by their sum")(
    lambda real, fake: real.softmax(0) / (real.softmax(0) + fake.softmax(0))
)
_add(_f, "σ of the difference", "takes σ(p − q); the logit of the best D is log p − log q")(
    lambda real, fake: torch.sigmoid(real / real.sum() - fake / fake.sum())
)
_add(_f, "σ of the ratio", "takes σ(p/q); the logit of the best D is log(p/q)")(
    _bins(lambda p, q: torch.sigmoid(p / q))
)

# --------------------------------------------------------------------------------------------------------- game_value

_f = "game_value"


def _value(of_reals=torch.log, of_fakes=torch.log1p):
    """0 · log 0 as 0, so that these differ from the right answer in one thing only."""

    def answer(p, q, d):
        return (p * of_reals(d)).nansum() + (q * of_fakes(-d)).nansum()

    return answer


_add(
    _f, "real and fake swapped", "takes log D under the fakes and log(1 − D) under the reals: D means real", catalogue=1
)(lambda p, q, d: _value()(q, p, d))
_add(
    _f,
    "fakes called real",
    "takes log D for both: then saying 1 to everything would be best, and nobody plays against G",
    catalogue=2,
)(lambda p, q, d: ((p + q) * d.log()).nansum())
_add(_f, "reals only", "has the real term only", catalogue=3)(lambda p, q, d: (p * d.log()).nansum())
_add(_f, "fakes only", "has the fake term only", catalogue=4)(lambda p, q, d: (q * torch.log1p(-d)).nansum())
_add(_f, "D's loss", "is D's loss, the value with a minus; D maximises V, which is never above 0", catalogue=5)(
    lambda p, q, d: -_value()(p, q, d)
)
_add(
    _f,
    "mean over the bins",
    "divides by the number of bins; p and q are the weights of the mean already, so just sum",
    catalogue=6,
)(lambda p, q, d: _value()(p, q, d) / len(p))
_add(
    _f,
    "unweighted",
    "counts every bin alike; an expectation weights log D with p, and log(1 − D) with q",
    catalogue=6,
)(lambda p, q, d: d.log().sum() + torch.log1p(-d).sum())
_add(_f, "unweighted mean", "takes plain means over the bins; weight log D with p, and log(1 − D) with q", catalogue=6)(
    lambda p, q, d: d.log().mean() + torch.log1p(-d).mean()
)
_add(_f, "halved", "is halved: it is the plain sum of the two expectations", catalogue=7)(
    lambda p, q, d: _value()(p, q, d) / 2
)
_add(
    _f,
    "sigmoid of a probability",
    "takes a sigmoid of D's verdict, which is a probability already",
    catalogue=9,
)(lambda p, q, d: _value()(p, q, d.sigmoid()))
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda p, q, d: (p * d).sum().log() + (q * (1 - d)).sum().log())
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(
    lambda p, q, d: _value()(p, q, d) / math.log(2)
)
_add(_f, "value of the best D", "is the value for the best D, p/(p + q), whatever verdict it is given")(
    lambda p, q, d: _value()(p, q, p / (p + q))
)
_add(_f, "no logarithm", "leaves out the logarithms")(lambda p, q, d: (p * d).sum() + (q * (1 - d)).sum())
_add(
    _f, "NaN for a certain D", "multiplies 0 with log 0, which is NaN; a bin with weight 0 adds nothing", catalogue=10
)(lambda p, q, d: (p * d.log() + q * (1 - d).log()).sum())

_add(_f, "1 − log D", "takes 1 − log D for the fakes: the 1 belongs inside the logarithm, log(1 − D)")(
    lambda p, q, d: (p * d.log() + q * (1 - d.log())).nansum()
)
_add(_f, "decadic logarithm", "takes the logarithm to base 10: the logarithm here is the natural one")(
    lambda p, q, d: _value()(p, q, d) / math.log(10)
)
_add(_f, "difference for sum", "subtracts the second expectation; V is their sum", catalogue=5)(
    lambda p, q, d: (p * d.log()).nansum() - (q * torch.log1p(-d)).nansum()
)
_add(_f, "1 − p for q", "weights the fakes' logarithm with 1 − p; the fakes have a distribution of their own, q")(
    lambda p, q, d: (p * d.log()).nansum() + ((1 - p) * torch.log1p(-d)).nansum()
)
_add(_f, "1 − p for q", "is a cross-entropy with p as targets, so that 1 − p takes the place of q", catalogue=6)(
    lambda p, q, d: -torch.nn.functional.binary_cross_entropy(d, p)
)
_add(_f, "logit for the logarithm", "takes the logit of D, log D − log(1 − D), where log D belongs")(
    lambda p, q, d: (p * d.logit()).nansum() + (q * (1 - d).logit()).nansum()
)
_add(_f, "weights inside the logarithm", "multiplies with p and q inside the logarithm; they are the weights outside")(
    lambda p, q, d: (p * d).log().nansum() + (q * (1 - d)).log().nansum()
)
_add(_f, "both with p", "weights both logarithms with p; log(1 − D) is averaged over the fakes, with q")(
    lambda p, q, d: (p * d.log()).nansum() + (p * torch.log1p(-d)).nansum()
)
for _e in (1e-3, 1e-4, 1e-5):
    _add(
        _f, "a number added inside the logarithm", f"adds {_e:g} inside the logarithms, which moves the value a little"
    )(lambda p, q, d, e=_e: (p * (d + e).log() + q * (1 - d + e).log()).sum())

for _e in (0.1, 0.05, 0.01, 1e-3, 1e-4):
    _add(_f, "D's verdict clamped", f"clamps D's verdict at {_e:g} and {1 - _e:g}; a D may be as certain as it likes")(
        lambda p, q, d, e=_e: _value()(p, q, d.clamp(e, 1 - e))
    )
_add(_f, "mean over the bins", "divides one of its two expectations by the number of bins; just sum both", catalogue=6)(
    lambda p, q, d: (p * d.log()).nansum() / len(p) + (q * torch.log1p(-d)).nansum()
)
_add(_f, "mean over the bins", "divides one of its two expectations by the number of bins; just sum both", catalogue=6)(
    lambda p, q, d: (p * d.log()).nansum() + (q * torch.log1p(-d)).nansum() / len(p)
)

# ----------------------------------------------------------------------------------------------------- jensen_shannon

_f = "jensen_shannon"


def _kl(a, b):
    return (torch.xlogy(a, a) - torch.xlogy(a, b)).sum()


def _js(p, q):
    return (_kl(p, (p + q) / 2) + _kl(q, (p + q) / 2)) / 2


_add(_f, "not halved", "lacks the ½ before the two terms: nothing in common must give log 2, not 2 log 2", catalogue=7)(
    lambda p, q: 2 * _js(p, q)
)
_add(_f, "p's half only", "has p's half only, so exchanging p and q would change it", catalogue=3)(
    lambda p, q: _kl(p, (p + q) / 2) / 2
)
_add(_f, "q's half only", "has q's half only, so exchanging p and q would change it", catalogue=4)(
    lambda p, q: _kl(q, (p + q) / 2) / 2
)
_add(_f, "KL of p from the middle", "is Σ p log(p/m) alone, so exchanging p and q would change it")(
    lambda p, q: _kl(p, (p + q) / 2)
)
_add(_f, "KL of p from q", "is the Kullback–Leibler divergence of p from q; compare both with the middle m")(_kl)
_add(_f, "KL of q from p", "is the Kullback–Leibler divergence of q from p; compare both with the middle m")(
    lambda p, q: _kl(q, p)
)
_add(
    _f,
    "Jeffreys",
    "compares p and q with each other, half of each direction; that has no upper end. Compare both with the middle m",
)(lambda p, q: (_kl(p, q) + _kl(q, p)) / 2)
_add(
    _f,
    "from the middle",
    "compares the middle with p and q, Σ m log(m/p); it is p and q that are compared with the middle (`F.kl_div(log_a, b)` compares b with a)",
)(lambda p, q: (_kl((p + q) / 2, p) + _kl((p + q) / 2, q)) / 2)
_add(_f, "middle not halved", "takes p + q for the middle: m = (p + q)/2 is a distribution, p + q is not")(
    lambda p, q: (_kl(p, p + q) + _kl(q, p + q)) / 2
)
_add(
    _f,
    "value of the game",
    "is the best D's value of the game; that is −log 4 + 2 JS, so it still has to be turned round",
)(lambda p, q: 2 * _js(p, q) - math.log(4))
_add(_f, "log 2 for log 4", "is turned round with log 2: the value where D cannot tell is −log 4")(
    lambda p, q: _js(p, q) - math.log(2) / 2
)
_add(_f, "binary logarithm", "is in bits: the logarithm here is the natural one")(lambda p, q: _js(p, q) / math.log(2))
_add(_f, "its root", "is the square root of the divergence (the Jensen–Shannon distance)")(
    lambda p, q: _js(p, q).clamp(min=0).sqrt()
)
_add(
    _f, "mean over the bins", "divides by the number of bins; p and q are the weights of the mean already", catalogue=6
)(lambda p, q: _js(p, q) / len(p))
_add(_f, "sign forgotten", "has the wrong sign: a divergence is never negative", catalogue=5)(lambda p, q: -_js(p, q))
_add(_f, "total variation", "is half the sum of |p − q|, another distance: no logarithm is in it")(
    lambda p, q: (p - q).abs().sum() / 2
)
_add(_f, "NaN in empty bins", "multiplies 0 with log 0, which is NaN; a bin with weight 0 adds nothing", catalogue=10)(
    lambda p, q: ((p * (2 * p / (p + q)).log()).sum() + (q * (2 * q / (p + q)).log()).sum()) / 2
)
_add(
    _f, "whole bins dropped", "drops a bin altogether when p or q is 0 in it; the other one still counts", catalogue=10
)(lambda p, q: (p * (2 * p / (p + q)).log() + q * (2 * q / (p + q)).log()).nansum() / 2)
_add(_f, "geometric mean for the middle", "takes √(pq) for the middle: m = (p + q)/2")(
    lambda p, q: (_kl(p, (p * q).sqrt()) + _kl(q, (p * q).sqrt())) / 2
)
_add(_f, "product for the middle", "takes p·q for the middle: m = (p + q)/2")(
    lambda p, q: (_kl(p, p * q) + _kl(q, p * q)) / 2
)
_add(_f, "unweighted", "leaves out the weights p and q before the logarithms")(
    lambda p, q: ((2 * p / (p + q)).log().sum() + (2 * q / (p + q)).log().sum()) / 2
)
_add(
    _f,
    "kl_div of probabilities",
    "hands `F.kl_div` probabilities: its first argument is a logarithm, `F.kl_div(m.log(), p, reduction='sum')`",
)(
    lambda p, q: (
        (
            torch.nn.functional.kl_div((p + q) / 2, p, reduction="sum")
            + torch.nn.functional.kl_div((p + q) / 2, q, reduction="sum")
        )
        / 2
    )
)
_add(
    _f,
    "entropy of the middle",
    "is the entropy of the middle alone (or −Σ p log m, which is the same); the entropies of p and q have to be subtracted",
)(lambda p, q: torch.special.entr((p + q) / 2).sum())
_add(_f, "halved twice", "is halved twice: one ½ before the two terms", catalogue=7)(lambda p, q: _js(p, q) / 2)
