"""What the CycleGAN tab says. Its numbers come from the models' cards and from what was measured on the examples."""

from typing import Any

from course_lib.app.facts import Column, number
from course_lib.app.widgets import headline

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

HEADLINE = headline(
    "Nobody showed it a pair.<br>How does it find the way back?",
    "Two piles of pictures, and no word on which belongs to which. <em>G</em> learned to turn one kind into the "
    "other, <em>F</em> the way back, and one loss tied them together: there and back again must give what came in.",
)
QUESTION = "<em>F</em> is given nothing but the picture in the middle. How does it know what the first one looked like?"


def ways(model: str) -> dict[str, str]:
    """The two directions of a model, as a visitor reads them."""
    kinds = KINDS[model]
    return {"AtoB": f"{kinds['A']} → {kinds['B']}", "BtoA": f"{kinds['B']} → {kinds['A']}"}


def right_guess(measured: dict[str, Any]) -> str:
    """Which guess the measurement bears out: "hidden" where a perturbation of the middle that one barely sees costs a
    quarter more error, else "seen". Nothing shown was ever trained on, so it is never "learned".
    """
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
    found = right_guess(measured)
    left, blur, levels = (measured[name] for name in ("left", "blur", "levels"))
    told = (
        f"Measured over the {measured['pictures']} examples of this kind, none of which was trained on: from the "
        f"middle as it is, the way back misses by {left['error']:.3f} (L1 on [−1, 1]). Blurred by "
        f"{measured['radius']:g} pixel, which moves the middle by {blur['changed']:.3f}, it misses by "
        f"{blur['error']:.3f}. With {measured['count']} levels a channel, which moves the middle by "
        f"{levels['changed']:.3f}, it misses by {levels['error']:.3f}."
    )
    meaning = {
        "hidden": "<em>F</em> does read what your eyes hardly see: the cycle loss becomes smaller with every trace "
        "that helps, visible or not. Chu, Zhmoginov and Sandler 2017 found aerial photographs hidden in street maps "
        "that way.",
        "seen": "What one sees in the middle is enough for this <em>F</em>. Elsewhere a CycleGAN was found to hide aerial "
        "photographs in street maps (Chu, Zhmoginov and Sandler 2017); here, at this strength, nothing of the kind "
        "was measured.",
    }[found]
    return f"<b>{'Yes' if guess == found else 'No'}.</b> {_wrong(guess, measured)}{meaning}<br>{told}"


def _wrong(guess: str, measured: dict[str, Any]) -> str:
    """What speaks against a guess; nothing against the right one."""
    if guess == right_guess(measured):
        return ""
    times = f"{_worst(measured):.2f} times the error of the middle as it is"
    return {
        "learned": "These pictures were held out: neither network saw one of them in training. ",
        "seen": "If outline, light and background were enough, a perturbation that leaves them in sight would cost "
        f"nothing. It costs: the way back misses by up to {times}. ",
        "hidden": "Traces that are too faint to see would be lost in a blur or with few levels, and the way back would "
        f"miss by much more. It misses by at most {times}. ",
    }[guess]


def _against_truth(column: Column) -> str | None:
    found = column.measured
    return f"{found['truth']['l1']:.3f}; {found['truth_untranslated']['l1']:.3f}" if found.get("truth") else None


MEASURED = (
    number("held-out translations that a classifier calls the target", "called_target", ".0%"),
    number("the same of the sources, untranslated", "untranslated_called_target", ".0%"),
    number("the same of real pictures of the target", "real_called_target", ".0%"),
    number("there and back on held-out pictures, L1", "reconstruction_l1"),
    ("L1 to the true counterpart; doing nothing", _against_truth),
)
