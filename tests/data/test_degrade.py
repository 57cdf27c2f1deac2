"""The reduction against MATLAB's algorithm, written again from its description, and against Set5's own small pictures."""

from pathlib import Path

import numpy as np
import pytest
import torch

from course_lib.data.augment import bytes_tensor
from course_lib.data.degrade import cropped_to_multiple, reduced
from course_lib.data.pictures import open_picture

SET5 = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "superres" / "Set5" / "x4"


def cubic(x):
    x = np.abs(x)
    near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0))


def imresized_rows(values, scale):
    """One pass of imresize: output row i looks at (i + ½)·scale − ½ with the kernel stretched by scale; rounded."""
    rows = values.shape[0]
    made = []
    for i in range(rows // scale):
        centre = (i + 0.5) * scale - 0.5
        places = np.arange(int(np.floor(centre - 2 * scale)), int(np.ceil(centre + 2 * scale)) + 1)
        weights = cubic((places - centre) / scale)
        weights /= weights.sum()
        made.append(np.tensordot(weights, values[np.clip(places, 0, rows - 1)], axes=1))
    return np.clip(np.floor(np.array(made) + 0.5), 0, 255)


@pytest.mark.parametrize("scale", [2, 4])
def test_it_is_matlabs_two_passes(scale):
    picture = np.random.default_rng(0).integers(0, 256, (8 * scale, 11 * scale, 3), dtype=np.uint8)
    down = imresized_rows(picture.astype(float), scale)
    expected = imresized_rows(down.transpose(1, 0, 2), scale).transpose(1, 0, 2)
    found = reduced(torch.from_numpy(picture).permute(2, 0, 1), scale).permute(1, 2, 0).numpy().astype(float)
    assert np.array_equal(found, expected)


def test_a_flat_picture_stays_flat_to_the_frame():
    assert (reduced(torch.full((3, 16, 24), 77, dtype=torch.uint8), 4) == 77).all()


def test_stripes_finer_than_the_small_pixels_become_grey():
    stripes = torch.zeros(3, 64, 64, dtype=torch.uint8)
    stripes[:, :, ::2] = 255
    inside = reduced(stripes, 4)[:, 4:-4, 4:-4].float()
    assert (inside - 127.5).abs().max() < 3  # without antialias they would be black or white


@pytest.mark.skipif(not SET5.is_dir(), reason="the shared benchmark pictures are not here")
def test_set5s_own_small_pictures_to_the_last_bit_frame_included():
    for large in sorted(SET5.glob("*_HR.png")):
        beside = bytes_tensor(open_picture(large.with_name(large.name.replace("_HR", "_LR"))))
        assert torch.equal(reduced(bytes_tensor(open_picture(large)), 4), beside), large.name


def test_what_does_not_fill_a_small_pixel_is_cut():
    picture = torch.arange(3 * 10 * 7).reshape(3, 10, 7)
    assert torch.equal(cropped_to_multiple(picture, 4), picture[:, :8, :4])
    assert cropped_to_multiple(picture, 1) is not None
    with pytest.raises(ValueError, match="10×7; reduced by 8, nothing is left"):
        cropped_to_multiple(picture, 8)
    with pytest.raises(ValueError, match="10×7; both sides must be multiples of 4"):
        reduced(picture.byte(), 4)
