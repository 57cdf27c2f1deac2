"""Targets in the plane."""

import math

import pytest
import torch

from course_lib.data.points import TARGETS, PointSet, SeededPoints, from_points, mixture
from course_lib.errors import CourseError
from course_lib.metrics import mode_coverage


def numbers(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_lies_in_view_and_covers_its_modes(name):
    target = mixture(name)
    points = target.sample(20_000, numbers())
    assert points.shape == (20_000, 2)
    assert points.dtype == torch.float32
    assert points.abs().quantile(0.999) < 1.5
    covered, good, counts = mode_coverage(points, target.centres, target.radius, 100)
    assert covered == len(target.centres)
    assert good >= 0.985  # 98.9 % by the formula, more where modes overlap
    assert counts.float().std(correction=0) / counts.float().mean() < 0.15  # equal shares


def test_the_ring_by_hand():
    ring = mixture("ring", modes=4)
    torch.testing.assert_close(ring.centres, torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]]), atol=1e-6, rtol=0)
    assert ring.radius == pytest.approx(3 * ring.deviation)
    away = ring.sample(50_000, numbers())
    nearest = torch.cdist(away, ring.centres).min(dim=1).values
    # The distance from a round Gaussian's centre has mean σ √(π/2).
    assert nearest.mean().item() == pytest.approx(ring.deviation * math.sqrt(math.pi / 2), rel=0.02)


def test_grid_is_a_square_of_places():
    centres = mixture("grid").centres
    assert sorted(set(centres[:, 0].tolist())) == [-1, -0.5, 0, 0.5, 1]
    assert len({tuple(c) for c in centres.tolist()}) == 25


def test_arms_do_not_touch():
    for name in ("spiral", "moons"):
        target = mixture(name)
        one, other = target.centres.chunk(2)
        assert torch.cdist(one, other).min() > 4 * target.deviation


def test_shapes_and_seeds():
    target = mixture("ring")
    assert target.sample((3, 5), numbers()).shape == (3, 5, 2)
    assert torch.equal(target.sample(7, numbers(4)), target.sample(7, numbers(4)))
    assert not torch.equal(target.sample(7, numbers(4)), target.sample(7, numbers(5)))


def test_a_row_of_seeds_is_that_seed_alone():
    target = mixture("grid")
    together, alone = SeededPoints(target, [3, 8]), SeededPoints(target, [8])
    for _ in range(3):
        assert torch.equal(together.batch(6)["real"][1], alone.batch(6)["real"][0])


def test_a_set_of_points_is_a_function_of_seed_epoch_and_index():
    data = PointSet(mixture("ring"), count=50)
    assert len(data) == 50
    again = PointSet(mixture("ring"), count=50)
    assert torch.equal(data.example(7, epoch=2, seed=3)["real"], again.example(7, epoch=2, seed=3)["real"])
    assert not torch.equal(data.example(7, epoch=2)["real"], data.example(7, epoch=3)["real"])
    assert not torch.equal(data.example(7, seed=1)["real"], data.example(7, seed=2)["real"])


def test_drawn_points_become_modes():
    target = from_points([(0, 0), (1, -1), (-1.5, 1.5)])
    assert target.centres.tolist() == [[0, 0], [1, -1], [-1.5, 1.5]]
    covered, *_ = mode_coverage(target.sample(3000, numbers()), target.centres, target.radius, 500)
    assert covered == 3


@pytest.mark.parametrize(
    ("points", "named"),
    [
        ([(0, 0)], "1 points"),
        ([(0, 0)] * 65, "65 points"),
        ([(0, 0), (2, 0)], "(2, 0)"),
        ([(0, 0), (float("nan"), 0)], "nan"),
        ([(0, 0), (0, float("inf"))], "inf"),
        ([(0, 0), "ab"], "'ab'"),
        ([(0, 0), (1, 2, 3)], "(1, 2, 3)"),
        ([(0, 0), None], "None"),
    ],
)
def test_bad_points_are_named(points, named):
    with pytest.raises(CourseError) as caught:
        from_points(points)
    assert named in str(caught.value)


@pytest.mark.parametrize(
    ("name", "modes"), [("torus", None), ("grid", 24), ("moons", 7), ("gaussian", 2), ("ring", 0), ("ring", 500)]
)
def test_bad_targets_are_named(name, modes):
    with pytest.raises(CourseError, match=name if modes is None else str(modes)):
        mixture(name, modes)
