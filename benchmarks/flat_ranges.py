"""What the tab “Flat → 3-D” calls usual, and how well that tells emoji from other drawings. ``python -m benchmarks.flat_ranges``.

For each of the tab's three numbers (course_lib/app/tabs/flat/measures.py): its 5th and 95th percentile over the
validation pairs, and its rank correlation with the answer's true error there. Then drawings by rule that are no emoji:
scribbles, letters, patterns, noise and photos; how many of them, and of the emoji themselves, have a number outside.

The result lies beside the tab, which shows it as long as the network is the one it was measured with: run this again
whenever it changes. ``--data`` is the folder of the pairs.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.provenance import store
from course_lib.app.tabs.flat import measures
from course_lib.app.tabs.flat.answers import ADVERSARIAL, made, translator, unsure
from course_lib.app.tabs.flat.examples import SIDE
from course_lib.data.pictures import open_picture

EACH = 12  # drawings of each kind
_PHOTOS = ("astronaut", "coffee", "cat")


def _colour(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(rng.integers(0, 256, 3).tolist())


def _scribble(rng: np.random.Generator) -> Image.Image:
    drawing = Image.new("RGB", (4 * SIDE, 4 * SIDE), "white")  # reduced, so that its edges are as smooth as the emoji's
    for _ in range(rng.integers(2, 6)):
        points = np.cumsum(rng.normal(0, 70, (12, 2)), 0) + rng.uniform(SIDE, 3 * SIDE, 2)
        width = int(rng.integers(8, 40))
        ImageDraw.Draw(drawing).line([tuple(one) for one in points], _colour(rng), width, "curve")
    return drawing.resize((SIDE, SIDE), Image.Resampling.BOX)


def _letters(rng: np.random.Generator) -> Image.Image:
    drawing = Image.new("RGB", (SIDE, SIDE), "white")
    text = "\n".join("".join(rng.choice(list("ABCDEFGHKLMNOPRSTUXYZ"), 5)) for _ in range(4))
    ImageDraw.Draw(drawing).multiline_text((6, 4), text, _colour(rng), ImageFont.load_default(26))
    return drawing


def _pattern(rng: np.random.Generator) -> Image.Image:
    y, x = np.mgrid[:SIDE, :SIDE] // int(rng.integers(3, 17))
    chosen = (x + y) % 2 if rng.random() < 0.5 else x % 2
    return Image.fromarray(np.array([_colour(rng), _colour(rng)], dtype=np.uint8)[chosen])


def _noise(rng: np.random.Generator) -> Image.Image:
    cells = int(rng.choice([8, 32, SIDE]))
    return Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)).resize((SIDE, SIDE), 0)


def _photo(rng: np.random.Generator) -> Image.Image:
    from skimage import data

    photo = Image.fromarray(getattr(data, rng.choice(_PHOTOS))())
    side = int(rng.integers(SIDE, min(photo.size)))
    left, top = (int(rng.integers(0, length - side)) for length in photo.size)
    return photo.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BOX)


KINDS: dict[str, Callable[[np.random.Generator], Image.Image]] = {
    "scribbles": _scribble,
    "letters": _letters,
    "patterns": _pattern,
    "noise": _noise,
    "photos": _photo,
}


def _pairs(folder: Path) -> Iterator[tuple[Image.Image, Image.Image]]:
    for file in sorted(folder.glob("*.webp")):
        pair = open_picture(file)
        yield pair.crop((0, 0, SIDE, SIDE)), pair.crop((SIDE, 0, 2 * SIDE, SIDE))


def _error(flat: Image.Image, truth: Image.Image) -> float:
    """L1 of the answer to the truth where it is drawn on: elsewhere both are white."""
    apart = np.asarray(made(ADVERSARIAL, flat), dtype=np.float64) - np.asarray(truth, dtype=np.float64)
    return float(np.abs(apart).mean(-1)[measures.drawn_on(flat)].mean() / 127.5)


def main() -> None:
    """Measures, prints, stores."""
    from scipy.stats import spearmanr
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fluent128/val"))
    asked = parser.parse_args()
    begun = time.monotonic()

    def numbers(drawing: Image.Image) -> dict[str, float]:
        return measures.measure(drawing, unsure(drawing))

    pairs = list(_pairs(asked.data))
    if not pairs:
        raise SystemExit(f"{asked.data} has no pairs (*.webp). Name their folder with --data.")
    usual, errors = [], []
    for flat, truth in tqdm(pairs, unit="pair"):
        usual.append(numbers(flat))
        errors.append(_error(flat, truth))
    ranges = {
        name: np.percentile([one[name] for one in usual], measures.PERCENTILES).tolist() for name in measures.NUMBERS
    }

    def outside(found: list[dict[str, float]], *names: str) -> float:
        return float(np.mean([bool(measures.outside({name: one[name] for name in names}, ranges)) for one in found]))

    others = {
        kind: [numbers(draw(np.random.default_rng(seed))) for seed in range(EACH)] for kind, draw in KINDS.items()
    }
    everything = [one for found in others.values() for one in found]
    rows: dict[str, Any] = {
        name: {
            "error_correlation": float(spearmanr([one[name] for one in usual], errors).statistic),
            "outside": {"emoji": outside(usual, name)} | {kind: outside(one, name) for kind, one in others.items()},
        }
        for name in measures.NUMBERS
    }
    for name, row in rows.items():
        shares = ", ".join(f"{kind} {share:.0%}" for kind, share in row["outside"].items())
        print(
            f"{name:8} {ranges[name][0]:.3f} … {ranges[name][1]:.3f}, rank correlation with the true error "
            f"{row['error_correlation']:+.2f}; outside: {shares}"
        )
    rates = {"emoji": outside(usual, *measures.NUMBERS), "others": outside(everything, *measures.NUMBERS)}
    print(f"any of them outside: emoji {rates['emoji']:.0%}, others {rates['others']:.0%}")
    path = store(
        measures.RANGES.stem,
        command="python -m benchmarks.flat_ranges",
        seeds=list(range(EACH)),
        seconds=time.monotonic() - begun,
        folder=measures.RANGES.parent,
        result={
            "weights": {ADVERSARIAL: translator(ADVERSARIAL).card["sha256"]},
            "percentiles": list(measures.PERCENTILES),
            "pairs": len(pairs),
            "others": len(everything),
            "ranges": ranges,
            "outside": rates,
            "numbers": rows,
        },
    )
    print(path)


if __name__ == "__main__":
    main()
