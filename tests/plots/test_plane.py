"""Figures of points in the plane: what is drawn is what was given, and the film plays on any page."""

import io

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image

from course_lib.plots.colours import FAKE, REAL
from course_lib.plots.plane import (
    film,
    landscape,
    number_map,
    outcome_table,
    pack_points,
    point_panels,
    unpack_points,
)

CENTRES = torch.tensor([[1.0, 0.0], [-1.0, 0.5]])


def test_packed_points_come_back_to_half_a_step():
    points = torch.tensor([[0.0, 1.6], [-1.6, 0.3], [0.777, -0.001]])
    np.testing.assert_allclose(unpack_points(pack_points(points)), points.numpy(), atol=1.6 / 255 + 1e-6)


def test_packing_moves_what_is_outside_to_the_edge_and_survives_a_diverged_generator():
    points = np.array([[5.0, -9.0], [np.inf, -np.inf], [np.nan, 0.0]])
    back = unpack_points(pack_points(points))
    np.testing.assert_allclose(back, [[1.6, -1.6], [1.6, -1.6], [0, 0]], atol=0.01)


def test_packing_takes_a_byte_a_coordinate():
    assert len(pack_points(np.zeros((300, 2)))) == 800  # base64 makes four characters of three bytes


def test_point_panels_draw_every_cloud_over_its_circles():
    cloud = np.array([[0.1, 0.2], [0.3, -0.4], [7.0, 0.0]])
    drawn = point_panels({"a": [cloud, cloud], "b": [cloud]}, CENTRES, 0.15, column_names=["one", "two"])
    place = drawn.axes[0]
    np.testing.assert_allclose(place.lines[0].get_xydata(), [[0.1, 0.2], [0.3, -0.4], [1.6, 0.0]])
    assert [(patch.center, patch.radius) for patch in place.patches] == [((1.0, 0.0), 0.15), ((-1.0, 0.5), 0.15)]
    assert place.patches[0].get_edgecolor()[:3] == to_rgb(REAL)
    assert [axes.get_title() for axes in drawn.axes[:2]] == ["one", "two"]
    assert [axes.get_ylabel() for axes in drawn.axes] == ["a", "", "b", ""]
    assert not drawn.axes[3].axison  # nothing was given for it


def test_film_has_every_frame_a_clear_background_and_the_course_colours():
    frames = [{"G": np.full((40, 2), at)} for at in (-1.0, 0.0, 1.0)]
    data = film(frames, CENTRES, 0.2, captions=["1", "2", "3"], pause=0.1)
    with Image.open(io.BytesIO(data)) as gif:
        assert gif.format == "GIF" and gif.n_frames == 3 and gif.info["loop"] == 0
        waits, middles = [], []
        for at in range(3):
            gif.seek(at)
            picture = np.asarray(gif.convert("RGBA")).astype(int)
            assert picture[0, 0, 3] == 0
            fake = np.abs(picture[..., :3] - 255 * np.array(to_rgb(FAKE))).sum(-1) < 60
            rows, columns = np.nonzero(fake & (picture[..., 3] > 0))
            waits.append(gif.info["duration"])
            middles.append((columns.mean(), -rows.mean()))
        assert waits == [100, 100, 400]
        assert middles == sorted(middles) and middles[0][1] < middles[1][1] < middles[2][1]  # from corner to corner
    assert len(data) < 60_000


def test_landscape_shows_scores_where_they_are_and_arrows_of_one_length():
    points, pushes = torch.tensor([[0.0, 0.0], [0.5, 0.5]]), torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    drawn = landscape({"D": (lambda x: x[:, 0] + 3 * x[:, 1], points, pushes)}, CENTRES, 0.15, steps=9)
    place = drawn.axes[0]
    heights = np.asarray(place.images[0].get_array())
    assert heights[-1, 0] == pytest.approx(-1.6 + 4.8) and heights[0, -1] == pytest.approx(1.6 - 4.8)  # origin below
    arrows = place.collections[0]
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), [1, 0.5])
    assert "score" in drawn.axes[1].get_ylabel()  # the colour bar


def test_outcome_table_writes_every_cell_and_leaves_a_missing_one_empty():
    drawn = outcome_table(
        {"bce": {"none": "4", "R1": "8"}, "hinge": {"none": "5"}},
        {"bce": {"none": 0.1, "R1": 0.9}, "hinge": {"none": 0.2}},
    )
    place = drawn.axes[0]
    assert {text.get_text(): text.get_position() for text in place.texts} == {"4": (0, 0), "8": (1, 0), "5": (0, 1)}
    heat = np.ma.filled(place.images[0].get_array().astype(float), np.nan)
    np.testing.assert_allclose(heat, [[0.1, 0.9], [0.2, np.nan]])


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_words_of_an_outcome_table_are_dark_on_light_at_every_share(share):
    drawn = outcome_table({"bce": {"none": "4"}}, {"bce": {"none": share}}, meaning="good share")
    place, bar = drawn.axes
    red, green, blue, _ = place.images[0].to_rgba(share)
    assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.6 and to_rgb(place.texts[0].get_color()) < (0.1, 0.1, 0.1)
    assert bar.get_ylabel() == "good share"


def test_number_map_names_those_who_arrive_in_a_mode():
    near = CENTRES[0] + torch.tensor([[0.01, 0.0], [0.0, 0.02], [-0.01, 0.0], [0.03, 0.0], [0.0, 0.0]])
    strays = torch.tensor([[0.0, 0.0]])
    drawn = number_map(
        {
            "two": (torch.cat([near, strays]), [3, 3, 7, 7, 3, 5]),
            "many": (near, [0, 1, 2, 3, 4]),
            "rare": (torch.cat([near] * 3), [1] * 14 + [2]),
        },
        CENTRES,
        0.1,
    )
    assert [[text.get_text() for text in axes.texts] for axes in drawn.axes[:3]] == [
        ["3,7", ""],
        ["?", ""],
        ["1", ""],
    ]
    assert drawn.axes[0].texts[0].get_position()[0] > 1.1  # written outside the circle
    assert drawn.axes[1].get_title() == "many"
