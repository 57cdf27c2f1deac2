"""The papers' table: its protocol, and that a checkerboard or a shift of colour is seen."""

import pytest
import torch

from course_lib.errors import CourseError
from course_lib.metrics import psnr_y, ssim_y, vgg_distance
from course_lib.metrics.enlarging import enlarging_figures, smallest_side, summary


def photo(width=48):
    import skimage.data

    picture = torch.from_numpy(skimage.data.astronaut()[20:68, 180 : 180 + width].copy())
    return picture.permute(2, 0, 1)[None].float() / 255 * 0.8 + 0.1


def ruled(size):
    """A grid of lines, one every four pixels, of mean zero."""
    lines = torch.zeros(size)
    lines[::4] = 0.1
    grid = lines[:, None] + lines[None, :]
    return grid - grid.mean()


def test_it_is_the_metrics_with_the_scale_as_border():
    truth = photo()
    answer = (truth + 0.02 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))).clamp(0, 1)
    found = enlarging_figures(answer, truth, 4)
    for name, metric in (("psnr", psnr_y), ("ssim", ssim_y), ("vgg_distance", vgg_distance)):
        assert found[name] == pytest.approx(metric(answer, truth, 4).item())
    spoiled = answer.clone()
    spoiled[..., :4, :] = spoiled[..., :, -4:] = 0
    assert enlarging_figures(spoiled, truth, 4) == found


def test_a_grid_is_on_the_lattice_and_a_tint_is_a_shift_of_colour():
    truth = photo()
    grid = enlarging_figures(truth + ruled(48), truth, 4)
    clean = enlarging_figures(truth, truth, 4)
    assert grid["lattice"] > 0.6 and clean["lattice"] < 0.2
    assert grid["power"] > 2 * clean["power"]
    assert clean["psnr"] is None and clean["vgg_distance"] == 0 and clean["colour"] == 0
    tint = torch.tensor([0.0, 0.03, -0.05]).view(1, 3, 1, 1)
    assert enlarging_figures(truth + tint, truth, 4)["colour"] == pytest.approx(0.05, abs=1e-6)


def test_means_are_over_pictures_and_sharpness_is_relative_to_truth():
    def figures(psnr, power, lattice):
        return {"psnr": psnr, "power": power, "lattice": lattice}

    rows = summary(
        [
            {"model": figures(20.0, 1.0, 0.1), "truth": figures(None, 4.0, 0.2)},
            {"model": figures(30.0, 3.0, None), "truth": figures(None, 12.0, 0.2)},
        ]
    )
    assert rows["model"] == {"psnr": 25.0, "lattice": None, "sharpness": 0.25}
    assert rows["truth"] == {"psnr": None, "lattice": pytest.approx(0.2), "sharpness": 1.0}
    with pytest.raises(CourseError, match="no picture to average"):
        summary([])


def test_the_smallest_side_can_be_measured_and_one_period_less_cannot():
    for scale in (2, 4):
        side = smallest_side(scale)
        enlarging_figures(*[photo()[..., :side, :side]] * 2, scale)
        with pytest.raises(CourseError):
            enlarging_figures(*[photo()[..., : side - 4, : side - 4]] * 2, scale)
