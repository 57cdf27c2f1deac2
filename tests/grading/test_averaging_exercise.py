"""Exercise 05: its expected values by hand, numpy, scipy and scikit-image."""

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio

from course_lib.grading import check
from course_lib.grading.checks import load_exercise, load_module
from course_lib.grading.reference import LiveReference
from course_lib.metrics.perceptual import LAYERS, vgg_distance
from course_lib.networks import VGGFeatures

from .conftest import EXERCISES

FOLDER = EXERCISES / "05_averaging"
DRAW = np.random.default_rng(5)


@pytest.fixture(scope="module")
def solved():
    return load_module(FOLDER / "instructor" / "solution.py")


def pictures(*shape):
    return torch.from_numpy(DRAW.uniform(0, 1, shape))


# ---------------------------------------------------------------------------------------------------- the best answer


def test_the_mean_is_where_squared_errors_are_least(solved):
    """The normal equations of least squares, solved by numpy: one unknown a place, N equations."""
    plausible = DRAW.uniform(-1, 1, (6, 3, 2, 4))
    found = solved.best_under_squares(torch.from_numpy(plausible)).numpy()
    by_numpy = np.linalg.lstsq(np.ones((6, 1)), plausible.reshape(6, -1), rcond=None)[0][0]
    assert found.shape == (3, 2, 4) and found.flatten() == pytest.approx(by_numpy)


@pytest.mark.parametrize("n", [5, 6])
def test_the_range_is_where_absolute_errors_are_least(solved, n):
    """Σ |a − vₙ| as a linear programme, then the least and the largest a that reach its optimum."""
    values = DRAW.uniform(0, 1, n)
    low, high = solved.best_under_absolutes(torch.from_numpy(values).reshape(n, 1, 1, 1))
    over = np.hstack([np.ones((n, 1)), -np.eye(n)])  # a − eₙ ≤ vₙ
    under = np.hstack([-np.ones((n, 1)), -np.eye(n)])  # −a − eₙ ≤ −vₙ
    rows, limits = np.vstack([over, under]), np.concatenate([values, -values])
    bounds = [(None, None)] + [(0, None)] * n
    least = linprog([0, *[1] * n], rows, limits, bounds=bounds).fun
    rows, limits = np.vstack([rows, [0, *[1] * n]]), np.append(limits, least + 1e-9)
    ends = [linprog([sign, *[0] * n], rows, limits, bounds=bounds).x[0] for sign in (1, -1)]
    assert [float(low), float(high)] == pytest.approx(ends, abs=1e-7)


def test_black_or_white(solved):
    """Three in ten white: 0.3 and black. Five in ten: a half, and everything. Seven in ten: 0.7 and white."""
    plausible = torch.tensor([[w > n for w in (3, 5, 7)] for n in range(10)]).double().reshape(10, 1, 1, 3)
    assert solved.best_under_squares(plausible).flatten().tolist() == pytest.approx([0.3, 0.5, 0.7])
    low, high = solved.best_under_absolutes(plausible)
    assert low.flatten().tolist() == [0, 0, 1] and high.flatten().tolist() == [0, 1, 1]


# ------------------------------------------------------------------------------------------------ pixels and decibels


def test_shuffled_pixels_by_six_loops(solved):
    features = DRAW.normal(size=(2, 18, 2, 4))
    found = solved.pixel_shuffle(torch.from_numpy(features), 3).numpy()
    by_hand = np.empty((2, 2, 6, 12))
    for b, c, i, j, row, column in np.ndindex(2, 2, 3, 3, 2, 4):
        by_hand[b, c, 3 * row + i, 3 * column + j] = features[b, 9 * c + 3 * i + j, row, column]
    assert np.array_equal(found, by_hand)


def test_luma_is_scikit_images(solved):
    rgb = pictures(2, 3, 4, 5)
    by_skimage = rgb2ycbcr(rgb.permute(0, 2, 3, 1).numpy())[..., 0] / 255
    assert solved.luma(rgb)[:, 0].numpy() == pytest.approx(by_skimage)


def test_psnr_is_the_worked_number_and_scikit_images(solved):
    ramp = torch.linspace(0, 1, 504, dtype=torch.float64).reshape(1, 3, 12, 14)
    assert solved.psnr_y(0.9 * ramp + 0.03, ramp, 4).tolist() == [pytest.approx(38.2938343085, abs=1e-9)]
    truths, wrong = pictures(3, 3, 9, 11), pictures(3, 3, 9, 11)
    for border in (0, 2):
        a, b = (
            rgb2ycbcr(t.permute(0, 2, 3, 1).numpy())[:, border : 9 - border, border : 11 - border, 0] / 255
            for t in (wrong, truths)
        )
        by_skimage = [peak_signal_noise_ratio(y, x, data_range=1) for x, y in zip(a, b, strict=True)]
        assert solved.psnr_y(wrong, truths, border).tolist() == pytest.approx(by_skimage)
    assert solved.psnr_y(truths, truths, 2).tolist() == [np.inf] * 3


def test_what_a_protocol_costs_in_decibels():
    """Full range: 20 log₁₀(255/219), whatever the pictures. Peak 255: 20 log₁₀ 255."""
    reference, one = LiveReference(load_exercise(FOLDER)), load_exercise(FOLDER).check("psnr_y")
    (right,) = [reference.expected(one, (0,))["ramp", 0].values["value"]]
    costs = {
        m.name: float(right - m.found["ramp", 0].values["value"])
        for m in reference.mistakes(one, (0,))
        if m.name in ("full range", "peak 255") and m.catalogue
    }
    assert costs == {"full range": pytest.approx(1.32190, abs=1e-4), "peak 255": pytest.approx(-48.13080, abs=1e-4)}


def test_a_table_has_the_mean_of_the_decibels(solved):
    """Two pictures off by 0.1 and by 0.001 in luma: 20 and 60 dB, so 40; the mean error would give 23."""
    grey = 255 / 219  # what a grey pixel must move by for the luma to move by 1
    flat, large = torch.full((1, 3, 4, 4), 0.5).double(), torch.full((1, 3, 8, 9), 0.5).double()
    pairs = [(flat + 0.1 * grey, flat), (large - 0.001 * grey, large)]
    assert float(solved.benchmark_psnr(pairs, 1)) == pytest.approx(40)


# ------------------------------------------------------------------------------------------- objective, distance, tiles


def test_the_objective_by_numpy(solved):
    truth, fake = pictures(2, 3, 4, 5), pictures(2, 3, 4, 5)
    scores = DRAW.normal(size=(2, 1, 2, 2))
    loss = solved.generator_objective(lambda shown: torch.from_numpy(scores), lambda p: p**3, truth, fake, 0.01)
    content = ((fake.numpy() ** 3 - truth.numpy() ** 3) ** 2).mean()
    assert float(loss) == pytest.approx(content + 0.01 * np.log1p(np.exp(-scores)).mean())


def test_the_distance_by_loops_over_positions(solved):
    a, b = ([DRAW.uniform(0, 1, (2, c, 3, 4)) for c in (5, 2)] for _ in "ab")
    by_hand = [
        sum(
            np.mean(
                [
                    np.sum((x[n, :, i, j] / np.linalg.norm(x[n, :, i, j]) - y[n, :, i, j] / np.linalg.norm(y[n, :, i, j])) ** 2)
                    for i, j in np.ndindex(3, 4)
                ]
            )
            for x, y in zip(a, b, strict=True)
        )
        / 2  # layers
        for n in range(2)
    ]  # fmt: skip
    found = solved.perceptual_distance(list(map(torch.from_numpy, a)), list(map(torch.from_numpy, b)))
    assert found.tolist() == pytest.approx(by_hand)
    assert (
        solved.perceptual_distance([5 * torch.from_numpy(a[0])], [torch.from_numpy(a[0])]).tolist()
        == [pytest.approx(0, abs=1e-12)] * 2
    )  # a feature map that is brighter is no other picture


@pytest.mark.parametrize("overlap", [0, 1, 4])
def test_tiles_of_one_picture_give_the_picture_back(solved, overlap):
    whole = pictures(2, 3, 5, 12)
    joined = solved.blend_tiles(whole[..., :7], whole[..., 7 - overlap :], overlap)
    assert torch.allclose(joined, whole)


def test_the_ramp_of_the_task(solved):
    joined = solved.blend_tiles(torch.zeros(1, 1, 1, 5).double(), torch.ones(1, 1, 1, 6).double(), 4)
    assert joined.flatten().tolist() == pytest.approx([0, 0.125, 0.375, 0.625, 0.875, 1, 1])


def test_the_distance_is_the_courses_own(solved):
    a, b = pictures(2, 3, 24, 28).float(), pictures(2, 3, 24, 28).float()
    network = VGGFeatures(LAYERS)
    by_features = solved.perceptual_distance(list(network(a).values()), list(network(b).values()))
    assert by_features.tolist() == pytest.approx(vgg_distance(a, b, 0).tolist(), rel=1e-4)


def test_two_equal_pictures_are_told_as_infinity():
    def kept(pictures, truths, border):
        error = load_module(FOLDER / "instructor" / "solution.py").luma(pictures - truths) - 16 / 255
        h, w = error.shape[2:]
        inside = error[..., border : h - border, border : w - border]
        return -10 * (inside.square().mean(dim=(1, 2, 3)) + 1e-9).log10()

    result = check("05.psnr_y", kept).result
    assert [m["name"] for m in result.misconceptions] == ["kept from infinity"]
