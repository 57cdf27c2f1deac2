"""One file that shows two pictures side by side, as the official code keeps pairs: A on the left, B on the right."""

from PIL import Image

from course_lib.data.pictures import BadPicture, PictureFile


def cut_in_two(path: PictureFile, picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """(A, B), each half as wide.

    Raises:
        BadPicture: the width is odd, or too small to hold two pictures.
    """
    width, height = picture.size
    if width % 2 or width < 2 * 16:
        raise BadPicture(
            f"{path} is {width} × {height}; a side-by-side pair has an even width of at least 32 pixels, "
            "A on the left half, B on the right. Use a pair-maker for single pictures."
        )
    return picture.crop((0, 0, width // 2, height)), picture.crop((width // 2, 0, width, height))
