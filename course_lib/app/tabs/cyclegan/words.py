"""What the CycleGAN tab says. Its numbers come from the models' cards and from what was measured on the examples."""

import html
from collections.abc import Callable
from typing import Any

Card = dict[str, Any]

# model → what it is called, what its two domains are, and what one picture of each is
KINDS = {
    "cyclegan-apple2orange": {
        "title": "Apples and oranges",
        "A": "apple",
        "B": "orange",
        "oneA": "an apple",
        "oneB": "an orange",
    },
    "cyclegan-emoji": {
        "title": "Emoji in two styles",
        "A": "Noto",
        "B": "Twemoji",
        "oneA": "a Noto emoji",
        "oneB": "a Twemoji",
    },
}

GUESSES = {
    "learned": "It knows these very pictures from training.",
    "seen": "The picture in the middle still shows enough: outline, light, background.",
    "hidden": "G leaves traces in the middle that are too faint to see, and F reads them.",
}

MIDDLES = {"left": "Leave it", "blur": "Blur it", "levels": "Few levels"}

HEADLINE = """
<div class="headline">
  <h1>Nobody showed it a pair.<br>How does it find the way back?</h1>
  <p>Two piles of pictures, and no word on which belongs to which. <em>G</em> learned to turn one kind into the other, <em>F</em> the
  way back, and one loss tied them together: there and back again must give what came in.</p>
</div>
"""


def ways(model: str) -> dict[str, str]:
    """The two directions of a model, as a visitor reads them."""
    kinds = KINDS[model]
    return {"AtoB": f"{kinds['A']} → {kinds['B']}", "BtoA": f"{kinds['B']} → {kinds['A']}"}


def verdict(measured: dict[str, Any]) -> str:
    """Which guess the measurement bears out: "hidden" where a middle spoiled so little that one barely sees it costs a
    quarter more error, else "seen". Nothing shown was ever trained on, so it is never "learned"."""
    return "hidden" if _worst(measured) >= 1.25 else "seen"


def _worst(measured: dict[str, Any]) -> float:
    left = measured["left"]["error"]
    return max(measured[name]["error"] for name in ("blur", "levels")) / left if left else 1.0


def answer(guess: str, measured: dict[str, Any]) -> str:
    """What is said after a guess.

    Args:
        measured: {"pictures": count, "radius", "count" of levels, and for "left", "blur" and "levels":
            {"changed": L1 of the middle to G(x), "error": L1 of x to the way back}}, means over the examples.
    """
    found = verdict(measured)
    left, blur, levels = (measured[name] for name in ("left", "blur", "levels"))
    told = (
        f"Measured over the {measured['pictures']} examples of this kind, none of which was trained on: from the middle as it is, "
        f"the way back misses by {left['error']:.3f} (L1 on [−1, 1]). Blurred by {measured['radius']:g} pixel, which moves the "
        f"middle by {blur['changed']:.3f}, it misses by {blur['error']:.3f}. With {measured['count']} levels a channel, which moves "
        f"the middle by {levels['changed']:.3f}, it misses by {levels['error']:.3f}."
    )
    meaning = {
        "hidden": "<em>F</em> does read what your eyes hardly see: the cycle loss pays <em>G</em> for every trace that helps, seen "
        "or not. Chu, Zhmoginov and Sandler 2017 found aerial photographs hidden in street maps that way.",
        "seen": "This pair lives on what you can see as well. Elsewhere a CycleGAN was found to hide aerial photographs in street "
        "maps (Chu, Zhmoginov and Sandler 2017); here, at this strength, there is nothing of the kind to speak of.",
    }[found]
    return f"<b>{'Yes' if guess == found else 'No'}.</b> {meaning}<br>{told}"


def facts(cards: dict[str, Card]) -> str:
    """The cards, a column for each direction of each model; facts that no card has are left out."""
    columns = [(name, card, way) for name, card in cards.items() for way in ("AtoB", "BtoA")]
    rows: list[tuple[str, Callable[[Card, str], Any]]] = [
        ("trained on", lambda card, way: card.get("data")),
        ("terms of the data", lambda card, way: card.get("terms")),
        ("parameters", lambda card, way: f"{card['parameters'][way]:,}"),
        ("epochs", lambda card, way: _epochs(card)),
        (
            "held-out translations that a classifier calls the target",
            lambda card, way: _share(card, way, "called_target"),
        ),
        ("the same of the sources, untranslated", lambda card, way: _share(card, way, "untranslated_called_target")),
        ("the same of real pictures of the target", lambda card, way: _share(card, way, "real_called_target")),
        (
            "there and back on held-out pictures, L1",
            lambda card, way: _measured(card, way, "reconstruction_l1", "{:.3f}"),
        ),
        ("L1 to the true counterpart; doing nothing", _truth),
        ("limits", lambda card, way: card.get("limits")),
    ]
    lines = []
    for title, read in rows:
        values = [read(card, way) for _, card, way in columns]
        if any(value is not None for value in values):
            cells = "".join(f"<td>{html.escape(str('–' if value is None else value))}</td>" for value in values)
            lines.append(f'<tr><th scope="row">{title}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{html.escape(ways(name)[way])}</th>' for name, _, way in columns)
    names = ", ".join(f"<code>zoo/{html.escape(name)}/README.md</code>" for name in cards)
    return (
        f'<div class="table"><table><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
        f"<p>The whole cards: {names}.</p>"
    )


def _epochs(card: Card) -> int | None:
    """All of them, with those of the training that this one began with."""
    return card["epochs"] + card.get("began_with", {}).get("epochs", 0) if "epochs" in card else None


def _truth(card: Card, way: str) -> str | None:
    measured = card.get("validation", {}).get(way, {})
    if not measured.get("truth"):
        return None
    return f"{measured['truth']['l1']:.3f}; {measured['truth_untranslated']['l1']:.3f}"


def _measured(card: Card, way: str, key: str, form: str) -> str | None:
    value = card.get("validation", {}).get(way, {}).get(key)
    return None if value is None else form.format(value)


def _share(card: Card, way: str, key: str) -> str | None:
    return _measured(card, way, key, "{:.0%}")
