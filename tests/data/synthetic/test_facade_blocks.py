"""The embedded façades: pairs that lessons and tests can count on."""

import numpy as np
import pytest
import torch

from course_lib.data.palette import FACADES
from course_lib.data.synthetic.facade_blocks import NAMES, FacadeBlocks, facade_blocks, facade_boxes, facade_map
from course_lib.errors import CourseError


def pixels(image):
    return np.asarray(image).astype(float) / 255


def test_same_numbers_same_pair():
    first, again = facade_blocks(7, seed=3), facade_blocks(7, seed=3)
    for a, b in zip(first, again, strict=True):
        assert a.tobytes() == b.tobytes()
    assert facade_blocks(7, seed=4)[0].tobytes() != first[0].tobytes()
    assert facade_blocks(8, seed=3)[0].tobytes() != first[0].tobytes()


def test_maps_use_only_the_twelve_colours_and_all_of_them():
    colours = {colour for _, colour in FACADES}
    seen = set()
    for index in range(60):
        label, _ = facade_blocks(index)
        seen |= {colour for _, colour in label.getcolors()}
    assert seen == colours


def test_one_map_has_many_photos():
    pairs = [facade_blocks(5, appearance=k) for k in range(12)]
    assert len({label.tobytes() for label, _ in pairs}) == 1
    photos = np.stack([pixels(photo) for _, photo in pairs])
    # They differ where it counts, not by noise: the wall's mean colour moves by a tenth of the range and more.
    wall = facade_map(5) == NAMES.index("façade")
    assert photos[:, wall].mean(1).std(0).max() > 0.08


def test_photo_follows_the_map():
    """What a learner of pairs can learn:

    glass is darker than its wall, sky is not, and edges sit where the map has them.
    """
    glass_darker = []
    for index in range(40):
        _, photo = facade_blocks(index)
        grey, classes = pixels(photo).mean(2), facade_map(index)
        glass_darker.append(
            grey[classes == NAMES.index("window")].mean() < grey[classes == NAMES.index("façade")].mean()
        )
    assert np.mean(glass_darker) > 0.75  # dark brick and drawn curtains are the exceptions
    gain = []
    for index in range(40):
        _, photo = facade_blocks(index)
        step = np.abs(np.diff(pixels(photo).mean(2), axis=1))
        edge = np.diff(facade_map(index).astype(int), axis=1) != 0
        gain.append(step[edge].mean() / step[~edge].mean())
    assert np.median(gain) > 1.5


def test_boxes_are_the_map():
    size = 64
    drawn = np.zeros((size, size), dtype=int)
    for kind, x0, y0, x1, y1 in facade_boxes(9, size=size):
        assert 0 <= x0 < x1 <= size and 0 <= y0 < y1 <= size
        drawn[y0:y1, x0:x1] = NAMES.index(kind)
    np.testing.assert_array_equal(drawn, facade_map(9, size=size))


@pytest.mark.parametrize("size", [16, 50, 64, 128, 256])
def test_every_size(size):
    for index in range(10):
        label, photo = facade_blocks(index, size=size)
        assert label.size == photo.size == (size, size)


def test_same_building_at_every_size():
    small = facade_map(2, size=64)
    large = facade_map(2, size=256)[2::4, 2::4]
    assert (small == large).mean() > 0.85


def test_slack_moves_the_photo_and_not_the_map():
    exact, loose = facade_blocks(9), facade_blocks(9, slack=1)
    assert exact[0].tobytes() == loose[0].tobytes() and exact[1].tobytes() != loose[1].tobytes()
    # Averaged over many photos, a part that is always in its place keeps a hard edge, one that wanders does not.
    average = {
        slack: np.mean([pixels(facade_blocks(9, appearance=k, slack=slack)[1]).mean(2) for k in range(24)], axis=0)
        for slack in (0, 1)
    }
    step = {slack: np.abs(np.diff(grey, axis=1)).max() for slack, grey in average.items()}
    assert step[1] < 0.8 * step[0]


def test_too_small_is_named():
    with pytest.raises(CourseError, match="size 8"):
        facade_blocks(0, size=8)


def test_dataset_gives_tensors_in_range_and_splits_do_not_overlap():
    train, val = FacadeBlocks(), FacadeBlocks(split="val")
    assert (len(train), len(val)) == (400, 100)
    example = train.example(3)
    for key in ("input", "target"):
        assert example[key].shape == (3, 64, 64) and example[key].dtype == torch.float32
        assert example[key].min() >= -1 and example[key].max() <= 1
    trained = {train.example(i)["input"].numpy().tobytes() for i in range(len(train))}
    assert len(trained) == len(train)
    assert not any(val.example(i)["input"].numpy().tobytes() in trained for i in range(len(val)))


def test_direction_exchanges_the_two_sides():
    to_photo, to_label = FacadeBlocks(direction="BtoA").example(1), FacadeBlocks(direction="AtoB").example(1)
    assert torch.equal(to_photo["input"], to_label["target"]) and torch.equal(to_photo["target"], to_label["input"])
    # The label side is flat: at most twelve colours. The photo is not.
    assert (
        len(torch.unique(to_photo["input"].flatten(1), dim=1).T)
        <= 12
        < len(torch.unique(to_photo["target"].flatten(1), dim=1).T)
    )


def test_augment_mirrors_both_sides_together_and_is_a_function_of_seed_epoch_index():
    blocks = FacadeBlocks()
    plain = blocks.example(0)
    mirrored = 0
    for epoch in range(40):
        example = blocks.example(0, epoch=epoch, seed=1, augment=True)
        again = blocks.example(0, epoch=epoch, seed=1, augment=True)
        assert torch.equal(example["input"], again["input"])
        if torch.equal(example["input"], plain["input"]):
            assert torch.equal(example["target"], plain["target"])
        else:
            mirrored += 1
            assert torch.equal(example["input"], plain["input"].flip(-1))
            assert torch.equal(example["target"], plain["target"].flip(-1))
    assert 10 <= mirrored <= 30


def test_appearances_change_with_the_epoch_and_the_map_stays():
    blocks = FacadeBlocks(appearances=3)
    shown = [blocks.example(4, epoch=epoch) for epoch in range(4)]
    assert all(torch.equal(shown[0]["input"], pair["input"]) for pair in shown)
    assert not torch.equal(shown[0]["target"], shown[1]["target"])
    assert torch.equal(shown[0]["target"], shown[3]["target"])


def test_unknown_split_and_direction_are_named():
    with pytest.raises(CourseError, match="'test'.*train, val"):
        FacadeBlocks(split="test")
    with pytest.raises(CourseError, match="'sideways'"):
        FacadeBlocks(direction="sideways")
