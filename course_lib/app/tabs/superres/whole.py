"""The whole picture, enlarged in tiles: as long as it takes, told tile by tile, stopped when the visitor leaves."""

from collections.abc import Generator

from PIL import Image
from torch import Tensor

from course_lib.app.heavy import turn
from course_lib.app.tabs.superres.crops import SCALE, small_picture, small_size, upscaler
from course_lib.data.pictures import BadPicture, to_picture, to_tensor
from course_lib.models.tiles import tile_by_tile

MOST = 750_000  # pixels of a small picture: 12 megapixels come out, in about a minute on two slow cores
TILE = 128  # small pixels: others get their turn several times a second


def check(width: int, height: int, reduce: bool) -> tuple[int, int]:
    """The size of what is enlarged.

    Raises:
        BadPicture: it is more than the page can do for one visitor.
    """
    across, down = small_size(width, height, reduce)
    if across * down > MOST:
        raise BadPicture(
            f"The whole picture has {across:,} × {down:,} = {across * down:,} pixels to enlarge; here it may have {MOST:,}, "
            f"which become {MOST * SCALE**2 // 1_000_000} million. Cut a piece out of it, or look at it crop by crop."
        )
    return across, down


def enlarge(picture: Image.Image, reduce: bool, share: int) -> Generator[tuple[int, int], None, Image.Image]:
    """Yields (tiles done, all of them), returns the picture at four times the size.

    Raises:
        BadPicture: too large, or too small to be reduced first.
    """
    check(*picture.size, reduce)
    model = upscaler(share)

    def network(part: Tensor) -> Tensor:
        with turn(-1):
            return model.whole(part)

    small = to_tensor(small_picture(picture, reduce))
    return to_picture((yield from tile_by_tile(network, small, scale=SCALE, reach=model.reach, tile=TILE)))
