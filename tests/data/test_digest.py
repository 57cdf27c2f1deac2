"""The hash of what a set is made of:

another set, another length, another part has another; the same set elsewhere has not.
"""

import hashlib
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import emoji
from course_lib.data.digest import digest_of, listing
from course_lib.data.domains import Domains, open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.data.labelled import Labelled, open_labelled
from course_lib.data.pairs import open_pairs
from course_lib.data.photos import open_photos
from course_lib.data.points import PointSet, from_points, mixture
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.data.synthetic.stripes import Stripes


def picture(path, value=0, size=(64, 32)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, 0, 0)).save(path)


def side_by_side(root):
    for split, count in (("train", 3), ("val", 3)):
        for number in range(count):
            picture(root / split / f"{number}.png")
    return lambda split="train": open_pairs(str(root), size=16, split=split)


def two_folders(root):
    for split in ("train", "val"):
        for side in "AB":
            for number in range(3):
                picture(root / split / side / f"{number}.png")
    return lambda split="train": open_pairs(str(root), size=16, split=split)


def made_pairs(root):
    for split in ("train", "val"):
        for number in range(3):
            picture(root / split / f"{number}.png")
    return lambda split="train": open_pairs(str(root), size=16, split=split, maker="colorize")


def photos(root):
    made_pairs(root)
    return lambda split="train": open_photos(str(root), split=split)


def domains(root):
    for side in "AB":
        for number in range(5):
            picture(root / f"train{side}" / f"{number}.png")
    return lambda split="train": open_domains(str(root), size=16, split=split, hold_out=2)


def emoji_styles(root):
    for style in ("noto", "twemoji"):
        for number in range(12):
            picture(root / style / f"1f60{number:x}.png")
    return lambda split="train": open_domains(str(root), size=16, split=split)


def classes(root):
    for name in ("cat", "dog"):
        for number in range(12):
            picture(root / name / f"{number}.png")
    return lambda split="train": open_labelled(str(root), size=16, split=split)


def bitmaps(root):
    root.mkdir(parents=True)
    for name in ("cat", "dog"):
        np.save(root / f"{name}.npy", np.zeros((20, 784), np.uint8))
    return lambda split="train": open_labelled(str(root), size=28, split=split)


KINDS = [side_by_side, two_folders, made_pairs, photos, domains, emoji_styles, classes, bitmaps]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def kind(request, monkeypatch):
    monkeypatch.setattr(emoji, "HELD_OUT", 4)
    return request.param


def some_file(root, data):
    """A file that the training part holds, and its namesakes there."""
    files = data.a[0] if isinstance(data, Domains) else sorted(root.rglob("*.*"))
    first = next(path for path in files if "val" not in path.parts)
    return [path for path in root.rglob(first.name) if "val" not in path.parts]


def test_the_same_files_elsewhere_are_the_same_set(kind, tmp_path):
    here, there = kind(tmp_path / "here"), kind(tmp_path / "elsewhere" / "x")
    assert here().digest() == here().digest() == there().digest()


def test_another_part_is_another_set(kind, tmp_path):
    opened = kind(tmp_path / "set")
    assert opened("train").digest() != opened("val").digest()


def test_a_renamed_file_makes_another_set(kind, tmp_path):
    opened = kind(tmp_path / "set")
    data = opened()
    before = data.digest()
    for file in some_file(tmp_path / "set", data):
        file.rename(file.with_name("0000" + file.name if file.suffix == ".png" else "a" + file.name))
    assert opened().digest() != before


def test_another_size_of_one_file_makes_another_set(kind, tmp_path):
    opened = kind(tmp_path / "set")
    data = opened()
    before = data.digest()
    file = some_file(tmp_path / "set", data)[0]
    if file.suffix == ".npy":
        np.save(file, np.zeros((21, 784), np.uint8))
    else:
        file.write_bytes(file.read_bytes() + b"\0")  # what follows a PNG's end is not looked at
    assert opened().digest() != before


def test_added_files_make_another_set(kind, tmp_path):
    opened = kind(tmp_path / "set")
    data = opened()
    before = data.digest()
    for file in some_file(tmp_path / "set", data):
        shutil.copy(file, file.with_name(file.name.replace(".", "9.") if file.suffix == ".png" else "new.npy"))
    assert opened().digest() != before


def test_a_file_that_could_not_be_read_is_no_part_of_the_set(tmp_path):
    opened = side_by_side(tmp_path)
    before = opened().digest()
    (tmp_path / "train" / "9.png").write_bytes(b"no picture")
    with pytest.warns(SkippedPictures):
        assert opened().digest() == before


def test_labelled_sets_know_their_classes(tmp_path):
    bitmaps(tmp_path / "set")
    digest = [
        open_labelled(str(tmp_path / "set"), size=28, classes=names).digest()
        for names in ((), ("cat", "dog"), ("dog", "cat"), ("cat",))
    ]
    assert digest[0] == digest[1]
    assert len(set(digest)) == 3
    assert open_labelled("digits", size=8).digest() == open_labelled("digits", size=16).digest()
    assert open_labelled("digits", size=8).digest() != open_labelled("digits", size=8, split="val").digest()


def test_pictures_made_in_memory_are_known_by_their_bytes():
    labels = torch.tensor([0, 1])
    one, same, other = (Labelled(torch.full((2, 1, 4, 4), n).byte(), labels, ("a", "b")).digest() for n in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    "sets",
    [
        [
            FacadeBlocks(16), FacadeBlocks(17), FacadeBlocks(16, split="val"), FacadeBlocks(16, seed=1),
            FacadeBlocks(16, direction="AtoB"), FacadeBlocks(16, length=399), FacadeBlocks(16, appearances=2),
            FacadeBlocks(16, length=100, split="val", seed=1),
        ],
        [Stripes(size=16), Stripes(size=17), Stripes(size=16, split="val"), Stripes(size=16, seed=1)],
        [
            PointSet(mixture("ring")), PointSet(mixture("ring", 7)), PointSet(mixture("grid")),
            PointSet(mixture("ring"), 100), PointSet(from_points([(0, 0), (1, 1)])),
            PointSet(from_points([(0, 0), (1, 1)], 0.1)), PointSet(from_points([(1, 1), (0, 0)])),
        ],
    ],
    ids=["facade_blocks", "stripes", "points"],
)  # fmt: skip
def test_of_sets_drawn_by_rule_every_parameter_counts(sets):
    assert len({data.digest() for data in sets}) == len(sets)


def test_the_same_rule_is_the_same_set():
    assert FacadeBlocks(16).digest() == open_pairs("facade_blocks", size=16).digest() == FacadeBlocks(16).digest()
    assert Stripes(size=16).digest() == open_domains("stripes", size=16).digest()
    assert PointSet(mixture("spiral")).digest() == PointSet(mixture("spiral")).digest()


def test_a_sine_s_last_place_does_not_make_another_set():
    nudged = mixture("ring")
    nudged.centres.mul_(1 + 2**-22)
    flipped = mixture("ring")
    flipped.centres.copy_(torch.where(flipped.centres.abs() < 1e-6, -0.0, flipped.centres))
    assert PointSet(nudged).digest() == PointSet(flipped).digest() == PointSet(mixture("ring")).digest()


def test_by_hand(tmp_path):
    picture(tmp_path / "a" / "ü.png")
    (tmp_path / "b.png").write_bytes(b"12345")
    listed = listing([tmp_path / "b.png", tmp_path / "a" / "ü.png"], tmp_path)
    assert listed == [("b.png", 5), ("a/\u00fc.png", (tmp_path / "a" / "ü.png").stat().st_size)]
    assert listing([tmp_path / "a" / "ü.png"], None)[0][0] == "\u00fc.png"
    text = f'["pairs", [["b.png", 5], ["a/\\u00fc.png", {listed[1][1]}]]]'
    assert digest_of("pairs", listed) == hashlib.sha256(text.encode("ascii")).hexdigest()
    assert json.loads(text)[1][1][0] == "a/ü.png"


def test_no_pixel_is_read_for_it(tmp_path, monkeypatch):
    sets = [kind(tmp_path / kind.__name__)() for kind in (side_by_side, two_folders, domains, photos, bitmaps)]
    for module in ("builtins.open", "PIL.Image.open", "numpy.load"):
        monkeypatch.setattr(module, lambda *_, **__: pytest.fail("a file was opened"))
    for data in sets:
        assert len(data.digest()) == 64
