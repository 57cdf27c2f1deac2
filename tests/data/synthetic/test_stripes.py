"""The embedded domains: what differs between them and what does not, measured on the pictures themselves."""

import numpy as np
import pytest
import torch

from course_lib.data.synthetic import stripes
from course_lib.data.synthetic.stripes import COUNTS, Stripes, creature
from course_lib.errors import CourseError

COUNT = 40


@pytest.fixture(scope="module", params=[32, 64])
def herd(request):
    return [creature(index, size=request.param) for index in range(COUNT)]


def test_the_ground_is_the_same_and_the_coat_is_not(herd):
    changes = []
    for one in herd:
        plain, striped = one.plain.float(), one.striped.float()
        assert one.plain.shape == one.striped.shape == (3, *one.body.shape)
        ground, coat = one.body == 0, one.body == 1
        assert torch.equal(plain[:, ground], striped[:, ground])
        assert coat.float().mean() > 0.08  # there is something to translate
        changes.append((plain[:, coat] - striped[:, coat]).abs().mean())
    assert min(changes) > 15
    assert sum(changes) / COUNT > 30


def test_stripes_are_bands_of_the_coat_and_of_darkness(herd):
    dark = torch.stack([(one.striped[:, one.body == 1].float().amax(0) < 80).float().mean() for one in herd])
    assert dark.mean().item() == pytest.approx(0.45, abs=0.12)
    assert all((one.plain[:, one.body == 1].float().amax(0) > 80).all() for one in herd)
    for one in herd:  # between two bands the striped creature has the plain one's colour
        same = (one.plain.int() - one.striped.int()).abs().amax(0)[one.body == 1] < 12
        assert same.float().mean() > 0.1


def test_colour_and_shape_say_nothing_of_the_domain():
    """Means over the two training domains agree within four standard errors: place, size and hue of the ground."""
    data = Stripes(size=32)
    a, b = (
        torch.stack([data._creature(number).body for number in numbers])
        for numbers in (range(120), range(COUNTS["train"], COUNTS["train"] + 120))
    )
    for measure in (
        lambda body: body.sum((1, 2)),
        lambda body: body[:, :, :16].sum((1, 2)),
        lambda body: body[:, :16].sum((1, 2)),
    ):
        x, y = measure(a), measure(b)
        assert abs(x.mean() - y.mean()) < 4 * ((x.var() + y.var()) / 120).sqrt()


def test_the_same_number_is_the_same_creature():
    first = creature(7, size=32, seed=3)
    stripes._drawn.cache_clear()
    again = creature(7, size=32, seed=3)
    assert all(torch.equal(x, y) for x, y in zip(first, again, strict=True))
    assert not torch.equal(creature(8, size=32, seed=3).plain, first.plain)
    assert not torch.equal(creature(7, size=32, seed=4).plain, first.plain)


def test_the_two_sizes_show_the_same_creature():
    small, large = creature(5, size=32), creature(5, size=64)
    shrunk = torch.nn.functional.avg_pool2d(large.striped.float(), 2)
    assert (shrunk - small.striped.float()).abs().mean() < 4


def test_training_is_unpaired_and_measuring_is_paired():
    train, val = Stripes(size=32), Stripes(size=32, split="val")
    assert (train.paired, val.paired) == (False, True)
    assert (len(train), len(val)) == (600, 100)
    numbers = train.example(3)
    assert numbers["A"].shape == numbers["B"].shape == (3, 32, 32)
    assert numbers["A"].min() >= -1
    assert numbers["A"].max() <= 1
    pair, body = val.example(3), val.body(3)
    assert torch.equal(pair["A"][:, body == 0], pair["B"][:, body == 0])
    assert not torch.equal(pair["A"], pair["B"])
    one = train.example(3)
    assert (one["A"] - one["B"])[:, body == 0].abs().mean() > 0.1


def test_who_meets_whom_is_a_function_of_seed_epoch_and_index():
    data = Stripes(size=32)
    first = data.example(3, epoch=1, seed=0, augment=True)
    again = data.example(3, epoch=1, seed=0, augment=True)
    other = data.example(3, epoch=2, seed=0, augment=True)
    assert torch.equal(first["B"], again["B"])
    assert torch.equal(first["A"], other["A"])
    assert not torch.equal(first["B"], other["B"])


def test_bad_input():
    with pytest.raises(CourseError, match="size 8"):
        Stripes(size=8)
    with pytest.raises(CourseError, match="'test'"):
        Stripes(split="test")
    with pytest.raises(IndexError, match="number 600"):
        Stripes().example(600)
    assert np.isfinite(creature(0, size=16).body.sum())
