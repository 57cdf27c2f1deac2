"""The CycleGAN experiment in small: the same unpaired translation of points, with four adversarial losses, many seeds.
``python -m benchmarks.gradients_translation``.

Domain A is a ring of eight Gaussians, domain B two rows of four. Generators, discriminators, cycle term and training
are CycleGAN's (λ = 10 where nothing else is said, D's loss halved, Adam with β₁ = 0.5), the networks are small and
fully
connected. There is no history of generated points and no identity term: both domains are endless, and neither has
colours to keep.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.provenance import store
from course_lib import losses
from course_lib.data.points import Mixture, from_points, mixture
from course_lib.metrics import mode_coverage
from course_lib.networks.mlp import SeededMLP

SEEDS = list(range(100, 110))
WIDTH, BATCH, STEPS = 32, 48, 1500
RATES = {  # learning rates of G and of D, λ of the cycle
    "equal rates": (1e-3, 1e-3, 10.0),
    "D five times as fast": (1e-3, 5e-3, 10.0),
    "equal rates, λ = 1": (1e-3, 1e-3, 1.0),
}
MEASURED = 1000  # points of each domain that are translated in the end
# A translator has failed if, in either direction, a mode is missing or fewer than half of its answers are good.
FEWEST, GOOD = 20, 0.5

A = mixture("ring")
B = from_points([(x, y) for y in (-0.5, 0.5) for x in (-0.9, -0.3, 0.3, 0.9)])


def behind_a_sigmoid(loss: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda *scores: loss(*(score.sigmoid() for score in scores))


VERSUS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "saturating": (losses.bce_discriminator_loss, losses.saturating_generator_loss),
    "non-saturating": (losses.bce_discriminator_loss, losses.bce_generator_loss),
    "least squares": (losses.lsgan_discriminator_loss, losses.lsgan_generator_loss),
    "least squares behind a sigmoid": (
        behind_a_sigmoid(losses.lsgan_discriminator_loss),
        behind_a_sigmoid(losses.lsgan_generator_loss),
    ),
}


def adam(networks: list[SeededMLP], rate: float) -> torch.optim.Adam:
    parameters = [parameter for network in networks for parameter in network.parameters()]
    return torch.optim.Adam(parameters, lr=rate, betas=(0.5, 0.999), fused=True)


def translate(
    rate_g: float, rate_d: float, weight: float, steps: int = STEPS, seeds: list[int] = SEEDS
) -> dict[str, list[dict]]:
    """Loss → one dict a seed. Row by row: the same first weights and the same points for every loss."""
    many = len(VERSUS)

    def networks(role: int, out: int, activation: str) -> SeededMLP:
        return SeededMLP([4 * seed + role for seed in seeds] * many, (2, WIDTH, WIDTH, out), activation)

    forth, back = networks(0, 2, "relu"), networks(1, 2, "relu")
    d_a, d_b = networks(2, 1, "leaky_relu"), networks(3, 1, "leaky_relu")
    opt_g, opt_d = adam([forth, back], rate_g), adam([d_a, d_b], rate_d)
    generator = torch.Generator().manual_seed(seeds[0])

    def per_loss(which: int, *scores: Tensor) -> Tensor:
        """Sum over rows of every row's own mean."""
        parts = zip(VERSUS.values(), *(score.split(len(seeds)) for score in scores), strict=True)
        return torch.stack([len(seeds) * pair[which](*part) for pair, *part in parts]).sum()

    for _ in range(steps):
        a, b = (domain.sample((len(seeds), BATCH), generator).repeat(many, 1, 1) for domain in (A, B))
        fake_b, fake_a = forth(a), back(b)
        cycle = losses.cycle_loss(back(fake_b), a) + losses.cycle_loss(forth(fake_a), b)
        loss_g = per_loss(1, d_b(fake_b)) + per_loss(1, d_a(fake_a)) + weight * many * len(seeds) * cycle
        opt_g.zero_grad()
        loss_g.backward(inputs=[*forth.parameters(), *back.parameters()])
        opt_g.step()

        loss_d = per_loss(0, d_b(b), d_b(fake_b.detach())) + per_loss(0, d_a(a), d_a(fake_a.detach()))
        opt_d.zero_grad()
        (loss_d / 2).backward()
        opt_d.step()

    with torch.no_grad():
        a, b = (domain.sample((len(seeds), MEASURED), generator).repeat(many, 1, 1) for domain in (A, B))
        fake_b, fake_a = forth(a), back(b)
        cycles = (back(fake_b) - a).abs().mean((1, 2))
    report: dict[str, list[dict]] = {}
    for at, name in enumerate(VERSUS):
        report[name] = []
        for row in range(at * len(seeds), (at + 1) * len(seeds)):
            verdicts = [_verdict(fake_b[row], b[row], B), _verdict(fake_a[row], a[row], A)]
            report[name].append(
                {
                    "covered": [verdict["covered"] for verdict in verdicts],
                    "good": [verdict["good"] for verdict in verdicts],
                    "distance": round(sum(verdict["distance"] for verdict in verdicts) / 2, 5),
                    "cycle": round(cycles[row].item(), 5),
                    "failed": any(v["covered"] < 8 or v["good"] < GOOD for v in verdicts),
                }
            )
    return report


def _verdict(answers: Tensor, real: Tensor, domain: Mixture) -> dict[str, float]:
    if not torch.isfinite(answers).all():  # it has diverged: nothing is covered
        return {"covered": 0, "good": 0.0, "distance": 10.0}
    covered, good, _ = mode_coverage(answers, domain.centres, domain.radius, FEWEST)
    return {"covered": covered, "good": round(good, 4), "distance": energy_distance(answers, real)}


def energy_distance(x: Tensor, y: Tensor) -> float:
    """2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ ≥ 0, and 0 for equal distributions only. Székely & Rizzo 2013."""
    between = torch.cdist(x, y).mean()
    within = [torch.cdist(points, points).sum() / (len(points) * (len(points) - 1)) for points in (x, y)]
    return (2 * between - within[0] - within[1]).item()


def main() -> None:
    found, started = {}, time.monotonic()
    for name, setting in RATES.items():
        found[name] = translate(*setting)
        failed = {loss: sum(row["failed"] for row in rows) for loss, rows in found[name].items()}
        print(f"{name}: failed {failed}, {time.monotonic() - started:.0f} s", flush=True)
    path = store(
        "gradients_translation",
        command="python -m benchmarks.gradients_translation",
        seeds=SEEDS,
        seconds=time.monotonic() - started,
        result={
            "config": {
                "width": WIDTH,
                "batch": BATCH,
                "steps": STEPS,
                "measured": MEASURED,
                "fewest": FEWEST,
                "good": GOOD,
            },
            "rates": RATES,
            "translation": found,
        },
    )
    print(path)


if __name__ == "__main__":
    main()
