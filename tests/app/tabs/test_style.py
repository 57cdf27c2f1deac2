"""The style tab with small untrained networks: its pictures are the models', its runs are the task's, and both can be stopped."""

import json
import shutil
from dataclasses import replace

import pytest
from PIL import Image

from course_lib.app import heavy
from course_lib.app.tabs.style import fast, live, photos, words
from course_lib.app.tabs.style import tab as style_tab
from course_lib.errors import CourseError
from course_lib.models import zoo

KEY = "0123456789abcdef" * 2
MOVED = {
    "photo": 0, "painting": "style-udnie", "share": 5, "size": "128", "start": "noise", "seconds": 60, "seed": 3, "key": KEY
}  # fmt: skip


def small() -> Image.Image:
    return photos.photo(1).resize((96, 64))


def test_photos():
    pictures = [photos.photo(number) for number in range(len(photos.PHOTOS))]
    assert all(one.mode == "RGB" and min(one.size) >= 256 and max(one.size) <= style_tab.LONGEST for one in pictures)


def test_one_pass_of_each_network_one_after_another(in_style_course):
    found = list(style_tab.answers({"photo": "own"}, small()))
    assert [list(one["pictures"]) for one in found] == [["style-starry-night"], ["style-starry-night", "style-udnie"]]
    assert json.loads(json.dumps(found[-1])) and found[-1]["asked"] == {"photo": "own"} and found[-1]["of"] == 2
    names = list(fast.passes(small()))
    for name, picture, seconds in names:
        assert picture.tobytes() == zoo.load(name)(small()).tobytes() and seconds > 0
    assert found[-1]["size"] == (96, 64)


def test_a_style_that_is_damaged_is_told_and_the_others_work(in_style_course, tmp_path, monkeypatch):
    shutil.copytree(in_style_course, tmp_path / "course")
    (tmp_path / "course" / "zoo" / "style-udnie" / "model.safetensors").write_bytes(b"no weights")
    monkeypatch.setenv("COURSE_ROOT", str(tmp_path / "course"))
    fast.stylizer.cache_clear()
    working, broken = fast.opened()
    assert working == ["style-starry-night"] and "style-udnie" in broken
    (*_, last) = style_tab.answers({"photo": 0}, None)
    assert list(last["pictures"]) == working and last["of"] == 1


def test_a_run_forms_a_picture_and_the_last_is_the_best(in_style_course, decoded, monkeypatch):
    config = live.config_of(MOVED)
    monkeypatch.setattr(live, "config_of", lambda asked: short(config))
    seen = list(style_tab.moved(MOVED | {"photo": "own"}, small(), None))
    assert all(one["key"] == KEY and "error" not in one for one in seen)
    last = seen[-1]
    assert last["done"] and last["step"] == 6 and last["size"] == (48, 32)
    losses = [loss for one in seen for loss in one["losses"]]  # the last ones may have been sent before the end was
    assert len(losses) == 6 and losses[-1] == pytest.approx(last["terms"]["total"], rel=1e-3)
    assert decoded(last["picture"]).shape == (32, 48, 3) and decoded(last["picture"]).std() > 5
    assert not live._running


def short(config):
    return replace(config, size=48, smallest=48, steps=6, later_steps=1)


def test_stop_ends_a_run_at_its_next_step(in_style_course, monkeypatch):
    config = live.config_of(MOVED)
    monkeypatch.setattr(live, "config_of", lambda asked: short(config))
    steps = live.run(MOVED, small(), fast.painting("style-udnie"))
    next(steps)
    assert style_tab.stop({"key": "f" * 32}) == {"stopped": False}
    assert style_tab.stop({"key": KEY}) == {"stopped": True}
    rest = list(steps)
    assert len(rest) == 1 and rest[0][0].step == 2 and style_tab.stop({"key": KEY}) == {"stopped": False}


def test_others_have_their_turn_between_two_steps(in_style_course, monkeypatch):
    config = live.config_of(MOVED)
    monkeypatch.setattr(live, "config_of", lambda asked: short(config))
    for _ in live.run(MOVED, small(), fast.painting("style-udnie")):
        assert heavy._turn.acquire(blocking=False)
        heavy._turn.release()


@pytest.mark.parametrize(("share", "weight"), [(0, 1.0), (5, 10.0), (10, 100.0)])
def test_the_slider_is_the_weight_of_the_style(share, weight):
    assert live.config_of(MOVED | {"share": share}).style_weight == pytest.approx(weight)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"key": "short"}, "no key of its own"),
        ({"photo": 6}, "The number of the photo is 6"),
        ({"photo": "own"}, "Your photo is no longer here"),
        ({"painting": "own"}, "Your painting is no longer here"),
        ({"painting": "gan-digits"}, "The painting is 'gan-digits'"),
        ({"share": 11}, "The share of style is 11; it must be a whole number from 0 to 10."),
        ({"size": 128}, "The size is 128"),
        ({"seconds": 61}, "The time in seconds is 61"),
        ({"seconds": None}, "The time in seconds is empty"),
        ({"seed": -1}, "The seed is -1"),
        ({"start": "style"}, "The start is 'style'"),
    ],
)
def test_bad_questions_get_a_sentence(in_style_course, changed, told):
    (found,) = style_tab.moved(MOVED | changed, None, None)
    assert set(found) == {"key", "error"} and told in found["error"]
    assert heavy._turn.acquire(blocking=False)  # nothing holds the processor's turn
    heavy._turn.release()


@pytest.mark.parametrize("asked", [{}, {"photo": None}, {"photo": "x"}, {"photo": 1.5}])
def test_no_photo_gets_a_sentence(in_style_course, asked):
    (found,) = style_tab.answers(asked, None)
    assert set(found) == {"asked", "error"}


def test_a_painting_too_small_is_named(in_style_course):
    (found,) = style_tab.moved(MOVED | {"painting": "own"}, None, Image.new("RGB", (1, 1)))
    assert "error" in found and "1" in found["error"]


def rows(one: float, *steps: float) -> dict:
    counted = zip(words.COUNTS, steps, strict=True)
    return {"one pass": {"total": one}, **{f"{count} steps from noise": {"total": total} for count, total in counted}}


@pytest.mark.parametrize(
    ("numbers", "where"),
    [
        ((1.0, 0.9, 0.8, 0.7), "50"),
        ((1.0, 1.1, 1.0, 0.9), "100"),
        ((1.0, 3, 2, 0.99), "300"),
        ((1.0, 3, 2, 1.01), "more"),
    ],
)
def test_the_answer_is_what_the_cards_say(numbers, where):
    card = {"name": "style-udnie", "validation": {"rows": rows(*numbers), "pictures": 4, "longer_side": 128}}
    assert words.bracket(rows(*numbers)) == where
    assert words.answer(where, [card]).startswith("<b>Yes.</b>") and "Udnie: one pass 1.00" in words.answer(
        where, [card]
    )
    other = next(guess for guess in words.GUESSES if guess != where)
    assert words.answer(other, [card]).startswith("<b>No.</b>")
    more = {"name": "style-wave", "validation": {"rows": rows(1.0, *([9.0] * 3)), "pictures": 4, "longer_side": 128}}
    if where != "more":
        assert words.answer(where, [card, more]).startswith("<b>For 1 of 2 paintings.</b>")


def test_cards_without_numbers_say_how_to_get_them(in_style_course):
    assert "evaluate" in style_tab.explain({"guess": "50"})["text"]
    assert "guess" in style_tab.explain({"guess": "never"})["error"]


def test_without_any_style_the_tab_is_not_shown(in_colour_course):
    assert not style_tab.TAB.shown(zoo.names())
    with pytest.raises(CourseError, match="zoo"):
        fast.opened()
