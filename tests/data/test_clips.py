"""Clips made here with PyAV: every frame comes back in its place, with its time, and the sound with it."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from course_lib.data.clips import frames, is_clip, open_clip, write_clip
from course_lib.errors import CourseError


def make_clip(path: Path, count: int = 12, size=(48, 32), rate: int = 10, sound: bool = True, grain: int = 0) -> Path:
    """A square that goes from left to right over a still ground; a tone of 440 Hz."""
    with av.open(str(path), "w") as target:
        track = target.add_stream("libx264", rate=rate, options={"crf": "1"})
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        tone = target.add_stream("aac", rate=44_100) if sound else None
        for at in range(count):
            shown = pixels(at, size)
            if grain:
                shown = shown // 2 + np.random.default_rng(at).integers(0, grain, shown.shape, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
            target.mux(track.encode(frame))
        target.mux(track.encode(None))
        if tone is not None:
            samples = np.sin(2 * np.pi * 440 * np.arange(44_100 * count // rate) / 44_100).astype(np.float32)
            for start in range(0, len(samples) - 1024, 1024):
                piece = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
                piece.sample_rate, piece.pts = 44_100, start
                target.mux(tone.encode(piece))
            target.mux(tone.encode(None))
    return path


def pixels(at: int, size=(48, 32)) -> np.ndarray:
    picture = np.full((size[1], size[0], 3), 60, np.uint8)
    picture[8:24, 3 * at : 3 * at + 8] = 220
    return picture


def test_frames_and_times(tmp_path):
    clip = open_clip(make_clip(tmp_path / "a.mp4"))
    assert (clip.rate, clip.frames, clip.sound) == (10, 12, True)
    seen = list(frames(clip))
    assert [seconds for _, seconds in seen] == [Fraction(at, 10) for at in range(12)]
    for at, (picture, _) in enumerate(seen):
        assert np.abs(np.asarray(picture).astype(int) - pixels(at)).mean() < 4  # H.264


def test_written_again_first_and_last_frame_and_sound_are_right(tmp_path):
    clip = open_clip(make_clip(tmp_path / "a.mp4"))
    turned = ((Image.fromarray(255 - np.asarray(picture)), seconds) for picture, seconds in frames(clip))
    assert write_clip(clip, tmp_path / "b.mp4", turned) == 12
    again = open_clip(tmp_path / "b.mp4")
    assert (again.rate, again.frames, again.sound) == (10, 12, True)
    seen = list(frames(again))
    assert [float(seconds) for _, seconds in seen] == pytest.approx([at / 10 for at in range(12)])
    for at in (0, 11):
        assert np.abs(255 - np.asarray(seen[at][0]).astype(int) - pixels(at)).mean() < 6

    def packets(path):
        with av.open(str(path)) as container:
            return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]

    assert packets(tmp_path / "a.mp4") == packets(tmp_path / "b.mp4") != []


def test_odd_sides_get_one_more_row_or_column(tmp_path):
    clip = open_clip(make_clip(tmp_path / "a.mp4", 2, sound=False))
    odd = [(Image.new("RGB", (31, 17), (200, 30, 30)), Fraction(at, 10)) for at in range(2)]
    assert write_clip(clip, tmp_path / "b.mp4", odd) == 2
    (first, _), _ = frames(open_clip(tmp_path / "b.mp4"))
    assert first.size == (32, 18) and not open_clip(tmp_path / "b.mp4").sound
    assert np.abs(np.asarray(first).astype(int) - (200, 30, 30)).max() < 12


def test_a_clip_that_ends_in_mid_frame_ends_with_its_last_whole_one(tmp_path):
    whole = make_clip(tmp_path / "a.mkv", 12, sound=False, grain=90).read_bytes()  # so that no frame is a few bytes
    (tmp_path / "cut.mkv").write_bytes(whole[: int(len(whole) * 0.6)])
    seen, all_of_it = (list(frames(open_clip(tmp_path / name))) for name in ("cut.mkv", "a.mkv"))
    assert 1 <= len(seen) < 12 == len(all_of_it)
    assert all(a.tobytes() == b.tobytes() for (a, _), (b, _) in zip(seen[:-1], all_of_it, strict=False))


def test_what_is_no_clip_is_named(tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"no clip at all")
    with pytest.raises(CourseError, match=r"no\.mp4 is not a clip this course reads"):
        open_clip(tmp_path / "no.mp4")
    with pytest.raises(CourseError, match="not a clip"):
        open_clip(tmp_path / "absent.mp4")
    clip = open_clip(make_clip(tmp_path / "a.mp4", 1, sound=False))
    with pytest.raises(CourseError, match="no frame"):
        write_clip(clip, tmp_path / "b.mp4", [])
    assert is_clip(Path("x.MP4")) and is_clip(Path("x.webm")) and not is_clip(Path("x.gif"))
