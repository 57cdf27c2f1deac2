"""``translate``: a trained model over pictures and folders of pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro
from tyro.conf import Positional

from course_lib.errors import CourseError


def translate(
    images: Positional[tuple[Path, ...]],
    out: Path,
    model: str | None = None,
    direction: Literal["AtoB", "BtoA"] | None = None,
    seed: int = 0,
    noise: bool = True,
    official: Path | None = None,
    network: Annotated[
        str | None, tyro.conf.arg(help="what --official holds: resnet_9blocks, resnet_6blocks, unet_256, unet_128")
    ] = None,
    mode: Literal["train", "eval"] = "train",
    device: str = "cpu",
) -> None:
    """Translate, enlarge or paint pictures (files or folders) and write PNG files of the same names to OUT.

    Args:
        images: picture files or folders.
        out: folder for the translations.
        model: a name in the zoo, or the folder of a trained model.
        direction: which way, for a two-way model.
        seed: of the generator's noise.
        noise: whether the generator's dropout noise is on.
        official: a checkpoint of the official code (latest_net_G.pth) instead of --model.
        mode: with --official, train uses each picture's own statistics, as the official test script does; eval the
            running averages, and no noise.
        device: cpu, cuda or mps.
    """
    from tqdm import tqdm

    from course_lib.data.folders import picture_files
    from course_lib.data.pictures import BadPicture, open_picture
    from course_lib.files import write_whole
    from course_lib.models.official import official_translator

    if (model is None) == (official is None):
        raise CourseError("Name either a --model of the zoo or an --official checkpoint with its --network.")
    if official is None:
        translator = _of_the_zoo(model or "", direction, device)
    else:
        translator = official_translator(official, network, mode, device)
        noise = noise and mode == "train"
    files = list(_expanded(images, picture_files))
    stems = [file.stem for file in files]
    twice = {stem for stem in stems if stems.count(stem) > 1}
    if twice:
        raise CourseError(
            f"Two pictures are called {min(twice)!r}; their translations would overwrite each other. Rename one."
        )
    skipped = 0
    for file in tqdm(files, unit="picture", disable=len(files) < 2):
        try:
            answer = translator(open_picture(file), seed=seed, noise=noise)
        except BadPicture as error:
            tqdm.write(f"Skipped: {error}")
            skipped += 1
            continue
        write_whole(out / f"{file.stem}.png", lambda temporary, answer=answer: answer.save(temporary, format="PNG"))  # type: ignore[misc]
    if skipped == len(files):
        raise CourseError(f"None of {len(files)} pictures could be translated.")
    print(f"{len(files) - skipped} translated to {out}" + (f", {skipped} skipped." if skipped else "."))


def _of_the_zoo(model: str, direction: str | None, device: str) -> Callable[..., Any]:
    """picture, seed, noise → picture: a translator, or an upscaler or stylizer, in which nothing is drawn."""
    from course_lib.models import zoo
    from course_lib.models.kinds import KINDS

    _, kind = zoo.config_of(model)
    if kind not in (KINDS["upscaler"], KINDS["stylizer"]):
        return zoo.load_translator(model, direction, device)
    one: Any = zoo.load(model, direction, device)
    return lambda image, seed, noise: one(image)


def _expanded(images: tuple[Path, ...], picture_files) -> Iterator[Path]:  # type: ignore[no-untyped-def]
    if not images:
        raise CourseError("Name at least one picture or folder.")
    for path in images:
        if path.is_dir():
            yield from picture_files(path)
        elif path.is_file():
            yield path
        else:
            raise CourseError(f"{path} is not there. Name a picture or a folder of pictures.")
