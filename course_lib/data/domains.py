"""Two domains without pairs: pictures of A, pictures of B, and nobody says which belongs to which.

``open_domains("stripes", …)`` is embedded; ``open_domains("horse2zebra", …)`` fetches a published set; a folder with
``trainA/`` and ``trainB/`` (and ``testA/``, ``testB/``) is taken as the official code takes it, others as ``layouts`` says.
"""

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from course_lib.data import emoji
from course_lib.data.augment import generator_for
from course_lib.data.decoded import Decoded
from course_lib.data.digest import digest_of, listing
from course_lib.data.fetch import located
from course_lib.data.folders import picture_files, pictures_under
from course_lib.data.layouts import READ, one_of, sides_of
from course_lib.data.notices import Noticed
from course_lib.data.preparation import DomainPreparation
from course_lib.data.stream_columns import asked_columns, both_sides, only_column, picture_columns
from course_lib.data.stream_source import open_source
from course_lib.data.stream_spec import PREFIX, SIDES, StreamSpec
from course_lib.data.streamed import Side, Streamed, side_of
from course_lib.data.synthetic.stripes import Stripes
from course_lib.errors import CourseError

Groups = list[list[Path]]  # of each picture of a domain its variants, the plainest first


class Domains:
    """Two sets of pictures. ``.example(i)`` → {"A": (3, H, W), "B": (3, H, W)} in [−1, 1].

    Args:
        a, b: the pictures of each domain; a picture may have several variants, of which an epoch sees one.
        paired: picture i of A and picture i of B show the same thing.
        size: side of what ``example`` gives; load_size: side before the random crop.
        fit: how pictures that are not square become so: see ``course_lib.data.fit``.
        channels: of A's pictures and of B's, 1, 3 or 4.
        halves: every file shows two pictures side by side, A's on the left and B's on the right; each domain takes its own.
        root: the folder that holds all files, if there is one.
        layout: in which they lie, in words.
    """

    def __init__(
        self,
        a: Sequence[Sequence[Path]],
        b: Sequence[Sequence[Path]],
        *,
        size: int,
        load_size: int | None = None,
        fit: str = "squash",
        channels: tuple[int, int] = (3, 3),
        paired: bool = False,
        halves: bool = False,
        root: Path | None = None,
        layout: str = "",
    ) -> None:
        self.how = DomainPreparation(size=size, load_size=load_size or size, fit=fit, channels=channels, halves=halves)
        self.size, self.load_size, self.paired, self._root = size, load_size or size, paired, root
        self.fit, self.channels, self.layout, self._halves = fit, channels, layout, halves
        files = [(file, name) for groups, name in ((a, "A"), (b, "B")) for group in groups for file in group]
        self._noticed = Noticed(size)
        self._decoded = Decoded(files, self._load, self.load_size, each=max(channels) * self.load_size**2)
        self.a, self.b = _usable(a, b, {file for file, _ in self._decoded.files}, paired)
        self._noticed.tell(fit)

    def __len__(self) -> int:
        """An epoch shows every picture of the larger domain once."""
        return min(len(self.a), len(self.b)) if self.paired else max(len(self.a), len(self.b))

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """Pictures as they are (for measuring), or cropped and flipped, and B's drawn at random, by (seed, epoch,
        index).
        """
        if not augment:
            return {name: self.how.shown(self._shown(name, index, 0, self.size), None) for name in "AB"}
        random = generator_for(seed, epoch, index)
        # A domain that is shorter is drawn from at random: which picture meets which must not repeat from epoch to
        # epoch.
        at_a = index if index < len(self.a) else int(random.integers(len(self.a)))
        example = {}
        for name, at in (("A", at_a), ("B", int(random.integers(len(self.b))))):
            variants = len((self.a if name == "A" else self.b)[at])
            picture = self._shown(name, at, int(random.integers(variants)), self.load_size)
            example[name] = self.how.shown(picture, random)
        return example

    def _shown(self, domain: str, index: int, variant: int, size: int) -> Tensor:
        groups = self.a if domain == "A" else self.b

        def file(at: int) -> tuple[Path, str]:
            return groups[at][variant % len(groups[at])], domain

        (picture,) = self._decoded.near(file, index % len(groups), len(groups), size)
        return picture

    def _load(self, file: tuple[Path, str], size: int) -> tuple[Tensor]:
        return (self.how.picture(*file, size, self._noticed.see),)

    def digest(self) -> str:
        """A hash of the files' names and sizes, domain by domain."""
        listed = [[listing(group, self._root) for group in groups] for groups in (self.a, self.b)]
        return digest_of("domains", self.paired, listed, *(["halves"] if self._halves else []))


def _usable(
    a: Sequence[Sequence[Path]], b: Sequence[Sequence[Path]], readable: set[Path], paired: bool
) -> tuple[Groups, Groups]:
    """Both domains without what cannot be read; of pairs, a picture whose counterpart cannot be read goes with it."""
    kept_a, kept_b = ([[file for file in group if file in readable] for group in groups] for groups in (a, b))
    if paired:
        whole = [(one, other) for one, other in zip(kept_a, kept_b, strict=True) if one and other]
        kept_a, kept_b = [one for one, _ in whole], [other for _, other in whole]
    for name, groups in (("A", kept_a), ("B", kept_b)):
        if not any(groups):
            raise CourseError(f"No picture of domain {name} can be used. Save them anew, as PNG or JPEG.")
    return [group for group in kept_a if group], [group for group in kept_b if group]


DomainSet = Domains | Stripes | Streamed


def open_domains(
    data: str,
    *,
    size: int,
    load_size: int | None = None,
    split: str = "train",
    hold_out: int = 100,
    fit: str = "squash",
    channels: tuple[int, int] = (3, 3),
) -> DomainSet:
    """The two domains of a named set, folder or stream.

    Args:
        data: "stripes" (procedural, always there), another name of the catalogue, NAME=FOLDER, a folder with trainA/
            and trainB/ (or noto/ and twemoji/, as the emoji set), or stream:SOURCE (see ``stream_spec``).
        size, load_size: side of the examples, and before the random crop.
        split: "train", or "val" for what training does not see: testA/ and testB/, or where there are none, the last
            ``hold_out`` pictures of each domain by sorted name.
        fit: "squash", "crop" or "pad" pictures that are not square.
        channels: of A's pictures and of B's: 1 (grey), 3 or 4 (with alpha).

    Raises:
        CourseError: unknown name, missing folder, nothing left to train on, unreadable pictures only.
    """
    if split not in ("train", "val"):
        raise CourseError(f'split is {split!r}; it must be "train" or "val".')
    asked = located(data, "domains")
    if asked.stream:
        sides, layout = _of_stream(asked.stream, split)
        how = DomainPreparation(size=size, load_size=load_size or size, fit=fit, channels=channels)
        return Streamed(sides, how, examples=asked.stream.examples, held_out=split == "val", layout=layout)
    folder = asked.folder
    if folder is None:
        if channels != (3, 3):
            raise CourseError(f"{data} is drawn in colour: it has 3 input and 3 output channels. Leave them at 3.")
        return Stripes(size=size, split=split)
    halves = asked.name == "fluent_unpaired"
    if halves:
        a, b, paired = _fluent(folder, split)
        layout = "both styles of an emoji in one file"
    elif (folder / "noto").is_dir() and (folder / "twemoji").is_dir():
        a, b, paired = _emoji(folder, split)
        layout = "noto/ and twemoji/"
    else:
        layout, a, b = _of_folder(folder, split, hold_out)
        paired = False
    return Domains(
        a,
        b,
        size=size,
        load_size=load_size,
        fit=fit,
        channels=channels,
        paired=paired,
        halves=halves,
        root=folder,
        layout=layout,
    )


def _of_stream(spec: StreamSpec, split: str) -> tuple[list[Side], str]:
    """Each domain's column, of a source of its own or of a common one, and the layout in words."""
    sources = [open_source(name, split) for name in spec.sources]
    pictures = [picture_columns(source.dataset.features or {}, source.head[0]) for source in sources]
    if len(sources) == 1:
        source = sources[0]
        columns = asked_columns(source.name, pictures[0], spec.columns) or both_sides(source.name, pictures[0])
        if len(columns) != 2:
            raise CourseError(
                f"{source.name} has one column of pictures, {columns[0]}, and two domains are needed: two columns, or "
                f"{PREFIX}A-*.tar{SIDES}B-*.tar#EXAMPLES."
            )
        sources = [source, source]
    elif spec.columns:
        if len(spec.columns) != 2:
            raise CourseError(f"Two sources need a column each: #100000:photo,photo. There is {spec.columns[0]} alone.")
        columns = tuple(
            asked_columns(source.name, there, [name])[0]
            for source, there, name in zip(sources, pictures, spec.columns, strict=True)
        )
    else:
        columns = tuple(only_column(source.name, there)[0] for source, there in zip(sources, pictures, strict=True))
    sides = [
        side_of(source, (column,), number) for number, (source, column) in enumerate(zip(sources, columns, strict=True))
    ]
    words = [f"{column} of {source.name}" for column, source in zip(columns, sources, strict=True)]
    return sides, f"a stream of {words[0]} (A) and {words[1]} (B), drawn independently"


def _of_folder(root: Path, split: str, hold_out: int) -> tuple[str, Groups, Groups]:
    """The layout in words, and the pictures of each domain.

    Raises:
        CourseError: no two folders are there, the folder can be read in two ways, or nothing is left.
    """
    train = sides_of(root, "train")
    one_of(root, [f"domains in {sides.words}" for sides in train])
    if not train:
        raise CourseError(
            f"{root} has no folder 'trainA'. Put domain A into trainA/ and domain B into trainB/. Read are {READ}."
        )
    for name, side in zip("AB", (train[0].a, train[0].b), strict=True):
        if not side.is_dir():
            wanted = train[0].form.format(name)
            raise CourseError(f"{root} has no folder {wanted!r}. Put domain {name} into {wanted}/.")
    form = train[0].form
    held_out = [] if form == "{0}" else [sides for sides in sides_of(root, "val") if sides.form != "{0}"]
    one_of(root, [f"measured on {sides.words}" for sides in held_out])
    if held_out:
        used = train[0] if split == "train" else held_out[0]
        a, b = ([[file] for file in pictures_under(side)] for side in (used.a, used.b))
        return used.words, a, b
    a, b = (_divided(side, split, hold_out) for side in (train[0].a, train[0].b))
    return train[0].words, a, b


def _divided(folder: Path, split: str, hold_out: int) -> Groups:
    """The last pictures by name are held out where there is no folder of such."""
    files = sorted(pictures_under(folder), key=lambda file: file.relative_to(folder).as_posix())
    if not 0 <= hold_out < len(files):
        raise CourseError(
            f"hold-out is {hold_out}, but {folder.parent.name}/{folder.name} has {len(files)} pictures. "
            "Lower --hold-out, or put pictures to measure on into testA/ and testB/."
        )
    if split == "val" and hold_out == 0:
        raise CourseError(f"{folder} has no test part beside it and hold-out is 0: there is nothing to measure on.")
    border = len(files) - hold_out
    return [[file] for file in (files[:border] if split == "train" else files[border:])]


def _emoji(folder: Path, split: str) -> tuple[Groups, Groups, bool]:
    """Noto (A) and Twemoji (B): trained on disjoint halves of the bases, measured on held-out bases as pairs."""
    noto, twemoji = ({file.stem: file for file in picture_files(folder / name)} for name in ("noto", "twemoji"))
    parts = emoji.split(noto.keys() & twemoji.keys())
    if not (parts["A"] and parts["B"]):
        raise CourseError(
            f"{folder} holds {sum(map(len, parts.values()))} different emoji in both styles. Put {emoji.HELD_OUT + 2} or more "
            f"there: {emoji.HELD_OUT} are held out."
        )
    if split == "val":
        plainest = [variants[0] for variants in parts["val"]]
        return [[noto[stem]] for stem in plainest], [[twemoji[stem]] for stem in plainest], True
    a, b = (
        [[files[stem] for stem in variants] for variants in parts[part]]
        for part, files in (("A", noto), ("B", twemoji))
    )
    return a, b, False


def _fluent(folder: Path, split: str) -> tuple[Groups, Groups, bool]:
    """Fluent emoji, flat (A) and rendered (B): trained on disjoint halves of the bases, measured on val as pairs."""
    files = {file.stem: file for file in picture_files(folder / split)}
    if split == "val":
        groups = [[file] for _, file in sorted(files.items())]
        return groups, groups, True
    a, b = ([[files[stem] for stem in variants] for variants in part] for part in emoji.two_parts(files))
    if not b:
        raise CourseError(f"{folder}/train holds {len(a)} different emoji. Two parts are made of them: put more there.")
    return a, b, False
