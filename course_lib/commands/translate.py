"""``translate``: a trained model over pictures, folders of pictures, and clips."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from tyro.conf import Positional

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from PIL.Image import Image

    from course_lib.models.translator import Translator

FAR = 2  # times the training pictures' side: beyond it a picture at its own size is of another scale
Fit = Literal["keep", "scale", "trained"]


@dataclass(frozen=True)
class Method:
    """A model as this command uses it.

    Attributes:
        answer: picture → picture.
        done: picture → what is done to its size, as it is said afterwards.
        alpha: whether it is to see that.
        size: of the training pictures, if that matters.
    """

    answer: "Callable[[Image], Image]"
    done: "Callable[[Image], str]"
    alpha: bool = False
    size: int | None = None


def translate(
    images: Positional[tuple[Path, ...]],
    out: Path,
    model: str | None = None,
    direction: Literal["AtoB", "BtoA"] | None = None,
    fit: Fit = "keep",
    seed: int = 0,
    noise: bool = True,
    official: Path | None = None,
    network: Annotated[
        str | None, tyro.conf.arg(help="what --official holds: resnet_9blocks, resnet_6blocks, unet_256, unet_128")
    ] = None,
    mode: Literal["train", "eval"] = "train",
    device: str = "cpu",
) -> None:
    """Translate, enlarge or paint pictures (files or folders) and write PNG files of the same names to OUT, those of a
    folder's sub-folders into the same sub-folders of OUT. A clip becomes an MP4 of the same name, times and sound.

    Args:
        images: picture files, clips, or folders of pictures.
        out: folder for the translations; of one picture its translation's own name (.png), too.
        model: a name in the zoo, or the folder of a trained model.
        direction: which way, for a two-way model.
        fit: keep: at the picture's own size, padded to what the network takes and cut back, in tiles where it is large;
            scale: its shape kept, its shorter side as in training; trained: made square exactly as in training.
        seed: of the generator's noise.
        noise: whether the generator's dropout noise is on.
        official: a checkpoint of the official code (latest_net_G.pth) instead of --model.
        mode: with --official, train uses each picture's own statistics, as the official test script does; eval the
            running averages, and no noise.
        device: cpu, cuda or mps.
    """
    from course_lib.data.clips import is_clip
    from course_lib.models.official import official_translator
    from course_lib.seeds import check_seed

    check_seed(seed)
    if (model is None) == (official is None):
        raise CourseError("Name either a --model of the zoo or an --official checkpoint with its --network.")
    if not images:
        raise CourseError("Name at least one picture or folder.")
    if official is None:
        method = _of_the_zoo(model or "", direction, device, fit, seed, noise)
    else:
        method = _of(official_translator(official, network, mode, device), fit, seed, noise and mode == "train")
    for path in images:
        if not path.exists():
            raise CourseError(f"{path} is not there. Name a picture, a clip or a folder of pictures.")
    clips = [path for path in images if is_clip(path) and path.is_file()]
    others = tuple(path for path in images if path not in clips)
    made_by = f"{_made_of(model)} {direction} {fit} {seed} {noise} {official} {network} {mode}"
    problems = _clips(clips, out, method, made_by)
    if not others and len(problems) == len(clips) == 1:
        raise problems[0]
    for problem in problems:
        print(f"Skipped: {problem}")
    if others:
        _pictures(others, out, method)
    elif len(problems) == len(clips):
        raise CourseError(f"None of {len(clips)} clips could be translated.")


def _pictures(images: tuple[Path, ...], out: Path, method: Method) -> None:
    from tqdm import tqdm

    from course_lib.data.folders import SUFFIXES, picture_tree
    from course_lib.data.pictures import BadPicture, open_picture
    from course_lib.files import write_whole

    files = list(_expanded(images, lambda folder: picture_tree(folder, without=out)))
    if out.suffix.lower() in SUFFIXES and not out.is_dir():
        out, files = _named(out, files)
    _keep_originals("pictures", files, out)
    done: Counter[str] = Counter()
    far = several = replaced = 0
    for file, place in tqdm(files, unit="picture", disable=len(files) < 2):
        try:
            picture = open_picture(file, alpha=method.alpha)
            answer = method.answer(picture)
        except BadPicture as error:
            tqdm.write(f"Skipped: {error}")
            continue
        replaced += (out / place).exists()
        write_whole(out / place, lambda temporary, answer=answer: answer.save(temporary, format="PNG"))  # type: ignore[misc]
        done[method.done(picture)] += 1
        far += method.size is not None and min(picture.size) > FAR * method.size
        several += "frames" in picture.info
    count, skipped = done.total(), len(files) - done.total()
    if not count:
        raise CourseError(f"None of {len(files)} pictures could be translated.")
    print(f"{count} translated to {out}" + (f", {skipped} skipped." if skipped else "."))
    if any(done):
        print("Size: " + "; ".join(f"{number} {words}" for words, number in done.most_common() if words) + ".")
    if replaced:
        print(f"Note: {replaced} of these names {'was' if replaced == 1 else 'were'} in {out} already; replaced.")
    if several:
        print(
            f"Note: {several} of them {'has' if several == 1 else 'have'} several frames or pages; the first was translated."
        )
    if far:
        print(
            f"Note: the network was trained on pictures of {method.size} × {method.size} pixels, and {far} of these "
            f"{'is' if far == 1 else 'are'} more than {FAR} times as large. --fit scale shows it pictures of that scale."
        )


def _named(out: Path, files: list[tuple[Path, Path]]) -> tuple[Path, list[tuple[Path, Path]]]:
    """``--out answer.png``: the one picture's answer is to be called so."""
    if len(files) != 1 or out.suffix.lower() != ".png":
        raise CourseError(
            f"--out {out} names a picture, and "
            + (
                f"there are {len(files)}. Name a folder."
                if len(files) != 1
                else "answers are PNG files. Name a folder, or a .png."
            )
        )
    return out.parent, [(files[0][0], Path(out.name))]


def _keep_originals(what: str, files: list[tuple[Path, Path]], out: Path) -> None:
    """Refuses translations (file, place in ``out``) that would overwrite each other, or what lies beside the originals."""
    twice = [place for place, count in Counter(place for _, place in files).items() if count > 1]
    if twice:
        raise CourseError(
            f"Two {what} are called {min(twice).with_suffix('').as_posix()!r}; their translations would overwrite each other. "
            "Rename one."
        )
    homes = {file.resolve().parent for file, _ in files}
    for file, place in files:
        target = (out / place).resolve()
        if target == file.resolve():
            raise CourseError(f"{file} would be overwritten by its own translation. Name another --out.")
        if target.exists() and target.parent in homes:
            raise CourseError(
                f"{out / place} lies beside the originals and would be overwritten by the translation of {file.name}. "
                "Name another --out."
            )


def _clip_name(file: Path) -> Path:
    return Path(f"{file.stem}.mp4")


def _clips(clips: list[Path], out: Path, method: Method, made_by: str) -> list[CourseError]:
    """Translates them one after the other; what was wrong with those that could not be."""
    _keep_originals("clips", [(file, _clip_name(file)) for file in clips], out)
    problems = []
    for file in clips:
        try:
            _clip(file, out / _clip_name(file), method, made_by)
        except CourseError as error:
            problems.append(error)
    return problems


def _clip(file: Path, place: Path, method: Method, made_by: str) -> None:
    from tqdm import tqdm

    from course_lib.models.clip import translate_clip

    with tqdm(unit="frame", delay=0.2) as bar:  # of a file that is none, only the sentence is seen

        def done(at: int, of: int) -> None:
            bar.total = of or None
            bar.update(at - bar.n)

        clip, count, flicker = translate_clip(file, place, method.answer, made_by, done=done)
    sound = "with its sound" if clip.sound else "without sound, as it came"
    print(f"{place}: {count} frames at {float(clip.rate):.4g} a second, {sound}.")
    if clip.frames and count < clip.frames:
        print(f"Note: the clip promises {clip.frames} frames and ends after {count}; it may be cut off.")
    still = "nothing stood still" if flicker is None else f"{flicker:.2f} of 255 levels"
    print(f"Flicker (mean change of the answer where the clip did not change): {still}.")


def _made_of(model: str | None) -> str:
    """What tells one state of a model from another: its files' hashes."""
    from course_lib.models import zoo

    return f"{model} {sorted(zoo.card_of(model)['sha256'].items())}" if model else ""


def _of_the_zoo(
    model: str, direction: Literal["AtoB", "BtoA"] | None, device: str, fit: Fit, seed: int, noise: bool
) -> Method:
    """A translator; or an upscaler or stylizer, in which nothing is drawn and whose pictures have any size."""
    from course_lib.models import zoo
    from course_lib.models.kinds import KINDS

    _, kind = zoo.config_of(model)
    if kind not in (KINDS["upscaler"], KINDS["stylizer"]):
        return _of(zoo.load_translator(model, direction, device), fit, seed, noise)
    if fit != "keep":
        print(f"Note: --fit {fit} has no effect: {model} takes pictures of any size as they are.")
    return Method(zoo.load(model, direction, device), lambda picture: "")  # type: ignore[arg-type]


def _of(translator: "Translator", fit: Fit, seed: int, noise: bool) -> Method:
    size, alpha = translator.config.get("size"), translator.channels[0] == 4
    if fit == "trained":
        shape = {"crop": "cropped", "pad": "padded"}.get(translator.config.get("fit") or "", "resized")
        words = (
            f"{shape} to {size} × {size} as in training"
            if size
            else f"resized to multiples of {translator.takes.multiple}"
        )
        return Method(lambda picture: translator(picture, seed, noise), lambda picture: words, alpha)
    if fit == "scale":
        words = f"resized to {size} pixels on the shorter side, the shape kept" if size else "at the picture's own size"
        return Method(lambda picture: translator.at_its_scale(picture, seed, noise), lambda picture: words, alpha)
    return Method(
        lambda picture: translator.at_its_shape(picture, seed, noise),
        lambda picture: translator.takes.described(picture.height, picture.width),
        alpha,
        size,
    )


def _expanded(images: tuple[Path, ...], picture_tree: "Callable[[Path], list[Path]]") -> Iterator[tuple[Path, Path]]:
    """Each picture, and where below OUT its translation goes: a folder's own folders are kept."""
    for path in images:
        if path.is_dir():
            for file in picture_tree(path):
                yield file, file.relative_to(path).with_suffix(".png")
        else:
            yield path, Path(f"{path.stem}.png")
