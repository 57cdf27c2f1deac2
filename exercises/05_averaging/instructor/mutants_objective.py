"""Exercise 05, wrong: the generator's objective and the perceptual distance."""

import torch
from torch.nn import functional as F

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------ generator_objective

_f = "generator_objective"


def mse(a, b):
    return (a - b).square().mean()


def wish(scores):
    return F.softplus(-scores).mean()


def objective(distance=mse, adversarial=wish, total=lambda content, adv, w: content + w * adv):
    """The objective with one of its parts exchanged."""
    return lambda d, f, truth, fake, w: total(distance(f(fake), f(truth)), adversarial(d(fake)), w)


_add(_f, "D shown the features", "shows D the features; D judges pictures, the features are for the first term")(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * wish(d(f(fake)))
)
_add(
    _f,
    "weight omitted",
    "leaves out the weight of the adversarial loss: it would be a thousand times what the paper has",
    catalogue=113,
)(objective(total=lambda content, adv, w: content + adv))
_add(
    _f, "weight on the content", "puts the weight on the content loss; it belongs to the adversarial one", catalogue=113
)(objective(total=lambda content, adv, w: w * content + adv))
_add(_f, "weight on both", "puts the weight on both losses; it belongs to the adversarial one", catalogue=113)(
    objective(total=lambda content, adv, w: w * (content + adv))
)
_add(_f, "weights that add up to 1", "gives the content loss the weight 1 − w; it has the weight 1", catalogue=113)(
    objective(total=lambda content, adv, w: (1 - w) * content + w * adv)
)
_add(_f, "a weight of its own", "writes 10⁻³ into the code instead of the weight that is given", catalogue=113)(
    objective(total=lambda content, adv, w: content + 1e-3 * adv)
)
_add(_f, "a weight of its own", "multiplies the weight that is given by 10⁻³ once more", catalogue=113)(
    objective(total=lambda content, adv, w: content + 1e-3 * w * adv)
)
_add(_f, "divided by the weight", "divides by the weight, or has its root; multiply by it", catalogue=113)(
    objective(total=lambda content, adv, w: content + w**0.5 * adv)
)
_add(_f, "content only", "has the content loss only: that trains SRResNet, whose answer is the average", catalogue=4)(
    objective(total=lambda content, adv, w: content)
)
_add(
    _f,
    "adversary only",
    "has the adversarial loss only (or a content loss that is always 0): nothing says which picture it should be",
    catalogue=3,
)(objective(total=lambda content, adv, w: w * adv))
_add(_f, "content in pixels", "takes the content loss on the pixels; here it is on the features")(
    lambda d, f, truth, fake, w: mse(fake, truth) + w * wish(d(fake))
)
_add(_f, "pixels and features", "adds a loss on the pixels to that on the features, which nobody asked for here")(
    lambda d, f, truth, fake, w: mse(fake, truth) + mse(f(fake), f(truth)) + w * wish(d(fake))
)
_add(_f, "features of the difference", "takes the features of the difference; take the difference of the features")(
    lambda d, f, truth, fake, w: f(fake - truth).square().mean() + w * wish(d(fake))
)
_add(_f, "L1 for L2", "takes absolute differences of the features; SRGAN squares them", catalogue=43)(
    objective(lambda a, b: (a - b).abs().mean())
)
_add(_f, "root of the mean square", "takes the root of the mean square of the features")(
    objective(lambda a, b: mse(a, b).sqrt())
)
_add(_f, "square of the mean", "squares the mean difference of the features; square first, then average")(
    objective(lambda a, b: (a - b).mean().square())
)
_add(_f, "content summed", "sums the squared differences instead of averaging them", catalogue=6)(
    objective(lambda a, b: (a - b).square().sum())
)
_add(_f, "content summed", "sums the squared differences of each picture and averages over the batch", catalogue=87)(
    objective(lambda a, b: (a - b).square().sum() / len(a))
)
_add(_f, "content halved", "has a ½ on the content loss; here it is the plain mean", catalogue=87)(
    objective(lambda a, b: mse(a, b) / 2)
)
_add(_f, "adversary halved", "has a ½ on the adversarial loss; here it is the plain mean", catalogue=7)(
    objective(adversarial=lambda s: wish(s) / 2)
)
_add(_f, "all of it halved", "has a ½ on everything", catalogue=7)(
    objective(total=lambda content, adv, w: (content + w * adv) / 2)
)
_add(_f, "adversary summed", "sums the adversarial loss over the scores instead of averaging", catalogue=6)(
    objective(adversarial=lambda s: F.softplus(-s).sum())
)
_add(_f, "adversary summed", "sums the adversarial loss over the pictures or the patches of each", catalogue=6)(
    objective(adversarial=lambda s: F.softplus(-s).sum() / len(s))
)
_add(_f, "sign turned", "subtracts the adversarial loss: minimising it would teach G to be found out", catalogue=5)(
    objective(total=lambda content, adv, w: content - w * adv)
)
_add(_f, "saturating", "takes the saturating loss, mean log(1 − σ(s)): its slope is 0 where D is sure", catalogue=12)(
    objective(adversarial=lambda s: -F.softplus(s).mean())
)
_add(_f, "target of the fakes", "tells G to make its pictures look fake: the target must be 1", catalogue=13)(
    objective(adversarial=lambda s: F.softplus(s).mean())
)
_add(_f, "D's own loss", "is D's loss on real and fake; G has a part in the fake's score only", catalogue=2)(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * (wish(d(truth)) + F.softplus(d(fake)).mean())
)
_add(_f, "D shown the truth", "shows D the truth; G learns from what D says of its own picture", catalogue=40)(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * wish(d(truth))
)
_add(_f, "D shown both", "adds the score of the truth, on which G has no influence", catalogue=40)(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * (wish(d(fake)) + wish(d(truth)))
)
_add(_f, "D shown a pair", "shows D a pair, as pix2pix does; SRGAN's D sees one picture", catalogue=39)(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * wish(d(torch.cat([truth, fake], dim=1)))
)
_add(_f, "D shown a pair", "shows D a pair, as pix2pix does; SRGAN's D sees one picture", catalogue=39)(
    lambda d, f, truth, fake, w: mse(f(fake), f(truth)) + w * wish(d(torch.cat([fake, truth], dim=1)))
)
_add(_f, "least squares", "takes the squares of CycleGAN for an adversarial loss; SRGAN has the cross-entropy")(
    objective(adversarial=lambda s: (s - 1).square().mean())
)
_add(_f, "scores alone", "takes minus the mean score, as Wasserstein and hinge do; SRGAN has the cross-entropy")(
    objective(adversarial=lambda s: -s.mean())
)
_add(_f, "log of the mean probability", "averages the probabilities before the logarithm", catalogue=11)(
    objective(adversarial=lambda s: -s.sigmoid().mean().log())
)
_add(_f, "patches averaged first", "averages each picture's patches before the loss; every score counts", catalogue=33)(
    objective(adversarial=lambda s: wish(s.mean(dim=(1, 2, 3))))
)
_add(_f, "patches averaged first", "averages all scores before the loss; every score counts", catalogue=33)(
    objective(adversarial=lambda s: wish(s.mean()))
)
_add(_f, "sigmoid twice", "takes the sigmoid twice", catalogue=9)(objective(adversarial=lambda s: wish(s.sigmoid())))
_add(_f, "probability not logarithm", "takes 1 − σ(s) without the logarithm")(
    objective(adversarial=lambda s: (1 - s.sigmoid()).mean())
)
_add(_f, "scores detached", "detaches D's scores (or shows D a detached picture): D teaches G nothing", catalogue=14)(
    objective(adversarial=lambda s: wish(s.detach()))
)
_add(
    _f,
    "features of the fake detached",
    "takes the fake's features without a gradient: the content teaches G nothing",
    catalogue=96,
)(objective(lambda a, b: mse(a.detach(), b)))
_add(
    _f,
    "the fake detached",
    "detaches the fake everywhere: nothing teaches G anything",
    catalogue=14,
    evidence={"kind of the loss": 0},
)(lambda d, f, truth, fake, w: objective()(d, f, truth, fake.detach(), w))
_add(_f, "smoothed", "smooths the target to 0.9, which nobody asked for here", catalogue=18)(
    objective(adversarial=lambda s: F.binary_cross_entropy_with_logits(s, torch.full_like(s, 0.9)))
)


@_add(_f, "D frozen", "freezes D's parameters and leaves them so: D's next step changes nothing")
def _(d, f, truth, fake, w):
    for p in d.parameters():
        p.requires_grad_(False)
    return mse(f(fake), f(truth)) + w * wish(d(fake))


# ------------------------------------------------------------------------------------------------ perceptual_distance

_f = "perceptual_distance"


def mean(layers):
    """Over the layers; they may come one by one."""
    layers = list(layers)
    return sum(layers) / len(layers)


def unit(t):
    return F.normalize(t, dim=1)


def distance(scaled=unit, layer=lambda d: d.square().sum(dim=1).mean(dim=(1, 2)), over=mean):
    """The distance with one of its parts exchanged."""
    return lambda a, b: over([layer(scaled(x) - scaled(y)) for x, y in zip(a, b, strict=True)])


_add(_f, "not scaled", "compares the features as they are; a vector of each position has the length 1 first")(
    distance(lambda t: t)
)
_add(_f, "whole map scaled", "scales the whole map of a layer to length 1; each position has its own vector")(
    distance(lambda t: t / t.flatten(1).norm(dim=1).reshape(-1, 1, 1, 1))
)
_add(_f, "scaled over the positions", "scales each channel over its positions; scale the vector of each position")(
    distance(lambda t: t / t.flatten(2).norm(dim=2)[..., None, None])
)
_add(_f, "scaled along a row", "scales along a row or column; the vector of a position runs along the channels")(
    distance(lambda t: F.normalize(t, dim=-1))
)
_add(_f, "scaled along a row", "scales along a row or column; the vector of a position runs along the channels")(
    distance(lambda t: F.normalize(t, dim=2))
)
_add(_f, "scaled over the batch", "scales over the pictures of the batch; what one picture gets depends on the others")(
    distance(lambda t: F.normalize(t, dim=0))
)
_add(
    _f, "sum of the absolute values", "scales by the sum of the absolute values; the length is the root of the squares"
)(distance(lambda t: F.normalize(t, p=1, dim=1)))
_add(_f, "by its largest", "scales by the largest feature of each position; the length is the root of the squares")(
    distance(lambda t: t / t.amax(dim=1, keepdim=True))
)
_add(_f, "divided by the square", "divides by the squared length: the root is missing")(
    distance(lambda t: t / t.square().sum(dim=1, keepdim=True))
)
_add(_f, "unit root mean square", "scales to a root mean square of 1: each layer then counts C times as much")(
    distance(lambda t: t / t.square().mean(dim=1, keepdim=True).sqrt())
)
_add(_f, "softmax", "takes a softmax over the channels; scale to length 1")(distance(lambda t: t.softmax(dim=1)))
_add(_f, "centred", "takes the mean off each vector before it is scaled; scale it as it is")(
    distance(lambda t: unit(t - t.mean(dim=1, keepdim=True)))
)
_add(_f, "the difference scaled", "scales the difference to length 1: then every position counts 1, however alike")(
    lambda a, b: mean(unit(x - y).square().sum(dim=1).mean(dim=(1, 2)) for x, y in zip(a, b, strict=True))
)
_add(_f, "scaled by one of the two", "divides both by the length of the first; each has its own length")(
    lambda a, b: mean(
        ((x - y) / x.norm(dim=1, keepdim=True).clamp(min=1e-12)).square().sum(dim=1).mean(dim=(1, 2))
        for x, y in zip(a, b, strict=True)
    )
)
_add(
    _f,
    "averaged over the channels",
    "averages over the channels; sum over them, average over the positions",
    catalogue=6,
)(distance(layer=lambda d: d.square().mean(dim=(1, 2, 3))))
_add(_f, "summed over the positions", "sums over the positions: large maps count more. Average over them", catalogue=6)(
    distance(layer=lambda d: d.square().sum(dim=(1, 2, 3)))
)
_add(_f, "sum over the layers", "sums over the layers, as LPIPS does; here they are averaged", catalogue=6)(
    distance(over=sum)
)
_add(_f, "one layer", "has one of the layers only; average over all")(distance(over=lambda layers: layers[-1]))
_add(_f, "one layer", "has one of the layers only; average over all")(distance(over=lambda layers: layers[0]))
_add(_f, "one number for all", "averages over the pictures as well; one value a picture is asked for")(
    distance(layer=lambda d: d.square().sum(dim=1).mean())
)
_add(_f, "one value a layer", "gives one value a layer and picture; average over the layers")(
    distance(over=lambda layers: torch.stack(layers))
)
_add(_f, "a map", "gives a map of distances; average over the positions")(
    lambda a, b: (unit(a[0]) - unit(b[0])).square().sum(dim=1)
)
_add(_f, "absolute differences", "takes absolute differences; take squares")(
    distance(layer=lambda d: d.abs().sum(dim=1).mean(dim=(1, 2)))
)
_add(_f, "not squared", "takes the distance of the unit vectors; take its square")(
    distance(layer=lambda d: d.norm(dim=1).mean(dim=(1, 2)))
)
_add(_f, "root at the end", "takes a root of each layer's value; leave the squares")(
    distance(layer=lambda d: d.square().sum(dim=1).mean(dim=(1, 2)).sqrt())
)
_add(_f, "root at the end", "takes a root of the mean; leave the squares")(
    distance(over=lambda layers: mean(layers).sqrt())
)
_add(_f, "square of the mean", "averages the difference over the positions before it is squared: shifts are lost")(
    distance(layer=lambda d: d.mean(dim=(2, 3)).square().sum(dim=1))
)
_add(_f, "averaged before it is scaled", "averages the features over the positions first, and compares what is left")(
    lambda a, b: mean(
        (F.normalize(x.mean(dim=(2, 3)), dim=1) - F.normalize(y.mean(dim=(2, 3)), dim=1)).square().sum(dim=1)
        for x, y in zip(a, b, strict=True)
    )
)
_add(_f, "one minus the cosine", "is 1 − cosine: half the squared distance of two unit vectors", catalogue=7)(
    lambda a, b: mean(
        (1 - F.cosine_similarity(x, y, dim=1, eps=1e-12)).mean(dim=(1, 2)) for x, y in zip(a, b, strict=True)
    )
)
_add(_f, "the cosine", "is the cosine: 1 for equal pictures. A distance is 0 for them")(
    lambda a, b: mean(F.cosine_similarity(x, y, dim=1, eps=1e-12).mean(dim=(1, 2)) for x, y in zip(a, b, strict=True))
)
_add(_f, "Gram matrices", "compares Gram matrices, which do not know where things are; compare position by position")(
    lambda a, b: mean(
        (torch.einsum("bchw,bdhw->bcd", x, x) - torch.einsum("bchw,bdhw->bcd", y, y)).square().mean(dim=(1, 2))
        for x, y in zip(a, b, strict=True)
    )
)
_add(_f, "NaN where nothing is active", "divides by 0 where all features are 0: keep the vector 0 there")(
    distance(lambda t: t / t.norm(dim=1, keepdim=True))
)
for _e in (1, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
    _add(
        _f,
        "a large number against 0",
        f"adds {_e:g} to the length, against division by 0: short vectors lose by it. 10⁻¹⁰ is enough",
    )(distance(lambda t, e=_e: t / (t.norm(dim=1, keepdim=True) + e)))
