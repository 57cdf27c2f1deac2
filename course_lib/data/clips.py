"""Clips: their frames as pictures, one after another, and pictures put back into a clip with the sound that was there.

PyAV holds FFmpeg's libraries; nothing else needs to be installed. It is imported when a clip is opened.
"""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from course_lib.errors import CourseError

SUFFIXES = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi")
MOST_PIXELS = 3840 * 2160
QUALITY = "18"  # of H.264 as x264 counts it: 0 is without loss, 18 is hardly told from it


@dataclass(frozen=True)
class Clip:
    """What is known of a clip before its frames are read.

    Attributes:
        rate: mean frames a second.
        frames: how many its header promises; 0 where it does not say.
        sound: whether there is an audio track.
    """

    file: Path
    rate: Fraction
    frames: int
    sound: bool


def is_clip(path: Path) -> bool:
    """Whether a file's name says that it is a clip."""
    return path.suffix.lower() in SUFFIXES


def open_clip(path: Path) -> Clip:
    """Looks into a clip's header.

    Raises:
        CourseError: it is no clip that FFmpeg reads, it has no picture track, or its pictures are too large.
    """
    with _opened(path) as container:
        track = _picture_track(container, path)
        if track.width * track.height > MOST_PIXELS:
            raise CourseError(
                f"{path.name} has {track.width} × {track.height} pixels; {MOST_PIXELS:,} are the most. Reduce it first."
            )
        rate = track.average_rate or track.guessed_rate or Fraction(25)
        return Clip(path, Fraction(rate), int(track.frames or 0), bool(container.streams.audio))


def frames(clip: Clip) -> Iterator[tuple[Image.Image, Fraction]]:
    """(frame, seconds from the clip's begin), upright. A clip that ends in mid-frame ends with its last whole frame."""
    import av

    with _opened(clip.file) as container:
        track = _picture_track(container, clip.file)
        try:
            for at, frame in enumerate(container.decode(track)):
                shown = Image.fromarray(frame.to_ndarray(format="rgb24"))
                if frame.rotation % 360:
                    shown = shown.rotate(frame.rotation, expand=True)
                known = frame.pts is not None and frame.time_base is not None
                yield shown, Fraction(frame.pts) * frame.time_base if known else at / clip.rate
        except av.error.FFmpegError:  # cut off: what could be read was given
            return


def write_clip(clip: Clip, path: Path, pictures: Iterable[tuple[Image.Image, Fraction]]) -> int:
    """Writes H.264 in MP4 with the clip's own times, and its sound packet by packet where MP4 holds that kind.

    Args:
        path: of the file that is written; not whole before this returns.
        pictures: (picture, seconds); all of one size. An odd side gets its last row or column twice, as H.264 has only
            even ones.

    Returns:
        How many were written.

    Raises:
        CourseError: there was no picture.
    """
    import av

    count, out = 0, None
    with av.open(str(path), "w", format="mp4") as target:
        sound = _sound_into(clip, target)
        for picture, seconds in pictures:
            even = _even(np.asarray(picture))
            if out is None:
                out = target.add_stream("libx264", rate=clip.rate, options={"crf": QUALITY})
                out.height, out.width, out.pix_fmt = *even.shape[:2], "yuv420p"
                base = Fraction(1, 90_000)
                out.time_base = out.codec_context.time_base = base
            frame = av.VideoFrame.from_ndarray(even, format="rgb24")
            frame.pts, frame.time_base = round(seconds / base), base
            target.mux(out.encode(frame))
            count += 1
        if out is None:
            raise CourseError(f"{clip.file.name} has no frame that can be read. Save it anew from its source.")
        target.mux(out.encode(None))
        if sound is not None:
            _copy_sound(clip, target, sound)
    return count


def _opened(path: Path) -> Any:
    import av

    try:
        return av.open(str(path))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise CourseError(f"{path.name} is not a clip this course reads ({', '.join(SUFFIXES)}): {error}.") from error


def _picture_track(container: Any, path: Path) -> Any:
    if not container.streams.video:
        raise CourseError(f"{path.name} has no pictures, only sound.")
    return container.streams.video[0]


def _sound_into(clip: Clip, target: Any) -> Any:
    """The target's audio track, of the same codec; None where there is no sound, or MP4 does not hold that kind."""
    import av

    if not clip.sound:
        return None
    with _opened(clip.file) as source:
        try:
            return target.add_stream_from_template(source.streams.audio[0])
        except (av.error.FFmpegError, ValueError):
            return None


def _copy_sound(clip: Clip, target: Any, track: Any) -> None:
    import av

    with _opened(clip.file) as source, contextlib.suppress(av.error.FFmpegError):  # it may be cut off, too
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = track
                target.mux(packet)


def _even(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)
