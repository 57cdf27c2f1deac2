"""The set of emoji, made from packages: what is kept, where it goes, and how a pair looks."""

import hashlib
import io
import sys
import tarfile

import numpy as np
import pytest
from PIL import Image

from course_lib.data import emoji
from course_lib.errors import CourseError
from tools import fluent

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="8" y="8" width="16" height="16" fill="{}"/></svg>'


def archive(path, files):
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            packed.addfile(entry, io.BytesIO(content))
    return path


def rendered(colour):
    picture = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
    picture.paste(colour, (64, 64, 192, 192))
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=True)
    return file.getvalue()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    colours = {"1f600": "red", "1f601": "red", "1f1e6-1f1e8": "blue", "0038-fe0f-20e3": "green", "1f4a9": "brown"}
    flat = archive(
        tmp_path / "flat.tgz",
        {f"package/assets/{name}.svg": SQUARE.format(colour).encode() for name, colour in colours.items()}
        | {"package/README.md": b"not an emoji"},
    )
    solid = archive(
        tmp_path / "3d.tgz",
        {f"package/assets/{name}.webp": rendered(colour) for name, colour in colours.items() if name != "1f4a9"},
    )
    hashes = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in (("flat", flat), ("3d", solid))}
    monkeypatch.setattr(fluent, "PACKAGES", {name: (name, sha) for name, sha in hashes.items()})
    return flat, solid


def test_flags_duplicates_and_emoji_without_a_partner_are_left_out_and_the_rest_is_split(packages, tmp_path):
    out = tmp_path / "set"

    assert fluent.make(*packages, out, size=32) == {"train": 1, "val": 1}

    assert [file.name for file in (out / "train").iterdir()] == ["1f600.webp"]  # 1f601 looks the same
    assert [file.name for file in (out / "val").iterdir()] == ["0038-fe0f-20e3.webp"]  # the list says so


def test_a_pair_is_the_drawing_beside_the_rendering_over_white(packages, tmp_path):
    fluent.make(*packages, tmp_path / "set", size=32)
    with Image.open(tmp_path / "set/train/1f600.webp") as file:
        pixels = np.asarray(file.convert("RGB"))

    assert pixels.shape == (32, 64, 3)
    for left in (0, 32):
        assert (pixels[16, left + 16] == (255, 0, 0)).all()
        assert (pixels[2, left + 2] == 255).all()


def test_another_package_is_refused(packages, tmp_path):
    flat, solid = packages
    with pytest.raises(CourseError, match="not the package"):
        fluent.make(solid, flat, tmp_path / "set")


def test_nothing_is_written_over(packages, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(CourseError, match="not empty"):
        fluent.make(*packages, tmp_path)


def test_without_npm_the_way_out_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match="--flat and --rendered"):
        fluent.fetched("x", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="a script for a shell")
def test_what_npm_says_is_told(monkeypatch, tmp_path):
    (tmp_path / "npm").write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(CourseError, match=r"could not fetch x: npm error network\. With a network"):
        fluent.fetched("x", tmp_path)


def test_an_interrupted_run_leaves_no_set(packages, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fluent, "pair", stop)
    with pytest.raises(KeyboardInterrupt):
        fluent.make(*packages, tmp_path / "set")
    assert not (tmp_path / "set").exists()
    monkeypatch.undo()


def test_the_command_says_how_many_or_what_is_wrong(packages, tmp_path, monkeypatch, capsys):
    flat, solid = packages
    words = ["fluent", "--out", str(tmp_path / "set"), "--size", "32", "--rendered", str(solid), "--flat"]
    monkeypatch.setattr(sys, "argv", [*words, str(tmp_path / "nowhere.tgz")])
    assert fluent.main() == 2
    assert "nowhere.tgz is no file" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", [*words, str(flat)])
    assert fluent.main() == 0
    assert capsys.readouterr().out.startswith("1 train, 1 val pairs are in ")


def test_no_emoji_is_in_two_parts_but_for_those_named():
    import json

    split = json.loads(fluent.SPLIT.read_text())
    bases = {part: {emoji.base(stem) for stem in stems} for part, stems in split.items()}
    assert not bases["val"] & bases["test"]
    assert {part: len(stems) for part, stems in split.items()} == {"val": 257, "test": 303}
