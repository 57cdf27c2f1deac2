"""What the tab says. Its numbers come from the models' cards, from the stored ranges and from what was measured here."""

from collections.abc import Mapping
from typing import Any

from course_lib.app.facts import Card, kid, number
from course_lib.app.tabs.flat.answers import ADVERSARIAL, CYCLE, MOVE, TWIN
from course_lib.app.widgets import headline

TITLES = {TWIN: "L1 alone", ADVERSARIAL: "L1 + discriminator", CYCLE: "CycleGAN"}
# name → title, and what it is
SHOWN = {
    "drawing": ("The drawing", "what goes in"),
    TWIN: (TITLES[TWIN], "pairs, and the absolute error"),
    ADVERSARIAL: (TITLES[ADVERSARIAL], "pairs, and a discriminator to fool"),
    CYCLE: (TITLES[CYCLE], "no pairs"),
    "truth": ("The truth", "the same emoji, rendered in 3-D"),
    "map": ("Where it is unsure", "spread of L1 + discriminator when the drawing is mirrored or moved"),
}
VIEWS = {"side": "Side by side", "slider": "Slider"}

HEADLINE = headline(
    "Draw something flat.<br>Three networks make it 3-D.",
    "Two learned from emoji drawn flat, each beside the same emoji in 3-D: one from the absolute error alone, one also had "
    "to fool a discriminator. The third, a CycleGAN, never saw a drawing and a rendering of the same emoji.",
)
EMPTY = "The canvas is empty. Draw something, or choose an emoji."
QUESTION = "Over all examples: which network’s answers lie closest to the truth, pixel by pixel?"

# name of a number → what it is, and how it is written
MEASURES = {
    "covered": ("Share of the canvas that is drawn on", ".0%"),
    "margin": ("Share of the outermost pixels that is drawn on", ".0%"),
    "spread": ("Spread over the drawing as it is, mirrored and moved", ".3f"),
}
UNSURE = (
    f"L1 + discriminator answers three times: to the drawing, to its mirror picture, and to the drawing moved by {MOVE} pixels; "
    "each answer is turned and moved back. Where the three differ, it is unsure; the map shows where."
)


def written(name: str, value: float) -> str:
    """A number as the page shows it."""
    return format(value, MEASURES[name][1])


def verdict(outside: list[str], known: Mapping[str, Any], example: bool) -> str:
    """What the three numbers say of a drawing.

    Args:
        outside: the numbers that lie outside of their ranges.
        known: what the benchmark stored; nothing is said without it.
    """
    if not known:
        return ""
    low, high = known["percentiles"]
    if outside:
        names = ", ".join(f"“{MEASURES[name][0]}”" for name in outside)
        first = (
            f"This emoji is an unusual one. Outside of the range: {names}."
            if example
            else f"<b>This is unlike the emoji that they know.</b> Outside of the range: {names}. The networks never learned "
            "what such a drawing looks like in 3-D; their answers are guesses."
        )
    else:
        first = "By these numbers it is like other emoji." + (
            "" if example else " They do not recognise what was drawn, so the answers may still be wrong."
        )
    rates = known["outside"]
    return (
        f"{first} A range goes from the {low}th to the {high}th percentile of {known['pairs']} emoji that no network was "
        f"trained on. The check is rough: of those emoji {rates['emoji']:.0%} have a number outside, of {known['others']} "
        f"scribbles, letters, patterns, noise and photos {rates['others']:.0%}."
    )


def unsure(known: Mapping[str, Any]) -> str:
    """What the spread is, and how far it can be believed."""
    if not known:
        return UNSURE
    found = f"{known['numbers']['spread']['error_correlation']:+.2f}".replace("-", "−")
    return (
        f"{UNSURE} It is a hint, no more: over those {known['pairs']} emoji the rank correlation of the spread with the true "
        f"error is {found}."
    )


def answer(guess: str, measured: Mapping[str, Any], cards: Mapping[str, Card]) -> str:
    """What is said after a guess.

    Args:
        measured: {"pictures": how many, "drawing": {"l1"}, and for each model that works {"l1", "detail"}}, against
            the truth of the examples.
        cards: of the models that work.
    """
    models = [name for name in (TWIN, ADVERSARIAL, CYCLE) if name in measured]
    shown = {name: f"{measured[name]['l1']:.3f}" for name in models}
    nearest = [name for name in models if shown[name] == min(shown.values())]  # as many digits decide as can be read
    verdict = "No" if guess not in nearest else "Yes" if len(nearest) == 1 else "Yes, but no closer than another"
    each = ", ".join(f"{TITLES[name]} {shown[name]} ({measured[name]['detail']:.2f})" for name in models)
    told = [
        f"<b>{verdict}.</b> Mean distance to the truth over the {measured['pictures']} "
        "examples, which no network was trained on (L1 on [−1, 1]), and fine detail relative to the truth: "
        f"{each}. The drawing itself lies {measured['drawing']['l1']:.3f} from it."
    ]
    if TWIN in models:
        told.append(
            "The drawing does not say where gloss and shadow lie. The absolute error is smallest where every pixel is the "
            "median of all 3-D pictures that fit the drawing, and a median of gloss in many places is soft."
        )
    told.append(
        "A discriminator can tell a soft picture from a real one, so the network trained with it has to decide where the "
        "gloss lies, right or wrong."
    )
    if TWIN in models and measured[TWIN]["detail"] >= measured[ADVERSARIAL]["detail"]:
        card = cards.get(ADVERSARIAL, {})
        late = (
            f" {TITLES[ADVERSARIAL]} began with its weights, after {before:,} steps, and had a discriminator for "
            f"{card['steps']:,} steps more."
            if (before := card.get("began_with", {}).get("steps")) and card.get("steps")
            else ""
        )
        told.append(f"Here the network with L1 alone is not the softer one.{late}")
    if CYCLE in models:
        told.append(
            "CycleGAN was never told which 3-D picture belongs to a drawing. Its losses ask for a picture that looks like a "
            "3-D emoji and leads back to the drawing; many do, and nothing says which of them is the truth."
        )
    return " ".join(told) + _validated(cards)


def _validated(cards: Mapping[str, Card]) -> str:
    """What the cards measured on the validation pairs, if they say."""
    measured = {name: card.get("validation", {}) for name, card in cards.items()}
    without = measured.get(CYCLE, {}).get("AtoB", {})
    distances = {name: measured.get(name, {}).get("l1") for name in (TWIN, ADVERSARIAL)}
    distances[CYCLE] = without.get("truth", {}).get("l1")
    found = [f"{TITLES[name]} {value:.3f}" for name, value in distances.items() if value is not None]
    if not found:
        return ""
    untouched = measured.get(ADVERSARIAL, {}).get("unchanged", without.get("truth_untranslated", {})).get("l1")
    nothing = "" if untouched is None else f"; leaving the drawing as it is, {untouched:.3f}"
    return f" On the validation pairs their cards say: {', '.join(found)}{nothing}."


def _against_truth(key: str) -> Any:
    def read(column: Any) -> str | None:
        found = column.measured
        if found.get("truth"):  # a two-way model, measured against the pairs that it never saw
            return f"{found['truth'][key]:.3f}" if key in found["truth"] else None
        return f"{found[key]:.3f}" if key in found else None

    return read


MEASURED = (
    ("L1 to the truth", _against_truth("l1")),
    ("SSIM to the truth", _against_truth("ssim")),
    number("distance to the truth in VGG features", "features"),  # CycleGAN's card has another measure of that name
    number("fine detail relative to real", "sharpness", ".2f"),
    number("mean value where the truth is white (1 is white)", "white_ground"),
    kid("KID-VGG", "kid_vgg"),
    kid("KID-VGG, real against real", "kid_vgg_real"),
)
