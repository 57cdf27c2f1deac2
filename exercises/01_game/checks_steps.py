"""Exercise 01: how the two steps and the game of two numbers are looked at."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Plot
from course_lib.grading.tools import (
    Descent,
    count,
    left_frozen,
    note,
    picture_like,
    random_tensor,
    several,
    variation,
    watch_parameters,
    watch_scores,
    weights_of,
)

# -------------------------------------------------------------------------------------------------------------- steps


class TinyGenerator(nn.Module):
    """Noise (M, 3) to points (M, 2). Counts how often a gradient has come back through it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.backward_passes = 0

    def forward(self, noise: Tensor) -> Tensor:
        count("G made fakes")
        out = torch.tanh(noise @ self.weight) + 0.3 * noise[:, :2]
        if out.requires_grad:
            out.register_hook(self._count)
        return out

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


class TinyDiscriminator(nn.Module):
    """Points (N, 2) to logits (N, 1): two layers, neither linear nor symmetric in its inputs. Knows the reals by
    sight."""

    def __init__(self, inner: Tensor, outer: Tensor, real: Tensor | None = None) -> None:
        super().__init__()
        self.inner, self.outer = nn.Parameter(inner.detach().clone()), nn.Parameter(outer.detach().clone())
        self.real = real

    def forward(self, points: Tensor) -> Tensor:
        logits = torch.tanh(points @ self.inner) @ self.outer + 0.2 * points[:, :1]
        shown_reals = self.real is not None and points.shape == self.real.shape and bool((points == self.real).all())
        return watch_scores(logits, of=" of reals" if shown_reals else " of fakes")


def step_given(seed: int) -> dict[str, Tensor]:
    return {
        "real": random_tensor(seed + 10, 4, 2, shift=0.8),
        "noise": random_tensor(seed + 11, 6, 3),
        "generator": random_tensor(seed + 12, 3, 2, scale=0.7),
        "inner": random_tensor(seed + 13, 2, 5, scale=0.8),
        "outer": random_tensor(seed + 14, 5, 1),
    }


def _run_steps(given, step, stale: str):
    """Two steps. Before the first, the gradients of the network that is to learn hold something old."""
    generator = TinyGenerator(given["generator"])
    discriminator = TinyDiscriminator(given["inner"], given["outer"], given["real"])
    for p in (discriminator if stale == "D" else generator).parameters():
        p.grad = 0.4 * p.detach() + 0.3
    watch_parameters(discriminator, "D")
    watch_parameters(generator, "G")
    optimizer_g, optimizer_d = (
        Descent(generator.parameters(), 0.05, "G"),
        Descent(discriminator.parameters(), 0.15, "D"),
    )
    for of in (" of reals", " of fakes"):
        count(f"scored{of}", 0)
        count(f"scored without a graph{of}", 0)
        count(f"gradients that came back to the scores{of}", 0)
    before, found = (weights_of(generator), weights_of(discriminator)), {}
    for when in ("", " in two steps"):
        step(generator, discriminator, optimizer_g, optimizer_d)
        found[f"change of D's parameters{when}"] = weights_of(discriminator) - before[1]
        found[f"change of G's parameters{when}"] = weights_of(generator) - before[0]
        # Noted after each step: what froze a network in the first can stop the second.
        note("parameters left frozen", left_frozen(generator, discriminator))
        moved_d, moved_g = (bool(found[f"change of {who}'s parameters{when}"].any()) for who in "DG")
        by_hand = (moved_d and optimizer_d.idle) or (moved_g and optimizer_g.idle)
        note("moved by hand", by_hand)
    found["number of parameters left frozen"] = left_frozen(generator, discriminator)
    found["answer to “does a network move without its optimiser?” (1: yes)"] = by_hand
    return generator, found


def _discriminator_steps(answer, given):
    return _run_steps(given, lambda g, d, og, od: answer(g, d, og, od, given["real"], given["noise"]), stale="D")


def run_discriminator_step(answer, given):
    return _discriminator_steps(answer, given)[1]


def run_wasted_gradient(answer, given):
    generator, _ = _discriminator_steps(answer, given)
    return {"number of gradients sent back through the generator": generator.backward_passes}


def run_generator_step(answer, given):
    return _run_steps(given, lambda g, d, og, od: answer(g, d, og, od, given["noise"]), stale="G")[1]


# ------------------------------------------------------------------------------------------------ a game of two numbers

ROUNDS = 120


def point_games(seed: int) -> dict[str, Tensor]:
    """Five games at once, each in its own quarter or on its own axis."""
    return {
        "theta": torch.tensor([1.0, -1.7, 0.6, 2.3, -0.4], dtype=torch.float64) + 0.07 * variation(seed),
        "psi": torch.tensor([0.0, 0.8, -1.4, 1.1, -2.2], dtype=torch.float64) - 0.05 * variation(seed),
    }


def long_game(seed: int) -> dict[str, Tensor]:
    start = torch.tensor([1.0 + 0.1 * variation(seed), 0.0], dtype=torch.float64)
    return {"round": torch.arange(1, ROUNDS + 1), "start": start}


def _round(answer, theta, psi, rate):
    theta, psi = several(answer(theta, psi, rate), 2, "the two numbers (theta, psi)")
    return picture_like(theta, "theta"), picture_like(psi, "psi")


def run_point_round(answer, given):
    theta, psi = _round(answer, given["theta"], given["psi"], 0.3)
    return {"new theta": theta, "new psi": psi}


def run_long_game(answer, given):
    (theta, psi), path = given["start"].clone(), []
    for _ in range(ROUNDS):
        theta, psi = _round(answer, theta, psi, 0.3)
        path.append(theta.detach().reshape(()))
    return {"theta in each round": torch.stack(path)}


ORBIT = Plot("round", "theta in each round", "round", "θ, the generator's number")
