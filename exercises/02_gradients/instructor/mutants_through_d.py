"""Exercise 02, wrong: what passes D on the way to the generator, its Jacobian and the loss's slope times it."""

import torch

from mutants_slopes import grad, right_slopes

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ----------------------------------------------------------------------------------------------------- jacobian_norms

_f = "jacobian_norms"


def _jacobian(discriminator, pictures, of=lambda scores: scores.sum()):
    return grad(lambda x: of(discriminator(x)), pictures)


def _lengths(gradient):
    return gradient.flatten(1).norm(dim=1)


_add(
    _f, "divided by B", "takes the mean of the scores, so every length is B times too small; take the sum", catalogue=6
)(lambda d, x: _lengths(_jacobian(d, x, torch.mean)))
_add(_f, "one length for all", "is one length over the whole batch; give each picture its own")(
    lambda d, x: _jacobian(d, x).norm()
)
_add(_f, "mean length for all", "gives the mean length to every picture; each has its own")(
    lambda d, x: _lengths(_jacobian(d, x)).mean().expand(len(x))
)
_add(_f, "squared", "is the sum of squares; the length is its root")(
    lambda d, x: _jacobian(d, x).square().flatten(1).sum(dim=1)
)
_add(_f, "sum of sizes", "adds the sizes of the numbers; the length is the root of the sum of squares")(
    lambda d, x: _jacobian(d, x).abs().flatten(1).sum(dim=1)
)
_add(
    _f,
    "mean square root",
    "takes the root of the *mean* square; the length has the sum, so a larger picture has a longer one",
)(lambda d, x: _jacobian(d, x).square().flatten(1).mean(dim=1).sqrt())
_add(_f, "largest", "is the largest number of each gradient; the length takes all of them")(
    lambda d, x: _jacobian(d, x).abs().flatten(1).amax(dim=1)
)
_add(_f, "plain sum", "adds the gradient's numbers, where plus and minus cancel")(
    lambda d, x: _jacobian(d, x).flatten(1).sum(dim=1)
)
_add(_f, "each row its own", "gives one length a row of pixels; flatten each picture first")(
    lambda d, x: _jacobian(d, x).norm(dim=-1)
)
_add(_f, "each channel its own", "gives one length a channel; flatten all of a picture")(
    lambda d, x: _jacobian(d, x).flatten(2).norm(dim=2)
)
_add(_f, "over the batch", "takes the length along the batch instead of along each picture's numbers")(
    lambda d, x: _jacobian(d, x).flatten(1).norm(dim=0)
)
_add(
    _f,
    "of the probability",
    "takes a sigmoid of the scores first: that factor belongs to the loss, and flattens D where it is sure",
    catalogue=22,
)(lambda d, x: _lengths(_jacobian(d, x, lambda s: s.sigmoid().sum())))
_add(_f, "of the logarithm", "takes log σ of the scores first: that slope belongs to the loss")(
    lambda d, x: _lengths(_jacobian(d, x, lambda s: torch.nn.functional.logsigmoid(s).sum()))
)
_add(_f, "of the first score", "follows the first picture's score alone, so the others get 0")(
    lambda d, x: _lengths(_jacobian(d, x, lambda s: s[0].sum()))
)
_add(
    _f,
    "of the squared scores",
    "follows the squares of the scores; the Jacobian is that of the scores themselves",
)(lambda d, x: _lengths(_jacobian(d, x, lambda s: s.square().sum())))
_add(
    _f,
    "detached",
    "cuts D's scores off from the pictures (detach, no_grad), so autograd has nothing to follow",
    catalogue=16,
)(lambda d, x: _lengths(_jacobian(d, x, lambda s: s.detach().sum())))
_add(_f, "of D's weights", "is the gradient of D's own weights; it is the picture that G can change")(
    lambda d, x: _of_weights(d, x)
)


def _of_weights(discriminator, pictures):
    gradients = torch.autograd.grad(discriminator(pictures).sum(), list(discriminator.parameters()))
    return torch.cat([g.flatten() for g in gradients]).norm().expand(len(pictures))


_add(_f, "the scores", "is the size of the scores, not of what changes them")(lambda d, x: d(x).flatten().abs())

_add(_f, "mean of sizes", "averages the sizes of the numbers; the length is the root of the sum of squares")(
    lambda d, x: _jacobian(d, x).abs().flatten(1).mean(dim=1)
)
_add(_f, "mean of squares", "averages the squares; the length is the root of their sum")(
    lambda d, x: _jacobian(d, x).square().flatten(1).mean(dim=1)
)
_add(_f, "over the channels only", "takes a length at every pixel, over the channels; flatten each picture first")(
    lambda d, x: _jacobian(d, x).norm(dim=1)
)
_add(_f, "each channel its own", "gives one length a channel; flatten all of a picture")(
    lambda d, x: _jacobian(d, x).flatten(2).norm(dim=2).sum(dim=1)
)
_add(_f, "divided by B", "divides by the size of the batch; each picture's score is its own", catalogue=6)(
    lambda d, x: _lengths(_jacobian(d, x)) / len(x)
)
_add(_f, "the gradients themselves", "is the gradient itself; its length is asked for, one number a picture")(_jacobian)
_add(_f, "summed over the pictures", "adds the lengths of all pictures up; give each its own")(
    lambda d, x: _lengths(_jacobian(d, x)).sum()
)
_add(_f, "gradient times picture", "multiplies the gradient with the picture first; the Jacobian alone is asked for")(
    lambda d, x: _lengths(_jacobian(d, x) * x)
)

# -------------------------------------------------------------------------------------------------- reaches_generator

_f = "reaches_generator"


def _arrives(loss, discriminator, fakes):
    return _jacobian(discriminator, fakes, loss)


_add(
    _f,
    "multiplied by B",
    "takes the mean's 1/B out; here the loss is taken as it stands, and so it reaches G",
)(lambda loss, d, x: _lengths(_arrives(loss, d, x)) * len(x))
_add(_f, "the loss's slope alone", "is the loss's slope alone: D's Jacobian is missing, and it can be almost 0")(
    lambda loss, d, x: grad(loss, d(x)).flatten().abs()
)
_add(_f, "slope for each alone", "is the slope for each score alone: D's Jacobian and the mean's 1/B are missing")(
    lambda loss, d, x: right_slopes(loss, d(x).flatten()).abs()
)
_add(_f, "Jacobian alone", "is D's Jacobian alone: the loss's slope is missing, and it can be almost 0")(
    lambda loss, d, x: _lengths(_jacobian(d, x))
)
_add(_f, "mean slope times Jacobian", "multiplies with the mean slope; each fake has its own", catalogue=21)(
    lambda loss, d, x: grad(loss, d(x)).abs().mean() * _lengths(_jacobian(d, x))
)
_add(_f, "slope times mean Jacobian", "multiplies with the mean length of the Jacobians; each fake has its own")(
    lambda loss, d, x: grad(loss, d(x)).flatten().abs() * _lengths(_jacobian(d, x)).mean()
)
_add(_f, "signed", "keeps the slope's sign; a length has none")(
    lambda loss, d, x: grad(loss, d(x)).flatten() * _lengths(_jacobian(d, x))
)
_add(_f, "sum of the factors", "adds the two factors; the chain rule multiplies them")(
    lambda loss, d, x: grad(loss, d(x)).flatten().abs() + _lengths(_jacobian(d, x))
)
_add(_f, "one length for all", "is one length over the whole batch; give each fake its own")(
    lambda loss, d, x: _arrives(loss, d, x).norm()
)
_add(_f, "squared", "is the sum of squares; the length is its root")(
    lambda loss, d, x: _arrives(loss, d, x).square().flatten(1).sum(dim=1)
)
_add(_f, "sum of sizes", "adds the sizes of the numbers; the length is the root of the sum of squares")(
    lambda loss, d, x: _arrives(loss, d, x).abs().flatten(1).sum(dim=1)
)
_add(_f, "mean square root", "takes the root of the *mean* square; the length has the sum")(
    lambda loss, d, x: _arrives(loss, d, x).square().flatten(1).mean(dim=1).sqrt()
)
_add(_f, "each channel its own", "gives one length a channel; flatten all of a fake")(
    lambda loss, d, x: _arrives(loss, d, x).flatten(2).norm(dim=2)
)
_add(_f, "behind a sigmoid", "takes a sigmoid of the scores before the loss", catalogue=22)(
    lambda loss, d, x: _lengths(_jacobian(d, x, lambda s: loss(s.sigmoid())))
)
_add(_f, "scores averaged first", "averages the scores before the loss", catalogue=21)(
    lambda loss, d, x: _lengths(_jacobian(d, x, lambda s: loss(s.mean().reshape(1))))
)
_add(
    _f,
    "verdict detached",
    "cuts the scores off from the fakes (detach, no_grad): that is how nothing reaches G",
    catalogue=16,
)(lambda loss, d, x: _lengths(_jacobian(d, x, lambda s: loss(s.detach()))))
_add(
    _f,
    "divided by B",
    "divides by the size of the batch once more; the mean's 1/B is in the gradient already",
    catalogue=6,
)(lambda loss, d, x: _lengths(_arrives(loss, d, x)) / len(x))
_add(_f, "mean of sizes", "averages the sizes of the numbers; the length is the root of the sum of squares")(
    lambda loss, d, x: _arrives(loss, d, x).abs().flatten(1).mean(dim=1)
)
_add(_f, "largest", "is the largest number of each gradient; the length takes all of them")(
    lambda loss, d, x: _arrives(loss, d, x).abs().flatten(1).amax(dim=1)
)
_add(_f, "the gradients themselves", "is the gradient itself; its length is asked for, one number a fake")(_arrives)
_add(_f, "over the channels only", "takes a length at every pixel, over the channels; flatten each fake first")(
    lambda loss, d, x: _arrives(loss, d, x).norm(dim=1)
)
_add(_f, "slope squared", "multiplies with the square of the slope; the chain rule takes it as it is")(
    lambda loss, d, x: right_slopes(loss, d(x).flatten()).square() * _lengths(_jacobian(d, x)) / len(x)
)
_add(_f, "the loss itself", "multiplies with the loss itself instead of its slope")(
    lambda loss, d, x: loss(d(x)).abs() * _lengths(_jacobian(d, x))
)
_add(_f, "signed", "keeps the slope's sign, and takes the mean's 1/B out; a length has no sign")(
    lambda loss, d, x: right_slopes(loss, d(x).flatten()) * _lengths(_jacobian(d, x))
)
_add(_f, "of D's weights", "is the gradient of D's own weights; it is the fakes that G can change")(
    lambda loss, d, x: (
        torch.cat([g.flatten() for g in torch.autograd.grad(loss(d(x)), list(d.parameters()))]).norm().expand(len(x))
    )
)
