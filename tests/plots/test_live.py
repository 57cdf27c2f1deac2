"""A picture that forms: all of it is kept, Stop is heard while it works, errors come out, and a page without widgets has a strip."""

import threading

import pytest
import torch

from course_lib.plots.live import VIEW, Live
from course_lib.plots.slider import VIEW as SLIDERS_VIEW


def greys(count):
    """A picture that becomes brighter."""

    def work(stopped):
        for at in range(count):
            if stopped():
                return
            yield torch.full((1, 3, 4, 6), 2 * at / (count - 1) - 1), f"step {at}"

    return work


def test_every_picture_is_kept_in_order():
    found = Live(greys(6)).result()
    assert [one.said for one in found] == [f"step {at}" for at in range(6)]
    assert [one.picture.getpixel((0, 0))[0] for one in found] == [0, 51, 102, 153, 204, 255]


def test_stop_is_heard_while_it_works_and_the_picture_so_far_is_the_result():
    three, asked = threading.Event(), []

    def work(stopped):
        for at in range(100):
            asked.append(stopped())
            if asked[-1]:
                return
            yield torch.zeros(1, 3, 4, 4), str(at)
            if at == 2:
                three.set()
                assert waiting.wait(20)

    waiting, live = threading.Event(), Live(work)
    live._begin()
    assert three.wait(20)
    live.stop()
    waiting.set()
    assert [one.said for one in live.result()] == ["0", "1", "2"] and asked == [False] * 3 + [True]


def test_an_error_in_the_work_comes_out_and_what_was_made_stays():
    def work(stopped):
        yield torch.zeros(1, 3, 4, 4), "first"
        raise ValueError("no memory for that")

    live = Live(work)
    with pytest.raises(ValueError, match="no memory"):
        live.result()
    assert [one.said for one in live.moments] == ["first"]


def test_it_works_once_however_often_it_is_shown():
    begun = []

    def work(stopped):
        begun.append(1)
        yield from greys(3)(stopped)

    live = Live(work)
    live.result(), live.figure(), live.result()
    assert begun == [1]


def test_the_strip_has_the_first_the_last_and_some_between():
    drawn = Live(greys(9), strip=3).figure()
    assert [place.get_title() for place in drawn.axes] == ["step 0", "step 4", "step 8"]
    assert [place.get_title() for place in Live(greys(2), strip=5).figure().axes] == ["step 0", "step 1"]


def test_stored_pages_get_a_picture_and_running_ones_a_button(monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    still = Live(greys(3))._repr_mimebundle_()
    assert set(still) == {"image/png", "text/plain"}
    monkeypatch.delenv("COURSE_STRICT")
    live = Live(greys(3))
    shown = live._repr_mimebundle_()
    assert VIEW == SLIDERS_VIEW and VIEW in shown
    live.result()
    assert live._words.value == "step 2" and live._image.value[:4] == b"\x89PNG"


def test_the_button_stops_it():
    live = Live(greys(3))
    box = live.widget()
    box.children[0].children[0].click()
    assert live._stop.is_set()
    live.result()
