"""What a model's folder holds, read with every check and nothing executed: JSON, hashes, weights that fit a network."""

import hashlib
import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from course_lib.errors import CourseError

Card = dict[str, Any]
Config = dict[str, Any]
Fingerprint = dict[str, float]
_RESTORE = "Restore the folder from the repository or pull it again."


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


def expected_sha256(card: Card, part: str, name: str) -> str:
    """What the card says of a part's file.

    Raises:
        CourseError: it says nothing.
    """
    try:
        return card["sha256"][part]
    except (KeyError, TypeError):
        raise CourseError(f"The card of {name} has no sha256 of {part}, so its weights cannot be checked.") from None


def read_weights(file: Path, sha256: str) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file whose hash is the card's, as float32.

    Raises:
        CourseError: missing, altered, truncated or of another format (a pickle, say).
    """
    if sha256_of(file) != sha256:
        raise CourseError(f"{_short(file)} is not the file its card describes (sha256 differs). {_RESTORE}")
    try:
        return {key: value.float() if value.is_floating_point() else value for key, value in load_file(file).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise CourseError(f"{_short(file)} is no readable safetensors file ({error}).") from error


def read_network(
    folder: Path, config: Config, card: Card, part: str, known: Mapping[str, type[nn.Module]]
) -> nn.Module:
    """The network that a config describes, with the weights of one part, in eval mode.

    Args:
        known: the only classes that the config may name.

    Raises:
        CourseError: an unknown class, arguments that describe none, or weights that are not the card's or do not fit.
    """
    network = empty_network(folder.name, config, known)
    fill(network, read_weights(folder / f"{part}.safetensors", expected_sha256(card, part, folder.name)), folder.name)
    return network.eval()


def empty_network(name: str, config: Config, known: Mapping[str, type[nn.Module]]) -> nn.Module:
    """The network a config describes, with weights that wait to be replaced.

    Raises:
        CourseError: an unknown class, or arguments that describe none.
    """
    wanted = config.get("network")
    if not isinstance(wanted, str) or wanted not in known:
        raise CourseError(f"{name} asks for a network {wanted!r}; this version knows {', '.join(known)}.")
    try:
        return known[wanted](**config["arguments"])
    except (KeyError, TypeError, ValueError, RuntimeError, MemoryError) as error:
        raise CourseError(f"The config of {name} does not describe a {wanted} ({error}).") from error


def fill(network: nn.Module, weights: dict[str, torch.Tensor], name: str) -> None:
    """Loads weights into a network; names and shapes must fit exactly.

    Raises:
        CourseError: naming what differs.
    """
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        reasons = [textwrap.shorten(line, 120) for line in str(error).splitlines()[1:4]]
        raise CourseError(f"The weights of {name} do not fit its network: {' '.join(reasons)}") from error


def _short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
