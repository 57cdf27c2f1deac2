"""Makes the shipped models' configs and cards anew in today's form: ``python -m tools.remake_cards``.

Nothing is measured: figures, hashes and fingerprints stay. What version 0.1 left out is taken from the command that
made the model: the loss with every weight and penalty, and which half of a pair is the input.
"""

import json
import shlex
from typing import Any

from course_lib.commands.train import parse
from course_lib.files import write_text
from course_lib.models import zoo
from course_lib.models.files import read_json
from course_lib.paths import zoo_dir
from course_lib.renamed import modern_config
from course_lib.tasks import TASKS

DIRECTION = {"facades": "BtoA"}  # of the sets whose inputs are the right half


def remake(name: str) -> None:
    """One model's config.json, card.json and README.md."""
    folder = zoo_dir() / name
    config, card = modern_config(read_json(folder / "config.json")), read_json(folder / "card.json")
    if card["task"] not in TASKS:
        return
    if config["kind"] == "translator":
        config["direction"] = config["direction"] or DIRECTION.get(card["data"], "AtoB")
    write_text(folder / "config.json", json.dumps(config, indent=2) + "\n")
    card.pop("loss_weights", None)
    if "against" in card:  # measured by a command that named a folder called "model" only
        other = shlex.split(card["against"]["command"])
        run = other[other.index("--out") + 1]
        measured = card["against"]["validation"]
        measured["command"] = measured["command"].replace("--model model", f"--model {run}/model")
    ordered = {}
    for key, value in card.items():
        ordered[key] = value
        if key == "command":
            ordered["loss"] = objective(card["task"], value)
    write_text(folder / "card.json", json.dumps(ordered, indent=2, ensure_ascii=False) + "\n")
    zoo.update_card(name)  # renders README.md


def objective(task: str, command: str) -> dict[str, Any]:
    """The loss, weights and penalties of the run that a command starts."""
    _, config = parse(shlex.split(command)[4:])
    return {setting: getattr(config, setting) for setting in TASKS[task].objective}


if __name__ == "__main__":
    for model in zoo.names():
        remake(model)
        print(model)
