"""Weights in 12 bits, against numbers worked out by hand and numpy."""

import numpy as np
import pytest
import torch

from course_lib.networks.twelve_bits import pack, unpack


def test_by_hand():
    # The largest value is 2047 scales; so 1.0 is 2047 + 2048 = 0xFFF, −1.0 is 0x001, 0 is 0x800.
    packed, scale = pack(torch.tensor([[1.0, -1.0, 0.0, 0.5]]))
    assert packed.dtype == torch.uint8 and scale.tolist() == pytest.approx([1 / 2047])
    assert packed[0, :3].tolist() == [0xFF, 0xF0, 0x01]  # 0xFFF and 0x001
    assert packed[0, 3:].tolist() == [0x80, 0x0C, 0x00]  # 0x800, and 0.5 · 2047 = 1023.5 → 1024 + 2048 = 0xC00
    assert unpack(packed, scale)[0].tolist() == pytest.approx([1.0, -1.0, 0.0, 1024 / 2047])


def test_every_number_there_is_comes_back():
    numbers = torch.arange(-2047, 2048).float()
    weight = torch.stack([torch.cat([numbers, numbers[:1]]), torch.cat([numbers, numbers[:1]]) * 1e-5])
    packed, scale = pack(weight)
    assert packed.shape == (2, 4096 * 3 // 2) and torch.allclose(unpack(packed, scale), weight, rtol=1e-6)


def test_each_channel_is_off_by_half_a_scale_at_most():
    weight = np.random.default_rng(0).normal(size=(5, 4, 3, 3)) * np.array([1e-6, 0.01, 1.0, 30.0, 0.0]).reshape(
        5, 1, 1, 1
    )
    back = unpack(*pack(torch.tensor(weight))).unflatten(1, (4, 3, 3)).numpy()
    largest = np.abs(weight).max((1, 2, 3), keepdims=True)
    assert (np.abs(back - weight) <= largest / 4094 * 1.001).all()
    assert (back[4] == 0).all()


@pytest.mark.parametrize(
    "weight", [torch.zeros(2, 3), torch.tensor([[1.0, float("nan")]]), torch.full((1, 2), torch.inf)]
)
def test_what_cannot_be_packed(weight):
    with pytest.raises(ValueError, match="odd number of values a channel, or one that is not finite"):
        pack(weight)
