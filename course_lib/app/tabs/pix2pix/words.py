"""What the façade tab says. Every number in it is read from the models' cards."""

from collections.abc import Callable

from course_lib.app.facts import Card, kid, number
from course_lib.app.widgets import headline, step

HEADLINE = headline(
    "Same network, same photos.<br>Only the loss differs.",
    "A façade drawn in twelve flat colours goes in, a photo comes out. Two networks learned this from the same pairs: "
    "one was trained to come <em>close</em> to the photo, the other also had to fool a discriminator.",
)

# key → title, formula, what a screen reader says
CAPTIONS = {
    "map": ("Label map", "what both are given", "The label map as the networks see it"),
    "twin": ("L1 alone", "|<i>y</i> − <i>G</i>(<i>x</i>)|", "Photo made by the network trained with L1 alone"),
    "adversarial": (
        "L1 + discriminator",
        "<i>λ</i> |<i>y</i> − <i>G</i>(<i>x</i>)| + fool <i>D</i>",
        "Photo made by the network trained with L1 and a discriminator",
    ),
}

EARLIER = '<p role="status">Below are the answers to an earlier façade or seed. Translate makes new ones.</p>'
QUESTION = f"""
{step(3, "Why is one of them blurry?")}
<p class="lead">Look closely at windows and edges, then guess. The answer comes after.</p>
"""


def _details(adversarial: Card, twin: Card) -> str:
    """What was measured on façades that neither network ever saw, if the cards say."""
    try:
        sharp, blurred = adversarial["validation"], twin["validation"]
        near = "closer" if blurred["l1"] < sharp["l1"] else "no closer"
        return (
            f" On {blurred['pairs']} façades it never saw, the blurry twin is <b>{near}</b> to the true photos (L1 "
            f"{blurred['l1']:.3f} against {sharp['l1']:.3f}), yet keeps {blurred['sharpness']:.0%} of their fine "
            f"detail where the other keeps {sharp['sharpness']:.0%}."
        )
    except KeyError:
        return ""


def _right(adversarial: Card, twin: Card) -> str:
    return (
        "<b>Yes.</b> Nothing in the map says whether a wall is pink or grey, or where a shadow falls. The L1 loss is "
        "smallest where every pixel is the median over all the photos that could be true, and that median has no "
        "detail. A discriminator easily tells it from a photo." + _details(adversarial, twin)
    )


def _size(adversarial: Card, twin: Card) -> str:
    count = twin["parameters"]["model"]
    return f"<b>No:</b> they are twins. Each generator has {count:,} parameters. Guess again."


def _training(adversarial: Card, twin: Card) -> str:
    told = ""
    if "epochs" in adversarial and adversarial["epochs"] == twin.get("epochs"):
        told = f": both saw the same photos {twin['epochs']} times, in the same order"
    return f"<b>No</b>{told}. Longer training does not help: the blur is what this loss asks for. Guess again."


ANSWERS: dict[str, Callable[[Card, Card], str]] = {
    "Its network is smaller.": _size,
    "It was trained for a shorter time.": _training,
    "Many photos fit one map, and it paints their middle.": _right,
}

MEASURED = (
    number("L1 on validation", "l1"),
    number("fine detail relative to real", "sharpness", ".2f"),
    kid("KID-VGG", "kid_vgg"),
    kid("KID-VGG, real against real", "kid_vgg_real"),
)
