"""A translator that writes a faint note is found out; numbers worked out with numpy."""

import numpy as np
import pytest
import torch

from course_lib.metrics.hidden import PERTURBATIONS, perturbed


def pictures(seed):
    return torch.rand((4, 3, 8, 8), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_copies_carry_no_message():
    source, real = pictures(0), pictures(1)
    found = perturbed(lambda x: x, lambda x: x, source, real)
    assert set(found) == set(PERTURBATIONS)
    x = source.double().numpy()
    assert found["16 levels a colour"].before == 0
    assert found["16 levels a colour"].after == pytest.approx(np.abs(np.round(x * 7.5) / 7.5 - x).mean(), abs=1e-6)
    for one in found.values():
        assert one.on_made == pytest.approx(1, abs=1e-5)
        assert one.on_real == pytest.approx(1, abs=1e-5)


def test_a_blur_averages_nine_neighbours_and_mirrors_the_edge():
    x = pictures(2)
    padded = np.pad(x.double().numpy(), ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect")
    expected = sum(padded[..., i : i + 8, j : j + 8] for i in range(3) for j in range(3)) / 9
    np.testing.assert_allclose(PERTURBATIONS["a blur of 3 × 3"](x).numpy(), expected, atol=1e-6)


def test_a_faint_note_is_fragile():
    # G answers grey and hides the picture a hundredfold weaker in it; F reads the note.
    # Real pictures are far from grey: there F's reading is cut off, and a perturbation hardly moves it.
    def forth(x):
        return x / 100

    def back(y):
        return (100 * y).clamp(-1, 1)

    source, real = pictures(3), pictures(4).sign()
    found = perturbed(forth, back, source, real)
    assert found["noise of 0.05"].before == pytest.approx(0, abs=1e-5)
    assert found["16 levels a colour"].after == pytest.approx(source.abs().mean().item(), abs=1e-5)  # nothing left
    for one in found.values():
        assert one.after > 0.4
        assert one.on_made > 5
    assert found["noise of 0.05"].on_real == 0
