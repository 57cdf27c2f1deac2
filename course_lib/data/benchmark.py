"""What super-resolution is measured on: a folder of ``*_HR.png`` and ``*_LR.png``, or of large pictures alone.

Benchmarks such as Set5 bring the small pictures along. Where there are none, they are made as those were
(``course_lib.data.degrade``).
"""

from pathlib import Path

from torch import Tensor

from course_lib.data.augment import bytes_tensor
from course_lib.data.degrade import cropped_to_multiple, reduced
from course_lib.data.folders import readable
from course_lib.data.photos import open_photos
from course_lib.data.pictures import BadPicture, open_picture
from course_lib.errors import CourseError

LARGE, SMALL = "_HR", "_LR"
Files = tuple[Path, Path | None]  # of one picture: large, and small if it is there
Both = tuple[Tensor, Tensor]  # small and large, bytes (3, H, W)


class EnlargingPairs:
    """Small pictures and what they should become, each of its own size. Iterating gives (name, small, large).

    Attributes:
        made: whether the small ones were made here.
    """

    def __init__(self, data: str, *, scale: int, split: str = "val", smallest: int = 1) -> None:
        """Opens a named set or folder of photos.

        Args:
            scale: how much smaller the small pictures are; large ones are cut to a multiple of it.
            smallest: side in pixels under which a large picture is left out with a warning.

        Raises:
            CourseError: no such data, a large picture without its small one or the reverse, sizes that do not fit.
        """
        self.scale, self.smallest = scale, smallest
        files = matched(open_photos(data, split=split).files)
        self.made = files[0][1] is None
        # Each is opened once here, so that a bad one is named before the first is enlarged; they do not wait in memory.
        _, self.files = readable(files, lambda pair: self._read(pair) and None)

    def __len__(self) -> int:
        return len(self.files)

    def names(self) -> list[str]:
        """Of the pictures, in their order: the large file's, without ``_HR`` and suffix."""
        return [large.stem.removesuffix(LARGE) for large, _ in self.files]

    def pair(self, index: int) -> Both:
        """Picture number ``index``: (small, large), uint8."""
        return self._read(self.files[index])

    def _read(self, files: Files) -> Both:
        path, beside = files
        large = bytes_tensor(open_picture(path))
        if min(large.shape[-2:]) < max(self.smallest, self.scale):
            raise BadPicture(
                f"{path} has {large.shape[-1]} × {large.shape[-2]} pixels; at least {self.smallest} a side are needed."
            )
        large = cropped_to_multiple(large, self.scale)
        if beside is None:
            return reduced(large, self.scale), large
        small = bytes_tensor(open_picture(beside))
        if [self.scale * side for side in small.shape[-2:]] != list(large.shape[-2:]):
            raise CourseError(
                f"{beside} has {small.shape[-1]} × {small.shape[-2]} pixels, and {path.name} {large.shape[-1]} × "
                f"{large.shape[-2]}: not {self.scale} times as many each way. Remove the pair, or make the small one anew."
            )
        return small, large


def matched(files: tuple[Path, ...]) -> list[Files]:
    """Each large picture with its small one; pictures without ``_HR`` and ``_LR`` in their names are all large.

    Raises:
        CourseError: some are named so and others have no partner.
    """
    large = {path.stem.removesuffix(LARGE): path for path in files if path.stem.endswith(LARGE)}
    small = {path.stem.removesuffix(SMALL): path for path in files if path.stem.endswith(SMALL)}
    if not small:  # large pictures alone, whatever they are called
        return [(path, None) for path in files]
    alone = sorted(
        [*(large[name].name for name in large.keys() - small), *(small[name].name for name in small.keys() - large)]
        + [path.name for path in files if path not in (*large.values(), *small.values())]
    )
    if alone:
        raise CourseError(
            f"{len(alone)} picture(s) of {files[0].parent} have no partner: {', '.join(alone[:3])}"
            f"{' …' if len(alone) > 3 else ''}. Every NAME{LARGE}.png needs its NAME{SMALL}.png, or leave all {SMALL} out."
        )
    return [(large[name], small[name]) for name in large]
