"""Every named set, once: what it is, where it comes from, what may be done with it, what is held out of training.

A set is recognised by being asked for by name. What a user passes as ``--data`` is NAME (embedded or fetched),
NAME=FOLDER (that set, which lies in FOLDER) or FOLDER, of which nothing is assumed but its layout; or a stream (see
``stream_spec``).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from course_lib.data.stream_spec import StreamSpec, read_stream
from course_lib.errors import CourseError

Kind = Literal["pairs", "domains", "labelled", "photos", "points"]
DIRECTIONS = ("AtoB", "BtoA")


@dataclass(frozen=True)
class Embedded:
    """Always there, drawn by rule or inside an installed package."""

    where: str


@dataclass(frozen=True)
class Hub:
    """One parquet file of a Hub dataset repository. The pinned revision is its checksum."""

    repository: str
    revision: str
    file: str
    columns: tuple[str, str]  # A, B


@dataclass(frozen=True)
class Archive:
    """A ZIP file behind an address, taken only if it has this sha256."""

    url: str
    sha256: str


@dataclass(frozen=True)
class TorchVision:
    """A class of ``torchvision.datasets``, which compares md5 sums of its own."""

    dataset: str


@dataclass(frozen=True)
class NamedSet:
    """What is known of a set.

    Attributes:
        kind: what it is opened as.
        source: where it comes from; None: it must lie in a folder, NAME=FOLDER.
        terms: what its authors ask of those who use it, as far as known.
        may_ship: those terms allow to hand on examples together with a trained model.
        split: what is held out of training, in words.
        direction: of pairs: which way they are translated if nobody says.
        palette: of pairs: the flat colours that their label maps (the inputs of ``direction``) have.
    """

    kind: Kind
    source: Embedded | Hub | Archive | TorchVision | None
    terms: str
    may_ship: bool
    split: str
    direction: str = "AtoB"
    palette: str | None = None


_OURS = "Made by this course's own code (MIT): free to use."
_IMAGENET = "Drawn from ImageNet by Zhu et al. 2017: research and teaching."
_FLICKR = "Collected from Flickr and WikiArt by Zhu et al. 2017: research and teaching."
_FLUENT = "Fluent Emoji (Microsoft), from the npm packages @lobehub/fluent-emoji-flat and -3d 1.1.0: MIT."
_TENTH = "of each class every tenth picture is val"
_FOLDERS = "the folders train/ and val/"


def _points() -> NamedSet:
    return NamedSet("points", Embedded("course_lib.data.points"), _OURS, True, "none: every epoch draws new points")


def _authors_archive(name: str, sha256: str, terms: str) -> NamedSet:
    # The authors' host speaks plain HTTP, so the checksum decides. These are the ones that TensorFlow Datasets
    # publishes for the same archives (url_checksums/cycle_gan.txt).
    url = f"http://efrosgans.eecs.berkeley.edu/cyclegan/datasets/{name}.zip"
    return NamedSet("domains", Archive(url, sha256), terms, False, "trainA/ and trainB/; val: testA/ and testB/")


NAMED: dict[str, NamedSet] = {
    # pairs
    "facade_blocks": NamedSet(
        kind="pairs",
        source=Embedded("course_lib.data.synthetic.facade_blocks"),
        terms=_OURS,
        may_ship=True,
        split="by index; no façade is in both",
        direction="BtoA",
    ),
    "facades": NamedSet(
        kind="pairs",
        source=Hub(
            repository="huggan/facades",
            revision="f5cb9a55f7c4c9e07fa812b2dc21846fc3ffeb78",
            file="data/train-00000-of-00001.parquet",
            columns=("imageA", "imageB"),
        ),
        terms="CMP Facades, Tyleček & Šára 2013: terms not stated by its copies; cite it. Research and teaching.",
        may_ship=False,
        split=f"{_FOLDERS}; what is fetched is the training part alone",
        direction="BtoA",
        palette="facades",
    ),
    "fluent": NamedSet(
        kind="pairs",
        source=None,
        terms=_FLUENT,
        may_ship=True,
        split=f"{_FOLDERS}, divided by base emoji; A (left) is flat, B (right) is rendered in 3-D",
    ),
    # domains without pairs
    "stripes": NamedSet(
        kind="domains",
        source=Embedded("course_lib.data.synthetic.stripes"),
        terms=_OURS,
        may_ship=True,
        split="by index; val is of pairs, and none of its creatures is in train",
    ),
    "horse2zebra": _authors_archive(
        "horse2zebra", "a74d9d392eecca9966b51287a76ca126af473d9de4f3e8fc0e9cda08fa1730a1", _IMAGENET
    ),
    "apple2orange": _authors_archive(
        "apple2orange", "845a191e9af8926408ea597001cd03a452e3300a1f44a79fe329b3d59f6e3eb8", _IMAGENET
    ),
    "monet2photo": _authors_archive(
        "monet2photo", "88f91b00fc228f97c9411fbf1880ec1d119c98f1722e4cfcfaa2fb35fac05b04", _FLICKR
    ),
    "cezanne2photo": _authors_archive(
        "cezanne2photo", "3a6c10ca21f9485862f1cbd707744b9dc258954a04631271d23a3605eeb63cff", _FLICKR
    ),
    "ukiyoe2photo": _authors_archive(
        "ukiyoe2photo", "02a2a2fb5ecf425ca1bf86aca7304377da64a2a1d3b86df54eb65e4068bf3b08", _FLICKR
    ),
    "vangogh2photo": _authors_archive(
        "vangogh2photo", "362c3473e70be0944bda08d49d660eafdc2854df55d697835b8186d1d79caaff", _FLICKR
    ),
    "summer2winter_yosemite": _authors_archive(
        "summer2winter_yosemite", "167fe1726807a9d22bd106b4a6c0bd7953b688af924ac1bf967439c4961e49f9", _FLICKR
    ),
    "apple2orange64": NamedSet(
        kind="domains",
        source=None,
        terms=_IMAGENET,
        may_ship=False,
        split="of each domain the last by file name, as many as --hold-out says, are val",
    ),
    "emoji64": NamedSet(
        kind="domains",
        source=None,
        terms="Noto: Apache-2.0/OFL (Google). Twemoji: CC-BY-4.0 (Twitter and contributors).",
        may_ship=True,
        split="by base emoji, in the order of a hash: some are val, of pairs; the rest is divided between A and B",
    ),
    "fluent_unpaired": NamedSet(
        kind="domains",
        source=None,
        terms=_FLUENT,
        may_ship=True,
        split="the folder train/ divided by base emoji into A (its flat halves) and B (its rendered halves); val/ is of pairs",
    ),
    # small pictures with classes
    "digits": NamedSet(
        kind="labelled",
        source=Embedded("sklearn.datasets"),
        terms="Optical recognition of handwritten digits, Alpaydin & Kaynak 1998 (UCI, inside scikit-learn): CC-BY-4.0.",
        may_ship=True,
        split=_TENTH,
    ),
    "quickdraw": NamedSet(
        kind="labelled", source=None, terms="Quick, Draw! bitmaps: CC-BY-4.0 (Google).", may_ship=True, split=_TENTH
    ),
    "fashion-mnist": NamedSet(
        kind="labelled",
        source=TorchVision("FashionMNIST"),
        terms="Fashion-MNIST, Xiao et al. 2017 (Zalando): MIT.",
        may_ship=True,
        split=f"the training part alone; {_TENTH}",
    ),
    "cifar10": NamedSet(
        kind="labelled",
        source=TorchVision("CIFAR10"),
        terms="CIFAR-10, Krizhevsky 2009, collected from the web: terms not stated; cite it. Research and teaching.",
        may_ship=False,
        split=f"the training part alone; {_TENTH}",
    ),
    # single photos
    "sample_photos": NamedSet(
        kind="photos",
        source=Embedded("skimage.data and sklearn.datasets"),
        terms="Astronaut, rocket, Hubble deep field: public domain (NASA, SpaceX). Chelsea, coffee: CC0. "
        "China, flower: CC-BY-2.0 (danielbuechele and vultilion on Flickr).",
        may_ship=True,
        split="coffee and flower are val",
    ),
    "superres": NamedSet(
        kind="photos",
        source=None,
        terms="T91 (Yang et al. 2010): terms unknown. BSDS500's train part (Arbeláez et al. 2011): non-commercial "
        "research and teaching.",
        may_ship=False,
        split="all 291 photos are train; measured on Set5, whose photos are in neither",
    ),
    "set5": NamedSet(
        kind="photos",
        source=None,
        terms="Set5 (Bevilacqua et al. 2012): terms unknown; the standard benchmark, never trained on.",
        may_ship=False,
        split="none: all five are measured",
    ),
    # points in the plane
    **{name: _points() for name in ("ring", "grid", "spiral", "moons", "gaussian")},
}


def names(kind: Kind) -> tuple[str, ...]:
    """The named sets of a kind."""
    return tuple(name for name, known in NAMED.items() if known.kind == kind)


def choices(kind: Kind) -> str:
    """The named sets of a kind as they are to be written, for messages."""
    return ", ".join(name if NAMED[name].source else f"{name}=FOLDER" for name in names(kind))


@dataclass(frozen=True)
class Asked:
    """What a user asks for with ``--data``.

    Attributes:
        text: as the user wrote it.
        name: of the named set, or None.
        folder: where it lies; None: it is embedded, or to be fetched, or a stream.
        stream: what is to be read as a stream.
    """

    text: str
    name: str | None
    folder: Path | None
    stream: StreamSpec | None = None

    @property
    def known(self) -> NamedSet | None:
        """What is known of it, if it was asked for by name."""
        return NAMED[self.name] if self.name else None

    @property
    def title(self) -> str:
        """The set's name, or else its folder's or stream's."""
        if self.stream:
            return self.stream.title
        return self.name or (self.folder or Path()).resolve().name


def read_spec(data: str) -> Asked:
    """NAME, NAME=FOLDER, FOLDER or stream:SOURCE, told apart. Nothing is opened or fetched.

    Raises:
        CourseError: nothing was named, the NAME before "=" is unknown, or its set lies in no folder, or a stream that is
            not of the form.
    """
    if not data.strip():
        raise CourseError(f"--data is {data!r}. Name a set, such as facade_blocks, or a folder.")
    if data in NAMED:
        return Asked(data, data, None)
    if stream := read_stream(data):
        return Asked(data, None, None, stream)
    name, equals, folder = data.partition("=")
    if equals and name in NAMED:
        if isinstance(NAMED[name].source, Embedded):
            raise CourseError(f"--data is {data!r}, but the set {name!r} is embedded. Write --data {name}.")
        if not folder:
            raise CourseError(f"--data is {data!r}. Name the folder of the set {name!r} after the equals sign.")
        return Asked(data, name, Path(folder).expanduser())
    if equals and Path(name).name == name and not Path(data).expanduser().exists():
        raise CourseError(f"--data is {data!r}, but there is no set called {name!r}. There is {', '.join(NAMED)}.")
    return Asked(data, None, Path(data).expanduser())


def known_set(data: str) -> NamedSet | None:
    """What is known of a set that is asked for by name."""
    return read_spec(data).known


def terms_of(data: str) -> str | None:
    """The terms of a set that is asked for by name; None of any other folder."""
    known = known_set(data)
    return known.terms if known else None


def may_ship(data: str) -> bool:
    """Whether examples of a set may be handed on with a model:

    only if it was asked for by name and its terms say so.
    """
    known = known_set(data)
    return known is not None and known.may_ship


def own_palette(known: NamedSet | None, direction: str | None) -> str | None:
    """The palette of a set's inputs:

    its label maps have one, its photos (the inputs of the other direction) have none.
    """
    return known.palette if known and direction in (None, known.direction) else None
