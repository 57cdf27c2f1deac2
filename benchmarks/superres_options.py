"""What later work changed in SRResNet, one change at a time, over seeds: PSNR and VGG distance on Set5.

``python -m benchmarks.superres_options``: needs ../shared/data/superres. Every run takes about as many multiplications.
"""

from dataclasses import replace
from typing import Any

from benchmarks.provenance import store
from benchmarks.small_superres import NETWORK, trained
from course_lib.models import upscaler
from course_lib.models.upscaler import Upscaler
from course_lib.networks import SRResNet
from course_lib.tasks.srresnet import TASK, SRResNetConfig, open_data

TRAIN, TEST = "superres=../shared/data/superres", "set5=../shared/data/superres/Set5/x4"
SEEDS = [0, 1, 2]
# 12 crops of each of 291 photos, eight a step: 436 steps an epoch.
BASE = SRResNetConfig(
    **NETWORK, batch=8, lr=1e-3, patch=24, crops=12, epochs_flat=1, epochs_decay=1, content="l1", ema_decay=0.99
)
CHANGES: dict[str, dict[str, Any]] = {
    "base": {},
    "batch norm": {"norm": "batch"},
    "squared error": {"content": "mse"},
    "no bicubic skip": {"skip": "none"},
    "no average of weights": {"ema_decay": 0.0},
    "patch 48": {"patch": 48, "batch": 2, "crops": 3},  # a quarter as many crops of four times the pixels
    "from ×2": {"epochs_flat": 0, "epochs_decay": 1},  # and as many steps at ×2 before
}
SOURCES = {
    "base": "no batch norm, absolute error: EDSR (Lim et al. 2017); bicubic skip: VDSR (Kim et al. 2016)",
    "batch norm": "Ledig et al. 2017, fig. 4",
    "squared error": "Ledig et al. 2017, eq. 4",
    "no bicubic skip": "Ledig et al. 2017, fig. 4",
    "no average of weights": "averages: Polyak and Juditsky 1992; Yazıcı et al. 2019 for GANs",
    "patch 48": "Ledig et al. 2017 cut 24² (96² large); EDSR 48²",
    "from ×2": "EDSR, section 3",
}


def network(name: str, seed: int, data: dict[int, Any]) -> tuple[SRResNet, float]:
    """A variant's network and its seconds; "from ×2" with those before it."""
    config = replace(BASE, **CHANGES[name])
    if name != "from ×2":
        return trained(f"options {name}", seed, TASK, config, _opened(data, config))
    before = replace(BASE, scale=2, epochs_flat=1, epochs_decay=0)
    begin, first = trained("options ×2", seed, TASK, before, _opened(data, before))
    made, then = trained(f"options {name}", seed, TASK, config, _opened(data, config), begin=begin)
    return made, first + then


def _opened(kept: dict[Any, Any], config: SRResNetConfig) -> Any:
    key = (config.scale, config.patch, config.crops)
    if key not in kept:
        kept.clear()  # one set of photos at a time
        kept[key] = open_data(TRAIN, config, "train")
    return kept[key]


def main() -> None:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in CHANGES}
    data: dict[Any, Any] = {}
    for name in CHANGES:
        for seed in SEEDS:
            made, seconds = network(name, seed, data)
            found = upscaler.compared({name: Upscaler(made, {}, {})}, TEST)["rows"][name]
            figures = {key: found[key] for key in ("psnr", "vgg_distance")}
            rows[name].append({"seed": seed, "seconds": round(seconds, 1), **figures})
            print(name, rows[name][-1], flush=True)
    path = store(
        "superres_options",
        command="python -m benchmarks.superres_options",
        seeds=SEEDS,
        seconds=sum(one["seconds"] for row in rows.values() for one in row),
        result={"data": "superres, measured on set5", "sources": SOURCES, "rows": rows},
    )
    print(path)


if __name__ == "__main__":
    main()
