"""Low resolution as the benchmarks' authors made it: MATLAB's ``imresize``, an antialiased bicubic reduction.

Keys' kernel (a = −½) is stretched by the factor, so that nothing finer than the small picture's pixels is left to alias.
torch has that filter. Two things of MATLAB's are added: pixels beyond the frame repeat the outermost ones, and bytes
are rounded after each of the two passes, down the columns first, a half upwards. So made, the ``*_LR.png`` of Set5 come
out to the last bit, the frame included.
"""

from torch import Tensor
from torch.nn import functional


def cropped_to_multiple(picture: Tensor, scale: int) -> Tensor:
    """(..., H, W) without the last rows and columns that do not fill a small pixel, as the benchmarks do it.

    Raises:
        ValueError: a side is shorter than one small pixel.
    """
    height, width = picture.shape[-2:]
    if min(height, width) < scale:
        raise ValueError(f"The picture is {height}×{width}; reduced by {scale}, nothing is left of it.")
    return picture[..., : height - height % scale, : width - width % scale]


def reduced(picture: Tensor, scale: int) -> Tensor:
    """uint8 (3, H, W), H and W multiples of ``scale`` → uint8 (3, H/scale, W/scale)."""
    height, width = picture.shape[-2:]
    if height % scale or width % scale:
        raise ValueError(f"The picture is {height}×{width}; both sides must be multiples of {scale}.")
    margin = 2 * scale  # the stretched kernel reaches that far
    wide = functional.pad(picture[None].float(), [margin] * 4, mode="replicate")
    for size in ((height // scale + 4, width + 2 * margin), (height // scale + 4, width // scale + 4)):
        wide = functional.interpolate(wide, size=size, mode="bicubic", antialias=True, align_corners=False)
        wide = (wide + 0.5).floor().clamp(0, 255)  # MATLAB rounds a half up
    return wide[0, :, 2:-2, 2:-2].byte()
