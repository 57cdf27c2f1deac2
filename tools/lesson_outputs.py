"""Whether a stored notebook still says what a fresh run of its lesson says.

``python -m tools.lesson_outputs NAME …`` runs lessons and prints what is stale; all of them if none is named.
"""

import math
import re
import sys
from itertools import zip_longest
from typing import Any

import nbformat

# Numbers may differ by this share, or by this many units of their last printed digit: another processor or another
# number of threads adds in another order, and a training run amplifies that.
SHARE = 0.1
UNITS = 2.5
TIME = re.compile(r"(?<![\w.])\d+(?:\.\d+)? ?(?:ms|s|seconds?)\b")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}|data:image/[a-z+]+;base64,[\w+/=]+")
NUMBER = re.compile(r"(?:(?<![\w.)])[-+−])?(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d{1,3}(?!\w))?")


def texts(cell: dict[str, Any]) -> list[str]:
    """What a cell says in words and numbers: its printed text as one, then the text of each shown value."""
    outputs = cell.get("outputs", [])
    printed = "".join(output["text"] for output in outputs if output["output_type"] == "stream")
    shown = [
        str(output["data"][kind])
        for output in outputs
        for kind in sorted(output.get("data", {}))
        if kind.startswith("text/")
    ]
    return [ADDRESS.sub("…", TIME.sub("… s", text)) for text in [printed, *shown] if text]


def agree(stored: str, fresh: str) -> bool:
    """Whether two texts say the same: the same words, and numbers that are near; spaces and rules do not count."""
    return (
        len(NUMBER.findall(stored)) == len(NUMBER.findall(fresh))
        and _words(stored) == _words(fresh)
        and all(map(_near, NUMBER.findall(stored), NUMBER.findall(fresh)))
    )


def differences(stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode) -> list[str]:
    """One sentence for each text of the stored notebook that a fresh run does not confirm."""
    found = []
    for at, (old, new) in enumerate(zip_longest(stored.cells, fresh.cells, fillvalue={})):
        for before, after in zip_longest(texts(old), texts(new), fillvalue=""):
            if agree(before, after):
                continue
            lines = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
            old_line, new_line = next(((a, b) for a, b in lines if not agree(a, b)), (before, after))
            differ = [a != b for a, b in zip_longest(old_line, new_line)]
            from_here = max(0, differ.index(True) - 60) if True in differ else 0
            old_line, new_line = (line[from_here : from_here + 160].strip() for line in (old_line, new_line))
            found.append(f"cell {at}: stored {old_line!r}, a fresh run says {new_line!r}")
    return found


def _words(text: str) -> list[str]:
    return re.sub(r"-{2,}", " ", NUMBER.sub(" # ", text)).split()


def _near(stored: str, fresh: str) -> bool:
    a, b = (float(text.replace(",", "").replace("−", "-")) for text in (stored, fresh))
    unit = max(_last_digit(stored), _last_digit(fresh))
    return abs(a - b) <= max(SHARE * max(abs(a), abs(b)), UNITS * unit) or a == b or math.isclose(a, b)


def _last_digit(number: str) -> float:
    """The worth of the last digit: 0.01 for "3.14", 1e-9 for "2.5e-8"; 0 for a whole number below 10, a count."""
    digits, _, exponent = number.partition("e")
    decimals = len(digits.partition(".")[2])
    if not decimals and not exponent and len(digits.strip("+-−")) == 1:
        return 0.0
    return 10.0 ** (int(exponent or 0) - decimals)


def main(names: list[str]) -> int:
    from benchmarks.lessons import run, scripts

    stale = 0
    for script in scripts(names):
        found = differences(nbformat.read(script.with_suffix(".ipynb"), as_version=4), run(script))
        print("\n".join([f"{script.stem}: {len(found)} stale", *found]), flush=True)
        stale += len(found)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
