"""Emoji by their file names: which pictures are one emoji in other skins and genders, and who is trained on what.

A file is named by its code points, ``1f469-1f3fd-200d-1f680.png``. Skin tones and genders of one emoji are one *base*:
a network that has seen the astronaut with one skin has seen the astronaut.
"""

import hashlib
import re
from collections.abc import Callable, Iterable

SKIN = re.compile("1f3f[b-f]")
SILENT = {"fe0f", "200d", "2640", "2642"}  # "draw in colour", "join", female sign, male sign
PERSON = {
    **dict.fromkeys(("1f468", "1f469"), "1f9d1"),  # man, woman → person
    **dict.fromkeys(("1f466", "1f467"), "1f9d2"),  # boy, girl → child
    **dict.fromkeys(("1f474", "1f475"), "1f9d3"),  # old man, old woman → older person
}
HELD_OUT = 180  # bases that no training sees


def base(stem: str) -> str:
    """The base of a file name without suffix: its code points without skin, gender and joiners."""
    points = [point for point in stem.split("-") if point not in SILENT and not SKIN.fullmatch(point)]
    return "-".join(PERSON.get(point, point) for point in points) or stem


def split(stems: Iterable[str]) -> dict[str, list[list[str]]]:
    """File stems by part: "A" and "B" (trained on, disjoint) and "val" (held out), each a list of bases' variants.

    The order is that of a hash, so that it is the same everywhere and has nothing to do with what an emoji shows.
    The first variant of a base is its plainest.
    """
    order = _by_base(stems, base)
    rest = order[HELD_OUT:]
    return {"val": order[:HELD_OUT], "A": rest[0::2], "B": rest[1::2]}


def two_parts(stems: Iterable[str]) -> tuple[list[list[str]], list[list[str]]]:
    """Disjoint halves of a set of emoji, each a list of bases' variants; here professions of a person are one base too.

    A network that has seen the cook in 3-D has seen the person in 3-D, so both stand in the same half.
    """
    halves: tuple[list[list[str]], list[list[str]]] = ([], [])
    for variants in sorted(_by_base(stems, _who), key=len, reverse=True):  # so the halves become equally large
        smaller = min(halves, key=lambda half: sum(map(len, half)))
        smaller.append(variants)
    return halves


def _who(stem: str) -> str:
    """The base, or the person alone where it begins with one."""
    name = base(stem)
    first = name.split("-", maxsplit=1)[0]
    return first if first in PERSON.values() else name


def _by_base(stems: Iterable[str], name: Callable[[str], str]) -> list[list[str]]:
    """The variants of each base, the plainest first; bases in the order of a hash of their names."""
    bases: dict[str, list[str]] = {}
    for stem in sorted(stems, key=lambda stem: (len(stem), stem)):
        bases.setdefault(name(stem), []).append(stem)
    return [bases[one] for one in sorted(bases, key=lambda one: hashlib.sha256(one.encode()).digest())]
