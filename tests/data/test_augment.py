"""Augmentation as a pure function of (seed, epoch, index)."""

import colorsys

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.augment import Jitter, bytes_tensor, generator_for, resize, signed
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError


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


# -- hue --------------------------------------------------------------------------------------------------------------


def pixels(count=64, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (3, 1, count), dtype=np.uint8))


@pytest.mark.parametrize("turn", [0.25, -0.25, 0.5, 0.1, -0.37, 1 / 3])
def test_a_turned_hue_is_colorsys_s(turn):
    picture = pixels()
    turned = Jitter(0, 0, 64, False, turn)(picture)
    assert turned.dtype == torch.uint8
    for before, after in zip(picture[:, 0].T.tolist(), turned[:, 0].T.tolist(), strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in before))
        expected = colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value)
        assert after == pytest.approx([255 * channel for channel in expected], abs=1.5)  # rounded to bytes on the way


def test_grey_stays_grey_and_red_becomes_green():
    grey = torch.arange(256, dtype=torch.uint8).expand(3, 1, 256)
    assert (Jitter(0, 0, 256, False, 0.4)(grey).int() - grey.int()).abs().max() <= 1
    red = torch.tensor([200, 0, 0], dtype=torch.uint8)[:, None, None]
    assert Jitter(0, 0, 1, False, 1 / 3)(red).flatten().tolist() == [0, pytest.approx(200, abs=1), 0]


def test_without_hue_the_random_numbers_are_what_they_were():
    """Old runs resume, and old models are remade: the numbers in their order, drawn here by hand."""
    for index in range(200):
        random = np.random.default_rng((5, 2, index))
        top, left, mirrored = int(random.integers(9)), int(random.integers(9)), bool(random.random() < 0.5)
        for jitter in (
            Jitter.draw(generator_for(5, 2, index), 40, 32),
            Jitter.draw(generator_for(5, 2, index), 40, 32, hue=0.0),
        ):
            assert (jitter.top, jitter.left, jitter.flip, jitter.hue) == (top, left, mirrored, 0.0)
        with_hue = Jitter.draw(generator_for(5, 2, index), 40, 32, hue=0.3)
        assert (with_hue.top, with_hue.left, with_hue.flip) == (top, left, mirrored)  # the turn is drawn last
        assert with_hue.hue == (float(random.uniform(-0.3, 0.3)) if random.random() < 0.5 else 0.0)


def test_half_of_the_turns_are_none_and_the_others_even():
    turns = np.array([Jitter.draw(generator_for(0, 0, i), 40, 32, hue=0.2).hue for i in range(4000)])
    assert np.mean(turns == 0) == pytest.approx(0.5, abs=0.03)
    assert np.abs(turns).max() <= 0.2
    counts, _ = np.histogram(turns[turns != 0], bins=8, range=(-0.2, 0.2))
    assert counts.min() > 190  # 250 expected, standard deviation 15


@pytest.fixture
def coloured(tmp_path):
    """Pairs whose two halves have every pixel's hue in common, but neither saturation nor value."""
    for number in range(6):
        hues = np.random.default_rng(number).random((32, 32))
        halves = [
            np.array([[colorsys.hsv_to_rgb(hue, *rest) for hue in row] for row in hues])
            for rest in ((0.9, 0.95), (0.6, 0.7))
        ]
        Image.fromarray((np.concatenate(halves, axis=1) * 255).round().astype(np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    return tmp_path


def hues(tensor):
    rgb = ((tensor + 1) / 2).flatten(1).T.tolist()
    return np.array([colorsys.rgb_to_hsv(*pixel)[0] for pixel in rgb])


def apart(one, other):
    """How far two hues are from each other, on the circle."""
    return np.abs((one - other + 0.5) % 1 - 0.5)


def test_both_halves_of_a_pair_are_turned_alike_and_by_seed_epoch_and_index_alone(coloured):
    plain, turned, again = (open_pairs(str(coloured), size=32, hue=hue) for hue in (0.0, 0.5, 0.5))
    again.example(3, 5, 1, augment=True)  # what was asked before does not matter
    turns = {}
    for index in range(6):
        for epoch in range(4):
            before, after = (data.example(index, epoch, 2, augment=True) for data in (plain, turned))
            assert torch.equal(after["input"], again.example(index, epoch, 2, augment=True)["input"])
            moved = {side: (hues(after[side]) - hues(before[side])) % 1 for side in ("input", "target")}
            assert np.median(apart(moved["input"], moved["target"])) < 0.01
            middle = moved["input"][0]
            assert np.median(apart(moved["input"], middle)) < 0.01  # one turn for the whole picture
            turns[index, epoch] = round(float(middle), 2)
    assert 6 < sum(0.01 < turn < 0.99 for turn in turns.values()) < 18  # of 24, half
    assert len(set(turns.values())) > 6
    measured = [data.example(0)["input"] for data in (plain, turned)]
    assert torch.equal(*measured)  # measuring turns nothing


@pytest.mark.parametrize("options", [{"palette": "facades"}, {"named": True}, {"named": True, "direction": "AtoB"}])
def test_label_maps_are_not_turned(coloured, options):
    data = f"facades={coloured}" if options.pop("named", False) else str(coloured)
    with pytest.raises(CourseError, match=r"hue is 0\.1.*classes.*Set hue to 0"):
        open_pairs(data, size=32, hue=0.1, **options)
    assert len(open_pairs(data, size=32, **options)) == 6


# -- zoom -------------------------------------------------------------------------------------------------------------


def test_a_window_beyond_the_picture_repeats_its_edge_by_hand():
    picture = torch.tensor([[[1, 2], [3, 4]]], dtype=torch.uint8)
    assert Jitter(-1, -2, 4, False)(picture)[0].tolist() == [[1, 1, 1, 2], [1, 1, 1, 2], [3, 3, 3, 4], [3, 3, 3, 4]]
    assert Jitter(0, -1, 3, True)(picture)[0].tolist() == [[2, 1, 1], [4, 3, 3], [4, 3, 3]]


def test_a_picture_is_resized_as_pillow_does_before_it_is_cut():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(pixels).resize((24, 32), Image.Resampling.BILINEAR))[3:23, 2:22]
    cut = Jitter(3, 2, 20, False, scaled=(32, 24))(torch.from_numpy(pixels).permute(2, 0, 1))
    assert cut.dtype == torch.uint8
    assert np.abs(cut.permute(1, 2, 0).numpy().astype(int) - expected.astype(int)).max() <= 1


def test_sizes_are_drawn_evenly_both_ways_and_a_small_picture_is_wholly_seen():
    jitters = [Jitter.draw(generator_for(0, 0, i), 40, 32, zoom=1.5) for i in range(4000)]
    sides = np.array([jitter.scaled[0] for jitter in jitters])
    assert all(jitter.scaled[0] == jitter.scaled[1] for jitter in jitters)
    assert sides.min() in (27, 28) and sides.max() in (59, 60)  # 40 / 1.5 and 40 · 1.5
    assert np.mean(sides < 40) == pytest.approx(0.5, abs=0.04)
    for jitter, side in zip(jitters, sides, strict=True):
        for start in (jitter.top, jitter.left):
            assert min(side - 32, 0) <= start <= max(side - 32, 0)  # no edge where there is picture enough
    assert any(jitter.top < 0 for jitter in jitters) and any(jitter.top > 20 for jitter in jitters)
    assert all(Jitter.draw(generator_for(0, 0, i), 40, 32, zoom=1.0).scaled is None for i in range(9))


def test_both_halves_of_a_pair_are_zoomed_alike(coloured):
    for file in coloured.glob("*.png"):  # the right half is the left one's negative
        left = np.asarray(Image.open(file))[:, :32]
        Image.fromarray(np.concatenate([left, 255 - left], axis=1)).save(file)
    plain, zoomed = (open_pairs(str(coloured), size=32, zoom=zoom) for zoom in (1.0, 1.4))
    seen = [zoomed.example(index, 1, 2, augment=True) for index in range(6)]
    for example in seen:
        assert example["input"].shape == (3, 32, 32)
        assert (example["input"] + example["target"]).abs().max() <= 1.01 / 127.5  # a rounding apart
    assert torch.equal(plain.example(3)["input"], zoomed.example(3)["input"])  # measuring zooms nothing
    assert not torch.equal(plain.example(3, 1, 2, augment=True)["input"], seen[3]["input"])


def test_label_maps_are_not_zoomed(coloured):
    with pytest.raises(CourseError, match=r"zoom is 1\.2.*classes.*Set zoom to 1"):
        open_pairs(str(coloured), size=32, zoom=1.2, palette="facades")
