"""Pictures as files, as PIL images and as tensors. Every picture file that the course reads is opened here."""

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from torch import Tensor

from course_lib.errors import CourseError

# Sizes are checked below, with a limit of ours; Pillow's warning would only stand beside our sentence.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

MAX_PIXELS = 16_000_000
MAX_ASPECT = 20  # the longer side against the shorter
MAX_SCANS = 50  # passes over a progressive JPEG; files have about ten, and each takes as long as a whole picture
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
MODES = {
    1: "L",
    3: "RGB",
    4: "RGBA",
}  # how many channels a network may take or give, and Pillow's word for such pictures
_BEGINNINGS = {
    "PNG": rb"\x89PNG\r\n",
    "JPEG": rb"\xff\xd8\xff",
    "WEBP": rb"RIFF....WEBP",
    "BMP": rb"BM.{12}",
    "TIFF": rb"(II\*\x00|MM\x00\*)",
}


class BadPicture(CourseError):
    """A file that is no picture this course can use; the message names it, the problem and the way out."""


@dataclass(frozen=True)
class PictureBytes:
    """A picture file that lies in no folder: its bytes, none if it is missing, and what to call it."""

    name: str
    content: bytes

    def __str__(self) -> str:
        return self.name


PictureFile = Path | PictureBytes


def open_picture(
    source: str | PictureFile | bytes | BinaryIO,
    *,
    name: str | None = None,
    formats: tuple[str, ...] = FORMATS,
    max_pixels: int = MAX_PIXELS,
    alpha: bool = False,
) -> Image.Image:
    """The picture in a file, upright, 8-bit RGB, alpha laid over white; of an animation the first frame.

    The size is read from the header and checked *before* any pixel is decoded, so that a small file cannot unpack
    into gigabytes. All that the picture brings along (profiles, notes) is dropped; of an animation ``info["frames"]`` says
    how many it has.

    Args:
        source: a path, the file's bytes (with or without their name), or an open binary file.
        name: what to call it in messages (default: the path).
        formats: Pillow format names to accept.
        max_pixels: width × height above this is refused.
        alpha: keep it: the picture is RGBA, opaque where the file has no alpha.

    Raises:
        BadPicture: missing, unreadable, of another format, too large, too long, or truncated.
    """
    name = name or (str(source) if isinstance(source, str | PictureFile) else "The picture")
    if isinstance(source, PictureBytes):
        if not source.content:
            raise BadPicture(f"{name} is missing. Add it, or leave out what belongs to it.")
        source = source.content
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        with Image.open(source, formats=formats) as image:
            _check_size(name, *image.size, max_pixels)
            _check_scans(name, image)
            frames, packing = getattr(image, "n_frames", 1), _packing(image)
            image.load()
            picture = _plain(_upright(image), packing, alpha)
    except FileNotFoundError:
        raise BadPicture(f"{name} is not there. Check the path.") from None
    except UnidentifiedImageError as error:
        if not _size_of(source):
            raise BadPicture(f"{name} is empty (0 bytes), as a broken download leaves it. Fetch it again.") from None
        if "TIFF" in formats and _begins_as(source, ("TIFF",)):
            raise BadPicture(
                f"{name} is damaged, or a TIFF of a form that is not read (colours of 16 bits, say). Save it as PNG."
            ) from error
        if _begins_as(source, formats):  # the reader gave up on its beginning, the format is right
            raise _damaged(name) from error
        raise BadPicture(
            f"{name} is not a picture this course reads ({', '.join(formats)}). Convert it to PNG."
        ) from None
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:  # so large that Pillow says so before the size can be asked
        pixels = re.search(r"\((\d+) pixels\)", str(error))
        raise _too_many(
            f"{name} has {int(pixels[1]):,} pixels" if pixels else f"{name} is too large", max_pixels
        ) from None
    except BadPicture:
        raise
    except Exception as error:
        if isinstance(source, str | Path) and Path(source).is_dir():
            raise BadPicture(f"{name} is a folder. Name a picture in it.") from None
        raise _damaged(name) from error  # whatever its decoder trips over: struct.error, IndexError, AssertionError …
    picture.info = {"frames": frames} if frames > 1 else {}
    return picture


def _damaged(name: str) -> BadPicture:
    # Without the decoder's words, which may name a file of this computer.
    return BadPicture(f"{name} is damaged and cannot be read. Save it anew from its source.")


def _size_of(source: str | Path | BinaryIO) -> int:
    """In bytes."""
    return Path(source).stat().st_size if isinstance(source, str | Path) else source.seek(0, io.SEEK_END)


def _begins_as(source: str | Path | BinaryIO, formats: tuple[str, ...]) -> bool:
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            head = file.read(16)
    else:
        source.seek(0)
        head = source.read(16)
    return any(re.match(_BEGINNINGS[one], head, re.DOTALL) for one in formats if one in _BEGINNINGS)


def _check_size(name: str, width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise _too_many(f"{name} has {width:,} × {height:,} = {width * height:,} pixels", max_pixels)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise BadPicture(
            f"{name} has {width:,} × {height:,} pixels; the longer side may be {MAX_ASPECT} times the shorter at most. "
            "Cut a piece out of it."
        )


def _too_many(found: str, max_pixels: int) -> BadPicture:
    most = f"{max_pixels // 1_000_000} megapixels" if max_pixels % 1_000_000 == 0 else f"{max_pixels:,} pixels"
    return BadPicture(f"{found}; at most {most} are taken. Make it smaller.")


def _check_scans(name: str, image: Image.Image) -> None:
    """A progressive JPEG of 90 kB may ask for a thousand passes over 16 megapixels, which takes most of a minute."""
    if image.format not in ("JPEG", "MPO") or not isinstance(image, ImageFile.ImageFile) or image.fp is None:
        return
    place = image.fp.tell()
    image.fp.seek(0)
    scans = image.fp.read().count(b"\xff\xda")
    image.fp.seek(place)
    if scans > MAX_SCANS:
        raise BadPicture(f"{name} is a JPEG of {scans:,} passes; at most {MAX_SCANS} are taken. Save it as PNG.")


def _packing(image: Image.Image) -> str:
    """How a PNG's pixels lie in the file, say "RGB;16B": what its transparent colour is written in."""
    if image.format != "PNG" or not isinstance(image, ImageFile.ImageFile) or not image.tile:
        return ""
    packing = image.tile[0].args
    return packing if isinstance(packing, str) else ""


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image  # the picture is whole, only its note on which way is up is not


def _plain(image: Image.Image, packing: str = "", alpha: bool = False) -> Image.Image:
    """8 bits a channel: RGB with alpha laid over white, or RGBA."""
    mode = "RGBA" if alpha else "RGB"
    transparent = image.info.get("transparency")
    if image.mode.startswith("I") or image.mode == "F":
        # 16-bit grey: Pillow's own conversion clips at 255, which turns nearly everything white.
        values = np.asarray(image, dtype=np.float32)
        # Floats have no fixed white: 1 where nothing is above it, else 255.
        scale = 1 / 257 if image.mode != "F" else 255 if 0 < values.max(initial=0) <= 1 else 1
        grey = np.clip(values * scale, 0, 255).round()
        see_through = values == transparent if isinstance(transparent, int) else np.zeros(values.shape, dtype=bool)
        if alpha:
            planes = np.stack([grey, grey, grey, np.where(see_through, 0, 255)], axis=-1)
            return Image.fromarray(planes.astype(np.uint8))
        return Image.fromarray(np.where(see_through, 255, grey).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        if transparent is not None:
            image.info["transparency"] = _as_pixel(transparent, packing)
        image = image.convert("RGBA")
        if alpha:
            return image
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert(mode)


def over_white(image: Image.Image) -> Image.Image:
    """Any picture of Pillow's as 8-bit RGB, as ``open_picture`` gives it: alpha over white, 16 bits scaled."""
    return _plain(image)


def with_channels(image: Image.Image, channels: int) -> Image.Image:
    """Any picture of Pillow's with so many channels: 1 (its luma, over white), 3 (over white) or 4 (with its alpha)."""
    if image.mode == MODES[channels] and not image.has_transparency_data:
        return image
    return _plain(image, alpha=True) if channels == 4 else over_white(image).convert(MODES[channels])


def _as_pixel(transparent: Any, packing: str) -> Any:
    """A PNG's transparent colour on the scale of the pixels as Pillow unpacks them: 8 bits."""
    if isinstance(transparent, int) and packing in ("L;2", "L;4"):
        return (transparent & (3 if packing == "L;2" else 15)) * (85 if packing == "L;2" else 17)
    if isinstance(transparent, tuple):
        return tuple(value >> 8 if packing == "RGB;16B" else value & 255 for value in transparent)
    return transparent & 255 if isinstance(transparent, int) else transparent


def check_channels(*counts: int) -> None:
    """Whether pictures can have so many channels.

    Raises:
        CourseError: they cannot.
    """
    for count in counts:
        if count not in MODES:
            raise CourseError(f"A picture of {count} channels was asked for; there are 1 (grey), 3 (RGB) and 4 (RGBA).")


def to_tensor(image: Image.Image, channels: int = 3) -> Tensor:
    """PIL → float32 (1, channels, H, W) in [−1, 1]."""
    array = np.asarray(image.convert(MODES[channels]), dtype=np.float32).reshape(image.height, image.width, channels)
    return torch.from_numpy(array).permute(2, 0, 1)[None].contiguous() / 127.5 - 1


def to_picture(tensor: Tensor) -> Image.Image:
    """(C, H, W) or (1, C, H, W) in [−1, 1] → PIL: L, RGB or RGBA; values outside are clipped, the rest rounded to 8 bits."""
    if tensor.ndim == 4 and len(tensor) == 1:
        tensor = tensor[0]
    if tensor.ndim != 3 or len(tensor) not in MODES:
        raise ValueError(f"A picture is (C, H, W) with 1, 3 or 4 channels, not {tuple(tensor.shape)}.")
    array = ((tensor.detach().float().cpu() + 1) * 127.5).round().clamp(0, 255).byte()
    return Image.fromarray(array[0].numpy() if len(array) == 1 else array.permute(1, 2, 0).numpy())


def as_seen(pictures: Tensor) -> Tensor:
    """(B, C, H, W) in [−1, 1] → (B, 3, H, W): grey three times, alpha laid over white. What sheets and metrics show."""
    if pictures.shape[1] == 4:
        share = ((pictures[:, 3:] + 1) / 2).clamp(0, 1)
        return pictures[:, :3] * share + (1 - share)
    return pictures.expand(-1, 3, -1, -1)


def to_unit(tensor: Tensor) -> Tensor:
    """[−1, 1] → [0, 1], clipped: what metrics and VGG take."""
    return ((tensor + 1) / 2).clamp(0, 1)
