"""Table of lesson 02: what reaches G when D wins, taken apart, and whether G gets anywhere with it.

``python -m benchmarks.gradients``; every seed of every loss trains at once, in one batch dimension.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.provenance import store
from course_lib import losses
from course_lib.losses import gradient_penalty, mix
from course_lib.metrics.factors import gradient_factors
from course_lib.networks.mlp import SeededMLP

SEEDS = list(range(10))
WIDTH, BATCH, RATE = 32, 32, 1e-3
MARKS = [10, 20, 50, 100, 200, 500]  # updates of D at which it is measured
SPREAD = 0.2  # deviation of both clouds along each axis
HEAD_START, ROUNDS, NEAR = 300, 300, 0.2
RACERS: dict[str, Callable[[list[Tensor]], torch.optim.Optimizer]] = {
    "gradient descent": lambda parameters: torch.optim.SGD(parameters, lr=0.01),
    "Adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01, betas=(0.5, 0.999)),
}
SETTINGS = {  # half the distance of the two clouds, noise over what D sees
    "apart": (1.0, 0.0),
    "overlapping": (0.2, 0.0),
    "apart, noise on D's input": (1.0, 0.7),
}

Pair = tuple[Callable[[Tensor, Tensor], Tensor], dict[str, Callable[[Tensor], Tensor]]]
# D's loss, and the generator's losses that are played against that D
GAMES: dict[str, Pair] = {
    "cross-entropy": (
        losses.bce_discriminator_loss,
        {"saturating": losses.saturating_generator_loss, "non-saturating": losses.bce_generator_loss},
    ),
    "least squares": (losses.lsgan_discriminator_loss, {"least squares": losses.lsgan_generator_loss}),
    "least squares behind a sigmoid": (
        lambda real, fake: losses.lsgan_discriminator_loss(real.sigmoid(), fake.sigmoid()),
        {"least squares behind a sigmoid": lambda fake: losses.lsgan_generator_loss(fake.sigmoid())},
    ),
    "hinge": (losses.hinge_discriminator_loss, {"hinge": losses.hinge_generator_loss}),
    "Wasserstein, penalty": (
        losses.wasserstein_discriminator_loss,
        {"Wasserstein, penalty": losses.wasserstein_generator_loss},
    ),
}


def cloud(centre: float, count: int, generator: torch.Generator) -> Tensor:
    """(seeds, count, 2) around (centre, 0); every game gets the same points."""
    points = SPREAD * torch.randn(len(SEEDS), count, 2, generator=generator)
    return points + torch.tensor([centre, 0.0])


def discriminator_losses(discriminator: SeededMLP, real: Tensor, fake: Tensor, games: list[str]) -> Tensor:
    """Sum over all rows of each row's own loss, so that every D moves as if alone. Rows: game by game, seed by seed."""
    each = len(SEEDS)
    scores_real, scores_fake = discriminator(real).split(each), discriminator(fake).split(each)
    total = sum(each * GAMES[game][0](r, f) for game, r, f in zip(games, scores_real, scores_fake, strict=True))
    assert isinstance(total, Tensor)
    return total


def winning(half: float, noise: float) -> dict[str, list[dict[str, list[float]]]]:
    """G stands still, D trains. Loss → one dict a seed, of lists over MARKS."""
    rows: dict[str, list[dict[str, list[float]]]] = {}
    for games in ([name for name in GAMES if "Wasserstein" not in name], ["Wasserstein, penalty"]):
        discriminator = SeededMLP(SEEDS * len(games), (2, WIDTH, WIDTH, 1), "leaky_relu")
        optimizer = torch.optim.Adam(discriminator.parameters(), lr=RATE, betas=(0.5, 0.999), fused=True)
        generator = torch.Generator().manual_seed(0)
        fakes, truth = cloud(-half, 200, generator), cloud(half, 200, generator)
        for step in range(1, MARKS[-1] + 1):
            real, fake = cloud(half, BATCH, generator), cloud(-half, BATCH, generator)
            if noise:
                real = real + noise * torch.randn(real.shape, generator=generator)
                fake = fake + noise * torch.randn(fake.shape, generator=generator)
            real, fake = real.repeat(len(games), 1, 1), fake.repeat(len(games), 1, 1)
            loss = discriminator_losses(discriminator, real, fake, games)
            if games == ["Wasserstein, penalty"]:
                between = mix(real, fake, torch.rand(*real.shape[:2], 1, generator=generator)).requires_grad_()
                loss = loss + 10 * len(SEEDS) * gradient_penalty(discriminator(between).squeeze(-1), between)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step in MARKS:
                measure(rows, discriminator, fakes, truth, games)
    return rows


def measure(
    rows: dict[str, list[dict[str, list[float]]]],
    discriminator: SeededMLP,
    fakes: Tensor,
    truth: Tensor,
    games: list[str],
) -> None:
    """Appends to every list of ``rows`` what this D sends to held-out fakes."""
    everyone = fakes.repeat(len(games), 1, 1)
    with torch.no_grad():
        on_truth = discriminator(truth.repeat(len(games), 1, 1)).squeeze(-1)
    for at, game in enumerate(games):
        part = slice(at * len(SEEDS), (at + 1) * len(SEEDS))
        for name, loss in GAMES[game][1].items():
            found = gradient_factors(discriminator, everyone, loss)
            slope, jacobian, product = (value[part] for value in found.strength())
            towards = found.towards(truth.mean(1, keepdim=True).repeat(len(games), 1, 1), everyone)[part]
            # Told apart: the share of (real, fake) pairs that D puts in the right order. Any kind of score has that.
            order = (on_truth[part, :, None] > found.score[part, None, :]).float().mean((1, 2))
            seeds = rows.setdefault(name, [{} for _ in SEEDS])
            for seed, row in enumerate(seeds):
                for key, value in (
                    ("score", found.score[part].mean(-1)),
                    ("slope", slope),
                    ("jacobian", jacobian),
                    ("product", product),
                    ("towards", towards),
                    ("order", order),
                ):
                    row.setdefault(key, []).append(float(f"{value[seed].item():.4g}"))


def race(optimizer_of: Callable[[list[Tensor]], torch.optim.Optimizer]) -> dict[str, list[dict[str, float]]]:
    """D wins for HEAD_START updates, then G (which can only move its whole cloud) gets its turn after each update of D.

    Returns:
        Loss → one dict a seed: the distance of the two clouds' centres in the end, and the round of arrival (0: never).
    """
    half = SETTINGS["apart"][0]
    runs = [(game, name) for game, (_, players) in GAMES.items() if "Wasserstein" not in game for name in players]
    games = [game for game, _ in runs]
    discriminator = SeededMLP(SEEDS * len(runs), (2, WIDTH, WIDTH, 1), "leaky_relu")
    opt_d = torch.optim.Adam(discriminator.parameters(), lr=RATE, betas=(0.5, 0.999), fused=True)
    centre = torch.tensor([-half, 0.0]).repeat(len(discriminator.seeds), 1, 1).requires_grad_()  # G: its two parameters
    opt_g = optimizer_of([centre])
    generator = torch.Generator().manual_seed(1)
    arrived = torch.zeros(len(discriminator.seeds))
    for step in range(1, HEAD_START + ROUNDS + 1):
        real, noise = cloud(half, BATCH, generator), cloud(0.0, BATCH, generator)
        fake = centre + noise.repeat(len(runs), 1, 1)
        loss = discriminator_losses(discriminator, real.repeat(len(runs), 1, 1), fake.detach(), games)
        opt_d.zero_grad()
        loss.backward()
        opt_d.step()
        if step <= HEAD_START:
            continue
        scores = discriminator(fake).split(len(SEEDS))
        sums = [len(SEEDS) * GAMES[game][1][name](f) for (game, name), f in zip(runs, scores, strict=True)]
        opt_g.zero_grad()
        torch.stack(sums).sum().backward(inputs=[centre])
        opt_g.step()
        away = (centre.detach() - torch.tensor([half, 0.0])).norm(dim=-1).squeeze(1)
        arrived[(away < NEAR) & (arrived == 0)] = step - HEAD_START
    return {
        name: [
            {"distance": round(away[row].item(), 4), "arrived": int(arrived[row])}
            for row in range(at * len(SEEDS), (at + 1) * len(SEEDS))
        ]
        for at, (_, name) in enumerate(runs)
    }


def main() -> None:
    started = time.monotonic()
    won = {}
    for name, (half, noise) in SETTINGS.items():
        won[name] = winning(half, noise)
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    raced = {}
    for name, optimizer_of in RACERS.items():
        raced[name] = race(optimizer_of)
        print(f"race, {name}: {time.monotonic() - started:.0f} s", flush=True)
    path = store(
        "gradients",
        command="python -m benchmarks.gradients",
        seeds=SEEDS,
        seconds=time.monotonic() - started,
        result={
            "config": {
                "width": WIDTH,
                "batch": BATCH,
                "rate": RATE,
                "spread": SPREAD,
                "head_start": HEAD_START,
                "rounds": ROUNDS,
                "near": NEAR,
            },
            "marks": MARKS,
            "settings": SETTINGS,
            "winning": won,
            "race": raced,
        },
    )
    print(path)


if __name__ == "__main__":
    main()
