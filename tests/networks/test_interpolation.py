"""Between two networks: by hand."""

import torch

from course_lib.networks.interpolation import interpolated

ONE = {"weight": torch.tensor([1.0, 5.0]), "counter": torch.tensor(7)}
OTHER = {"weight": torch.tensor([3.0, 1.0]), "counter": torch.tensor(9)}


def test_a_quarter_of_the_way():
    found = interpolated(ONE, OTHER, 0.25)
    assert found["weight"].tolist() == [1.5, 4.0] and found["counter"].item() == 7


def test_the_ends_are_the_networks_themselves():
    assert interpolated(ONE, OTHER, 0)["weight"].tolist() == [1, 5]
    assert interpolated(ONE, OTHER, 1)["weight"].tolist() == [3, 1]
