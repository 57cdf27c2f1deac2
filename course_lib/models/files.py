"""What a model's folder holds, read with every check and nothing executed: JSON, hashes, weights that fit a network."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import load_file
from torch import nn

from course_lib.errors import CourseError
from course_lib.models.headers import check_finite, check_fit

Card = dict[str, Any]
Config = dict[str, Any]
Fingerprint = dict[str, float]
_RESTORE = "Restore the folder from the repository or pull it again."
# What a config says outside of its network's arguments, and how large: pictures and z are made of that size.
_MOST = {"size": 1024, "multiple": 1024, "z_dim": 4096}


def read_json(file: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        CourseError: missing, no JSON, or another kind of value.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{_short(file)} is missing. {_RESTORE}") from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"{_short(file)} is no JSON ({error}). {_RESTORE}") from error
    if not isinstance(content, dict):
        raise CourseError(f"{_short(file)} holds no JSON object. {_RESTORE}")
    return content


def sha256_of(file: Path) -> str:
    """The file's sha256, in hex.

    Raises:
        CourseError: missing.
    """
    if not file.is_file():
        raise CourseError(f"{_short(file)} is missing. {_RESTORE}")
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def checked_file(folder: Path, card: Card, part: str) -> Path:
    """The weights file of a part, whose hash is the card's.

    Raises:
        CourseError: missing, altered, or the card has no hash of it.
    """
    file = folder / f"{part}.safetensors"
    try:
        expected = card["sha256"][part]
    except (KeyError, TypeError):
        raise CourseError(f"The card of {folder.name} has no sha256 of {part}, so it cannot be checked.") from None
    if sha256_of(file) != expected:
        raise CourseError(f"{_short(file)} is not the file its card describes (sha256 differs). {_RESTORE}")
    return file


def read_network(
    folder: Path, config: Config, card: Card, part: str, known: Mapping[str, type[nn.Module]]
) -> nn.Module:
    """The network that a config describes, with the weights of one part as float32, in eval mode.

    Args:
        known: the only classes that the config may name.

    Raises:
        CourseError: an unknown class, arguments that describe none, a file that is not the card's or no safetensors
            file, names, shapes or types that do not fit, numbers that are none, or a size that is none.
    """
    name, wanted = folder.name, config.get("network")
    if not isinstance(wanted, str) or wanted not in known:
        raise CourseError(f"{name} asks for a network {wanted!r}; this version knows {', '.join(known)}.")
    _check_sizes(config, name)
    file = checked_file(folder, card, part)
    check_fit(file, known[wanted], config.get("arguments"), name)  # before anything of their size is allocated
    weights = load_file(file)
    check_finite(weights, name)
    network = known[wanted](**config["arguments"])
    network.load_state_dict(weights)  # copies: what is stored in 16 bits becomes 32
    return network.eval()


def _check_sizes(config: Config, name: str) -> None:
    for key, most in _MOST.items():
        size = config.get(key)
        if size is not None and (isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= most):
            raise CourseError(
                f"In the config of {name}, {key} is {str(size)[:40]}; it must be a whole number from 1 to {most:,}."
            )


def _short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
