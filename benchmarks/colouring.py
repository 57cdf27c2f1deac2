"""Grey emoji coloured by squared errors, by absolute errors, and by these with a discriminator: figures and answers.

``python -m benchmarks.colouring``: needs ../shared/data/fluent128, and the network of absolute errors, which is not
shipped, in runs/colorize-emoji-l1 (colorize-emoji-l2's command with --l1-weight 100 --l2-weight 0).
"""

import sys

import numpy as np
import torch
from PIL import Image

from benchmarks.provenance import RESULTS, store
from course_lib.data.pairs import open_pairs
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.metrics import pairs_report
from course_lib.models import zoo

NAME, DATA = "colouring", "fluent=../shared/data/fluent128"
MODELS = {"L2": "colorize-emoji-l2", "L1": "runs/colorize-emoji-l1/model", "L1 + cGAN": "colorize-emoji"}
# A shrug in two shirts, a crocodile, a unicorn, a kite, fire engine, popcorn: the Colour tab's examples (MIT).
SHOWN = ("1f937", "1f937-200d-2642-fe0f", "1f40a", "1f984", "1fa81", "1f692", "1f37f")
SIDE = 96  # pixels, of a picture on the sheet


def main(l1_model: str = MODELS["L1"]) -> None:
    models = {name: zoo.load_translator(model) for name, model in (MODELS | {"L1": l1_model}).items()}
    pairs = open_pairs(DATA, size=128, split="val", maker="colorize")
    examples = [pairs.example(index) for index in range(len(pairs))]
    places = [next(at for at, (file, *_) in enumerate(pairs.files) if file.stem == stem) for stem in SHOWN]
    truth = torch.stack([example["target"] for example in examples])
    strips = {"grey": torch.stack([examples[at]["input"] for at in places])}
    rows = {}
    for name, model in models.items():
        # Through 8 bits, as a visitor gets it; picture i has seed i.
        answers = [model.translate(example["input"][None], at) for at, example in enumerate(examples)]
        made = torch.cat([to_tensor(to_picture(answer)) for answer in answers])
        rows[name] = [{"seed": 0, **pairs_report(to_unit(made), to_unit(truth)).to_json()}]
        strips[name] = made[places]
    strips["truth"] = truth[places]
    sheet = [np.concatenate([_small(picture) for picture in strip], axis=1) for strip in strips.values()]
    Image.fromarray(np.concatenate(sheet)).save(RESULTS / f"{NAME}.png", optimize=True)
    path = store(
        NAME,
        command=f"python -m benchmarks.{NAME}",
        seeds=[0],
        seconds=sum(model.card["seconds"] for model in models.values()),  # of training, as everywhere
        result={
            "data": DATA.partition("=")[0],
            "pairs": len(pairs),
            "models": {name: model.card.get("sha256") for name, model in models.items()},
            "training": {name: _training(model.card) for name, model in models.items()},
            "rows": rows,
            "sheet": list(strips),
        },
    )
    for name, (figures,) in rows.items():
        print(name, figures)
    print(path)


def _training(card: dict[str, object]) -> dict[str, object]:
    return {name: card[name] for name in ("steps", "epochs", "loss") if name in card}


def _small(picture: torch.Tensor) -> np.ndarray:
    return np.asarray(to_picture(picture[None]).resize((SIDE, SIDE), Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main(*sys.argv[1:2])
