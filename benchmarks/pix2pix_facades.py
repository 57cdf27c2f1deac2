"""The shipped façade models on the real validation pairs: spectra and answers.

``python -m benchmarks.pix2pix_facades [FOLDER]``; the folder is the CMP façades, ../shared/data/facades if not named.
"""

import sys
import time

import numpy as np
import torch
from PIL import Image

from benchmarks.provenance import RESULTS, store
from course_lib.data.pairs import open_pairs
from course_lib.data.pictures import to_picture, to_unit
from course_lib.metrics import radial_spectrum
from course_lib.models import zoo

MODELS = {"L1": "pix2pix-facades-l1", "L1+cGAN": "pix2pix-facades"}
SHOWN = [1, 14, 27, 45, 62, 88]
SEED = 0


def main(folder: str = "../shared/data/facades") -> None:
    started = time.monotonic()
    models = {name: zoo.load_translator(model) for name, model in MODELS.items()}
    pairs = open_pairs(folder, size=models["L1"].config["size"], split="val", direction="BtoA", palette="facades")
    examples = [pairs.example(index) for index in range(len(pairs))]
    maps = torch.stack([example["input"] for example in examples])
    pictures = {"real": torch.stack([example["target"] for example in examples])}
    for name, model in models.items():
        pictures[name] = torch.cat([model.translate(part, seed=SEED) for part in maps.split(20)])
    spectra = {name: radial_spectrum(to_unit(batch).clamp(0, 1)) for name, batch in pictures.items()}
    rows = [
        np.concatenate([np.asarray(to_picture(pictures[name][index])) for index in SHOWN], axis=1) for name in MODELS
    ]
    # Only the models' own answers are stored: the photos and maps are not ours to pass on.
    Image.fromarray(np.concatenate(rows)).save(RESULTS / "pix2pix_facades.png", optimize=True)
    path = store(
        "pix2pix_facades",
        command="python -m benchmarks.pix2pix_facades",
        seeds=[SEED],
        seconds=time.monotonic() - started,
        result={
            "pairs": len(pairs),
            "shown": SHOWN,
            "models": {name: {"name": MODELS[name], "sha256": model.card["sha256"]} for name, model in models.items()},
            "frequencies": [round(float(f), 5) for f in spectra["real"][0]],
            "spectra": {name: [float(f"{p:.4g}") for p in power.mean(0)] for name, (_, power) in spectra.items()},
            "sheet": list(MODELS),
        },
    )
    print(path)


if __name__ == "__main__":
    main(*sys.argv[1:2])
