"""A clip through a model: every frame once, an interrupted run goes on, frames of another model are not taken over."""

import numpy as np
import pytest
from PIL import Image

from course_lib.data.clips import frames, open_clip
from course_lib.errors import CourseError
from course_lib.models.clip import translate_clip

from ..data.test_clips import make_clip


class Negative:
    """Counts what it is asked, and may be stopped in the middle."""

    def __init__(self, stop_after: int = 99) -> None:
        self.asked, self.stop_after = 0, stop_after

    def __call__(self, picture: Image.Image) -> Image.Image:
        if self.asked == self.stop_after:
            raise KeyboardInterrupt
        self.asked += 1
        return Image.fromarray(255 - np.asarray(picture))


def test_an_interrupted_clip_goes_on_where_it_was(tmp_path):
    file, out, told = make_clip(tmp_path / "a.mp4"), tmp_path / "out" / "a.mp4", []
    first = Negative(stop_after=5)
    with pytest.raises(KeyboardInterrupt):
        translate_clip(file, out, first, "negative")
    assert not out.exists() and first.asked == 5
    second = Negative()
    clip, count, flicker = translate_clip(file, out, second, "negative", done=lambda at, of: told.append((at, of)))
    assert second.asked == 7 and count == 12 and told[-1] == (12, 12) and clip.sound
    assert flicker is not None and flicker < 1.5  # the ground stands still, and so does its negative
    assert [path.name for path in out.parent.iterdir()] == ["a.mp4"] and len(list(frames(open_clip(out)))) == 12
    other = Negative(stop_after=3)
    with pytest.raises(KeyboardInterrupt):
        translate_clip(file, out, other, "another")
    third = Negative()
    translate_clip(file, out, third, "negative")
    assert third.asked == 12  # what the other one had made was thrown away


def test_an_answer_that_changes_by_itself_flickers(tmp_path):
    file, levels = make_clip(tmp_path / "a.mp4", 4, sound=False), iter([0, 50, 0, 50])
    _, _, flicker = translate_clip(
        file, tmp_path / "b.mp4", lambda picture: Image.new("RGB", picture.size, (next(levels),) * 3), "blinking"
    )
    assert flicker == pytest.approx(50, abs=0.5)


def test_a_clip_is_not_written_over_itself(tmp_path):
    file = make_clip(tmp_path / "a.mp4", 2, sound=False)
    with pytest.raises(CourseError, match="overwritten"):
        translate_clip(file, file, Negative(), "x")


def test_what_ends_before_its_first_frame_leaves_nothing(tmp_path):
    file, out = make_clip(tmp_path / "a.mp4", sound=False), tmp_path / "out" / "a.mp4"
    with pytest.raises(KeyboardInterrupt):
        translate_clip(file, out, Negative(stop_after=0), "negative")
    assert list(out.parent.iterdir()) == []
