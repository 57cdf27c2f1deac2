"""Folders as other codes lay them out: each is read, said, and asked about where two readings are possible."""

import re

import pytest
from PIL import Image

from course_lib.data.domains import open_domains
from course_lib.data.folders import picture_files, picture_tree, pictures_under
from course_lib.data.pairs import open_pairs
from course_lib.data.photos import open_photos
from course_lib.errors import CourseError


def paint(root, *paths, size=(32, 32)):
    for number, path in enumerate(paths):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (number, 0, 0)).save(root / path)


FORMS = ["trainX", "TrainX", "TRAINx", "train/X", "Train/x", "X/train", "x/Train", "X", "x"]


@pytest.mark.parametrize("form", FORMS)
def test_two_sides_are_read_in_every_form_as_domains_and_as_pairs(tmp_path, form):
    for side in "AB":
        place = form.replace("X", side).replace("x", side.lower())
        paint(tmp_path, *(f"{place}/{number}.PNG" for number in range(3)))
        paint(tmp_path, f"{re.sub('train', 'test', place, flags=re.IGNORECASE)}/7.png")
    divided = "train" in form.lower()
    domains = open_domains(str(tmp_path), size=16, hold_out=1)
    assert (len(domains.a), len(domains.b)) == (3, 3)
    assert domains.layout.lower() == f"{form.lower().replace('x', 'a')}/ and {form.lower().replace('x', 'b')}/"
    held_out = open_domains(str(tmp_path), size=16, split="val", hold_out=1)
    assert [group[0].stem for group in held_out.a] == ["7"]
    pairs = open_pairs(str(tmp_path), size=16)
    assert len(pairs) == (3 if divided else 4) and "namesakes in" in pairs.layout
    assert len(open_pairs(str(tmp_path), size=16, split="val")) == (1 if divided else 4)


def test_sub_folders_are_read_and_namesakes_are_those_in_the_same_one(tmp_path):
    for side in "AB":
        paint(tmp_path, *(f"train{side}/day{day}/{name}.png" for day in (2, 10) for name in "xy"))
    files = [file.relative_to(tmp_path / "trainA").as_posix() for file in pictures_under(tmp_path / "trainA")]
    assert files == ["day10/x.png", "day10/y.png", "day2/x.png", "day2/y.png"]
    assert len(open_domains(str(tmp_path), size=16, hold_out=0)) == 4
    pairs = open_pairs(str(tmp_path), size=16)
    assert [tuple(file.parent.name for file in pair) for pair in pairs.files] == [("day10",) * 2] * 2 + [
        ("day2",) * 2
    ] * 2
    assert len(open_photos(str(tmp_path / "trainA"))) == 4


def test_pairs_in_one_folder_by_name(tmp_path):
    paint(tmp_path, "1_A.png", "1_B.png", "2_a.tif", "2_b.TIFF", "10_A.bmp", "10_B.jpg")
    pairs = open_pairs(str(tmp_path), size=16, direction="BtoA")
    assert [(one.name, other.name) for one, other in pairs.files] == [
        ("10_B.jpg", "10_A.bmp"),
        ("1_B.png", "1_A.png"),
        ("2_b.TIFF", "2_a.tif"),
    ]
    assert pairs.layout == "pictures called NAME_A and NAME_B"
    paint(tmp_path, "both.png", size=(64, 32))
    with pytest.raises(CourseError, match="2 ways: 3 pairs called NAME_A and NAME_B, or both halves.*both.png"):
        open_pairs(str(tmp_path), size=16)


def test_an_underscore_alone_makes_no_pair(tmp_path):
    paint(tmp_path, "plan_A.png", "view_A.png", "house.png", size=(64, 32))
    pairs = open_pairs(str(tmp_path), size=16)
    assert len(pairs) == 3 and pairs.layout == "both halves of a pair in one file"


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (["A/1.png", "B/1.png", "2.png"], ["namesakes in A/ and B/", "pictures directly in it"]),
        (["A/1.png", "B/1.png", "trainA/1.png", "trainB/1.png"], ["trainA/ and trainB/", "A/ and B/"]),
        (["A/train/1.png", "B/train/1.png", "A/1.png", "B/1.png"], ["A/train/ and B/train/", "A/ and B/"]),
        (["train/A/1.png", "train/B/1.png", "trainA/1.png", "trainB/1.png"], ["trainA/ and trainB/", "train/A/"]),
        (["1.png", "more/2.png"], ["directly in it", "sub-folders, such as more/"]),
        (["trainA/1.png", "TrainA/1.png", "trainB/1.png"], ["TrainA/ and trainA/"]),
        (["1.png", "1.jpg"], ["two pictures of one name, 1.jpg and 1.png"]),
    ],
)
def test_where_two_readings_are_possible_the_user_is_asked(tmp_path, paths, words):
    paint(tmp_path, *paths, size=(64, 32))
    with pytest.raises(CourseError) as asked:
        open_pairs(str(tmp_path), size=16)
    said = str(asked.value)
    assert all(word in said for word in words), said
    assert "Which one" in said and ("Move the other" in said or "Rename" in said)


def test_domains_ask_too_and_name_what_is_read(tmp_path):
    paint(tmp_path, "horses/1.png", "zebras/1.png")
    with pytest.raises(CourseError, match="no folder 'trainA'.*Read are trainA/ and trainB/, train/A/ and train/B/"):
        open_domains(str(tmp_path), size=16)
    paint(tmp_path, "A/1.png", "A/deep/2.png", "B/1.png")
    with pytest.raises(CourseError, match="or those of its sub-folders, such as deep/"):
        open_domains(str(tmp_path), size=16, hold_out=0)
    paint(tmp_path, "train/A/1.png", "train/B/1.png")
    with pytest.raises(CourseError, match="2 ways: domains in train/A/ and train/B/; or domains in A/ and B/"):
        open_domains(str(tmp_path), size=16, hold_out=0)


def test_a_link_to_a_folder_around_it_has_no_end_and_is_not_followed(tmp_path):
    paint(tmp_path, "photos/a/1.png", "photos/b/2.png", "more/3.png")
    (tmp_path / "photos" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "photos" / "more").symlink_to(tmp_path / "more", target_is_directory=True)
    found = picture_tree(tmp_path / "photos", without=tmp_path / "out")
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "photos/a/1.png", "photos/b/2.png", "photos/more/3.png"
    ]  # fmt: skip


def test_files_that_are_not_read_as_pictures_are_told(tmp_path):
    paint(tmp_path, "1.png", "2.jfif", "3.JPE")
    for name in ("a.heic", "b.GIF", "clip.mp4", "notes.txt", ".c.heic"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.warns(
        UserWarning, match=r"3 of 6 files left out that are not read as pictures, such as a\.heic\. Convert"
    ):
        assert [path.name for path in picture_files(tmp_path)] == ["1.png", "2.jfif", "3.JPE"]
    for name in ("1.png", "2.jfif", "3.JPE"):
        (tmp_path / name).unlink()
    with pytest.raises(
        CourseError, match=r"holds no picture \(.*\), only files that are not read as pictures, such as a\.heic"
    ):
        picture_files(tmp_path)


def test_one_empty_domain_is_named(tmp_path):
    paint(tmp_path, "trainA/1.png")
    (tmp_path / "trainB").mkdir()
    with pytest.raises(CourseError, match="trainB holds no picture"):
        open_domains(str(tmp_path), size=16, hold_out=0)


def test_a_tiff_that_is_no_picture_is_named(tmp_path):
    paint(tmp_path, "A/1.tif", "B/1.tif", "A/2.tif", "B/2.tif")
    (tmp_path / "B" / "2.tif").write_bytes(b"II*\0" + bytes(40))
    with pytest.warns(UserWarning, match=r"2\.tif is damaged, or a TIFF of a form that is not read"):
        assert len(open_pairs(str(tmp_path), size=16)) == 1
