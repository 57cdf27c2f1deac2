"""Emoji: the whole recipe against the GAN alone, on held-out pairs. ``python -m benchmarks.cyclegan_emoji [FOLDER
ALONE]``.

FOLDER is the set of emoji, ../shared/data/emoji64 if not named; ALONE the folder of the model without cycle and
identity, whose training command stands on the card of ``cyclegan-emoji`` (runs/cyclegan-emoji-alone/model if not
named). Its
figures are taken from that card, where ``zoo add --against`` put them; here both models' pictures are drawn.
"""

import sys
from typing import Any

import numpy as np
import torch
from PIL import Image

from benchmarks.provenance import RESULTS, store
from course_lib.data.domains import open_domains
from course_lib.data.pictures import to_picture
from course_lib.models import zoo

NAME, MODEL = "cyclegan_emoji", "cyclegan-emoji"
SHOWN = [0, 12, 36, 60, 72, 96, 120, 132]  # of the held-out pairs, which lie in the order of a hash


def figures(direction: dict[str, Any]) -> dict[str, float]:
    """One direction of a card, flat."""
    flat = {name: direction[name] for name in ("pictures", "called_target", "reconstruction_l1")}
    flat |= {name: direction[name]["value"] for name in ("kid_vgg", "kid_vgg_untranslated", "kid_vgg_real")}
    flat |= {f"truth_{name}": value for name, value in direction["truth"].items()}
    return flat | {f"nothing_{name}": value for name, value in direction["truth_untranslated"].items()}


def main(folder: str = "../shared/data/emoji64", alone: str = "runs/cyclegan-emoji-alone/model") -> None:
    data = open_domains(folder, size=zoo.load_translator(MODEL, "AtoB").config["size"], split="val")
    examples = [data.example(index) for index in range(len(data))]
    real = {name: torch.stack([example[name] for example in examples]) for name in "AB"}
    card = zoo.card_of(MODEL)
    measured = {"full": card["validation"], "GAN alone": card["against"]["validation"]}
    sheet = {"emoji": (real["A"], real["B"])}
    rows = {}
    for variant, model in (("full", MODEL), ("GAN alone", alone)):
        made = {
            way: torch.cat([zoo.load_translator(model, way).translate(part) for part in real[way[0]].split(20)])
            for way in ("AtoB", "BtoA")
        }
        row: dict[str, Any] = {"seed": card["seed"], "classifier_accuracy": measured[variant]["classifier_accuracy"]}
        for way, answers in made.items():
            spread = (answers.var(0).mean() / real[way[-1]].var(0).mean()).item()
            row[way] = figures(measured[variant][way]) | {"variance": spread}
        rows[variant] = [row]
        sheet[variant] = (made["AtoB"], made["BtoA"])
    sheet["truth"] = (real["B"], real["A"])

    pixels = [
        np.concatenate([np.asarray(to_picture(side[index])) for side in sides for index in SHOWN], axis=1)
        for sides in sheet.values()
    ]
    Image.fromarray(np.concatenate(pixels)).save(RESULTS / f"{NAME}.png", optimize=True)
    path = store(
        NAME,
        command=f"python -m benchmarks.{NAME}",
        seeds=[card["seed"]],
        seconds=card["seconds"] + card.get("began_with", {}).get("seconds", 0.0),  # of the full recipe's training
        result={
            "terms": card["terms"],
            "commands": {"full": card["command"], "GAN alone": card["against"]["command"]},
            "steps": {
                "full": card["steps"] + card.get("began_with", {}).get("steps", 0),
                "GAN alone": card["against"]["steps"],
            },
            "rows": rows,
            "sheet": list(sheet),
        },
    )
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:3])
