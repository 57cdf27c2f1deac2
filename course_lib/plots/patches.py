"""What a patch discriminator says, and what it sees."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from course_lib.plots.colours import FAKE, INK, REAL
from course_lib.plots.pictures import Picture, as_array, show
from course_lib.plots.style import figure

# Fake to real through a neutral middle: the two hues that stay apart in every kind of colour vision.
VERDICTS = LinearSegmentedColormap.from_list("verdicts", [FAKE, "#F2EFEA", REAL])


@figure
def verdict_matrix(
    verdicts: dict[str, tuple[Picture, Tensor | np.ndarray]], *, middle: float = 0.0, digits: int = 1, side: float = 2.4
) -> Figure:
    """Pictures above, D's matrix of scores for each below, every score written into its cell.

    Args:
        verdicts: name → (picture, scores (h, w) or (1, 1, h, w)). All share one colour scale.
        middle: the score that says "cannot tell": 0 for logits, 0.5 for least squares.
    """
    matrices = {name: np.asarray(scores, dtype=float).squeeze() for name, (_, scores) in verdicts.items()}
    reach = max(1e-6, *(abs(matrix - middle).max() for matrix in matrices.values()))
    norm = TwoSlopeNorm(middle, middle - reach, middle + reach)
    drawn, places = plt.subplots(
        2, len(verdicts), figsize=(side * len(verdicts) + 0.7, 2 * side + 0.3), squeeze=False, layout="constrained"
    )
    for column, (name, (picture, _)) in enumerate(verdicts.items()):
        show(places[0, column], picture)
        places[0, column].set_title(name)
        matrix = matrices[name]
        heat = places[1, column].imshow(matrix, cmap=VERDICTS, norm=norm)
        places[1, column].set(xticks=[], yticks=[])
        if max(matrix.shape) <= 8:
            for (row, at), score in np.ndenumerate(matrix):
                ink = "white" if abs(score - middle) > 0.6 * reach else "#333333"
                places[1, column].text(at, row, f"{score:.{digits}f}", ha="center", va="center", fontsize=7, color=ink)
    bar = drawn.colorbar(heat, ax=places[1], shrink=0.9)
    bar.set_label("fake ← score → real")
    return drawn


@figure
def footprint(pictures: dict[str, tuple[Picture | None, Tensor | np.ndarray, int]], *, side: float = 2.4) -> Figure:
    """Where the gradient of one score reaches: |∂score/∂pixel| for each network, with the square the formula predicts.

    Args:
        pictures: name → (picture to lay it over or None, gradient magnitude (H, W), receptive field in pixels).
            The square is drawn around the middle of what is not zero.
    """
    drawn, places = plt.subplots(
        1, len(pictures), figsize=(side * len(pictures) + 0.7, side + 0.4), squeeze=False, layout="constrained"
    )
    for place, (name, (picture, gradient, field)) in zip(places[0], pictures.items(), strict=True):
        reach = np.asarray(gradient, dtype=float)
        rows, columns = np.nonzero(reach)
        if picture is not None:
            show(place, 0.35 * as_array(picture) + 0.65)
        # Slopes fall off towards the square's edge by orders of magnitude; the fourth root keeps the edge visible.
        strength = (reach / max(reach.max(), 1e-30)) ** 0.25
        drawn_map = place.imshow(np.ma.masked_equal(strength, 0), cmap="viridis", vmin=0, vmax=1)
        centre = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
        corner = centre[0] - field / 2, centre[1] - field / 2
        place.add_patch(Rectangle(corner, field, field, fill=False, edgecolor=FAKE, linewidth=2, linestyle="--"))
        place.set(
            title=f"{name}: {field} × {field}",
            xticks=[],
            yticks=[],
            xlim=(-0.5, reach.shape[1] - 0.5),
            ylim=(reach.shape[0] - 0.5, -0.5),
        )
        for spine in place.spines.values():
            spine.set(visible=True, edgecolor=INK)
    bar = drawn.colorbar(drawn_map, ax=places, shrink=0.9, pad=0.01, ticks=[0.1**0.25, 0.5**0.25, 1])
    bar.ax.set_yticklabels(["0.1", "0.5", "1"])
    bar.set_label("|slope| / largest")
    return drawn
