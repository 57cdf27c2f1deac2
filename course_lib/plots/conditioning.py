"""What was asked for against what was drawn."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from course_lib.errors import CourseError
from course_lib.plots.style import figure


@figure
def asked_and_found(counts: Mapping[str, Tensor | np.ndarray], classes: Sequence[str], *, side: float = 3.0) -> Figure:
    """One square a name: row = class asked for, column = class an independent classifier saw, lightness = share of the
    row.

    A conditional generator that does as it is told shows a bright diagonal; one that does not listen shows columns.

    Args:
        counts: name → (K, K) counts, [asked, found].
        classes: K names.
        side: inches per square.

    Raises:
        CourseError: counts of another shape, or a class that was never asked for.
    """
    drawn, places = plt.subplots(
        1, len(counts), figsize=(side * len(counts) + 0.6, side + 0.5), squeeze=False, layout="constrained"
    )
    for place, (name, table) in zip(places[0], counts.items(), strict=True):
        found = np.asarray(table, dtype=float)
        if found.shape != (len(classes), len(classes)) or not (found.sum(1) > 0).all():
            raise CourseError(
                f"{name}: counts of shape {found.shape} for {len(classes)} classes; ({len(classes)}, {len(classes)}) is "
                "needed, and every class asked for at least once."
            )
        shares = found / found.sum(1, keepdims=True)
        heat = place.imshow(shares, cmap="viridis", vmin=0, vmax=1)
        right = np.trace(found) / found.sum()
        place.set(
            title=f"{name}\n{right:.0%} as asked",
            xticks=range(len(classes)),
            yticks=range(len(classes)),
            xlabel="found",
        )
        place.set_xticklabels(classes, rotation=90 if max(map(len, classes)) > 2 else 0)
        place.set_yticklabels(classes)
        place.tick_params(length=0)
    places[0, 0].set_ylabel("asked for")
    bar = drawn.colorbar(heat, ax=places[0], shrink=0.8)
    bar.set_label("share of the row")
    return drawn
