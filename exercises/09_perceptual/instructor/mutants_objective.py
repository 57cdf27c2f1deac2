"""Exercise 09, wrong: the objective of a stylisation network."""

import torch

from course_lib.grading.checks import MutantList
from course_lib.grading.tools import WITHOUT_GRAPH

MUTANTS = MutantList()
_add = MUTANTS.add

_f = "perceptual_objective"


def near(f, p):
    return (f - p.detach()).square().mean()


def styled(found, grams):
    total = 0
    for f, a in zip(found, grams, strict=True):
        rows = f.flatten(2)
        gram = rows @ rows.transpose(1, 2) / f[0].numel()
        total = total + (gram - a.detach()).square().sum(dim=(1, 2)).mean()
    return total


def down(p):
    return p[:, :, 1:] - p[:, :, :-1]


def right(p):
    return p[..., 1:] - p[..., :-1]


def rough(p):
    return down(p).abs().mean() + right(p).abs().mean()


def weighted(terms, weights):
    return sum(w * t for w, t in zip(weights, terms, strict=True))


def objective(
    seen=lambda network, output: network(output),
    kept=lambda network, photo: [f.detach() for f in network(photo)],
    content=lambda found, wanted, layer: near(found[layer], wanted[layer]),
    style=lambda found, wanted, grams: styled(found, grams),
    variation=lambda output, photo: rough(output),
    total=weighted,
):
    """The objective with one of its parts exchanged."""

    def answer(network, output, photo, layer, grams, weights):
        found, wanted = seen(network, output), kept(network, photo)
        terms = content(found, wanted, layer), style(found, wanted, grams), variation(output, photo)
        return total(terms, weights)

    return answer


# ------------------------------------------------------------------------------------------------------------- weights

_add(_f, "weights left out", "leaves the weights out")(objective(total=lambda t, w: sum(t)))
_add(_f, "weights in another order", "has the weights of content and style exchanged")(
    objective(total=lambda t, w: w[1] * t[0] + w[0] * t[1] + w[2] * t[2])
)
_add(_f, "weights in another order", "has the weights of content and total variation exchanged")(
    objective(total=lambda t, w: w[2] * t[0] + w[1] * t[1] + w[0] * t[2])
)
_add(_f, "weights in another order", "has the weights of style and total variation exchanged")(
    objective(total=lambda t, w: w[0] * t[0] + w[2] * t[1] + w[1] * t[2])
)
_add(_f, "divided by the weights", "divides by the sum of the weights: they are no shares", catalogue=89)(
    objective(total=lambda t, w: weighted(t, w) / sum(w))
)
_add(_f, "terms averaged", "is a mean of the three weighted terms; add them", catalogue=89)(
    objective(total=lambda t, w: weighted(t, w) / 3)
)
_add(_f, "no variation", "leaves out the total variation")(objective(total=lambda t, w: w[0] * t[0] + w[1] * t[1]))
_add(_f, "no style", "leaves out the style")(objective(total=lambda t, w: w[0] * t[0] + w[2] * t[2]))
_add(_f, "no content", "leaves out the content")(objective(total=lambda t, w: w[1] * t[1] + w[2] * t[2]))
_add(_f, "variation not weighted", "leaves out the weight of the total variation")(
    objective(total=lambda t, w: w[0] * t[0] + w[1] * t[1] + t[2])
)
_add(_f, "style not weighted", "leaves out the weight of the style")(
    objective(total=lambda t, w: w[0] * t[0] + t[1] + w[2] * t[2])
)
_add(_f, "content not weighted", "leaves out the weight of the content")(
    objective(total=lambda t, w: t[0] + w[1] * t[1] + w[2] * t[2])
)
_add(_f, "a term taken off", "takes a weighted term off; all three are added", catalogue=5)(
    objective(total=lambda t, w: w[0] * t[0] - w[1] * t[1] + w[2] * t[2])
)
_add(_f, "a term taken off", "takes a weighted term off; all three are added", catalogue=5)(
    objective(total=lambda t, w: w[0] * t[0] + w[1] * t[1] - w[2] * t[2])
)
_add(_f, "three values", "gives three numbers; add them")(
    objective(total=lambda t, w: torch.stack([a * b for a, b in zip(w, t, strict=True)]))
)

# --------------------------------------------------------------------------------------------------- content and style

_add(_f, "content in all layers", "adds the content of all layers; it is that of one, number `layer`")(
    objective(content=lambda f, w, layer: sum(near(a, b) for a, b in zip(f, w, strict=True)))
)
_add(_f, "content in all layers", "averages the content over all layers; it is that of one, number `layer`")(
    objective(content=lambda f, w, layer: sum(near(a, b) for a, b in zip(f, w, strict=True)) / len(f))
)
_add(_f, "content in another layer", "takes the content from the first layer and not from number `layer`")(
    objective(content=lambda f, w, layer: near(f[0], w[0]))
)
_add(_f, "content in another layer", "takes the content from the last layer and not from number `layer`")(
    objective(content=lambda f, w, layer: near(f[-1], w[-1]))
)
_add(_f, "content in pixels", "compares output and photo in pixels; compare their features")(
    lambda n, o, p, layer, g, w: w[0] * near(o, p) + w[1] * styled(n(o), g) + w[2] * rough(o)
)
_add(_f, "content with the style", "compares the Gram matrices of the photo for a content loss; compare the features")(
    objective(
        content=lambda f, w, layer: styled(
            [f[layer]], [(x := w[layer].flatten(2)) @ x.transpose(1, 2) / w[layer][0].numel()]
        )
    )
)
_add(_f, "content halved", "has the ½ of Gatys' content loss, which is Johnson's here", catalogue=87)(
    objective(content=lambda f, w, layer: near(f[layer], w[layer]) / 2)
)
_add(_f, "content summed", "adds the content over everything; Johnson's is a mean", catalogue=87)(
    objective(content=lambda f, w, layer: (f[layer] - w[layer]).square().sum())
)
_add(_f, "content summed", "has Gatys' content loss, ½ of a sum; Johnson's is a mean", catalogue=87)(
    objective(content=lambda f, w, layer: (f[layer] - w[layer]).square().sum() / 2 / len(f[layer]))
)
_add(_f, "style of the photo", "takes the style of the photo; the output should get that of the painting")(
    objective(style=lambda f, w, g: styled(w, g))
)
_add(_f, "style of the photo", "takes the style of the photo, and sends a gradient to it")(
    objective(
        kept=lambda n, p: n(p),
        content=lambda f, w, layer: near(f[layer], w[layer]),
        style=lambda f, w, g: styled(w, g),
    )
)
_add(_f, "style in one layer", "takes the style in the content's layer alone; it is that of all")(
    lambda n, o, p, layer, g, w: (
        (f := n(o)) and w[0] * near(f[layer], n(p)[layer]) + w[1] * styled([f[layer]], [g[layer]]) + w[2] * rough(o)
    )
)
_add(_f, "style in one layer", "takes the style in the deepest layer alone; it is that of all")(
    objective(style=lambda f, w, g: styled(f[-1:], g[-1:]))
)
_add(_f, "style averaged over the layers", "averages the style over the layers; add them", catalogue=89)(
    objective(style=lambda f, w, g: styled(f, g) / len(f))
)
_add(_f, "style with a quarter", "has the ¼ of Gatys' style loss; Johnson's has none", catalogue=7)(
    objective(style=lambda f, w, g: styled(f, g) / 4)
)

# ------------------------------------------------------------------------------------------------------------ variation

_add(_f, "variation of the photo", "smooths the photo; it is the output's total variation")(
    objective(variation=lambda o, p: rough(p))
)
_add(_f, "variation in one direction", "has the vertical steps alone", catalogue=90)(
    objective(variation=lambda o, p: down(o).abs().mean())
)
_add(_f, "variation in one direction", "has the horizontal steps alone", catalogue=90)(
    objective(variation=lambda o, p: right(o).abs().mean())
)
_add(_f, "variation over the channels", "takes differences of the channels for a total variation", catalogue=91)(
    objective(variation=lambda o, p: (o[:, 1:] - o[:, :-1]).abs().mean() + down(o).abs().mean())
)
_add(_f, "variation over the channels", "takes differences of the channels as well", catalogue=91)(
    objective(variation=lambda o, p: (o[:, 1:] - o[:, :-1]).abs().mean() + rough(o))
)
_add(_f, "variation wrapped around", "makes the last pixel a neighbour of the first (`roll`)", catalogue=92)(
    objective(variation=lambda o, p: (o - o.roll(1, 2)).abs().mean() + (o - o.roll(1, 3)).abs().mean())
)
_add(_f, "variation squared", "squares the steps of the total variation", catalogue=93)(
    objective(variation=lambda o, p: down(o).square().mean() + right(o).square().mean())
)
_add(_f, "variation squared", "squares the steps of the total variation, and adds them", catalogue=93)(
    objective(variation=lambda o, p: down(o).square().sum() + right(o).square().sum())
)
_add(_f, "variation summed", "adds the steps of the total variation; it is a mean", catalogue=6)(
    objective(variation=lambda o, p: down(o).abs().sum() + right(o).abs().sum())
)
_add(_f, "variation summed", "adds the steps of each picture; it is a mean", catalogue=6)(
    objective(variation=lambda o, p: (down(o).abs().sum() + right(o).abs().sum()) / len(o))
)
_add(_f, "variation of the features", "takes the total variation of features; it is that of the output")(
    lambda n, o, p, layer, g, w: (
        (f := n(o)) and w[0] * near(f[layer], n(p)[layer]) + w[1] * styled(f, g) + w[2] * rough(f[layer])
    )
)

# ------------------------------------------------------------------------------------------------------------- gradients

_add(
    _f,
    "features of the output without a gradient",
    "takes the output's features under `no_grad` or detached: content and style teach nothing",
    catalogue=96,
)(objective(seen=lambda n, o: [f.detach() for f in n(o)]))
_add(
    _f,
    "output detached",
    "detaches the output everywhere: nothing teaches the network anything",
    catalogue=96,
    evidence={"kind of the loss": WITHOUT_GRAPH},
)(lambda n, o, *rest: objective()(n, o.detach(), *rest))
_add(_f, "photo with a gradient", "sends a gradient to the photo's features, which are a constant", catalogue=88)(
    objective(kept=lambda n, p: n(p), content=lambda f, w, layer: (f[layer] - w[layer]).square().mean())
)
_add(
    _f,
    "Gram matrices with a gradient",
    "sends a gradient to the painting's Gram matrices, which are constants",
    catalogue=88,
)(
    objective(
        style=lambda found, w, grams: sum(
            ((r := f.flatten(2)) @ r.transpose(1, 2) / f[0].numel() - a).square().sum(dim=(1, 2)).mean()
            for f, a in zip(found, grams, strict=True)
        )
    )
)
_add(
    _f,
    "content detached",
    "compares with the output detached and the photo not: the content teaches nothing",
    catalogue=88,
)(objective(kept=lambda n, p: n(p), content=lambda f, w, layer: (f[layer].detach() - w[layer]).square().mean()))
