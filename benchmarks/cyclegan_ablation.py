"""Ablation of lesson 07 on stripes, whose truth is known.

``python -m benchmarks.cyclegan_ablation``; called again, it goes on.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from benchmarks.cyclegan_small import EPOCH, LOOKS, SEEDS, SMALL, VARIANTS, Trained, kept, pictures
from benchmarks.provenance import RESULTS, store
from course_lib.data.pictures import to_picture
from course_lib.data.synthetic.stripes import Stripes
from course_lib.metrics.classifier import classify
from course_lib.metrics.domains import train_domain_classifier
from course_lib.metrics.hidden import perturbed

NAME = "cyclegan_ablation"
SHOWN = [0, 2, 3, 4, 6]  # validation creatures on the sheet, A → B and then B → A
SWING = 30  # steps; the swing of D's loss is what is left over when its running mean over these is taken off


@lru_cache
def classifier() -> nn.Module:
    """A classifier of the two domains, trained on real pictures."""
    real = pictures("train")
    return train_domain_classifier(real["A"], real["B"])


@lru_cache
def validation() -> tuple[dict[str, Tensor], Tensor]:
    """Held-out pairs {"A", "B"}: (100, 3, 32, 32), and where the creature is: (100, 1, 32, 32) in [0, 1]."""
    data = Stripes(size=SMALL.size, split="val")
    return pictures("val"), torch.stack([data.body(index) for index in range(len(data))])[:, None]


def masked_l1(one: Tensor, other: Tensor, mask: Tensor) -> float:
    """Mean |one − other| over the pixels of a mask (N, 1, H, W) and all channels."""
    return (((one - other).abs() * mask).sum() / (mask.sum() * one.shape[1])).item()


def colour_shift(one: Tensor, other: Tensor, mask: Tensor) -> float:
    """How far the mean colour under the mask moves: mean over pictures and channels of |mean(one) − mean(other)|."""
    shift = ((one - other) * mask).sum((2, 3)) / mask.sum((2, 3))
    return shift.abs().mean().item()


def relative_variance(made: Tensor, real: Tensor) -> float:
    """Variance over the pictures, averaged over pixels, of made ones relative to real ones; 0: one answer for all."""
    return (made.var(0).mean() / real.var(0).mean()).item()


def direction(
    source: Tensor, target: Tensor, made: Tensor, back: Tensor, same: Tensor, body: Tensor, label: int
) -> dict[str, float]:
    """What one direction is worth. source, target: true pairs; made: G(source); back: F(G(source)); same: G(target)."""
    ground = 1 - body
    return {
        "called": (classify(classifier(), made.clamp(-1, 1)) == label).double().mean().item(),
        "body": masked_l1(made, target, body),
        "ground": masked_l1(made, target, ground),
        "body_untouched": masked_l1(source, target, body),
        "reconstruction": (back - source).abs().mean().item(),
        "variance": relative_variance(made, target),
        "shift": colour_shift(made, source, ground),
        "same_shift": colour_shift(same, target, ground),
        "same": (same - target).abs().mean().item(),
    }


def discriminators(run: Trained, real: dict[str, Tensor]) -> dict[str, float]:
    """What the discriminators think at the end of real pictures, of the newest fakes and of old ones; how their loss
    swings.

    Old: from the first half of the run. Both domains' means. Nothing where no discriminator was trained.
    """
    if "D_A" not in run.curve[0]:
        return {}
    scores: dict[str, list[float]] = {"real": [], "new": [], "old": []}
    with torch.no_grad():
        for domain, network in (("A", run.task.D_A), ("B", run.task.D_B)):
            shown = {
                "real": real[domain],
                "new": run.looks[-1][domain],
                "old": torch.cat([look[domain] for look in run.looks[: LOOKS // 2]]),
            }
            for name, some in shown.items():
                scores[name].append(network(some).mean().item())
    loss = np.array([[step["D_A"], step["D_B"]] for step in run.curve[len(run.curve) // 3 :]]).mean(1)
    smooth = np.convolve(loss, np.ones(SWING) / SWING, mode="valid")
    swing = float((loss[SWING // 2 : SWING // 2 + len(smooth)] - smooth).std())
    return {name: float(np.mean(values)) for name, values in scores.items()} | {
        "swing": swing,
        "loss": float(loss[-60:].mean()),
    }


@torch.no_grad()
def sample(run: Trained) -> dict[str, Tensor]:
    """{"a", "Ga", "FGa", "b", "Fb", "GFb", "Gb", "Fa"} on the held-out pictures."""
    real, _ = validation()
    six = run.task.sample(real)
    names = dict(zip(("a", "Ga", "FGa", "b", "Fb", "GFb"), six.unbind(1), strict=True))
    return names | {"Gb": run.task.exported("G")(real["B"]), "Fa": run.task.exported("F")(real["A"])}


def hidden(run: Trained) -> dict[str, dict[str, dict[str, float]]]:
    """What a perturbation in the middle does to the way back, by direction and perturbation."""
    real, _ = validation()
    forth, back = run.task.exported("G"), run.task.exported("F")
    ways = {"AtoB": (forth, back, real["A"], real["B"]), "BtoA": (back, forth, real["B"], real["A"])}
    return {way: {name: vars(one) for name, one in perturbed(*what).items()} for way, what in ways.items()}


def row(variant: str, seed: int) -> dict[str, Any]:
    """One line of the table for one seed."""
    run = kept(variant, seed)
    real, body = validation()
    made = sample(run)
    return {
        "seed": seed,
        "seconds": round(run.seconds, 1),
        "AtoB": direction(real["A"], real["B"], made["Ga"], made["FGa"], made["Gb"], body, 1),
        "BtoA": direction(real["B"], real["A"], made["Fb"], made["GFb"], made["Fa"], body, 0),
        "D": discriminators(run, real),
        **({"hidden": hidden(run)} if variant == "full" else {}),
    }


def sheet(variants: list[str]) -> list[str]:
    """Writes ``results/cyclegan_ablation.png``, pictures of seed 0:

    A → B at the left, B → A at the right; the rows' names.
    """
    real, _ = validation()
    rows = {"source": (real["A"], real["B"])}
    for variant in variants:
        made = sample(kept(variant, SEEDS[0]))
        rows[variant] = (made["Ga"], made["Fb"])
    rows["truth"] = (real["B"], real["A"])
    pixels = [
        np.concatenate([np.asarray(to_picture(side[at])) for side in sides for at in SHOWN], axis=1)
        for sides in rows.values()
    ]
    Image.fromarray(np.concatenate(pixels)).save(RESULTS / f"{NAME}.png", optimize=True)
    return list(rows)


def main() -> None:
    real, _ = validation()
    right = [classify(classifier(), real[name]) == label for label, name in enumerate("AB")]
    rows: dict[str, list[dict[str, Any]]] = {}
    for seed in SEEDS:  # seed by seed: the stored table is whole after each, however many there are
        for variant in VARIANTS:
            rows.setdefault(variant, []).append(row(variant, seed))
        path = store(
            NAME,
            command=f"python -m benchmarks.{NAME}",
            seeds=SEEDS[: seed + 1],
            seconds=sum(one["seconds"] for runs in rows.values() for one in runs),
            result={
                "config": vars(SMALL),
                "steps": SMALL.epochs * EPOCH,
                "classifier_accuracy": torch.cat(right).double().mean().item(),
                "rows": rows,
                "curve": {
                    name: [round(step[name], 4) for step in kept("full", SEEDS[0]).curve]
                    for name in kept("full", SEEDS[0]).curve[0]
                },
                "sheet": sheet(list(VARIANTS)),
            },
        )
        print(path, flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
