"""Two folders without pairs: what is trained on, what is held out, who meets whom, and what is refused."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import emoji
from course_lib.data.domains import Domains, open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.errors import CourseError


def paint(path, value, size=20):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), (value, 0, 0)).save(path)


def values(data, domain, **kind):
    """The grey values that a whole epoch shows of a domain, each file having its own."""
    shown = [data.example(index, **kind)[domain] for index in range(len(data))]
    return [round((one[0].mean().item() + 1) * 127.5) for one in shown]


@pytest.fixture
def folder(tmp_path):
    for number in range(8):
        paint(tmp_path / "trainA" / f"a{number}.png", number)
    for number in range(5):
        paint(tmp_path / "trainB" / f"b{number}.png", 100 + number)
    return tmp_path


def test_the_last_by_name_are_held_out_of_training(folder):
    train, val = (open_domains(str(folder), size=16, split=split, hold_out=2) for split in ("train", "val"))
    assert values(train, "A") == [0, 1, 2, 3, 4, 5]
    assert set(values(train, "B")) == {100, 101, 102}
    assert (values(val, "A"), values(val, "B")) == ([6, 7], [103, 104])
    seen = {value for epoch in range(30) for value in values(train, "B", epoch=epoch, augment=True)}
    assert seen == {100, 101, 102}


def test_an_epoch_shows_the_larger_domain_once_and_draws_from_the_other(folder):
    data = open_domains(str(folder), size=16, load_size=18, hold_out=0)
    assert len(data) == 8
    first, second = ([values(data, domain, epoch=epoch, augment=True) for domain in "AB"] for epoch in (0, 1))
    assert first[0] == second[0] == list(range(8))
    assert first[1] != second[1]  # nobody meets the same partner for ever
    assert first == [values(data, domain, epoch=0, augment=True) for domain in "AB"]


def test_a_larger_b_is_shown_whole_too(folder):
    for number in range(5, 40):
        paint(folder / "trainB" / f"b{number}.png", 100 + number)
    data = open_domains(str(folder), size=16, hold_out=0)
    assert len(data) == 40
    shown = {value for epoch in range(20) for value in values(data, "B", epoch=epoch, augment=True)}
    assert shown == set(range(100, 140))


def test_a_test_part_is_what_is_measured_on(folder):
    paint(folder / "testA" / "x.png", 50)
    paint(folder / "testB" / "y.png", 51)
    assert len(open_domains(str(folder), size=16, hold_out=3)) == 8  # nothing need be held out then
    val = open_domains(str(folder), size=16, split="val")
    assert (values(val, "A"), values(val, "B")) == ([50], [51])


def test_a_large_set_is_decoded_again_instead_of_kept(folder, monkeypatch):
    kept = open_domains(str(folder), size=16, load_size=18, hold_out=1)
    monkeypatch.setattr("course_lib.data.decoded.KEEP", 0)
    again = open_domains(str(folder), size=16, load_size=18, hold_out=1)
    assert again._decoded._kept == {}
    for index in range(len(kept)):
        for domain in "AB":
            x, y = (data.example(index, 1, 2, augment=True)[domain] for data in (kept, again))
            assert torch.equal(x, y)


def test_variants_take_turns_and_measuring_shows_the_first(tmp_path):
    for number in range(3):
        paint(tmp_path / f"{number}.png", 10 * number)
    files = [tmp_path / f"{number}.png" for number in range(3)]
    data = Domains([files], [files[:1]], size=16)
    assert len(data) == 1
    seen = {values(data, "A", epoch=epoch, augment=True)[0] for epoch in range(40)}
    assert seen == {0, 10, 20}
    assert values(data, "A") == [0]


def test_an_unreadable_picture_is_named_and_skipped(folder):
    (folder / "trainA" / "a0.png").write_bytes(b"no picture")
    with pytest.warns(SkippedPictures, match="a0.png"):
        data = open_domains(str(folder), size=16, hold_out=0)
    assert values(data, "A")[0] == 1


def test_pairs_stay_pairs_where_a_picture_cannot_be_read(tmp_path):
    for number in range(4):
        paint(tmp_path / "a" / f"{number}.png", number)
        paint(tmp_path / "b" / f"{number}.png", 100 + number)
    (tmp_path / "b" / "1.png").write_bytes(b"no picture")
    a, b = ([[tmp_path / side / f"{number}.png"] for number in range(4)] for side in "ab")
    with pytest.warns(SkippedPictures, match="1 of 8"):
        data = Domains(a, b, size=16, paired=True)
    assert (values(data, "A"), values(data, "B")) == ([0, 2, 3], [100, 102, 103])


def test_a_domain_without_a_readable_picture_is_named(folder):
    for file in (folder / "trainB").iterdir():
        file.write_bytes(b"no picture")
    with pytest.warns(SkippedPictures, match="5 of 13"), pytest.raises(CourseError, match="No picture of domain B"):
        open_domains(str(folder), size=16, hold_out=0)


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        (None, {"data": "zebras2unicorns"}, "'zebras2unicorns'"),
        (None, {"hold_out": 5}, "trainB has 5 pictures"),
        (None, {"hold_out": -1}, "hold-out is -1"),
        (None, {"split": "val", "hold_out": 0}, "nothing to measure on"),
        (None, {"split": "test"}, "'test'"),
        ("trainB", {}, "no folder 'trainB'"),
    ],
)
def test_what_is_refused(folder, change, arguments, words):
    if change:
        (folder / change).rename(folder / "elsewhere")
    with pytest.raises(CourseError, match=words):
        open_domains(**({"data": str(folder), "size": 16} | arguments))


# -- emoji ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "base"),
    [
        ("1f600", "1f600"),
        ("0023-fe0f-20e3", "0023-20e3"),
        ("1f44b-1f3fd", "1f44b"),  # waving hand, a skin
        ("1f469-1f3fd-200d-1f680", "1f9d1-1f680"),  # woman astronaut, a skin → astronaut
        ("1f9d1-200d-1f680", "1f9d1-1f680"),
        ("1f3c3-200d-2642-fe0f", "1f3c3"),  # man running → running
        ("1f467-1f3ff", "1f9d2"),  # girl → child
        ("1f3fb", "1f3fb"),  # the skin tone's own swatch
        ("1f1e6-1f1fa", "1f1e6-1f1fa"),  # a flag
    ],
)
def test_bases(stem, base):
    assert emoji.base(stem) == base


def stems():
    faces = [f"1f{number:03x}" for number in range(0x600, 0x600 + 300)]
    return [*faces, *(f"{face}-1f3f{tone}" for face in faces[:40] for tone in "bcdef")]


def test_no_base_is_in_two_parts():
    parts = emoji.split(stems())
    bases = {name: {emoji.base(stem) for variants in part for stem in variants} for name, part in parts.items()}
    assert not (bases["A"] & bases["B"] or bases["A"] & bases["val"] or bases["B"] & bases["val"])
    assert len(bases["val"]) == emoji.HELD_OUT >= 150
    assert abs(len(bases["A"]) - len(bases["B"])) <= 1
    assert sum(len(variants) for part in parts.values() for variants in part) == 500
    assert all(len(variants[0]) == 5 for part in parts.values() for variants in part)  # the plainest first
    assert emoji.split(reversed(stems())) == parts


def test_emoji_folders_are_trained_unpaired_and_measured_as_pairs(tmp_path, monkeypatch):
    monkeypatch.setattr(emoji, "HELD_OUT", 4)
    for number in range(16):
        for value, style in ((number, "noto"), (100 + number, "twemoji")):
            paint(tmp_path / style / f"1f60{number:x}.png", value)
    paint(tmp_path / "noto" / "1f700.png", 99)  # drawn in one style only: not used
    train, val = (open_domains(str(tmp_path), size=16, split=split) for split in ("train", "val"))
    assert (train.paired, val.paired, len(train), len(val)) == (False, True, 6, 4)
    a, b = set(values(train, "A")), {value - 100 for value in values(train, "B")}
    assert not a & b
    held = values(val, "A")
    assert [value + 100 for value in held] == values(val, "B")
    assert a | b | set(held) == set(range(16))


def test_too_few_emoji_are_counted(tmp_path):
    for number in range(5):
        for style in ("noto", "twemoji"):
            paint(tmp_path / style / f"1f60{number}.png", 0)
    for split in ("train", "val"):
        with pytest.raises(CourseError, match="holds 5 different emoji in both styles. Put 182 or more"):
            open_domains(str(tmp_path), size=16, split=split)


def test_pictures_with_alpha_are_laid_over_white(tmp_path):
    for part in ("trainA", "trainB"):
        (tmp_path / part).mkdir()
        picture = np.zeros((16, 16, 4), np.uint8)
        picture[:8, :, 3] = 255
        Image.fromarray(picture).save(tmp_path / part / "x.png")
    shown = open_domains(str(tmp_path), size=16, hold_out=0).example(0)["A"]
    assert (shown[:, :8] == -1).all()
    assert (shown[:, 8:] == 1).all()


# -- both styles of an emoji in one file -----------------------------------------------------------------------------


def both(path, left, right, size=20):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (2 * size, size), (left, 0, 0))
    picture.paste((right, 0, 0), (size, 0, 2 * size, size))
    picture.save(path)


def test_no_emoji_is_trained_on_in_both_styles(tmp_path):
    stems = ["1f600", "1f601", "1f9d1-200d-1f680", "1f9d1-200d-1f33e", "1f468-200d-1f33e", "1f33d", "1f33e"]
    for number, stem in enumerate(stems):
        both(tmp_path / "train" / f"{stem}.png", number, 100 + number)
    both(tmp_path / "val" / "1f4a9.png", 50, 150)
    train, val = (open_domains(f"fluent_unpaired={tmp_path}", size=16, split=split) for split in ("train", "val"))

    shown = {
        domain: {value for epoch in range(20) for value in values(train, domain, epoch=epoch, augment=True)}
        for domain in "AB"
    }
    flat, rendered = shown["A"], {value - 100 for value in shown["B"]}
    assert not flat & rendered
    assert flat | rendered == set(range(7))  # every emoji is used
    assert {2, 3, 4} <= flat or {2, 3, 4} <= rendered  # a person stays a person, whatever the profession
    assert (values(val, "A"), values(val, "B"), val.paired) == ([50], [150], True)


def test_halves_are_about_equally_large():
    stems = [f"1f6{number:02x}" for number in range(40)] + [f"1f9d1-1f3f{tone}-200d-1f680" for tone in "bcdef"]
    one, other = (sum(map(len, part)) for part in emoji.two_parts(stems))
    assert abs(one - other) <= 1


def test_one_emoji_cannot_be_divided(tmp_path):
    both(tmp_path / "train" / "1f600.png", 1, 2)
    with pytest.raises(CourseError, match="holds 1 different emoji"):
        open_domains(f"fluent_unpaired={tmp_path}", size=16)
