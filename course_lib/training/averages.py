"""A moving average of a network's weights: what many papers sample with, and what a task exports if it kept one."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def moving_average(network: nn.Module, decay: float, device: torch.device) -> AveragedModel:
    """A copy on ``device`` whose ``update_parameters(network)`` makes it decay · itself + (1 − decay) · network."""
    return AveragedModel(network, device=device, multi_avg_fn=get_ema_multi_avg_fn(decay))


def averaged_weights(checkpoint: dict[str, Any], name: str = "average") -> dict[str, Tensor]:
    """The averaged network's weights, under the network's own names, from a checkpoint of a task that kept it as ``extra[name]``."""
    state = checkpoint["processes"][0]["extra"][name]
    return {key.removeprefix("module."): value for key, value in state.items() if key.startswith("module.")}
