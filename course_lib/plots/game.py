"""Figures of the game itself: where two players go, what D answers over a line, rows of small clouds."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib.plots.colours import DISCRIMINATOR, FAKE, INK, REAL
from course_lib.plots.curves import Numbers
from course_lib.plots.style import figure


@figure
def phase_paths(
    paths: Mapping[str, np.ndarray],
    *,
    xlabel: str = "θ (G)",
    ylabel: str = "ψ (D)",
    every: int = 1,
    reach: float | None = None,
    side: float = 2.3,
) -> Figure:
    """One panel a game: the plane of G's number and D's number, the way they took, where it began (ring) and ended (dot).

    Args:
        paths: name → (rounds, 2), or (starts, rounds, 2) for the same game from several starts.
        every: draw every so manieth round.
        reach: the plane shown is −reach … reach; None: as far as any path goes.
    """
    far = reach or 1.1 * max(float(np.abs(path).max()) for path in paths.values())
    drawn, places = plt.subplots(
        1, len(paths), figsize=(side * len(paths) + 0.5, side + 0.85), sharey=True, squeeze=False, layout="constrained"
    )
    for place, (name, path) in zip(places[0], paths.items(), strict=True):
        place.axhline(0, color=INK, linewidth=0.6, alpha=0.5)
        place.axvline(0, color=INK, linewidth=0.6, alpha=0.5)
        for way in np.asarray(path)[None] if np.ndim(path) == 2 else path:
            place.plot(*way[::every].T, color=DISCRIMINATOR, linewidth=1, alpha=0.85)
            place.plot(*way[0], "o", color=INK, markerfacecolor="none", markersize=7, label="start")
            place.plot(*way[-1], "o", color=FAKE, markersize=6, label="end")
        place.set(title=name, xlabel=xlabel, xlim=(-far, far), ylim=(-far, far), aspect="equal")
    places[0, 0].set_ylabel(ylabel)
    drawn.legend(handles=places[0, 0].lines[3:5], loc="outside lower center", ncols=2)
    return drawn


@figure
def verdicts_over_line(
    x: Numbers,
    real: Numbers,
    fake: Numbers,
    verdicts: Mapping[str, Numbers],
    *,
    steps: tuple[Numbers, Numbers] | None = None,
    size: tuple[float, float] = (6, 4),
) -> Figure:
    """Above: the densities of reals and fakes over a line. Below: what discriminators say there.

    Args:
        verdicts: name → (len(x),) drawn as a dashed line, or (runs, len(x)) drawn as mean and band.
        steps: (edges, heights) of a histogram's verdict, drawn as steps; a height of NaN leaves a gap.
    """
    drawn, (above, below) = plt.subplots(
        2, 1, figsize=size, sharex=True, height_ratios=(2, 3), layout="constrained"
    )  # fmt: skip
    for values, colour, name in ((real, REAL, "real, p"), (fake, FAKE, "fake, q")):
        above.plot(x, values, color=colour, label=name, linewidth=2)
        above.fill_between(x, values, color=colour, alpha=0.15, linewidth=0)
    above.set(ylabel="density", yticks=[])
    above.legend()
    if steps is not None:
        below.stairs(steps[1], steps[0], color=INK, linewidth=1.2, label="from histograms", baseline=None)
    for name, values in verdicts.items():
        runs = np.atleast_2d(np.asarray(values, dtype=float))
        many = len(runs) > 1
        below.plot(
            x, runs.mean(0), color=DISCRIMINATOR if many else REAL, label=name, linewidth=2, linestyle="-" if many else "--",
            zorder=3 if many else 4,
        )  # fmt: skip
        if many:
            below.fill_between(x, runs.min(0), runs.max(0), color=DISCRIMINATOR, alpha=0.25, linewidth=0)
    below.set(ylabel="D(x): “real”", ylim=(-0.04, 1.04), xlabel="x")
    below.grid(axis="y")
    below.legend()
    return drawn


@figure
def clouds(pictures: Mapping[str, tuple[np.ndarray, np.ndarray]], *, reach: float = 1.5, side: float = 1.7) -> Figure:
    """One panel each: real points and fakes in the plane.

    Args:
        pictures: title → (reals (N, 2), fakes (M, 2)).
    """
    drawn, places = plt.subplots(
        1, len(pictures), figsize=(side * len(pictures), side + 0.3), squeeze=False, layout="constrained"
    )
    for place, (name, (reals, fakes)) in zip(places[0], pictures.items(), strict=True):
        place.scatter(*np.asarray(reals).T, s=5, color=REAL, alpha=0.35, linewidths=0, label="real")
        place.scatter(*np.asarray(fakes).T, s=5, color=FAKE, alpha=0.6, linewidths=0, label="fake")
        place.set(title=name, xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
    places[0, 0].legend(loc="upper left", markerscale=2, handletextpad=0, borderpad=0, fontsize=8)
    return drawn


def rows_of_digits(pictures: Sequence[np.ndarray], columns: int, gap: int = 1) -> np.ndarray:
    """Small grey pictures (N, h, w) in [0, 1] as one: rows of ``columns``, a white line between. The last row is filled up.

    Raises:
        ValueError: no pictures, or columns below 1.
    """
    stack = np.asarray(pictures, dtype=float)
    if stack.ndim != 3 or not len(stack) or columns < 1:
        raise ValueError(
            f"pictures have the shape {stack.shape}, columns is {columns}; (N, h, w) and 1 or more needed."
        )
    count, high, wide = stack.shape
    rows = -(-count // columns)
    sheet = np.ones((rows * (high + gap) - gap, columns * (wide + gap) - gap))
    for at, picture in enumerate(stack):
        top, left = at // columns * (high + gap), at % columns * (wide + gap)
        sheet[top : top + high, left : left + wide] = picture
    return sheet
