"""Markdown tables of the cards."""

from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[Sequence[str]], head: Sequence[str] = ("figure", "value")) -> list[str]:
    """A Markdown table, a line each."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def kid_cell(kid: dict[str, Any]) -> str:
    """A KID-VGG with its interval, where there were enough samples for one."""
    if kid.get("low") is None:
        return f"{kid['value']:.3f} (too few different samples for an interval)"
    return f"{kid['value']:.3f} ({kid['low']:.3f} … {kid['high']:.3f})"
