"""The moving average of weights, worked out by hand."""

import pytest
import torch
from torch import nn

from course_lib.training.averages import averaged_weights, moving_average


def test_the_average_starts_as_the_network_and_follows_by_its_decay():
    network = nn.Linear(1, 1, bias=False)
    average = moving_average(network, 0.9, torch.device("cpu"))
    shown = []
    for weight in (2.0, 4.0, -1.0):
        network.weight.data.fill_(weight)
        average.update_parameters(network)
        shown.append(average.module.weight.item())
    # 2, then 0.9 · 2 + 0.1 · 4 = 2.2, then 0.9 · 2.2 − 0.1 = 1.88
    assert shown == pytest.approx([2.0, 2.2, 1.88])
    kept = averaged_weights({"processes": [{"extra": {"average_G": average.state_dict()}}]}, "average_G")
    assert kept.keys() == {"weight"}
    assert kept["weight"].item() == pytest.approx(1.88)
