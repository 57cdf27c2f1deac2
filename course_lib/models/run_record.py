"""What a run says of itself in run.json: how it was begun, and that it goes on as the same run."""

import dataclasses
import json
import warnings
from pathlib import Path
from typing import Any

from course_lib.data.catalogue import NAMED, read_spec, terms_of
from course_lib.errors import CourseError
from course_lib.models import zoo
from course_lib.renamed import modern_settings
from course_lib.training.optimizer import OptimizerConfig

MAY_CHANGE = ("epochs_flat", "epochs_decay", "compile", "channels_last")  # on resume, without making it another run
KEPT = ("began_with", "fast")  # of the first record: what need not be said again


def new_record(settings: Any, config: OptimizerConfig, command: str) -> dict[str, Any]:
    """Of a run that begins; ``settings`` are the dataclass of ``train``'s."""
    return {
        "task": settings.task,
        "command": command,
        "settings": {
            name: str(value) if isinstance(value, Path) else value
            for name, value in dataclasses.asdict(settings).items()
        },
        "config": dataclasses.asdict(config),
        "data": read_spec(settings.data).title,
        "terms": terms_of(settings.data),
        **({"began_with": _training_before(settings.start_from)} if settings.start_from else {}),
    }


def _training_before(model: str) -> dict[str, Any]:
    """How the model that a run starts from was made."""
    card = zoo.card_of(model)
    parts = ("command", "epochs", "steps", "seconds", "hardware", "began_with")
    return {name: card[name] for name in parts if name in card}


def resumed_record(settings: Any, now: dict[str, Any]) -> dict[str, Any]:
    """The record of a run that goes on: the command it was started with, and no silent change of recipe.

    Raises:
        CourseError: a setting differs that would make it another run (how long it lasts may change).
    """
    then = stored_record(settings.out)
    if not then:
        return now
    if then["task"] != now["task"]:
        raise CourseError(
            f"The run in {settings.out} is one of {then['task']}, not of {now['task']}. To train its model on with "
            f"{now['task']}, where the networks fit: --start-from {settings.out / 'model'} and another --out."
        )
    _refuse_meaning_changed(settings.data, then)
    begun = then["settings"].get("start_from")
    if settings.start_from and settings.start_from != begun:
        raise CourseError(
            f"The run in {settings.out} began {f'with {begun}' if begun else 'with fresh weights'}, not with "
            f"{settings.start_from}: --start-from counts when a run begins. Leave it out, or choose another --out."
        )
    before, after = modern_settings(then["config"]), json.loads(json.dumps(now["config"]))
    changed = [name for name in before.keys() & after if before[name] != after[name]]
    refused = [f"{name} was {before[name]}, is {after[name]}" for name in changed if name not in MAY_CHANGE]
    if refused:
        raise CourseError(
            f"The run in {settings.out} had other settings: {'; '.join(sorted(refused)[:3])}. "
            "Resume with its own or choose another --out."
        )
    # A run that was made longer or shorter on its way is not what its first command says.
    later = list(then.get("resumed_with", []))
    if any(map(_is_length, changed)):
        later.append(now["command"])
        lengths = [name for name in sorted(before) if _is_length(name)]
        was, to_be = (", ".join(f"{name} {of[name]}" for name in lengths) for of in (before, after))
        flags = " ".join(f"--{name.replace('_', '-')} {before[name]}" for name in lengths)
        warnings.warn(f"this run was to last {was}; now {to_be}. {flags} leaves it as it was.", stacklevel=2)
    kept = {name: then[name] for name in KEPT if name in then}
    return {
        **{name: value for name, value in now.items() if name not in KEPT},
        **kept,
        "command": then.get("command", now["command"]),
        **({"resumed_with": later} if later else {}),
    }


def stored_record(out: Path) -> dict[str, Any]:
    """The record in a run's folder; empty if there is none.

    Raises:
        CourseError: it is damaged.
    """
    file = out / "run.json"
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(record["config"], dict):
            raise TypeError
        return record
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{file} cannot be read. Start anew in another --out.") from error


def _refuse_meaning_changed(data: str, then: dict[str, Any]) -> None:
    """Version 0.1 took a folder called like a named set for that set, with its direction, palette and terms."""
    asked = read_spec(data)
    if "data" not in then and asked.name is None and asked.title in NAMED:
        raise CourseError(
            f"This run took {data} for the set {asked.title!r} by its folder's name. "
            f"Write --data {asked.title}={data} to go on with it as it was."
        )


def _is_length(setting: str) -> bool:
    return setting.startswith("epochs_")
