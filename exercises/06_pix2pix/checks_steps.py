"""Exercise 06: how a training step, and translating with the result, are looked at."""

import torch
from checks_pairs import pairs
from torch import Tensor, nn

from course_lib.grading.tools import (
    Critic,
    Descent,
    count,
    left_frozen,
    note,
    picture_like,
    random_tensor,
    watch_parameters,
    weights_of,
)

# ---------------------------------------------------------------------------------------------------- a step, and use


class TinyGenerator(nn.Module):
    """Two layers, enough for a step to be seen. Counts how often a gradient has come back through it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.backward_passes = 0

    def forward(self, x: Tensor) -> Tensor:
        out = torch.tanh(nn.functional.conv2d(x, self.weight, padding=1))
        if out.requires_grad:
            out.register_hook(self._count)
        return out

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


def step_given(seed: int) -> dict[str, Tensor]:
    given = pairs(seed)
    return {
        "x": given["x"],
        "y": given["y"],
        "critic": given["critic"],
        "generator": random_tensor(seed + 50, 3, 3, 3, 3, scale=0.4),
    }


def _run_steps(answer, given, rate: float):
    generator, critic = TinyGenerator(given["generator"]), Critic(given["critic"])
    before = weights_of(generator), weights_of(critic)
    watch_parameters(generator, "G")
    watch_parameters(critic, "D")
    count("scored", 0)
    optimizer_g, optimizer_d = Descent(generator.parameters(), rate, "G"), Descent(critic.parameters(), 3 * rate, "D")
    found = {}
    for when in ("", " in two steps"):
        answer(generator, critic, optimizer_g, optimizer_d, given["x"], given["y"], 10.0)
        found[f"change of D's parameters{when}"] = weights_of(critic) - before[1]
        found[f"change of G's parameters{when}"] = weights_of(generator) - before[0]
        # Noted after each step: what froze a network in the first can stop the second.
        note("parameters left frozen", left_frozen(generator, critic))
        moved_d, moved_g = (bool(found[f"change of {who}'s parameters{when}"].any()) for who in "DG")
        by_hand = (moved_d and optimizer_d.idle) or (moved_g and optimizer_g.idle)
        note("moved by hand", by_hand)
    found["number of parameters left frozen"] = left_frozen(generator, critic)
    found["answer to “does a network move without its optimiser?” (1: yes)"] = by_hand
    return generator, found


def run_step(answer, given):
    return _run_steps(answer, given, rate=0.01)[1]


def run_wasted_gradient(answer, given):
    generator, _ = _run_steps(answer, given, rate=0.001)
    return {"number of gradients sent back through the generator": generator.backward_passes}


class NoisyGenerator(nn.Module):
    """Dropout after a layer: the only noise there is, as in the paper."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight, self.dropout = nn.Parameter(weight.detach().clone()), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.dropout(nn.functional.conv2d(x, self.weight, padding=1)))


def run_translate(answer, given):
    found = {}
    for mode in (False, True):
        generator = NoisyGenerator(given["generator"]).train(mode)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(7)
            outputs = [picture_like(answer(generator, given["x"]), "the picture") for _ in range(2)]
        label = f"from a network found in {'training' if mode else 'evaluation'} mode"
        found[f"share of pixels that differ between two translations, {label}"] = (
            (outputs[0] != outputs[1]).double().mean()
        )
        found[f"picture, {label}"] = outputs[0]
        found[f"number of outputs that carry a gradient, {label}"] = sum(o.requires_grad for o in outputs)
    return found
