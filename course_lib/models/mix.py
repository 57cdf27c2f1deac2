"""A model between two trained ones, as one more model of the zoo.

A network that an adversary trained on from an L1 network lies near it; on the line between them sharpness is exchanged
for nearness to the truth, without another training.
"""

from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.models.files import Card
from course_lib.networks.interpolation import interpolated


def mix(first: str | Path, second: str | Path, share: float, target: str | Path, **facts: Any) -> Path:
    """Writes a model whose weights are share · first's + (1 − share) · second's; ``facts`` go onto the card.

    Args:
        first, second: names in the zoo or folders of models. One began with the other (``--start-from``), or both with
            the same third: networks that were begun apart have nothing between them.
        share: between 0 and 1, without the ends.
        target: a name (goes to the zoo) or a path.

    Raises:
        CourseError: no such model, different networks, no common beginning, or a share out of its range.
    """
    if not 0 < share < 1:
        raise CourseError(f"share is {share}; it must be between 0 (all the second model) and 1 (all the first).")
    configs, cards = [zoo.config_of(one)[0] for one in (first, second)], [zoo.card_of(one) for one in (first, second)]
    names = sorted((configs[0].keys() | configs[1].keys()) - {"task"})  # SRResNet's network may become SRGAN's
    for other in (name for name in names if configs[0].get(name) != configs[1].get(name)):
        raise CourseError(
            f"{first} and {second} cannot be mixed: {other} is {configs[0].get(other)} and {configs[1].get(other)}."
        )
    if not _commands(cards[0]) & _commands(cards[1]):
        raise CourseError(
            f"By their cards, neither of {first} and {second} began with the other, nor both with the same model. The "
            "mean of networks that were begun apart is no network. Train one on from the other (--start-from)."
        )
    of_first, of_second = zoo.load_parts(first), zoo.load_parts(second)
    for part, model in of_first.items():
        weights = interpolated(model.network.state_dict(), of_second[part].network.state_dict(), 1 - share)
        model.network.load_state_dict(weights)
    card = {name: value for name, value in cards[0].items() if name not in ("name", "validation", "against", "limits")}
    mixed = {
        "share": share,
        "first": cards[0]["sha256"],
        "second": cards[1]["sha256"],
        "command": cards[1].get("command"),
    }
    return zoo.save(
        target, {part: model.network for part, model in of_first.items()}, configs[0], card | {"mixed": mixed} | facts
    )


def _commands(card: Card) -> set[str]:
    """Of the training that a card tells of, and of all that went before it."""
    found = set()
    training: dict[str, Any] | None = card
    while training:
        found |= {training["command"]} if "command" in training else set()
        training = training.get("began_with")
    return found
