"""What the façade tab says. Every number in it is read from the models' cards."""

import html
from collections.abc import Callable
from typing import Any

Card = dict[str, Any]

HEADLINE = """
<div class="headline">
  <h1>Same network, same photos.<br>Only the loss differs.</h1>
  <p>A façade drawn in twelve flat colours goes in, a photo comes out. Two networks learned this from the same pairs: one
  was told to come <em>close</em> to the photo, the other also had to fool a discriminator.</p>
</div>
"""

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

QUESTION = """
<h2><span class="step">3</span>Why is one of them blurry?</h2>
<p class="lead">Look closely at windows and edges, then guess. The answer comes after.</p>
"""


def _details(adversarial: Card, twin: Card) -> str:
    """What was measured on façades that neither network ever saw, if the cards say."""
    try:
        sharp, blurred = adversarial["validation"], twin["validation"]
        return (
            f" On {twin['validation']['pairs']} façades it never saw, the blurry twin is <b>closer</b> to the true photos "
            f"(L1 {blurred['l1']:.3f} against {sharp['l1']:.3f}), yet keeps {blurred['sharpness']:.0%} of their fine "
            f"detail where the other keeps {sharp['sharpness']:.0%}."
        )
    except KeyError:
        return ""


def _right(adversarial: Card, twin: Card) -> str:
    return (
        "<b>Yes.</b> Nothing in the map says whether a wall is pink or grey, or where a shadow falls. Whoever is punished for "
        "the distance to <em>one</em> true photo does best by answering with the middle of all the photos that could be "
        "true, and a middle has no detail. A discriminator sees at once that no photo looks like that."
        + _details(adversarial, twin)
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

LESSON = """
<p class="further">Lesson 06 takes this apart, step by step: run <code>make lab</code> (or <code>python dev.py lab</code>) and open
<code>notebooks/06_pix2pix.ipynb</code>.</p>
"""


def facts(cards: list[Card]) -> str:
    """The cards as one table, a column for each model; facts that no card has are left out."""
    rows: list[tuple[str, Callable[[Card], Any]]] = [
        ("trained on", lambda card: card.get("data")),
        ("terms of the data", lambda card: card.get("terms")),
        ("parameters", lambda card: f"{card['parameters']['model']:,}"),
        ("epochs", lambda card: card.get("epochs")),
        ("λ of L1, weight of the adversarial loss", _weights),
        ("L1 on validation", lambda card: _measured(card, "l1", "{:.3f}")),
        ("fine detail relative to real", lambda card: _measured(card, "sharpness", "{:.2f}")),
        ("KID-VGG", lambda card: _kid(card, "kid_vgg")),
        ("KID-VGG, real against real", lambda card: _kid(card, "kid_vgg_real")),
        ("limits", lambda card: card.get("limits")),
    ]
    lines = []
    for title, read in rows:
        values = [read(card) for card in cards]
        if any(value is not None for value in values):
            cells = "".join(f"<td>{html.escape(str('–' if value is None else value))}</td>" for value in values)
            lines.append(f'<tr><th scope="row">{title}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{html.escape(card["name"])}</th>' for card in cards)
    names = ", ".join(f"<code>zoo/{html.escape(card['name'])}/README.md</code>" for card in cards)
    return (
        f'<div class="table"><table><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
        f"<p>The whole cards: {names}.</p>"
    )


def _weights(card: Card) -> str | None:
    weights = card.get("loss_weights")
    return f"{weights['l1_weight']:g}, {weights['adversarial_weight']:g}" if weights else None


def _measured(card: Card, key: str, form: str) -> str | None:
    value = card.get("validation", {}).get(key)
    return None if value is None else form.format(value)


def _kid(card: Card, key: str) -> str | None:
    kid = card.get("validation", {}).get(key)
    return None if kid is None else f"{kid['value']:.2f} ({kid['low']:.2f} … {kid['high']:.2f})"
