"""The figures of a generator's card, measured on its samples against real pictures."""

from pathlib import Path
from typing import Any

EACH = 100  # samples of a class
REAL = 1000  # held-out real pictures at most: KID's time grows with their number


def measure_samples(sampler: Any, data: str, seed: int = 0) -> dict[str, Any]:
    """The figures as a card stores them.

    Args:
        sampler: a ``course_lib.models.sampler.Sampler`` of pictures.
        data: what it was trained on: every tenth picture of a class was held out, and is again here.
        seed: of the samples and of the classifier.

    Raises:
        CourseError: no such data, or data without the model's classes; a model of points.
    """
    import torch

    from course_lib.data.labelled import open_labelled
    from course_lib.errors import CourseError
    from course_lib.metrics.samples import samples_report

    if sampler.config.get("size") is None:
        raise CourseError("This model makes points in the plane. Measure those with course_lib.metrics.mode_coverage.")
    size, classes = sampler.config["size"], sampler.classes
    training, held_out = (open_labelled(data, size=size, split=split, classes=classes) for split in ("train", "val"))
    count = EACH * len(training.classes)
    z, asked = sampler.latent(count, seed), sampler.labels(count)
    parts = [slice(start, start + 256) for start in range(0, count, 256)]
    names = [None if asked is None else asked[part].tolist() for part in parts]
    made = torch.cat([sampler.generate(z[part], own) for part, own in zip(parts, names, strict=True)])
    made = ((made + 1) * 127.5).round().clamp(0, 255) / 127.5 - 1  # through 8 bits, as a visitor gets them
    chosen = torch.randperm(len(held_out), generator=torch.Generator().manual_seed(seed))[:REAL]
    report = samples_report(
        made, asked, (training.pictures, training.labels),
        (held_out.pictures[chosen], held_out.labels[chosen]), training.classes, seed=seed,
    )  # fmt: skip
    return {"data": f"{Path(data).name}/val", "real": len(chosen), "seed": seed, **report.to_json()}
