"""Names that version 0.1 used, and what they are called now.

Accepted for one release: delete this file and its calls then.
"""

from typing import Any

SETTINGS = {
    "rate": "lr",
    "judge_rate": "d_lr",
    "average": "ema_decay",
    "latent": "z_dim",
    "halvings": "n_down",
    "judge_width": "d_width",
    "judge_norm": "d_norm",
    "patch_width": "d_width",
    "patch_layers": "d_layers",
}
FLAGS = {f"--{old.replace('_', '-')}": f"--{new.replace('_', '-')}" for old, new in SETTINGS.items()}


def modern_settings(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored run's settings under today's names."""
    return {SETTINGS.get(name, name): value for name, value in stored.items()}


def modern_flags(arguments: list[str]) -> tuple[list[str], list[str]]:
    """A command line with today's flags, and the old ones that it used."""
    modern, used = [], []
    for word in arguments:
        flag, equals, value = word.partition("=")
        flag = flag.replace("_", "-")
        if flag in FLAGS:
            used.append(flag)
        modern.append(FLAGS[flag] + equals + value if flag in FLAGS else word)
    return modern, used


def modern_config(stored: dict[str, Any]) -> dict[str, Any]:
    """A stored model's config under today's names and kinds."""
    config = {**modern_settings(stored)}
    if isinstance(config.get("arguments"), dict):
        config["arguments"] = modern_settings(config["arguments"])
    if config.get("kind") == "generator":
        config["kind"] = "sampler"
    if config.pop("two_way", False):
        config["kind"] = "two_way"
    return config
