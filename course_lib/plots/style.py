"""One look for all figures: no background of their own, grey ink, so that they read on light and on dark pages."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from course_lib.plots.colours import FAINT, INK, SERIES

STYLE = {
    "figure.facecolor": "none",
    "figure.dpi": 90,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.prop_cycle": cycler(color=SERIES),
    "grid.color": FAINT,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.facecolor": "none",
    "image.interpolation": "nearest",
}

Arguments = ParamSpec("Arguments")


def figure(draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Draws in the course's style and gives the figure, closed: a notebook shows it once, as the cell's value."""

    @wraps(draw)
    def styled(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        with plt.rc_context(STYLE):  # type: ignore[arg-type]
            drawn = draw(*args, **kwargs)
        plt.close(drawn)
        return drawn

    return styled
