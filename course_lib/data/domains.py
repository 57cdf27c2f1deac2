"""Two domains without pairs: pictures of A, pictures of B, and nobody says which belongs to which.

``open_domains("stripes", …)`` is embedded; ``open_domains("horse2zebra", …)`` fetches a published set; a folder with
``trainA/`` and ``trainB/`` (and ``testA/``, ``testB/``) is taken as the official code takes it.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import Tensor

from course_lib.data import emoji
from course_lib.data.augment import Jitter, bytes_tensor, generator_for, resize, signed
from course_lib.data.folders import picture_files, readable
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

KEEP = 2**31  # bytes of decoded pictures that wait in memory; a larger set is decoded again each time


class DomainSet(Protocol):
    """What a task asks of its data. ``paired``: example i holds two pictures of the same thing (for measuring)."""

    paired: bool

    def __len__(self) -> int: ...

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]: ...


@dataclass(frozen=True)
class NamedDomains:
    """What is known of a published set: its address with the official code's authors, its folders, its terms."""

    terms: str
    archive: str | None = None
    folders: tuple[str, str] = ("A", "B")  # of the set's own making; ("A", "B"): trainA, trainB, testA, testB


_HOST = "http://efrosgans.eecs.berkeley.edu/cyclegan/datasets/{}.zip"
_IMAGENET = "Drawn from ImageNet by Zhu et al. 2017: research and teaching."
_FLICKR = "Collected from Flickr and WikiArt by Zhu et al. 2017: research and teaching."
NAMED = {
    **{name: NamedDomains(_IMAGENET, _HOST.format(name)) for name in ("horse2zebra", "apple2orange")},
    **{
        name: NamedDomains(_FLICKR, _HOST.format(name))
        for name in ("monet2photo", "cezanne2photo", "ukiyoe2photo", "vangogh2photo", "summer2winter_yosemite")
    },
    "apple2orange64": NamedDomains(_IMAGENET),
    "emoji64": NamedDomains(
        "Noto: Apache-2.0/OFL (Google). Twemoji: CC-BY-4.0 (Twitter and contributors).", folders=("noto", "twemoji")
    ),
}


def known_domains(data: str) -> NamedDomains | None:
    """What is known of a set, by its name or by the name of its folder."""
    return NAMED.get(Path(data).name)


class Domains:
    """Two sets of pictures. ``.example(i)`` → {"A": (3, H, W), "B": (3, H, W)} in [−1, 1].

    Args:
        a, b: the pictures of each domain; a picture may have several variants, of which an epoch sees one.
        paired: picture i of A and picture i of B show the same thing.
        size: side of what ``example`` gives; load_size: side before the random crop.
    """

    def __init__(
        self,
        a: Sequence[Sequence[Path]],
        b: Sequence[Sequence[Path]],
        *,
        size: int,
        load_size: int | None = None,
        paired: bool = False,
    ) -> None:
        self.size, self.load_size, self.paired = size, load_size or size, paired
        # Every file is decoded here once, so that a bad one is named before training starts and not in its third hour.
        pictures = sum(map(len, a)) + sum(map(len, b))
        self._keep = pictures * 3 * self.load_size**2 <= KEEP
        self._kept: dict[Path, Tensor] = {}
        self.a, self.b = self._usable(a), self._usable(b)

    def _usable(self, groups: Sequence[Sequence[Path]]) -> list[list[Path]]:
        decoded, files = readable(
            [file for group in groups for file in group], lambda path: self._load(path, self.load_size, self._keep)
        )
        if self._keep:
            self._kept |= {file: picture for file, picture in zip(files, decoded, strict=True) if picture is not None}
        usable = set(files)
        kept = ([file for file in group if file in usable] for group in groups)
        return [group for group in kept if group]

    @staticmethod
    def _load(path: Path, size: int, keep: bool = True) -> Tensor | None:
        picture = bytes_tensor(resize(open_picture(path), size))
        return picture if keep else None

    def __len__(self) -> int:
        """An epoch shows every picture of the larger domain once."""
        return min(len(self.a), len(self.b)) if self.paired else max(len(self.a), len(self.b))

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """Pictures as they are (for measuring), or cropped and flipped, and B's drawn at random, by (seed, epoch, index)."""
        if not augment:
            plain = (self.a[index % len(self.a)][0], self.b[index % len(self.b)][0])
            return {name: signed(self._picture(file, self.size)) for name, file in zip("AB", plain, strict=True)}
        random = generator_for(seed, epoch, index)
        # A domain that is shorter is drawn from at random: which picture meets which must not repeat from epoch to epoch.
        at_a = index if index < len(self.a) else int(random.integers(len(self.a)))
        groups = (self.a[at_a], self.b[int(random.integers(len(self.b)))])
        example = {}
        for name, group in zip("AB", groups, strict=True):
            picture = self._picture(group[int(random.integers(len(group)))], self.load_size)
            example[name] = signed(Jitter.draw(random, self.load_size, self.size)(picture))
        return example

    def _picture(self, file: Path, size: int) -> Tensor:
        if size == self.load_size and file in self._kept:
            return self._kept[file]
        picture = self._load(file, size)
        assert picture is not None
        return picture


def open_domains(
    data: str, *, size: int, load_size: int | None = None, split: str = "train", hold_out: int = 100
) -> DomainSet:
    """The two domains of a named set or folder.

    Args:
        data: "stripes" (procedural, always there), a name in ``NAMED`` (fetched once, needs a network), or a folder
            with trainA/ and trainB/ (or noto/ and twemoji/: the emoji set).
        size, load_size: side of the examples, and before the random crop.
        split: "train", or "val" for what training does not see: testA/ and testB/, or where there are none, the last
            ``hold_out`` pictures of each domain by sorted name.

    Raises:
        CourseError: unknown name, missing folder, nothing left to train on, unreadable pictures only.
    """
    if split not in ("train", "val"):
        raise CourseError(f'split is {split!r}; it must be "train" or "val".')
    if data == "stripes":
        from course_lib.data.synthetic.stripes import Stripes

        return Stripes(size=size, split=split)
    folder = Path(data).expanduser()
    known = known_domains(data)
    if not folder.exists() and known and known.archive:
        folder = _fetch(data, known.archive)
    if not folder.is_dir():
        names = ", ".join(["stripes", *(name for name, published in NAMED.items() if published.archive)])
        raise CourseError(f"Data {data!r} is neither a folder nor a named set ({names}). Check the path.")
    made = functools.partial(Domains, size=size, load_size=load_size)
    if (folder / "noto").is_dir() and (folder / "twemoji").is_dir():
        return _emoji(folder, split, made)
    for name in ("trainA", "trainB"):
        if not (folder / name).is_dir():
            raise CourseError(f"{folder} has no folder {name!r}. Put domain A into trainA/ and domain B into trainB/.")
    a, b = (_part(folder, domain, split, hold_out) for domain in "AB")
    return made(a, b)


def _part(folder: Path, domain: str, split: str, hold_out: int) -> list[list[Path]]:
    if (folder / f"test{domain}").is_dir():
        return [[file] for file in picture_files(folder / f"{'train' if split == 'train' else 'test'}{domain}")]
    files = sorted(picture_files(folder / f"train{domain}"), key=lambda file: file.name)
    if not 0 <= hold_out < len(files):
        raise CourseError(
            f"hold-out is {hold_out}, but train{domain} has {len(files)} pictures. "
            f"Lower --hold-out, or put pictures to measure on into test{domain}/."
        )
    if split == "val" and hold_out == 0:
        raise CourseError(f"{folder} has no test{domain}/ and hold-out is 0: there is nothing to measure on.")
    border = len(files) - hold_out
    return [[file] for file in (files[:border] if split == "train" else files[border:])]


def _emoji(folder: Path, split: str, made: functools.partial[Domains]) -> Domains:
    """Noto (A) and Twemoji (B): trained on disjoint halves of the bases, measured on held-out bases as pairs."""
    noto, twemoji = ({file.stem: file for file in picture_files(folder / name)} for name in ("noto", "twemoji"))
    parts = emoji.split(noto.keys() & twemoji.keys())
    if split == "val":
        plainest = [variants[0] for variants in parts["val"]]
        return made([[noto[stem]] for stem in plainest], [[twemoji[stem]] for stem in plainest], paired=True)
    a, b = (
        [[files[stem] for stem in variants] for variants in parts[part]]
        for part, files in (("A", noto), ("B", twemoji))
    )
    return made(a, b)


def _fetch(name: str, address: str) -> Path:
    """Downloads and unpacks a published set, once, beside the other caches of torch."""
    import torch
    from torchvision.datasets.utils import download_and_extract_archive

    cache = Path(torch.hub.get_dir()) / "domains"
    # An archive that is still there was not unpacked to its end.
    if not (cache / name / "trainA").is_dir() or (cache / f"{name}.zip").exists():
        try:
            download_and_extract_archive(address, str(cache), remove_finished=True)
        except Exception as error:  # no network, no room, a broken archive: each library raises its own
            raise CourseError(
                f"The set {name!r} could not be fetched from {address} ({type(error).__name__}). "
                "Go online, or name a local folder with trainA/ and trainB/ instead."
            ) from error
    return cache / name
