"""Figures about slopes of losses and what they do to a generator. A family of losses shares a colour; dashes vanish."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_lib.plots.colours import FAKE, HINGE, INK, LOGARITHM, REAL, SQUARES, WASSERSTEIN
from course_lib.plots.curves import Numbers
from course_lib.plots.style import figure

LOOKS: dict[str, tuple[str, str]] = {  # loss → colour, dashes
    "saturating": (LOGARITHM, "--"),
    "non-saturating": (LOGARITHM, "-"),
    "least squares": (SQUARES, "-"),
    "least squares behind a sigmoid": (SQUARES, "--"),
    "hinge": (HINGE, "-"),
    "hinge, Wasserstein": (HINGE, "-"),
    "Wasserstein": (WASSERSTEIN, ":"),
    "Wasserstein, penalty": (WASSERSTEIN, ":"),
    "cross-entropy": (LOGARITHM, "-"),
}


def look(loss: str) -> dict[str, str]:
    """Colour and dashes of a loss, the same in every figure; an unknown one is grey and dash-dotted."""
    colour, dashes = LOOKS.get(loss, (INK, "-."))
    return {"color": colour, "linestyle": dashes}


@figure
def loss_slopes(
    scores: Numbers, slopes: Mapping[str, Numbers], *, clip: float = 3.0, xlabel: str = "D's score of a fake"
) -> Figure:
    """Slopes over scores, twice: as they are (cut at ±clip), and their size on a logarithmic axis, where "small" has no end."""
    drawn, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.3), layout="constrained")
    for name, values in slopes.items():
        left.plot(scores, values, label=name, linewidth=2, **look(name))
        # A slope of exactly 0 has no logarithm: there the curve dives out of the picture.
        right.plot(scores, np.maximum(np.abs(np.asarray(values, dtype=float)), 1e-12), linewidth=2, **look(name))
    left.set(ylim=(-clip, clip), xlabel=xlabel, ylabel="slope", title=f"as it is (cut at ±{clip:g})")
    right.set(yscale="log", ylim=(1e-4, 30), xlabel=xlabel, title="its size, logarithmic")
    for place in (left, right):
        place.grid(axis="y")
        place.axvline(0, color=INK, linewidth=0.6, alpha=0.6)
    drawn.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return drawn


@figure
def slope_bars(slopes: Mapping[str, float], *, least: float = 1e-4, most: float = 30.0) -> Figure:
    """One bar a loss: the size of its slope at one score, on a logarithmic axis; its exact value stands beside the bar."""
    drawn, place = plt.subplots(figsize=(7, 0.42 * len(slopes) + 0.7), layout="constrained")
    for at, (name, slope) in enumerate(slopes.items()):
        size = min(max(abs(slope), least), most)
        place.barh(at, size - least, left=least, color=look(name)["color"], height=0.6)
        place.text(size * 1.15, at, f"{slope:.3g}", va="center")
    place.set(
        xscale="log",
        xlim=(least, 4 * most),
        ylim=(len(slopes) - 0.5, -0.5),
        xlabel="size of the slope (the number has its sign)",
    )
    place.set_yticks(range(len(slopes)), list(slopes))
    place.grid(axis="x")
    return drawn


@figure
def over_training(
    marks: Sequence[float],
    panels: Mapping[str, Mapping[str, Numbers]],
    *,
    logy: Sequence[str] = (),
    xlabel: str = "updates of D",
    width: float = 3.0,
) -> Figure:
    """One panel a measure, one line a loss: the mean over seeds, with a band from the lowest seed to the highest.

    Args:
        marks: when it was measured.
        panels: measure → loss → (seeds, len(marks)).
        logy: names of panels with a logarithmic axis.
    """
    drawn, places = plt.subplots(
        1, len(panels), figsize=(width * len(panels) + 0.4, 3.4), squeeze=False, layout="constrained"
    )
    for place, (measure, losses) in zip(places[0], panels.items(), strict=True):
        for name, values in losses.items():
            runs = np.atleast_2d(np.asarray(values, dtype=float))
            middle = np.exp(np.log(np.maximum(runs, 1e-30)).mean(0)) if measure in logy else runs.mean(0)
            place.plot(marks, middle, label=name, linewidth=2, **look(name))
            place.fill_between(marks, runs.min(0), runs.max(0), color=look(name)["color"], alpha=0.2, linewidth=0)
        place.set(xscale="log", yscale="log" if measure in logy else "linear", title=measure, xlabel=xlabel)
        place.grid(axis="y")
    handles, names = places[0, 0].get_legend_handles_labels()
    drawn.legend(handles, names, loc="outside lower center", ncols=3)
    return drawn


@figure
def answers_along_line(
    x: Numbers,
    games: Mapping[str, tuple[Numbers, Mapping[str, Numbers]]],
    *,
    real_at: tuple[float, float],
    fake_at: tuple[float, float],
    width: float = 2.3,
) -> Figure:
    """One column a discriminator: above its score along a line, below what each loss would do to a fake put there.

    Args:
        games: name of D's loss → (scores (seeds, len(x)), loss of G → pull (seeds, len(x)); above 0: to the right).
        real_at, fake_at: (from, to) of the places where D saw reals and fakes, shaded.
    """
    drawn, places = plt.subplots(
        2, len(games), figsize=(width * len(games) + 0.5, 4.7), sharex=True, squeeze=False, layout="constrained"
    )
    for column, (game, (scores, pulls)) in enumerate(games.items()):
        above, below = places[:, column]
        for place in (above, below):
            place.axvspan(*fake_at, color=FAKE, alpha=0.18, linewidth=0)
            place.axvspan(*real_at, color=REAL, alpha=0.18, linewidth=0)
            place.axhline(0, color=INK, linewidth=0.6)
            place.grid(axis="y")
        for place, lines in ((above, {game: scores}), (below, pulls)):
            for name, values in lines.items():
                runs = np.atleast_2d(np.asarray(values, dtype=float))
                place.plot(x, runs.mean(0), linewidth=2, label=name, **look(name))
                place.fill_between(x, runs.min(0), runs.max(0), color=look(name)["color"], alpha=0.2, linewidth=0)
        above.set(title=game)
        below.set(xlabel="x")
    named = {name: line for place in places[1] for line, name in zip(*place.get_legend_handles_labels(), strict=True)}
    drawn.legend(list(named.values()), list(named), loc="outside lower center", ncols=5)
    places[0, 0].set_ylabel("D's score")
    places[1, 0].set_ylabel("pull on a fake\n(> 0: to the right)")
    return drawn
