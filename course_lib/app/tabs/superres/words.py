"""What the super-resolution tab says. Its numbers come from the models' cards and from what was measured on the crop."""

from collections.abc import Mapping

from course_lib.app.facts import Column, Row
from course_lib.app.tabs.superres.crops import FAITHFUL, SCALE, SHARP, SIDE
from course_lib.app.tabs.superres.whole import MOST
from course_lib.app.widgets import headline

Figures = Mapping[str, Mapping[str, float | None]]  # of each answer: "psnr" (None: equal to the truth) and "distance"

HEADLINE = headline(
    "Many large pictures fit one small one.<br>Which one is the answer?",
    f"Each pixel becomes {SCALE**2}, and nothing says what the new ones were. <em>SRResNet</em> was trained to come close "
    "to the photo, pixel by pixel. <em>SRGAN</em> was trained on from its weights, with a discriminator that tells "
    "enlarged pictures from photos.",
)

# name → title, and where it comes from
SHOWN = {
    "small": ("Small picture", f"what goes in, {SIDE} × {SIDE} pixels at most"),
    "bicubic": ("Bicubic", "a formula, nothing learned"),
    "srresnet": ("SRResNet", "trained on an error in pixels"),
    "between": ("In between", ""),
    "srgan": ("SRGAN", "trained with a discriminator, too"),
    "truth": ("The truth", "the picture before it was reduced"),
}
VIEWS = {
    "side": "Side by side", "slider": "Slider", "bicubic": "Bicubic", "srresnet": "SRResNet", "between": "In between",
    "srgan": "SRGAN", "truth": "The truth",
}  # fmt: skip

QUESTION = "Look closely, then answer. What was measured is shown after that."
GUESSES = {
    "bicubic": "Bicubic",
    "srresnet": "SRResNet",
    "srgan": "SRGAN",
    "same": "I see no difference.",
}
NO_TRUTH = (
    "Nobody knows how this picture looked at four times its size, so no answer can be measured. Switch on “First reduce "
    "it”: then your picture is the truth."
)

WHOLE = (
    f"By the weights in between, as the slider says. At most {MOST:,} pixels go in, which become "
    f"{MOST * SCALE**2 // 1_000_000} million. The finished picture can be saved as PNG."
)


def reply(guess: str, figures: Figures) -> str:
    """What is said after the visitor's answer, and what the two measures say of the same crop."""
    by_pixels = max(figures, key=lambda name: _db(figures[name]))
    by_features = min(figures, key=lambda name: _distance(figures[name]))
    chosen = (
        "You see no difference."
        if guess == "same"
        else f"You chose {SHOWN[guess][0]}. " + _agree(guess, by_pixels, by_features)
    )
    measured = (
        f"On this crop <b>{SHOWN[by_pixels][0]}</b> has the highest PSNR ({psnr(figures[by_pixels])}), and "
        f"<b>{SHOWN[by_features][0]}</b> lies nearest to the truth in the features of a trained network "
        f"({_distance(figures[by_features]):.3f})."
    )
    return (
        f"<b>{chosen}</b> {measured} PSNR is computed from the squared error of the pixels, which is smallest for the average of "
        "all pictures that could be true, and an average is smooth. A discriminator knows smooth from real, so SRGAN "
        "has to choose one of those pictures. Where it chooses wrongly, what you see was never there."
    )


def _agree(guess: str, by_pixels: str, by_features: str) -> str:
    if guess == by_pixels == by_features:
        return "So do both measures."
    if guess == by_pixels:
        return "So does PSNR."
    return "So does the distance in features." if guess == by_features else "Neither measure does."


def _db(one: Mapping[str, float | None]) -> float:
    value = one["psnr"]
    return float("inf") if value is None else value


def _distance(one: Mapping[str, float | None]) -> float:
    value = one["distance"]
    assert value is not None
    return value


def psnr(one: Mapping[str, float | None]) -> str:
    """ "27.31 dB", or that there is no error at all."""
    return "equal to the truth" if one["psnr"] is None else f"{one['psnr']:.2f} dB"


def _of_row(key: str, form: str) -> Row:
    titles = {"psnr": "PSNR on Set5, dB (bicubic)", "vgg_distance": "VGG distance on Set5 (bicubic)"}

    def read(column: Column) -> str | None:
        rows = column.measured.get("rows", {})
        values = [rows.get(name, {}).get(key) for name in ("model", "bicubic")]
        return None if None in values else f"{values[0]:{form}} ({values[1]:{form}})"

    return titles[key], read


MEASURED = (_of_row("psnr", ".2f"), _of_row("vgg_distance", ".3f"))
TITLES = {FAITHFUL: "SRResNet", SHARP: "SRGAN"}
EXAMPLE_TERMS = (
    "<p>Example photos: those that scikit-image and scikit-learn bring along on this computer; neither network was trained "
    "on them.</p>"
)
