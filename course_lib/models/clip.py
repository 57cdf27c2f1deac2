"""A trained model over the frames of a clip: with progress, resumable, with the clip's times and sound."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image
from torch import Tensor

from course_lib.data.clips import Clip, frames, open_clip, write_clip
from course_lib.data.pictures import open_picture, to_tensor, to_unit
from course_lib.errors import CourseError
from course_lib.files import make_folder, write_text, write_whole
from course_lib.metrics.flicker import Flicker, flicker


def translate_clip(
    file: Path,
    out: Path,
    answer: Callable[[Image.Image], Image.Image],
    made_by: str,
    *,
    done: Callable[[int, int], None] = lambda at, of: None,
) -> tuple[Clip, int, float | None]:
    """Writes ``out``, an MP4 of as many frames as could be read, at their own times.

    Finished frames lie in a folder beside ``out`` until the clip is whole, so that an interrupted run goes on where it was.

    Args:
        made_by: what the answers depend on (model, options); frames of another one are not taken over.
        done: told (frames done, frames promised or 0).

    Returns:
        The clip, how many frames were written, and the flicker: the mean change of the output's pixels, in grey levels of
        255, where the clip's did not change; None where nothing stood still.

    Raises:
        CourseError: the clip cannot be read, or ``out`` is the clip itself.
    """
    if out.resolve() == file.resolve():
        raise CourseError(f"{file} would be overwritten by its own translation. Name another --out.")
    clip, kept = open_clip(file), out.with_name(f".{out.name}.frames")
    _take_over(kept, {"clip": _digest(file), "by": made_by})
    found = [Flicker()]

    def translated() -> Iterator[tuple[Image.Image, Fraction]]:
        last: list[Tensor] = []
        for at, (frame, seconds) in enumerate(frames(clip)):
            place = kept / f"{at:07d}.png"
            if not place.is_file():
                made = answer(frame)
                write_whole(place, lambda temporary, made=made: made.save(temporary, format="PNG"))  # type: ignore[misc]
            picture = open_picture(place)
            now = [to_unit(to_tensor(one))[0] for one in (frame, picture)]
            if last and len({one.shape for one in (*last, *now)}) == 1:
                found.append(flicker(last[0], now[0], last[1], now[1]))
            last = now
            done(at + 1, clip.frames)
            yield picture, seconds

    counts: list[int] = []
    try:
        write_whole(out, lambda temporary: counts.append(write_clip(clip, temporary, translated())))
    except BaseException:
        if not any(kept.glob("*.png")):  # nothing that another try could take over
            shutil.rmtree(kept)
        raise
    shutil.rmtree(kept)
    return clip, counts[0], sum(found[1:], found[0]).mean


def _take_over(folder: Path, source: dict[str, str]) -> None:
    """Frames of the same clip by the same model stay; others are thrown away."""
    note = folder / "source.json"
    try:
        same = json.loads(note.read_text(encoding="utf-8")) == source
    except (OSError, ValueError):
        same = False
    if not same:
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        write_text(note, json.dumps(source))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
