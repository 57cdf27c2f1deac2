"""Files appear whole or not at all, whatever writes them and whatever goes wrong."""

import os
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from course_lib.errors import CourseError
from course_lib.files import make_folder, write_text, write_whole


def test_written_whole_with_parents_and_plain_permissions(tmp_path):
    path = tmp_path / "a" / "b.txt"
    write_text(path, "é\n")
    write_text(path, "again")
    assert path.read_text(encoding="utf-8") == "again"
    assert [p.name for p in path.parent.iterdir()] == ["b.txt"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ZeroDivisionError])
def test_interrupted_in_the_middle(tmp_path, stop):
    path = tmp_path / "x.txt"
    path.write_text("old")

    def write(temporary):
        temporary.write_text("half")
        raise stop

    with pytest.raises(stop):
        write_whole(path, write)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match=r"y\.txt could not be written .*another folder"):
        write_text(tmp_path / "file" / "y.txt", "")
    with pytest.raises(CourseError, match="file could not be written"):
        make_folder(tmp_path / "file")


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX")
def test_writes_that_the_system_cuts_short(tmp_path):
    import resource

    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    tensors = {str(i): torch.randn(500) for i in range(100)}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        for name, write in {
            "a.pt": lambda t: torch.save(tensors, t),
            "b.safetensors": lambda t: save_file(tensors, t),
            "c.png": lambda t: noise.save(t, format="PNG"),
            "d.txt": lambda t: t.write_text("x" * 99_999),
        }.items():
            with pytest.raises(CourseError, match=f"{name} could not be written"):
                write_whole(tmp_path / name, write)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


def test_the_longest_name_that_a_file_may_have(tmp_path):
    for name in ("a" * 251 + ".png", "김" * 84 + ".md"):
        write_text(tmp_path / name, "x")
    assert all(len(os.fsencode(path.name)) == 255 and path.read_text() == "x" for path in tmp_path.iterdir())


def test_what_is_no_text_is_written_as_its_numbers(tmp_path):
    two_bytes = "\udcb0\udca1"  # of another encoding, as Python names them
    write_text(tmp_path / "a.html", f"a folder called {two_bytes}")
    assert (tmp_path / "a.html").read_text("utf-8") == "a folder called \\udcb0\\udca1"
