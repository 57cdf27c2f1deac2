"""Whether a patch discriminator fits the pictures: asked by pix2pix and CycleGAN before a run begins."""

from course_lib.errors import CourseError
from course_lib.networks.patchgan import most_layers


def check_patches(layers: int, size: int) -> None:
    """Refuses stride-2 layers that would leave nothing of the picture.

    Raises:
        CourseError: more than 5 layers, or than a picture of that side (pixels) bears.
    """
    most = min(5, most_layers(size))
    if not 0 <= layers <= most:
        raise CourseError(
            f"d_layers is {layers}; a discriminator of pictures of {size}² pixels has 0 to {most}. Lower --d-layers"
            + (" or raise --size." if most < 5 else ".")
        )
