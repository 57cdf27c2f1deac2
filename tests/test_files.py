"""Files appear whole or not at all, whatever writes them and whatever goes wrong."""

import os
import subprocess
import sys

import pytest

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


REAL_LIMIT = """
import resource, sys
from pathlib import Path
import numpy as np, torch
from PIL import Image
from safetensors.torch import save_file
from course_lib.errors import CourseError
from course_lib.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # the system itself cuts the write short
noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8))
tensors = {str(i): torch.randn(500) for i in range(100)}
out = Path(sys.argv[1])
for name, write in {
    "a.pt": lambda t: torch.save(tensors, t),
    "b.safetensors": lambda t: save_file(tensors, t),
    "c.png": lambda t: noise.save(t, format="PNG"),
    "d.txt": lambda t: t.write_text("x" * 99_999),
}.items():
    try:
        write_whole(out / name, write)
    except CourseError as error:
        print(error)
print(sorted(p.name for p in out.iterdir()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is POSIX")
def test_writes_that_the_system_cuts_short(tmp_path):
    done = subprocess.run([sys.executable, "-c", REAL_LIMIT, tmp_path], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 5, done.stdout + done.stderr
    for name, line in zip(("a.pt", "b.safetensors", "c.png", "d.txt"), lines, strict=False):
        assert f"{name} could not be written" in line
    assert lines[-1] == "[]"


def test_the_longest_name_that_a_file_may_have(tmp_path):
    for name in ("a" * 251 + ".png", "김" * 84 + ".md"):
        write_text(tmp_path / name, "x")
    assert all(len(os.fsencode(path.name)) == 255 and path.read_text() == "x" for path in tmp_path.iterdir())


def test_what_is_no_text_is_written_as_its_numbers(tmp_path):
    two_bytes = "\udcb0\udca1"  # of another encoding, as Python names them
    write_text(tmp_path / "a.html", f"a folder called {two_bytes}")
    assert (tmp_path / "a.html").read_text("utf-8") == "a folder called \\udcb0\\udca1"
