"""The folder of files, at times that are worked out by hand."""

import os
import time
from pathlib import Path

import pytest

from course_lib.app.sweep import Keeping, Sweeper, sweep

KEEPING = Keeping(age=100, unfinished=10, most=1000, young=5)


def put(path: Path, size: int = 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


@pytest.fixture
def later(monkeypatch):
    """later(seconds): the sweep of a folder that many seconds from now."""

    def call(folder: Path, seconds: float, kept=(), keeping: Keeping = KEEPING) -> int:
        return sweep(folder, kept, keeping, now=time.time() + seconds)

    return call


def test_by_age(tmp_path, later):
    upload, result = put(tmp_path / "aa" / "map.png"), put(tmp_path / "bb" / "image.webp", 30)
    broken_off = put(tmp_path / "tmpx1y2z3")
    assert later(tmp_path, 8) == 50 and broken_off.exists()
    assert later(tmp_path, 12) == 40 and not broken_off.exists() and upload.exists() and result.exists()
    assert later(tmp_path, 102) == 0 and list(tmp_path.iterdir()) == []  # the empty folders went in the same sweep


def test_by_size_the_oldest_go_first_and_none_that_is_in_use(tmp_path, later):
    files = [put(tmp_path / f"{number}" / "a.png", 400) for number in range(4)]
    for number, file in enumerate(files):
        os.utime(file, (time.time() + number, time.time() + number))
    assert later(tmp_path, 4) == 1600  # all of them are young
    assert later(tmp_path, 20) == 800 and [file.exists() for file in files] == [False, False, True, True]


def test_a_file_of_the_page_stays_and_is_young_for_other_processes_too(tmp_path, later):
    own, other = put(tmp_path / "aa" / "first.png"), put(tmp_path / "bb" / "a.png")
    os.utime(own, (0, 0))
    assert later(tmp_path, 50, kept=[str(own), str(tmp_path / "not-there")]) == 20
    assert time.time() - own.stat().st_mtime < 60
    assert own.exists() and other.exists()


def test_folders_that_are_empty(tmp_path, later):
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    put(tmp_path / "d" / "e" / "f.png")
    later(tmp_path, 1)
    assert (tmp_path / "a" / "b" / "c").is_dir()  # just made, for a file that is on its way
    later(tmp_path, 6)
    assert not (tmp_path / "a").exists() and (tmp_path / "d" / "e" / "f.png").exists()


def test_nothing_outside_is_touched(tmp_path, later):
    folder, outside = tmp_path / "folder", put(tmp_path / "outside" / "a.txt")
    folder.mkdir()
    (folder / "link").symlink_to(outside.parent, target_is_directory=True)
    (folder / "other").symlink_to(outside)
    later(folder, 1000)
    assert outside.exists() and list(folder.iterdir()) == []


def test_a_folder_that_is_gone_or_full_of_surprises(tmp_path, later):
    assert later(tmp_path / "nowhere", 1) == 0
    put(tmp_path / ("ü" * 60) / "a b\n.png")
    assert later(tmp_path, 1000) == 0


def test_the_notes_on_files_that_are_gone_go_too(tmp_path):
    from course_lib.app.guard import GuardedBlocks

    there = put(tmp_path / "aa" / "a.png")
    with GuardedBlocks() as blocks:
        pass
    blocks.queue()
    blocks.upload_file_set |= {str(there), str(tmp_path / "gone.png")}
    sweeper = Sweeper(blocks, tmp_path, KEEPING)
    sweeper.sweep()
    assert blocks.upload_file_set == {str(there)} and sweeper.used == 10
