"""Which of a tab's models work: a broken one is told, the others are kept in their order."""

import pytest

from course_lib.app.usable import usable
from course_lib.errors import CourseError


def load(name):
    if name.startswith("broken"):
        raise CourseError(f"{name} is damaged.")
    return name


def test_what_works_and_why_the_others_do_not():
    assert usable(["b", "broken", "a"], load) == (["b", "a"], {"broken": "broken is damaged."})
    assert usable(["a", "broken"], load, needed="a")[0] == ["a"]


@pytest.mark.parametrize(
    ("names", "needed", "said"),
    [
        (["broken 1", "broken 2"], None, "broken 1 is damaged. broken 2 is damaged."),
        (["a", "broken"], "broken", "broken is damaged."),
        ([], None, "None of this tab's models is in the zoo."),
    ],
)
def test_nothing_to_show_is_an_error(names, needed, said):
    with pytest.raises(CourseError) as error:
        usable(names, load, needed)
    assert str(error.value) == said


def test_any_other_error_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        usable(["a"], lambda _: 1 / 0)
