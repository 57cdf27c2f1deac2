"""Named sets: what is known of them, and how a fetched one is unpacked. No network."""

import io

import huggingface_hub
import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data import palette
from course_lib.data.catalogue import NAMED, known_set, open_pairs, own_palette, unpack_parquet
from course_lib.errors import CourseError

pyarrow = pytest.importorskip("pyarrow", reason="requirements.txt names it")


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


def test_a_fetched_table_becomes_side_by_side_files(table, tmp_path):
    out = unpack_parquet(table, ("imageA", "imageB"), tmp_path / "facades")
    files = sorted((out / "train").iterdir())
    assert [file.name for file in files] == ["00000.png", "00001.png", "00002.png"]
    both = Image.open(files[2])
    assert both.size == (128, 64)
    assert np.array_equal(both.crop((0, 0, 64, 64)), Image.open(io.BytesIO(photo(2))))
    assert {path.name for path in tmp_path.iterdir()} == {"table.parquet", "facades"}


def test_unpacking_is_done_once(table, tmp_path):
    out = unpack_parquet(table, ("imageA", "imageB"), tmp_path / "facades")
    table.unlink()
    assert unpack_parquet(table, ("imageA", "imageB"), tmp_path / "facades") == out


def test_a_bad_row_is_named_and_nothing_half_unpacked_stays(tmp_path):
    path = tmp_path / "table.parquet"
    write_table(path, [(photo(0), blurred_map(0)), (photo(1), b"junk")])
    with pytest.raises(CourseError, match=r"table\.parquet row 1 imageB"):
        unpack_parquet(path, ("imageA", "imageB"), tmp_path / "facades")
    assert [p.name for p in tmp_path.iterdir()] == ["table.parquet"]


def test_the_named_set_comes_from_the_hub_at_a_pinned_revision(table, tmp_path, monkeypatch):
    asked = []

    def download(repository, file, **options):
        asked.append((repository, file, options))
        return str(table)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    pairs = open_pairs("facades", size=64)
    known = NAMED["facades"]
    assert asked == [(known.repository, known.file, {"repo_type": "dataset", "revision": known.revision})]
    assert len(known.revision) == 40
    # The set's own direction: the label map is the input, and it is flat again.
    pair = pairs.example(0)
    colours = ((pair["input"] + 1) * 127.5).round().int().permute(1, 2, 0).reshape(-1, 3).unique(dim=0).tolist()
    assert {tuple(colour) for colour in colours} <= {colour for _, colour in palette.FACADES}
    assert torch.equal(
        pair["target"], torch.from_numpy(np.array(Image.open(io.BytesIO(photo(0))))).permute(2, 0, 1) / 127.5 - 1
    )


def test_no_network(tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise OSError("no route")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", unreachable)
    with pytest.raises(CourseError, match="'facades' could not be fetched.*name a local folder"):
        open_pairs("facades", size=64)


def test_a_local_folder_of_that_name_is_taken_for_the_set_and_only_maps_are_snapped(table, tmp_path):
    folder = unpack_parquet(table, ("imageA", "imageB"), tmp_path / "facades")
    flat = {colour for _, colour in palette.FACADES}

    def colours(tensor):
        return {tuple(c) for c in ((tensor + 1) * 127.5).round().int().permute(1, 2, 0).reshape(-1, 3).tolist()}

    assert colours(open_pairs(str(folder), size=32).example(0)["input"]) <= flat
    assert not colours(open_pairs(str(folder), size=32, palette="none").example(0)["input"]) <= flat
    # The other way round the input is a photo, and stays one.
    assert not colours(open_pairs(str(folder), size=32, direction="AtoB").example(0)["input"]) <= flat


def test_what_is_known():
    assert known_set("somewhere/facades/").terms
    assert known_set("somewhere/else") is None
    assert own_palette(known_set("facades"), None) == own_palette(known_set("facades"), "BtoA") == "facades"
    assert own_palette(known_set("facades"), "AtoB") is None
    assert own_palette(None, None) is None


def test_the_embedded_set_is_always_there(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    train, val = (open_pairs("facade_blocks", size=16, split=split) for split in ("train", "val"))
    assert (len(train), len(val)) == (400, 100)
    assert not torch.equal(train.example(0)["input"], val.example(0)["input"])
    with pytest.raises(CourseError, match="no split 'test'"):
        open_pairs("facade_blocks", size=16, split="test")
    with pytest.raises(CourseError, match="BtoC"):
        open_pairs("facade_blocks", size=16, direction="BtoC")
