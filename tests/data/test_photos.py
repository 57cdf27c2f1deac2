"""Single photos: those inside scikit-image and scikit-learn, and folders."""

import numpy as np
import pytest
from PIL import Image

from course_lib.data.pairs import open_pairs
from course_lib.data.photos import EMBEDDED, Photos, open_photos
from course_lib.errors import CourseError


def test_the_embedded_photos_are_those_of_the_packages():
    train, val = (open_photos("sample_photos", split=split) for split in ("train", "val"))
    by_name = {file.name: photos.picture(n) for photos in (train, val) for n, file in enumerate(photos.files)}
    assert set(by_name) == {name for names in EMBEDDED.values() for name in names}
    import skimage.data  # slow to import
    import sklearn.datasets

    assert np.array_equal(by_name["astronaut.png"], skimage.data.astronaut())
    assert np.array_equal(by_name["coffee.png"], skimage.data.coffee())
    assert np.array_equal(by_name["china.jpg"], sklearn.datasets.load_sample_image("china.jpg"))
    assert not set(train.files) & set(val.files)
    assert len({picture.size for picture in by_name.values()}) > 3  # of any sizes


def test_they_become_pairs():
    train, val = (open_pairs("sample_photos", size=32, maker="colorize", split=split) for split in ("train", "val"))
    assert (len(train), len(val)) == (5, 2)
    pair = train.example(0)
    assert (pair["input"][0] - pair["input"][2]).abs().max() == 0
    assert (pair["target"][0] - pair["target"][2]).abs().max() > 0.1


def test_a_folder_whole_or_in_parts(tmp_path):
    for number, size in enumerate([(30, 20), (7, 50), (16, 16)]):
        Image.new("RGB", size, (number, 0, 0)).save(tmp_path / f"{number}.png")
    photos = open_photos(str(tmp_path), split="val")
    assert [photos.picture(n).size for n in range(len(photos))] == [(30, 20), (7, 50), (16, 16)]
    (tmp_path / "train").mkdir()
    (tmp_path / "0.png").rename(tmp_path / "train" / "0.png")
    assert len(open_photos(str(tmp_path))) == 1
    with pytest.raises(CourseError, match="none called 'val'"):
        open_photos(str(tmp_path), split="val")


def test_what_is_refused(tmp_path, monkeypatch):
    with pytest.raises(CourseError, match="sample_photos has no split 'test'; it has train and val"):
        open_photos("sample_photos", split="test")
    with pytest.raises(
        CourseError,
        match=r"'nowhere' is neither a folder nor a named set \(sample_photos, superres=FOLDER, set5=FOLDER\)",
    ):
        open_photos("nowhere")
    with pytest.raises(CourseError, match="holds no picture"):
        open_photos(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(CourseError, match=r"a\.png is not a picture"):
        open_photos(str(tmp_path)).picture(0)
    monkeypatch.setitem(EMBEDDED, "train", ("astronaut.png", "lost.png"))
    with pytest.raises(CourseError, match=r"lost\.png is missing.*Install"):
        open_photos("sample_photos")


def test_equal_files_are_equal_sets(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    assert Photos((tmp_path / "a.png",), tmp_path).digest() == open_photos(str(tmp_path)).digest()
