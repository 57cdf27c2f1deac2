"""Fetching: checked before it is opened, unpacked whole or not at all, never outside its folder. No outside network."""

import errno
import hashlib
import io
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import huggingface_hub
import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import palette
from course_lib.data.catalogue import NAMED, Archive
from course_lib.data.domains import open_domains
from course_lib.data.fetch import unpack_table, unzip, whole_folder
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError

pyarrow = pytest.importorskip("pyarrow", reason="requirements.txt names it")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """torch's cache, and the current folder, where nothing is."""
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "hub"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "hub" / "course_lib"


# -- archives over HTTP ------------------------------------------------------------------------------------------------


def png(value):
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (value, 0, 0)).save(file, "PNG")
    return file.getvalue()


def packed(entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def domains(prefix="horse2zebra/"):
    counts = {"trainA": 2, "trainB": 3, "testA": 1, "testB": 1}
    return packed({f"{prefix}{part}/{n}.png": png(n) for part, count in counts.items() for n in range(count)})


@pytest.fixture
def host(monkeypatch):
    """A web server with one file. ``host.serves(content, sha256)`` makes it the authors' of horse2zebra."""
    said = SimpleNamespace(content=b"", length=None, status=200, asked=[])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            said.asked.append(self.path)
            self.send_response(said.status)
            self.send_header("Content-Length", str(said.length or len(said.content)))
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, *_):
            pass

    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/horse2zebra.zip"

    def serves(content, sha256=None, **more):
        vars(said).update(content=content, **more)
        source = Archive(url, sha256 or hashlib.sha256(content).hexdigest())
        monkeypatch.setitem(NAMED, "horse2zebra", replace(NAMED["horse2zebra"], source=source))

    said.serves, said.url = serves, url
    yield said
    server.shutdown()
    server.server_close()


def left(cache):
    return sorted(path.name for path in cache.iterdir()) if cache.is_dir() else []


@pytest.mark.parametrize("prefix", ["horse2zebra/", ""])
def test_an_archive_with_the_right_checksum_is_fetched_once(host, cache, prefix):
    host.serves(domains(prefix))
    assert len(open_domains("horse2zebra", size=16)) == 3
    assert len(open_domains("horse2zebra", size=16, split="val")) == 1
    assert host.asked == ["/horse2zebra.zip"]
    assert left(cache) == [f"horse2zebra-{hashlib.sha256(host.content).hexdigest()[:12]}"]


def test_another_archive_than_the_known_one_is_thrown_away_unopened(host, cache, monkeypatch):
    known = hashlib.sha256(domains()).hexdigest()
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was opened"))
    host.serves(packed_before := b"PK\x03\x04 something else", known)
    with pytest.raises(CourseError) as caught:
        open_domains("horse2zebra", size=16)
    for words in (host.url, "'horse2zebra'", known, "horse2zebra=FOLDER"):
        assert words in str(caught.value)
    assert packed_before not in str(caught.value).encode()
    assert left(cache) == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_an_archive_that_ends_early_is_thrown_away(host, cache, share):
    whole = domains()
    host.serves(whole[: int(share * len(whole))], hashlib.sha256(whole).hexdigest(), length=len(whole))
    with pytest.raises(CourseError, match="horse2zebra=FOLDER"):
        open_domains("horse2zebra", size=16)
    assert left(cache) == []
    host.serves(whole, length=None)  # nothing of it stands in the way of another try
    assert len(open_domains("horse2zebra", size=16)) == 3


def test_a_page_that_is_not_there_and_a_host_that_is_not_there(host, cache, monkeypatch):
    host.serves(b"gone", status=404)
    with pytest.raises(CourseError, match=r"could not be fetched from http://127.*HTTPError.*horse2zebra=FOLDER"):
        open_domains("horse2zebra", size=16)
    nobody = Archive("http://127.0.0.1:9/horse2zebra.zip", "0" * 64)
    monkeypatch.setitem(NAMED, "horse2zebra", replace(NAMED["horse2zebra"], source=nobody))
    with pytest.raises(CourseError, match=r"could not be fetched.*URLError"):
        open_domains("horse2zebra", size=16)
    assert left(cache) == []


@pytest.mark.parametrize(
    "entry", ["../outside.png", "a/../../outside.png", "/outside.png", "C:\\outside.png", "a\\..\\..\\b"]
)
def test_an_entry_that_points_out_of_the_archive(host, cache, entry, tmp_path):
    host.serves(packed({"horse2zebra/trainA/0.png": png(0), entry: b"outside"}))
    before = {path for path in tmp_path.rglob("*") if "hub" not in path.parts}
    with pytest.raises(CourseError, match=r"horse2zebra\.zip is refused: its entry .* outside"):
        open_domains("horse2zebra", size=16)
    assert left(cache) == []
    assert {path for path in tmp_path.rglob("*") if "hub" not in path.parts} == before


def test_a_damaged_archive_with_its_very_checksum(host, cache):
    broken = bytearray(domains())
    broken[60] ^= 255  # in the first picture: its CRC no longer fits
    host.serves(bytes(broken))
    with pytest.raises(CourseError, match="damaged and cannot be unpacked"):
        open_domains("horse2zebra", size=16)
    host.serves(b"<html>no archive</html>")
    with pytest.raises(CourseError, match="damaged and cannot be unpacked"):
        open_domains("horse2zebra", size=16)
    assert left(cache) == []


def test_an_archive_of_something_else(host):
    host.serves(packed({"readme.txt": b"no pictures"}))
    with pytest.raises(CourseError, match="no folder 'trainA'"):
        open_domains("horse2zebra", size=16)


def test_unzip_by_hand(tmp_path):
    (tmp_path / "x.zip").write_bytes(packed({"a/b.txt": b"1", "a..b/c..txt": b"2"}))  # dots in names are no way out
    unzip(tmp_path / "x.zip", tmp_path / "out")
    assert (tmp_path / "out/a/b.txt").read_bytes() == b"1"
    assert (tmp_path / "out/a..b/c..txt").read_bytes() == b"2"


# -- folders that appear whole -----------------------------------------------------------------------------------------


def test_a_folder_appears_when_it_is_full_or_not_at_all(tmp_path):
    place = tmp_path / "deep" / "set"
    with whole_folder(place) as unfinished:
        (unfinished / "x").write_text("1")
        assert not place.exists()
    assert [path.name for path in place.parent.rglob("*")] == ["set", "x"]
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "deep" / "other") as unfinished:
        (unfinished / "x").write_text("1")
        raise KeyboardInterrupt
    assert [path.name for path in place.parent.iterdir()] == ["set"]


def test_of_two_processes_the_first_to_finish_wins(tmp_path):
    place = tmp_path / "set"
    with whole_folder(place) as slow:
        (slow / "x").write_text("slow")
        with whole_folder(place) as fast:
            (fast / "x").write_text("fast")
    assert (place / "x").read_text() == "fast"
    assert [path.name for path in tmp_path.iterdir() if path.name != "here"] == ["set"]


def test_no_space_is_not_called_no_network(host, monkeypatch, cache):
    host.serves(domains())

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch.hub, "download_url_to_file", full)
    with pytest.raises(CourseError, match="could not be written .No space left on device.. Make room"):
        open_domains("horse2zebra", size=16)
    monkeypatch.undo()


# -- tables of the Hub -------------------------------------------------------------------------------------------------


def blurred_map(seed):
    labels = np.random.default_rng(seed).integers(0, 12, (4, 4), dtype=np.uint8).repeat(16, 0).repeat(16, 1)
    file = io.BytesIO()
    palette.paint(labels).save(file, "JPEG", quality=60)
    return file.getvalue()


def photo(seed):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def write_table(path, rows):
    import pyarrow.parquet

    cell = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    columns = {
        name: pyarrow.array([{"bytes": row[i], "path": None} for row in rows], type=cell)
        for i, name in enumerate(("imageA", "imageB"))
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(path, [(photo(i), blurred_map(i)) for i in range(3)])
    return path


def test_a_fetched_table_becomes_the_very_files_in_two_folders(table, tmp_path):
    out = unpack_table(table, ("imageA", "imageB"), tmp_path / "facades")
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert files == [
        *(f"train/A/{n:05d}.png" for n in range(3)),
        *(f"train/B/{n:05d}.jpeg" for n in range(3)),
    ]
    assert (out / "train/A/00002.png").read_bytes() == photo(2)
    assert (out / "train/B/00001.jpeg").read_bytes() == blurred_map(1)
    table.unlink()
    assert unpack_table(table, ("imageA", "imageB"), out) == out  # done once


def test_a_bad_row_is_named_and_nothing_half_unpacked_stays(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(path, [(photo(0), blurred_map(0)), (photo(1), b"junk")])
    with pytest.raises(CourseError, match=r"table\.parquet row 1 imageB"):
        unpack_table(path, ("imageA", "imageB"), tmp_path / "facades")
    assert not (tmp_path / "facades").exists()
    assert not [path for path in tmp_path.iterdir() if "facades" in path.name]


def test_the_named_set_comes_from_the_hub_at_a_pinned_revision(table, monkeypatch):
    asked = []

    def download(repository, file, **options):
        asked.append((repository, file, options))
        return str(table)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    pairs = open_pairs("facades", size=64)
    source = NAMED["facades"].source
    assert asked == [(source.repository, source.file, {"repo_type": "dataset", "revision": source.revision})]
    # The set's own direction: the label map is the input, and it is flat again.
    pair = pairs.example(0)
    colours = ((pair["input"] + 1) * 127.5).round().int().permute(1, 2, 0).reshape(-1, 3).unique(dim=0).tolist()
    assert {tuple(colour) for colour in colours} <= {colour for _, colour in palette.FACADES}
    assert torch.equal(
        pair["target"], torch.from_numpy(np.array(Image.open(io.BytesIO(photo(0))))).permute(2, 0, 1) / 127.5 - 1
    )
    assert len(open_pairs("facades", size=32)) == 3
    assert len(asked) == 1
    with pytest.raises(CourseError, match="none called 'val'"):
        open_pairs("facades", size=32, split="val")


def test_no_network(monkeypatch):
    def unreachable(*_, **__):
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", unreachable)
    with pytest.raises(CourseError, match="'facades' could not be fetched.*ConnectionError.*facades=FOLDER"):
        open_pairs("facades", size=64)


def test_only_a_set_asked_for_by_name_has_its_maps_snapped_and_its_direction(table, tmp_path):
    folder = unpack_table(table, ("imageA", "imageB"), tmp_path / "somewhere")
    flat = {colour for _, colour in palette.FACADES}

    def inputs(data, **options):
        tensor = open_pairs(data, size=32, **options).example(0)["input"]
        return tensor, {tuple(c) for c in ((tensor + 1) * 127.5).round().int().permute(1, 2, 0).reshape(-1, 3).tolist()}

    named, colours = inputs(f"facades={folder}")
    assert colours <= flat
    assert not inputs(f"facades={folder}", palette="none")[1] <= flat
    photos, colours = inputs(f"facades={folder}", direction="AtoB")  # the other way round the input is a photo
    assert not colours <= flat
    plain, _ = inputs(str(folder))
    assert torch.equal(plain, photos)
    assert not torch.equal(plain, named)
