"""Points in the plane: what a generator gives, beside the modes it should reach; still, moving, and D's landscape under it."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from PIL import Image
from torch import Tensor

from course_lib.plots.colours import FAKE, INK, REAL
from course_lib.plots.style import STYLE, figure

Points = Tensor | np.ndarray  # (N, 2)
REACH = 1.6  # half the side of the square that is shown


def pack_points(points: Points, reach: float = REACH) -> str:
    """(N, 2) as text for a stored result: one byte a coordinate; what lies outside the square is moved to its edge.

    Args:
        points: not finite counts as the origin.
        reach: half the side of the square; a step is 2 · reach / 255.
    """
    values = np.nan_to_num(np.asarray(points, dtype=float), posinf=reach, neginf=-reach)
    scaled = (np.clip(values, -reach, reach) / reach + 1) * 127.5
    return base64.b64encode(scaled.round().astype(np.uint8).tobytes()).decode()


def unpack_points(text: str, reach: float = REACH) -> np.ndarray:
    """(N, 2): what :func:`pack_points` was given, to half a step."""
    values = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(-1, 2)
    return (values / 127.5 - 1) * reach


@figure
def point_panels(
    rows: Mapping[str, Sequence[Points]],
    centres: Points,
    radius: float,
    *,
    column_names: Sequence[str] | None = None,
    reach: float = REACH,
    side: float = 1.35,
    real_columns: int = 0,
) -> Figure:
    """Rows of clouds, each over the circles it should fill: a row for a setting, a column for a moment or a seed.

    Args:
        rows: name → clouds (N, 2).
        centres: (K, 2), drawn as circles of ``radius``: what lies inside is good.
        real_columns: the first so many clouds of each row are real points, and have their colour.
    """
    names, columns = list(rows), max(len(clouds) for clouds in rows.values())
    label = 0.085 * max(len(name) for name in names)
    drawn, places = plt.subplots(
        len(rows), columns, figsize=(side * columns + label, side * len(rows) + 0.25), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for name, line in zip(names, places, strict=True):
        for at, (place, cloud) in enumerate(zip(line, rows[name], strict=False)):
            _cloud(place, cloud, centres, radius, reach, REAL if at < real_columns else FAKE)
        for place in line[len(rows[name]) :]:
            place.set_axis_off()
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    for place, name in zip(places[0], column_names or [], strict=False):
        place.set_title(name)
    return drawn


def film(
    frames: Sequence[Mapping[str, Points]],
    centres: Points,
    radius: float,
    *,
    captions: Sequence[str],
    reach: float = REACH,
    side: float = 1.7,
    pause: float = 0.5,
) -> bytes:
    """The same clouds moving: a GIF with a clear background, which plays in a notebook and on a page without scripts.

    Args:
        frames: each name → (N, 2), the same names in every frame.
        captions: one line a frame.
        pause: seconds a frame is shown; the last one is shown four times as long.
    """
    pictures = []
    for frame, caption in zip(frames, captions, strict=True):
        with plt.rc_context(STYLE):  # type: ignore[arg-type]
            drawn = Figure(figsize=(side * len(frame), side + 0.5), dpi=90, layout="constrained")
            canvas = FigureCanvasAgg(drawn)
            for place, (name, cloud) in zip(
                drawn.subplots(1, len(frame), squeeze=False)[0], frame.items(), strict=True
            ):
                _cloud(place, cloud, centres, radius, reach)
                place.set_title(name)
            drawn.supxlabel(caption, fontsize=10)
            canvas.draw()
        pictures.append(_clear_palette(np.asarray(canvas.buffer_rgba())))
    buffer = io.BytesIO()
    waits = [round(1000 * pause)] * (len(pictures) - 1) + [round(4000 * pause)]
    pictures[0].save(
        buffer, format="GIF", save_all=True, append_images=pictures[1:], duration=waits, loop=0, disposal=2,
        transparency=0, optimize=False,
    )  # fmt: skip
    return buffer.getvalue()


@figure
def landscape(
    panels: Mapping[str, tuple[Callable[[Tensor], Tensor], Points, Points]],
    centres: Points,
    radius: float,
    *,
    reach: float = REACH,
    steps: int = 60,
    side: float = 2.9,
) -> Figure:
    """D's scores over the plane with samples and the way each is pushed: real is blue, fake is vermilion.

    Args:
        panels: name → (scores of points (N, 2) → (N,), samples (N, 2), arrows (N, 2): where D's slope sends them).
            Each panel has its own scale of scores, shown by its colour bar, and its longest arrow has the same length.
    """
    import torch
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

    line = torch.linspace(-reach, reach, steps)
    plane = torch.cartesian_prod(line, line)
    colours = LinearSegmentedColormap.from_list("verdict", [FAKE, "#FFFFFF", REAL])
    drawn, places = plt.subplots(
        1, len(panels), figsize=((side + 0.9) * len(panels), side + 0.2), squeeze=False, layout="constrained"
    )
    for place, (name, (scores, samples, arrows)) in zip(places[0], panels.items(), strict=True):
        with torch.no_grad():
            height = scores(plane).reshape(steps, steps).T.numpy()
        top = max(1e-6, float(np.quantile(np.abs(height), 0.98)))
        shown = place.imshow(
            height, cmap=colours, norm=TwoSlopeNorm(0, -top, top), extent=(-reach, reach, -reach, reach),
            origin="lower", alpha=0.75, interpolation="bilinear",
        )  # fmt: skip
        points, pushes = np.asarray(samples, dtype=float), np.asarray(arrows, dtype=float)
        longest = max(1e-12, float(np.linalg.norm(pushes, axis=1).max()))
        place.quiver(*points.T, *(pushes / longest).T, color="#222222", scale=6, width=0.008)
        for centre in np.asarray(centres, dtype=float):
            place.add_patch(Circle(tuple(centre), radius, fill=False, edgecolor="#222222", linewidth=1))
        _square(place, reach)
        place.set_title(name)
        drawn.colorbar(shown, ax=place, fraction=0.05, pad=0.02).set_label("D's score (above 0: real)")
    return drawn


@figure
def outcome_table(
    texts: Mapping[str, Mapping[str, str]],
    shares: Mapping[str, Mapping[str, float]],
    *,
    title: str = "",
    meaning: str = "",
    cell: tuple[float, float] = (1.35, 0.52),
) -> Figure:
    """A table of words over a colour that says how good: rows × columns; a cell without a result stays empty.

    The colours stay light, so that the words are dark ink in every cell, on light pages and on dark ones.

    Args:
        texts: row → column → what stands in the cell.
        shares: the same, in [0, 1]: 0 white, 1 blue.
        meaning: what the colour says, at the colour bar.
    """
    from matplotlib.colors import LinearSegmentedColormap

    rows, columns = list(texts), list(dict.fromkeys(name for line in texts.values() for name in line))
    heat = np.array([[shares[row].get(column, np.nan) for column in columns] for row in rows])
    drawn, place = plt.subplots(figsize=(cell[0] * len(columns) + 2.4, cell[1] * len(rows) + 0.8), layout="constrained")
    colours = LinearSegmentedColormap.from_list("share", ["#FFFFFF", "#8CC3E6"])
    shown = place.imshow(heat, cmap=colours, vmin=0, vmax=1, aspect="auto")
    for down, row in enumerate(rows):
        for across, column in enumerate(columns):
            if column in texts[row]:
                place.text(across, down, texts[row][column], ha="center", va="center", color="#111111", fontsize=8)
    bar = drawn.colorbar(shown, ax=place, fraction=0.04, pad=0.02)
    bar.set_label(meaning)
    place.set(xticks=range(len(columns)), xticklabels=columns, yticks=range(len(rows)), yticklabels=rows, title=title)
    place.tick_params(length=0, labeltop=True, labelbottom=False)
    for spine in place.spines.values():
        spine.set_visible(False)
    return drawn


@figure
def number_map(
    panels: Mapping[str, tuple[Points, Sequence[int] | Tensor | np.ndarray]],
    centres: Points,
    radius: float,
    *,
    least: float = 0.1,
    reach: float = REACH,
    columns: int = 4,
    side: float = 1.9,
) -> Figure:
    """Who goes where: beside every mode the numbers of those that arrive in it, so that no colour has to be told apart.

    Args:
        panels: name → (points (N, 2), the number of the mode each came from).
        least: a number is written if it makes up this share of what arrives; more than three of them are a "?".
    """
    columns = min(columns, len(panels))
    lines = -(-len(panels) // columns)
    drawn, places = plt.subplots(
        lines, columns, figsize=(side * columns, (side + 0.35) * lines), squeeze=False, layout="constrained"
    )
    middles = np.asarray(centres, dtype=float)
    outward = middles - middles.mean(0)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    for place in places.flat[len(panels) :]:
        place.set_axis_off()
    for place, (name, (points, numbers)) in zip(places.flat, panels.items(), strict=False):
        cloud, origins = np.asarray(points, dtype=float), np.asarray(numbers)
        _cloud(place, cloud, centres, radius, reach)
        distances = np.linalg.norm(cloud[:, None] - middles, axis=2)
        for mode, (middle, way) in enumerate(zip(middles, outward, strict=True)):
            here = origins[(distances.argmin(1) == mode) & (distances[:, mode] <= radius)]
            found = [int(number) for number in np.unique(here) if (here == number).mean() >= least]
            words = "?" if len(found) > 3 else ",".join(map(str, found))
            place.text(*(middle + (radius + 0.2) * way), words, color=INK, ha="center", va="center", fontsize=9)
        place.set_title(name)
    return drawn


def _cloud(place: Axes, cloud: Points, centres: Points, radius: float, reach: float, colour: str = FAKE) -> None:
    _circles(place, centres, radius)
    points = np.clip(np.nan_to_num(np.asarray(cloud, dtype=float)), -reach, reach)
    place.plot(*points.T, ".", color=colour, markersize=2.2, alpha=0.8, markeredgewidth=0)
    _square(place, reach)


def _circles(place: Axes, centres: Points, radius: float) -> None:
    for centre in np.asarray(centres, dtype=float):
        place.add_patch(Circle(tuple(centre), radius, fill=False, edgecolor=REAL, linewidth=1.2))


def _square(place: Axes, reach: float) -> None:
    place.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    for spine in place.spines.values():
        spine.set(visible=True, edgecolor=INK, linewidth=0.6)


def _clear_palette(rgba: np.ndarray) -> Image.Image:
    """A picture of at most 32 colours, the first of which is nothing: a GIF's pixel is there or it is not."""
    there = rgba[..., 3] >= 96
    opaque = np.where(there[..., None], rgba[..., :3], 0).astype(np.uint8)
    # Colours of what is there alone, so that the background does not take half of the palette.
    row = Image.fromarray(opaque[there][None] if there.any() else opaque[:1, :1])
    found = np.asarray(row.quantize(31, method=Image.Quantize.MEDIANCUT).convert("RGB"))[0]
    colours, index = np.unique(found, axis=0, return_inverse=True)
    table = np.zeros(there.shape, dtype=np.uint8)
    if there.any():
        table[there] = index.reshape(-1) + 1
    picture = Image.fromarray(table, mode="P")
    picture.putpalette([0, 0, 0, *colours.reshape(-1).tolist()])
    return picture
