"""Paired pictures from folders: directions, joint augmentation, bad files named."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.folders import SkippedPictures, picture_files
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError


def ramp(width, height, channel):
    """Every pixel says where it is: x in red (or green), y in blue."""
    array = np.zeros((height, width, 3), dtype=np.uint8)
    array[..., channel] = np.arange(width)[None] * (240 // width)
    array[..., 2] = np.arange(height)[:, None] * (240 // height)
    return Image.fromarray(array)


def side_by_side(path, side=40):
    both = Image.new("RGB", (2 * side, side))
    both.paste(ramp(side, side, 0), (0, 0))
    both.paste(ramp(side, side, 1), (side, 0))
    both.save(path)


@pytest.fixture
def folder(tmp_path):
    for index in (1, 2, 10):
        side_by_side(tmp_path / f"{index}.png")
    return tmp_path


@pytest.mark.parametrize(("direction", "input_channel"), [("AtoB", 0), ("BtoA", 1), (None, 0)])
def test_both_directions(folder, direction, input_channel):
    pairs = open_pairs(str(folder), size=40, direction=direction)
    pair = pairs.example(0)
    assert {name: tuple(t.shape) for name, t in pair.items()} == {"input": (3, 40, 40), "target": (3, 40, 40)}
    assert pair["input"][1 - input_channel].max() == -1  # the other half's colour is absent
    assert pair["target"][input_channel].max() == -1
    assert pair["input"][input_channel, 0].tolist() == pytest.approx([x * 6 / 127.5 - 1 for x in range(40)], abs=1e-6)


def test_crop_and_flip_are_joint(folder):
    pairs = open_pairs(str(folder), size=32, load_size=40)
    corners = set()
    for index in range(3):
        for epoch in range(12):
            pair = pairs.example(index, epoch, seed=5, augment=True)
            red, green = pair["input"][0], pair["target"][1]
            assert red.shape == (32, 32)
            assert torch.equal(red, green)  # the same columns, in the same order
            assert torch.equal(pair["input"][2], pair["target"][2])  # the same rows
            corners.add(
                (round((red[0, 0].item() + 1) * 127.5 / 6), round((pair["input"][2, 0, 0].item() + 1) * 127.5 / 6))
            )
    assert len(corners) > 15


def test_augmentation_is_a_function_of_seed_epoch_and_index(folder):
    one, two = (open_pairs(str(folder), size=32, load_size=40) for _ in range(2))
    two.example(1, 7, seed=1, augment=True)  # what was asked before does not matter
    for place in ((0, 0), (2, 3)):
        assert torch.equal(one.example(*place, augment=True)["input"], two.example(*place, augment=True)["input"])
    plain = [one.example(0, epoch)["input"] for epoch in (0, 1)]
    assert torch.equal(*plain)


def test_measuring_uses_the_whole_picture_at_its_size(folder):
    picture = open_pairs(str(folder), size=20, load_size=40).example(0)["input"]
    assert picture.shape == (3, 20, 20)
    assert picture[0, 0, -1] > 0.6  # the right edge is in it


def test_a_set_too_large_for_memory_is_decoded_again(folder, monkeypatch):
    kept = open_pairs(str(folder), size=32, load_size=40)
    monkeypatch.setattr("course_lib.data.decoded.KEEP", 0)
    again = open_pairs(str(folder), size=32, load_size=40)
    assert again._decoded._kept == {}
    for augment in (False, True):
        x, y = (pairs.example(1, 3, 4, augment) for pairs in (kept, again))
        assert torch.equal(x["input"], y["input"])
        assert torch.equal(x["target"], y["target"])


def test_natural_order_and_suffixes(folder):
    (folder / "notes.txt").write_text("no picture")
    side_by_side(folder / "b.PNG")
    assert [path.name for path in picture_files(folder)] == ["1.png", "2.png", "10.png", "b.PNG"]


def test_one_bad_file_among_many_is_skipped_warned_of_and_counted(folder):
    (folder / "3.png").write_bytes(b"not a picture")
    Image.new("RGB", (41, 20)).save(folder / "4.png")
    with pytest.warns(SkippedPictures, match=r"Skipped 2 of 5 pictures: .*3\.png is not.*4\.png is 41 × 20") as caught:
        pairs = open_pairs(str(folder), size=16)
    assert len(caught) == 1
    assert len(pairs) == 3
    assert [file.name for (file,) in pairs.files] == ["1.png", "2.png", "10.png"]
    assert pairs.example(2)["input"].shape == (3, 16, 16)


def test_nothing_but_bad_files(tmp_path):
    for index in range(2):
        (tmp_path / f"{index}.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(CourseError, match=r"None of 2 pictures could be read.*0\.jpg"):
        open_pairs(str(tmp_path), size=16)


@pytest.mark.parametrize("width", [30, 33])
def test_single_photos_are_no_pairs_and_the_way_out_is_named(tmp_path, width):
    Image.new("RGB", (width, 20)).save(tmp_path / "a.png")
    with pytest.raises(CourseError, match=f"{width} × 20; a side-by-side pair.*pair-maker"):
        open_pairs(str(tmp_path), size=16)


def test_missing_empty_and_file(tmp_path):
    for data in ("nowhere", str(tmp_path / "nowhere")):
        with pytest.raises(
            CourseError, match=r"nowhere' is neither a folder nor a named set \(facade_blocks, facades, fluent=FOLDER\)"
        ):
            open_pairs(data, size=16)
    with pytest.raises(CourseError, match=f"{tmp_path} holds no picture"):
        open_pairs(str(tmp_path), size=16)
    file = tmp_path / "a.png"
    side_by_side(file)
    with pytest.raises(CourseError, match="neither a folder"):
        open_pairs(str(file), size=16)


def test_splits(folder):
    for split, count in (("train", 2), ("val", 1)):
        (folder / split).mkdir()
        for index in range(count):
            side_by_side(folder / split / f"{index}.png")
    assert len(open_pairs(str(folder), size=16)) == 2
    assert len(open_pairs(str(folder), size=16, split="val")) == 1
    with pytest.raises(CourseError, match="none called 'test'"):
        open_pairs(str(folder), size=16, split="test")


@pytest.fixture
def two_folders(tmp_path):
    for side, channel in (("A", 0), ("B", 1)):
        (tmp_path / side).mkdir()
        for name in ("x", "y"):
            ramp(40, 40, channel).save(tmp_path / side / f"{name}.png")
    return tmp_path


@pytest.mark.parametrize(("direction", "channel"), [("AtoB", 0), ("BtoA", 1)])
def test_two_folders_of_namesakes(two_folders, direction, channel):
    ramp(40, 40, channel).save(two_folders / "AB"[channel] / "alone.png")
    with pytest.warns(SkippedPictures, match="1 pictures without a namesake.*alone"):
        pairs = open_pairs(str(two_folders), size=16, direction=direction)
    assert len(pairs) == 2
    assert pairs.example(0)["input"][1 - channel].max() == -1


def test_one_sided_sets(two_folders):
    for path in (two_folders / "B").iterdir():
        path.rename(path.with_name(f"other_{path.name}"))
    with pytest.raises(CourseError, match="has a namesake in"):
        open_pairs(str(two_folders), size=16)
    for path in (two_folders / "B").iterdir():
        path.unlink()
    with pytest.raises(CourseError, match=f"{two_folders / 'B'} holds no picture"):
        open_pairs(str(two_folders), size=16)
    (two_folders / "B").rmdir()
    for direction in ("AtoB", "BtoA"):
        with pytest.raises(CourseError, match=f"{two_folders / 'B'} is not a folder"):
            open_pairs(str(two_folders), size=16, direction=direction)


@pytest.mark.parametrize("wrong", [{"direction": "BtoC"}, {"maker": "sketch"}, {"palette": "rainbow"}])
def test_unknown_settings_are_named(folder, wrong):
    with pytest.raises(CourseError, match=next(iter(wrong.values()))):
        open_pairs(str(folder), size=16, **wrong)


def test_a_set_can_travel_to_a_worker_process(two_folders):
    """Where processes are spawned (Windows, macOS) the data set is pickled."""
    folder = two_folders / "halves"
    folder.mkdir()
    for name in "pq":
        side_by_side(folder / f"{name}.png")
    sets = [
        open_pairs(str(folder), size=16, palette="facades"),
        open_pairs(str(two_folders), size=16),
        open_pairs(str(two_folders / "A"), size=16, maker="colorize"),
        open_pairs("facade_blocks", size=16),
    ]
    for pairs in sets:
        back = pickle.loads(pickle.dumps(pairs))
        assert torch.equal(back.example(1)["input"], pairs.example(1)["input"])


def test_the_embedded_set_is_always_there(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    train, val = (open_pairs("facade_blocks", size=16, split=split) for split in ("train", "val"))
    assert (len(train), len(val)) == (400, 100)
    assert not torch.equal(train.example(0)["input"], val.example(0)["input"])
    with pytest.raises(CourseError, match="no split 'test'"):
        open_pairs("facade_blocks", size=16, split="test")
    with pytest.raises(CourseError, match="BtoC"):
        open_pairs("facade_blocks", size=16, direction="BtoC")


def test_good_data_warns_of_nothing(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_pairs(str(folder), size=16)


def test_pictures_of_different_modes_in_one_set_are_read_alike(tmp_path):
    """Grey, palette, alpha, print colours and 16 bits side by side, as a folder that grew over years has them."""
    both = np.full((32, 64), 100, np.uint8)
    both[:, 32:] = 200
    grey = Image.fromarray(both)
    grey.save(tmp_path / "0.png")
    grey.convert("RGB").save(tmp_path / "1.png")
    grey.convert("RGB").quantize(4).save(tmp_path / "2.png")
    grey.convert("RGBA").save(tmp_path / "3.png")
    Image.fromarray(both.astype(np.uint16) * 257).save(tmp_path / "4.png")
    grey.convert("RGB").convert("CMYK").save(tmp_path / "5.tif")

    data = open_pairs(str(tmp_path), size=32)
    assert len(data) == 6
    for index in range(6):
        pair = data.example(index)
        for side, value in (("input", 100), ("target", 200)):
            assert pair[side].shape == (3, 32, 32)
            torch.testing.assert_close(
                (pair[side] + 1) * 127.5, torch.full((3, 32, 32), float(value)), atol=1.01, rtol=0
            )
