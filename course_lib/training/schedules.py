"""Learning-rate schedules as functions of the epoch."""

from torch.optim import Optimizer


def linear_decay(epoch: int, flat: int, decay: int) -> float:
    """Factor on the learning rate in a 0-based epoch: 1 for ``flat`` epochs, then linearly towards 0 over ``decay``.

    1 − max(0, epoch + 1 − flat)/(decay + 1), never negative: with 100 + 100 epochs 1 up to epoch 99, 0.990099 in
    epoch 100, 0.009901 in epoch 199. The official code steps its scheduler before the epoch, so its last epoch runs at
    0.
    """
    return max(0.0, 1.0 - max(0, epoch + 1 - flat) / (decay + 1))


def set_learning_rate(optimizer: Optimizer, rate: float) -> None:
    """The same rate for every parameter group."""
    for group in optimizer.param_groups:
        group["lr"] = rate
