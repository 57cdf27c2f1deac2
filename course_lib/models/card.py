"""A model's card for people: Markdown with the Hub's front matter, made from ``card.json`` and nothing else."""

from typing import Any

from course_lib.models.kinds import Kind


def render_card(card: dict[str, Any], kind: Kind) -> str:
    """The card as Markdown. Facts that are absent are left out, never made up."""
    lines = [
        "---",
        "library_name: course_lib",
        f"pipeline_tag: {kind.TAG}",
        "license: other",
        f"tags: [{kind.TAG}, gan, teaching]",
        "---",
        "",
        f"# {card.get('title', card['name'])}",
        "",
        card.get("summary", ""),
        "",
        "| what | |",
        "|---|---|",
        *_facts(card),
    ]
    if "validation" in card:
        lines += ["", *measured_lines(card["validation"], kind)]
    if "against" in card:
        other = card["against"]
        lines += [
            "",
            "## For comparison, on the same pictures",
            "",
            f"`{other['command']}`, {other['steps']} steps:",
            "",
        ]
        lines += measured_lines(other["validation"], kind)[2:]
    for part, fingerprint in card.get("fingerprint", {}).items():
        lines += [
            "",
            f"Fingerprint of {part}: mean {fingerprint['mean']}, standard deviation {fingerprint['std']} of the answer to "
            f"{kind.SHOWN}. `python -m course_lib zoo verify` measures it again.",
        ]
    if card.get("limits"):
        lines += ["", "## Limits", "", card["limits"]]
    return "\n".join(lines) + "\n"


def measured_lines(figures: dict[str, Any], kind: Kind) -> list[str]:
    """Figures as a Markdown section, with the command that measures them again."""
    return [*kind.card_section(figures), "", f"Measured with `{figures['command']}`."]


def _facts(card: dict[str, Any]) -> list[str]:
    rows: list[tuple[str, Any]] = [
        ("begun with", _beginning(card.get("began_with"))),
        ("command", f"`{card['command']}`" if "command" in card else None),
        ("mixed", _mixed(card)),
        ("and its length changed on the way", ", ".join(f"`{command}`" for command in card.get("resumed_with", []))),
        ("changed on the way", "; ".join(card.get("changes", []))),
        ("loss, weights and penalties", _objective(card.get("loss"))),
        ("seed", card.get("seed")),
        ("data", card.get("data")),
        ("terms of the data", card.get("terms")),
        ("epochs, steps", f"{card['epochs']}, {card['steps']}" if card.get("steps") else card.get("epochs")),
        ("on held-out examples, as training went on", _validated(card.get("validated"))),
        ("seconds", f"{card['seconds']:.0f} ({card.get('hardware', '')})" if "seconds" in card else None),
        ("made fast", card.get("fast", {}).get("summary")),
        ("parameters", ", ".join(f"{count:,} ({part})" for part, count in card.get("parameters", {}).items())),
        ("weights", card.get("precision")),
        ("sha256", ", ".join(f"`{digest}` ({part})" for part, digest in card.get("sha256", {}).items())),
        ("versions", ", ".join(f"{name} {version}" for name, version in card.get("versions", {}).items())),
        ("training pictures beside the weights", _neighbours(card)),
        ("licence of the weights", card.get("licence")),
    ]
    return [f"| {name} | {value} |" for name, value in rows if value not in (None, "")]


def _beginning(before: dict[str, Any] | None) -> str | None:
    if not before:
        return None
    return (
        f"`{before['command']}`: {before['epochs']} epochs, {before['steps']} steps, "
        f"{before['seconds']:.0f} seconds ({before['hardware']})"
    )


def _mixed(card: dict[str, Any]) -> str | None:
    if "mixed" not in card:
        return None
    mixed = card["mixed"]
    same = mixed["command"] == card.get("began_with", {}).get("command")
    rest = "it began with" if same else f"of `{mixed['command']}`"
    return (
        f"{mixed['share']:g} of the weights are that training's, the rest those of the model {rest} (network interpolation, "
        "Wang et al. 2018)"
    )


def _validated(figures: dict[str, Any] | None) -> str | None:
    if not figures:
        return None
    values = ", ".join(f"{name} {value:.4g}" for name, value in figures.items() if name != "epoch")
    return f"best after epoch {figures['epoch']}: {values}"


def _neighbours(card: dict[str, Any]) -> str | None:
    beside = card.get("neighbours")
    return beside and (
        f"{beside['pictures']:,} of {beside['of']:,}, {beside['bits']} bit(s) a pixel, to find the nearest one to a sample"
    )


def _objective(loss: dict[str, Any] | None) -> str | None:
    if not loss:
        return None
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in loss.items()
    )
