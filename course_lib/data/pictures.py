"""Pictures as files, as PIL images and as tensors. Every picture file that the course reads is opened here."""

import io
import re
import warnings
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
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
_BEGINNINGS = {"PNG": rb"\x89PNG\r\n", "JPEG": rb"\xff\xd8\xff", "WEBP": rb"RIFF....WEBP", "BMP": rb"BM.{12}"}


class BadPicture(CourseError):
    """A file that is no picture this course can use; the message names it, the problem and the way out."""


def open_picture(
    source: str | Path | bytes | BinaryIO,
    *,
    name: str | None = None,
    formats: tuple[str, ...] = FORMATS,
    max_pixels: int = MAX_PIXELS,
) -> Image.Image:
    """The picture in a file, upright, 8-bit RGB, alpha laid over white; of an animation the first frame.

    The size is read from the header and checked *before* any pixel is decoded, so that a small file cannot unpack
    into gigabytes. All that the picture brings along (profiles, notes) is dropped; of an animation ``info["frames"]`` says
    how many it has.

    Args:
        source: a path, the file's bytes, or an open binary file.
        name: what to call it in messages (default: the path).
        formats: Pillow format names to accept.
        max_pixels: width × height above this is refused.

    Raises:
        BadPicture: missing, unreadable, of another format, too large, too long, or truncated.
    """
    name = name or (str(source) if isinstance(source, str | Path) else "The picture")
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        with Image.open(source, formats=formats) as image:
            _check_size(name, *image.size, max_pixels)
            _check_scans(name, image)
            frames, packing = getattr(image, "n_frames", 1), _packing(image)
            image.load()
            picture = _to_rgb(_upright(image), packing)
    except FileNotFoundError:
        raise BadPicture(f"{name} is not there. Check the path.") from None
    except UnidentifiedImageError as error:
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
        raise _damaged(name) from error  # whatever its decoder trips over: struct.error, IndexError, AssertionError …
    picture.info = {"frames": frames} if frames > 1 else {}
    return picture


def _damaged(name: str) -> BadPicture:
    # Without the decoder's words, which may name a file of this computer.
    return BadPicture(f"{name} is damaged and cannot be read. Save it anew from its source.")


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


def _to_rgb(image: Image.Image, packing: str = "") -> Image.Image:
    transparent = image.info.get("transparency")
    if image.mode.startswith("I") or image.mode == "F":
        # 16-bit grey: Pillow's own conversion clips at 255, which turns nearly everything white.
        values = np.asarray(image, dtype=np.float32)
        grey = np.clip(values / 257 if image.mode != "F" else values, 0, 255).round()
        if isinstance(transparent, int):
            grey[values == transparent] = 255
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        if transparent is not None:
            image.info["transparency"] = _as_pixel(transparent, packing)
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def over_white(image: Image.Image) -> Image.Image:
    """Any picture of Pillow's as 8-bit RGB, as ``open_picture`` gives it: alpha over white, 16 bits scaled."""
    return _to_rgb(image)


def _as_pixel(transparent: Any, packing: str) -> Any:
    """A PNG's transparent colour on the scale of the pixels as Pillow unpacks them: 8 bits."""
    if isinstance(transparent, int) and packing in ("L;2", "L;4"):
        return (transparent & (3 if packing == "L;2" else 15)) * (85 if packing == "L;2" else 17)
    if isinstance(transparent, tuple):
        return tuple(value >> 8 if packing == "RGB;16B" else value & 255 for value in transparent)
    return transparent & 255 if isinstance(transparent, int) else transparent


def to_tensor(image: Image.Image) -> Tensor:
    """PIL RGB → float32 (1, 3, H, W) in [−1, 1]."""
    array = np.asarray(image.convert("RGB"), dtype=np.float32)
    return torch.from_numpy(array).permute(2, 0, 1)[None].contiguous() / 127.5 - 1


def to_picture(tensor: Tensor) -> Image.Image:
    """(3, H, W) or (1, 3, H, W) in [−1, 1] → PIL RGB; values outside are clipped, the rest rounded to 8 bits."""
    if tensor.ndim == 4 and len(tensor) == 1:
        tensor = tensor[0]
    if tensor.ndim != 3 or len(tensor) != 3:
        raise ValueError(f"A picture is (3, H, W), not {tuple(tensor.shape)}.")
    array = ((tensor.detach().float().cpu() + 1) * 127.5).round().clamp(0, 255).byte()
    return Image.fromarray(array.permute(1, 2, 0).numpy())


def to_unit(tensor: Tensor) -> Tensor:
    """[−1, 1] → [0, 1], clipped: what metrics and VGG take."""
    return ((tensor + 1) / 2).clamp(0, 1)
