"""Single photos of any sizes: a folder of them, or those that scikit-image and scikit-learn carry."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from course_lib.data.digest import digest_of, listing
from course_lib.data.fetch import located
from course_lib.data.folders import part_of, pictures_under
from course_lib.data.pictures import open_picture
from course_lib.errors import CourseError

EMBEDDED = {
    "train": ("astronaut.png", "chelsea.png", "china.jpg", "hubble_deep_field.jpg", "rocket.jpg"),
    "val": ("coffee.png", "flower.jpg"),
}


@dataclass(frozen=True)
class Photos:
    """Files of photos, each opened when it is asked for.

    Attributes:
        files: in their order.
        root: the folder that holds them all, or None.
    """

    files: tuple[Path, ...]
    root: Path | None = None

    def __len__(self) -> int:
        return len(self.files)

    def picture(self, index: int) -> Image.Image:
        """Photo number ``index``, upright RGB, at its own size.

        Raises:
            BadPicture: the file cannot be read.
        """
        return open_picture(self.files[index])

    def digest(self) -> str:
        """A hash of the files' names and sizes."""
        return digest_of("photos", listing(self.files, self.root))


def open_photos(data: str, *, split: str = "train") -> Photos:
    """The photos of a named set or folder.

    Args:
        data: "sample_photos" (in scikit-image and scikit-learn, always there), NAME=FOLDER or a folder, whose photos
            lie in it or in sub-folders.
        split: "train" or "val"; a folder without such a subfolder is taken whole.

    Raises:
        CourseError: unknown name or split, missing or empty folder.
    """
    asked = located(data, "photos")
    if asked.folder is None:
        return Photos(_embedded(split))
    return Photos(tuple(pictures_under(part_of(asked.folder, split))), asked.folder)


def embedded(name: str) -> Path:
    """A picture's file in scikit-image or scikit-learn, which bring some along.

    Raises:
        CourseError: neither has it.
    """
    for package, folder in (("skimage", "data"), ("sklearn", "datasets/images")):
        found = find_spec(package)  # importing them would take seconds
        for place in found.submodule_search_locations or [] if found else []:
            if (file := Path(place) / folder / name).is_file():
                return file
    raise CourseError(f"{name} is missing from scikit-image and scikit-learn. Install them anew.")


def _embedded(split: str) -> tuple[Path, ...]:
    if split not in EMBEDDED:
        raise CourseError(f"sample_photos has no split {split!r}; it has {' and '.join(EMBEDDED)}.")
    return tuple(embedded(name) for name in EMBEDDED[split])
