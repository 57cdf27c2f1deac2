"""Augmentation as a pure function of (seed, epoch, index)."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.augment import Jitter, bytes_tensor, generator_for, resize, signed


def drawn(seed, epoch, index):
    return Jitter.draw(generator_for(seed, epoch, index), 40, 32)


def test_the_same_place_in_training_sees_the_same():
    there = [drawn(3, 1, i) for i in range(50)]
    assert [drawn(3, 1, i) for i in reversed(range(50))] == there[::-1]  # whoever asks, in whatever order
    for other in ((4, 1), (3, 2)):
        assert sum(drawn(*other, i) == there[i] for i in range(50)) < 10
    assert len({(j.top, j.left, j.flip) for j in there}) > 40


def test_torch_and_numpy_are_left_alone():
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    drawn(0, 0, 0)
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


def test_every_window_and_both_sides_are_drawn_evenly():
    jitters = [drawn(0, 0, i) for i in range(4000)]
    for field in ("top", "left"):
        counts = np.bincount([getattr(j, field) for j in jitters], minlength=9)
        assert len(counts) == 9
        assert counts.min() > 350  # 444 expected, standard deviation 20
    assert np.mean([j.flip for j in jitters]) == pytest.approx(0.5, abs=0.03)
    assert abs(np.corrcoef([j.top for j in jitters], [j.left for j in jitters])[0, 1]) < 0.06


def test_crop_and_flip_by_hand():
    picture = torch.arange(2 * 4 * 5).reshape(2, 4, 5)
    cut = Jitter(top=1, left=2, size=3, flip=False)(picture)
    assert cut[0].tolist() == [[7, 8, 9], [12, 13, 14], [17, 18, 19]]
    assert Jitter(1, 2, 3, True)(picture)[0].tolist() == [[9, 8, 7], [14, 13, 12], [19, 18, 17]]


def test_no_room_no_crop_and_no_flip_if_not_wanted():
    assert all(Jitter.draw(generator_for(0, 0, i), 32, 32, flip=False) == Jitter(0, 0, 32, False) for i in range(9))
    with pytest.raises(ValueError, match="load_size 30 is smaller than size 32"):
        Jitter.draw(generator_for(0, 0, 0), 30, 32)


def test_bytes_and_signed():
    image = Image.fromarray(np.array([[[0, 255, 51]]], dtype=np.uint8))
    kept = bytes_tensor(image)
    assert (kept.dtype, kept.shape) == (torch.uint8, (3, 1, 1))
    assert signed(kept).flatten().tolist() == pytest.approx([-1, 1, -0.6])
    assert resize(image, 1) is image
    assert resize(image, 7).size == (7, 7)
