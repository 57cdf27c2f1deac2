"""Paired pictures: what to translate and what it should become.

``open_pairs("facade_blocks", …)`` is embedded; ``open_pairs("facades", …)`` is fetched; a folder is taken by its
layout: pictures of two halves each, two folders with namesakes (see ``layouts``), or single photos with a pair-maker.

Every set of pairs has ``len`` and ``example(index, epoch, seed, augment)``, which gives ``{"input", "target"}``, float
(3, size, size) in [−1, 1]. Pictures are decoded and resized once and wait as bytes (400 pairs at 143² are 49 MB).
"""

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from course_lib.data import palette as palettes
from course_lib.data.augment import Resizer, generator_for, resize
from course_lib.data.catalogue import DIRECTIONS, known_set, own_palette, read_spec
from course_lib.data.decoded import Decoded
from course_lib.data.digest import digest_of, listing
from course_lib.data.fetch import located
from course_lib.data.folders import SkippedPictures, has_pictures, part_of, pictures_under
from course_lib.data.halves import cut_in_two
from course_lib.data.layouts import keyed, named_sides, one_of, sides_of
from course_lib.data.notices import Noticed
from course_lib.data.pairmakers import Reader, made_of_target, read_made
from course_lib.data.photos import open_photos
from course_lib.data.pictures import BadPicture, PictureFile, open_picture
from course_lib.data.preparation import PairPreparation, Pixels
from course_lib.data.stream_columns import asked_columns, both_sides, only_column, picture_columns, refuse_split_pairs
from course_lib.data.stream_source import open_source
from course_lib.data.stream_spec import StreamSpec
from course_lib.data.streamed import Side, Streamed, side_of
from course_lib.data.synthetic.facade_blocks import FacadeBlocks
from course_lib.errors import CourseError

Files = tuple[Path, ...]  # of one pair: one file with both halves, or two
PALETTES: dict[str, Callable[..., Image.Image]] = {"facades": palettes.snap}


class Pairs:
    """A set of pairs.

    Args:
        files: those of each pair.
        how: an example is made of them.
        root: the folder that holds all files, if there is one.
        layout: in which they lie, in words.
    """

    def __init__(
        self, files: Sequence[Files], how: PairPreparation, *, root: Path | None = None, layout: str = ""
    ) -> None:
        self.how, self.layout, self._root = how, layout, root
        self.size, self.load_size, self.fit, self.channels = how.size, how.load_size, how.fit, how.channels
        self._noticed = Noticed(self.size)
        self._decoded = Decoded(files, self._load, self.load_size, each=sum(self.channels) * self.load_size**2)
        self.files = self._decoded.files
        self._noticed.tell(self.fit)

    def _load(self, files: Files, size: int) -> Pixels:
        return self.how.pixels(files, size, self._noticed.see)

    def __len__(self) -> int:
        return len(self.files)

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """The pair as it is (for measuring), or jointly cropped and flipped by the numbers of (seed, epoch, index)."""
        size = self.load_size if augment else self.size
        pixels = self._decoded.near(self.files.__getitem__, index, len(self.files), size)
        return self.how.example(pixels, generator_for(seed, epoch, index) if augment else None)

    def digest(self) -> str:
        """A hash of the files' names and sizes."""
        return digest_of("pairs", [listing(files, self._root) for files in self.files])


PairSet = Pairs | FacadeBlocks | Streamed


def open_pairs(
    data: str,
    *,
    size: int,
    load_size: int | None = None,
    split: str = "train",
    direction: str | None = None,
    maker: str | None = None,
    palette: str | None = None,
    hue: float = 0.0,
    zoom: float = 1.0,
    fit: str = "squash",
    channels: tuple[int, int] = (3, 3),
) -> PairSet:
    """The pairs of a named set, folder or stream.

    Args:
        data: "facade_blocks" (procedural, always there), another name of the catalogue, NAME=FOLDER, a folder, or
            stream:SOURCE (see ``stream_spec``).
        size: side of the examples; load_size: side before the random crop (default: size).
        split: "train" or "val"; a folder without such a subfolder is taken whole.
        direction: "AtoB", "BtoA" or None for the named set's own (of any other folder: "AtoB").
        maker: "colorize" or "edges" to make pairs of single photos ("sample_photos", or a folder), or of the targets
            of a named set of pairs.
        palette: "facades" to snap the inputs to flat colours, "none" not to, None for what the named set asks.
        hue: how far augmentation turns the hues of both pictures alike, a part of a full turn.
        zoom: by what factor, at most, augmentation shrinks or enlarges both pictures alike.
        fit: "squash", "crop" or "pad" pictures that are not square.
        channels: of input and target: 1 (grey), 3 or 4 (with alpha).

    Raises:
        CourseError: unknown name or setting, missing or empty folder, unreadable pictures only.
    """
    root: Path | None
    files: list[Files]
    side = None
    if (spec := read_spec(data).stream) is not None:
        side, read, layout = _of_stream(spec, split, direction or "AtoB", maker, 4 in channels)
        files, root, known = [], None, None
    elif maker is not None and not _are_pairs(data):
        photos = open_photos(data, split=split)
        files = [(file,) for file in photos.files]
        layout = f"single photos, made into pairs ({maker})"
        read, root, known = read_made(maker, 4 in channels), photos.root, None
    else:
        asked = located(data, "pairs")
        root, known = asked.folder, asked.known
        if root is None:
            if maker is not None:
                raise CourseError(f"{data} is drawn, not photographed: no pairs are made of it. Leave --maker out.")
            if channels != (3, 3):
                raise CourseError(f"{data} is drawn in colour: it has 3 input and 3 output channels. Leave them at 3.")
            return FacadeBlocks(size=size, split=split, direction=direction or "BtoA")
        direction = direction or (known.direction if known else "AtoB")
        files, read, layout = _of_folder(root, split, direction, 4 in channels)
        if maker is not None:  # what the named set's targets are made into; its own inputs are left out
            read, known = made_of_target(maker, read), None
    palette = palette or own_palette(known, direction) or "none"
    if palette != "none" and channels[0] != 3:
        raise CourseError(f"Inputs of {channels[0]} channel(s) have no colours to snap. Set --palette none.")
    if palette != "none" or (known and known.palette):  # a turned or blended colour would be another class, or none
        for name, asked_for, off in (("hue", hue, 0), ("zoom", zoom, 1)):
            if asked_for != off:
                reason = "but the colours of these pairs' label maps are classes"
                raise CourseError(f"{name} is {asked_for}, {reason}. Set {name} to {off}.")
    how = PairPreparation(
        read=read,
        size=size,
        load_size=load_size or size,
        fit=fit,
        channels=channels,
        hue=hue,
        zoom=zoom,
        resize_input=_resizer(palette),
    )
    if spec and side:
        return Streamed([side], how, examples=spec.examples, held_out=split == "val", layout=layout)
    return Pairs(files, how, root=root, layout=layout)


def _of_stream(
    spec: StreamSpec, split: str, direction: str, maker: str | None, alpha: bool
) -> tuple[Side, Reader, str]:
    """The columns of a stream that hold a pair (or a photo to make one of), what reads them, and the layout in words."""
    _check_direction(direction)
    if len(spec.sources) > 1:
        raise CourseError(
            f"A stream of pairs comes from one source, and {' and '.join(spec.sources)} are two. Both pictures of a pair "
            "stand in one sample: two columns, or both halves of one picture."
        )
    source = open_source(spec.sources[0], split)
    pictures = picture_columns(source.dataset.features or {}, source.head[0])
    asked = asked_columns(source.name, pictures, spec.columns)
    if maker is not None:
        if len(asked) > 1:
            raise CourseError(f"--maker {maker} makes pairs of one picture, and two columns are asked for. Name one.")
        columns = asked or only_column(source.name, pictures)
        read, words = read_made(maker, alpha), f"single photos ({columns[0]}), made into pairs ({maker})"
    else:
        columns = asked or both_sides(source.name, pictures)
        if direction == "BtoA":
            columns = columns[::-1]
        if len(columns) == 2:
            read, words = functools.partial(_both, alpha), f"{columns[0]} (input) and {columns[1]} (target)"
        else:
            refuse_split_pairs(source.name, source.head)
            read, words = functools.partial(_halves, direction, alpha), f"both halves of a pair in {columns[0]}"
    return side_of(source, columns), read, f"a stream of {words}"


def _check_direction(direction: str) -> None:
    if direction not in DIRECTIONS:
        raise CourseError(f'direction is {direction!r}; it must be "AtoB" (left to right) or "BtoA".')


def _are_pairs(data: str) -> bool:
    known = known_set(data)
    return known is not None and known.kind == "pairs"


def _resizer(name: str) -> Resizer:
    if name == "none":
        return resize
    if name not in PALETTES:
        raise CourseError(f"Palette {name!r} is unknown; there is {', '.join(PALETTES)} and none. Choose one of them.")
    return functools.partial(_snapped, name)


def _snapped(name: str, image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return PALETTES[name](image, size)


def _of_folder(root: Path, split: str, direction: str, alpha: bool) -> tuple[list[Files], Reader, str]:
    """The files of each pair in a folder, what reads them, and the layout in words.

    Raises:
        CourseError: an unknown direction, no pair is there, or the folder can be read in two ways.
    """
    _check_direction(direction)
    sides = sides_of(root, split)
    folder = root if sides else part_of(root, split)
    plain = (
        ["pictures directly in it, both halves of a pair in one file"]
        if folder.is_dir() and has_pictures(folder)
        else []
    )
    one_of(root, [f"pairs of namesakes in {one.words}" for one in sides] + plain)
    if sides:
        a, b = (sides[0].a, sides[0].b) if direction == "AtoB" else (sides[0].b, sides[0].a)
        files = namesakes(keyed(a), keyed(b), a, b)
        return files, functools.partial(_both, alpha), f"namesakes in {sides[0].words}"
    pictures = pictures_under(folder)
    named = named_sides(pictures)
    if named:
        inputs, targets = named if direction == "AtoB" else named[::-1]
        files = namesakes(inputs, targets, folder, folder)
        return files, functools.partial(_both, alpha), "pictures called NAME_A and NAME_B"
    reader = functools.partial(_halves, direction, alpha)
    return [(file,) for file in pictures], reader, "both halves of a pair in one file"


def namesakes(inputs: Mapping[str, Path], targets: Mapping[str, Path], here: Path, there: Path) -> list[Files]:
    """Pairs kept as equal names (without suffix): input and target of each.

    Raises:
        CourseError: no name stands on both sides.
    """
    pairs = [(path, targets[name]) for name, path in inputs.items() if name in targets]
    if not pairs:
        raise CourseError(f"No picture of {here} has a namesake in {there}. Give pairs the same file name.")
    alone = sorted(Path(name).name for name in inputs.keys() ^ targets.keys())
    if alone:
        warnings.warn(
            f"Skipped {len(alone)} pictures without a namesake in the other folder: {', '.join(alone[:3])}"
            + (" …" if len(alone) > 3 else ""),
            SkippedPictures,
            stacklevel=2,
        )
    return list(pairs)


def _both(alpha: bool, files: tuple[PictureFile, ...]) -> tuple[Image.Image, Image.Image]:
    source, target = (open_picture(file, alpha=alpha) for file in files)
    # Rounding when one of them was made smaller is no other shape.
    if abs(source.width * target.height - target.width * source.height) > 0.02 * source.width * target.height:
        raise BadPicture(
            f"{files[0]} has {source.width} × {source.height} pixels and its partner {files[1]} {target.width} × "
            f"{target.height}: a pair shows one place, so both need the same proportions. Cut one, or take both out."
        )
    return source, target


def _halves(direction: str, alpha: bool, files: tuple[PictureFile, ...]) -> tuple[Image.Image, Image.Image]:
    """The official layout: one file, A on the left half, B on the right half."""
    (path,) = files
    picture = open_picture(path, alpha=alpha)
    a, b = cut_in_two(path, picture)
    return (a, b) if direction == "AtoB" else (b, a)
