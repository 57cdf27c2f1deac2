"""Sets of pairs by name or by path.

``open_pairs("facades", …)`` takes the set from a Hub dataset repository; ``open_pairs("some/folder", …)`` takes
what lies there: ``{train,val}/*.jpg`` with two halves each, ``A/`` and ``B/`` with namesakes, or plain photos with a
pair-maker.
"""

import functools
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from course_lib.data import palette as palettes
from course_lib.data.augment import Resizer, resize
from course_lib.data.domains import known_domains
from course_lib.data.folders import picture_files
from course_lib.data.pairmakers import read_made
from course_lib.data.pairs import Pair, Pairs, read_side_by_side, two_folder_pairs
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError


class PairSet(Protocol):
    """What a task asks of its data."""

    def __len__(self) -> int: ...

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> Pair: ...


@dataclass(frozen=True)
class NamedSet:
    """What is known of a published set. A local folder of the same name is taken for it."""

    repository: str  # Hub dataset repository, with the revision and file that were looked at
    revision: str
    file: str
    columns: tuple[str, str]  # A, B
    direction: str
    palette: str | None
    terms: str


NAMED = {
    "facades": NamedSet(
        repository="huggan/facades",
        revision="f5cb9a55f7c4c9e07fa812b2dc21846fc3ffeb78",
        file="data/train-00000-of-00001.parquet",
        columns=("imageA", "imageB"),
        direction="BtoA",
        palette="facades",
        terms="CMP Facades, Tyleček & Šára 2013: terms not stated by its copies; cite it. Research and teaching.",
    ),
}
# Terms of sets that are no named pairs, by the name of their folder.
TERMS = {
    "quickdraw": "Quick, Draw! bitmaps: CC-BY-4.0 (Google).",
    "digits": "Optical recognition of handwritten digits, Alpaydin & Kaynak 1998 (UCI, inside scikit-learn): CC-BY-4.0.",
}
PALETTES: dict[str, Callable[..., Image.Image]] = {"facades": palettes.snap}


def known_set(data: str) -> NamedSet | None:
    """What is known of a set, by its name or by the name of its folder."""
    return NAMED.get(Path(data).name)


def name_of(data: str) -> str:
    """What to call a set on a card: its name, or the last part of its folder."""
    return data.partition("=")[0] if "=" in data else Path(data).name


def terms_of(data: str) -> str | None:
    """The terms of a set, by its name or by the name of its folder; None if nothing is known of it."""
    known = known_set(data) or known_domains(data)
    return known.terms if known else TERMS.get(Path(data).name)


def own_palette(known: NamedSet | None, direction: str | None) -> str | None:
    """The palette of a set's inputs: its label maps have one, its photos (the inputs of the other direction) have none."""
    return known.palette if known and direction in (None, known.direction) else None


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
) -> PairSet:
    """The pairs of a named set or folder.

    Args:
        data: "facade_blocks" (procedural, always there), a name in ``NAMED`` (needs a network), or a folder.
        size: side of the examples; load_size: side before the random crop (default: size).
        split: "train" or "val"; a folder without such a subfolder is taken whole.
        direction: "AtoB", "BtoA" or None for the set's own ("AtoB" if nothing is known of it).
        maker: "colorize" or "edges" to make pairs of single photos.
        palette: "facades" to snap the inputs to flat colours, "none" not to, None for what the set asks.
        hue: how far augmentation turns the hues of both pictures alike, a part of a full turn.

    Raises:
        CourseError: unknown name, missing or empty folder, unreadable pictures only.
    """
    if data == "facade_blocks":
        from course_lib.data.synthetic.facade_blocks import FacadeBlocks

        return FacadeBlocks(size=size, split=split, direction=direction or "BtoA")
    known = known_set(data)
    direction = direction or (known.direction if known else "AtoB")
    palette = palette or own_palette(known, direction) or "none"
    folder = Path(data).expanduser()
    if not folder.exists() and data in NAMED:
        folder = _fetch(data)
    if not folder.is_dir():
        names = ", ".join(["facade_blocks", *NAMED])
        raise CourseError(f"Data {data!r} is neither a folder nor a named set ({names}). Check the path.")
    if (folder / split).is_dir():
        folder = folder / split
    elif (folder / "train").is_dir():
        raise CourseError(f"{folder} has a folder 'train' but none called {split!r}.")
    files: list[Path]
    if maker is not None:
        files, read = picture_files(folder), read_made(maker)
    elif (folder / "A").is_dir() or (folder / "B").is_dir():
        files, read = two_folder_pairs(folder / "A", folder / "B", direction)
    else:
        files, read = picture_files(folder), read_side_by_side(direction)
    return Pairs(files, read, size=size, load_size=load_size, hue=hue, resize_input=_resizer(palette))


def _resizer(name: str) -> Resizer:
    if name == "none":
        return resize
    if name not in PALETTES:
        raise CourseError(f"Palette {name!r} is unknown; there is {', '.join(PALETTES)} and none.")
    return functools.partial(_snapped, name)


def _snapped(name: str, image: Image.Image, size: int) -> Image.Image:
    return PALETTES[name](image, (size, size))


def _fetch(name: str) -> Path:
    """Downloads a named set and unpacks it, once, as side-by-side files beside the Hub's own cache."""
    from huggingface_hub import hf_hub_download

    known = NAMED[name]
    try:
        table = Path(hf_hub_download(known.repository, known.file, repo_type="dataset", revision=known.revision))
    except Exception as error:  # the hub's client raises many kinds; all mean "not to be had now"
        raise CourseError(
            f"The set {name!r} could not be fetched from the Hub repository {known.repository} ({type(error).__name__}). "
            "Go online, or name a local folder instead."
        ) from error
    return unpack_parquet(table, known.columns, table.parent / f"{name}-unpacked")


def unpack_parquet(table: Path, columns: tuple[str, str], out: Path) -> Path:
    """A Hub parquet file with two image columns → ``out/train/00000.png`` … side by side; done once."""
    import pyarrow.parquet

    if out.is_dir():
        return out
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        unfinished = Path(scratch) / out.name
        (unfinished / "train").mkdir(parents=True)
        rows = pyarrow.parquet.read_table(table, columns=list(columns)).to_pylist()
        for index, row in enumerate(rows):
            a, b = (open_picture(row[column]["bytes"], name=f"{table.name} row {index} {column}") for column in columns)
            both = Image.new("RGB", (2 * a.width, a.height))
            both.paste(a, (0, 0))
            both.paste(b.resize(a.size), (a.width, 0))
            both.save(unfinished / "train" / f"{index:05d}.png")
        unfinished.rename(out)
    return out
