"""What exercise 01 grades, and how it looks at each function. No expected value is in here: they come from the solution."""

import torch
from torch import Tensor, nn

from course_lib.grading.checks import Case, Check, Exercise, Plot
from course_lib.grading.tools import (
    Descent,
    leaf,
    picture_like,
    random_tensor,
    scalar,
    several,
    slopes,
    weights_of,
)

# -------------------------------------------------------------------------------------------- distributions over bins


def histograms(seed: int) -> dict[str, Tensor]:
    """Two histograms over seven bins, of 40 and 25 samples at seed 0: other totals, one empty bin on each side."""
    real, fake = [9.0, 1, 6, 0, 14, 7, 3], [2.0, 8, 0, 5, 4, 1, 5]
    if seed:
        real = [*random_tensor(seed, 5, scale=9).abs().ceil().tolist(), 0, 11]
        fake = [4, *random_tensor(seed + 1, 5, scale=3).abs().ceil().tolist(), 0]
    return {"real": torch.tensor(real, dtype=torch.float64), "fake": torch.tensor(fake, dtype=torch.float64)}


def histograms_with_gaps(seed: int) -> dict[str, Tensor]:
    """Bins where nothing lies at all, in the middle and at the end."""
    given, gap = histograms(seed), torch.zeros(1, dtype=torch.float64)
    return {name: torch.cat([t[:3], gap, t[3:], gap, gap]) for name, t in given.items()}


def run_bins(answer, given):
    return {"verdict on each bin": picture_like(answer(given["real"], given["fake"]), "the verdict on each bin")}


def two_distributions(seed: int) -> dict[str, Tensor]:
    """p, q over six bins, and a D that is neither the best nor the same everywhere."""
    return {
        "p": torch.softmax(random_tensor(seed + 2, 6), dim=0),
        "q": torch.softmax(random_tensor(seed + 3, 6, scale=1.5), dim=0),
        "d": torch.sigmoid(random_tensor(seed + 4, 6, shift=0.4)),
    }


def certain_verdicts(seed: int) -> dict[str, Tensor]:
    """A D that says exactly 0 where no real lies, and exactly 1 where no fake does."""
    given = two_distributions(seed + 20)
    p, q, d = given["p"], given["q"], given["d"]
    p[1], d[1] = 0, 0
    q[4], d[4] = 0, 1
    return {"p": p / p.sum(), "q": q / q.sum(), "d": d}


def run_value(answer, given):
    return {"value": scalar(answer(given["p"], given["q"], given["d"]), "the value of the game")}


def with_empty_bins(seed: int) -> dict[str, Tensor]:
    given = certain_verdicts(seed + 40)
    return {"p": given["p"], "q": given["q"]}


def run_divergence(answer, given):
    return {"value": scalar(answer(given["p"], given["q"]), "the divergence")}


# ------------------------------------------------------------------------------------------------------------- logits


def worked_logits(seed: int) -> dict[str, Tensor]:
    """Three logits of reals, five of fakes: other counts, other means, so that nothing can be exchanged unseen."""
    if seed == 0:
        real = torch.tensor([-4.11, 0.85, -5.54], dtype=torch.float64)
        fake = torch.tensor([0.5, 2.14, -1.21, -0.69, 0.02], dtype=torch.float64)
    else:
        real, fake = random_tensor(seed, 3, shift=-1.5, scale=2), random_tensor(seed + 1, 5, shift=0.4)
    return {"real": real, "fake": fake}


def extreme_logits(seed: int) -> dict[str, Tensor]:
    """Logits of a discriminator that is very sure, rightly and wrongly."""
    return {
        "real": torch.tensor([-800.0, 150.0, -90.0 - seed], dtype=torch.float64),
        "fake": torch.tensor([-900.0 - seed, 180.0, -120.0, 95.0], dtype=torch.float64),
    }


def logit_line(seed: int) -> dict[str, Tensor]:
    return {"logit": torch.linspace(-8, 8, 33, dtype=torch.float64) + 0.01 * seed}


def run_two_logits(answer, given):
    real, fake = leaf(given["real"]), leaf(given["fake"])
    loss = scalar(answer(real, fake))
    return {"value": loss, **slopes(loss, real_logits=real, fake_logits=fake)}


def run_fake_logits(answer, given):
    fake = leaf(given["fake"])
    loss = scalar(answer(fake))
    return {"value": loss, **slopes(loss, fake_logits=fake)}


def run_slopes(answer, given):
    fake = leaf(given["logit"])
    return {
        "slope for fake_logits": slopes(scalar(answer(fake)), fake_logits=fake)["slope for fake_logits"] * len(fake)
    }


SLOPES = Plot("logit", "slope for fake_logits", "the discriminator's logit of a fake", "slope of the generator's loss")

# -------------------------------------------------------------------------------------------------------------- steps


class TinyGenerator(nn.Module):
    """Noise (M, 3) to points (M, 2). Counts how often a gradient has come back through it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight.detach().clone())
        self.backward_passes = 0

    def forward(self, noise: Tensor) -> Tensor:
        out = torch.tanh(noise @ self.weight) + 0.3 * noise[:, :2]
        if out.requires_grad:
            out.register_hook(self._count)
        return out

    def _count(self, gradient: Tensor) -> None:
        self.backward_passes += 1


class TinyDiscriminator(nn.Module):
    """Points (N, 2) to logits (N, 1): two layers, neither linear nor symmetric in its inputs."""

    def __init__(self, inner: Tensor, outer: Tensor) -> None:
        super().__init__()
        self.inner, self.outer = nn.Parameter(inner.detach().clone()), nn.Parameter(outer.detach().clone())

    def forward(self, points: Tensor) -> Tensor:
        return torch.tanh(points @ self.inner) @ self.outer + 0.2 * points[:, :1]


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
    discriminator = TinyDiscriminator(given["inner"], given["outer"])
    for p in (discriminator if stale == "D" else generator).parameters():
        p.grad = 0.4 * p.detach() + 0.3
    optimizer_g, optimizer_d = Descent(generator.parameters(), 0.05), Descent(discriminator.parameters(), 0.15)
    before, changes = (weights_of(generator), weights_of(discriminator)), {}
    for when in ("", " in two steps"):
        step(generator, discriminator, optimizer_g, optimizer_d)
        changes[f"change of D's parameters{when}"] = weights_of(discriminator) - before[1]
        changes[f"change of G's parameters{when}"] = weights_of(generator) - before[0]
    return generator, changes


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
        "theta": torch.tensor([1.0, -1.7, 0.6, 2.3, -0.4], dtype=torch.float64) + 0.07 * seed,
        "psi": torch.tensor([0.0, 0.8, -1.4, 1.1, -2.2], dtype=torch.float64) - 0.05 * seed,
    }


def long_game(seed: int) -> dict[str, Tensor]:
    return {"round": torch.arange(1, ROUNDS + 1), "start": torch.tensor([1.0 + 0.1 * seed, 0.0], dtype=torch.float64)}


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

# ---------------------------------------------------------------------------------------------------- the declaration

EXERCISE = Exercise(
    name="01_game",
    title="a game of two networks",
    checks=(
        Check(
            function="optimal_discriminator",
            title="best discriminator",
            points=2,
            start="Make each histogram a distribution (sum 1), p and q, and return p/(p + q) for every bin.",
            hints=(
                "If 1000 reals and 10 fakes were drawn from one and the same distribution, what should the best D say?",
                "`p = real_counts / real_counts.sum()`, the same for q, then `p / (p + q)`; `torch.where(p + q == 0, 0.5, …)` for empty bins.",
            ),
            cases=(
                Case("histograms", histograms, run_bins, "on these histograms"),
                Case("empty bins", histograms_with_gaps, run_bins, "on histograms with empty bins", points=1),
            ),
        ),
        Check(
            function="game_value",
            title="value of the game",
            points=2,
            start="Sum over the bins: p · log D + q · log(1 − D).",
            hints=(
                "Two expectations: log D over where reals are, log(1 − D) over where fakes are. Which weights make a sum an expectation?",
                "`(real * verdict.log() + fake * (1 - verdict).log()).sum()`; for the extra point `torch.xlogy(real, verdict)`, "
                "which gives 0 where the weight is 0.",
            ),
            cases=(
                Case("a middling D", two_distributions, run_value, "for these p, q and D"),
                Case("a certain D", certain_verdicts, run_value, "for a D that is certain where it may be", points=1),
            ),
        ),
        Check(
            function="jensen_shannon",
            title="Jensen–Shannon divergence",
            points=2,
            start="With m = (p + q)/2: half of Σ p log(p/m), plus half of Σ q log(q/m).",
            hints=(
                "Test it on two ends: it is 0 for p = q, and log 2 = 0.6931 where p and q have no bin in common.",
                "Σ p log(p/m) is `(torch.xlogy(p, p) - torch.xlogy(p, m)).sum()`. Or: (V of the best D + log 4)/2.",
            ),
            cases=(
                Case("all bins filled", two_distributions, run_divergence, "for these p and q"),
                Case("empty bins", with_empty_bins, run_divergence, "for p and q with empty bins"),
            ),
        ),
        Check(
            function="discriminator_loss",
            title="discriminator loss",
            points=3,
            start="Binary cross-entropy of the real logits with target 1, plus that of the fake logits with target 0.",
            hints=(
                "Two means, one over the reals and one over the fakes, and their sum. Logits: no sigmoid has been taken yet.",
                "`F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()`, or `F.binary_cross_entropy_with_logits` twice.",
            ),
            cases=(
                Case("these logits", worked_logits, run_two_logits, "on these logits"),
                Case("very sure logits", extreme_logits, run_two_logits, "on logits of −800 and beyond", points=1),
            ),
        ),
        Check(
            function="saturating_loss",
            title="saturating loss",
            points=2,
            start="mean log(1 − σ(f)): the half of V that knows the generator, with V's own sign.",
            hints=(
                "log(1 − σ(f)) is never positive. Where D says −8, its slope is almost 0: that is what the name means.",
                "1 − σ(f) = σ(−f), so this is `F.logsigmoid(-fake_logits).mean()`, or minus the mean of softplus(f).",
            ),
            cases=(
                Case("these logits", worked_logits, run_fake_logits, "on these logits"),
                Case("slopes from −8 to 8", logit_line, run_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure logits", extreme_logits, run_fake_logits, "on logits of −900 and beyond", points=1),
            ),
        ),
        Check(
            function="non_saturating_loss",
            title="non-saturating loss",
            points=2,
            start="−mean log σ(f): the fakes' cross-entropy with the target 1.",
            hints=(
                "G wants its fakes called real. Where D is sure of a fake, at −8, the slope must stay near −1.",
                "mean softplus(−f), which is `F.binary_cross_entropy_with_logits(f, torch.ones_like(f))`.",
            ),
            cases=(
                Case("these logits", worked_logits, run_fake_logits, "on these logits"),
                Case("slopes from −8 to 8", logit_line, run_slopes, "over logits from −8 to 8", plot=SLOPES),
                Case("very sure logits", extreme_logits, run_fake_logits, "on logits of −900 and beyond", points=1),
            ),
        ),
        Check(
            function="discriminator_step",
            title="step of D",
            points=4,
            needs=("discriminator_loss",),
            start="Fakes from the generator, D's loss on reals and fakes, backward, and D's optimiser steps.",
            hints=(
                "Clear D's gradients first: they may hold something old. Which tensor is the last that belongs to G? D's loss ends there.",
                "`fake = generator(noise).detach()`; `optimizer_d.zero_grad()`; "
                "`discriminator_loss(discriminator(real), discriminator(fake)).backward()`; `optimizer_d.step()`.",
            ),
            cases=(
                Case("two steps", step_given, run_discriminator_step, "after such a step"),
                Case("no wasted gradient", step_given, run_wasted_gradient, "in two steps", points=1),
            ),
        ),
        Check(
            function="generator_step",
            title="step of G",
            points=4,
            needs=("non_saturating_loss",),
            start="Fakes from the generator, G's loss on what D says of them, backward, and G's optimiser steps.",
            hints=(
                "Here nothing is cut off: the gradient must pass through D to reach G. Whose optimiser steps, and whose gradients are cleared?",
                "`optimizer_g.zero_grad()`; `non_saturating_loss(discriminator(generator(noise))).backward()`; `optimizer_g.step()`.",
            ),
            cases=(Case("two steps", step_given, run_generator_step, "after such a step"),),
        ),
        Check(
            function="point_round",
            title="round of the game",
            points=3,
            start="One step down for ψ, with the slope σ(ψθ)·θ; then one for θ, with the slope −σ(ψθ)·ψ and the new ψ.",
            hints=(
                "Down means minus the slope; two minus signs meet in θ's step. Which ψ does G see: the old or the new?",
                "`psi = psi - rate * torch.sigmoid(psi * theta) * theta`, then `theta = theta + rate * torch.sigmoid(psi * theta) * psi`.",
            ),
            cases=(
                Case("one round", point_games, run_point_round, "after one round"),
                Case("120 rounds", long_game, run_long_game, "over 120 rounds", plot=ORBIT),
            ),
        ),
    ),
)
