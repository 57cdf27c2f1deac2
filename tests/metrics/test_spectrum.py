"""The edge spectrum: known spectra of noise and waves, and what blur and grids do to it."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_lib.errors import CourseError
from course_lib.metrics import high_frequency_power, lattice_share, radial_spectrum, sharpness_relative

GAIN = 219 / 255  # luma of grey: 16/255 + 219/255 · grey


def noise(n: int = 8, size: int = 64, sigma: float = 0.05, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    grey = 0.5 + sigma * torch.randn(n, 1, size, size, generator=generator, dtype=torch.float64)
    return grey.clamp(0, 1).expand(-1, 3, -1, -1)


def wave(frequency: float, size: int = 64, angle: float = 0.0) -> torch.Tensor:
    y, x = torch.meshgrid(*[torch.arange(size, dtype=torch.float64)] * 2, indexing="ij")
    phase = 2 * np.pi * frequency * (x * np.cos(angle) + y * np.sin(angle))
    return (0.5 + 0.4 * torch.cos(phase)).expand(1, 3, -1, -1)


def test_white_noise_has_its_variance_in_every_ring():
    frequencies, power = radial_spectrum(noise(64))
    assert frequencies.shape == (32,) and power.shape == (64, 32)
    assert frequencies[0] > 0 and frequencies[-1] < 0.5
    # The mean over 64 pictures of the first ring's 8 frequencies still scatters by a few percent; later ones less.
    np.testing.assert_allclose(power.mean(0)[2:].numpy(), (0.05 * GAIN) ** 2, rtol=0.15)
    assert high_frequency_power(noise(64)).mean().item() == pytest.approx((0.05 * GAIN) ** 2, rel=0.03)


def test_power_is_that_of_the_plain_sum_over_a_ring():
    """One ring by hand, from numpy's transform."""
    image = noise(1, 32)
    y = image[0, 0].numpy() * GAIN
    y = y - y.mean()
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(32) / 32)
    window = np.outer(hann, hann)
    full = np.abs(np.fft.fft2(y * window)) ** 2 / (window**2).sum()
    f = np.fft.fftfreq(32)
    radius = np.hypot(f[:, None], f[None, :])
    ring = (radius > 9 / 32) & (radius <= 10 / 32)
    assert radial_spectrum(image)[1][0, 9].item() == pytest.approx(full[ring].mean(), rel=1e-9)


@pytest.mark.parametrize("angle", [0.0, np.pi / 2, np.pi / 4])
@pytest.mark.parametrize("frequency", [0.0625, 0.203, 0.39])
def test_a_wave_peaks_at_its_frequency_in_any_direction(frequency, angle):
    frequencies, power = radial_spectrum(wave(frequency, angle=angle))
    assert frequencies[power[0].argmax()].item() == pytest.approx(frequency, abs=1.5 / 64)


def test_only_the_upper_half_counts():
    coarse, fine = high_frequency_power(wave(0.15)).item(), high_frequency_power(wave(0.35)).item()
    assert coarse < 1e-4 * fine


def test_a_seam_is_no_detail():
    """A slope from dark to light is smooth; only its wrapped ends jump, and the window hides those."""
    ramp = torch.linspace(0, 1, 64, dtype=torch.float64).expand(1, 3, 64, 64)
    assert high_frequency_power(ramp).item() < 1e-6


def test_relative_sharpness():
    real = noise(16)
    assert sharpness_relative(real, real) == 1.0
    assert sharpness_relative(0.5 + 2 * (real - 0.5), real) == pytest.approx(4, rel=1e-6)  # power: contrast squared
    blurred = F.avg_pool2d(real, 5, 1, 2, count_include_pad=False)
    assert sharpness_relative(blurred, real) < 0.1
    grid = real.clone()
    grid[..., ::2, ::2] += 0.2
    assert sharpness_relative(noise(5, seed=1), real) == pytest.approx(1, rel=0.05)
    assert sharpness_relative(grid.clamp(0, 1), real) > 1.2


def test_an_average_of_answers_is_blurred():
    """Lesson 05 in one line: the mean of n sharp answers keeps 1/n of their power."""
    answers = noise(16)
    assert sharpness_relative(answers.mean(0, keepdim=True), answers) == pytest.approx(1 / 16, rel=0.15)


def checkerboard(size: int = 64, cell: int = 1) -> torch.Tensor:
    y, x = torch.meshgrid(*[torch.arange(size)] * 2, indexing="ij")
    return (0.4 + 0.2 * ((y // cell + x // cell) % 2).double()).expand(1, 3, size, size)


def test_a_checkerboard_lies_on_the_lattice_whole():
    # The mean, taken off without the window, leaves a trace at 0: below every frequency that counts.
    assert lattice_share(checkerboard()).item() == pytest.approx(1, abs=1e-9)
    assert lattice_share(checkerboard(cell=2)).item() == pytest.approx(1, abs=1e-9)  # period 4: multiples of 1/4
    stripes = wave(0.25) * 0.5 + wave(0.5, angle=np.pi / 2) * 0.5
    assert lattice_share(stripes).item() == pytest.approx(1, abs=1e-9)


def test_white_noise_has_the_share_of_the_bins():
    bins = np.arange(64)
    past = np.minimum(bins % 16, 16 - bins % 16) <= 1
    fine = np.minimum(bins, 64 - bins) >= 15
    either = fine[:, None] | fine[None]
    expected = (np.outer(past, past) & either).sum() / either.sum()
    assert (np.outer(past, past) & either).sum() == 15 * 9 and either.sum() == 64**2 - 29**2
    assert lattice_share(noise(64)).mean().item() == pytest.approx(expected, rel=0.05)


def test_waves_between_the_quarters_and_coarse_ones_are_no_grid():
    assert lattice_share(wave(0.375)).item() < 1e-9
    both = 0.5 * wave(0.375) + 0.5 * wave(0.5)  # cos at 1/2 has twice the power a wave in between has: ±1/2 are one bin
    assert lattice_share(both).item() == pytest.approx(2 / 3, abs=1e-6)
    coarse = 0.5 * wave(0.0625) + 0.25  # below a quarter: not in the denominator either
    assert lattice_share(coarse / 2 + checkerboard() / 2).item() == pytest.approx(1, abs=1e-6)


def test_a_grid_over_a_picture_raises_its_share():
    real = noise(8)
    grid = real.clone()
    grid[..., ::2, ::2] += 0.05
    plain, with_grid = lattice_share(real), lattice_share(grid.clamp(0, 1))
    assert (with_grid > 2 * plain).all()


def test_lattice_of_oblong_pictures_flat_ones_and_what_is_refused():
    assert lattice_share(noise(3)[..., :40]).shape == (3,)
    assert torch.isnan(lattice_share(torch.full((1, 3, 32, 32), 0.5, dtype=torch.float64))).all()
    for shape in ((1, 3, 64, 62), (1, 3, 12, 64)):
        with pytest.raises(CourseError, match="multiples of 4"):
            lattice_share(torch.rand(shape))


def test_oblong_pictures():
    frequencies, power = radial_spectrum(noise(2)[..., :40])
    assert frequencies.shape == (20,) and power.shape == (2, 20)


def test_what_is_refused():
    with pytest.raises(CourseError, match="at least 16×16"):
        high_frequency_power(torch.rand(1, 3, 15, 40))
    with pytest.raises(CourseError, match=r"\(64, 64\) and \(32, 32\)"):
        sharpness_relative(noise(2), noise(2, 32))
    with pytest.raises(CourseError, match="flat"):
        sharpness_relative(noise(2), torch.full((2, 3, 64, 64), 0.3))
    with pytest.raises(CourseError, match="NaN"):
        radial_spectrum(torch.full((1, 3, 32, 32), torch.nan))
