"""The training pictures nearest to a generated one: has the network learned to draw, or learned drawings by heart?

The distance is the root of the mean squared difference after every 2×2 pixels were averaged: a line that lies half a
pixel aside is then still nearly the same line. Pictures in [−1, 1], so a distance lies in 0 … 2. A generator that
copies has distances near 0; one that draws anew keeps about the distance that held-out *real* pictures have to the
training set, which is always reported beside it.
"""

import functools
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional

from course_lib.errors import CourseError
from course_lib.files import write_whole

FILE = "neighbours.safetensors"


@dataclass(frozen=True, eq=False)
class TrainingPictures:
    """Training pictures as they are shipped beside a model: few grey levels, packed.

    Args:
        levels: uint8 (N, C, size, size), each 0 … 2**bits − 1.
        labels: (N,) class numbers.
        bits: a pixel.
    """

    levels: Tensor
    labels: Tensor
    bits: int

    def __len__(self) -> int:
        return len(self.levels)

    def pictures(self, chosen: Tensor | slice = slice(None)) -> Tensor:
        """(N, C, size, size) in [−1, 1] of those chosen."""
        return self.levels[chosen].float() * (2 / (2**self.bits - 1)) - 1

    @functools.cached_property
    def signatures(self) -> Tensor:
        """What distances are taken between: (N, C·size²/4), made once."""
        return torch.cat([_signature(self.pictures(slice(at, at + 4096))) for at in range(0, len(self), 4096)])


def nearest(pictures: Tensor, stored: TrainingPictures, count: int = 1) -> tuple[Tensor, Tensor]:
    """The training pictures nearest to each picture.

    Args:
        pictures: (B, C, size, size) in [−1, 1], of the stored ones' channels and size.
        count: how many neighbours of each, 1 … N.

    Returns:
        distances (B, count), ascending, and the neighbours' numbers (B, count).

    Raises:
        CourseError: other shapes, or more neighbours asked for than there are.
    """
    if pictures.shape[1:] != stored.levels.shape[1:] or pictures.dim() != 4:
        raise CourseError(
            f"Pictures {tuple(pictures.shape)} cannot be held against stored ones {tuple(stored.levels.shape)}: "
            "channels and sides must agree."
        )
    if not 1 <= count <= len(stored):
        raise CourseError(f"{count} neighbours are asked for; there are 1 to {len(stored)}.")
    asked = _signature(pictures)
    apart = torch.cdist(
        asked, stored.signatures, compute_mode="donot_use_mm_for_euclid_dist"
    )  # exact also where it is 0
    found, numbers = apart.topk(count, largest=False)
    return found / asked.shape[1] ** 0.5, numbers


def _signature(pictures: Tensor) -> Tensor:
    """(B, C, H, W) → (B, C·H·W/4): every 2×2 pixels averaged."""
    return functional.avg_pool2d(pictures.detach().float().cpu(), 2).flatten(1)


def quantised(pictures: Tensor, labels: Tensor, bits: int) -> TrainingPictures:
    """uint8 pictures (N, C, H, W), 0 … 255, with only 2**bits grey levels left; bits: 1, 2, 4 or 8."""
    if bits not in (1, 2, 4, 8):
        raise ValueError(f"bits is {bits}; it must be 1, 2, 4 or 8.")
    levels = (pictures.float() * ((2**bits - 1) / 255)).round().byte()
    return TrainingPictures(levels, labels.long(), bits)


def save_neighbours(folder: Path, stored: TrainingPictures) -> Path:
    """Writes the pictures beside a model: packed to ``bits`` a pixel, then deflated."""
    flat, each = stored.levels.flatten(), 8 // stored.bits
    flat = functional.pad(flat, (0, -len(flat) % each)).reshape(-1, each)
    weights = 2 ** (stored.bits * torch.arange(each - 1, -1, -1))
    packed = (flat * weights).sum(1).byte().numpy().tobytes()
    tensors = {
        "deflated": torch.frombuffer(bytearray(zlib.compress(packed, 9)), dtype=torch.uint8),
        "shape": torch.tensor(stored.levels.shape),
        "labels": stored.labels.short(),
        "bits": torch.tensor(stored.bits),
    }
    write_whole(folder / FILE, lambda temporary: save_file(tensors, temporary))
    return folder / FILE


def load_neighbours(file: Path, sha256: str | None = None) -> TrainingPictures:
    """The inverse of ``save_neighbours``.

    Args:
        sha256: what the file must have, if known.

    Raises:
        CourseError: missing, altered, or not such a file.
    """
    if not file.is_file():
        raise CourseError(f"{file.parent.name}/{file.name} is missing. Restore the folder or pull the model again.")
    if sha256 is not None and hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        raise CourseError(
            f"{file.parent.name}/{file.name} is not the file its card describes (sha256 differs). Restore it."
        )
    try:
        tensors = load_file(file)
        shape, bits = tensors["shape"].tolist(), int(tensors["bits"])
        each, count = 8 // bits, int(torch.tensor(shape).prod())
        # No more is unpacked than the shape asks for, whatever the file holds.
        packed = zlib.decompressobj().decompress(tensors["deflated"].numpy().tobytes(), -(-count // each))
        bytes_ = torch.frombuffer(bytearray(packed), dtype=torch.uint8)
        shifts = bits * torch.arange(each - 1, -1, -1)
        levels = ((bytes_[:, None] >> shifts) & (2**bits - 1)).byte().flatten()[:count].reshape(shape)
        return TrainingPictures(levels, tensors["labels"].long(), bits)
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError, ZeroDivisionError, zlib.error) as error:
        raise CourseError(
            f"{file.parent.name}/{file.name} is no readable file of training pictures ({error}). Restore it."
        ) from error
