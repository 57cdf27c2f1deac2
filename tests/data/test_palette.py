"""The twelve colours: order, snapping, and what the real maps say about which is which."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from course_lib.data import palette
from course_lib.data.pictures import open_picture

NAMES = [name for name, _ in palette.FACADES]
COLOURS = [colour for _, colour in palette.FACADES]
MAPS = Path(__file__).parents[3] / "shared/data/facades/train"


def test_twelve_classes_in_the_order_of_the_data_set():
    assert NAMES == [
        "background",
        "façade",
        "window",
        "door",
        "cornice",
        "sill",
        "balcony",
        "blind",
        "deco",
        "molding",
        "pillar",
        "shop",
    ]
    assert len(set(COLOURS)) == 12
    # The colours run from dark blue over green to dark red: the hue never turns back.
    assert COLOURS[0] == (0, 0, 222)
    assert COLOURS[-1] == (175, 0, 0)


def test_every_colour_is_its_own_class():
    image = palette.paint(np.arange(12, dtype=np.uint8).reshape(3, 4))
    assert [image.getpixel((i % 4, i // 4)) for i in range(12)] == COLOURS
    assert palette.classes(image).tolist() == np.arange(12).reshape(3, 4).tolist()


def test_the_nearest_colour_by_brute_force():
    pixels = np.random.default_rng(0).integers(0, 256, (300, 7, 3), dtype=np.uint8)  # taller than one strip
    distance = ((pixels[:, :, None].astype(int) - np.array(COLOURS)) ** 2).sum(-1)
    found = palette.classes(Image.fromarray(pixels))
    assert np.take_along_axis(distance, found[..., None].astype(int), -1)[..., 0].tolist() == distance.min(-1).tolist()


def test_snap_is_idempotent_and_knows_only_twelve_colours():
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8))
    for size in (None, (30, 20), (8, 5), (64, 64)):
        once = palette.snap(noise, size)
        assert once.size == (size or noise.size)
        assert set(once.get_flattened_data()) <= set(COLOURS)
        assert np.array_equal(palette.snap(once), once)


@pytest.mark.parametrize(("a", "b"), itertools.combinations(range(12), 2))
def test_shrinking_never_invents_a_class_between_two(a, b):
    labels = np.full((16, 16), a, dtype=np.uint8)
    labels[:, 5:] = b
    small = palette.classes(palette.snap(palette.paint(labels), (8, 4)))
    assert set(np.unique(small)) == {a, b}
    # Columns of two: a a | a a | a b (a draw: the lower class) | b b …
    assert small[0].tolist() == [a, a, min(a, b), b, b, b, b, b]


def test_the_majority_wins():
    labels = np.array([[2, 2, 7], [2, 7, 7], [7, 7, 7]], dtype=np.uint8)
    assert palette.classes(palette.snap(palette.paint(labels), (1, 1))).item() == 7


def test_enlarging_repeats():
    labels = np.array([[3, 9]], dtype=np.uint8)
    assert palette.classes(palette.snap(palette.paint(labels), (4, 2))).tolist() == [[3, 3, 9, 9]] * 2


@pytest.mark.skipif(not MAPS.is_dir(), reason="the real façades are not here")
def test_the_names_are_what_the_real_maps_show():
    """Shape and place of the parts over 60 real maps: the statistics that the palette's names rest on."""
    boxes = {name: [] for name in NAMES}
    above_sill = np.zeros(12)
    for path in sorted(MAPS.glob("*.jpg"))[:60]:
        both = open_picture(path)
        labels = palette.classes(both.crop((both.width // 2, 0, both.width, both.height)))
        height, width = labels.shape
        for index, name in enumerate(NAMES):
            parts, _ = ndimage.label(labels == index)
            for number, (rows, columns) in enumerate(ndimage.find_objects(parts), start=1):
                own = (
                    (parts[rows, columns] == number).mean() * (rows.stop - rows.start) * (columns.stop - columns.start)
                )
                if own < 0.0015 * labels.size:
                    continue
                boxes[name].append(
                    [rows.start / height, rows.stop / height, columns.start / width, columns.stop / width]
                )
                if name == "sill":
                    over = labels[max(0, rows.start - 4) : max(0, rows.start - 1), columns]
                    above_sill += np.bincount(over.ravel(), minlength=12)
    top, bottom, left, right = (
        {name: np.array(found)[:, side] for name, found in boxes.items() if found} for side in range(4)
    )
    shape = {name: np.median((right[name] - left[name]) / (bottom[name] - top[name])) for name in top}
    wide = {name: np.median(right[name] - left[name]) for name in top}
    middle = {name: np.median((top[name] + bottom[name]) / 2) for name in top}
    assert np.mean(bottom["door"] > 0.9) > 0.7  # doors reach the ground
    assert middle["shop"] > 0.7
    assert max(middle, key=middle.get) == "door"
    assert NAMES[above_sill.argmax()] == "window"  # sills lie under windows
    assert min(shape, key=shape.get) == "pillar"  # the most upright
    assert shape["blind"] < 0.6
    assert max(wide.keys() - {"background", "façade"}, key=wide.get) == "molding"  # across the house
    assert min(shape["cornice"], shape["sill"], shape["balcony"]) > 1.2  # lying
    assert middle["deco"] < 0.5
