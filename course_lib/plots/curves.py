"""Numbers as curves and dots."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib.plots.colours import INK, SERIES
from course_lib.plots.style import figure

Numbers = Sequence[float] | np.ndarray


@figure
def curves(
    x: Numbers,
    ys: Mapping[str, Numbers],
    *,
    colours: Mapping[str, str] | None = None,
    reference: Mapping[str, float] | None = None,
    dashes: Mapping[str, str] | None = None,
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    logy: bool = False,
    size: tuple[float, float] = (6, 3),
) -> Figure:
    """Named curves over x. A curve of shape (runs, len(x)) is drawn as its mean with a band from lowest to highest run.

    Args:
        reference: name → a value to compare with, drawn as a dashed line and named in the legend.
        dashes: curve → matplotlib's line style; solid if not named. References are dashed.
    """
    drawn, place = plt.subplots(figsize=size, layout="constrained")
    for (name, values), colour in zip(ys.items(), _colours(ys, colours), strict=True):
        runs = np.atleast_2d(np.asarray(values, dtype=float))
        place.plot(x, runs.mean(0), color=colour, label=name, linewidth=2, linestyle=(dashes or {}).get(name, "-"))
        if len(runs) > 1:
            place.fill_between(x, runs.min(0), runs.max(0), color=colour, alpha=0.2, linewidth=0)
    for name, level in (reference or {}).items():
        place.axhline(level, color=INK, linestyle="--", linewidth=1, label=name)
    if logy:
        place.set_yscale("log")
    place.set(xlabel=xlabel, ylabel=ylabel, title=title)
    place.grid(axis="y")
    if len(ys) > 1 or reference:
        place.legend()
    return drawn


@figure
def seed_dots(
    tables: Mapping[str, Mapping[str, Numbers]],
    *,
    reference: Mapping[str, float] | None = None,
    better: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    width: float = 3.0,
) -> Figure:
    """One panel per measure, one row per variant, one dot per seed and a bar at the mean: spread is seen, not implied.

    Args:
        tables: measure → variant → value of each seed.
        reference: measure → a value to mark by a dashed line (that of real pictures, say).
        better: measure → "lower" or "higher" or any other remark for the panel's title.
    """
    variants = list(next(iter(tables.values())))
    drawn, places = plt.subplots(
        1, len(tables), figsize=(width * len(tables) + 0.8, 0.36 * len(variants) + 0.9), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for place, (measure, rows) in zip(places[0], tables.items(), strict=True):
        for at, (name, colour) in enumerate(zip(variants, _colours(rows, colours), strict=True)):
            values = np.asarray(rows[name], dtype=float)
            place.plot(values, np.full(len(values), at), "o", color=colour, alpha=0.75, markersize=5)
            place.plot([values.mean()] * 2, [at - 0.28, at + 0.28], color=colour, linewidth=2.5)
        if reference and measure in reference:
            place.axvline(reference[measure], color=INK, linestyle="--", linewidth=1)
        remark = f"\n({better[measure]})" if better and measure in better else ""
        place.set(
            title=measure + remark, yticks=range(len(variants)), yticklabels=variants, ylim=(len(variants) - 0.5, -0.5)
        )
        place.margins(x=0.12)
        place.grid(axis="x")
    return drawn


@figure
def spectrum_plot(
    frequencies: Numbers,
    powers: Mapping[str, Numbers],
    *,
    colours: Mapping[str, str] | None = None,
    start: float | None = None,
    size: tuple[float, float] = (6, 3),
) -> Figure:
    """Radial power spectra, logarithmic, over frequency in cycles per pixel (0.5 is the finest pattern pixels can hold).

    Args:
        start: where "high frequency" begins, marked.
    """
    drawn, place = plt.subplots(figsize=size, layout="constrained")
    for (name, power), colour in zip(powers.items(), _colours(powers, colours), strict=True):
        place.plot(frequencies, power, color=colour, label=name, linewidth=2)
    if start is not None:
        place.axvspan(start, float(np.max(frequencies)), color=INK, alpha=0.1, linewidth=0)
        place.text(start, 0.97, " high frequencies", transform=place.get_xaxis_transform(), va="top", fontsize=9)
    place.set(yscale="log", xlabel="frequency (cycles per pixel)", ylabel="power")
    place.grid(axis="y")
    place.legend()
    return drawn


def _colours(names: Mapping[str, object], chosen: Mapping[str, str] | None) -> list[str]:
    return [(chosen or {}).get(name, SERIES[at % len(SERIES)]) for at, name in enumerate(names)]
