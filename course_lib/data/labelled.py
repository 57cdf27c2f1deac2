"""Small pictures with a class each: drawings and digits, for GANs from noise and for conditional ones.

``open_labelled`` takes a name or a folder; every tenth picture of each class is held out as "val".
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from course_lib.data.augment import bytes_tensor, resize, signed
from course_lib.data.catalogue import TorchVision
from course_lib.data.digest import digest_of, listing
from course_lib.data.fetch import cache, located
from course_lib.data.folders import picture_files, readable
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

HELD_OUT = 10  # one picture in so many is not trained on
SPLITS = ("train", "val")


class Labelled:
    """Pictures in memory, as bytes, with their classes.

    Args:
        pictures: uint8 (N, C, size, size).
        labels: (N,) long, indices into classes.
        classes: their names.
        made_of: what the pictures were read from, as ``digest_of`` takes it; None: the bytes themselves.
    """

    def __init__(self, pictures: Tensor, labels: Tensor, classes: Sequence[str], made_of: object = None) -> None:
        self.bytes, self.labels, self.classes = pictures, labels, tuple(classes)
        self._made_of = made_of

    @property
    def pictures(self) -> Tensor:
        """(N, C, size, size) in [−1, 1], made anew at every call."""
        return signed(self.bytes)

    @property
    def channels(self) -> int:
        """1 for drawings, 3 for colour."""
        return self.bytes.shape[1]

    def __len__(self) -> int:
        return len(self.bytes)

    def example(self, index: int, epoch: int = 0, seed: int = 0, augment: bool = False) -> dict[str, Tensor]:
        """{"real": (C, size, size) in [−1, 1], "label": ()}. Nothing is augmented: a mirrored 3 is no digit."""
        return {"real": signed(self.bytes[index]), "label": self.labels[index]}

    def digest(self) -> str:
        """A hash of what the pictures were read from, of the classes, and of how many of each there are."""
        made_of = self._made_of or hashlib.sha256(self.bytes.contiguous().numpy().tobytes()).hexdigest()
        counts = self.labels.bincount(minlength=len(self.classes)).tolist()
        return digest_of("labelled", made_of, self.classes, counts)


class Stored(NamedTuple):
    """The pictures of one class, uint8 (N, C, h, w), and what they were read from."""

    pictures: Tensor
    made_of: object


def open_labelled(data: str, *, size: int, split: str = "train", classes: Sequence[str] = ()) -> Labelled:
    """A set of pictures with classes, by name or folder.

    Args:
        data: "digits" (scikit-learn's 8×8 digits, always there), "fashion-mnist" or "cifar10" (fetched by torchvision),
            NAME=FOLDER, a folder of Quick, Draw! bitmaps (one ``.npy`` a class, ``(N, 784)`` or ``(N, 1, 784)``
            bytes), a folder of folders of pictures (one a class) or of pictures.
        size: side of the pictures; 28² drawings get an empty margin where it is larger, everything else is resized.
        split: "train", or "val" for every tenth picture of each class.
        classes: which to take, in this order; empty: all.

    Raises:
        CourseError: unknown name, class or split; missing, empty or unreadable files.
    """
    if split not in SPLITS:
        raise CourseError(f'split is {split!r}; it must be "train" or "val".')
    if not 4 <= size <= 512:
        raise CourseError(f"size is {size}; pictures of 4 to 512 pixels can be made.")
    asked = located(data, "labelled")
    if asked.known and isinstance(asked.known.source, TorchVision):
        found = _fetched(asked.title, asked.known.source.dataset, asked.folder)
    elif asked.folder is None:
        found = _digits()
    else:
        found = _arrays(asked.folder) or _folders(asked.folder, size)
    unknown = [name for name in classes if name not in found]
    if unknown:
        raise CourseError(f"Class {unknown[0]!r} is unknown in {asked.title}; there is {', '.join(found)}.")
    found = {name: found[name] for name in classes or found}
    parts = [_fitted(_part(stored.pictures, split), size) for stored in found.values()]
    labels = torch.cat([torch.full((len(part),), number) for number, part in enumerate(parts)])
    return Labelled(torch.cat(parts), labels, tuple(found), [split, *(stored.made_of for stored in found.values())])


def _part(pictures: Tensor, split: str) -> Tensor:
    held_out = torch.arange(len(pictures)) % HELD_OUT == HELD_OUT - 1
    return pictures[held_out if split == "val" else ~held_out]


def _fitted(pictures: Tensor, size: int) -> Tensor:
    """uint8 (N, C, h, w) → (N, C, size, size). 28² on black keeps its pixels: a margin is added, nothing is blurred."""
    side = pictures.shape[-1]
    if side == size:
        return pictures
    if side == 28 and 28 < size <= 40 and pictures.shape[1] == 1:
        before = (size - 28) // 2
        after = size - 28 - before
        return functional.pad(pictures, (before, after, before, after))
    # By float, in parts: a whole set as floats would take four times its memory.
    parts = [
        functional.interpolate(part.float(), (size, size), mode="bicubic", antialias=True, align_corners=False)
        for part in pictures.split(1024)
    ]
    return torch.cat([part.round().clamp(0, 255).byte() for part in parts])


def _digits() -> dict[str, Stored]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    pictures = torch.from_numpy((digits.images * (255 / 16)).round().astype(np.uint8))[:, None]
    labels = torch.from_numpy(digits.target)
    return {str(number): Stored(pictures[labels == number], "digits") for number in range(10)}


def _fetched(name: str, dataset: str, folder: Path | None) -> dict[str, Stored]:
    """A set that torchvision fetches, or finds in the folder in which it once kept it."""
    import torchvision

    try:
        kept = getattr(torchvision.datasets, dataset)(folder or cache(), train=True, download=folder is None)
    except Exception as error:  # no network, no space, a server that answers with a page, a folder without the set
        problem = f"is not in {folder}, as torchvision keeps it" if folder else "could not be fetched"
        raise CourseError(
            f"The set {name!r} {problem} ({type(error).__name__}). "
            f"Go online and write {name} alone, or take digits or a folder."
        ) from error
    pictures = torch.as_tensor(np.asarray(kept.data))
    pictures = pictures[:, None] if pictures.dim() == 3 else pictures.permute(0, 3, 1, 2)
    labels = torch.as_tensor(kept.targets)
    return {label: Stored(pictures[labels == number], name) for number, label in enumerate(kept.classes)}


def _arrays(folder: Path) -> dict[str, Stored]:
    """Quick, Draw! files: one class each, called by the file's name without the number at its end.

    Raises:
        CourseError: two files of one class, or one that holds no bitmaps.
    """
    found: dict[str, Stored] = {}
    for path in sorted(folder.glob("*.npy"), key=lambda path: path.name):
        name = path.stem.rstrip("0123456789") or path.stem
        if name in found:
            raise CourseError(f"Two files of {folder} hold the class {name!r}, one of them {path.name}. Move one away.")
        found[name] = Stored(_array(path), listing([path], folder))
    return found


def _array(path: Path) -> Tensor:
    """A Quick, Draw! file as uint8 (N, 1, 28, 28)."""
    try:
        stored = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CourseError(f"{path.name} cannot be read as an array of bitmaps ({error}). Get it anew.") from error
    fits = stored.dtype == np.uint8 and len(stored) and stored.size == len(stored) * 784
    if not fits:
        raise CourseError(
            f"{path.name} holds {stored.dtype} {stored.shape}; Quick, Draw! bitmaps are uint8 (N, 784) or (N, 1, 784)."
        )
    return torch.from_numpy(stored.reshape(-1, 1, 28, 28))


def _folders(folder: Path, size: int) -> dict[str, Stored]:
    """Colour pictures: one class a sub-folder, or the folder itself as the only class."""
    inner = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    found = {}
    for place in sorted(inner, key=lambda path: path.name) or [folder]:
        tensors, files = readable(picture_files(place), lambda path: bytes_tensor(resize(open_picture(path), size)))
        found[place.name or place.resolve().name] = Stored(torch.stack(tensors), listing(files, folder))
    return found
