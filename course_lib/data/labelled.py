"""Small pictures with a class each: drawings and digits, for GANs from noise and for conditional ones.

``open_drawings`` takes a name or a folder; every tenth picture of each class is held out as "val".
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from course_lib.data.augment import bytes_tensor, resize, signed
from course_lib.data.folders import picture_files, readable
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

FETCHED = {"fashion-mnist": "FashionMNIST", "cifar10": "CIFAR10"}  # torchvision's classes; they need a network once
HELD_OUT = 10  # every so-manieth picture is not trained on
SPLITS = ("train", "val")


class Drawings:
    """Pictures in memory, as bytes, with their classes.

    Args:
        pictures: uint8 (N, C, size, size).
        labels: (N,) long, indices into classes.
        classes: their names.
    """

    def __init__(self, pictures: Tensor, labels: Tensor, classes: Sequence[str]) -> None:
        self.bytes, self.labels, self.classes = pictures, labels, tuple(classes)

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


def open_drawings(data: str, *, size: int, split: str = "train", classes: Sequence[str] = ()) -> Drawings:
    """A set of pictures with classes, by name or folder.

    Args:
        data: "digits" (scikit-learn's 8×8 digits, always there), "fashion-mnist" or "cifar10" (fetched by torchvision),
            a folder of Quick, Draw! bitmaps (one ``.npy`` a class, ``(N, 784)`` or ``(N, 1, 784)`` bytes), a folder of
            folders of pictures (one a class) or of pictures.
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
    folder = Path(data).expanduser()
    if data == "digits":
        found = _digits()
    elif data in FETCHED:
        found = _fetched(data)
    elif not folder.is_dir():
        names = ", ".join(["digits", *FETCHED])
        raise CourseError(f"Data {data!r} is neither a folder nor a named set ({names}). Check the path.")
    elif arrays := sorted(folder.glob("*.npy")):
        found = {path.stem.rstrip("0123456789"): _array(path) for path in arrays}
    else:
        found = _folders(folder, size)
    unknown = [name for name in classes if name not in found]
    if unknown:
        raise CourseError(f"Class {unknown[0]!r} is unknown in {folder.name}; there is {', '.join(found)}.")
    found = {name: found[name] for name in classes or found}
    parts = [_fitted(_part(pictures, split), size) for pictures in found.values()]
    labels = torch.cat([torch.full((len(part),), number) for number, part in enumerate(parts)])
    return Drawings(torch.cat(parts), labels, tuple(found))


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
    # By float, in parts: a whole set as floats would take four times its room.
    parts = [
        functional.interpolate(part.float(), (size, size), mode="bicubic", antialias=True, align_corners=False)
        for part in pictures.split(1024)
    ]
    return torch.cat([part.round().clamp(0, 255).byte() for part in parts])


def _digits() -> dict[str, Tensor]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    pictures = torch.from_numpy((digits.images * (255 / 16)).round().astype(np.uint8))[:, None]
    labels = torch.from_numpy(digits.target)
    return {str(number): pictures[labels == number] for number in range(10)}


def _fetched(name: str) -> dict[str, Tensor]:
    import torchvision

    try:
        root = Path(torch.hub.get_dir()) / "course_lib"
        fetched = getattr(torchvision.datasets, FETCHED[name])(root, train=True, download=True)
    except Exception as error:  # no network, no space, a server that answers with a page
        raise CourseError(
            f"The set {name!r} could not be fetched ({type(error).__name__}). Go online, or take digits or a folder."
        ) from error
    pictures = torch.as_tensor(np.asarray(fetched.data))
    pictures = pictures[:, None] if pictures.dim() == 3 else pictures.permute(0, 3, 1, 2)
    labels = torch.as_tensor(fetched.targets)
    return {label: pictures[labels == number] for number, label in enumerate(fetched.classes)}


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


def _folders(folder: Path, size: int) -> dict[str, Tensor]:
    """Colour pictures: one class a sub-folder, or the folder itself as the only class."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    found = {}
    for place in inner or [folder]:
        tensors, _ = readable(picture_files(place), lambda path: bytes_tensor(resize(open_picture(path), size)))
        found[place.name] = torch.stack(tensors)
    return found
