"""Pictures as files, as PIL images and as tensors. Every picture file that the course reads is opened here."""

import io
import struct
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from course_lib.errors import CourseError

# Sizes are checked below, with a limit of ours; Pillow's warning would only stand beside our sentence.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

MAX_PIXELS = 16_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")


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
    into gigabytes.

    Args:
        source: a path, the file's bytes, or an open binary file.
        name: what to call it in messages (default: the path).
        formats: Pillow format names to accept.
        max_pixels: width × height above this is refused.

    Raises:
        BadPicture: missing, unreadable, of another format, too large, or truncated.
    """
    name = name or (str(source) if isinstance(source, str | Path) else "The picture")
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        with Image.open(source, formats=formats) as image:
            width, height = image.size
            if width * height > max_pixels:
                raise BadPicture(
                    f"{name} has {width} × {height} pixels; at most {max_pixels / 1e6:.0f} megapixels are taken. Make it smaller."
                )
            image.load()
            return _to_rgb(_upright(image))
    except FileNotFoundError:
        raise BadPicture(f"{name} is not there. Check the path.") from None
    except UnidentifiedImageError:
        raise BadPicture(
            f"{name} is not a picture this course reads ({', '.join(formats)}). Convert it to PNG."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(f"{name} is larger than {max_pixels / 1e6:.0f} megapixels. Make it smaller.") from None
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise BadPicture(f"{name} is damaged and cannot be read ({error}). Save it anew from its source.") from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return image  # the picture is whole, only its note on which way is up is not


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        # 16-bit grey: Pillow's own conversion clips at 255, which turns nearly everything white.
        values = np.asarray(image, dtype=np.float64)
        grey = np.clip(values / 257 if image.mode != "F" else values, 0, 255).round().astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


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
