"""The zoo: trained models by name. Safetensors, a config and a card in ``zoo/NAME``; nothing in it is executed.

    zoo/NAME/model.safetensors   weights, fp16 (a two-way translator: AtoB.safetensors and BtoA.safetensors)
    zoo/NAME/config.json         its kind, which network, at which size, fed with what
    zoo/NAME/card.json           where it comes from, what was measured, sha256, fingerprint
    zoo/NAME/README.md           the card for people, with the Hub's front matter

What a model can do is its kind's affair (``course_lib.models.kinds``); here are files, hashes and names.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from course_lib.errors import CourseError, nearest
from course_lib.files import make_folder, write_text, write_whole
from course_lib.models.card import render_card
from course_lib.models.files import Card, Config, read_json, sha256_of
from course_lib.models.kinds import Kind, Model, kind_of
from course_lib.models.sampler import Sampler
from course_lib.models.translator import Translator
from course_lib.models.upscaler import Upscaler
from course_lib.paths import zoo_dir
from course_lib.renamed import modern_config


def names() -> list[str]:
    """The models that lie in the zoo, in alphabetical order."""
    return sorted(file.parent.name for file in zoo_dir().glob("*/config.json"))


def load(name: str | Path, direction: str | None = None, device: str = "cpu") -> Model:
    """A trained model, checked against its card's sha256: a ``Translator`` (picture → picture), a ``Sampler`` (seed →
    pictures), an ``Upscaler`` (picture → larger picture) or a ``FeatureNetwork`` (picture → features), as its config
    says.

    Args:
        name: a name in ``names()``, or the path of a folder of the same form (``runs/mine/model``).
        direction: "AtoB" (default) or "BtoA" for a two-way model; None for any other.

    Raises:
        CourseError: unknown name or direction, a damaged or altered file, weights that do not fit the network.
    """
    folder = _folder(name)
    config, kind = config_of(folder)
    return kind.load(folder, config, card_of(folder), _part(folder.name, kind, direction), device)


def load_parts(name: str | Path, device: str = "cpu") -> dict[str, Model]:
    """All parts of a model: {"model": …}, or {"AtoB": …, "BtoA": …}."""
    _, kind = config_of(name)
    return {part: load(name, part if len(kind.PARTS) > 1 else None, device) for part in kind.PARTS}


def load_translator(name: str | Path, direction: str | None = None, device: str = "cpu") -> Translator:
    """As ``load``, for those who have a picture to translate.

    Raises:
        CourseError: also for a model that is no translator.
    """
    model = load(name, direction, device)
    if not isinstance(model, Translator):
        raise _of_another_kind(name, "translator", ("translator", "two_way"))
    return model


def load_sampler(name: str | Path, device: str = "cpu") -> Sampler:
    """As ``load``, for those who want samples.

    Raises:
        CourseError: also for a model that is no sampler.
    """
    model = load(name, None, device)
    if not isinstance(model, Sampler):
        raise _of_another_kind(name, "sampler", ("sampler",))
    return model


def load_upscaler(name: str | Path, device: str = "cpu") -> Upscaler:
    """As ``load``, for those who want a picture enlarged.

    Raises:
        CourseError: also for a model that is no upscaler.
    """
    model = load(name, None, device)
    if not isinstance(model, Upscaler):
        raise _of_another_kind(name, "upscaler", ("upscaler",))
    return model


def save(name: str | Path, networks: dict[str, nn.Module], config: Config, card: Card) -> Path:
    """Writes a model in the zoo's form, whole: a folder that appears with everything in it.

    Args:
        name: a name (goes to the zoo) or a path.
        networks: {"model": network}, or {"AtoB": …, "BtoA": …}; all of one class.
        config: "kind", "network", "arguments", "size", … as the kind reads it; without a "kind" a translator's.
        card: what is known; sha256, parameters and fingerprint are added here, from the files as written.

    Raises:
        CourseError: an unknown kind, other parts than it has, or weights that 16 bits cannot hold.
    """
    folder = _target(name)
    make_folder(folder.parent)
    config = {"kind": "translator" if "model" in networks else "two_way", **config}
    kind = kind_of(config, folder.name)
    if set(networks) != set(kind.PARTS):
        raise CourseError(f"{kind.NOUN} has the parts {', '.join(kind.PARTS)}; these are {', '.join(networks)}.")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        new = Path(scratch) / folder.name
        new.mkdir()
        card = {"name": folder.name, **card, "precision": "fp16", "sha256": {}, "parameters": {}, "fingerprint": {}}
        for part, network in networks.items():
            file = new / f"{part}.safetensors"
            half = {key: _half(key, value) for key, value in network.state_dict().items()}
            write_whole(file, lambda temporary, half=half: save_file(half, temporary))  # type: ignore[misc]
            card["sha256"][part] = sha256_of(file)
            card["parameters"][part] = sum(parameter.numel() for parameter in network.parameters())
        write_text(new / "config.json", json.dumps(config, indent=2) + "\n")
        write_text(new / "card.json", json.dumps(card, indent=2) + "\n")
        for part, model in load_parts(new).items():
            card["fingerprint"][part] = model.fingerprint()
        _write_card(new, card)
        put(new, folder)
    return folder


def card_of(name: str | Path) -> Card:
    """A model's card, as it was stored.

    Raises:
        CourseError: no such model.
    """
    return read_json(_folder(name) / "card.json")


def config_of(name: str | Path) -> tuple[Config, Kind]:
    """A model's config, in today's words, and its kind.

    Raises:
        CourseError: no such model, or a kind that this version does not know.
    """
    folder = _folder(name)
    config = modern_config(read_json(folder / "config.json"))
    return config, kind_of(config, folder.name)


def update_card(name: str | Path, /, **facts: Any) -> Card:
    """Adds facts to a model's card and renders it anew; returns the card."""
    folder = _folder(name)
    card = card_of(folder) | facts
    _write_card(folder, card)
    return card


def add_companions(name: str | Path, data: str) -> None:
    """Writes what a model of this kind has beside its weights (a sampler:

    its training pictures), and says so on the card.
    """
    folder = _folder(name)
    _, kind = config_of(folder)
    facts = kind.companions(load(folder), data, folder)
    if facts:
        beside = [file for file in folder.glob("*.safetensors") if file.stem not in kind.PARTS]
        update_card(folder, sha256=card_of(folder)["sha256"] | {file.stem: sha256_of(file) for file in beside}, **facts)


def verify(name: str) -> list[str]:
    """What is wrong with a shipped model; empty if its files, sha256 and fingerprint are as the card says."""
    folder = _folder(name)
    try:
        card, (_, kind) = card_of(folder), config_of(folder)
        problems = [
            f"{name}: {file.name} is not the file its card describes (sha256)"
            for file in sorted(folder.glob("*.safetensors"))
            if file.stem not in kind.PARTS and sha256_of(file) != card["sha256"].get(file.stem)
        ]
        for part, model in load_parts(folder).items():
            if part not in card["fingerprint"]:
                problems.append(f"{name} {part}: the card has no fingerprint of it")
                continue
            found, expected = model.fingerprint(), card["fingerprint"][part]
            # The card's numbers are rounded to 1e-3; another processor may round to the neighbour.
            if not all(abs(found[key] - expected[key]) <= 1.5e-3 * max(1, abs(expected[key])) for key in found):
                problems.append(f"{name} {part}: fingerprint is {found}, the card says {expected}")
        return problems
    except CourseError as error:
        return [str(error)]
    except KeyError as missing:
        return [f"{name}: the card or config has no entry {missing}"]
    except (TypeError, AttributeError) as error:
        return [f"{name}: the card or config is not of the zoo's form ({error})"]


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
        offline = "connect" in type(error).__name__.lower() or "timeout" in type(error).__name__.lower()
        way_out = "Check the network." if offline else "Log in with `hf auth login`."
        raise CourseError(
            f"{name} could not be pushed to {repository} ({type(error).__name__}: {error}). {way_out}"
        ) from error


def pull(repository: str, revision: str, name: str | None = None) -> Path:
    """Fetches a model of the zoo's form from the Hub at a pinned revision (a commit hash), checks it, puts it into the
    zoo.

    Raises:
        CourseError: not reachable, a revision that is no commit hash, or files that do not pass the checks.
    """
    from huggingface_hub import snapshot_download

    if len(revision) != 40 or not set(revision) <= set("0123456789abcdef"):
        raise CourseError(
            f"Revision {revision!r} is no full commit hash (40 hex digits). A name such as main can change under you."
        )
    if repository.count("/") != 1:
        raise CourseError(f"{repository!r} is no repository of the Hub; it is called USER/MODEL.")
    target = _target(name or repository.rsplit("/", maxsplit=1)[-1])
    if target.exists():
        raise CourseError(f"The zoo already has {target.name}. Give another --name or remove it first.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        new = Path(scratch) / target.name
        try:  # not into the client's cache, where a damaged file would stay for the next time
            snapshot_download(
                repository, revision=revision, local_dir=new, allow_patterns=["*.safetensors", "*.json", "README.md"]
            )
        except Exception as error:  # the hub's client raises many kinds
            raise CourseError(
                f"{repository} could not be fetched ({type(error).__name__}). Check the name and the network."
            ) from error
        shutil.rmtree(new / ".cache", ignore_errors=True)  # the client's notes
        if not (new / "config.json").is_file():
            raise CourseError(f"{repository} has no config.json at {revision}, so it is no model of the zoo's form.")
        load_parts(new)  # refuses what does not fit, before anything enters the zoo
        new.rename(target)
    return target


def _half(name: str, tensor: torch.Tensor) -> torch.Tensor:
    tensor = tensor.detach().cpu().contiguous()
    if not tensor.is_floating_point():
        return tensor  # counters stay whole numbers
    half = tensor.half()
    if not torch.equal(half.isfinite(), tensor.isfinite()):
        largest = tensor.abs().max().item()
        raise CourseError(
            f"{name} holds {largest:.3g}, and 16 bits end at 65504, so the model cannot be saved. "
            "Train with a lower learning rate, or look for what has grown without bound."
        )
    return half


def _of_another_kind(name: str | Path, wanted: str, kinds: tuple[str, ...]) -> CourseError:
    there = [other for other in names() if read_json(zoo_dir() / other / "config.json").get("kind") in kinds]
    _, kind = config_of(name)
    return CourseError(
        f"{_folder(name).name} is no {wanted} but {kind.NOUN}. Those that are: {', '.join(there) or 'none yet'}."
    )


def _folder(name: str | Path) -> Path:
    direct = Path(name)
    if direct.suffix == ".safetensors" and (direct.parent / "config.json").is_file():
        raise CourseError(f"{direct} is a file of a model; name its folder, {direct.parent}.")
    if (direct / "config.json").is_file():
        return direct
    folder = zoo_dir() / str(name)
    if "/" in str(name) or "\\" in str(name) or not (folder / "config.json").is_file():
        if (direct / "model" / "config.json").is_file():
            raise CourseError(f"{direct} is the folder of a run; its model is {direct / 'model'}.")
        raise CourseError(
            f"There is no model {str(name)!r} in the zoo. There is {', '.join(names()) or 'none yet'}."
            + nearest(str(name), names())
        )
    return folder


def _target(name: str | Path) -> Path:
    if isinstance(name, Path):
        return name
    if not re.fullmatch(r"\w[\w.-]*", name):  # "" would be the zoo itself, "../x" and "/x" places beside it
        raise CourseError(
            f"{name!r} is no name for a model of the zoo. Name it with letters, digits, '-', '_' and '.', beginning with a "
            "letter or digit."
        )
    return zoo_dir() / name


def put(new: Path, folder: Path) -> None:
    """Moves a finished folder into its place; the model that was there is deleted only when the new one stands.

    Raises:
        CourseError: something that is no model is there.
    """
    replaceable = (folder / "config.json").is_file() or (folder.is_dir() and not any(folder.iterdir()))
    if folder.exists() and not replaceable:
        raise CourseError(f"{folder} is there, and is no model that a new one could replace. Name another place.")
    before = folder.with_name(f".{folder.name}.before")
    if before.exists() and not folder.exists():  # stopped between the two renames
        before.rename(folder)
    shutil.rmtree(before, ignore_errors=True)
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(before)
    try:
        new.rename(folder)
    except OSError:
        before.rename(folder)
        raise
    shutil.rmtree(before, ignore_errors=True)


def _part(name: str, kind: Kind, direction: str | None) -> str:
    if len(kind.PARTS) == 1:
        if direction is not None:
            raise CourseError(f"{name} is {kind.NOUN}, which has no direction; leave out the direction {direction!r}.")
        return kind.PARTS[0]
    if direction not in (None, *kind.PARTS):
        raise CourseError(f"direction is {direction!r}; it must be {' or '.join(map(repr, kind.PARTS))}.")
    return direction or kind.PARTS[0]


def _write_card(folder: Path, card: Card) -> None:
    _, kind = config_of(folder)
    write_text(folder / "card.json", json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    write_text(folder / "README.md", render_card(card, kind))
