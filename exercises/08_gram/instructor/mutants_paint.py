"""Exercise 08, wrong: how the loss network is frozen, and what is optimised."""

import copy

import torch
from torch import nn

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# -------------------------------------------------------------------------------------------------------------- freeze

_f = "freeze"


def _stopped(network, parameters):
    for p in parameters:
        p.requires_grad_(False)
    return network


_add(
    _f,
    "trainable",
    "is left trainable: its parameters ask for a gradient, and an optimiser could move them",
    catalogue=94,
)(lambda n: n.eval())
_add(_f, "partly trainable", "is frozen in part: parameters of inner modules still ask for a gradient", catalogue=94)(
    lambda n: _stopped(n, n.first.parameters()).eval()
)
_add(_f, "partly trainable", "is frozen in part: the biases still ask for a gradient", catalogue=94)(
    lambda n: _stopped(n, [p for name, p in n.named_parameters() if name.endswith("weight")]).eval()
)
_add(_f, "partly trainable", "is frozen in part: what is not a convolution still asks for a gradient", catalogue=94)(
    lambda n: _stopped(n, [p for m in n.modules() if isinstance(m, nn.Conv2d) for p in m.parameters()]).eval()
)
_add(
    _f,
    "in training mode",
    "is left in training mode: dropout and batch norm give another answer each time",
    catalogue=95,
)(lambda n: n.requires_grad_(False))
_add(
    _f,
    "in training mode",
    "is in evaluation mode on the outside alone; the modules inside are in training mode",
    catalogue=95,
)(lambda n: (setattr(n, "training", False), n.requires_grad_(False))[1])
_add(_f, "another network", "freezes a copy; the network that it was given stays as it was")(
    lambda n: copy.deepcopy(n).requires_grad_(False).eval()
)
_add(_f, "nothing done", "is as it was: trainable, and in training mode", catalogue=94)(lambda n: n)
_add(
    _f,
    "evaluated without a gradient",
    "runs without a gradient (`no_grad`): none comes back to the picture",
    catalogue=96,
)(lambda n: torch.no_grad()(n.requires_grad_(False).eval()))
_add(_f, "nothing returned", "returns nothing; return the network")(lambda n: (n.requires_grad_(False).eval(), None)[1])
_add(_f, "its weights lost", "sets its numbers to 0; freezing leaves them as they are")(
    lambda n: (_stopped(n, n.parameters()).eval(), [p.zero_() for p in n.parameters()])[0]
)

# --------------------------------------------------------------------------------------------------------------- paint

_f = "paint"


def painted(start=lambda photo: photo.clone(), seen=lambda x: x, move=lambda x, s, r: x - r * s, count=lambda n: n):
    """Descent with one of its parts exchanged: where it begins, what the network is shown, and how a step is made."""

    def answer(photo, network, objective, steps, rate):
        x = start(photo).requires_grad_()
        for _ in range(count(steps)):
            (slope,) = torch.autograd.grad(objective(network(seen(x))), x)
            x = move(x, slope, rate).detach().requires_grad_()
        return x.detach()

    return answer


def _descend(parameters, loss, steps, rate):
    for _ in range(steps):
        slopes = torch.autograd.grad(loss(), parameters)
        with torch.no_grad():
            for p, slope in zip(parameters, slopes, strict=True):
                p -= rate * slope


@_add(_f, "network optimised", "optimises the network's parameters and leaves the pixels as they are", catalogue=102)
def _(photo, network, objective, steps, rate):
    _descend(list(network.parameters()), lambda: objective(network(photo)), steps, rate)
    return photo.clone()


@_add(_f, "network optimised too", "optimises the network's parameters as well as the pixels", catalogue=102)
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    _descend([x, *network.parameters()], lambda: objective(network(x)), steps, rate)
    return x.detach()


@_add(
    _f, "gradients not cleared", "does not clear the pixels' gradient: each step adds all those before it", catalogue=19
)
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    for _ in range(steps):
        objective(network(x)).backward()
        with torch.no_grad():
            x -= rate * x.grad
    return x.detach()


@_add(
    _f, "one slope for all steps", "takes the slope once and steps with it again and again; it changes with the picture"
)
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    (slope,) = torch.autograd.grad(objective(network(x)), x)
    return (x - steps * rate * slope).detach()


@_add(_f, "only one step", "makes one step however many are asked for, or finds each slope at the photo")
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    (slope,) = torch.autograd.grad(objective(network(x)), x)
    return (x - rate * slope).detach()


_add(_f, "uphill", "steps up the slope: the objective grows", catalogue=13)(painted(move=lambda x, s, r: x + r * s))
_add(_f, "one step too many", "makes one step too many")(painted(count=lambda n: n + 1))
_add(_f, "one step too few", "makes one step too few, or returns the picture before the last")(
    painted(count=lambda n: n - 1)
)
_add(_f, "rate left out", "leaves out the rate: the steps are as large as the slope")(
    painted(move=lambda x, s, r: x - s)
)
_add(_f, "sign of the slope", "steps by the sign of the slope; step by the slope")(
    painted(move=lambda x, s, r: x - r * s.sign())
)
_add(_f, "slope scaled", "scales the slope to length 1; take it as it is")(
    painted(move=lambda x, s, r: x - r * s / s.norm())
)
_add(_f, "slope scaled", "divides the slope by its mean size; take it as it is")(
    painted(move=lambda x, s, r: x - r * s / s.abs().mean())
)
_add(_f, "clipped", "clips the picture to [−1, 1]; here nothing is clipped")(
    painted(move=lambda x, s, r: (x - r * s).clamp(-1, 1))
)
_add(_f, "clipped", "clips the picture to [0, 1]; here nothing is clipped")(
    painted(move=lambda x, s, r: (x - r * s).clamp(0, 1))
)
_add(_f, "not from the photo", "begins with a grey picture; begin with the photo")(painted(torch.zeros_like))
_add(_f, "not from the photo", "begins with a black or white picture; begin with the photo")(painted(torch.ones_like))
_add(_f, "an optimiser of its own", "uses Adam; plain gradient descent is asked for")(
    lambda photo, network, objective, steps, rate: _by(torch.optim.Adam, photo, network, objective, steps, rate)
)
_add(_f, "an optimiser of its own", "uses momentum; plain gradient descent is asked for")(
    lambda photo, network, objective, steps, rate: _by(
        lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9), photo, network, objective, steps, rate
    )
)


def _by(optimizer, photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    of_x = optimizer([x], lr=rate)
    for _ in range(steps):
        of_x.zero_grad()
        objective(network(x)).backward()
        of_x.step()
    return x.detach()


_add(_f, "the change alone", "is the change of the picture, and not the picture")(
    lambda photo, *rest: painted()(photo, *rest) - photo
)


@_add(_f, "the slope", "is the slope, and not the picture")
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    return torch.autograd.grad(objective(network(x)), x)[0]


@_add(_f, "photo changed", "moves the pixels of the photo itself; work on a copy (`clone`)", catalogue=100)
def _(photo, network, objective, steps, rate):
    _descend([photo.requires_grad_()], lambda: objective(network(photo)), steps, rate)
    return photo.detach()


@_add(
    _f,
    "features without a gradient",
    "takes the features under `no_grad` or detached: nothing comes back to the pixels",
    catalogue=96,
)
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    for _ in range(steps):
        with torch.no_grad():
            features = network(x)
        objective(features).backward()
        with torch.no_grad():
            x -= rate * x.grad
    return x.detach()


@_add(
    _f,
    "picture shown without a gradient",
    "shows the network a copy that is cut off from the pixels (`detach`, `.data`): no gradient comes back to them",
    catalogue=96,
)
def _(photo, network, objective, steps, rate):
    x = photo.clone().requires_grad_()
    for _ in range(steps):
        (slope,) = torch.autograd.grad(objective(network(x.detach())), x)
        x = x - rate * slope
    return x


_add(
    _f,
    "nothing moved",
    "does not move the pixels: a gradient is missing, or the step has no effect",
    evidence={"picture is what it was": 1},
)(lambda photo, network, objective, steps, rate: (objective(network(photo)), photo.clone())[1])
