"""Streams: the pictures of folders, in an order that shows none twice."""

import io
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import streamed
from course_lib.data.domains import open_domains
from course_lib.data.folders import SkippedPictures
from course_lib.data.pairs import open_pairs
from course_lib.data.streamed import StreamBeginsAgain
from course_lib.errors import CourseError

from .conftest import numbers, pairs_of, png

pytestmark = pytest.mark.filterwarnings("ignore::course_lib.data.notices.PreparedPictures")


def test_examples_are_those_of_a_folder_with_the_same_files(tmp_path, shards):
    for name, at in (("A", 0), ("B", 1)):
        (tmp_path / "folder" / name).mkdir(parents=True)
        for number in range(10):
            (tmp_path / "folder" / name / f"{number:04d}.png").write_bytes(png(2 * number + at))
    settings = {"size": 24, "load_size": 32, "fit": "crop", "channels": (1, 3)}
    folder = open_pairs(str(tmp_path / "folder"), **settings)
    stream = open_pairs(f"stream:{shards}/train-0.tar#10", **settings)
    assert len(stream) == len(folder) == 10
    records = list(stream.sides[0].first(10))
    augmented = stream.prepared(records, 10, seed=3, epoch=2, first=0)
    for index in range(10):
        for there, here in (
            (folder.example(index), stream.example(index)),
            (folder.example(index, 2, 3, augment=True), stream.example(index, 2, 3, augment=True)),
            (folder.example(index, 2, 3, augment=True), augmented[index]),
        ):
            assert torch.equal(there["input"], here["input"])
            assert torch.equal(there["target"], here["target"])


def test_a_loading_process_is_given_how_to_prepare_and_no_source(shards):
    """Where processes are not forked, what they work with is pickled."""
    stream = open_pairs(f"stream:{shards}/train-*.tar#40", size=16, palette="facades")
    records = stream.sides[0].first(12)
    copy = pickle.loads(pickle.dumps(stream))
    assert copy.sides == ()
    here, there = (one.prepared(records, 4, seed=1, epoch=2, first=8) for one in (stream, copy))
    assert all(torch.equal(a[name], b[name]) for a, b in zip(here, there, strict=True) for name in a)


def test_domains_are_prepared_as_those_of_a_folder(tmp_path, shard):
    for name, at in (("A", 0), ("B", 50)):
        (tmp_path / "folder" / f"train{name}").mkdir(parents=True)
        for number in range(6):
            (tmp_path / "folder" / f"train{name}" / f"{number}.png").write_bytes(png(at + number))
        shard(tmp_path / f"{name}-0.tar", {f"{number}.png": png(at + number) for number in range(6)})
    folder = open_domains(str(tmp_path / "folder"), size=24, channels=(3, 1), hold_out=0)
    stream = open_domains(f"stream:{tmp_path}/A-*.tar|{tmp_path}/B-*.tar#6", size=24, channels=(3, 1))
    for index in range(6):
        there, here = folder.example(index), stream.example(index)
        assert torch.equal(there["A"], here["A"])
        assert torch.equal(there["B"], here["B"])
    met = numbers(stream, 6)
    assert sorted(a for a, _ in met) == list(range(6))
    assert sorted(b for _, b in met) == list(range(50, 56))
    assert len({b - a for a, b in met}) > 1, "A and B are shuffled alike"


def test_two_columns_of_one_source_are_two_domains_drawn_independently(shards):
    stream = open_domains(f"stream:{shards}/train-*.tar#40", size=16)
    met = numbers(stream, 40)
    assert sorted(a for a, _ in met) == list(range(0, 80, 2))
    assert sorted(b for _, b in met) == list(range(1, 80, 2))
    assert sum(b == a + 1 for a, b in met) < 10


@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_no_picture_is_seen_twice_in_an_epoch_whatever_the_number_of_processes(shards, ranks):
    stream = open_pairs(f"stream:{shards}/train-*.tar#40", size=16)
    orders = []
    for epoch in (0, 1):
        met = [numbers(stream, 40 // ranks, epoch=epoch, rank=rank, ranks=ranks) for rank in range(ranks)]
        pictures = [source for share in met for source, _ in share]
        assert len(set(pictures)) == len(pictures) == 40 // ranks * ranks
        assert all(target == source + 1 for share in met for source, target in share)
        orders.append(met)
    assert orders[0] != orders[1]
    again = [numbers(stream, 40 // ranks, epoch=1, rank=rank, ranks=ranks) for rank in range(ranks)]
    assert again == orders[1]
    assert numbers(stream, 40 // ranks, epoch=1, seed=1, ranks=ranks) != orders[1][0]


def test_the_buffer_is_bounded_in_examples_and_in_bytes(shards, monkeypatch):
    monkeypatch.setattr(streamed, "BUFFER", 8)
    stream = open_pairs(f"stream:{shards}/train-*.tar#40", size=16)
    assert stream.sides[0].buffer == 8
    assert sorted(source for source, _ in numbers(stream, 40)) == list(range(0, 80, 2))
    digest = stream.digest()
    monkeypatch.setattr(streamed, "BUFFER_BYTES", 3 * sum(len(png(n)) for n in (0, 1)) + 200)
    stream = open_pairs(f"stream:{shards}/train-*.tar#40", size=16)
    assert stream.sides[0].buffer == 3
    assert stream.digest() != digest  # another buffer is another order


def test_a_number_larger_than_the_stream_begins_again_and_says_so(shards):
    stream = open_pairs(f"stream:{shards}/train-0.tar#25", size=16)
    with pytest.warns(
        StreamBeginsAgain, match="ended after 10 examples, but an epoch asks for 25.*more than once.*Write #10\\."
    ):
        met = [source for source, _ in numbers(stream, 25)]
    assert sorted(met[:10]) == sorted(met[10:20]) == list(range(0, 20, 2))
    assert met[:10] != met[10:20]
    with pytest.raises(CourseError, match="ended after 10 examples, but #25 were asked for. Write #10"):
        stream.example(10)


def test_a_number_smaller_than_the_stream_ends_the_epoch_early(shards, recwarn):
    stream = open_pairs(f"stream:{shards}/train-*.tar#7", size=16)
    assert len(stream) == 7
    first, second = ({source for source, _ in numbers(stream, 7, epoch=epoch)} for epoch in (0, 1))
    assert first != second  # another epoch draws others
    assert not [one for one in recwarn if issubclass(one.category, StreamBeginsAgain)]


def test_the_shorter_domain_is_shown_again_without_a_word(tmp_path, shard, recwarn):
    shard(tmp_path / "A.tar", {f"{number}.png": png(number) for number in range(6)})
    shard(tmp_path / "B.tar", {f"{number}.png": png(50 + number) for number in range(2)})
    stream = open_domains(f"stream:{tmp_path}/A.tar|{tmp_path}/B.tar#6", size=16)
    met = numbers(stream, 6)
    assert sorted(a for a, _ in met) == list(range(6))
    assert sorted(b for _, b in met) == [50, 50, 50, 51, 51, 51]
    assert not [one for one in recwarn if issubclass(one.category, StreamBeginsAgain)]


def test_a_share_that_is_smaller_than_the_others_says_which_number_is_right(tmp_path, shard):
    shard(tmp_path / "t-0.tar", pairs_of(range(10)))
    shard(tmp_path / "t-1.tar", pairs_of(range(10, 16)))

    def share(stream, rank):
        return [source for source, _ in numbers(stream, len(stream) // 2, rank=rank, ranks=2)]

    every = open_pairs(f"stream:{tmp_path}/t-*.tar#16", size=16)
    with pytest.warns(
        StreamBeginsAgain, match=r"after 6 examples for process [01] of 2, but an epoch asks for 8.*Write #12 or"
    ):
        met = share(every, 0) + share(every, 1)
    assert len(set(met)) < 16
    fewer = open_pairs(f"stream:{tmp_path}/t-*.tar#12", size=16)
    met = share(fewer, 0) + share(fewer, 1)
    assert len(set(met)) == len(met) == 12


def test_a_process_without_a_share_is_named(tmp_path, shard):
    shard(tmp_path / "t.tar", pairs_of(range(2)))
    stream = open_pairs(f"stream:{tmp_path}/t.tar#6", size=16)
    with pytest.raises(CourseError, match="none is left for process 2 of 3"):
        numbers(stream, 2, rank=2, ranks=3)


def test_the_held_out_part_is_that_of_shards_called_val(shards):
    held_out = open_pairs(f"stream:{shards}/train-*.tar#40", size=16, split="val")
    assert len(held_out) == 4
    first = held_out.example(0)["input"][0, 0, 0]
    assert round((float(first) + 1) * 127.5) == 200
    every = open_pairs(f"stream:{shards}/*.tar#40", size=16)  # a pattern that takes in both
    assert max(source for source, _ in numbers(every, 40)) == 78
    assert len(open_pairs(f"stream:{shards}/*.tar#40", size=16, split="val")) == 4
    assert len(open_pairs(f"stream:{shards}/train-*.tar#3", size=16, split="val")) == 3
    (shards / "val-0.tar").unlink()
    with pytest.raises(CourseError, match=r"has no held-out part. Put shards called val-0000.tar"):
        open_pairs(f"stream:{shards}/train-*.tar#40", size=16, split="val")


def test_both_halves_in_one_picture_and_single_photos(tmp_path, shard):
    shard(tmp_path / "t.tar", {f"{number}.png": png(number, 20, 40) for number in range(3)})
    halves = open_pairs(f"stream:{tmp_path}/t.tar#3", size=20)
    assert halves.layout == "a stream of both halves of a pair in png"
    wide = torch.from_numpy(np.asarray(Image.open(io.BytesIO(png(1, 20, 40)))).copy()).permute(2, 0, 1) / 127.5 - 1
    assert torch.equal(halves.example(1)["input"], wide[:, :, :20])
    assert torch.equal(halves.example(1)["target"], wide[:, :, 20:])
    turned = open_pairs(f"stream:{tmp_path}/t.tar#3", size=20, direction="BtoA")
    assert torch.equal(turned.example(1)["input"], wide[:, :, 20:])
    made = open_pairs(f"stream:{tmp_path}/t.tar#3", size=20, fit="crop", maker="colorize")
    grey, colour = made.example(2)["input"], made.example(2)["target"]
    assert torch.equal(grey[0], grey[1]) and not torch.equal(colour[0], colour[1])


def test_direction_turns_the_columns(shards):
    stream = open_pairs(f"stream:{shards}/train-0.tar#10", size=16, direction="BtoA")
    assert stream.layout == "a stream of target.png (input) and input.png (target)"
    assert numbers(stream, 1, epoch=5)[0][0] % 2 == 1


def test_columns_that_names_do_not_tell_are_asked_for(tmp_path, shard):
    files = {f"{number}.{name}.png": png(number) for number in range(3) for name in ("day", "night", "mask")}
    source = f"stream:{shard(tmp_path / 't.tar', files)}#3"
    with pytest.raises(CourseError, match=r"3 columns of pictures: day.png, night.png, mask.png.*#100000:photo,map"):
        open_pairs(source, size=16)
    assert open_pairs(source + ":night,day.png", size=16).layout.startswith("a stream of night.png (input) and day.png")
    with pytest.raises(CourseError, match=r"no column 'noon' of pictures; it has day.png, night.png, mask.png"):
        open_pairs(source + ":day,noon", size=16)
    with pytest.raises(CourseError, match="Which one is meant"):
        open_pairs(source, size=16, maker="edges")
    assert "photos (mask.png)" in open_pairs(source + ":mask", size=16, maker="edges").layout


def test_domains_need_two_columns_or_two_sources(tmp_path, shard):
    one = shard(tmp_path / "one.tar", {f"{number}.png": png(number) for number in range(3)})
    with pytest.raises(CourseError, match="one column of pictures, png, and two domains are needed"):
        open_domains(f"stream:{one}#3", size=16)
    two = shard(tmp_path / "two.tar", pairs_of(range(3)))
    with pytest.raises(CourseError, match="2 columns of pictures: input.png, target.png. Which one is meant"):
        open_domains(f"stream:{one}|{two}#3", size=16)
    with pytest.raises(CourseError, match="Two sources need a column each.*There is input alone"):
        open_domains(f"stream:{one}|{two}#3:input", size=16)
    assert "png of" in open_domains(f"stream:{one}|{two}#3:png,target", size=16).layout
    with pytest.raises(CourseError, match="pairs comes from one source"):
        open_pairs(f"stream:{one}|{two}#3", size=16)


def test_what_cannot_be_read_gives_its_place_to_the_next(tmp_path, shard):
    files = pairs_of(range(6))
    files["0002.target.png"] = files["0002.target.png"][:200]
    files["0003.input.png"] = b"no picture"
    source = shard(tmp_path / "t.tar", files)
    stream = open_pairs(f"stream:{source}#6", size=16)
    records = stream.sides[0].first(6)
    with pytest.warns(SkippedPictures) as said:
        batch = stream.prepared(records, 4, seed=0, epoch=0, first=0)
    words = [str(one.message) for one in said]
    assert any("t.tar/0002.target.png is damaged" in one and "next picture takes its place" in one for one in words)
    assert any("t.tar/0003.input.png is not a picture" in one for one in words)
    seen = [round((float(one["input"][0].mean()) + 1) * 127.5) for one in batch]
    assert seen == [0, 2, 8, 8]  # 4 and 6 are the inputs of the bad ones, 8 that of the next that can be read
    with pytest.warns(SkippedPictures), pytest.raises(CourseError, match="2 pictures in a row cannot be read"):
        stream.prepared(records[2:4], 1, seed=0, epoch=0, first=0)


def test_a_sample_without_one_of_its_pictures_is_skipped_by_name(tmp_path, shard):
    files = pairs_of(range(8))
    del files["0006.target.png"]
    stream = open_pairs(f"stream:{shard(tmp_path / 't.tar', files)}#8", size=16)
    with pytest.warns(SkippedPictures, match=r"t.tar/0006.target.png is missing"):
        (example,) = stream.prepared(stream.sides[0].first(8)[6:], 1, seed=0, epoch=0, first=0)
    assert round((float(example["input"][0].mean()) + 1) * 127.5) == 14


def test_the_digest_knows_the_shards_and_not_where_they_lie(tmp_path, shards):
    data = open_pairs(f"stream:{shards}/train-*.tar#40", size=16)
    shards.rename(tmp_path / "moved")
    moved = open_pairs(f"stream:{tmp_path}/moved/train-*.tar#40", size=16)
    assert moved.digest() == data.digest()
    assert moved.conditions() == data.conditions()
    (tmp_path / "moved" / "train-3.tar").unlink()
    assert open_pairs(f"stream:{tmp_path}/moved/train-*.tar#40", size=16).digest() != data.digest()


def test_what_it_promises_depends_on_where_the_shards_are(shards):
    stream = open_pairs(f"stream:{shards}/train-*.tar#40", size=16)
    assert "names and sizes of the shards and the version of datasets are the same." in stream.promise
    object.__setattr__(stream.sides[0].source, "shards", [("https://host/a.tar", -1)])
    assert "what shards elsewhere hold is not compared" in stream.promise
