"""The figures of a model's card, measured on data: what they are is the affair of its kind."""

import shlex
from pathlib import Path
from typing import Any

from course_lib.data.catalogue import read_spec
from course_lib.models import zoo


def measure(model: str | Path, data: str, split: str = "val", seed: int = 0, device: str = "cpu") -> dict[str, Any]:
    """The figures as a card stores them, with the data, the seed, and the command that measures them again.

    Args:
        model: a name in the zoo, or the folder of a trained model.
        data: a folder or a named set.
        split: which part of it, where the kind of model leaves that open.
        seed: of noise, samples and classifiers.

    Raises:
        CourseError: no such model or data, or a kind of model that cannot be measured.
    """
    command = ["python", "-m", "course_lib", "evaluate", "--model", str(model), "--data", data, "--split", split]
    _, kind = zoo.config_of(model)
    figures = kind.measure(zoo.load_parts(model, device), data, split, seed)
    return {"command": shlex.join(command), "data": f"{read_spec(data).title}/{split}", "seed": seed, **figures}
