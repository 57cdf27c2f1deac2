"""What the style tab says. Its numbers come from the models' cards."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from course_lib.app.facts import Column, Row
from course_lib.app.widgets import headline

TITLES = {
    "style-starry-night": "The Starry Night",
    "style-wave": "The Great Wave",
    "style-udnie": "Udnie",
    "style-composition-vii": "Composition VII",
}
PAINTERS = {
    "style-starry-night": "Vincent van Gogh, 1889",
    "style-wave": "Katsushika Hokusai, about 1831",
    "style-udnie": "Francis Picabia, 1913",
    "style-composition-vii": "Wassily Kandinsky, 1913",
}

HEADLINE = headline(
    "What has to be equal<br>for two pictures to look alike in style?",
    "Here it is the Gram matrices of a network’s features: how strongly two channels answer at the same places, wherever "
    "those places are. Four networks learned one painting each and need one pass for a photo. Below them, the pixels of "
    "one picture are moved until its matrices are those of a painting.",
)
QUESTION = (
    "Instead of one pass of a network one can begin with noise and move its pixels, step by step, down the same loss. "
    "After how many steps is the loss as low as after the one pass?"
)
COUNTS = (50, 100, 300)  # of steps, for which the cards have the loss
GUESSES = {
    "50": "Within 50",
    "100": "Between 50 and 100",
    "300": "Between 100 and 300",
    "more": "More than 300",
}


def bracket(rows: Mapping[str, Mapping[str, float]]) -> str:
    """The answer for one model: the first count of steps whose loss is not above that of the one pass, or "more"."""
    one = rows["one pass"]["total"]
    return next((str(count) for count in COUNTS if rows[f"{count} steps from noise"]["total"] <= one), "more")


def answer(guess: str, cards: Sequence[Mapping[str, Any]]) -> str:
    """What is said after the guess: every model's own numbers, as its card has them."""
    measured = [card for card in cards if "rows" in card.get("validation", {})]
    if not measured:
        return "The cards of these models do not say; <code>python -m course_lib evaluate</code> measures it."
    found = [bracket(card["validation"]["rows"]) for card in measured]
    told = {"50": "within 50 steps", "100": "between 50 and 100", "300": "between 100 and 300", "more": "more than 300"}
    lines = "".join(
        f"<li>{html.escape(TITLES.get(card['name'], card['name']))}: one pass "
        f"{card['validation']['rows']['one pass']['total']:.2f}; "
        + ", ".join(
            f"{card['validation']['rows'][f'{count} steps from noise']['total']:.2f} after {count}" for count in COUNTS
        )
        + f" steps: {told[where]}.</li>"
        for card, where in zip(measured, found, strict=True)
    )
    right = found.count(guess)
    verdict = "Yes" if right == len(found) else "No" if not right else f"For {right} of {len(found)} paintings"
    validation = measured[0]["validation"]
    return (
        f"<b>{verdict}.</b> Mean of the loss over {validation['pictures']} photos of {validation['longer_side']} pixels that no "
        f"network was trained on, L-BFGS from noise:<ul>{lines}</ul>The network paid for its pass before: it was trained for this one painting."
    )


def _total(title: str, row: str) -> Row:
    def read(column: Column) -> str | None:
        found = column.measured.get("rows", {}).get(row)
        return None if found is None else f"{found['total']:.3f}"

    return title, read


MEASURED: tuple[Row, ...] = (
    _total("loss of one pass", "one pass"),
    *(_total(f"loss after {count} steps from noise", f"{count} steps from noise") for count in COUNTS),
)
TERMS = (
    "<p>Example photos: those that scikit-image and scikit-learn bring along on this computer. Coffee and Flower were held out "
    "from training, as your own photo was; the other four were among the photos that the networks learned from. The painters "
    "died more than 70 years ago.</p>"
)
