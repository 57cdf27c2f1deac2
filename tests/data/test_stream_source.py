"""Sources of streams: shards, tables, folders, addresses, the Hub; and every way in which one can be wrong."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest

from course_lib.data import stream_source
from course_lib.data.domains import open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.data.pairs import open_pairs
from course_lib.errors import CourseError

from .conftest import numbers, pairs_of, png, red

pytestmark = pytest.mark.filterwarnings("ignore::course_lib.data.notices.PreparedPictures")


def test_samples_that_are_put_together_wrongly(tmp_path, shard):
    files = {f"{number}_{side}.png": png(number, 16, 32) for number in range(4) for side in "AB"}
    with pytest.raises(CourseError, match=r"in two samples, 0_A and 0_B.*0.a.jpg and 0.b.jpg"):
        open_pairs(f"stream:{shard(tmp_path / 'a.tar', files)}#4", size=16)
    files = pairs_of(range(4))
    del files["0001.target.png"]
    with pytest.raises(CourseError, match="samples of different files"):
        open_pairs(f"stream:{shard(tmp_path / 'b.tar', files)}#4", size=16)
    with pytest.raises(CourseError, match="no column of pictures"):
        open_pairs(f"stream:{shard(tmp_path / 'c.tar', {'1.txt': b'words'})}#4", size=16)
    with pytest.raises(
        CourseError, match="None of the first 3 examples could be read. The first: .*d.tar/0000.input.png"
    ):
        open_pairs(f"stream:{shard(tmp_path / 'd.tar', dict.fromkeys(pairs_of(range(3)), b'x'))}#3", size=16)


def test_damaged_shards_are_named(tmp_path, shard):
    whole = shard(tmp_path / "train-0.tar", pairs_of(range(30)))
    content = whole.read_bytes()
    other = tmp_path / "train-1.tar"
    for damaged in (b"", b"no archive", content[: len(content) // 2], content[:2048], content[:-600]):
        other.write_bytes(damaged)
        with pytest.raises(CourseError, match=r"train-1.tar is damaged: it does not end as a tar file does"):
            open_pairs(f"stream:{tmp_path}/train-*.tar#60", size=16)
    place = content.index(b"0020.input.png")
    other.write_bytes(content[:place] + b"\xff" * 512 + content[place + 512 :])
    stream = open_pairs(f"stream:{tmp_path}/train-*.tar#60", size=16)
    with pytest.raises(CourseError, match=r"train-1.tar is damaged \(what stands behind its first 40 files is no file"):
        numbers(stream, 60)
    other.unlink()
    with pytest.raises(CourseError, match=r"train-1.tar cannot be read \(No such file or directory\)"):
        numbers(stream, 60)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing-*.tar#5", "No shard to train on matches .*nothing-"),
        ("train-{0..9}.tar#5", "No file .*train-4.tar is there"),
        ("train-*.tar", r"does not say how many examples it has.*stream:SOURCE#EXAMPLES"),
    ],
)
def test_what_is_not_there(shards, source, said):
    with pytest.raises(CourseError, match=said):
        open_pairs(f"stream:{shards}/{source}", size=16)


def test_sources_that_are_none():
    with pytest.raises(CourseError, match="neither files .*nor a folder, nor a set of the Hub"):
        open_pairs("stream:words with blanks#5", size=16)
    with pytest.raises(CourseError, match=r"cannot be listed. Write a range: train-\{0000..0099\}.tar"):
        open_pairs("stream:https://host/train-*.tar#5", size=16)
    with pytest.raises(CourseError, match="address, of which no held-out part"):
        open_pairs("stream:https://host/train-{0..1}.tar#5", size=16, split="val")
    with pytest.raises(CourseError, match=r'split is \'test\'; of a stream it must be "train" or "val"'):
        open_pairs("stream:user/name#5", size=16, split="test")


def test_without_the_library(monkeypatch, shards):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(CourseError, match="not installed. Install it: pip install datasets"):
        open_pairs(f"stream:{shards}/train-*.tar#40", size=16)


def test_a_library_that_is_too_old(monkeypatch, shards):
    import datasets

    monkeypatch.setattr(datasets, "__version__", "4.4.1")
    with pytest.raises(CourseError, match=r"from 5.2 on; this is 4.4.1. Renew it: pip install --upgrade datasets"):
        open_pairs(f"stream:{shards}/train-*.tar#40", size=16)


def test_the_hub_is_asked_by_name_and_configuration(monkeypatch):
    import datasets

    asked = []

    def refuse(*words):
        asked.append(words)
        raise ConnectionError("Couldn't reach 'user/name' on the Hub")

    monkeypatch.setattr(datasets, "load_dataset_builder", refuse)
    with pytest.raises(CourseError, match=r"user/name cannot be read as a stream \(ConnectionError: Couldn't.*network"):
        open_pairs("stream:user/name#5", size=16)
    with pytest.raises(CourseError, match="user/name/day cannot be read"):
        open_pairs("stream:user/name/day#5", size=16)
    assert asked == [("user/name", None), ("user/name", "day")]


def table(file, start, count):
    import datasets

    rows = [{"imageA": {"bytes": png(2 * n), "path": None}, "imageB": {"bytes": png(2 * n + 1), "path": None}}
            for n in range(start, start + count)]  # fmt: skip
    features = datasets.Features({"imageA": datasets.Image(), "imageB": datasets.Image()})
    file.parent.mkdir(parents=True, exist_ok=True)
    datasets.Dataset.from_list(rows, features=features).to_parquet(file)


def test_a_set_as_the_hub_keeps_it_says_how_many_examples_it_has(tmp_path):
    place = tmp_path / "set"
    table(place / "data" / "train-00000-of-00001.parquet", 0, 12)
    table(place / "data" / "test-00000-of-00001.parquet", 50, 3)
    stream = open_pairs(f"stream:{place}#12", size=16)
    assert stream.layout == "a stream of imageA (input) and imageB (target)"
    assert sorted(numbers(stream, 12)) == [[2 * n, 2 * n + 1] for n in range(12)]
    assert len(open_pairs(f"stream:{place}#12", size=16, split="val")) == 3
    with pytest.raises(CourseError, match="does not say how many"):
        open_pairs(f"stream:{place}", size=16)
    (place / "README.md").write_text(
        "---\ndataset_info:\n  features:\n  - name: imageA\n    dtype: image\n  - name: imageB\n    dtype: image\n"
        "  splits:\n  - name: train\n    num_bytes: 1\n    num_examples: 12\n  - name: test\n    num_bytes: 1\n"
        "    num_examples: 3\n---\n"
    )
    assert len(open_pairs(f"stream:{place}", size=16)) == 12


def test_parquet_files_by_their_names(tmp_path):
    for at in range(2):
        table(tmp_path / f"train-{at}.parquet", 5 * at, 5)
    stream = open_pairs(f"stream:{tmp_path}/train-*.parquet#10", size=16)
    assert sorted(numbers(stream, 10)) == [[2 * n, 2 * n + 1] for n in range(10)]
    assert [name for name, _ in stream.sides[0].source.shards] == ["train-0.parquet", "train-1.parquet"]


def test_a_folder_of_pictures_with_a_table(tmp_path):
    for part, start in (("train", 0), ("validation", 20)):
        (tmp_path / part).mkdir()
        lines = ["input_file_name,target_file_name"]
        for number in range(start, start + 4):
            for at, name in enumerate("ab"):
                (tmp_path / part / f"{number}{name}.png").write_bytes(png(2 * number + at))
            lines.append(f"{number}a.png,{number}b.png")
        (tmp_path / part / "metadata.csv").write_text("\n".join(lines) + "\n")
    stream = open_pairs(f"stream:{tmp_path}#4", size=16)
    assert sorted(numbers(stream, 4)) == [[2 * n, 2 * n + 1] for n in range(4)]
    held_out = open_pairs(f"stream:{tmp_path}#4", size=16, split="val")
    assert round((float(held_out.example(0)["input"][0].mean()) + 1) * 127.5) == 40


def test_a_folder_of_shards(shards):
    assert sorted(source for source, _ in numbers(open_pairs(f"stream:{shards}#40", size=16), 40)) == list(
        range(0, 80, 2)
    )
    assert len(open_pairs(f"stream:{shards}#40", size=16, split="val")) == 4
    (shards / "train-2.tar").write_bytes((shards / "train-2.tar").read_bytes()[:5000])
    with pytest.raises(CourseError, match=r"train-2.tar is damaged: it does not end as a tar file does"):
        open_pairs(f"stream:{shards}#40", size=16)


def test_a_set_without_the_part(tmp_path):
    table(tmp_path / "data" / "train-00000-of-00001.parquet", 0, 4)
    with pytest.raises(CourseError, match="has no part val or test or valid or validation; it has train"):
        open_pairs(f"stream:{tmp_path}#4", size=16, split="val")


def test_shards_elsewhere_are_known_by_their_address():
    names = stream_source._sizes(["https://host/a.tar", "hf://datasets/u/n@abc/b.tar"])
    assert names == [("https://host/a.tar", -1), ("hf://datasets/u/n@abc/b.tar", -1)]


@pytest.fixture
def address(shards):
    """A server on this machine that hands out the shards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(shards)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Says nothing of what it hands out."""

    def log_message(self, *words):
        pass


def test_shards_behind_an_address(address):
    stream = open_pairs(f"stream:{address}/train-{{0..3}}.tar#40", size=16)
    assert sorted(source for source, _ in numbers(stream, 40)) == list(range(0, 80, 2))
    assert stream.conditions()["shards"][3] == [f"{address}/train-3.tar", -1]
    with pytest.raises(CourseError, match=r"train-\{8..9\}.tar cannot be read as a stream \(.*Check the files"):
        open_pairs(f"stream:{address}/train-{{8..9}}.tar#40", size=16)


def test_shards_behind_an_address_without_the_package_that_fetches_them(monkeypatch):
    import datasets

    def refuse(*words, **settings):
        raise ImportError('HTTPFileSystem requires "requests" and "aiohttp" to be installed')

    monkeypatch.setattr(datasets, "load_dataset_builder", refuse)
    with pytest.raises(CourseError, match="a package is missing .*requires.*pip install aiohttp"):
        open_pairs("stream:https://host/train-0.tar#4", size=16)


def test_of_an_address_what_is_held_out_is_not_trained_on(address):
    stream = open_pairs(f"stream:{address}/{{val-0,train-0}}.tar#10", size=16)
    assert [name for name, _ in stream.sides[0].source.shards] == [f"{address}/train-0.tar"]


def test_a_star_at_the_hub_that_takes_held_out_shards_is_refused(monkeypatch):
    import datasets

    files = ["hf://datasets/user/name/train-0.tar", "hf://datasets/user/name/val-0.tar"]
    builder = SimpleNamespace(config=SimpleNamespace(data_files={"train": files}))
    monkeypatch.setattr(datasets, "load_dataset_builder", lambda *words, **settings: builder)
    with pytest.raises(CourseError, match=r"takes shards that are held out.*train-\*.tar"):
        open_pairs("stream:hf://datasets/user/name/*.tar#5", size=16)


def test_of_several_held_out_parts_the_first_is_measured_however_the_shards_are_named(shards, shard):
    shard(shards / "test-0.tar", pairs_of(range(120, 127)))
    for pattern in ("*", "train-*"):
        assert len(open_pairs(f"stream:{shards}/{pattern}.tar#40", size=16, split="val")) == 4


def test_damage_in_the_shorter_of_two_domains_is_found(tmp_path, shard):
    files = {f"{number:04d}.png": png(number) for number in range(20)}
    shard(tmp_path / "A-0.tar", files)
    content = shard(tmp_path / "B-0.tar", files).read_bytes()
    place = content.index(b"0008.png")
    (tmp_path / "B-0.tar").write_bytes(content[:place] + b"\xff" * 512 + content[place + 512 :])
    stream = open_domains(f"stream:{tmp_path}/A-0.tar|{tmp_path}/B-0.tar#20", size=16)
    with pytest.raises(CourseError, match="B-0.tar is damaged"):
        numbers(stream, 20)


def test_columns_that_cannot_be_meant(shards, tmp_path, shard):
    with pytest.raises(CourseError, match="the column input.png is asked for twice"):
        open_pairs(f"stream:{shards}/train-*.tar#40:input,input", size=16)
    with pytest.raises(CourseError, match="makes pairs of one picture, and two columns"):
        open_pairs(f"stream:{shards}/train-*.tar#40:input,target", size=16, maker="colorize")


def test_a_picture_whose_file_is_gone_gives_its_place_to_the_next(tmp_path):
    (tmp_path / "train").mkdir()
    lines = ["input_file_name,target_file_name"]
    for number in range(12):
        for at, name in enumerate("ab"):
            (tmp_path / "train" / f"{number}{name}.png").write_bytes(png(2 * number + at))
        lines.append(f"{number}a.png,{number}b.png")
    (tmp_path / "train" / "metadata.csv").write_text("\n".join(lines) + "\n")
    stream = open_pairs(f"stream:{tmp_path}#12", size=16)
    (tmp_path / "train" / "10a.png").unlink()
    records = [record for record, _ in zip(stream.records(0, 0, 0, 1), range(12), strict=False)]
    assert sorted(red(record) for record in records if all(one.content for one in record)) == [
        [2 * number, 2 * number + 1] for number in range(12) if number != 10
    ]
    with pytest.warns(SkippedPictures, match="10a.png"):
        assert len(stream.prepared(records, 11, seed=0, epoch=0, first=0)) == 11
