"""Table of lesson 05: ×4 with squared errors, with adversaries of several weights, with VGG's features alone.

``python -m benchmarks.averaging_plane``: one network a seed is trained on squared errors, on the photos inside
scikit-image and scikit-learn. From there it goes on in several ways.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.provenance import RESULTS, store
from benchmarks.small_superres import NETWORK, trained
from course_lib.data.augment import bytes_tensor, signed
from course_lib.data.crops import PhotoCrops
from course_lib.data.degrade import cropped_to_multiple, reduced
from course_lib.data.photos import open_photos
from course_lib.data.pictures import to_picture, to_unit
from course_lib.metrics import high_frequency_power, lattice_share, psnr_y
from course_lib.metrics.perceptual import vgg_distance
from course_lib.networks import SRResNet
from course_lib.networks.srresnet import enlarged
from course_lib.tasks import srgan, srresnet
from course_lib.tasks.srgan import SRGANConfig
from course_lib.tasks.srresnet import SRConfig, SRResNetConfig

NAME = "averaging_plane"
SEEDS = [0, 1, 2]
SCALE, SIDE = 4, 64  # pixels, side of the pieces that are measured
EVERY = 4  # of the pieces of the photos that were held out, every fourth is measured
SHOWN = 5  # of these, on the sheet: those with the most fine detail
WEIGHTS = (1e-3, 1e-2, 1e-1)  # of the adversarial loss beside the squared error on [−1, 1]
LAYER = "relu3_3"  # of the loss in features
# 80 crops of each of five photos, eight a step: 50 steps an epoch. A narrow network bears a higher rate than 1e-4.
CROPS: dict[str, Any] = {"patch": SIDE // SCALE, "crops": 80, "batch": 8}
STEPS_TAIL = NETWORK | {"tail": "steps"}  # the paper's; all at once leaves a lattice of its own
FIRST = SRResNetConfig(**STEPS_TAIL, **CROPS, lr=2e-3, epochs_flat=2, epochs_decay=8, content="mse")
THEN = SRGANConfig(
    **STEPS_TAIL, **CROPS, lr=5e-4, epochs_flat=5, epochs_decay=0, content="mse", content_weight=1.0,
    d_width=16, d_dense=64, d_norm="instance",
)  # fmt: skip
WAYS: dict[str, SRGANConfig] = {
    f"adversary {weight:g}": SRGANConfig(**asdict(THEN) | {"adversarial_weight": weight}) for weight in WEIGHTS
}
# D has no say there, so it is as small as can be; VGG is the slow part, so half as many crops a step.
WAYS["VGG alone"] = SRGANConfig(
    **asdict(THEN)
    | {"content": "vgg", "vgg_depth": 16, "vgg_weights": "bsds", "vgg_layers": (LAYER,), "adversarial_weight": 0.0}
    | {"d_width": 1, "d_dense": 1, "d_norm": "none", "batch": 4, "crops": 40}
)


def networks(seed: int) -> dict[str, tuple[SRResNet, float]]:
    """Every variant of one seed, and the seconds it took."""
    first = trained("MSE", seed, srresnet.TASK, FIRST, crops(FIRST))
    return {"MSE": first} | {
        name: trained(name, seed, srgan.TASK, config, crops(config), begin=first[0]) for name, config in WAYS.items()
    }


def crops(config: SRConfig) -> PhotoCrops:
    """What a variant learns from."""
    return srresnet.open_data("sample_photos", config, "train")


def pieces() -> tuple[Tensor, Tensor]:
    """(N, 3, SIDE/SCALE, …) and (N, 3, SIDE, SIDE) in [−1, 1]: some of the pieces of the photos held out, small and large.
    Photos are reduced whole, so that no piece has a frame."""
    photos = open_photos("sample_photos", split="val")
    large = [cropped_to_multiple(bytes_tensor(photos.picture(index)), SCALE) for index in range(len(photos))]
    return tuple(
        torch.cat([_cut(signed(picture), side) for picture in pictures])[::EVERY]
        for pictures, side in (([reduced(one, SCALE) for one in large], SIDE // SCALE), (large, SIDE))
    )  # type: ignore[return-value]


def _cut(picture: Tensor, side: int) -> Tensor:
    """(3, H, W) → (N, 3, side, side), side by side; what is left over at the right and below is left out."""
    windows = picture.unfold(1, side, side).unfold(2, side, side)
    return windows.permute(1, 2, 0, 3, 4).flatten(0, 1)


def figures(answer: Tensor, truth: Tensor) -> dict[str, float]:
    """Means over the pieces; "sharpness" is the power of high frequencies over that of the truth, "lattice" the share of all
    that power on grids of period 2 and 4 (of the sum, because a flat piece has no share)."""
    made, real = to_unit(answer.clamp(-1, 1)), to_unit(truth)
    power = high_frequency_power(made)
    return {
        "psnr": psnr_y(made, real, SCALE).mean().item(),
        "vgg_distance": vgg_distance(made, real, SCALE).mean().item(),
        "sharpness": (power.mean() / high_frequency_power(real).mean()).item(),
        "lattice": (lattice_share(made).nan_to_num() * power).sum().item() / power.sum().item(),
    }


def main() -> None:
    small, truth = pieces()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("MSE", *WAYS)}
    sheet: dict[str, Tensor] = {"bicubic": enlarged(small, SCALE)}
    for seed in SEEDS:
        for name, (network, seconds) in networks(seed).items():
            with torch.no_grad():
                answer = network(small)
            rows[name].append({"seed": seed, "seconds": round(seconds, 1), **figures(answer, truth)})
            print(name, rows[name][-1], flush=True)
            sheet.setdefault(name, answer)
    sheet["truth"] = truth
    shown = high_frequency_power(to_unit(truth)).argsort(descending=True)[:SHOWN].tolist()
    strips = [
        np.concatenate([np.asarray(to_picture(row[at : at + 1])) for at in shown], axis=1) for row in sheet.values()
    ]
    Image.fromarray(np.concatenate(strips)).save(RESULTS / f"{NAME}.png", optimize=True)
    path = store(
        NAME,
        command=f"python -m benchmarks.{NAME}",
        seeds=SEEDS,
        seconds=sum(one["seconds"] for row in rows.values() for one in row),
        result={
            "config": json.loads(
                json.dumps({"MSE": asdict(FIRST)} | {name: asdict(way) for name, way in WAYS.items()})
            ),
            "pieces": len(truth),
            "rows": rows,
            "real": figures(truth, truth) | {"psnr": None},  # infinite
            "bicubic": figures(sheet["bicubic"], truth),
            "sheet": list(sheet),
        },
    )
    print(path)


if __name__ == "__main__":
    main()
