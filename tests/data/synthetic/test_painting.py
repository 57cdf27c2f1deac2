"""The painting drawn by rule: the same from a seed, in its colours, and made of strokes."""

import numpy as np
import pytest

from course_lib.data.synthetic.painting import PALETTE, painting


def test_a_seed_gives_one_painting_and_another_seed_another():
    one, again, other = (np.asarray(painting(64, seed)) for seed in (2, 2, 3))
    assert one.shape == (64, 64, 3) and np.array_equal(one, again) and not np.array_equal(one, other)


@pytest.mark.parametrize("side", [48, 96])
def test_blue_prevails_and_yellow_is_there(side):
    pixels = np.asarray(painting(side, 2)).reshape(-1, 3).astype(float)
    nearest = np.linalg.norm(pixels[:, None] - np.array(PALETTE), axis=2).argmin(axis=1)
    shares = np.bincount(nearest, minlength=len(PALETTE)) / len(pixels)
    assert shares[:4].sum() > 0.5 and shares[4:].sum() > 0.1


def test_strokes_have_a_direction():
    """Along a stroke colours change less than across it: the two eigenvalues of the local structure tensor differ."""
    grey = np.asarray(painting(128, 2).convert("L")).astype(float)
    down, right = np.gradient(grey)
    ratios = []
    for y in range(0, 128, 16):
        for x in range(0, 128, 16):
            a, b = down[y : y + 16, x : x + 16], right[y : y + 16, x : x + 16]
            tensor = [[(a * a).mean(), (a * b).mean()], [(a * b).mean(), (b * b).mean()]]
            small, large = np.linalg.eigvalsh(tensor)
            ratios.append(large / small)
    noise = np.random.default_rng(0).normal(size=(16, 16))
    a, b = np.gradient(noise)
    small, large = np.linalg.eigvalsh([[(a * a).mean(), (a * b).mean()], [(a * b).mean(), (b * b).mean()]])
    assert np.median(ratios) > 1.6 > large / small
