"""Named sets: what the catalogue says of each, and what a user's --data means."""

import re
import warnings
from pathlib import Path

import pytest

from course_lib.data import palette
from course_lib.data.catalogue import (
    DIRECTIONS,
    NAMED,
    Archive,
    Embedded,
    Hub,
    choices,
    known_set,
    may_ship,
    names,
    own_palette,
    read_spec,
    terms_of,
)
from course_lib.data.domains import open_domains
from course_lib.data.fetch import FolderCalledLikeASet, located
from course_lib.data.labelled import open_labelled
from course_lib.data.pairs import PALETTES, open_pairs
from course_lib.data.photos import open_photos
from course_lib.data.points import PointSet, mixture
from course_lib.errors import CourseError

REAL = Path(__file__).parents[3] / "shared/data"


@pytest.mark.parametrize("name", NAMED)
def test_every_set_says_what_a_user_must_know(name):
    known = NAMED[name]
    assert re.fullmatch(r"[a-z0-9_-]+", name)  # no "=", no slash: it can be told from a folder
    assert known.terms.endswith(".")
    assert known.split
    assert known.direction in DIRECTIONS
    assert known.palette is None or known.palette in PALETTES
    if isinstance(known.source, Archive):  # nothing is fetched unchecked
        assert re.fullmatch("[0-9a-f]{64}", known.source.sha256)
    if isinstance(known.source, Hub):
        assert re.fullmatch("[0-9a-f]{40}", known.source.revision)
    if "not stated" in known.terms or "esearch and teaching" in known.terms:
        assert not known.may_ship


def test_no_two_archives_share_a_checksum():
    archives = [known.source for known in NAMED.values() if isinstance(known.source, Archive)]
    assert len({archive.sha256 for archive in archives}) == len({archive.url for archive in archives}) == len(archives)


@pytest.mark.parametrize("name", [name for name, known in NAMED.items() if isinstance(known.source, Embedded)])
def test_every_embedded_set_opens_without_a_network(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    opened = {
        "pairs": lambda: open_pairs(name, size=16),
        "domains": lambda: open_domains(name, size=16),
        "labelled": lambda: open_labelled(name, size=8),
        "photos": lambda: open_photos(name),
        "points": lambda: PointSet(mixture(name)),
    }[NAMED[name].kind]()
    assert len(opened) > 1
    assert len(opened.digest()) == 64


@pytest.mark.parametrize(
    ("data", "name", "folder"),
    [
        ("facades", "facades", None),
        ("facades=../shared/facades", "facades", "../shared/facades"),
        ("facades=x=y", "facades", "x=y"),
        ("emoji64=.", "emoji64", "."),
        ("../shared/facades", None, "../shared/facades"),
        ("./facades", None, "facades"),
        ("facades/", None, "facades"),
        ("Facades", None, "Facades"),
        ("runs/a=1/photos", None, "runs/a=1/photos"),
    ],
)
def test_name_folder_or_both(data, name, folder):
    asked = read_spec(data)
    assert (asked.text, asked.name) == (data, name)
    assert asked.folder == (None if folder is None else Path(folder))


def test_home_is_expanded_on_both_sides_of_the_rule(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert read_spec("~/photos").folder == read_spec("facades=~/photos").folder == tmp_path / "photos"


def test_titles(monkeypatch, tmp_path):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    assert [read_spec(data).title for data in ("facades", "facades=a/b", "a/b/", ".")] == [
        "facades",
        "facades",
        "b",
        "mine",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "--data is ''"),
        ("  ", "--data is '  '"),
        ("facade=some/folder", "no set called 'facade'.*facades"),
        ("=folder", "no set called ''"),
        ("facades=", "after the equals sign"),
        ("ring=folder", "'ring' is embedded. Write --data ring"),
        ("digits=folder", "'digits' is embedded"),
    ],
)
def test_what_cannot_be_meant(data, words):
    with pytest.raises(CourseError, match=words):
        read_spec(data)


def test_a_folder_with_an_equals_sign_in_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "size=64").mkdir()
    assert read_spec("size=64").folder == Path("size=64")


def test_terms_and_the_rest_belong_to_a_name_not_to_a_folder():
    assert "cite it" in terms_of("facades")
    assert terms_of("facades=some/where") == terms_of("facades") == known_set("facades").terms
    assert "ImageNet" in terms_of("apple2orange64=x")
    assert terms_of("fluent=x").endswith("1.1.0: MIT.")
    for folder in ("some/where/facades", "./facades", "my/photos"):
        assert terms_of(folder) is None
        assert known_set(folder) is None
        assert not may_ship(folder)
    assert [may_ship(data) for data in ("digits", "quickdraw=x", "fluent=x", "cifar10", "facades")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_only_the_set_s_own_inputs_have_its_palette():
    assert own_palette(known_set("facades"), None) == own_palette(known_set("facades"), "BtoA") == "facades"
    assert own_palette(known_set("facades"), "AtoB") is None
    assert own_palette(known_set("fluent=x"), None) is None
    assert own_palette(None, None) is None
    assert set(PALETTES) == {known.palette for known in NAMED.values() if known.palette}
    assert PALETTES["facades"] is palette.snap


def test_names_of_a_kind():
    assert names("points") == ("ring", "grid", "spiral", "moons", "gaussian")
    assert choices("pairs") == "facade_blocks, facades, fluent=FOLDER"


# -- from the name to the folder ---------------------------------------------------------------------------------------


def test_a_set_of_another_kind_is_named_as_what_it_is():
    with pytest.raises(
        CourseError, match=r"'stripes' is made of two domains.*pairs of pictures are needed: facade_blocks"
    ):
        open_pairs("stripes", size=16)
    with pytest.raises(
        CourseError, match="'ring' is made of points in the plane, and pictures with classes are needed"
    ):
        open_labelled("ring", size=16)
    with pytest.raises(CourseError, match="'sample_photos' is made of single photos.*--maker"):
        open_pairs("sample_photos", size=16)
    with pytest.raises(CourseError, match="'stripes' is made of two domains.*single photos are needed: sample_photos"):
        open_pairs("stripes", size=16, maker="colorize")


def test_a_named_set_in_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CourseError, match=f"{tmp_path / 'gone'} is not a folder"):
        open_pairs(f"facades={tmp_path / 'gone'}", size=16)


def test_a_set_that_cannot_be_fetched_says_how_to_name_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=r"'emoji64' cannot be fetched. Write emoji64=FOLDER") as caught:
        open_domains("emoji64", size=16)
    assert "of that name is here" not in str(caught.value)
    (tmp_path / "emoji64").mkdir()
    with pytest.raises(CourseError, match="A folder of that name is here: write emoji64=emoji64"):
        open_domains("emoji64", size=16)


def test_a_folder_called_like_a_set_is_any_folder_and_that_is_said_once(tmp_path):
    folders = [tmp_path / "a" / "facades", tmp_path / "quickdraw", tmp_path / "stripes", tmp_path / "other"]
    for folder in folders:
        folder.mkdir(parents=True)
    with pytest.warns(FolderCalledLikeASet) as caught:
        for _ in range(3):
            asked = [located(str(folder), "pairs") for folder in folders]
        located(str(folders[1]), "labelled")
    assert [one.name for one in asked] == [None] * 4
    assert [str(warning.message) for warning in caught] == [
        f"This folder is called facades; write facades={folders[0]} if it is that set: "
        "its direction is then BtoA, its labels are snapped, its terms go onto the card.",
        f"This folder is called quickdraw; write quickdraw={folders[1]} if it is that set: its terms go onto the card.",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert located(f"facades={folders[0]}", "pairs").name == "facades"


@pytest.mark.skipif(not (REAL / "fluent128").is_dir(), reason="the emoji are not here")
def test_the_real_emoji_are_translated_from_flat_to_solid():
    pairs = open_pairs(f"fluent={REAL / 'fluent128'}", size=64, split="val")
    # The 3-D ones are shaded: they have more different colours than the flat ones, nearly always.
    colours = [
        [len(pair[side].flatten(1).T.unique(dim=0)) for side in ("input", "target")]
        for pair in (pairs.example(index) for index in range(0, len(pairs), 8))
    ]
    assert sum(flat < solid for flat, solid in colours) > 0.9 * len(colours)
