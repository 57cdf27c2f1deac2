"""What is known of the models of a tab, as one table: a column for each model, a row for each fact."""

import html
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

Card = dict[str, Any]


class Column(NamedTuple):
    """A model, or one direction of a two-way model.

    Args:
        head: what stands above it.
        card: the model's card.
        part: which of the card's networks: "model", or "AtoB" or "BtoA".
    """

    head: str
    card: Card
    part: str = "model"

    @property
    def measured(self) -> dict[str, Any]:
        """What validation measured of this part; empty if nothing."""
        found = self.card.get("validation", {})
        return found if self.part == "model" else found.get(self.part, {})


Row = tuple[str, Callable[[Column], Any]]  # a title, and the fact; None: this card does not say


def number(title: str, key: str, form: str = ".3f") -> Row:
    """A row with one measured number."""
    return title, lambda column: None if column.measured.get(key) is None else format(column.measured[key], form)


def kid(title: str, key: str) -> Row:
    """A row with a measured distance between two sets of pictures, and its interval where there is one."""

    def read(column: Column) -> str | None:
        found = column.measured.get(key)
        if not found:
            return None
        numbers = (found.get(name) for name in ("value", "low", "high"))
        value, *ends = (f"{number:z.3f}".replace("-", "−") for number in numbers if number is not None)
        return f"{value} ({' … '.join(ends)})" if ends else value

    return title, read


def facts(columns: Sequence[Column], measured: Sequence[Row]) -> str:
    """The table: what every card says, and the tab's own rows. Facts that no card has are left out.

    Args:
        measured: rows of what validation measured; they stand before the limits.
    """
    rows: list[Row] = [
        ("trained on", lambda column: column.card.get("data")),
        ("terms of the data", lambda column: column.card.get("terms")),
        ("parameters", lambda column: f"{column.card['parameters'][column.part]:,}"),
        ("epochs", lambda column: _epochs(column.card)),
        ("loss, weights and penalties", lambda column: _loss(column.card)),
        *measured,
        ("limits", lambda column: column.card.get("limits")),
    ]
    lines = []
    for title, read in rows:
        values = [read(column) for column in columns]
        if any(value is not None for value in values):
            cells = "".join(f"<td>{html.escape(str('–' if value is None else value))}</td>" for value in values)
            lines.append(f'<tr><th scope="row">{html.escape(title)}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{html.escape(column.head)}</th>' for column in columns)
    names = dict.fromkeys(html.escape(column.card["name"]) for column in columns)
    body = f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return (
        f'<div class="table"><table>{body}</table></div>'
        f"<p>The whole cards: {', '.join(f'<code>zoo/{name}/README.md</code>' for name in names)}.</p>"
    )


def _epochs(card: Card) -> int | None:
    """All of them, with those of the training that this one began with."""
    return card["epochs"] + card.get("began_with", {}).get("epochs", 0) if "epochs" in card else None


def _loss(card: Card) -> str | None:
    """{"adversarial": "bce", "l1_weight": 100.0, …} → "adversarial bce, l1 weight 100, …"."""
    parts = ((name.replace("_", " "), value) for name, value in card.get("loss", {}).items())
    return (
        ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in parts)
        or None
    )
