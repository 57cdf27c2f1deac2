"""Sets larger than memory: the same pixels from the disk, bounded memory, a bad file met on the way."""

import gc
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import decoded
from course_lib.data.decoded import Decoded, DiskCache
from course_lib.data.domains import open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError
from course_lib.training.order import loader


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where decoded pictures wait, with no room for them in memory."""
    monkeypatch.setattr(decoded, "cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(decoded, "KEEP", 0)
    return tmp_path / "cache" / "decoded"


@pytest.fixture
def folder(tmp_path):
    for side in "AB":
        (tmp_path / f"train{side}").mkdir()
        for number in range(12):
            pixels = np.random.default_rng((number, ord(side))).integers(0, 256, (20, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / f"train{side}" / f"{number:02d}.png")
    return tmp_path


def epoch_of(data, number, workers=0):
    return list(loader(data, batch=4, seed=1, epoch=number, workers=workers))  # every example of it, augmented


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("kind", ["pairs", "domains"])
def test_a_set_on_the_disk_gives_the_same_pixels(folder, place, monkeypatch, kind, workers):
    opened = {
        "pairs": lambda: open_pairs(str(folder), size=16, load_size=18, fit="crop"),
        "domains": lambda: open_domains(str(folder), size=16, load_size=18, fit="crop", hold_out=0),
    }[kind]
    streamed = opened()
    monkeypatch.setattr(decoded, "KEEP", 2**30)
    kept = opened()
    assert streamed._decoded._disk is not None and kept._decoded._disk is None
    for number in (0, 1):
        for one, other in zip(epoch_of(streamed, number, workers), epoch_of(kept, number), strict=True):
            assert all(torch.equal(one[name], other[name]) for name in other)
    (waiting,) = place.iterdir()
    written = {file.name for file in waiting.iterdir()}
    assert 12 <= len(written) <= 24  # what loading processes decoded is there for all; of B they draw at random
    del streamed
    gc.collect()
    assert list(place.iterdir()) == []


def test_the_second_epoch_decodes_nothing(folder, place):
    calls = []

    def load(number, size):
        calls.append(number)
        return (torch.full((3, size, size), number, dtype=torch.uint8),)

    pictures = Decoded(range(200), load, 4)
    assert len(calls) <= 70  # a look at some
    calls.clear()
    for _ in range(2):
        for number in range(200):
            (one,) = pictures(number, 4)
            assert (one == number).all() and one.shape == (3, 4, 4)
    assert sorted(calls) == list(range(200))
    pictures(7, 2)  # another size is another picture
    assert calls[-1] == 7


def test_memory_stays_where_it_is_while_a_set_streams(place):
    """Scaled down: 500 pictures of 48 KB are 24 MB; two epochs of them may hold 2."""

    def load(number, size):
        return (torch.full((3, size, size), number % 256, dtype=torch.uint8),)

    pictures = Decoded(range(500), load, 128)
    tracemalloc.start()
    for _ in range(2):
        for number in range(500):
            pictures(number, 128)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert sum(file.stat().st_size for file in pictures._disk.folder.iterdir()) > 24_000_000


def test_the_disk_is_bounded_too_and_a_full_one_ends_nothing(place, monkeypatch):
    monkeypatch.setattr(decoded, "DISK", 500)
    bounded = DiskCache(100)
    pixels = (torch.arange(12, dtype=torch.uint8).reshape(3, 2, 2), torch.ones(1, 3, 5, dtype=torch.uint8))
    for number in range(9):
        bounded.put(number, pixels)
    found = [bounded.get(number) for number in range(9)]
    assert [one is not None for one in found] == [True] * 5 + [False] * 4
    assert all(torch.equal(one, other) for one, other in zip(found[0], pixels, strict=True))
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    full = DiskCache(100)
    full.put(0, pixels)
    assert full.get(0) is None and full.most == 0 and list(full.folder.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_nothing_of_a_living_one(place):
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for name in (f"{int(done.stdout)}-x", f"{os.getpid()}-y", "notes"):
        (place / name).mkdir(parents=True)
    cache = DiskCache(10)
    assert sorted(path.name for path in place.iterdir()) == sorted(["notes", f"{os.getpid()}-y", cache.folder.name])


def test_a_bad_picture_met_on_the_way_is_named_and_the_next_takes_its_place(folder, place):
    pairs, untouched = (open_pairs(str(folder), size=16, fit="crop") for _ in range(2))
    (folder / "trainB" / "03.png").write_bytes(b"gone bad")
    with pytest.warns(SkippedPictures, match=r"03\.png is not a picture.* The next picture takes its place"):
        shown = pairs.example(3)
    assert torch.equal(shown["input"], pairs.example(4)["input"])
    assert len(pairs) == 12
    for file in (folder / "trainB").iterdir():
        file.write_bytes(b"gone bad")
    with pytest.raises(CourseError, match="12 pictures in a row cannot be read"), pytest.warns(SkippedPictures):
        untouched.example(5)
