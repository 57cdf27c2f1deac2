"""Exercise 06, wrong: every answer here is one that learners really give, by its number in the list of misconceptions.

Sentences go on after "Your <title> …" and end without a full stop.
"""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()


def bce(scores, target):
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, target))


def d_bce(real, fake):
    return bce(real, 1.0) + bce(fake, 0.0)


def both(x, picture):
    return torch.cat([x, picture], dim=1)


# ---------------------------------------------------------------------------------------------- discriminator_targets

_add = MUTANTS.add
_f = "discriminator_targets"
_add(
    _f,
    "real and fake swapped",
    "has the real and fake targets swapped: here 1 means real and 0 means fake",
    catalogue=1,
)(lambda r, f: (torch.zeros_like(r), torch.ones_like(f)))
_add(
    _f, "returned in the other order", "comes in the other order: first the target of the reals, then that of the fakes"
)(lambda r, f: (torch.zeros_like(f), torch.ones_like(r)))
_add(_f, "fakes called real", "calls the fakes real as well, so D has nothing to tell apart", catalogue=2)(
    lambda r, f: (torch.ones_like(r), torch.ones_like(f))
)
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals; the two batches need not be equal",
    catalogue=17,
)(lambda r, f: (torch.ones_like(r), torch.zeros_like(r)))
_add(_f, "smoothed", "is smoothed to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: (torch.full_like(r, 0.9), torch.zeros_like(f))
)
_add(
    _f, "smoothed on both sides", "is smoothed on both sides, to 0.9 and 0.1, which nobody asked for here", catalogue=18
)(lambda r, f: (torch.full_like(r, 0.9), torch.full_like(f, 0.1)))
_add(_f, "targets ±1", "uses +1 and −1; in this course fakes have the target 0", catalogue=23)(
    lambda r, f: (torch.ones_like(r), -torch.ones_like(f))
)
_add(
    _f,
    "one target a picture",
    "has one number a picture, shape (B, 1): against a map of verdicts it is broadcast without a word",
    catalogue=32,
)(lambda r, f: (r.new_ones(len(r), 1), f.new_zeros(len(f), 1)))
_add(_f, "one target for all", "is one number for the whole batch; give every verdict its own target", catalogue=32)(
    lambda r, f: (r.new_ones(()), f.new_zeros(()))
)
_add(_f, "another dtype", "does not take over dtype and device: on a GPU, or in double precision, it would not fit")(
    lambda r, f: (torch.ones(r.shape, dtype=torch.float32), torch.zeros(f.shape, dtype=torch.float32))
)

# ------------------------------------------------------------------------------------------------- discriminator_loss

_f = "discriminator_loss"
_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    lambda r, f: bce(r, 0.0) + bce(f, 1.0)
)
_add(
    _f,
    "fakes called real",
    "pushes D to call the fakes real, the same way G pushes: then nobody plays against G",
    catalogue=2,
)(lambda r, f: bce(r, 1.0) + bce(f, 1.0))
_add(_f, "reals only", "has the real term only: D would call everything real", catalogue=3)(lambda r, f: bce(r, 1.0))
_add(_f, "fakes only", "has the fake term only: D would call everything fake", catalogue=4)(lambda r, f: bce(f, 0.0))
_add(
    _f,
    "sign forgotten",
    "has the sign of the log-likelihood, which is to be maximised; a loss is minimised, so a minus is missing",
    catalogue=5,
)(lambda r, f: -d_bce(r, f))
_add(
    _f,
    "sum for mean",
    "sums over the scores instead of averaging: twice the batch would be twice the loss",
    catalogue=6,
)(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
_add(
    _f,
    "halved",
    "is halved: here the loss is the plain sum of its two terms, and the training step does the halving",
    catalogue=7,
)(lambda r, f: d_bce(r, f) / 2)
_add(_f, "doubled", "is twice what it should be", catalogue=7)(lambda r, f: 2 * d_bce(r, f))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together, so the larger batch counts more; take two means and add them",
    catalogue=8,
)(lambda r, f: torch.cat([F.softplus(-r).flatten(), F.softplus(f).flatten()]).mean())
_add(
    _f,
    "sigmoid twice",
    "takes the sigmoid twice: the loss function with `logits` in its name takes it already",
    catalogue=9,
)(lambda r, f: d_bce(r.sigmoid(), f.sigmoid()))
_add(
    _f,
    "naive logarithm",
    "takes log(sigmoid) naively: for a very sure wrong score the logarithm is that of 0",
    catalogue=10,
)(lambda r, f: -r.sigmoid().log().mean() - (1 - f.sigmoid()).log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very sure wrong score no longer counts in full",
    catalogue=10,
)(
    lambda r, f: (
        F.binary_cross_entropy(r.sigmoid(), torch.ones_like(r))
        + F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f))
    )
)
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda r, f: -r.sigmoid().mean().log() - (1 - f.sigmoid()).mean().log())
_add(
    _f,
    "scores averaged first",
    "averages the scores before the loss: a map that swings between very good and very bad looks mediocre",
    catalogue=33,
)(lambda r, f: d_bce(r.mean(), f.mean()))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before the loss: every patch should be judged on its own",
    catalogue=33,
)(lambda r, f: d_bce(r.mean(dim=(1, 2, 3)), f.mean(dim=(1, 2, 3))))
_add(
    _f,
    "fake scores detached",
    "detaches D's own scores of the fakes: that term no longer teaches D anything (detach the picture instead)",
    catalogue=16,
)(lambda r, f: bce(r, 1.0) + bce(f.detach(), 0.0))
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(lambda r, f: bce(r, 1.0) + F.binary_cross_entropy_with_logits(f, torch.zeros_like(r)))
_add(_f, "smoothed", "smooths the real target to 0.9, which nobody asked for here", catalogue=18)(
    lambda r, f: bce(r, 0.9) + bce(f, 0.0)
)
_add(_f, "no sigmoid", "treats the scores as probabilities; they are logits, any real number")(
    lambda r, f: F.binary_cross_entropy(r, torch.ones_like(r)) + F.binary_cross_entropy(f, torch.zeros_like(f))
)
_add(_f, "a plain number", "is turned into a plain number (`.item()`, `float`): nothing can be learned from it")(
    lambda r, f: d_bce(r, f).item()
)

# --------------------------------------------------------------------------------------------------- adversarial_loss

_f = "adversarial_loss"
_add(_f, "sign forgotten", "has the wrong sign: minimising it would make the fakes worse", catalogue=5)(
    lambda f: -bce(f, 1.0)
)
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(lambda f: F.softplus(-f).sum())
_add(_f, "halved", "is halved; only D's loss gets a ½, and that in the training step", catalogue=7)(
    lambda f: bce(f, 1.0) / 2
)
_add(_f, "sigmoid twice", "takes the sigmoid twice: the slope all but vanishes where D is sure", catalogue=9)(
    lambda f: bce(f.sigmoid(), 1.0)
)
_add(
    _f, "naive logarithm", "takes log(sigmoid) naively: for a very sure score the logarithm is that of 0", catalogue=10
)(lambda f: -f.sigmoid().log().mean())
_add(
    _f,
    "clamped logarithm",
    "takes the sigmoid first and then a clamped cross-entropy: a very sure score no longer counts in full",
    catalogue=10,
)(lambda f: F.binary_cross_entropy(f.sigmoid(), torch.ones_like(f)))
_add(
    _f,
    "log of the mean probability",
    "averages the probabilities and then takes the logarithm; average the logarithms",
    catalogue=11,
)(lambda f: -f.sigmoid().mean().log())
_add(
    _f,
    "saturating",
    "is the saturating one, log(1 − σ): where D is sure of a fake its slope is almost 0, just when G needs it most",
    catalogue=12,
)(lambda f: -F.softplus(f).mean())
_add(_f, "fake target", "gives the fakes the target 0: that is D's wish, G wants the opposite", catalogue=13)(
    lambda f: bce(f, 0.0)
)
_add(_f, "detached", "is computed on detached scores: no gradient ever reaches the generator", catalogue=14)(
    lambda f: bce(f.detach(), 1.0)
)
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(lambda f: bce(f, 0.9))
_add(
    _f,
    "scores averaged first",
    "averages the scores before the loss: every patch should be judged on its own",
    catalogue=33,
)(lambda f: bce(f.mean(), 1.0))

# ----------------------------------------------------------------------------------------------- least_squares_losses


def _ls(for_d, for_g=lambda f: (f - 1).square().mean()):
    return lambda r, f: (for_d(r, f), for_g(f))


def _ls_d(r, f):
    return (r - 1).square().mean() + f.square().mean()


_f = "least_squares_losses"
_add(_f, "real and fake swapped", "has real and fake swapped in D's loss", catalogue=1)(
    _ls(lambda r, f: r.square().mean() + (f - 1).square().mean())
)
_add(_f, "fakes called real", "pulls the fakes to 1 in both losses: D and G push the same way", catalogue=2)(
    _ls(lambda r, f: (r - 1).square().mean() + (f - 1).square().mean())
)
_add(_f, "reals only", "has only the real term in D's loss", catalogue=3)(_ls(lambda r, f: (r - 1).square().mean()))
_add(_f, "fakes only", "has only the fake term in D's loss", catalogue=4)(_ls(lambda r, f: f.square().mean()))
_add(_f, "sum for mean", "sums over the scores instead of averaging", catalogue=6)(
    _ls(lambda r, f: (r - 1).square().sum() + f.square().sum(), lambda f: (f - 1).square().sum())
)
_add(
    _f,
    "D halved",
    "has a ½ on D's loss: here the losses are plain, and the training step does the halving",
    catalogue=7,
)(_ls(lambda r, f: _ls_d(r, f) / 2))
_add(
    _f,
    "both halved",
    "has a ½ on both losses, as one paper prints them; in this course they are plain means",
    catalogue=7,
)(_ls(lambda r, f: _ls_d(r, f) / 2, lambda f: (f - 1).square().mean() / 2))
_add(
    _f,
    "one mean over all",
    "takes one mean over reals and fakes together in D's loss; take two means and add them",
    catalogue=8,
)(_ls(lambda r, f: torch.cat([(r - 1).square().flatten(), f.square().flatten()]).mean()))
_add(
    _f, "G on detached scores", "computes G's loss on detached scores: no gradient reaches the generator", catalogue=14
)(_ls(_ls_d, lambda f: (f.detach() - 1).square().mean()))
_add(
    _f,
    "fake scores detached in D's loss",
    "detaches the fake scores in D's loss: that term teaches D nothing",
    catalogue=16,
)(_ls(lambda r, f: (r - 1).square().mean() + f.detach().square().mean()))
_add(
    _f,
    "fake target sized like the reals",
    "makes the target of the fakes in the shape of the reals, which fails when the batches differ",
    catalogue=17,
)(_ls(lambda r, f: (r - 1).square().mean() + F.mse_loss(f.flatten(), torch.zeros_like(r).flatten())))
_add(_f, "smoothed", "smooths D's real target to 0.9, which nobody asked for here", catalogue=18)(
    _ls(lambda r, f: (r - 0.9).square().mean() + f.square().mean())
)
_add(
    _f,
    "square of the mean",
    "squares the mean: scores with mean 1 and a wild spread would cost nothing. Square first, then average",
    catalogue=21,
)(_ls(lambda r, f: (r.mean() - 1).square() + f.mean().square(), lambda f: (f.mean() - 1).square()))
_add(
    _f,
    "patches averaged first",
    "averages each picture's patches before squaring: every patch should be judged on its own",
    catalogue=33,
)(
    _ls(
        lambda r, f: (r.mean(dim=(1, 2, 3)) - 1).square().mean() + f.mean(dim=(1, 2, 3)).square().mean(),
        lambda f: (f.flatten(1).mean(dim=1) - 1).square().mean(),
    )
)
_add(
    _f,
    "behind a sigmoid",
    "puts a sigmoid before the squares: then the slope vanishes again where D is sure, which least squares was to cure",
    catalogue=22,
)(_ls(lambda r, f: _ls_d(r.sigmoid(), f.sigmoid()), lambda f: (f.sigmoid() - 1).square().mean()))
_add(_f, "targets ±1", "pulls the fakes to −1 in D's loss; in this course their target is 0", catalogue=23)(
    _ls(lambda r, f: (r - 1).square().mean() + (f + 1).square().mean())
)
_add(_f, "G pulled to 0", "pulls the fakes to 0 in G's loss: that is D's wish, G wants them at 1", catalogue=24)(
    _ls(_ls_d, lambda f: f.square().mean())
)
_add(_f, "returned in the other order", "comes in the other order: D's loss first, then G's")(
    lambda r, f: ((f - 1).square().mean(), _ls_d(r, f))
)
_add(_f, "absolute differences", "takes absolute differences instead of squares")(
    _ls(lambda r, f: (r - 1).abs().mean() + f.abs().mean(), lambda f: (f - 1).abs().mean())
)

# ----------------------------------------------------------------------------------- patch_layers and receptive_field

_f = "patch_layers"
_add(
    _f,
    "one stride-2 layer too many",
    "has one layer of stride 2 too many: for n = 3 a score would see 94 pixels, not 70",
    catalogue=37,
)(lambda n: [(4, 2, 1)] * (n + 1) + [(4, 1, 1)])
_add(_f, "one layer short", "has one layer of stride 1 too few: there are two after the n of stride 2")(
    lambda n: [(4, 2, 1)] * n + [(4, 1, 1)]
)
_add(_f, "stride 2 throughout", "has stride 2 in every layer; the last two have stride 1")(
    lambda n: [(4, 2, 1)] * (n + 2)
)
_add(_f, "stride 1 first", "has the layers of stride 1 first; they come last")(
    lambda n: [(4, 1, 1)] * 2 + [(4, 2, 1)] * n
)
_add(_f, "3×3 kernels", "uses 3×3 kernels; the paper's are 4×4")(lambda n: [(3, 2, 1)] * n + [(3, 1, 1)] * 2)
_add(_f, "no padding", "leaves out the padding of 1")(lambda n: [(4, 2, 0)] * n + [(4, 1, 0)] * 2)
_add(_f, "n layers in all", "counts n layers in all; n is the number of layers of stride 2")(
    lambda n: [(4, 2, 1)] * (n - 2) + [(4, 1, 1)] * min(n, 2)
)

_f = "receptive_field"


def _backwards(step):
    def field(layers):
        size = 1
        for kernel, stride, padding in reversed(layers):
            size = step(size, kernel, stride, padding)
        return size

    return field


@_add(
    _f,
    "product of the kernels",
    "multiplies the kernel sizes (1024 for the 70×70 discriminator); neighbouring windows overlap, so they do not multiply",
    catalogue=34,
)
def _(layers):
    size = 1
    for kernel, _, _ in layers:
        size *= kernel
    return size


_add(
    _f,
    "sum of the kernels",
    "adds the kernel sizes (20 for the 70×70 discriminator) and forgets what the strides do",
    catalogue=35,
)(lambda layers: sum(kernel for kernel, _, _ in layers))


@_add(
    _f,
    "from the wrong end",
    "runs the recursion from the picture to the score (28 for the 70×70 discriminator); it starts at the score, the last layer",
    catalogue=36,
)
def _(layers):
    size = 1
    for kernel, stride, _ in layers:
        size = (size - 1) * stride + kernel
    return size


_add(
    _f,
    "padding subtracted",
    "lets the padding change the field; padding adds pixels that are not in the picture, the window stays as wide",
    catalogue=38,
)(_backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel - 2 * padding))
_add(_f, "padding added", "adds the padding to the field; the window stays as wide", catalogue=38)(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel + 2 * padding)
)
_add(
    _f,
    "stride forgotten",
    "forgets the strides: with stride 2, neighbours of a layer lie two pixels apart in the layer before",
)(lambda layers: 1 + sum(kernel - 1 for kernel, _, _ in layers))
_add(_f, "the −1 forgotten", "multiplies all r places by the stride; between r neighbours there are only r − 1 steps")(
    _backwards(lambda size, kernel, stride, padding: size * stride + kernel)
)
_add(_f, "+ kernel − 1", "adds kernel − 1 where kernel belongs")(
    _backwards(lambda size, kernel, stride, padding: (size - 1) * stride + kernel - 1)
)


@_add(
    _f,
    "own stride counted too early",
    "lets a layer's own stride widen its own window; a stride only spreads the layers after it",
)
def _(layers):
    size, jump = 1, 1
    for kernel, stride, _ in layers:
        jump *= stride
        size += (kernel - 1) * jump
    return size


_add(
    _f,
    "product of the strides",
    "is the product of the strides: that is the distance between neighbouring scores, not what one score sees",
)(_backwards(lambda size, kernel, stride, padding: size * stride))

# ------------------------------------------------------------------------------------- conditional_discriminator_loss

_f = "conditional_discriminator_loss"


def _pairwise(real_picture, fake_picture, loss=d_bce):
    return lambda d, x, y, fake: loss(d(real_picture(x, y)), d(fake_picture(x, fake.detach())))


_add(_f, "real and fake swapped", "has the real and fake targets swapped", catalogue=1)(
    _pairwise(both, both, lambda r, f: bce(r, 0.0) + bce(f, 1.0))
)
_add(_f, "real pairs only", "has the real term only", catalogue=3)(_pairwise(both, both, lambda r, f: bce(r, 1.0)))
_add(_f, "fake pairs only", "has the fake term only", catalogue=4)(_pairwise(both, both, lambda r, f: bce(f, 0.0)))
_add(
    _f, "sign forgotten", "has the sign of the log-likelihood; a loss is minimised, so a minus is missing", catalogue=5
)(_pairwise(both, both, lambda r, f: -d_bce(r, f)))
_add(_f, "sum for mean", "sums over the patches instead of averaging", catalogue=6)(
    _pairwise(both, both, lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum())
)
_add(_f, "halved", "is halved already; the training step does that", catalogue=7, same_as=("one mean over all",))(
    _pairwise(both, both, lambda r, f: d_bce(r, f) / 2)
)
_add(
    _f,
    "one mean over all",
    "takes one mean over real and fake patches together, which is half the sum of the two means",
    catalogue=8,
    same_as=("halved",),
)(_pairwise(both, both, lambda r, f: torch.cat([F.softplus(-r), F.softplus(f)]).mean()))
_add(
    _f,
    "generator not cut off",
    "also sends a gradient to the generator: that costs time, and becomes wrong where G's gradients are not cleared; detach the fake picture",
    catalogue=15,
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake))))
_add(
    _f,
    "D's verdict detached",
    "detaches D's verdict on the fakes, so D learns nothing from them; detach the fake picture instead",
    catalogue=16,
    same_as=("fakes under no_grad",),
)(lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(x, fake)).detach()))


@_add(
    _f,
    "fakes under no_grad",
    "runs D on the fakes under no_grad, so D learns nothing from them; only the generator is to be cut off",
    catalogue=16,
    same_as=("D's verdict detached",),
)
def _(d, x, y, fake):
    with torch.no_grad():
        false = d(both(x, fake))
    return d_bce(d(both(x, y)), false)


_add(
    _f,
    "scores averaged first",
    "averages the verdicts before the loss; every patch should be judged on its own",
    catalogue=33,
)(_pairwise(both, both, lambda r, f: d_bce(r.mean(), f.mean())))
_add(
    _f,
    "unconditional",
    'shows D the output alone: it can ask "is this real?" but not "does it belong to x?"',
    catalogue=39,
)(_pairwise(lambda x, y: y, lambda x, fake: fake))
_add(_f, "fakes without their input", "shows D the fake without its input, and the real one with it", catalogue=39)(
    _pairwise(both, lambda x, fake: fake)
)
_add(_f, "condition is the target", "gives D the target y as the condition instead of the input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(y, y)), d(both(y, fake.detach())))
)
_add(_f, "fakes paired with the target", "pairs the fake with the target y instead of its input x", catalogue=40)(
    lambda d, x, y, fake: d_bce(d(both(x, y)), d(both(y, fake.detach())))
)
_add(
    _f,
    "fake pairs the other way round",
    "puts the input first in real pairs and last in fake pairs: D tells them apart by that alone",
    catalogue=41,
)(_pairwise(both, lambda x, fake: both(fake, x)))
_add(
    _f,
    "output before input",
    "puts the output before the input; that would work as well, but here the input comes first in every pair",
    catalogue=41,
)(_pairwise(lambda x, y: both(y, x), lambda x, fake: both(fake, x)))
_add(
    _f,
    "joined along the batch",
    "joins x and the output along the batch axis: D sees twice as many pictures of 3 channels, and no pairs",
    catalogue=27,
)(_pairwise(lambda x, y: torch.cat([x, y], dim=0), lambda x, fake: torch.cat([x, fake], dim=0)))

# ----------------------------------------------------------------------------------------------------- generator_loss

_f = "generator_loss"


def _with_l1(d, x, y, fake, weight):
    return bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().mean()


_add(_f, "λ missing", "leaves λ out", catalogue=42)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + (fake - y).abs().mean()
)
_add(_f, "λ on the adversarial term", "puts λ on the adversarial term; it belongs to the L1 term", catalogue=42)(
    lambda d, x, y, fake, weight: weight * bce(d(both(x, fake)), 1.0) + (fake - y).abs().mean()
)
_add(_f, "λ on both terms", "puts λ on both terms; it belongs to the L1 term alone", catalogue=42)(
    lambda d, x, y, fake, weight: weight * _with_l1(d, x, y, fake, 1.0)
)
_add(_f, "λ fixed at 100", "takes 100 for λ whatever it is given", catalogue=42)(
    lambda d, x, y, fake, weight: _with_l1(d, x, y, fake, 100.0)
)
_add(
    _f,
    "λ as a mixing share",
    "mixes the terms with λ and 1 − λ; the paper adds λ·L1 to the whole adversarial term",
    catalogue=42,
)(lambda d, x, y, fake, weight: (1 - weight) * bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().mean())
_add(
    _f,
    "L2 for L1",
    "squares the difference: that is L2, which blurs even more; the paper takes the absolute value",
    catalogue=43,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).square().mean())
_add(
    _f,
    "L1 against the input",
    "compares the fake with the input x: G would learn to copy. Compare with the target y",
    catalogue=44,
)(lambda d, x, y, fake, weight: _with_l1(d, x, x, fake, weight))
_add(
    _f,
    "L1 summed",
    "sums the absolute differences instead of averaging: a larger picture would weigh more",
    catalogue=45,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().sum())
_add(
    _f,
    "L1 summed over each picture",
    "sums over each picture and averages over the batch; take one mean over everything",
    catalogue=45,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).abs().sum() / len(fake))
_add(_f, "absolute value of the mean", "takes the absolute value after the mean: errors of both signs would cancel")(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) + weight * (fake - y).mean().abs()
)
_add(_f, "no adversarial term", "has the L1 term alone")(lambda d, x, y, fake, weight: weight * (fake - y).abs().mean())
_add(_f, "no L1 term", "has the adversarial term alone")(lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0))
_add(_f, "D's loss added", "adds D's own loss on the real pair, which G cannot change")(
    lambda d, x, y, fake, weight: _with_l1(d, x, y, fake, weight) + bce(d(both(x, y)), 1.0)
)
_add(_f, "sum for mean", "sums the adversarial term over the patches instead of averaging", catalogue=6)(
    lambda d, x, y, fake, weight: F.softplus(-d(both(x, fake))).sum() + weight * (fake - y).abs().mean()
)
_add(_f, "halved", "has a ½ on the adversarial term; only D's loss gets one", catalogue=7)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 1.0) / 2 + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "saturating",
    "uses the saturating adversarial term, log(1 − σ), whose slope vanishes where D is sure",
    catalogue=12,
)(lambda d, x, y, fake, weight: -bce(d(both(x, fake)), 0.0) + weight * (fake - y).abs().mean())
_add(_f, "fake target", "gives the fakes the target 0 in the adversarial term: that is D's wish", catalogue=13)(
    lambda d, x, y, fake, weight: bce(d(both(x, fake)), 0.0) + weight * (fake - y).abs().mean()
)
_add(
    _f,
    "fake detached",
    "detaches the fake before D sees it: the adversarial term no longer reaches the generator",
    catalogue=14,
)(lambda d, x, y, fake, weight: bce(d(both(x, fake.detach())), 1.0) + weight * (fake - y).abs().mean())
_add(_f, "unconditional", "shows D the fake alone, without its input", catalogue=39)(
    lambda d, x, y, fake, weight: bce(d(fake), 1.0) + weight * (fake - y).abs().mean()
)
_add(_f, "condition is the target", "shows D the fake with the target y instead of the input x", catalogue=40)(
    lambda d, x, y, fake, weight: bce(d(both(y, fake)), 1.0) + weight * (fake - y).abs().mean()
)
_add(_f, "output before input", "puts the output before the input, unlike the pairs D learned from", catalogue=41)(
    lambda d, x, y, fake, weight: bce(d(both(fake, x)), 1.0) + weight * (fake - y).abs().mean()
)

# ------------------------------------------------------------------------------------------------------- unet_forward

_f = "unet_forward"


def _unet(skips_of, join=lambda skip, u: torch.cat([skip, u], dim=1), safe=True):
    """A U-Net whose ups after the first get ``skips_of([d1, …, dn], x)``, in that order."""

    def forward(x, downs, ups):
        kept, h = [], x
        for down in downs:
            h = down(h.clone() if safe else h)
            kept.append(h)
        u = ups[0](kept[-1])
        for up, skip in zip(ups[1:], skips_of(kept, x), strict=False):
            u = up(join(skip, u))
        return u

    return forward


def _deep_to_shallow(kept, x):
    return kept[-2::-1]


def _add_what_fits(skip, u):
    c = min(skip.shape[1], u.shape[1])
    return skip[:, :c] + u[:, :c]


_add(
    _f,
    "skips added",
    "adds the skips; pix2pix joins them along the channels, so that the next block gets both",
    catalogue=46,
)(_unet(_deep_to_shallow, _add_what_fits))
_add(_f, "no skips", "has no skips: all detail must pass the bottleneck", catalogue=47)(
    _unet(_deep_to_shallow, lambda skip, u: u)
)
_add(_f, "way up ignored", "passes only the skip to the next block, so the bottleneck is lost", catalogue=47)(
    _unet(_deep_to_shallow, lambda skip, u: skip)
)
_add(_f, "outermost skip missing", "leaves out the last skip, the one with the finest detail", catalogue=47)(
    lambda x, downs, ups: _outermost_missing(x, downs, ups)
)


def _outermost_missing(x, downs, ups):
    kept = []
    for down in downs:
        x = down(x.clone())
        kept.append(x)
    u = ups[0](kept[-1])
    for k, up in enumerate(ups[1:], start=2):
        u = up(torch.cat([kept[-k], u], dim=1) if k < len(ups) else u)
    return u


_add(
    _f,
    "skips in the wrong order",
    "hands the skips out from shallow to deep; the way up meets the deepest first",
    catalogue=48,
)(_unet(lambda kept, x: kept[:-1]))
_add(
    _f,
    "bottleneck joined to itself",
    "starts one level too deep: the bottleneck goes into the first block and is joined again at the second",
    catalogue=48,
)(_unet(lambda kept, x: kept[::-1]))
_add(
    _f,
    "skips one level too shallow",
    "takes each skip from before its level instead of after it, so the last one is the picture itself",
    catalogue=48,
)(_unet(lambda kept, x: [*kept[-3::-1], x]))
_add(_f, "upsampled part first", "joins in the other order; here the skip comes first, then what comes from below")(
    _unet(_deep_to_shallow, lambda skip, u: torch.cat([u, skip], dim=1))
)
_add(
    _f,
    "skips overwritten",
    "lets a block overwrite the tensor that is kept for the skip: hand the block a clone",
    catalogue=49,
)(_unet(_deep_to_shallow, safe=False))
_add(_f, "skips detached", "detaches the skips, so the way down learns nothing through them")(
    _unet(_deep_to_shallow, lambda skip, u: torch.cat([skip.detach(), u], dim=1))
)

# ------------------------------------------------------------------------------------------------------ training_step

_f = "training_step"


def _d_loss(d, x, y, fake):
    return d_bce(d(both(x, y)), d(both(x, fake.detach())))


def _step(g, d, og, od, x, y, weight, *, half=0.5, clear_d=True, clear_g=True, first=None, second=None):
    fake = g(x)
    if clear_d:
        od.zero_grad()
    (half * _d_loss(d, x, y, fake)).backward()
    (first or od).step()
    if clear_g:
        og.zero_grad()
    _with_l1(d, x, y, fake, weight).backward()
    (second or og).step()


_add(_f, "D's loss not halved", "leaves out the ½ on D's loss", catalogue=7)(lambda *a: _step(*a, half=1.0))
_add(
    _f,
    "gradients of D not cleared",
    "does not clear D's gradients, so the last step's (and G's part of it) are added",
    catalogue=19,
)(lambda *a: _step(*a, clear_d=False))
_add(_f, "gradients of G not cleared", "does not clear G's gradients, so the last step's are added", catalogue=19)(
    lambda *a: _step(*a, clear_g=False)
)
_add(_f, "gradients never cleared", "never clears a gradient: each step adds all those before it", catalogue=19)(
    lambda *a: _step(*a, clear_d=False, clear_g=False)
)
_add(
    _f, "optimisers exchanged", "has the optimisers exchanged: each holds the other network's parameters", catalogue=20
)(lambda g, d, og, od, x, y, w: _step(g, d, og, od, x, y, w, first=og, second=od))
_add(_f, "D's optimiser twice", "lets D's optimiser step twice and G's never, so G does not learn", catalogue=20)(
    lambda g, d, og, od, x, y, w: _step(g, d, og, od, x, y, w, second=od)
)
_add(_f, "G not trained", "never steps G", same_as=("G on a detached fake",))(
    lambda g, d, og, od, x, y, w: _only_d(g, d, od, x, y)
)


def _only_d(g, d, od, x, y):
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, g(x))).backward()
    od.step()


@_add(_f, "D not trained", "never steps D")
def _(g, d, og, od, x, y, w):
    og.zero_grad()
    _with_l1(d, x, y, g(x), w).backward()
    og.step()


@_add(_f, "cleared before the step", "clears the gradients between backward and step, so nothing moves")
def _(g, d, og, od, x, y, w):
    fake = g(x)
    (0.5 * _d_loss(d, x, y, fake)).backward()
    od.zero_grad()
    od.step()
    _with_l1(d, x, y, fake, w).backward()
    og.zero_grad()
    og.step()


@_add(
    _f,
    "G before D",
    "trains G before D; the paper trains D first, and G then learns from what the new D says",
    same_as=("G learns from the old D",),
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    og.zero_grad()
    _with_l1(d, x, y, fake, w).backward()
    og.step()
    od.zero_grad()
    (0.5 * _d_loss(d, x, y, fake)).backward()
    od.step()


@_add(
    _f,
    "G learns from the old D",
    "computes both losses before either step, so G learns from the D of before",
    same_as=("G before D",),
)
def _(g, d, og, od, x, y, w):
    fake = g(x)
    parameters_d, parameters_g = list(d.parameters()), list(g.parameters())
    of_d = torch.autograd.grad(0.5 * _d_loss(d, x, y, fake), parameters_d)
    of_g = torch.autograd.grad(_with_l1(d, x, y, fake, w), parameters_g)
    for p, gradient in zip(parameters_d + parameters_g, of_d + of_g, strict=True):
        p.grad = gradient
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
    _with_l1(d, x, y, fake, w).backward()
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
    _with_l1(d, x, y, fake, w).backward()
    og.step()


@_add(
    _f,
    "G on a detached fake",
    "computes G's loss on a detached fake, so G never learns",
    catalogue=14,
    same_as=("G not trained",),
)
def _(g, d, og, od, x, y, w):
    _only_d(g, d, od, x, y)
    og.zero_grad()
    _with_l1(d, x, y, g(x).detach(), w).backward()
    og.step()


# ---------------------------------------------------------------------------------------------------------- translate

_f = "translate"


@_add(
    _f,
    "eval mode",
    "switches dropout off with eval(): the only noise pix2pix has is gone, and two translations are the same",
    catalogue=50,
)
def _(generator, x):
    generator.eval()
    with torch.no_grad():
        return generator(x)


@_add(
    _f,
    "mode left as found",
    "leaves the network in the mode it was found in; after an evaluation dropout would stay off",
    catalogue=50,
)
def _(generator, x):
    with torch.no_grad():
        return generator(x)


_add(_f, "graph kept", "keeps the graph for a gradient that nobody will ask for")(
    lambda generator, x: generator.train()(x)
)
