"""``zoo list | verify | add | mix | pull | push``."""

import math
import sys
from pathlib import Path
from typing import Any

from tyro.conf import Positional


def zoo_list() -> None:
    """The models of the zoo: name, task, size, parameters, data."""
    from course_lib.models import zoo
    from course_lib.paths import zoo_dir

    for name in zoo.names():
        card = zoo.card_of(name)
        size = sum(file.stat().st_size for file in (zoo_dir() / name).glob("*.safetensors")) / 1e6
        print(f"{name:24} {size:5.1f} MB  {card.get('title', '')}")


def zoo_verify(names: Positional[tuple[str, ...]] = (), data: str | None = None) -> None:
    """Load every model (or those named), check sha256 and fingerprint; with --data measure the card's figures again.

    Args:
        names: models to check; all if none is named.
        data: folder or named set to re-measure the validation figures on.
    """
    from course_lib.models import zoo

    wrong = 0
    for name in names or zoo.names():
        problems = zoo.verify(name)
        if data and not problems:
            problems = _measured_again(name, data)
        print(f"{name:24} {'ok' if not problems else '; '.join(problems)}")
        wrong += bool(problems)
    if wrong:
        sys.exit(1)


def _measured_again(name: str, data: str) -> list[str]:
    from course_lib.data.catalogue import read_spec
    from course_lib.models import zoo
    from course_lib.models.measure import measure

    stored = zoo.card_of(name).get("validation")
    title, _, split = stored["data"].rpartition("/") if stored else ("", "", "")
    if stored is None or title != read_spec(data).title:
        return []
    _, kind = zoo.config_of(name)
    found, expected = _flat(measure(name, data, split, stored.get("seed", 0))), _flat(stored)
    return [
        f"{key} is {found[key]:.4f}, the card says {expected[key]:.4f}"
        for key in expected.keys() & found.keys()
        if abs(found[key] - expected[key]) > kind.TOLERANCE.get(key.split()[-1], math.inf)
    ]


def _flat(figures: dict[str, Any], prefix: str = "") -> dict[str, float]:
    """Every number by its path: a two-way model's card has those of each direction."""
    flat: dict[str, float] = {}
    for key, value in figures.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key} ")
        elif isinstance(value, int | float):
            flat[prefix + key] = value
    return flat


def zoo_add(
    run: Positional[Path],
    name: Positional[str],
    data: str | None = None,
    title: str | None = None,
    limits: str | None = None,
    against: Path | None = None,
) -> None:
    """Put a finished run into the zoo under NAME, measured on the validation pairs of DATA.

    Args:
        run: the --out folder of `train`.
        name: the model's name.
        data: folder or named set with a val split.
        title: the card's headline.
        limits: what the model does badly, for the card.
        against: the folder of another trained model; its figures on DATA go onto the card for comparison.
    """
    from course_lib.models import zoo
    from course_lib.models.export import export
    from course_lib.models.measure import measure

    facts = {key: value for key, value in (("title", title), ("limits", limits)) if value}
    print(f"Written to {export(run, name, **facts).name}.")
    if data:
        zoo.add_companions(name, data)
        zoo.update_card(name, validation=measure(name, data))
    if data and against:
        known = {key: zoo.card_of(against)[key] for key in ("command", "steps")}
        zoo.update_card(name, against={**known, "validation": measure(str(against), data)})


def zoo_mix(
    first: Positional[str],
    second: Positional[str],
    name: Positional[str],
    share: float,
    data: str | None = None,
    title: str | None = None,
    limits: str | None = None,
) -> None:
    """Put SHARE of one model's weights and the rest of another's into the zoo as NAME.

    Sharpness is exchanged for nearness to the truth without another training (network interpolation, Wang et al. 2018,
    "ESRGAN", section 3.4).

    Args:
        first: a name in the zoo, or the folder of a trained model.
        second: the model that the first began with, or that began with the same one.
        name: the new model's name.
        share: of the first, between 0 and 1.
        data: folder or named set with a val split, to measure the new model on.
        title: the card's headline.
        limits: what the model does badly, for the card.
    """
    from course_lib.models import zoo
    from course_lib.models.measure import measure
    from course_lib.models.mix import mix

    facts = {key: value for key, value in (("title", title), ("limits", limits)) if value}
    print(f"Written to {mix(first, second, share, name, **facts).name}.")
    if data:
        zoo.update_card(name, validation=measure(name, data))


def zoo_pull(repository: Positional[str], revision: Positional[str], name: str | None = None) -> None:
    """Fetch a model from a Hub repository (user/model) at a pinned commit hash."""
    from course_lib.models import zoo

    print(f"Now in the zoo: {zoo.pull(repository, revision, name).name}")


def zoo_push(name: Positional[str], repository: Positional[str], private: bool = False) -> None:
    """Upload a model of the zoo to a Hub repository (user/model)."""
    from course_lib.models import zoo

    print(zoo.push(name, repository, private))
