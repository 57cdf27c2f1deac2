"""Makes the set ``fluent`` from its two packages, once: ``python -m tools.fluent --out FOLDER``.

Each emoji becomes one picture of 2·size × size pixels: drawn flat on the left, rendered in 3-D on the right, both over
white. The packages are fetched by ``npm pack``, or given by ``--flat FILE --rendered FILE``; both are checked by hash.
Countries' flags are left out (they are almost the same in both styles; but for that of Wales, on which the course's
models were trained), and so is an emoji whose two pictures are another's. Which emoji is in train, val or test stands in
``fluent_split.json``: what the models were trained on is never measured, and skin tones and genders of one emoji stay
together (but for 26f9, 261d and 1f9d3). Needs resvg-py, from requirements-dev.txt.
"""

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from course_lib.data.pictures import over_white
from course_lib.errors import CourseError

PACKAGES = {
    "flat": (
        "@lobehub/fluent-emoji-flat@1.1.0",
        "8f9113c027c7c20eced0070354715a4093a459b8bef6332b91d45f38c9bdb147",
    ),
    "3d": (
        "@lobehub/fluent-emoji-3d@1.1.0",
        "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
    ),
}
SPLIT = Path(__file__).with_name("fluent_split.json")
SPELLED_OUT = {"1f3f4-e0067_e0062_e0065_e006e_e0067", "1f3f4-e0067_e0062_e0073_e0063_e0074"}  # England, Scotland
RENDERED = 256  # pixels, the side of the packages' 3-D pictures; the drawings are rendered as large, then both shrink


def fetched(package: str, folder: Path) -> Path:
    """The package's archive, fetched by npm into ``folder``."""
    npm = shutil.which("npm")
    if not npm:
        raise CourseError(
            "The packages are fetched by npm, which is not installed. Give them by --flat and --rendered."
        )
    done = subprocess.run([npm, "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise CourseError(f"npm could not fetch {package}: {reason}. With a network, try again; else give the files.")
    return folder / done.stdout.split()[-1]


def assets(archive: Path, sha256: str) -> dict[str, bytes]:
    """The files of a package's folder ``assets`` by emoji.

    Raises:
        CourseError: there is none, or it is not the one whose hash is known.
    """
    if not archive.is_file():
        raise CourseError(f"{archive} is no file. Name the package's archive.")
    content = archive.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise CourseError(f"{archive} is not the package this command was written for: its sha256 is {found}.")
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        return {
            Path(member.name).stem: packed.extractfile(member).read()  # type: ignore[union-attr]
            for member in packed
            if member.isfile() and Path(member.name).parent.name == "assets"
        }


def is_flag(stem: str) -> bool:
    """A country's flag: two regional letters, or one of the two that are spelled out (see above for Wales)."""
    return 0x1F1E6 <= int(stem.split("-", maxsplit=1)[0], 16) <= 0x1F1FF or stem in SPELLED_OUT


def kept(flat: dict[str, bytes], rendered: dict[str, bytes]) -> list[str]:
    """The emoji that are in both packages, without flags and duplicates, in the order of their names."""
    seen: set[tuple[bytes, bytes]] = set()
    names = []
    for stem in sorted(flat.keys() & rendered.keys()):
        both = (flat[stem], rendered[stem])
        if not is_flag(stem) and both not in seen:
            seen.add(both)
            names.append(stem)
    return names


def pair(flat: bytes, rendered: bytes, size: int) -> Image.Image:
    """(2·size, size): the drawing and the rendering, over white."""
    try:
        import resvg_py
    except ImportError as error:
        raise CourseError("Drawing the flat emoji needs resvg: pip install -r requirements-dev.txt.") from error
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=flat.decode(), width=RENDERED, height=RENDERED))
    picture = Image.new("RGB", (2 * size, size))
    for at, one in enumerate((drawn, rendered)):
        half = over_white(Image.open(io.BytesIO(one)).convert("RGBA"))
        picture.paste(half.resize((size, size), Image.Resampling.LANCZOS), (at * size, 0))
    return picture


def part_of(stem: str, split: dict[str, list[str]]) -> str:
    """train, val or test."""
    return next((part for part, stems in split.items() if stem in stems), "train")


def make(flat: Path, rendered: Path, out: Path, size: int = 128) -> dict[str, int]:
    """Writes train/, val/ and test/ as lossless WebP; how many pairs each has.

    Raises:
        CourseError: a package is another one than known here, or ``out`` holds something already.
    """
    if out.exists() and any(out.iterdir()):
        raise CourseError(f"{out} is not empty. Name a new folder by --out.")
    drawings, renderings = (assets(file, PACKAGES[name][1]) for file, name in ((flat, "flat"), (rendered, "3d")))
    split = json.loads(SPLIT.read_text(encoding="utf-8"))
    counts = dict.fromkeys(("train", "val", "test"), 0)
    building = out.with_name(f".{out.name}.building")  # so that the set is there whole or not at all
    shutil.rmtree(building, ignore_errors=True)
    for stem in tqdm(kept(drawings, renderings), unit="pair"):
        part = part_of(stem, split)
        (building / part).mkdir(parents=True, exist_ok=True)
        pair(drawings[stem], renderings[stem], size).save(building / part / f"{stem}.webp", lossless=True)
        counts[part] += 1
    if out.exists():
        out.rmdir()
    building.rename(out)
    return {part: count for part, count in counts.items() if count}


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the folder to make; new or empty")
    parser.add_argument("--size", type=int, default=128, help="pixels, the side of each half")
    parser.add_argument("--flat", type=Path, help="the archive of the flat package; fetched if not given")
    parser.add_argument("--rendered", type=Path, help="the archive of the 3-D package; fetched if not given")
    asked = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            files = [
                given or fetched(PACKAGES[name][0], Path(scratch))
                for given, name in ((asked.flat, "flat"), (asked.rendered, "3d"))
            ]
            counts = make(files[0], files[1], asked.out, asked.size)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{', '.join(f'{count:,} {part}' for part, count in counts.items())} pairs are in {asked.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
