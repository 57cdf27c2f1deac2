"""One source of a stream, opened by the library ``datasets``: WebDataset shards, parquet files, a folder, or a Hub set.

Nothing is read but what says which parts and columns there are, and of shards on this machine whether they are whole.
"""

import glob
import itertools
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.data.layouts import SPLITS
from course_lib.data.stream_spec import expanded, is_files
from course_lib.errors import CourseError

HEAD = 8  # examples that are looked at when a source is opened
OLDEST = (5, 2)  # of the library: whose buffer can be told to take one shard after the other
_TAR_END = bytes(1024)  # what closes an archive


@dataclass(frozen=True)
class Source:
    """What was opened.

    Attributes:
        name: as the user wrote it.
        dataset: its examples, pictures as their files' bytes.
        shards: names and sizes of its files on this machine; of others the address, and −1.
        examples: how many there are, if the source says so.
        head: the first few, as they come.
    """

    name: str
    dataset: Any
    shards: list[tuple[str, int]]
    examples: int | None
    head: list[dict[str, Any]]
    files: tuple[Path, ...]

    def read(self, dataset: Any) -> Iterator[dict[str, Any]]:
        """Goes through this source's dataset, however it was shuffled or shared out.

        Raises:
            CourseError: something of it cannot be read.
        """
        try:
            yield from dataset
        except Exception as error:  # tar, parquet, file system and network each have their own kinds
            raise unreadable(self.name, self.files, error) from error


def library() -> Any:
    """The library ``datasets``.

    Raises:
        CourseError: it is not installed, or too old.
    """
    try:
        import datasets
    except ImportError as error:
        raise CourseError(
            "Streams are read by the library datasets, which is not installed. Install it: pip install datasets."
        ) from error
    if tuple(map(int, datasets.__version__.split(".")[:2])) < OLDEST:
        raise CourseError(
            f"Streams are read by the library datasets from {OLDEST[0]}.{OLDEST[1]} on; this is {datasets.__version__}. Renew it: "
            "pip install --upgrade datasets."
        )
    datasets.disable_progress_bars()
    return datasets


def open_source(name: str, split: str) -> Source:
    """Opens a source's part.

    Args:
        name: as it stands in ``--data``.
        split: "train" or "val".

    Raises:
        CourseError: no such files, folder or set, no such part, or a damaged shard.
    """
    if split not in SPLITS:
        raise CourseError(f'split is {split!r}; of a stream it must be "train" or "val".')
    datasets = library()
    files = _files(name, split) if is_files(name) else []
    here: tuple[Path, ...] = ()
    try:
        if files:
            kind = "webdataset" if name.endswith(".tar") else "parquet"
            builder = datasets.load_dataset_builder(kind, data_files=files)
        else:
            builder = datasets.load_dataset_builder(*_folder_or_hub(name))
        parts = {part: list(map(str, listed)) for part, listed in builder.config.data_files.items()}
        part = "train" if files else _part(name, split, list(parts))  # so the library calls files that are given to it
        if files and split == "train" and any(map(_held_out, parts[part])):  # a * at hf://, which the library expands
            raise CourseError(f"{name} takes shards that are held out (val-…). Name those to train on: train-*.tar.")
        here = tuple(Path(file) for file in parts[part] if not _is_remote(file))
        for file in here:
            _check_whole(file)
        dataset = builder.as_streaming_dataset(part).decode(False)
        head = list(itertools.islice(dataset, HEAD))
    except CourseError:
        raise
    except Exception as error:
        raise unreadable(name, here, error) from error
    if not head:
        raise CourseError(f"{name} holds no example. Name another source.")
    said = (builder.info.splits or {}).get(part)
    return Source(name, dataset, _sizes(parts[part]), (said.num_examples or None) if said else None, head, here)


def unreadable(name: str, files: Iterable[Path], error: Exception) -> CourseError:
    """What to say of a source that cannot be read.

    Raises:
        CourseError: of its own, where a damaged shard is found.
    """
    refuse_damaged(files)
    words = str(error).strip().splitlines()
    reason = f"{type(error).__name__}: {words[0]}" if words else type(error).__name__
    if isinstance(error, ImportError):
        return CourseError(
            f"{name} cannot be read: a package is missing ({words[0]}). For addresses: pip install aiohttp."
        )
    if "share the same prefix" in reason:
        return CourseError(
            f"{name} has samples of different files. All files of a sample have one name up to the first dot and stand side "
            "by side, as in 0001.input.jpg and 0001.target.jpg, and every sample has the same endings."
        )
    advice = "Check the files." if is_files(name) else "Check the name, and that the network can be reached."
    return CourseError(f"{name} cannot be read as a stream ({reason}). {advice}")


def refuse_damaged(files: Iterable[Path]) -> None:
    """Goes through tar files from name to name: one that is damaged in its middle is otherwise read up to there without a
    word. Pictures are not read.

    Raises:
        CourseError: one is damaged.
    """
    for file in files:
        if file.suffix != ".tar":
            continue
        try:
            with tarfile.open(file) as archive, file.open("rb") as stream:
                count = len(archive.getmembers())
                stream.seek(archive.offset)
                if stream.read(2**16).strip(b"\0"):
                    raise tarfile.ReadError(f"what stands behind its first {count:,} files is no file")
        except tarfile.TarError as problem:
            raise CourseError(f"{file} is damaged ({problem}). Get this shard anew.") from problem
        except OSError as problem:
            raise CourseError(
                f"{file} cannot be read ({problem.strerror}). Check the files of the stream."
            ) from problem


def _files(pattern: str, split: str) -> list[str]:
    """The files of a part. Those called val-… or test-… belong to "val", whatever the pattern.

    Raises:
        CourseError: none is there.
    """
    if _is_remote(pattern):
        if "*" in pattern and not pattern.startswith("hf://"):
            raise CourseError(
                f"{pattern} has a *, but the files at an address cannot be listed. Write a range: train-{{0000..0099}}.tar."
            )
        if split == "val":
            raise CourseError(
                f"{pattern} is an address, of which no held-out part is looked for. Measure on shards on this machine, or leave "
                "--validate-every out."
            )
        return [file for file in expanded(pattern) if not _held_out(file)]
    wanted = [pattern]
    if split == "val":
        place = Path(pattern)
        wanted += [str(place.with_name(place.name.replace("train", other))) for other in SPLITS["val"]]
    found = [
        [file for one in expanded(str(Path(way).expanduser())) for file in sorted(glob.glob(one))] for way in wanted
    ]
    if split == "train":
        missing = [one for one in expanded(pattern) if "*" not in one and not Path(one).expanduser().is_file()]
        if missing:
            raise CourseError(f"No file {missing[0]} is there. Check the path of the stream.")
        files = [file for file in found[0] if not _held_out(file)]
        if not files:
            raise CourseError(f"No shard to train on matches {pattern}. Check the path of the stream.")
        return files
    for files, part in itertools.product(found, SPLITS["val"]):
        if held_out := [file for file in files if _held_out(file, (part,))]:
            return held_out
    raise CourseError(
        f"{pattern} has no held-out part. Put shards called val-0000{Path(pattern).suffix} and so on beside the others."
    )


def _held_out(file: str, parts: Iterable[str] = SPLITS["val"]) -> bool:
    return re.match(rf"({'|'.join(parts)})(?![a-z])", Path(file).name.lower()) is not None


def _is_remote(source: str) -> bool:
    return "://" in source


def _folder_or_hub(name: str) -> tuple[str, str | None]:
    """A path, or the Hub's USER/NAME, and the configuration behind it."""
    folder = Path(name).expanduser()
    if folder.exists():
        return str(folder), None
    words = name.split("/")
    if not (2 <= len(words) <= 3 and all(re.fullmatch(r"[\w.-]+", word) for word in words)) or words[0] in (".", ".."):
        raise CourseError(
            f"The stream's source {name!r} is neither files (.tar, .parquet), nor a folder, nor a set of the Hub (USER/NAME). "
            "Check the path."
        )
    return "/".join(words[:2]), words[2] if len(words) == 3 else None


def _part(name: str, split: str, parts: list[str]) -> str:
    for wanted in SPLITS[split]:
        if wanted in parts:
            return wanted
    raise CourseError(f"{name} has no part {' or '.join(SPLITS[split])}; it has {', '.join(parts)}.")


def _check_whole(file: Path) -> None:
    """Refuses a tar file that is cut off, which is otherwise read up to there without a word.

    Raises:
        CourseError: it is.
    """
    if file.suffix != ".tar":
        return
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - len(_TAR_END)))
        whole = size % 512 == 0 and stream.read() == _TAR_END
    if not whole:
        raise CourseError(f"{file} is damaged: it does not end as a tar file does. Get this shard anew.")


def _sizes(files: list[str]) -> list[tuple[str, int]]:
    """Names from the folder on that holds them all, so that a moved set is the same set."""
    here = [Path(file).absolute() for file in files if not _is_remote(file)]
    root = os.path.commonpath([file.parent for file in here]) if here else ""
    return [(file, -1) for file in files if _is_remote(file)] + [
        (file.relative_to(root).as_posix(), file.stat().st_size) for file in here
    ]
