"""Two measures of one answer that cannot both be good: the plane of distortion and perception (Blau & Michaeli 2018)."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from course_lib.plots.colours import INK
from course_lib.plots.curves import Numbers, _colours
from course_lib.plots.style import figure

Points = Sequence[tuple[float, float]]


@figure
def tradeoff(
    points: Mapping[str, Points],
    *,
    curve: tuple[Numbers, Numbers] | None = None,
    lines: Mapping[str, Points] | None = None,
    colours: Mapping[str, str] | None = None,
    xlabel: str = "distortion (mean squared error)",
    ylabel: str = "distance to what is real",
    size: tuple[float, float] = (6, 3.6),
) -> Figure:
    """One dot a run in a plane; both axes are better towards 0, or as their labels say.

    Args:
        points: name → (x, y) of each run.
        curve: x and y of a bound that theory gives, drawn dashed.
        lines: name → points that are joined in their order, such as mixtures of two models.
    """
    drawn, place = plt.subplots(figsize=size, layout="constrained")
    if curve is not None:
        place.plot(*curve, color=INK, linestyle="--", linewidth=1.5, label="best possible")
    names = {**dict(lines or {}), **points}
    for (name, spots), colour in zip(names.items(), _colours(names, colours), strict=True):
        xs, ys = zip(*spots, strict=True)
        style = "o-" if lines and name in lines else "o"
        place.plot(xs, ys, style, color=colour, label=name, markersize=6, alpha=0.85, linewidth=1.5)
    place.set(xlabel=xlabel, ylabel=ylabel)
    place.grid()
    place.legend(fontsize=9)
    return drawn
