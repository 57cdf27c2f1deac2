"""How a stream is asked for: what is understood, and what is refused before anything is opened."""

import pytest

from course_lib.data.catalogue import may_ship, read_spec, terms_of
from course_lib.data.fetch import located
from course_lib.data.photos import open_photos
from course_lib.data.stream_spec import StreamSpec, expanded, read_stream
from course_lib.errors import CourseError


@pytest.mark.parametrize(
    ("data", "spec"),
    [
        ("stream:s/train-*.tar#100000", StreamSpec(("s/train-*.tar",), 100000)),
        ("stream:user/name", StreamSpec(("user/name",))),
        ("stream:user/name#7:photo, map", StreamSpec(("user/name",), 7, ("photo", "map"))),
        ("stream:A-*.tar|B-*.tar#12", StreamSpec(("A-*.tar", "B-*.tar"), 12)),
        ("stream:https://host/t-{00..12}.tar#5:jpg", StreamSpec(("https://host/t-{00..12}.tar",), 5, ("jpg",))),
        ("folder", None),
    ],
)
def test_what_is_understood(data, spec):
    assert read_stream(data) == spec


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("stream:", "names no source"),
        ("stream:#5", "names no source"),
        ("stream:a.tar|#5", "names no source"),
        ("stream:a.tar|b.tar|c.tar#5", "more than two"),
        ("stream:a.tar#many", "'many' is no number of examples.*stream:SOURCE#EXAMPLES"),
        ("stream:a.tar#", "'' is no number"),
        ("stream:a.tar#0", "'0' is no number"),
        ("stream:a.tar#-4", "'-4' is no number"),
        ("stream:a.tar#1.5", "'1.5' is no number"),
        ("stream:a.tar#²", "'²' is no number"),
        ("stream:a.tar#5:a,b,c", "one or two columns"),
        ("stream:a.tar#5:", "one or two columns"),
    ],
)
def test_what_is_refused(data, said):
    with pytest.raises(CourseError, match=said):
        read_spec(data)


def test_braces():
    assert expanded("t-{08..11}.tar") == ["t-08.tar", "t-09.tar", "t-10.tar", "t-11.tar"]
    assert expanded("{a,b}-{0..1}.tar") == ["a-0.tar", "a-1.tar", "b-0.tar", "b-1.tar"]
    assert expanded("plain-{x}.tar") == ["plain-{x}.tar"]


def test_a_stream_has_a_title_and_no_terms(tmp_path):
    (tmp_path / "mine").mkdir()
    assert read_spec(f"stream:{tmp_path}/mine#5").title == "mine"  # not where it lies
    assert read_spec("stream:folder/train-*.tar#5").title == "train-*.tar"
    assert read_spec("stream:user/name").title == "user/name"
    assert read_spec("stream:x/A-*.tar|y/B-*.tar#5").title == "A-*.tar | B-*.tar"
    assert terms_of("stream:user/name") is None
    assert not may_ship("stream:user/name")


def test_only_pairs_and_domains_are_streamed():
    with pytest.raises(CourseError, match="only pairs and domains are read as a stream, and single photos are needed"):
        open_photos("stream:user/name#5")
    assert located("stream:user/name", "pairs").folder is None
