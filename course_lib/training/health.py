"""Whether D or G has died: what their losses and gradients look like then, and what it means."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping

import torch
from torch import nn

LONG = 10  # reports in a row for what a loss does
SHORT = 3  # reports in a row without any gradient
WON = 1e-3  # a discriminator's loss below it: every real is told from every fake
STILL = 1e-6  # relative change of a loss that has stopped moving


def gradient_norms(networks: Mapping[str, nn.Module]) -> dict[str, float]:
    """The norm of each network's gradient after a step; networks without any are left out."""
    norms = {}
    for name, network in networks.items():
        gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
        if gradients:
            norms[name] = torch.stack(torch._foreach_norm(gradients)).norm().item()
    return norms


class Health:
    """Is told each report of a run, and answers with what has just gone wrong; each once, until it has mended."""

    def __init__(self) -> None:
        self._losses: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=LONG))
        self._gradients: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=SHORT))
        self._said: set[str] = set()

    def look(self, losses: Mapping[str, float], gradients: Mapping[str, float]) -> list[str]:
        """The warnings that are new with this report."""
        wrong: dict[str, str] = {}
        for name, norm in gradients.items():
            seen = self._gradients[name]
            seen.append(norm)
            if len(seen) == SHORT and max(seen) == 0:
                wrong[f"{name} gradient"] = (
                    f"{name} has died: its gradient has been zero for {SHORT} reports, so it no longer learns. Either no "
                    "loss reaches it (a weight of 0), or all its units are saturated: lower lr and go back to an earlier run."
                )
        for name, value in losses.items():
            values = self._losses[name]
            values.append(value)
            if len(values) < LONG or not all(map(math.isfinite, values)):
                continue
            if max(values) - min(values) <= STILL * max(abs(value), STILL):
                wrong[f"{name} still"] = (
                    f"The loss {name} has stood at {value:.4g} for {LONG} reports: the network behind it has died, or "
                    "nothing trains it. Look at the last sheet of samples, lower lr, and start anew."
                )
            elif name.startswith("D") and 0 <= max(values) < WON:
                wrong[f"{name} won"] = (
                    f"{name} has won: its loss has been below {WON:g} for {LONG} reports, so it tells every real picture "
                    "from every fake, and G learns little from it. Make D weaker (d-width, d-layers), or lower lr."
                )
        new = [sentence for key, sentence in wrong.items() if key not in self._said]
        self._said = set(wrong)
        return new
