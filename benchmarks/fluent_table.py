"""The same task with pairs, without pairs, and with no adversary, against the truth. ``python -m benchmarks.fluent_table``.

Needs ../shared/data/fluent128. Each run is kept under runs/, so that an interrupted table goes on; ``--seed 1`` makes
the runs of one seed alone and stores nothing; ``--add L1+GAN`` puts one recipe more into the stored table, measured as
the others were.
"""

import argparse
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.provenance import RESULTS, commit, machine, store
from benchmarks.small_fluent import (
    PAIRED,
    RUNS,
    SEEDS,
    UNPAIRED,
    VARIANTS,
    WAYS,
    domains,
    trained,
    validation,
)
from benchmarks.small_pix2pix import translate
from course_lib import plots
from course_lib.data.catalogue import NAMED
from course_lib.data.pictures import to_picture, to_unit
from course_lib.files import write_text
from course_lib.metrics.classifier import classify
from course_lib.metrics.domains import train_domain_classifier
from course_lib.metrics.kid import kid_features, kid_from_features
from course_lib.metrics.pairwise import ssim_y
from course_lib.metrics.perceptual import vgg_distance
from course_lib.metrics.spectrum import sharpness_relative
from course_lib.models import zoo

NAME = "fluent_table"
SHIPPED = ("pix2pix-fluent", "pix2pix-fluent-l1", "cyclegan-fluent")
SHOWN = [3, 40, 77, 114, 151, 188, 225]  # of the validation pairs, by name


def figures(made: Tensor, real: Tensor) -> dict[str, float]:
    """Of answers (N, 3, H, W) in [−1, 1] against the truth: near it (l1, ssim, features), and like it (kid, sharpness)."""
    seen, truth = to_unit(made.clamp(-1, 1)), to_unit(real)
    return {
        "l1": (made - real).abs().mean().item(),
        "ssim": ssim_y(seen, truth, border=0).mean().item(),
        "features": vgg_distance(seen, truth, border=0).mean().item(),
        # The table shows the spread over seeds, so KID's own bootstrap is not needed.
        "kid": kid_from_features(kid_features(seen), kid_features(truth), resamples=1).value,
        "sharpness": sharpness_relative(seen, truth),
    }


def row(variant: str, seed: int) -> dict[str, Any]:
    """Both directions of a variant, kept beside its runs."""
    networks, made = trained(variant, seed)
    place = RUNS / variant.replace(" ", "_") / f"measured-{seed}.json"
    if place.exists() and (kept := json.loads(place.read_text()))["made"] == made:
        return kept["row"]
    real = validation()
    result: dict[str, Any] = {"seed": seed, "seconds": round(made["seconds"], 1), "steps": made["steps"]}
    for way in WAYS:
        answers = translate(networks[way], real[way[0]])
        result[way] = figures(answers, real[way[-1]])
    place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, json.dumps({"made": made, "row": result}))
    return result


def classified(rows: dict[str, list[dict[str, Any]]], unchanged: dict[str, dict[str, float]]) -> float:
    """Adds to every row, and to the inputs, what share an independent classifier calls the target; its own accuracy."""
    data, real = domains(), validation()
    seen = {name: torch.stack([data.example(index)[name] for index in range(len(data))]) for name in "AB"}
    classifier = train_domain_classifier(seen["A"], seen["B"], 0, 20)

    def called(pictures: Tensor, target: str) -> float:
        return (classify(classifier, pictures) == "AB".index(target)).float().mean().item()

    for way in WAYS:
        unchanged[way]["called_target"] = called(real[way[0]], way[-1])
        for variant, runs in rows.items():
            for run in runs:
                answers = translate(trained(variant, run["seed"])[0][way], real[way[0]])
                run[way]["called_target"] = called(answers, way[-1])
    return sum(called(real[name], name) for name in "AB") / 2


def sheet(kept: Mapping[str, list[Image.Image]]) -> list[str]:
    """Writes ``results/fluent_table.png``: flat → 3-D above, back below, seed 0; gives the rows' names.

    Args:
        kept: rows by name that are there already.
    """
    real = validation()
    rows: dict[str, list[Image.Image]] = {}
    for way in WAYS:
        inputs = real[way[0]][SHOWN]
        rows[f"{way} input"] = [to_picture(one) for one in inputs]
        for variant in VARIANTS:
            name = f"{way} {variant}"
            rows[name] = kept.get(name) or [to_picture(one) for one in translate(trained(variant, 0)[0][way], inputs)]
        rows[f"{way} truth"] = [to_picture(one) for one in real[way[-1]][SHOWN]]
    strips = [np.concatenate([np.asarray(picture) for picture in pictures], axis=1) for pictures in rows.values()]
    Image.fromarray(np.concatenate(strips)).save(RESULTS / f"{NAME}.png", optimize=True)
    return list(rows)


def shipped() -> dict[str, Any]:
    """The shipped models at 128², from their cards."""
    return {name: zoo.card_of(name)["validation"] for name in SHIPPED if name in zoo.names()}


def add(variant: str) -> Path:
    """One recipe more for the stored table."""
    before = plots.stored(NAME)
    for name, config in (("paired", PAIRED), ("unpaired", UNPAIRED)):  # options that came later are at their defaults
        then = before["config"][name]
        if any(value != then[key] for key, value in vars(config).items() if key in then):
            raise SystemExit(f"The stored table has other settings ({name}). Make it anew: python -m benchmarks.{NAME}")
    new = {variant: [row(variant, seed) for seed in SEEDS]}
    accuracy = classified(new, {way: {} for way in WAYS})
    if abs(accuracy - before["classifier_accuracy"]) > 1e-9:
        raise SystemExit("The classifier is another one here, so its column does not compare. Make the table anew.")
    rows = {name: (before["rows"] | new)[name] for name in VARIANTS}
    command = f"{before['command']} && python -m benchmarks.{NAME} --add {shlex.quote(variant)}"
    # What made the table stays on its record; what made the new recipe stands beside it.
    origin = {name: before[name] for name in ("versions", "commit", "machine")}
    added = before.get("added", {}) | {variant: {"commit": commit(), "machine": machine()}}
    strips = plots.stored_sheet(before)
    return keep(command, rows, before["unchanged"], accuracy, strips, **origin, added=added)


def keep(
    command: str,
    rows: dict[str, list[dict[str, Any]]],
    unchanged: dict[str, dict[str, float]],
    accuracy: float,
    strips: Mapping[str, list[Image.Image]],
    **more: Any,
) -> Path:
    """Stores the table, ``more`` beside it, and its sheet."""
    return store(
        NAME,
        command=command,
        seeds=SEEDS,
        seconds=sum(run["seconds"] for runs in rows.values() for run in runs),
        result={
            "terms": NAMED["fluent"].terms,
            "config": {"paired": vars(PAIRED), "unpaired": vars(UNPAIRED)},
            "pairs": len(validation()["A"]),
            "rows": rows,
            "unchanged": unchanged,
            "classifier_accuracy": accuracy,
            "shipped": shipped(),
            "sheet": sheet(strips),
            **more,
        },
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, choices=SEEDS, help="make the runs of this seed alone, store nothing")
    parser.add_argument("--add", choices=VARIANTS, help="put this recipe into the stored table, which has the others")
    asked = parser.parse_args()
    if asked.add:
        print(add(asked.add))
        return
    seeds = SEEDS if asked.seed is None else [asked.seed]
    rows: dict[str, list[dict[str, Any]]] = {variant: [] for variant in VARIANTS}
    for seed in seeds:  # seed by seed, so that whatever is done by now is a whole table
        for variant in VARIANTS:
            rows[variant].append(row(variant, seed))
            print(variant, rows[variant][-1], flush=True)
    if asked.seed is not None:
        return
    real = validation()
    unchanged = {way: figures(real[way[0]], real[way[-1]]) for way in WAYS}
    accuracy = classified(rows, unchanged)
    print(keep(f"python -m benchmarks.{NAME}", rows, unchanged, accuracy, {}))


if __name__ == "__main__":
    main()
