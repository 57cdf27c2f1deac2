"""Pictures with classes: digits, Quick, Draw! files in both stored shapes, folders."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib.data.labelled import open_labelled
from course_lib.errors import CourseError


@pytest.fixture
def quickdraw(tmp_path):
    random = np.random.default_rng(0)
    bitmaps = {name: random.integers(0, 256, (20, 784), dtype=np.uint8) for name in ("cat", "apple5000")}
    np.save(tmp_path / "cat.npy", bitmaps["cat"][:, None])
    np.save(tmp_path / "apple5000.npy", bitmaps["apple5000"])
    return tmp_path, bitmaps


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    digits = load_digits()
    train, val = (open_labelled("digits", size=8, split=split) for split in ("train", "val"))
    assert len(train) + len(val) == 1797
    assert train.classes == tuple("0123456789")
    assert train.pictures.shape == (len(train), 1, 8, 8)
    threes = digits.images[digits.target == 3]
    expected = torch.from_numpy(threes[9::10] / 8 - 1).float()[:, None]  # the tenth, the twentieth, … are held out
    torch.testing.assert_close(val.pictures[val.labels == 3], expected, atol=1.001 / 255, rtol=0)


def test_both_stored_shapes_keep_their_pixels(quickdraw):
    folder, bitmaps = quickdraw
    data = open_labelled(str(folder), size=32)
    assert data.classes == ("apple", "cat")
    assert torch.bincount(data.labels).tolist() == [18, 18]
    first = data.pictures[data.labels == 1][0, 0]
    assert torch.equal(
        (first[2:30, 2:30] * 127.5 + 127.5).round(), torch.from_numpy(bitmaps["cat"][0].reshape(28, 28)).float()
    )
    margin = first.clone()
    margin[2:30, 2:30] = -1
    assert (margin == -1).all()
    assert open_labelled(str(folder), size=16).pictures.shape == (36, 1, 16, 16)
    assert open_labelled(str(folder), size=28).pictures.shape == (36, 1, 28, 28)


def test_nothing_is_in_both_parts(quickdraw):
    folder, _ = quickdraw
    train, val = (open_labelled(str(folder), size=28, split=split).bytes.flatten(1) for split in ("train", "val"))
    assert not {bytes(row.tolist()) for row in train} & {bytes(row.tolist()) for row in val}
    assert len(val) == 4


def test_classes_in_the_order_asked_for(quickdraw):
    data = open_labelled(str(quickdraw[0]), size=28, classes=("cat",))
    assert (data.classes, len(data)) == (("cat",), 18)
    assert open_labelled("digits", size=8, classes=("7", "1")).classes == ("7", "1")


def test_an_example(quickdraw):
    data = open_labelled(str(quickdraw[0]), size=32)
    example = data.example(20, epoch=3, seed=1, augment=True)
    assert torch.equal(example["real"], data.pictures[20])
    assert example["label"].item() == 1


def test_two_files_of_one_class_are_refused(quickdraw):
    folder, _ = quickdraw
    np.save(folder / "cat2.npy", np.zeros((20, 784), np.uint8))
    with pytest.raises(CourseError, match=r"the class 'cat', one of them cat2\.npy"):
        open_labelled(str(folder), size=28)


def test_a_named_set_in_a_folder_is_called_by_its_name(quickdraw):
    with pytest.raises(CourseError, match="'dog' is unknown in quickdraw; there is apple, cat"):
        open_labelled(f"quickdraw={quickdraw[0]}", size=28, classes=("dog",))


def test_a_folder_in_which_torchvision_keeps_nothing(tmp_path):
    with pytest.raises(CourseError, match=f"'fashion-mnist' is not in {tmp_path}, as torchvision keeps it"):
        open_labelled(f"fashion-mnist={tmp_path}", size=28)


def test_folders_of_pictures(tmp_path):
    for name in ("dog", "bird"):
        (tmp_path / name).mkdir()
        for number in range(10):
            Image.new("RGB", (40, 30), (number, 200, 0)).save(tmp_path / name / f"{number}.png")
    data = open_labelled(str(tmp_path), size=16)
    assert data.classes == ("bird", "dog")
    assert (data.channels, len(data)) == (3, 18)
    assert len(open_labelled(str(tmp_path / "dog"), size=16, split="val")) == 1


def test_what_is_wrong_is_named(quickdraw, tmp_path):
    folder, _ = quickdraw

    def refused(data, **options):
        with pytest.raises(CourseError) as caught:
            open_labelled(data, **{"size": 28, **options})
        return str(caught.value)

    assert "'nowhere'" in refused("nowhere")
    assert "'dog'" in refused(str(folder), classes=("dog",))
    assert "'test'" in refused("digits", split="test")
    assert "size is 2" in refused("digits", size=2)
    np.save(folder / "apple5000.npy", np.zeros((3, 100)))
    assert "apple5000.npy holds float64 (3, 100)" in refused(str(folder))
    (folder / "apple5000.npy").write_bytes(b"no array")
    assert "apple5000.npy cannot be read" in refused(str(folder))
    (tmp_path / "empty").mkdir()
    assert "holds no picture" in refused(str(tmp_path / "empty"))


def test_a_set_to_fetch_says_so_without_a_network(monkeypatch):
    import torchvision

    def unreachable(*_, **__):
        raise OSError("no route")

    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", unreachable)
    with pytest.raises(CourseError, match="'fashion-mnist' could not be fetched"):
        open_labelled("fashion-mnist", size=32)


def test_a_fetched_set_is_read_as_torchvision_gives_it(monkeypatch, tmp_path):
    import torchvision

    asked = []

    class Stored:
        def __init__(self, root, train, download):
            asked.append((root, download))
            self.data = np.arange(20 * 32 * 32 * 3, dtype=np.int64).reshape(20, 32, 32, 3).astype(np.uint8)
            self.targets, self.classes = [0, 1] * 10, ["plane", "car"]

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", Stored)
    data = open_labelled("cifar10", size=32)
    assert open_labelled(f"cifar10={tmp_path}", size=32).digest() == data.digest()
    assert [download for _, download in asked] == [True, False]
    assert asked[1][0] == tmp_path
    assert data.classes == ("plane", "car")
    assert data.pictures.shape == (18, 3, 32, 32)
    assert torch.equal(data.bytes[0], torch.from_numpy(Stored(0, 0, 0).data[0]).permute(2, 0, 1))
