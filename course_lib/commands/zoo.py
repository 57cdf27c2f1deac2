"""``zoo list | verify | add | mix | pull | push``."""

import math
import sys
from pathlib import Path
from typing import Any

from tyro.conf import Positional

from course_lib.data.catalogue import read_spec
from course_lib.errors import CourseError


def zoo_list() -> None:
    """The models of the zoo: name, task, size, parameters, data."""
    from course_lib.models import zoo
    from course_lib.paths import zoo_dir

    broken = False
    for name in zoo.names():
        try:
            zoo.config_of(name)
            card = zoo.card_of(name)
        except CourseError as error:
            print(f"{name:24}          {error}")
            broken = True
            continue
        size = sum(file.stat().st_size for file in (zoo_dir() / name).glob("*.safetensors")) / 1e6
        print(f"{name:24} {size:5.1f} MB  {card.get('title', '')}")
    if broken:
        sys.exit(1)


def zoo_verify(names: Positional[tuple[str, ...]] = (), data: str | None = None) -> None:
    """Load every model (or those named), check sha256 and fingerprint; with --data measure the card's figures again.

    Args:
        names: models to check; all if none is named.
        data: folder or named set to re-measure the validation figures on.
    """
    from course_lib.models import zoo

    if data:
        _check_data(data)
    wrong = 0
    for name in names or zoo.names():
        problems, note = zoo.verify(name), ""
        if data and not problems:
            own = zoo.card_of(name).get("validation", {}).get("data", "").rpartition("/")[0]
            if own == read_spec(data).title:
                problems = _measured_again(name, data)
            else:
                note = f" (not measured: {f'its figures are of {own}' if own else 'its card has no figures'})"
        print(f"{name:24} {'ok' + note if not problems else '; '.join(problems)}")
        wrong += bool(problems)
    if wrong:
        sys.exit(1)


def _measured_again(name: str, data: str) -> list[str]:
    from course_lib.models import zoo
    from course_lib.models.measure import measure

    stored = zoo.card_of(name)["validation"]
    split = stored["data"].rpartition("/")[2]
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


def _check_data(data: str) -> None:
    """Refuses a folder that is not there, before anything is measured or written."""
    folder = read_spec(data).folder
    if folder and not folder.exists():
        raise CourseError(f"{folder} is not there. Check the path.")


def _check_new(name: str, replace: bool, data: str | None) -> None:
    """Refuses a name that is taken, and data that is not there, before a model is written."""
    from course_lib.models import zoo

    if name in zoo.names() and not replace:
        raise CourseError(f"The zoo already has {name}. Choose another name, or give --replace.")
    if data:
        _check_data(data)


def zoo_add(
    run: Positional[Path],
    name: Positional[str],
    data: str | None = None,
    title: str | None = None,
    limits: str | None = None,
    against: Path | None = None,
    replace: bool = False,
) -> None:
    """Put a finished run into the zoo under NAME, measured on the validation pairs of DATA.

    Args:
        run: the --out folder of `train`.
        name: the model's name.
        data: folder or named set with a val split.
        title: the card's headline.
        limits: what the model does badly, for the card.
        against: the folder of another trained model; its figures on DATA go onto the card for comparison.
        replace: the zoo's model of that name, if there is one.
    """
    from course_lib.models import zoo
    from course_lib.models.export import export
    from course_lib.models.measure import measure

    _check_new(name, replace, data)
    if against:
        zoo.config_of(against)
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
    replace: bool = False,
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
        replace: the zoo's model of that name, if there is one.
    """
    from course_lib.models import zoo
    from course_lib.models.measure import measure
    from course_lib.models.mix import mix

    _check_new(name, replace, data)
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
