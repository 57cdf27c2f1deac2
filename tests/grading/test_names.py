"""Names of learners in any bytes: readable, distinct, and a file's name on every system."""

import os

import pytest

from course_lib.grading.submissions.names import decoded, distinct, file_stems, shown

# Bytes as a file system gives them, and what a reader sees.
SHOWN = {
    "김민지".encode(): "김민지",
    "김민지".encode("cp949"): "김민지",
    "김".encode(): "김",  # as macOS writes it: letters apart
    b"Andr\xe9": "Andr\\xe9",
    b"\xff\xfe": "\\xff\\xfe",
    b"a\nb": "a\\x0ab",
    b"a\x1b[31mred": "a\\x1b[31mred",
    b"tab\tbell\x07": "tab\\x09bell\\x07",
    "abc\u202egpj.exe".encode(): "abc\\u202egpj.exe",
    "\u200fשלום\u2066".encode(): "\\u200fשלום\\u2066",
    "a\u3000b\u00a0c".encode(): "a b c",
    "ක්\u200dර".encode(): "ක්\u200dර",
    b"   ": "_",
    b"=1+1": "=1+1",
}


@pytest.mark.parametrize("raw", SHOWN)
def test_any_bytes_become_text_that_can_be_read_and_stored(raw):
    name = shown(os.fsdecode(raw))
    assert name == SHOWN[raw]
    name.encode("utf-8")
    assert shown(name) == name


def test_lone_surrogates_and_endless_names():
    shown("a\ud800\udcff").encode("utf-8")
    assert len(shown("김" * 500)) == 200
    assert decoded(b"\x81") == "\udc81"


def test_names_that_look_alike_get_numbers():
    assert distinct(["a", "b", "a", "a", "a (2)"]) == ["a", "b", "a (2)", "a (3)", "a (2) (2)"]


def test_reports_have_names_that_every_system_can_write(tmp_path):
    names = [
        "김" * 84,
        "김" * 83,
        "con",
        "AUX.x",
        ".hidden",
        "..",
        "a/b",
        "a b",
        "A B",
        "a:b",
        "-x",
        "=x",
        "\\xff",
        "_",
    ]
    stems = file_stems(names)
    assert list(stems) == names
    assert len({stem.casefold() for stem in stems.values()}) == len(names)
    for stem in stems.values():
        assert len(f"{stem}.json".encode()) <= 200 and not stem.startswith(".")
        assert not set(stem) & set('/\\:*?"<>|') and stem.split(".")[0].lower() not in ("con", "aux")
        (tmp_path / f"{stem}.json").write_text("{}")
    assert len(list(tmp_path.iterdir())) == len(names)
