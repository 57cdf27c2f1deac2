"""Does a translation carry a message for the way back? (Chu, Zhmoginov, Sandler 2017, "CycleGAN, a Master of
Steganography".)

A message that no eye sees is faint, and what is faint is fragile. So the translation is perturbed slightly before it
goes back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

Translation = Callable[[Tensor], Tensor]  # (N, 3, H, W) in [−1, 1] → the same
# What is done to the picture in the middle; each changes it by a few hundredths.
PERTURBATIONS: dict[str, Translation] = {
    "16 levels a colour": lambda x: (x * 7.5).round() / 7.5,
    "a blur of 3 × 3": lambda x: avg_pool2d(pad(x, (1, 1, 1, 1), mode="reflect"), 3, 1),
    "noise of 0.05": lambda x: x + 0.05 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0)),
}


@dataclass(frozen=True)
class Perturbed:
    """What a perturbation in the middle does to the way back."""

    before: float  # reconstruction: mean |F(G(a)) − a| on [−1, 1]
    after: float  # the same with G(a) perturbed
    on_made: float  # how far F's answer moves per unit of perturbation of G(a) …
    on_real: float  # … and on real b's, which carry no message


@torch.no_grad()
def perturbed(forth: Translation, back: Translation, source: Tensor, real: Tensor) -> dict[str, Perturbed]:
    """Perturbs translations, and as a control real pictures, before they go back.

    Args:
        forth, back: G and F.
        source: pictures a that G translates, (N, 3, H, W) in [−1, 1].
        real: pictures of the other domain, which F knows.

    Returns:
        for each of ``PERTURBATIONS``, by its name. A perturbation that changes nothing (a blur of an even picture)
        moves by nan.
    """
    made = forth(source)
    straight = {"made": (made, back(made)), "real": (real, back(real))}
    found = {}
    for name, perturb in PERTURBATIONS.items():
        moves, answers = {}, {}
        for what, (middle, answer) in straight.items():
            spoilt = perturb(middle)
            answers[what] = back(spoilt)
            moves[what] = ((answers[what] - answer).abs().mean() / (spoilt - middle).abs().mean()).item()
        found[name] = Perturbed(
            before=(straight["made"][1] - source).abs().mean().item(),
            after=(answers["made"] - source).abs().mean().item(),
            on_made=moves["made"],
            on_real=moves["real"],
        )
    return found
