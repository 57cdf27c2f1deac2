"""Many small fully connected networks trained at once: one batch dimension over seeds instead of a wait for each."""

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

ACTIVATIONS = {"relu": functional.relu, "leaky_relu": lambda x: functional.leaky_relu(x, 0.2), "tanh": torch.tanh}


class SeededMLP(nn.Module):
    """S independent networks side by side: (S, B, in) → (S, B, out), the last layer linear.

    Network k's first weights depend on seeds[k] alone (drawn as ``nn.Linear`` draws them), nothing is shared, so row k
    moves as the same network would alone.

    Args:
        seeds: one number a network, or how many (then 0, 1, 2, …).
        sizes: features of the input, of every hidden layer, of the output.
        activation: "relu", "leaky_relu" (0.2) or "tanh".
        spectral_norm: divide every weight matrix by its largest singular value, found by one power iteration a forward
            pass in training (Miyato et al. 2018, algorithm 1): each layer's Lipschitz constant is then about 1.

    Raises:
        ValueError: no seeds, fewer than two sizes, or an unknown activation.
    """

    def __init__(
        self,
        seeds: int | Sequence[int],
        sizes: Sequence[int] = (2, 128, 128, 1),
        activation: str = "relu",
        spectral_norm: bool = False,
    ) -> None:
        super().__init__()
        self.seeds = tuple(range(seeds)) if isinstance(seeds, int) else tuple(seeds)
        if not self.seeds:
            raise ValueError("seeds is empty; there must be one network at least.")
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes is {tuple(sizes)}; it must name an input and an output, all 1 or more.")
        if activation not in ACTIVATIONS:
            raise ValueError(f"activation is {activation!r}; there is {', '.join(ACTIVATIONS)}.")
        self.activation, self.spectral_norm = activation, spectral_norm
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        generators = [torch.Generator().manual_seed(seed) for seed in self.seeds]
        for layer, (fan_in, out) in enumerate(itertools.pairwise(sizes)):
            bound = 1 / math.sqrt(fan_in)
            drawn = [torch.rand(fan_in + 1, out, generator=generator) * 2 * bound - bound for generator in generators]
            both = torch.stack(drawn)
            self.weights.append(nn.Parameter(both[:, :-1].clone()))
            self.biases.append(nn.Parameter(both[:, -1:].clone()))
            if spectral_norm:
                start = torch.stack([torch.randn(out, 1, generator=generator) for generator in generators])
                self.register_buffer(f"direction_{layer}", functional.normalize(start, dim=1))

    def forward(self, x: Tensor) -> Tensor:
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            used = weight / self._largest_singular_value(weight, layer) if self.spectral_norm else weight
            x = torch.baddbmm(bias, x, used)
            if layer < last:
                x = ACTIVATIONS[self.activation](x)
        return x

    def _largest_singular_value(self, weight: Tensor, layer: int) -> Tensor:
        """(S, 1, 1). The direction is remembered between passes, so that one iteration a pass is enough."""
        kept = self.get_buffer(f"direction_{layer}")
        with torch.no_grad():
            right = kept.clone()  # the graph must not see what the next pass writes
            left = functional.normalize(weight @ right, dim=1)
            if self.training:
                right = functional.normalize(weight.mT @ left, dim=1)
                kept.copy_(right)
                left = functional.normalize(weight @ right, dim=1)
        return left.mT @ weight @ right
