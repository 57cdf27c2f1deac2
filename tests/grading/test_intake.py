"""Whatever lies where a submission should be: the bytes of a plain file, or a sentence, and nothing is followed or waited for."""

import os
import socket
import sys

import pytest

from course_lib.grading.intake import SOURCE_CAP, Refused, read_source

posix = pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and modes as POSIX has them")


def test_a_plain_file(tmp_path):
    path = tmp_path / "exercise.py"
    path.write_bytes(b"x = 1\r\n\xff")
    assert read_source(path) == b"x = 1\r\n\xff"


@posix
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p, other: p.symlink_to(other), "is a link, and links are not followed"),
        (lambda p, other: p.symlink_to(p.name), "is a link"),
        (lambda p, other: p.symlink_to("nowhere"), "is a link"),
        (lambda p, other: p.symlink_to("/dev/zero"), "is a link"),
        (lambda p, other: p.mkdir(), "is a folder where a file belongs"),
        (lambda p, other: os.mkfifo(p), "is a pipe"),
        (lambda p, other: socket.socket(socket.AF_UNIX).bind(str(p)), "is a socket"),
        (lambda p, other: p.write_bytes(b""), r"is empty \(0 bytes\)"),
        (lambda p, other: p.write_bytes(b" \n\t"), r"is empty \(3 bytes\)"),
        (lambda p, other: p.write_bytes(b"#" * (SOURCE_CAP + 1)), f"has more than {SOURCE_CAP} bytes"),
        (lambda p, other: os.truncate(os.open(p, os.O_CREAT | os.O_WRONLY), 1 << 40), "has more than"),
        (lambda p, other: None, "is not there"),
    ],
)
def test_anything_else_is_a_sentence(tmp_path, monkeypatch, make, says):
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    path, other = tmp_path / "exercise.py", tmp_path / "solution.py"
    other.write_text("answer = 1\n")
    make(path.relative_to(tmp_path) if "socket" in says else path, other)
    with pytest.raises(Refused, match=f"^exercise.py {says}"):
        read_source(path)


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/full"])
def test_a_device_is_not_opened(device, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("os.open", lambda *a, **k: opened.append(a))
    with pytest.raises(Refused, match="is a device|is not there"):
        read_source(type(tmp_path)(device))
    assert opened == []


@posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "exercise.py"
    path.write_text("x = 1\n")
    path.chmod(0)
    with pytest.raises(Refused, match=r"may not be read .* \(chmod u\+r\)"):
        read_source(path)


def test_a_name_that_is_no_text_or_turns_the_line(tmp_path):
    names = ["caf\udce9.py", "\u202eyp.exe.py", "\x1b[2J.py"] if sys.platform == "linux" else ["\u202eyp.py"]
    for name in names:
        with pytest.raises(Refused) as error:
            read_source(tmp_path / name)
        said = str(error.value)
        assert said.encode("utf-8") and "\x1b" not in said and "\u202e" not in said


@posix
def test_a_file_that_is_exchanged_while_it_is_opened(tmp_path, monkeypatch):
    """Between the look and the opening a link takes its place: the opening refuses it."""
    path, other = tmp_path / "exercise.py", tmp_path / "solution.py"
    path.write_text("x = 1\n")
    other.write_text("answer = 1\n")
    looked = os.lstat

    def then_exchanged(p):
        found = looked(p)
        path.unlink()
        path.symlink_to(other)
        return found

    monkeypatch.setattr("os.lstat", then_exchanged)
    with pytest.raises(Refused, match="cannot be read"):
        read_source(path)
