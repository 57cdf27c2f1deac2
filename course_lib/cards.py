"""A model's card for people: Markdown with the Hub's front matter, made from ``card.json`` and nothing else."""

from typing import Any

_FIGURES = (
    ("l1", "L1 on [−1, 1]", "{:.4f}"),
    ("psnr", "PSNR (luma), dB", "{:.2f}"),
    ("ssim", "SSIM (luma)", "{:.4f}"),
    ("sharpness", "high-frequency power relative to real", "{:.3f}"),
)


def render_card(card: dict[str, Any]) -> str:
    """The card as Markdown. Facts that are absent are left out, never made up."""
    lines = [
        "---",
        "library_name: course_lib",
        "pipeline_tag: image-to-image",
        "license: other",
        "tags: [image-to-image, gan, teaching]",
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
        lines += ["", *validation_lines(card["validation"])]
    for part, fingerprint in card.get("fingerprint", {}).items():
        lines += [
            "",
            f"Fingerprint of {part}: mean {fingerprint['mean']}, standard deviation {fingerprint['std']} of the answer to the "
            "embedded picture at seed 0. `python -m course_lib zoo verify` measures it again.",
        ]
    if card.get("limits"):
        lines += ["", "## Limits", "", card["limits"]]
    return "\n".join(lines) + "\n"


def _facts(card: dict[str, Any]) -> list[str]:
    rows: list[tuple[str, Any]] = [
        ("command", f"`{card['command']}`" if "command" in card else None),
        ("seed", card.get("seed")),
        ("data", card.get("data")),
        ("terms of the data", card.get("terms")),
        ("epochs, steps", f"{card['epochs']}, {card['steps']}" if card.get("steps") else card.get("epochs")),
        ("seconds", f"{card['seconds']:.0f} ({card.get('hardware', '')})" if "seconds" in card else None),
        ("parameters", ", ".join(f"{count:,} ({part})" for part, count in card.get("parameters", {}).items())),
        ("weights", card.get("precision")),
        ("sha256", ", ".join(f"`{digest}` ({part})" for part, digest in card.get("sha256", {}).items())),
        ("versions", ", ".join(f"{name} {version}" for name, version in card.get("versions", {}).items())),
        ("licence of the weights", card.get("licence")),
    ]
    return [f"| {name} | {value} |" for name, value in rows if value not in (None, "")]


def validation_lines(figures: dict[str, Any]) -> list[str]:
    """Figures measured on validation pairs, as a Markdown section."""
    lines = [
        f"## Measured on {figures['pairs']} validation pairs ({figures['data']})",
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [f"| {name} | {form.format(figures[key])} |" for key, name, form in _FIGURES if key in figures]
    for key, name in (("kid_vgg", "KID-VGG"), ("kid_vgg_real", "KID-VGG, real against real")):
        if key in figures:
            kid = figures[key]
            lines.append(f"| {name} (95 % interval) | {kid['value']:.3f} ({kid['low']:.3f} … {kid['high']:.3f}) |")
    return [*lines, "", f"Measured with `{figures['command']}`."]
