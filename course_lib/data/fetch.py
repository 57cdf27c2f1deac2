"""From what a user asks for to the folder it lies in: named sets are fetched once, checked, and unpacked whole."""

import errno
import functools
import io
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import torch
from PIL import Image

from course_lib.data.catalogue import NAMED, Archive, Asked, Embedded, Hub, Kind, TorchVision, choices, read_spec
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError
from course_lib.files import make_folder, unwritable

_WORDS: dict[Kind, str] = {
    "pairs": "pairs of pictures",
    "domains": "two domains without pairs",
    "labelled": "pictures with classes",
    "photos": "single photos",
    "points": "points in the plane",
}
_NO_WRITING = (errno.ENOSPC, errno.EACCES, errno.EROFS)


class FolderCalledLikeASet(UserWarning):
    """A folder has the name of a named set, but was not asked for by that name."""


def located(data: str, kind: Kind) -> Asked:
    """What a user asks for, with the folder it lies in; sets that are embedded or that torchvision keeps have none.

    Args:
        data: NAME, NAME=FOLDER, FOLDER, or stream:SOURCE, which has no folder, either.
        kind: what it is to be opened as.

    Raises:
        CourseError: unknown name, a set of another kind, no such folder, a set that could not be fetched, a stream of
            what is not streamed.
    """
    asked = read_spec(data)
    if asked.stream:
        if kind not in ("pairs", "domains"):
            raise CourseError(
                f"--data is {data!r}, but only pairs and domains are read as a stream, and {_WORDS[kind]} are needed: "
                f"{choices(kind)}, or a folder."
            )
        return asked
    if asked.known and asked.known.kind != kind:
        other = asked.known.kind
        way_out = " With --maker, single photos become pairs." if (other, kind) == ("photos", "pairs") else ""
        raise CourseError(
            f"The set {asked.name!r} is made of {_WORDS[other]}, and {_WORDS[kind]} are needed: "
            f"{choices(kind)}, or a folder.{way_out}"
        )
    if asked.folder is None:
        assert asked.name and asked.known
        if isinstance(asked.known.source, Embedded | TorchVision):
            return asked
        return replace(asked, folder=fetched(asked.name))
    if not asked.folder.is_dir():
        if asked.name:
            raise CourseError(f"--data is {data!r}, but {asked.folder} is not a folder. Check the path.")
        raise CourseError(f"Data {data!r} is neither a folder nor a named set ({choices(kind)}). Check the path.")
    if not asked.name:
        _tell(asked.text, asked.title, kind)
    return asked


@functools.cache  # both splits, and every process of a run, open the same folder: it is said once
def _tell(text: str, title: str, kind: Kind) -> None:
    known = NAMED.get(title)
    if known and known.kind == kind and not isinstance(known.source, Embedded):
        effects = [
            *([f"its direction is then {known.direction}"] if known.direction != "AtoB" else []),
            *(["its labels are snapped"] if known.palette else []),
            "its terms go onto the card",
        ]
        warnings.warn(
            f"This folder is called {title}; write {title}={text} if it is that set: {', '.join(effects)}.",
            FolderCalledLikeASet,
            stacklevel=3,
        )


def fetched(name: str) -> Path:
    """The folder of a named set, downloaded, checked and unpacked at the first time.

    Raises:
        CourseError: the set has no address, could not be reached, or is not what is known here by its checksum.
    """
    source = NAMED[name].source
    beside = f" A folder of that name is here: write {name}={name}." if Path(name).is_dir() else ""
    if not isinstance(source, Hub | Archive):
        raise CourseError(
            f"The set {name!r} cannot be fetched. Write {name}=FOLDER with the folder it lies in.{beside}"
        )
    pinned = source.revision if isinstance(source, Hub) else source.sha256
    folder = cache() / f"{name}-{pinned[:12]}"
    if not folder.is_dir():
        try:
            _fetch_table(source, folder) if isinstance(source, Hub) else _fetch_archive(name, source, folder)
        except CourseError:
            raise
        except Exception as error:  # no network, no route, a server that stops: each client raises its own kind
            if isinstance(error, OSError) and error.errno in _NO_WRITING:
                raise unwritable(folder, error) from error
            place = f"the Hub repository {source.repository}" if isinstance(source, Hub) else source.url
            raise CourseError(
                f"The set {name!r} could not be fetched from {place} ({type(error).__name__}). "
                f"Go online, or write {name}=FOLDER with the folder it lies in.{beside}"
            ) from error
    packed = folder / name  # inside some archives
    return packed if packed.is_dir() else folder


def cache() -> Path:
    """Where fetched sets are kept, beside the other caches of torch."""
    return Path(torch.hub.get_dir()) / "course_lib"


def _fetch_table(source: Hub, folder: Path) -> None:
    from huggingface_hub import hf_hub_download

    table = hf_hub_download(source.repository, source.file, repo_type="dataset", revision=source.revision)
    unpack_table(Path(table), source.columns, folder)


def _fetch_archive(name: str, source: Archive, folder: Path) -> None:
    with whole_folder(folder) as unfinished, tempfile.TemporaryDirectory(dir=unfinished.parent) as scratch:
        file = Path(scratch) / f"{name}.zip"
        try:
            torch.hub.download_url_to_file(source.url, str(file), hash_prefix=source.sha256)
        except RuntimeError as error:  # how torch says that the sha256 is another
            raise CourseError(
                f"What came from {source.url} is not the set {name!r}: its sha256 should be {source.sha256}. It was thrown "
                f"away. Try again, or write {name}=FOLDER with a folder you trust."
            ) from error
        unzip(file, unfinished)


def unzip(file: Path, folder: Path) -> None:
    """Unpacks an archive, every entry of which must stay inside the folder.

    Raises:
        CourseError: an entry points out of the folder, or the archive is damaged.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.namelist():
                path, windows = PurePosixPath(entry.replace("\\", "/")), PureWindowsPath(entry)
                if path.is_absolute() or ".." in path.parts or windows.drive or windows.root:
                    raise CourseError(
                        f"{file.name} is refused: its entry {entry!r} lies outside the archive's own folder. Get it anew."
                    )
            archive.extractall(folder)
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise CourseError(f"{file.name} is damaged and cannot be unpacked ({error}). Get it anew.") from error


def unpack_table(table: Path, columns: tuple[str, str], folder: Path) -> Path:
    """A Hub parquet file with two columns of pictures → ``folder/train/{A,B}/00000.…``, the very files; done once.

    Raises:
        CourseError: a cell that is no picture; nothing is left behind.
    """
    import pyarrow.parquet

    if folder.is_dir():
        return folder
    with whole_folder(folder) as unfinished:
        for side in "AB":
            (unfinished / "train" / side).mkdir(parents=True)
        rows = pyarrow.parquet.read_table(table, columns=list(columns)).to_pylist()
        for index, row in enumerate(rows):
            for side, column in zip("AB", columns, strict=True):
                content = row[column]["bytes"]
                open_picture(content, name=f"{table.name} row {index} {column}")  # names what cannot be read
                suffix = (Image.open(io.BytesIO(content)).format or "png").lower()
                (unfinished / "train" / side / f"{index:05d}.{suffix}").write_bytes(content)
    return folder


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A scratch folder to fill, which becomes ``folder`` in one step, or leaves nothing if filling it fails.

    Raises:
        CourseError: no space, no permission or no such place.
    """
    make_folder(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        unfinished = Path(scratch) / folder.name
        unfinished.mkdir()
        yield unfinished
        try:
            unfinished.rename(folder)
        except OSError as error:
            if not folder.is_dir():  # if it is there, another process was faster
                raise unwritable(folder, error) from error
