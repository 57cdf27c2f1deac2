"""What the colour tab says. Its numbers come from the models' cards and from what was measured on the examples."""

from typing import Any

import numpy as np

from course_lib.app.facts import number
from course_lib.app.widgets import headline

L2, ADVERSARIAL = MODELS = ("colorize-emoji-l2", "colorize-emoji")
TITLES = {L2: "L2 alone", ADVERSARIAL: "L1 + discriminator"}
# name → title, and what it is
SHOWN = {
    "grey": ("Grey", "what goes in"),
    L2: (TITLES[L2], "trained on the squared error"),
    ADVERSARIAL: (TITLES[ADVERSARIAL], "trained with a discriminator, too"),
    "truth": ("The truth", "the picture before it was grey"),
}

HEADLINE = headline(
    "The grey picture does not say<br>whether the shirt was red or blue.",
    "Two networks of one kind learned to colour emoji from the same pictures. One was trained on the squared error "
    "alone. The other was trained on the absolute error and also had to fool a discriminator.",
)
QUESTION = (
    "Suppose half of the shirts in the training pictures are red and half are blue. Which shirt has the smallest squared "
    "error, on average?"
)
GUESSES = {
    "one": "A red one or a blue one: either is right half of the time.",
    "mean": "One of the mean of red and blue.",
    "grey": "A grey one, as it came in.",
}
RED, BLUE = (214, 45, 50), (40, 90, 214)


def mean_colour() -> tuple[int, int, int]:
    red, green, blue = np.mean([RED, BLUE], axis=0).round().astype(int).tolist()
    return red, green, blue


def _swatch(colour: tuple[int, int, int]) -> str:
    return f'<i class="swatch" style="background: rgb{colour}"></i>'


def _error(shirt: tuple[int, ...]) -> float:
    """Mean squared error of one shirt over red and blue ones, of values in 0 … 1."""
    apart = (np.array(shirt, dtype=float) - np.array([RED, BLUE])) / 255
    return float((apart**2).mean())


def answer(guess: str, measured: dict[str, Any]) -> str:
    """What is said after a guess.

    Args:
        measured: {"pictures": how many, and for each model that is there its chroma relative to the truth}.
    """
    mean = mean_colour()
    luma = round(sum(0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2] for c in (RED, BLUE)) / 2)
    shirts = (("red", RED), ("mean", mean), ("blue", BLUE), ("grey", (luma, luma, luma)))
    errors = ", ".join(f"{_swatch(colour)} {name} {_error(colour):.3f}" for name, colour in shirts)
    told = {
        L2: "the network trained on the squared error has {:.2f} times the chroma of the truth",
        ADVERSARIAL: "the one with a discriminator has {:.2f} times",
    }
    found = ", ".join(text.format(measured[name]) for name, text in told.items() if name in measured)
    return (
        f"<b>{'Yes' if guess == 'mean' else 'No'}.</b> Mean squared error over red and blue shirts: {errors}. The mean is a "
        "dull colour that no shirt has, and a discriminator can tell that. Red or blue it cannot tell from a real shirt, so a "
        f"network that has to fool it may choose one of them. Measured over the {measured['pictures']} examples: {found}."
    )


MEASURED = (
    number("chroma relative to the truth", "chroma"),
    number("L1 on validation", "l1"),
    number("distance in VGG features", "features"),
)
