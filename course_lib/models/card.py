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
    tag = "unconditional-image-generation" if card.get("task") in ("gan", "cgan") else "image-to-image"
    lines = [
        "---",
        "library_name: course_lib",
        f"pipeline_tag: {tag}",
        "license: other",
        f"tags: [{tag}, gan, teaching]",
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
    if "against" in card:
        other = card["against"]
        lines += [
            "",
            "## For comparison, on the same pictures",
            "",
            f"`{other['command']}`, {other['steps']} steps:",
            "",
        ]
        lines += validation_lines(other["validation"])[2:]
    for part, fingerprint in card.get("fingerprint", {}).items():
        shown = "embedded noise" if card.get("task") in ("gan", "cgan") else "the embedded picture at seed 0"
        lines += [
            "",
            f"Fingerprint of {part}: mean {fingerprint['mean']}, standard deviation {fingerprint['std']} of the answer to "
            f"{shown}. `python -m course_lib zoo verify` measures it again.",
        ]
    if card.get("limits"):
        lines += ["", "## Limits", "", card["limits"]]
    return "\n".join(lines) + "\n"


def _facts(card: dict[str, Any]) -> list[str]:
    rows: list[tuple[str, Any]] = [
        ("begun with", _beginning(card.get("began_with"))),
        ("command", f"`{card['command']}`" if "command" in card else None),
        ("and its length changed on the way", ", ".join(f"`{command}`" for command in card.get("resumed_with", []))),
        ("seed", card.get("seed")),
        ("data", card.get("data")),
        ("terms of the data", card.get("terms")),
        ("epochs, steps", f"{card['epochs']}, {card['steps']}" if card.get("steps") else card.get("epochs")),
        ("seconds", f"{card['seconds']:.0f} ({card.get('hardware', '')})" if "seconds" in card else None),
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


def _neighbours(card: dict[str, Any]) -> str | None:
    beside = card.get("neighbours")
    return beside and (
        f"{beside['pictures']:,} of {beside['of']:,}, {beside['bits']} bit(s) a pixel, to find the nearest one to a sample"
    )


def validation_lines(figures: dict[str, Any]) -> list[str]:
    """Figures measured on validation pairs, or on samples, as a Markdown section."""
    if "samples" in figures:
        return _samples_lines(figures)
    if "AtoB" in figures:
        return _domains_lines(figures)
    lines = [
        f"## Measured on {figures['pairs']} validation pairs ({figures['data']})",
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [f"| {name} | {form.format(figures[key])} |" for key, name, form in _FIGURES if key in figures]
    return [*lines, *_kid_lines(figures), "", f"Measured with `{figures['command']}`."]


def _kid_lines(figures: dict[str, Any]) -> list[str]:
    return [
        f"| {name} (95 % interval) | {figures[key]['value']:.3f} ({figures[key]['low']:.3f} … {figures[key]['high']:.3f}) |"
        for key, name in (("kid_vgg", "KID-VGG"), ("kid_vgg_real", "KID-VGG, real against real"))
        if key in figures
    ]


def _domains_lines(figures: dict[str, Any]) -> list[str]:
    ways = [figures["AtoB"], figures["BtoA"]]

    def row(name: str, cell: Any) -> str:
        return f"| {name} | {' | '.join(cell(way) for way in ways)} |"

    def kid(key: str) -> Any:
        return lambda way: f"{way[key]['value']:.3f} ({way[key]['low']:.3f} … {way[key]['high']:.3f})"

    rows = [
        row(
            "translations that an independent classifier calls the target domain", lambda w: f"{w['called_target']:.1%}"
        ),
        row("the same of the sources, untranslated", lambda w: f"{w['untranslated_called_target']:.1%}"),
        row("the same of real pictures of the target", lambda w: f"{w['real_called_target']:.1%}"),
        row("reconstruction (there and back), L1 on [−1, 1]", lambda w: f"{w['reconstruction_l1']:.4f}"),
        row("KID-VGG to the target (95 % interval)", kid("kid_vgg")),
        row("KID-VGG of the untranslated", kid("kid_vgg_untranslated")),
        row("KID-VGG, real against real", kid("kid_vgg_real")),
    ]
    if ways[0].get("truth"):
        for key, name in (("l1", "L1 on [−1, 1]"), ("ssim", "SSIM"), ("features", "feature distance (relu3_3)")):
            rows.append(row(f"{name} to the true counterpart", lambda w, key=key: f"{w['truth'][key]:.4f}"))
            rows.append(row(f"{name}, doing nothing", lambda w, key=key: f"{w['truth_untranslated'][key]:.4f}"))
    return [
        f"## Measured on {ways[0]['pictures']} and {ways[1]['pictures']} held-out pictures ({figures['data']})",
        "",
        "| figure | A → B | B → A |",
        "|---|---|---|",
        *rows,
        "",
        f"That classifier on held-out real pictures: {figures['classifier_accuracy']:.1%}. Measured with `{figures['command']}`.",
    ]


def _samples_lines(figures: dict[str, Any]) -> list[str]:
    each = ", ".join(f"{name} {share:.0%}" for name, share in figures["class_accuracy_each"].items())
    rows = []
    if figures["class_accuracy"] is not None:
        rows.append(
            (
                "samples whose class, by an independent classifier, is the one asked for",
                f"{figures['class_accuracy']:.1%}",
            )
        )
        rows.append(("of each class", each))
    else:
        rows.append(("classes that at least 1 % of the samples belong to", f"{figures['classes_found']}"))
    rows += [
        ("that classifier on held-out real pictures", f"{figures['real_accuracy']:.1%}"),
        ("distance to the nearest training picture, median (0 … 2)", f"{figures['nearest']:.3f}"),
        ("the same of held-out real pictures", f"{figures['nearest_real']:.3f}"),
        ("samples nearer to a training picture than 99 of 100 real ones are", f"{figures['copies']:.1%}"),
        ("variety within a class, real pictures = 1", f"{figures['variety']:.2f}"),
    ]
    return [
        f"## Measured on {figures['samples']} samples against {figures['real']} held-out pictures ({figures['data']})",
        "",
        "| figure | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in rows),
        *_kid_lines(figures),
        "",
        f"Measured with `{figures['command']}`.",
    ]
