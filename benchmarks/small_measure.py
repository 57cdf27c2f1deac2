"""What the small pix2pix models are worth, in the course's own metrics."""

import json
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.provenance import RESULTS
from benchmarks.small_pix2pix import SEEDS, SMALL, folder, trained, translate, validation
from course_lib.data import palette
from course_lib.data.pictures import to_picture, to_tensor, to_unit
from course_lib.data.synthetic.facade_blocks import SPLITS, facade_blocks
from course_lib.metrics import fcn_score, kid_features, kid_from_features, psnr_y, sharpness_relative, ssim_y
from course_lib.metrics.kid import halves_from_features

NOISES = 8  # dropout seeds, and appearances of a real façade, that the spread is measured over
SHOWN = [0, 2, 4, 5, 6, 9]  # validation maps on the sheet


@lru_cache
def classifier() -> tuple[torch.nn.Module, Tensor]:
    """The reader (photo → label map) and the true classes of the validation maps."""
    maps = validation()[0]
    return trained("reader", 0)[0], _classes(maps)


@lru_cache
def real_features() -> Tensor:
    """What KID needs of the real validation photos; the same for every row."""
    return kid_features(to_unit(validation()[1]))


def read(photos: Tensor) -> dict[str, float]:
    """How much of its map the reader recognises in each photo; the paper's FCN score, with our reader as its FCN."""
    reader, truth = classifier()
    score = fcn_score(_classes(translate(reader, photos)), truth, classes=len(palette.FACADES))
    return {"pixel": score.pixel_accuracy, "class": score.class_accuracy, "iou": score.mean_iou}


def measure(variant: str, seed: int) -> dict[str, Any]:
    """One row for one seed, kept beside the run. Spread: standard deviation over ``NOISES`` dropout seeds, mean over
    pixels,
    of [0, 1]."""
    kept = folder(variant, seed) / "measured.json"
    if not kept.exists():
        row = _measure(variant, seed)  # trains first, if need be, which empties the folder
        kept.write_text(json.dumps(row))
    return json.loads(kept.read_text())


def _measure(variant: str, seed: int) -> dict[str, Any]:
    network, seconds = trained(variant, seed)
    maps, photos = validation()
    outputs = translate(network, maps)
    real, made = to_unit(photos), to_unit(outputs)
    noises = torch.stack([translate(network, maps[:20], seed=noise) for noise in range(NOISES)])
    network.noise = False
    still = translate(network, maps)
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "l1": (outputs - photos).abs().mean().item(),
        "psnr": psnr_y(made, real, border=0).mean().item(),
        "ssim": ssim_y(made, real, border=0).mean().item(),
        # The table shows the spread over seeds, so KID's own bootstrap is not needed.
        "kid": kid_from_features(kid_features(made), real_features(), resamples=1).value,
        "sharpness": sharpness_relative(made, real),
        "reads": read(outputs),
        "spread": to_unit(noises).std(0).mean().item(),
        "l1_without_noise": (still - photos).abs().mean().item(),
        "sharpness_without_noise": sharpness_relative(to_unit(still), real),
    }


def real_row() -> dict[str, Any]:
    """The same of the real photos:

    how well they are read, how far two halves of them are apart, how varied a map's are.
    """
    photos = validation()[1]
    first = SPLITS["val"][0]
    varied = torch.stack(
        [
            torch.cat(
                [to_tensor(facade_blocks(first + index, size=SMALL.size, appearance=k)[1]) for index in range(20)]
            )
            for k in range(NOISES)
        ]
    )
    return {
        "kid": halves_from_features(real_features(), resamples=1).value,
        "sharpness": 1.0,
        "reads": read(photos),
        "spread": to_unit(varied).std(0).mean().item(),
    }


def table(variants: list[str]) -> dict[str, list[dict[str, Any]]]:
    """variant → one row per seed."""
    return {variant: [measure(variant, seed) for seed in SEEDS] for variant in variants}


def seconds_of(rows: dict[str, list[dict[str, Any]]]) -> float:
    return sum(row["seconds"] for runs in rows.values() for row in runs)


def sheet(name: str, variants: list[str]) -> list[str]:
    """Writes ``results/NAME.png``: rows of 64² pictures, maps first, photos last, seed 0; gives the rows' names."""
    maps, photos = validation()
    rows = {"map": maps, **{variant: translate(trained(variant, 0)[0], maps) for variant in variants}, "photo": photos}
    pixels = [np.concatenate([np.asarray(to_picture(tensor[at])) for at in SHOWN], axis=1) for tensor in rows.values()]
    Image.fromarray(np.concatenate(pixels)).save(RESULTS / f"{name}.png", optimize=True)
    return list(rows)


def _classes(pictures: Tensor) -> Tensor:
    return torch.from_numpy(np.stack([palette.classes(to_picture(picture)) for picture in pictures])).long()
