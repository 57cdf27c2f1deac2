"""Norms that scale by what they are shown, made to scale all tiles of a picture alike.

An instance norm's answer depends on the mean and variance of the whole picture. Tile by tile it would see each tile's own,
and a tile of sky would come out in other colours than its neighbour. So the whole picture is shown once, made smaller, and
every tile is scaled by what the norms saw then. (Tried instead, on CycleGANs of the zoo, mean distance from the answer in
one piece: each tile's own statistics, 3 to 21 grey levels; those of the smaller picture, 2 to 5; sums over all tiles, 8.)
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn


def norms_of_the_picture(network: nn.Module) -> list[nn.Module]:
    """The layers whose mean and variance are those of what they are shown."""
    return [
        layer
        for layer in network.modules()
        if (isinstance(layer, nn.InstanceNorm2d) and not layer.track_running_stats)
        or (isinstance(layer, nn.BatchNorm2d) and layer.training)
    ]


class Statistics:
    """``with statistics.taken(): network(small)``, then ``with statistics.applied(): network(tile)`` for every tile."""

    def __init__(self, network: nn.Module) -> None:
        self.norms = norms_of_the_picture(network)
        self._seen: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Each norm answers as ever, and remembers the mean and variance of what it is shown."""

        def remember(norm: nn.Module, shown: tuple[Tensor, ...]) -> None:
            values = shown[0].float()
            self._seen[norm] = values.mean((0, 2, 3)), values.var((0, 2, 3), correction=0)

        hooks = [norm.register_forward_pre_hook(remember) for norm in self.norms]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Each norm scales by what it remembers."""

        def scale(norm: nn.Module, shown: tuple[Tensor, ...], answer: Tensor) -> Tensor:
            mean, variance = self._seen[norm]
            # y = (x − mean) / √(variance + ε) · weight + bias, as one factor and one shift a channel
            factor = (variance + norm.eps).rsqrt() * (1.0 if norm.weight is None else norm.weight)  # type: ignore[operator]
            shift = -mean * factor + (0.0 if norm.bias is None else norm.bias)  # type: ignore[operator]
            return shown[0] * factor[:, None, None].to(shown[0]) + shift[:, None, None].to(shown[0])

        hooks = [norm.register_forward_hook(scale) for norm in self.norms]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
