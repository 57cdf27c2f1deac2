"""Exercise 09, wrong: the training step. Where several leave the network alike, facts tell them apart."""

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

_f = "training_step"
BACKWARD, STEPS = "backward passes", "steps of the stylisation network's optimiser"
ON_NOTHING = f"{STEPS} without a gradient"
REACHED = "gradients that reached the stylisation network"


def frozen(network):
    network.eval().requires_grad_(False)


def without_graph(network, x):
    with torch.no_grad():
        return network(x)


def step(
    prepare=frozen,
    mode=lambda t: t.train(),
    made=lambda t, photos: t(photos),
    found=lambda n, output: n(output),
    wanted=without_graph,
    loss=lambda objective, found, wanted, output: objective(found, wanted, output),
    learn=lambda optimizer, loss: (optimizer.zero_grad(), loss.backward(), optimizer.step()),
    told=lambda loss: loss.detach(),
):
    """A step with one of its parts exchanged."""

    def answer(transform, network, optimizer, photos, objective):
        mode(transform)
        prepare(network)
        output = made(transform, photos)
        value = loss(objective, found(network, output), wanted(network, photos), output)
        learn(optimizer, value)
        return told(value)

    return answer


# ------------------------------------------------------------------------------------------------- the loss network

_add(_f, "loss network trainable", "leaves gradients in the loss network's parameters: freeze it", catalogue=94)(
    step(lambda n: n.eval())
)
_add(
    _f,
    "loss network moved",
    "moves the loss network's parameters as well: what it measures changes at every step",
    catalogue=94,
)(
    step(
        lambda n: n.eval(),
        found=lambda n, output: _trainable(n)(output),
        learn=lambda o, loss: (o.zero_grad(), loss.backward(), o.step()),
    )
)


def _trainable(network):
    """The loss network, each of whose gradients is stepped down when it arrives."""
    if not network.__dict__.get("moves"):
        network.moves = True
        for p in network.parameters():
            p.register_post_accumulate_grad_hook(_descend)
    return network


@torch.no_grad()
def _descend(p):
    p -= 0.05 * p.grad
    p.grad = None


_add(_f, "loss network in training mode", "leaves the loss network in training mode", catalogue=95)(
    step(lambda n: n.requires_grad_(False))
)
_add(_f, "loss network in training mode", "leaves the loss network in training mode and trainable", catalogue=95)(
    step(lambda n: n)
)
_add(_f, "in evaluation mode", "leaves the stylisation network in evaluation mode")(step(mode=lambda t: t))
_add(
    _f,
    "both modes wrong",
    "sets neither mode: the loss network trains, and the stylisation network does not",
    catalogue=95,
)(step(lambda n: n.requires_grad_(False), mode=lambda t: t))
_add(_f, "both modes wrong", "sets neither mode, and leaves the loss network trainable", catalogue=95)(
    step(lambda n: n, mode=lambda t: t)
)
_add(
    _f,
    "features of the output without a gradient",
    "asks the loss network under `no_grad`, or detaches its features: what they say teaches nothing",
    catalogue=96,
)(step(found=without_graph))
_add(_f, "found and wanted exchanged", "hands the objective wanted and found in the other order")(
    step(loss=lambda objective, f, w, output: objective(w, f, output))
)
_add(_f, "the photo for the output", "hands the objective the features of the photos twice")(
    step(found=lambda n, output: None, loss=lambda objective, f, w, output: objective(w, w, output))
)
_add(_f, "the output twice", "hands the objective the features of the output twice: nothing holds it to the photo")(
    step(loss=lambda objective, f, w, output: objective(f, [x.detach() for x in f], output))
)
_add(_f, "the output twice", "hands the objective the features of the output twice: nothing holds it to the photo")(
    step(loss=lambda objective, f, w, output: objective(f, f, output))
)
_add(_f, "shallow layer only", "hands the objective the first map alone; all of them are meant")(
    step(loss=lambda objective, f, w, output: objective(f[:1], w[:1], output))
)
_add(_f, "deep layer only", "hands the objective the last map alone; all of them are meant")(
    step(loss=lambda objective, f, w, output: objective(f[-1:], w[-1:], output))
)

# ------------------------------------------------------------------------------------------------------- the gradients

_add(_f, "gradients not cleared", "does not clear the gradients: those of the steps before are added", catalogue=19)(
    step(learn=lambda o, loss: (loss.backward(), o.step()))
)
_add(
    _f,
    "cleared after the first step only",
    "clears the gradients after the step, so the first step has an old one",
    catalogue=19,
)(step(learn=lambda o, loss: (loss.backward(), o.step(), o.zero_grad())))
_add(
    _f,
    "cleared before the step",
    "clears the gradients between backward and step, so nothing moves",
    catalogue=19,
    evidence={BACKWARD: 2, STEPS: 2, ON_NOTHING: 2},
)(step(learn=lambda o, loss: (loss.backward(), o.zero_grad(), o.step())))
_add(_f, "step forgotten", "never lets the optimiser step", evidence={STEPS: 0, BACKWARD: 2, REACHED: 1})(
    step(learn=lambda o, loss: (o.zero_grad(), loss.backward()))
)
_add(
    _f,
    "backward forgotten",
    "never goes backward: the optimiser steps and finds no gradient",
    evidence={BACKWARD: 0, STEPS: 2, ON_NOTHING: 2},
)(step(learn=lambda o, loss: (o.zero_grad(), o.step())))
_add(
    _f,
    "backward forgotten",
    "never goes backward, and never clears: the optimiser steps with an old gradient",
    evidence={BACKWARD: 0},
)(step(learn=lambda o, loss: o.step()))
_add(_f, "nothing learnt", "computes the loss and does nothing with it", evidence={BACKWARD: 0, STEPS: 0})(
    step(learn=lambda o, loss: None)
)
_add(_f, "two steps", "lets the optimiser step twice on one gradient", evidence={STEPS: 4})(
    step(learn=lambda o, loss: (o.zero_grad(), loss.backward(), o.step(), o.step()))
)
_add(
    _f,
    "step before backward",
    "steps before it goes backward: each step uses the gradient of the one before",
    catalogue=19,
)(step(learn=lambda o, loss: (o.step(), o.zero_grad(), loss.backward())))
_add(_f, "uphill", "goes up the loss: its sign is turned", catalogue=5)(
    step(learn=lambda o, loss: (o.zero_grad(), (-loss).backward(), o.step()))
)
_add(_f, "loss halved", "halves the loss before it goes backward", catalogue=7)(
    step(learn=lambda o, loss: (o.zero_grad(), (loss / 2).backward(), o.step()))
)
_add(_f, "divided by the batch", "divides the loss by the number of photos once more", catalogue=80)(
    step(loss=lambda objective, f, w, output: objective(f, w, output) / len(output))
)


@_add(
    _f,
    "pixels optimised",
    "moves the output's pixels and not the network that made them",
    catalogue=102,
    evidence={BACKWARD: 2, STEPS: 0, REACHED: 0},
)
def _(transform, network, optimizer, photos, objective):
    transform.train()
    frozen(network)
    output = transform(photos).detach().requires_grad_()
    loss = objective(network(output), without_graph(network, photos), output)
    optimizer.zero_grad()
    loss.backward()
    with torch.no_grad():
        output -= 0.05 * output.grad
    return loss.detach()
