"""The zoo: trained models by name. Safetensors, a config and a card in ``zoo/NAME``; nothing in it is executed.

    zoo/NAME/model.safetensors   weights, fp16
    zoo/NAME/config.json         which network, at which size, fed with what
    zoo/NAME/card.json           where it comes from, what was measured, sha256, fingerprint
    zoo/NAME/README.md           the card for people, with the Hub's front matter

A generator may have ``neighbours.safetensors``: what it was trained on, in few grey levels, to hold its pictures against.
A two-way model has ``AtoB.safetensors`` and ``BtoA.safetensors``.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from course_lib.errors import CourseError
from course_lib.files import make_folder, write_text, write_whole
from course_lib.metrics.neighbours import FILE as NEIGHBOURS
from course_lib.metrics.neighbours import TrainingPictures, save_neighbours
from course_lib.models.card import render_card
from course_lib.models.sampler import Sampler
from course_lib.models.translator import Translator
from course_lib.networks import DCGANGenerator, ResnetGenerator, SeededMLP, UnetGenerator, VGGFeatures
from course_lib.networks.layers import use_own_statistics
from course_lib.paths import zoo_dir

# The only classes a config may name, by what they are used as.
TRANSLATORS: dict[str, type[nn.Module]] = {"ResnetGenerator": ResnetGenerator, "UnetGenerator": UnetGenerator}
GENERATORS: dict[str, type[nn.Module]] = {"DCGANGenerator": DCGANGenerator, "SeededMLP": SeededMLP}
NETWORKS = {"translator": TRANSLATORS, "generator": GENERATORS}
DIRECTIONS = ("AtoB", "BtoA")


def names() -> list[str]:
    """The models that lie in the zoo, in alphabetical order."""
    return sorted(file.parent.name for file in zoo_dir().glob("*/config.json"))


def load(name: str | Path, direction: str | None = None, device: str = "cpu") -> Any:
    """A trained model, checked against its card's sha256: a ``Translator`` (picture → picture) or a ``Sampler``
    (seed → pictures), as its config says.

    Args:
        name: a name in ``names()``, or the path of a folder of the same form (``runs/mine/model``).
        direction: "AtoB" (default) or "BtoA" for a two-way model; None for any other.

    Raises:
        CourseError: unknown name or direction, a damaged or altered file, weights that do not fit the network.
    """
    folder = _folder(name)
    config, card = _json(folder / "config.json"), _json(folder / "card.json")
    kind = config.get("kind")
    if kind not in NETWORKS:
        raise CourseError(
            f"{folder.name} is no translator but {kind!r}. Translators: {', '.join(_of_kind('translator'))}; "
            f"generators: {', '.join(_of_kind('generator')) or 'none'}."
        )
    part = _part(folder.name, config, direction)
    network = _empty(folder.name, config, NETWORKS[kind])
    fill(network, read_weights(folder / f"{part}.safetensors", _expected(card, part, folder.name)), folder.name)
    network.eval()
    if kind == "generator":
        return Sampler(network, config, card, device, folder)
    if config.get("statistics") == "own":
        use_own_statistics(network)
    return Translator(network, config, card, device)


def load_translator(name: str | Path, direction: str | None = None, device: str = "cpu") -> Translator:
    """As ``load``, for those who have a picture to translate.

    Raises:
        CourseError: also for a model that is no translator.
    """
    config = _json(_folder(name) / "config.json")
    if config.get("kind") != "translator":
        raise CourseError(
            f"{_folder(name).name} is no translator but {config.get('kind')!r}. "
            f"Translators: {', '.join(_of_kind('translator'))}."
        )
    return load(name, direction, device)


def save(name: str | Path, networks: dict[str, nn.Module], config: dict[str, Any], card: dict[str, Any]) -> Path:
    """Writes a model in the zoo's form, whole: a folder that appears with everything in it.

    Args:
        name: a name (goes to the zoo) or a path.
        networks: {"model": network}, or {"AtoB": …, "BtoA": …}; all of one class.
        config: "network", "arguments", "size", "palette", … as ``load`` reads it.
        card: what is known; sha256, parameters and fingerprint are added here, from the files as written.
    """
    folder = _target(name)
    make_folder(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        new = Path(scratch) / folder.name
        new.mkdir()
        config = {"kind": "translator", **config}
        card = {"name": folder.name, **card, "precision": "fp16", "sha256": {}, "parameters": {}, "fingerprint": {}}
        for part, network in networks.items():
            file = new / f"{part}.safetensors"
            half = {key: _half(value) for key, value in network.state_dict().items()}
            write_whole(file, lambda temporary, half=half: save_file(half, temporary))  # type: ignore[misc]
            card["sha256"][part] = _sha256(file)
            card["parameters"][part] = sum(parameter.numel() for parameter in network.parameters())
        write_text(new / "config.json", json.dumps(config, indent=2) + "\n")
        write_text(new / "card.json", json.dumps(card, indent=2) + "\n")
        for part in networks:
            card["fingerprint"][part] = load(new, part if part in DIRECTIONS else None).fingerprint()
        _write_card(new, card)
        if folder.exists():
            folder.rename(Path(scratch) / "before")
        new.rename(folder)
    return folder


def card_of(name: str | Path) -> dict[str, Any]:
    """A model's card, as it was stored.

    Raises:
        CourseError: no such model.
    """
    return _json(_folder(name) / "card.json")


def update_card(name: str | Path, **facts: Any) -> dict[str, Any]:
    """Adds facts to a model's card and renders it anew; returns the card."""
    folder = _folder(name)
    card = card_of(folder) | facts
    _write_card(folder, card)
    return card


def add_neighbours(name: str | Path, stored: TrainingPictures, **facts: Any) -> None:
    """Puts what a generator was trained on beside its weights, and its sha256 and ``facts`` onto the card."""
    folder = _folder(name)
    file = save_neighbours(folder, stored)
    sums = card_of(folder)["sha256"] | {file.stem: _sha256(file)}
    update_card(folder, sha256=sums, neighbours={"pictures": len(stored), "bits": stored.bits, **facts})


def verify(name: str) -> list[str]:
    """What is wrong with a shipped model; empty if its files, sha256 and fingerprint are as the card says."""
    folder = _folder(name)
    try:
        config, card = _json(folder / "config.json"), _json(folder / "card.json")
        if config.get("kind") == "features":
            return _verify_features(folder, card)
        problems = []
        for part, expected in card["fingerprint"].items():
            found = load(folder, part if part in DIRECTIONS else None).fingerprint()
            # The card's numbers are rounded to 1e-3; another processor may round to the neighbour.
            if not all(abs(found[key] - expected[key]) <= 1.5e-3 for key in found):
                problems.append(f"{name} {part}: fingerprint is {found}, the card says {expected}")
        beside = folder / NEIGHBOURS
        if beside.is_file() and _sha256(beside) != card["sha256"].get(beside.stem):
            problems.append(f"{name}: {beside.name} is not the file its card describes")
        unseen = {file.stem for file in folder.glob("*.safetensors")} - card["fingerprint"].keys() - {beside.stem}
        return problems + [f"{name} {part}: the card has no fingerprint of it" for part in sorted(unseen)]
    except CourseError as error:
        return [str(error)]
    except KeyError as missing:
        return [f"{name}: the card has no entry {missing}"]


def push(name: str, repository: str, private: bool = False) -> str:
    """Uploads a model's folder to a Hub model repository (``user/model``); returns the commit's address."""
    from huggingface_hub import HfApi

    folder = _folder(name)
    problems = verify(name)
    if problems:
        raise CourseError(f"{name} is not pushed: {problems[0]}.")
    api = HfApi()
    try:
        api.create_repo(repository, private=private, exist_ok=True)
        return str(
            api.upload_folder(repo_id=repository, folder_path=folder, commit_message=f"{name} from the course's zoo")
        )
    except Exception as error:  # the hub's client raises many kinds
        raise CourseError(
            f"{name} could not be pushed to {repository} ({type(error).__name__}: {error}). Log in with `hf auth login`."
        ) from error


def pull(repository: str, revision: str, name: str | None = None) -> Path:
    """Fetches a model of the zoo's form from the Hub at a pinned revision (a commit hash), checks it, puts it into the zoo.

    Raises:
        CourseError: not reachable, a revision that is no commit hash, or files that do not pass the checks.
    """
    from huggingface_hub import snapshot_download

    if len(revision) != 40 or not set(revision) <= set("0123456789abcdef"):
        raise CourseError(
            f"Revision {revision!r} is no full commit hash (40 hex digits). A name such as main can change under you."
        )
    target = _target(name or repository.rsplit("/", maxsplit=1)[-1])
    if target.exists():
        raise CourseError(f"The zoo already has {target.name}. Give another --name or remove it first.")
    try:
        fetched = snapshot_download(
            repository, revision=revision, allow_patterns=["*.safetensors", "*.json", "README.md"]
        )
    except Exception as error:  # the hub's client raises many kinds
        raise CourseError(
            f"{repository} could not be fetched ({type(error).__name__}). Check the name and the network."
        ) from error
    config = _json(Path(fetched) / "config.json")
    for part in DIRECTIONS if config.get("two_way") else (None,):
        load(Path(fetched), part)  # refuses what does not fit, before anything enters the zoo
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        copy = shutil.copytree(fetched, Path(scratch) / target.name)
        Path(copy).rename(target)
    return target


def read_weights(file: Path, sha256: str) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file whose hash is the card's, as float32.

    Raises:
        CourseError: missing, altered, truncated or of another format (a pickle, say).
    """
    if not file.is_file():
        raise CourseError(
            f"{file.parent.name}/{file.name} is missing. Restore the folder from the repository or pull it again."
        )
    if _sha256(file) != sha256:
        raise CourseError(
            f"{file.parent.name}/{file.name} is not the file its card describes (sha256 differs). Restore or pull it again."
        )
    try:
        return {key: value.float() if value.is_floating_point() else value for key, value in load_file(file).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise CourseError(f"{file.parent.name}/{file.name} is no readable safetensors file ({error}).") from error


def fill(network: nn.Module, weights: dict[str, torch.Tensor], name: str) -> None:
    """Loads weights into a network; names and shapes must fit exactly.

    Raises:
        CourseError: naming what differs.
    """
    own = network.state_dict()
    differs = [f"{key} is missing" for key in own.keys() - weights.keys()]
    differs += [f"{key} is unexpected" for key in weights.keys() - own.keys()]
    differs += [
        f"{key} is {tuple(weights[key].shape)}, not {tuple(own[key].shape)}"
        for key in own.keys() & weights.keys()
        if own[key].shape != weights[key].shape
    ]
    if differs:
        raise CourseError(f"The weights of {name} do not fit its network: {'; '.join(sorted(differs)[:3])}.")
    network.load_state_dict(weights)


def _empty(name: str, config: dict[str, Any], known: dict[str, type[nn.Module]]) -> nn.Module:
    """The network a config describes, with weights that wait to be replaced."""
    kind = config.get("network")
    if kind not in known:
        raise CourseError(f"{name} asks for a network {kind!r}; this version knows {', '.join(known)}.")
    try:
        return known[kind](**config["arguments"])
    except (KeyError, TypeError, ValueError, RuntimeError, MemoryError) as error:
        raise CourseError(f"The config of {name} does not describe a {kind} ({error}).") from error


def _expected(card: dict[str, Any], part: str, name: str) -> str:
    try:
        return card["sha256"][part]
    except (KeyError, TypeError):
        raise CourseError(f"The card of {name} has no sha256 of {part}, so its weights cannot be checked.") from None


def _half(tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    return tensor.half() if tensor.is_floating_point() else tensor  # counters stay whole numbers


def _verify_features(folder: Path, card: dict[str, Any]) -> list[str]:
    from course_lib.models.fingerprint import features_fingerprint

    file = folder / "model.safetensors"
    if _sha256(file) != card["sha256"]:
        return [f"{folder.name}: sha256 differs from the card's"]
    found, expected = features_fingerprint(VGGFeatures([card["fingerprint"]["layer"]], file=file)), card["fingerprint"]
    wrong = any(abs(found[key] - expected[key]) > 1.5e-3 * max(1, abs(expected[key])) for key in found)
    return [f"{folder.name}: fingerprint is {found}, the card says {expected}"] if wrong else []


def _of_kind(kind: str) -> list[str]:
    return [name for name in names() if _json(zoo_dir() / name / "config.json").get("kind") == kind]


def _folder(name: str | Path) -> Path:
    direct = Path(name)
    if (direct / "config.json").is_file():
        return direct
    folder = zoo_dir() / str(name)
    if "/" in str(name) or "\\" in str(name) or not (folder / "config.json").is_file():
        raise CourseError(f"There is no model {str(name)!r} in the zoo. There is {', '.join(names()) or 'none yet'}.")
    return folder


def _target(name: str | Path) -> Path:
    return name if isinstance(name, Path) else zoo_dir() / name


def _part(name: str, config: dict[str, Any], direction: str | None) -> str:
    if not config.get("two_way"):
        if direction is not None:
            raise CourseError(f"{name} translates one way only; leave out the direction {direction!r}.")
        return "model"
    if direction not in (None, *DIRECTIONS):
        raise CourseError(f'direction is {direction!r}; it must be "AtoB" or "BtoA".')
    return direction or "AtoB"


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    write_text(folder / "card.json", json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    write_text(folder / "README.md", render_card(card))


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"{file.parent.name}/{file.name} is missing. Restore the folder from the repository or pull it again."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{file.parent.name}/{file.name} is no JSON ({error}).") from error
    if not isinstance(content, dict):
        raise CourseError(f"{file.parent.name}/{file.name} holds no JSON object.")
    return content


def _sha256(file: Path) -> str:
    if not file.is_file():
        raise CourseError(
            f"{file.parent.name}/{file.name} is missing. Restore the folder from the repository or pull it again."
        )
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
